"""Registering that a member is away (外出报备), and closing his record when he returns.

Members announce that they leave to their branch; whoever leads it registers, and the registration is the record of
the announcement. Nobody registers himself: from then on others count him as away.
"""

from datetime import date
from typing import Any

from models import Attachment, FloatingActivity, FloatingMember, Member
from models.choices import AttachmentKind, FloatingList
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.floating_members.changes import (
    check_contact_person,
    check_values,
    merged,
    no_record,
    refuse_before_joining,
    refuse_future,
    with_sealed_contact,
)
from resolvers.reach import reach
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from runtime.clock import today
from runtime.database import unit_of_work

NOTICE = "notice"  # the item of 八项制度 that registering fills by itself


async def register_floating_member(
    request: Request, member_id: str, left_on: date, values: dict[str, Any]
) -> Payload:
    """Open the record of a member who is away; `values` are columns of the record, items among them."""
    viewer = who_asks(request)
    refusals = Refusals()
    values = values | {"left_on": left_on}
    check_values(request, values, refusals)
    async with unit_of_work():
        # The member is locked, so that of two who register him the second finds the first one's record.
        member = await reach(viewer, Act.REGISTER_FLOATING_MEMBER, Member, member_id)
        if member is None:
            rows = refused(
                "MEMBER_NOT_FOUND",
                "没有找到您可以登记外出的党员。",
                "There is no member whom you may register as away.",
            )
            return {"floating_member": None, "refusals": rows}
        refuse_before_joining(refusals, values, member.joined_on)
        await check_contact_person(viewer, member.id, values.get("contact_person_id"), refusals)
        if await FloatingMember.filter(member_id=member.id, returned_on__isnull=True).exists():
            refusals.add(
                "ALREADY_AWAY",
                "该党员已有未办结的流动党员记录; 请更新那条记录, 或者先登记返回。",
                "The member has an open record already; keep that one, or record his return first.",
            )
        if refusals:
            return {"floating_member": None, "refusals": refusals.rows}
        values["items"] = merged({}, values.get("items") or {})
        record = await FloatingMember.create(
            county_id=member.county_id,
            member_id=member.id,
            home_branch_id=member.organization_id,
            registered_on=today(),
            last_updated_on=today(),
            **await with_sealed_contact(request.app.database.keys, values, member.id),
        )
        if NOTICE in {item["key"] for item in county_rules(request).items("floating.systems", request.today)}:
            await FloatingActivity.create(
                county_id=member.county_id,
                floating_member_id=record.id,
                list=FloatingList.SYSTEM.value,
                key=NOTICE,
                done_on=today(),
                recorded_by_id=viewer.account_id,
            )
        await append_audit(
            viewer,
            action="REGISTER_FLOATING_MEMBER",
            subject_type="FloatingMember",
            subject_id=record.id,
            county_id=record.county_id,
        )
    return {"floating_member": record.id, "refusals": []}


async def record_return(request: Request, floating_member_id: str, returned_on: date) -> Payload:
    """Close the record of a member who is back; where he was a guest because he was away, he is one no longer."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, returned_on, "IN_THE_FUTURE", "返回日期", "The day of returning")
    async with unit_of_work() as transaction:
        record = await reach(viewer, Act.REGISTER_FLOATING_MEMBER, FloatingMember, floating_member_id)
        if record is None or record.returned_on is not None:
            return {"floating_member": None, "refusals": no_record()}
        if record.left_on is not None and returned_on < record.left_on:
            refusals.add(
                "RETURNED_BEFORE_LEAVING",
                f"返回日期 {returned_on} 早于流动时间 {record.left_on}。",
                f"The day of returning, {returned_on}, is before the day of leaving, {record.left_on}.",
            )
        if refusals:
            return {"floating_member": None, "refusals": refusals.rows}
        await (
            FloatingMember.filter(id=record.id)
            .using_db(transaction)
            .update(returned_on=returned_on, version=record.version + 1)
        )
        away = Attachment.filter(
            member_id=record.member_id, kind=AttachmentKind.AWAY.value, ended_on__isnull=True
        )
        for attachment in await away:
            attachment.ended_on = max(attachment.began_on or returned_on, returned_on)
            attachment.end_reason = "已返回"
            await attachment.save(update_fields=["ended_on", "end_reason"])
        await append_audit(
            viewer,
            action="RECORD_RETURN",
            subject_type="FloatingMember",
            subject_id=record.id,
            county_id=record.county_id,
            detail={"returned_on": returned_on.isoformat()},
        )
    return {"floating_member": record.id, "refusals": []}
