import strawberry

from resolvers.delegates import qualification
from resolvers.delegates import replay as qualification_replay
from resolvers.member_rights import checks, objections
from schema.declare import field
from schema.delegates.clearances import Clearance
from schema.delegates.delegates import Delegate
from schema.enums import QualificationOutcome
from schema.people import Actor
from schema.refusals import Finding
from schema.scalars import JSON, Date, DateTime, Quarter


@strawberry.type(description="An opinion that differed from the decision (不同意见), kept with it.")
class Dissent:
    by: str = field("Whose it is (谁).")
    opinion: str = field("What it is (意见).")


@strawberry.type(
    description="What a named body decided about a check (决定): 停止执行代表职务 (SUSPENSION_PROPOSED) and "
    "终止代表资格 (TERMINATION_PROPOSED) are two different decisions (第二十五、二十六条)."
)
class QualificationDecision:
    outcome: QualificationOutcome = field("What was decided (决定).")
    reason: str = field("Why (理由).")
    decided_on: Date = field("When (日期).")
    by: Actor = field("The body that decided (作出决定的机构).", qualification.decided_by)
    proposed_by: str | None = field(
        "The electing unit or base organization that proposed it (提出单位, 第二十八条)."
    )
    filed_with: str | None = field("The committee above that it was filed with (备案党委, 第二十八条).")
    votes_for: int | None = field("Votes for it (赞成票).")
    votes_against: int | None = field("Votes against it (反对票).")
    dissent: list[Dissent] = field("Opinions that differed (不同意见).", qualification.dissent)
    withdrawn_on: Date | None = field("When it was withdrawn (撤回日期); null while it counts.")
    withdrawn_by: str | None = field("The body that withdrew it (撤回机构).")
    withdrawal_reason: str | None = field("Why it was withdrawn (撤回理由).")


@strawberry.type(
    description="The check judged again from the facts that were kept with it, by the packs of today (重放)."
)
class Replay:
    is_same: bool = field(
        "Whether the findings are those that were kept, word for word and of the same version."
    )
    findings: list[Finding] = field("What the packs of today find in the kept facts.")


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
    withdrawn_decisions: list[QualificationDecision] = field(
        "Decisions that were recorded by mistake and withdrawn, the oldest first (已撤回的决定).",
        qualification.withdrawn_decisions,
    )
    quarter: Quarter = field("The review's quarter (季度).", checks.quarter)
    judged_from: JSON = field(
        "The facts that the packs were given (判断依据), with each finding's rule and version the explanation of it "
        "(PIPL 24); the agencies' answers stand in `clearances`.",
        checks.judged_from,
    )
    open_objections: int = field(
        "How many objections of the delegate are not answered yet (未答复的异议); no decision is recorded before they "
        "are.",
        objections.open_objections,
    )
    replayed: Replay | None = field(
        "The same facts judged again (重放); null when a pack fails or takes too long, or the "
        "facts are of a form that is no longer read.",
        qualification_replay.replayed,
    )
