"""Meetings (会议): recording what took place, and what the rule packs find about it.

What took place is kept even where it was wrong, since it is a fact: a vote that was declared passed and did not
pass, or a temporary branch that admits or elects, is a finding and no refusal. Nothing follows from the record by
itself: nobody is admitted or elected by it. Only what cannot be is refused.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from models import Meeting, Organization
from models.choices import MeetingKind
from plugins.facts import MeetingFacts
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Computed, Many, One, Reference, Row
from resolvers.judging import judged_rows
from resolvers.meetings.votes import LONGEST_SUBJECT, refuse_impossible, refuse_unreadable, vote_facts
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import connection, unit_of_work

COUNTED = ("entitled", "present", "left_out", "is_leaving_out_approved", "votes")
RECORDED = ("kind", "held_on", "subject", *COUNTED)

meeting = One("meeting", "{row}.id = {id}")
recorded = Reference("meeting")
organization = One("organization", "{row}.id = {parent}.organization_id")
meetings = Many(
    "meeting",
    "{row}.organization_id = {parent}.id",
    order={"held_on": "date", "id": "uuid"},
    descending=True,
    filters={"kind": "{row}.kind = ANY({kind})"},
)

# Who has a vote on a day. The system does not know whose rights are suspended; the caller does.
FULL_MEMBERS = (
    "SELECT count(*) AS entitled FROM member m WHERE m.organization_id = $1 AND m.confirmed_on <= $2"
)
COMMITTEE = (
    "SELECT count(DISTINCT t.member_id) AS entitled FROM office_term t WHERE t.organization_id = $1 "
    "AND t.office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER') "
    "AND COALESCE(t.began_on <= $2, true) AND COALESCE(t.ended_on > $2, true)"
)
ENTITLED = {
    **dict.fromkeys(
        (MeetingKind.BRANCH_MEETING, MeetingKind.GROUP_MEETING, MeetingKind.LIFE_MEETING), FULL_MEMBERS
    ),
    MeetingKind.COMMITTEE_MEETING: COMMITTEE,
}


async def _findings(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    facts = [_facts({**row, "held_on": date.fromisoformat(row["held_on"])}) for row in rows]
    return await judged_rows(request, "meeting", facts)


findings = Computed(
    {
        **{name: f"{{row}}.{name}" for name in ("kind", "held_on", *COUNTED)},
        "organization_kind": "(SELECT o.kind FROM organization o WHERE o.id = {row}.organization_id)",
    },
    _findings,
)


async def findings_of(request: Request, row: Row) -> list[dict[str, Any]]:
    [found] = await judged_rows(request, "meeting", [_facts(row)])
    return found


def _facts(row: Row) -> MeetingFacts:
    return MeetingFacts(
        on=row["held_on"],
        kind="ASSEMBLY" if row["kind"] == MeetingKind.BRANCH_MEETING else row["kind"],
        organization_kind=row["organization_kind"],
        entitled=row["entitled"],
        present=row["present"],
        votes=tuple(vote_facts(vote) for vote in row["votes"]),
        left_out=row["left_out"],
        is_leaving_out_approved=row["is_leaving_out_approved"],
    )


async def record_meeting(request: Request, organization_id: str, given: dict[str, Any]) -> Payload:
    """Keep a meeting with its votes, and tell what the rule packs find about it."""
    viewer = who_asks(request)
    refusals = faults(given)
    async with unit_of_work():
        held_by = await reach(viewer, Act.RECORD_MEETING, Organization, organization_id)
        if held_by is None:
            refusals.add(
                "ORGANIZATION_NOT_FOUND",
                "没有找到您可以登记会议的党组织。",
                "There is no organization whose meetings you may record.",
            )
        else:
            await complete(held_by, given, refusals)
        if refusals or held_by is None:
            return {"meeting": None, "findings": [], "refusals": refusals.rows}
        kept = await Meeting.create(
            county_id=held_by.county_id,
            organization_id=held_by.id,
            recorded_by_id=viewer.account_id,
            **given,
        )
        await append_audit(
            viewer,
            action="RECORD_MEETING",
            subject_type="Meeting",
            subject_id=kept.id,
            county_id=held_by.county_id,
            detail={"kind": given["kind"], "held_on": given["held_on"].isoformat()},
        )
    found = await findings_of(request, {**given, "organization_kind": held_by.kind})
    return {"meeting": kept.id, "findings": found, "refusals": []}


def faults(given: dict[str, Any]) -> Refusals:
    refusals = Refusals()
    given["subject"] = given["subject"].strip()
    if not 1 <= len(given["subject"]) <= LONGEST_SUBJECT:
        refusals.add(
            "SUBJECT_MISSING",
            f"请填写会议内容, 不超过 {LONGEST_SUBJECT} 个字。",
            f"Give the subject, in at most {LONGEST_SUBJECT} characters.",
        )
    if given["held_on"] > today():
        refusals.add(
            "IN_THE_FUTURE",
            f"{given['held_on']} 还没有到, 会议召开后再登记。",
            f"{given['held_on']} is in the future; record the meeting once it has been held.",
        )
    refuse_unreadable(refusals, given["votes"])
    return refusals


async def complete(
    held_by: Organization, given: dict[str, Any], refusals: Refusals, amended: Meeting | None = None
) -> None:
    """Fill in who is entitled where it was left out, and refuse what cannot be of this organization."""
    day = given["held_on"]
    founded, dissolved = held_by.founded_on, held_by.dissolved_on
    if (founded and day < founded) or (dissolved and day > dissolved):
        refusals.add(
            "NOT_STANDING",
            f"{day} 该党组织尚未成立或者已经撤销, 请核对日期。",
            f"The organization did not exist on {day}; check the date.",
        )
    there = Meeting.filter(organization_id=held_by.id, kind=given["kind"], held_on=day)
    if await there.exclude(id=amended.id).exists() if amended else await there.exists():
        refusals.add(
            "ALREADY_RECORDED",
            f"{day} 的这类会议已经登记, 如有错误请用 amendMeeting 更正。",
            f"A meeting of this kind is recorded for {day} already; correct it with amendMeeting.",
        )
    if given["entitled"] is None:
        given["entitled"] = await _entitled(held_by, given)
    if given["entitled"] is None:
        refusals.add(
            "ENTITLED_MISSING",
            "系统算不出这次会议的应到人数, 请填写 entitled。",
            "The system cannot tell who was entitled to vote; give `entitled`.",
        )
    else:
        refuse_impossible(refusals, given["entitled"], given["present"], given["left_out"], given["votes"])


async def _entitled(held_by: Organization, given: dict[str, Any]) -> int | None:
    """Those known to have a vote that day, without those left out; None where none is known."""
    if given["kind"] not in ENTITLED:
        return None
    found = await connection().execute_query_dict(ENTITLED[given["kind"]], [held_by.id, given["held_on"]])
    known: int = found[0]["entitled"]
    return known - given["left_out"] if known else None
