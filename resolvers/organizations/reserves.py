"""Reserves (后备力量): the list that a village's assembly resolves, for secretaries and the village's two bodies."""

from dataclasses import dataclass
from datetime import date

from models import Member, Organization, Reserve
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference
from resolvers.organizations.approvals import refuse_before_founding, refuse_future, refuse_without_reason
from resolvers.organizations.organizations import refuse_dissolved, refuse_unknown
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.database import unit_of_work

MOST_NAMES = 100

reserves = Many(
    "reserve",
    "{row}.organization_id = {parent}.id AND ({row}.removed_on IS NULL OR {include_removed})",
    order={"listed_on": "date", "id": "uuid"},
    filters={"for_secretary": "{row}.is_for_secretary"},
)


def _count(of_these: str) -> Expression:
    """Null where no list was ever kept, and for who does not see the list."""
    return Expression(
        f"SELECT CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE r.removed_on IS NULL{of_these}) END "
        "FROM reserve r WHERE r.organization_id = {row}.id AND ({visible:reserve r})"
    )


reserve_count = _count("")
secretary_reserve_count = _count(" AND r.is_for_secretary")
member = One("member", "{row}.id = {parent}.member_id")
organization = One("organization", "{row}.id = {parent}.organization_id")
kept = Reference("organization")
written = Reference("reserve")


@dataclass(frozen=True)
class NewReserve:
    name: str | None
    member_id: str | None
    is_for_secretary: bool = False


async def add_reserves(
    request: Request, organization_id: str, listed_on: date, wanted: list[NewReserve]
) -> Payload:
    """Put names on an organization's list: all of them, or none."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, listed_on)
    if not 1 <= len(wanted) <= MOST_NAMES:
        refusals.add(
            "TOO_MANY_NAMES",
            f"一次登记 1 到 {MOST_NAMES} 人。",
            f"List 1 to {MOST_NAMES} names at a time.",
        )
    async with unit_of_work():
        found = await reach(viewer, Act.KEEP_RESERVES, Organization, organization_id)
        if found is None:
            refuse_unknown(refusals)
            return {"organization": None, "added": 0, "refusals": refusals.rows}
        refuse_dissolved(refusals, found)
        refuse_before_founding(refusals, found, listed_on)
        rows = []
        # Sorted, so that two who list the same members never wait for each other in a circle.
        for one in sorted(wanted[:MOST_NAMES], key=lambda one: one.member_id or ""):
            member = await reach(viewer, Act.KEEP_RESERVES, Member, one.member_id) if one.member_id else None
            if one.member_id and (member is None or member.county_id != found.county_id):
                refusals.add(
                    "MEMBER_NOT_FOUND",
                    "名单中有党员不在您的管理范围内。",
                    "A member among the names is not yours to list.",
                )
            rows.append((member.name if member else (one.name or "").strip(), member, one.is_for_secretary))
        names = [name for name, _, _ in rows]
        await _refuse_names(refusals, found, names)
        if refusals:
            return {"organization": None, "added": 0, "refusals": refusals.rows}
        await Reserve.bulk_create(
            Reserve(
                county_id=found.county_id,
                organization_id=found.id,
                member_id=member.id if member else None,
                name=name,
                is_for_secretary=is_for_secretary,
                listed_on=listed_on,
                recorded_by_id=viewer.account_id,
            )
            for name, member, is_for_secretary in rows
        )
        await append_audit(
            viewer,
            action="ADD_RESERVES",
            subject_type="Organization",
            subject_id=found.id,
            county_id=found.county_id,
            detail={"added": len(rows), "listed_on": listed_on.isoformat()},
        )
    return {"organization": found.id, "added": len(rows), "refusals": []}


async def remove_reserve(request: Request, reserve_id: str, removed_on: date, reason: str) -> Payload:
    """Take a name off the list; the row stays as its history."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, removed_on)
    refuse_without_reason(refusals, reason)
    async with unit_of_work():
        found = await reach(viewer, Act.KEEP_RESERVES, Reserve, reserve_id)
        if found is None:
            refusals.add(
                "RESERVE_NOT_FOUND",
                "没有找到您可以调整的后备人选。",
                "There is no such name for you to remove.",
            )
        elif found.removed_on is not None:
            refusals.add(
                "ALREADY_ENDED", f"已于 {found.removed_on} 调整出。", f"Removed on {found.removed_on}."
            )
        elif removed_on < found.listed_on:
            refusals.add("BEFORE_BEGINNING", f"{found.listed_on} 才列入。", f"Listed on {found.listed_on}.")
        if refusals or found is None:
            return {"reserve": None, "refusals": refusals.rows}
        await Reserve.filter(id=found.id).update(removed_on=removed_on, removal_reason=reason.strip())
        await append_audit(
            viewer,
            action="REMOVE_RESERVE",
            subject_type="Reserve",
            subject_id=found.id,
            county_id=found.county_id,
            detail={"removed_on": removed_on.isoformat()},
        )
    return {"reserve": found.id, "refusals": []}


async def _refuse_names(refusals: Refusals, organization: Organization, names: list[str]) -> None:
    if any(not 0 < len(name) <= 60 for name in names):
        refusals.add(
            "NAME_MISSING",
            "每人须有姓名 (60 字以内) 或者选择党员。",
            "Each needs a name of at most 60 characters, or a member.",
        )
        return  # a name that no column holds cannot be looked up either
    standing = await Reserve.filter(organization_id=organization.id, removed_on=None, name__in=names)
    twice = sorted({one.name for one in standing} | {name for name in names if names.count(name) > 1})
    if twice:
        told = "、".join(twice[:10])
        refusals.add(
            "ALREADY_LISTED", f"重复或已在名单中: {told}。", f"On the list already, or twice: {told}."
        )
