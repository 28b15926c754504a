from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.member_rights import objections, requests
from schema.context import Info
from schema.declare import field, root
from schema.enums import ObjectionSubject, RecordField, RequestKind, RequestOutcome
from schema.pages import Connection
from schema.people import Actor
from schema.refusals import Refusal
from schema.scalars import Date, DateTime

if TYPE_CHECKING:
    from schema.members import Member


@strawberry.type(
    description="What a member asks about his own record (本人申请; 个人信息保护法第四十四条至第五十条). For himself, "
    "those who answer, and the secretary of his branch."
)
class MemberRequest:
    id: strawberry.ID = field("Key.")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Who asks (申请人).", requests.member
    )
    kind: RequestKind = field("What he asks for (申请类别).")
    record_field: RecordField | None = field(
        "Which value of his record (项目).", requests.field, name="field"
    )
    subject: ObjectionSubject | None = field("What he objects to (异议对象).", requests.subject)
    subject_id: strawberry.ID = field("The row it is about (对象); his record where it is no other.")
    year: int | None = field("The training year that he objects to (年度).", requests.year)
    finding_code: str | None = field("The finding that he objects to (发现), by its code.")
    proposed: str | None = field(
        "What he says is right (建议内容): for himself and those who answer, else null.", requests.proposed
    )
    reason: str = field("Why (理由).")
    made_at: DateTime = field("When (申请时间).")
    due_on: Date = field("The day by which it is to be answered (答复期限): 15 days.")
    overdue: bool = field("Whether it is open and that day is over (逾期).", requests.overdue)
    withdrawn_at: DateTime | None = field("When he took it back (撤回时间).")
    outcome: RequestOutcome | None = field("What was answered (结果); null while it is open.")
    answer: str | None = field("The answer with its reason (答复).")
    answered_at: DateTime | None = field("When it was answered (答复时间).")
    by: Actor | None = field("Who answered (答复人).", requests.answered_by)


@strawberry.input(description="A value of the own record that is wrong (申请更正).")
class RequestCorrectionInput:
    record_field: RecordField = field("Which value (项目).", name="field")
    proposed: str = field("What is right (正确内容), at most 200 characters; kept encrypted.")
    reason: str = field("Why (理由), at most 500 characters.")


@strawberry.input(description="Something found or recorded about the reader that he contests (提出异议).")
class ObjectToFindingInput:
    subject: ObjectionSubject = field("What (异议对象).")
    subject_id: strawberry.ID | None = field(
        "The check, the record of being away, the theme day, or the appraisal (对象).", default=None
    )
    year: int | None = field("The year, for TRAINING_YEAR (年度).", default=None)
    finding_code: str | None = field("A finding's code, where it is one of them (发现).", default=None)
    reason: str = field("Why (理由), at most 500 characters.")


@strawberry.input(description="Values of the own record that are to be deleted (申请删除).")
class RequestDeletionInput:
    fields: list[RecordField] = field(
        "Which (项目): PHONE, ADDRESS, EDUCATION, OCCUPATION, CONTACT, MINDSET, CONTRIBUTION. A request each."
    )
    reason: str = field("Why (理由), at most 500 characters.")


@strawberry.input(description="That personal values be kept and used for nothing else (申请限制处理).")
class RequestLockInput:
    reason: str = field("Why (理由), at most 500 characters.")


@strawberry.type(
    description="The answer to RequestCorrection, ObjectToFinding, RequestLock and WithdrawRequest."
)
class MemberRequestPayload:
    request: MemberRequest | None = field("The request (申请).", requests.made)
    refusals: list[Refusal] = field(
        "Why nothing was written: NO_OWN_RECORD, REASON_MISSING, PROPOSED_MISSING, PROPOSED_INVALID, "
        "SUBJECT_NOT_FOUND, FINDING_NOT_FOUND, ALREADY_ASKED, TOO_MANY_REQUESTS, REQUEST_NOT_FOUND, REQUEST_CLOSED."
    )


@strawberry.type(description="The answer to RequestDeletion.")
class RequestDeletionPayload:
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "The member with his requests (党员).", requests.asked_by
    )
    refusals: list[Refusal] = field(
        "Why nothing was written: NO_OWN_RECORD, REASON_MISSING, NOTHING_ASKED, MUST_BE_KEPT (PIPL 47), "
        "ALREADY_ASKED, TOO_MANY_REQUESTS."
    )


@strawberry.type
class MemberRequestQuery:
    @root(
        "Members' requests of a county that the reader may see, by the day they are due, at most 100 a page "
        "(党员申请): an office its county's, a town and a secretary those of their members. `openOnly` keeps those "
        "not answered or withdrawn, `overdueOnly` those of them whose day is over.",
        requests.member_requests,
    )
    def member_requests(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        open_only: bool = False,
        overdue_only: bool = False,
        kind: RequestKind | None = None,
    ) -> Connection[MemberRequest]: ...


@strawberry.type
class MemberRequestMutation:
    @strawberry.mutation(description="Ask to correct a value of the own record (申请更正; PIPL 46).")
    async def request_correction(self, info: Info, input: RequestCorrectionInput) -> MemberRequestPayload:
        return await requests.request_correction(
            info.context, input.record_field, input.proposed, input.reason
        )

    @strawberry.mutation(
        description="Object to what was found or recorded about the reader (提出异议; PIPL 24 and 48). While an "
        "objection to a delegate's check is open, nobody can record a decision about it."
    )
    async def object_to_finding(self, info: Info, input: ObjectToFindingInput) -> MemberRequestPayload:
        return await objections.object_to_finding(
            info.context,
            objections.Objection(
                subject=input.subject,
                subject_id=str(input.subject_id) if input.subject_id else None,
                year=input.year,
                finding_code=input.finding_code,
            ),
            input.reason,
        )

    @strawberry.mutation(
        description="Ask to delete values that were given voluntarily (申请删除; PIPL 47). What has to be kept by the "
        "rules on members is refused with MUST_BE_KEPT, and can be locked."
    )
    async def request_deletion(self, info: Info, input: RequestDeletionInput) -> RequestDeletionPayload:
        return await requests.request_deletion(info.context, input.fields, input.reason)

    @strawberry.mutation(
        description="Ask that the personal values of the own record be kept and used for nothing else (申请限制处理; "
        "PIPL 44 and 47)."
    )
    async def request_lock(self, info: Info, input: RequestLockInput) -> MemberRequestPayload:
        return await requests.request_lock(info.context, input.reason)

    @strawberry.mutation(description="Take back an own request that is not answered yet (撤回申请).")
    async def withdraw_request(self, info: Info, request_id: strawberry.ID) -> MemberRequestPayload:
        return await requests.withdraw_request(info.context, str(request_id))
