"""Locks (限制处理): a locked member's personal values are kept, and shown to nobody else. Asked for by the member,
set by the answer to his request, and lifted here."""

from models import Member
from models.choices import Role
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.member_rights.requests import check_reason
from resolvers.member_rights.roles import as_only
from resolvers.reach import reach_values
from resolvers.refusals import Refusals
from runtime.database import unit_of_work

unlocked = Reference("member")


async def unlock_member(request: Request, member_id: str, reason: str) -> Payload:
    """By the county's office alone, which keeps what the member or the law asked for in the reason."""
    viewer, refusals = who_asks(request), Refusals()
    check_reason(refusals, reason)
    office = as_only(viewer, {Role.OFFICE})
    async with unit_of_work():
        found = await reach_values(
            office,
            Act.ANSWER_REQUEST,
            "member",
            member_id,
            "target.id, target.county_id, target.locked_on",
            "FOR NO KEY UPDATE OF target",
        )
        if found is None:
            refusals.add("MEMBER_NOT_FOUND", "没有找到您可以办理的党员。", "There is no such member.")
        elif found["locked_on"] is None:
            refusals.add("NOT_LOCKED", "该党员的信息没有限制处理。", "The member's values are not locked.")
        if refusals or found is None:
            return {"member": None, "refusals": refusals.rows}
        await Member.filter(id=found["id"]).update(locked_on=None)
        await append_audit(
            viewer,
            action="UNLOCK_MEMBER",
            subject_type="Member",
            subject_id=found["id"],
            county_id=found["county_id"],
            detail={"since": str(found["locked_on"]), "reason": reason.strip()},
        )
    return {"member": found["id"], "refusals": []}
