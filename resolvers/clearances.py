"""Clearances (联审意见): what the two agencies are asked about delegates, and their answers."""

from models import Clearance
from models.choices import ClearanceOpinion
from resolvers.access import MASKED_ID_NUMBER, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Derived, Many, Reference
from resolvers.qualification import judge_again
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import now
from runtime.database import unit_of_work

pending_clearances = Many("clearance", "{row}.opinion IS NULL", order={"due_on": "date", "id": "uuid"})
submitted = Reference("clearance")
# An agency needs the identity number of the one it is asked about; everybody else sees it masked.
subject = Derived(
    "SELECT m.name, CASE WHEN {reads:identity} THEN m.id_number "
    f"ELSE {MASKED_ID_NUMBER.replace('%s', 'm.id_number')} END AS id_number "
    "FROM delegate d JOIN member m ON m.id = d.member_id WHERE d.id = {row}.delegate_id"
)


async def submit_clearance(
    request: Request, clearance_id: str, opinion: ClearanceOpinion, reason: str | None, signature: str | None
) -> Payload:
    """An agency's answer; given once, it stays. The delegate's check in that quarter is judged again with it."""
    viewer = who_asks(request)
    refusals = Refusals()
    said = (reason or "").strip() or None
    if opinion == ClearanceOpinion.OBJECTION and said is None:
        refusals.add("REASON_MISSING", "有异议时须说明理由。", "An objection needs a reason.")
    if said is not None and len(said) > 400:
        refusals.add(
            "REASON_TOO_LONG", "说明不能超过 400 个字。", "The reason may have at most 400 characters."
        )
    async with unit_of_work():
        asked = await reach(viewer, Act.SUBMIT_CLEARANCE, Clearance, clearance_id)
        if asked is None:
            refusals.add(
                "CLEARANCE_NOT_FOUND",
                "没有找到需要本部门答复的征求意见。",
                "There is no such request to your agency.",
            )
        elif asked.opinion is not None:
            refusals.add(
                "ALREADY_ANSWERED",
                "本部门已经答复, 如需更正请联系县委组织部。",
                "Your agency has answered already; ask the organization department for a correction.",
            )
        if refusals or asked is None:
            return {"clearance": None, "refusals": refusals.rows}
        asked.opinion, asked.reason, asked.signature = opinion.value, said, signature
        asked.submitted_at, asked.submitted_by_id = now(), viewer.account_id
        await asked.save(update_fields=["opinion", "reason", "signature", "submitted_at", "submitted_by_id"])
        await judge_again(request, asked.county_id, asked.quarter, asked.delegate_id)
        await append_audit(
            viewer,
            action="SUBMIT_CLEARANCE",
            subject_type="Clearance",
            subject_id=asked.id,
            county_id=asked.county_id,
            detail={"opinion": opinion.value},
        )
    return {"clearance": asked.id, "refusals": []}
