"""Floating members (流动党员): the county's list, the record, the quarterly refresh, and keeping it up to date."""

from typing import Any

from models import FloatingMember, Member
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference, Sealed
from resolvers.counties import BY_CODE
from resolvers.floating_members import homecomings
from resolvers.floating_members.changes import (
    changed,
    check_contact_person,
    check_values,
    merged,
    no_record,
    refuse_before_joining,
    with_sealed_contact,
)
from resolvers.reach import reach, reach_values
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import unit_of_work

# Natural months after the record was last kept; a record that never was counts from the leaving.
UPDATE_DUE_ON = (
    "(COALESCE({row}.last_updated_on, {row}.left_on, {today}) "
    "+ make_interval(months => {rule:floating.update_months}::int))::date"
)
OVERDUE = f"{{today}} > {UPDATE_DUE_ON}"
# As the national pack's FLOATING_OUT_OF_CONTACT counts it: the day that completes the months is one of them.
OUT_OF_CONTACT = (
    "{today} >= (COALESCE({row}.last_updated_on, {row}.left_on) "
    "+ make_interval(months => {rule:floating.contact_months}::int))::date"
)

# What is open for the member {row} because he is away: rows kind, title, due_on, is_done.
DUTIES = (
    "SELECT 'FLOATING_UPDATE' AS kind, '更新流动党员信息' AS title, "
    f"{UPDATE_DUE_ON.replace('{row}', 'f')} AS due_on, "
    "f.last_updated_on >= date_trunc('quarter', {today}) AS is_done "
    "FROM floating_member f WHERE f.member_id = {row}.id AND f.returned_on IS NULL "
    f"UNION ALL {homecomings.DUTIES}"
)

floating_members = Many(
    "floating_member",
    f"{{row}}.{BY_CODE} AND {{row}}.returned_on IS NULL",
    order={"id": "uuid"},
    filters={"overdue_only": OVERDUE, "out_of_contact": OUT_OF_CONTACT},
)

updated = Reference("floating_member")
member = One("member", "{row}.id = {parent}.member_id")
home_branch = One("organization", "{row}.id = {parent}.home_branch_id")
host_branch = One(
    "organization",
    "{row}.id = (SELECT a.organization_id FROM attachment a WHERE a.member_id = {parent}.member_id "
    "AND a.kind = 'AWAY' AND a.ended_on IS NULL ORDER BY a.began_on DESC NULLS LAST, a.id LIMIT 1)",
)
contact_person = One("member", "{row}.id = {parent}.contact_person_id")
# For the home side, too, which does not see the host's own row and stays responsible.
host_name = Expression(
    "SELECT o.name FROM attachment a JOIN organization o ON o.id = a.organization_id "
    "WHERE a.member_id = {row}.member_id AND a.kind = 'AWAY' AND a.ended_on IS NULL "
    "ORDER BY a.began_on DESC NULLS LAST, a.id LIMIT 1"
)
contact = Sealed("contact", "floating_member.contact")
update_due_on = Expression(UPDATE_DUE_ON)
overdue = Expression(OVERDUE)


async def update_floating_member(
    request: Request, floating_member_id: str, changes: dict[str, Any]
) -> Payload:
    """Keep the record of a member who is away; what is left out of `changes` stays as it is.

    The member does it himself, his branch's secretary or a contact person for him. Every update refreshes the
    date, also one that finds nothing new: the quarter's duty is to look, not to change.
    """
    viewer = who_asks(request)
    refusals = Refusals()
    check_values(request, changes, refusals)
    async with unit_of_work() as transaction:
        record = await reach(viewer, Act.UPDATE_FLOATING_MEMBER, FloatingMember, floating_member_id)
        if record is None or record.returned_on is not None:
            return {"floating_member": None, "refusals": no_record()}
        refuse_before_joining(refusals, changes, (await Member.get(id=record.member_id)).joined_on)
        if "contact_person_id" in changes:
            await _check_who_names(viewer, record, changes["contact_person_id"], refusals)
        if refusals:
            return {"floating_member": None, "refusals": refusals.rows}
        if "items" in changes:
            changes = changes | {"items": merged(record.items, changes["items"])}
        columns = await with_sealed_contact(request.app.database.keys, changes, record.member_id)
        written = columns | {"last_updated_on": today(), "version": record.version + 1}
        # The row is locked, so that two who write at once write one after the other.
        await FloatingMember.filter(id=record.id).using_db(transaction).update(**written)
        await homecomings.fill_update_item(request, viewer, record.id)
        await append_audit(
            viewer,
            action="UPDATE_FLOATING_MEMBER",
            subject_type="FloatingMember",
            subject_id=record.id,
            county_id=record.county_id,
            detail={"changed": changed(record, columns)},
        )
    return {"floating_member": record.id, "refusals": []}


async def _check_who_names(
    viewer: AccountViewer, record: FloatingMember, contact_person_id: Any, refusals: Refusals
) -> None:
    """Who looks after a member is settled by those who lead, not by the member or his contact person."""
    led = await reach_values(viewer, Act.REGISTER_FLOATING_MEMBER, "floating_member", record.id, "target.id")
    if led is None:
        refusals.add(
            "NAMED_BY_LEADERS",
            "联系人由党支部或者上级党组织指定, 请与支部书记联系。",
            "A contact person is named by the branch or those above it; ask the secretary.",
        )
        return
    await check_contact_person(viewer, record.member_id, contact_person_id, refusals)
