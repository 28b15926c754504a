"""Floating members (流动党员): the seven items (七个清楚), the quarterly refresh, and the member's own update."""

from datetime import date
from typing import Any

from models import FloatingMember
from resolvers.access import MASKED_PHONE, Act, own_or_masked, personal, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference, Rows, SameRow
from resolvers.counties import BY_CODE
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import unit_of_work

MEMBER, CONTACT_PERSON = "{row}.member_id", "{row}.contact_person_id"

# Natural months after the record was last kept; a record that never was counts from the leaving.
UPDATE_DUE_ON = (
    "(COALESCE({row}.last_updated_on, {row}.left_on, {today}) "
    "+ make_interval(months => {rule:floating.update_months}::int))::date"
)
OVERDUE = f"{{today}} > {UPDATE_DUE_ON}"

# Key of a checklist item -> the column that it is about.
ITEMS = ("left_on", "destination", "contact", "employment", "organizational_life", "mindset", "contribution")
_IS_CLEAR = " ".join(f"WHEN '{item}' THEN {{row}}.{item} IS NOT NULL" for item in ITEMS)

floating_members = Many(
    "floating_member",
    f"{{row}}.{BY_CODE} AND {{row}}.returned_on IS NULL",
    order={"id": "uuid"},
    filters={"overdue_only": OVERDUE},
)

updated = Reference("floating_member")
member = One("member", "{row}.id = {parent}.member_id")
home_branch = One("organization", "{row}.id = {parent}.home_branch_id")
host_branch = One(
    "organization",
    "{row}.id = (SELECT a.organization_id FROM attachment a WHERE a.member_id = {parent}.member_id "
    "AND a.kind = 'AWAY' AND a.ended_on IS NULL ORDER BY a.began_on DESC NULLS LAST, a.id LIMIT 1)",
)
left_on = Expression(personal("left_on", MEMBER, CONTACT_PERSON))
destination = Expression(personal("destination", MEMBER, CONTACT_PERSON))
employment = Expression(personal("employment", MEMBER, CONTACT_PERSON))
organizational_life = Expression(personal("organizational_life", MEMBER, CONTACT_PERSON))
mindset = Expression(personal("mindset", MEMBER, CONTACT_PERSON))
contribution = Expression(personal("contribution", MEMBER, CONTACT_PERSON))
contact = Expression(own_or_masked("contact", MASKED_PHONE, MEMBER))
update_due_on = Expression(UPDATE_DUE_ON)
overdue = Expression(OVERDUE)

clarity = SameRow()
clear = Expression(
    " + ".join(
        f"('{item}' = ANY({{rule:floating.checklist text[]}}) AND {{row}}.{item} IS NOT NULL)::int"
        for item in ITEMS
    )
)
total = Expression("cardinality({rule:floating.checklist text[]})")
items = Rows(
    "SELECT i.key, i.label, CASE i.key "
    f"{_IS_CLEAR} ELSE false END AS clear "
    "FROM jsonb_to_recordset({rule:floating.checklist.items text}::jsonb) AS i(key text, label text)"
)


async def update_floating_member(
    request: Request, floating_member_id: str, changes: dict[str, Any]
) -> Payload:
    """Keep the record of a member who is away; what is left out of `changes` stays as it is.

    The member does it himself, his branch's secretary or a contact person for him. Every update refreshes the
    date, also one that finds nothing new: the quarter's duty is to look, not to change.
    """
    viewer = who_asks(request)
    refusals = _faults(changes)
    async with unit_of_work() as transaction:
        record = await reach(viewer, Act.UPDATE_FLOATING_MEMBER, FloatingMember, floating_member_id)
        if record is None or record.returned_on is not None:
            refusals.add(
                "FLOATING_MEMBER_NOT_FOUND",
                "没有找到您可以更新的流动党员记录。",
                "There is no record of a floating member that you may update.",
            )
        if refusals:
            return {"floating_member": None, "refusals": refusals.rows}
        assert record is not None
        before = {name: getattr(record, name) for name in changes}
        written = changes | {"last_updated_on": today(), "version": record.version + 1}
        # The row is locked, so that two who write at once write one after the other.
        await FloatingMember.filter(id=record.id).using_db(transaction).update(**written)
        await append_audit(
            viewer,
            action="UPDATE_FLOATING_MEMBER",
            subject_type="FloatingMember",
            subject_id=record.id,
            county_id=record.county_id,
            detail={"changed": sorted(name for name in changes if before[name] != changes[name])},
        )
    return {"floating_member": record.id, "refusals": []}


def _faults(changes: dict[str, Any]) -> Refusals:
    refusals = Refusals()
    left = changes.get("left_on")
    if isinstance(left, date) and left > today():
        refusals.add(
            "LEFT_IN_THE_FUTURE",
            f"流动时间 {left} 晚于今天。",
            f"The day of leaving, {left}, is in the future.",
        )
    for name, value in changes.items():
        longest = 40 if name == "contact" else 200
        if isinstance(value, str) and len(value) > longest:
            refusals.add(
                "TEXT_TOO_LONG",
                f"“{value[:10]}…”超过 {longest} 个字。",
                f'"{value[:10]}…" is longer than {longest} characters.',
            )
    return refusals
