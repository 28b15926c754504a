from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.meetings import corrections as meeting_corrections
from resolvers.meetings import meetings, votes
from schema.context import Info
from schema.declare import field, root
from schema.enums import MeetingKind
from schema.meetings.votes import Vote, VoteInput, as_stored
from schema.refusals import Finding, Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization

LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]


@strawberry.type(description="A meeting of an organization (会议) with its votes, as it was recorded.")
class Meeting:
    id: strawberry.ID = field("Key.")
    organization: LazyOrganization | None = field("Whose meeting it is.", meetings.organization)
    kind: MeetingKind = field("Kind (会议类别).")
    held_on: Date = field("The day (日期).")
    subject: str = field("What it was about (会议内容).")
    entitled: int = field("Entitled to vote (应到), without those left out.")
    present: int = field("Of these, present (实到).")
    left_out: int = field("Entitled members whom the meeting did not count (未计入应到人数).")
    is_leaving_out_approved: bool | None = field(
        "Whether the branch's resolution and the higher organization agreed (是否经同意); null: not known."
    )
    votes: list[Vote] = field("Its votes (表决), each counted.", votes.votes_of_meeting)
    findings: list[Finding] = field(
        "What the rule packs find, by the text in force on its day (规则检查).", meetings.findings
    )


@strawberry.input(description="A meeting (会议) that was held.")
class RecordMeetingInput:
    organization_id: strawberry.ID = field("Whose meeting it was.")
    kind: MeetingKind = field("Kind (会议类别).")
    held_on: Date = field("The day, today at the latest (日期).")
    subject: str = field("What it was about (会议内容), at most 200 characters.")
    entitled: int | None = field(
        "Entitled to vote (应到), without those left out. Where it is not given, those are counted whose home the "
        "organization is today and who were full members on that day (正式党员); for a COMMITTEE_MEETING who sat on "
        "the committee then; less `leftOut`. Who is under 留党察看 or otherwise without a vote is not known to the "
        "system: give the number where there is somebody. For LEADING_GROUP it has to be given.",
        default=None,
    )
    present: int = field("Of those entitled, present (实到); probationary members are not counted.")
    left_out: int = field("Entitled members whom the meeting did not count (未计入应到人数).", default=0)
    is_leaving_out_approved: bool | None = field(
        "Whether the branch's resolution and the higher organization agreed to it (是否经同意).", default=None
    )
    votes: list[VoteInput] = field("Its votes (表决), at most 50.", default_factory=list)


@strawberry.input(description="A meeting's record as it should be; all of it is put in the old one's place.")
class AmendMeetingInput:
    meeting_id: strawberry.ID = field("Which meeting.")
    reason: str = field("Why it is corrected (更正理由), at most 1,000 characters.")
    kind: MeetingKind = field("Kind (会议类别).")
    held_on: Date = field("The day (日期).")
    subject: str = field("What it was about (会议内容).")
    entitled: int | None = field("Entitled to vote (应到); as in RecordMeetingInput.", default=None)
    present: int = field("Of those entitled, present (实到).")
    left_out: int = field("Entitled members whom the meeting did not count (未计入应到人数).", default=0)
    is_leaving_out_approved: bool | None = field("Whether that was agreed to (是否经同意).", default=None)
    votes: list[VoteInput] = field("Its votes (表决), at most 50.", default_factory=list)


@strawberry.input(description="A record of a meeting that was not held.")
class WithdrawMeetingInput:
    meeting_id: strawberry.ID = field("Which meeting.")
    reason: str = field("Why it is taken back (撤销理由), at most 1,000 characters.")


@strawberry.type(description="The answer to RecordMeeting and AmendMeeting.")
class MeetingPayload:
    meeting: Meeting | None = field("The meeting as it stands.", meetings.recorded)
    findings: list[Finding] = field(
        "What the rule packs find about it, MUST included: the record is kept even where it was wrong, since it "
        "tells what took place (规则检查)."
    )
    refusals: list[Refusal] = field(
        "Why nothing was kept: ORGANIZATION_NOT_FOUND, MEETING_NOT_FOUND, SUBJECT_MISSING, REASON_MISSING, "
        "IN_THE_FUTURE, NOT_STANDING, ALREADY_RECORDED, ENTITLED_MISSING, NUMBERS_IMPOSSIBLE, VOTES_REFUSED."
    )


@strawberry.type(description="The answer to WithdrawMeeting.")
class WithdrawMeetingPayload:
    organization: LazyOrganization | None = field("Whose meeting it was.", meeting_corrections.withdrawn_from)
    refusals: list[Refusal] = field("Why nothing was taken back: MEETING_NOT_FOUND, REASON_MISSING.")


def _recorded(input: RecordMeetingInput | AmendMeetingInput) -> dict[str, Any]:
    return {
        "kind": str(input.kind),
        "held_on": input.held_on,
        "subject": input.subject,
        "entitled": input.entitled,
        "present": input.present,
        "left_out": input.left_out,
        "is_leaving_out_approved": input.is_leaving_out_approved,
        "votes": [as_stored(vote) for vote in input.votes],
    }


@strawberry.type
class MeetingQuery:
    @root("A meeting by its id.", meetings.meeting)
    def meeting(self, id: strawberry.ID) -> Meeting | None: ...


@strawberry.type
class MeetingMutation:
    @strawberry.mutation(
        description="Record a meeting that was held, with its votes (登记会议). What broke a rule is kept and answered "
        "as a finding; only what cannot be is refused. Nobody is admitted or elected by the record."
    )
    async def record_meeting(self, info: Info, input: RecordMeetingInput) -> MeetingPayload:
        return await meetings.record_meeting(info.context, str(input.organization_id), _recorded(input))

    @strawberry.mutation(
        description="Correct the record of a meeting (更正会议记录); the audit trail keeps what it said before."
    )
    async def amend_meeting(self, info: Info, input: AmendMeetingInput) -> MeetingPayload:
        return await meeting_corrections.amend_meeting(
            info.context, str(input.meeting_id), input.reason, _recorded(input)
        )

    @strawberry.mutation(
        description="Take back the record of a meeting that was not held (撤销会议记录); the audit trail keeps it."
    )
    async def withdraw_meeting(self, info: Info, input: WithdrawMeetingInput) -> WithdrawMeetingPayload:
        return await meeting_corrections.withdraw_meeting(info.context, str(input.meeting_id), input.reason)
