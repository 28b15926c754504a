import strawberry

from resolvers.delegates import clearance_subjects, clearances
from schema.context import Info
from schema.declare import field, root
from schema.enums import Agency, ClearanceOpinion
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date, DateTime, Quarter


@strawberry.type(description="The person that an agency is asked about (征求意见对象).")
class ClearanceSubject:
    name: str = field("Name (姓名).")
    id_number: str = field("Identity number (身份证号): whole for the agency that is asked, else masked.")


@strawberry.type(
    description="What an agency is asked, and answers, about a delegate in a quarter (联审意见)."
)
class Clearance:
    id: strawberry.ID = field("Key.")
    agency: Agency = field("The agency (部门).")
    quarter: Quarter = field("The quarter (季度).")
    requested_at: DateTime = field("When it was asked (征求时间).")
    due_on: Date = field("When the answer is due (答复期限).")
    opinion: ClearanceOpinion | None = field("The answer (意见); null while there is none.")
    reason: str | None = field("The reason (说明).")
    overdue: bool = field("Whether it is unanswered past that day (是否逾期).", clearances.overdue)
    submitted_at: DateTime | None = field("When it answered (答复时间).")
    subject: ClearanceSubject | None = field("Whom it is about.", clearance_subjects.subject)


@strawberry.input(description="An agency's answer.")
class SubmitClearanceInput:
    clearance_id: strawberry.ID = field("Which request.")
    opinion: ClearanceOpinion = field("The answer (意见).")
    reason: str | None = field("The reason, needed for an objection (说明).", default=None)
    signature: str | None = field("The agency's signature over its answer; kept as it is.", default=None)

    def answer(self) -> clearances.Answer:
        return clearances.Answer(self.opinion, self.reason, self.signature)


@strawberry.type(description="The answer to SubmitClearance and CorrectClearance.")
class SubmitClearancePayload:
    clearance: Clearance | None = field("The request with its answer.", clearances.submitted)
    refusals: list[Refusal] = field("Why it was not taken.")


@strawberry.type
class ClearanceQuery:
    @root(
        "What the reader's agency has not answered yet, by due date, at most 100 a page (待答复).",
        clearances.pending_clearances,
    )
    def pending_clearances(self, first: int, after: str | None = None) -> Connection[Clearance]: ...


@strawberry.type
class ClearanceMutation:
    @strawberry.mutation(
        description="Answer a request, once (答复征求意见). The delegate's check is judged again. Refused with "
        "CLEARANCE_NOT_FOUND, ALREADY_ANSWERED, REASON_MISSING, REASON_TOO_LONG."
    )
    async def submit_clearance(self, info: Info, input: SubmitClearanceInput) -> SubmitClearancePayload:
        return await clearances.submit_clearance(info.context, str(input.clearance_id), input.answer())

    @strawberry.mutation(
        description="Correct the answer of the reader's own agency (更正答复), until the delegate's check is decided. "
        "The check is judged again; the audit keeps the answer that stood before. Refused with CLEARANCE_NOT_FOUND, "
        "NOT_ANSWERED, CHECK_DECIDED, REASON_MISSING, REASON_TOO_LONG."
    )
    async def correct_clearance(
        self,
        info: Info,
        clearance_id: strawberry.ID,
        opinion: ClearanceOpinion,
        reason: str | None = None,
        signature: str | None = None,
    ) -> SubmitClearancePayload:
        answer = clearances.Answer(opinion, reason, signature)
        return await clearances.correct_clearance(info.context, str(clearance_id), answer)
