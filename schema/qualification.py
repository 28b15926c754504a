import strawberry

from resolvers import qualification
from schema.clearances import Clearance
from schema.context import Info
from schema.declare import field, root
from schema.delegates import Delegate
from schema.enums import QualificationOutcome, ReviewStatus
from schema.pages import Connection
from schema.people import Actor
from schema.refusals import Finding, Refusal
from schema.scalars import Date, DateTime, Quarter


@strawberry.type(description="What a named body decided about a check (决定).")
class QualificationDecision:
    outcome: QualificationOutcome = field("What was decided (决定).")
    reason: str = field("Why (理由).")
    decided_on: Date = field("When (日期).")
    by: Actor = field("The body that decided (作出决定的机构).", qualification.decided_by)


@strawberry.type(
    description="What the rule packs found about a delegate in a quarter (资格核查): a proposal."
)
class QualificationCheck:
    id: strawberry.ID = field("Key.")
    outcome: QualificationOutcome = field("What the findings come to (结果).")
    evaluated_at: DateTime = field("When it was last judged (判断时间).")
    delegate: Delegate | None = field("Whom it is about.", qualification.delegate)
    findings: list[Finding] = field("What was found, with its source (发现).", qualification.findings)
    clearances: list[Clearance] = field("The agencies' answers (部门意见).", qualification.clearances)
    decision: QualificationDecision | None = field("The decision, once there is one.", qualification.decision)


@strawberry.type(description="How many checks come to an outcome.")
class OutcomeCount:
    outcome: QualificationOutcome = field("The outcome.")
    count: int = field("How many (数量).")


@strawberry.type(description="The quarterly check of a county's delegates (一季一析).")
class QualificationReview:
    id: strawberry.ID = field("Key.")
    quarter: Quarter = field("The quarter (季度).")
    status: ReviewStatus = field("Where it stands.", qualification.status)
    check_count: int = field("Delegates checked (核查人数).", qualification.check_count)
    awaiting_clearance: int = field(
        "Delegates about whom an agency has not answered (待答复人数).", qualification.awaiting_clearance
    )
    summary: list[OutcomeCount] = field("How many checks come to what (汇总).", qualification.summary)

    @root("The checks, at most 1,000 a page; `outcome` keeps those that come to it.", qualification.checks)
    def checks(
        self, first: int, after: str | None = None, outcome: list[QualificationOutcome] | None = None
    ) -> Connection[QualificationCheck]: ...


@strawberry.type(description="The answer to OpenQualificationReview.")
class OpenQualificationReviewPayload:
    review: QualificationReview | None = field("The review.", qualification.opened)
    refusals: list[Refusal] = field("Why it was not opened.")


@strawberry.input(description="What a named body decided.")
class DecideQualificationInput:
    check_id: strawberry.ID = field("Which check.")
    outcome: QualificationOutcome = field("What was decided.")
    reason: str = field("Why (理由).")
    decided_by: str = field("The body that decided, such as 中共绛县委员会 (作出决定的机构).")


@strawberry.type(description="The answer to DecideQualification.")
class DecideQualificationPayload:
    check: QualificationCheck | None = field("The check with its decision.", qualification.decided)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class QualificationQuery:
    @root("The review of a county's delegates in a quarter, once it was opened.", qualification.review)
    def qualification_review(self, county: strawberry.ID, quarter: Quarter) -> QualificationReview | None: ...


@strawberry.type
class QualificationMutation:
    @strawberry.mutation(
        description="Open the review of a quarter, or bring it up to date (开展一季一析): asks the agencies and "
        "judges every delegate. Changes nobody's status."
    )
    async def open_qualification_review(
        self, info: Info, county: strawberry.ID, quarter: Quarter
    ) -> OpenQualificationReviewPayload:
        return await qualification.open_review(info.context, str(county), quarter)

    @strawberry.mutation(
        description="Record what a named body decided (登记决定). This alone changes a delegate's status."
    )
    async def decide_qualification(
        self, info: Info, input: DecideQualificationInput
    ) -> DecideQualificationPayload:
        return await qualification.decide(
            info.context, str(input.check_id), input.outcome, input.reason, input.decided_by
        )
