"""Correcting records of meetings (更正、撤销会议记录): the audit trail keeps what they said."""

from typing import Any

from models import Meeting, Organization
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.meetings.meetings import RECORDED, complete, faults, findings_of
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.database import unit_of_work

LONGEST_REASON = 1000

withdrawn_from = Reference("organization")


async def amend_meeting(request: Request, meeting_id: str, reason: str, given: dict[str, Any]) -> Payload:
    """Put what took place in the place of what was recorded; the audit trail keeps what was recorded before."""
    viewer = who_asks(request)
    refusals = faults(given)
    _refuse_without_reason(refusals, reason)
    async with unit_of_work():
        found = await reach(viewer, Act.RECORD_MEETING, Meeting, meeting_id)
        if found is None:
            _refuse_missing(refusals)
        else:
            # Locked, as it is for recording: two may not put two meetings on one day.
            held_by = await Organization.select_for_update().get(id=found.organization_id)
            await complete(held_by, given, refusals, found)
        if refusals or found is None:
            return {"meeting": None, "findings": [], "refusals": refusals.rows}
        before = _as_recorded(found)
        await found.update_from_dict(given).save(update_fields=list(RECORDED))
        await append_audit(
            viewer,
            action="AMEND_MEETING",
            subject_type="Meeting",
            subject_id=found.id,
            county_id=found.county_id,
            detail={"reason": reason.strip(), "before": before},
        )
    judged_again = await findings_of(request, {**given, "organization_kind": held_by.kind})
    return {"meeting": found.id, "findings": judged_again, "refusals": []}


async def withdraw_meeting(request: Request, meeting_id: str, reason: str) -> Payload:
    """Take back a record of what did not take place; the audit trail keeps what it said."""
    viewer = who_asks(request)
    refusals = Refusals()
    _refuse_without_reason(refusals, reason)
    async with unit_of_work():
        found = await reach(viewer, Act.RECORD_MEETING, Meeting, meeting_id)
        if found is None:
            _refuse_missing(refusals)
        if refusals or found is None:
            return {"organization": None, "refusals": refusals.rows}
        await found.delete()
        await append_audit(
            viewer,
            action="WITHDRAW_MEETING",
            subject_type="Meeting",
            subject_id=found.id,
            county_id=found.county_id,
            detail={"reason": reason.strip(), "before": _as_recorded(found)},
        )
    return {"organization": found.organization_id, "refusals": []}


def _refuse_without_reason(refusals: Refusals, reason: str) -> None:
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            f"请说明更正的理由, 不超过 {LONGEST_REASON} 个字。",
            f"Give the reason for the correction, in at most {LONGEST_REASON} characters.",
        )


def _refuse_missing(refusals: Refusals) -> None:
    refusals.add(
        "MEETING_NOT_FOUND",
        "没有找到您可以更正的会议记录。",
        "There is no meeting whose record you may correct.",
    )


def _as_recorded(meeting: Meeting) -> dict[str, Any]:
    """The row as the audit trail keeps it."""
    row = {name: getattr(meeting, name) for name in RECORDED}
    return {**row, "held_on": meeting.held_on.isoformat(), "organization_id": str(meeting.organization_id)}
