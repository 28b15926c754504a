import strawberry

from resolvers.delegates import decisions
from runtime.clock import today
from schema.context import Info
from schema.declare import field
from schema.delegates.qualification import QualificationCheck
from schema.enums import QualificationOutcome, Severity
from schema.refusals import Refusal
from schema.scalars import Date


@strawberry.input(description="An opinion that differed from the decision (不同意见).")
class DissentInput:
    by: str = field("Whose it is (谁).")
    opinion: str = field("What it is (意见), at most 1,000 characters.")


@strawberry.input(
    description="What a named body decided. By article 28 the electing unit or a base organization proposes, the "
    "committee that the congress elected decides, and files it with the committee above (第二十八条)."
)
class DecideQualificationInput:
    check_id: strawberry.ID = field("Which check.")
    outcome: QualificationOutcome = field("What was decided; it may differ from what the packs propose.")
    reason: str = field("Why (理由), at most 1,000 characters.")
    decided_by: str = field("The body that decided, such as 中共绛县委员会 (作出决定的机构).")
    decided_on: Date | None = field(
        "When it decided (决定日期), not in the future; today without it.", default=None
    )
    proposed_by: str | None = field(
        "The electing unit or base organization that proposed it (提出单位).", default=None
    )
    filed_with: str | None = field("The committee above that it is filed with (备案党委).", default=None)
    votes_for: int | None = field("Votes for it (赞成票); with votesAgainst.", default=None)
    votes_against: int | None = field("Votes against it (反对票); with votesFor.", default=None)
    dissent: list[DissentInput] | None = field(
        "Opinions that differed, kept with it (不同意见).", default=None
    )

    def decision(self) -> decisions.Decision:
        return decisions.Decision(
            outcome=self.outcome,
            reason=self.reason.strip(),
            decided_by=self.decided_by.strip(),
            decided_on=self.decided_on or today(),
            proposed_by=(self.proposed_by or "").strip() or None,
            filed_with=(self.filed_with or "").strip() or None,
            votes_for=self.votes_for,
            votes_against=self.votes_against,
            dissent=[{"by": one.by.strip(), "opinion": one.opinion.strip()} for one in self.dissent or []],
        )


@strawberry.type(description="What is left to do about a record that was taken (提示).")
class Remark:
    code: str = field("For programs: what is missing.")
    severity: Severity = field("NOTE: the record stands all the same.")
    message: str = field("What is missing and what to do (说明).")
    citation: str = field("Regulation and paragraph (依据).")


@strawberry.type(description="The answer to DecideQualification.")
class DecideQualificationPayload:
    check: QualificationCheck | None = field("The check with its decision.", decisions.decided)
    findings: list[Remark] = field("What article 28 asks for and the record leaves out (手续提示).")
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type(description="The answer to WithdrawDecision.")
class WithdrawDecisionPayload:
    check: QualificationCheck | None = field("The check, which is open again.", decisions.decided)
    refusals: list[Refusal] = field("Why nothing was withdrawn.")


@strawberry.type
class DecisionMutation:
    @strawberry.mutation(
        description="Record what a named body decided (登记决定). This alone changes a delegate's status: QUALIFIED "
        "在任, SUSPENSION_PROPOSED 停止执行代表职务, TERMINATION_PROPOSED 终止代表资格, which opens a vacancy (空缺). "
        "Refused with CHECK_NOT_FOUND, ALREADY_DECIDED, CLEARANCE_MISSING, OBJECTION_OPEN, DELEGATE_TERMINATED, "
        "LATER_QUARTER_DECIDED, DECIDED_TOO_EARLY, DECIDED_IN_THE_FUTURE, REASON_MISSING, BODY_MISSING, NO_DECISION, "
        "NAME_TOO_LONG, VOTES_INCOMPLETE, DISSENT_INCOMPLETE."
    )
    async def decide_qualification(
        self, info: Info, input: DecideQualificationInput
    ) -> DecideQualificationPayload:
        return await decisions.decide(info.context, str(input.check_id), input.decision())

    @strawberry.mutation(
        description="Withdraw a decision that was recorded by mistake (撤回决定): the status before it stands again, "
        "the check is open again, and the history keeps both. Refused with CHECK_NOT_FOUND, NOT_DECIDED, "
        "LATER_DECISION, VACANCY_ENDED, REASON_MISSING, BODY_MISSING."
    )
    async def withdraw_decision(
        self, info: Info, check_id: strawberry.ID, decided_by: str, reason: str
    ) -> WithdrawDecisionPayload:
        return await decisions.withdraw(info.context, str(check_id), decided_by, reason)
