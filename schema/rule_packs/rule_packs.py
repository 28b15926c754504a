from enum import StrEnum

import strawberry

from resolvers.rule_packs import trials
from schema.context import Info
from schema.declare import field
from schema.enums import QualificationOutcome, Severity
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import JSON, Date, Quarter


@strawberry.type(description="A text that a pack rests on (依据).")
class RuleSource:
    title: str = field("Title (名称).")
    section: str = field("Section or paragraph (条款).")


@strawberry.type(description="A number that a rule uses (参数), as it counts in this county.")
class RuleParameter:
    name: str = field("Name.")
    value: float = field("Value, in the unit of the description.")
    unit: str = field("Unit (单位).")
    description: str = field("What it is (说明).")


@strawberry.type(description="A rule (规则).")
class Rule:
    code: str = field("Code.")
    title: str = field("Title (名称).")
    modality: Severity = field("How strict the text is (刚性).")
    citation: str = field("Regulation and paragraph (依据).")
    parameters: list[RuleParameter] = field("The numbers that it uses (参数).")


@strawberry.type(description="A rule pack (规则包): what the nation or a county decides.")
class RulePack:
    id: strawberry.ID = field("Its folder's name.")
    name: str = field("Name (名称).")
    version: str = field("Version (版本).")
    effective_from: Date = field("The first day on which it may count, by its manifest (生效日期).")
    active_from: Date = field("The first day on which it counts in the county (启用日期).")
    active_until: Date | None = field("The last such day, when another version is activated (停用日期).")
    sources: list[RuleSource] = field("What it rests on (依据).")
    rules: list[Rule] = field("Its rules (规则).")


@strawberry.type(description="An outcome of a trial.")
class TrialOutcome:
    outcome: QualificationOutcome | None = field(
        "What a delegate's check would come to; null for other subjects, whose findings tell."
    )


@strawberry.type(description="A finding that made the difference.")
class TrialReason:
    code: str = field("The rule's code.")
    citation: str = field("Regulation and paragraph (依据).")


@strawberry.type(description="Somebody who would be judged differently (判断有变化的对象).")
class TrialChange:
    subject: str = field("Who (对象).")
    before: TrialOutcome = field("With the rules in force.")
    after: TrialOutcome = field("With what is tried.")
    because: list[TrialReason] = field("Findings that come or go.")


@strawberry.type(
    description="A trial of other parameters or another version over real records (规则试算); nothing is kept."
)
class Trial:
    subjects: int = field("How many were judged.")
    changed: int = field("How many would be judged differently.")

    @strawberry.field(description="Who would be judged differently; at most 100.")
    def changes(self, first: int) -> Connection[TrialChange]:
        raise NotImplementedError


@strawberry.type(description="The answer to TryRulePack.")
class TryRulePackPayload:
    trial: Trial | None = field("The trial, when it was carried out.")
    refusals: list[Refusal] = field("Why it was not.")


@strawberry.enum(
    description="Whose records a trial judges (试算对象): DELEGATE 党代表, BRANCH 党组织, FLOATING 流动党员, "
    "TRAINING 党员年度培训."
)
class TrialNoun(StrEnum):
    DELEGATE = "DELEGATE"
    BRANCH = "BRANCH"
    FLOATING = "FLOATING"
    TRAINING = "TRAINING"


@strawberry.input(
    description="What to try: parameters by name, another version, or both, for a pack of the county, over a quarter."
)
class TryRulePackInput:
    county: strawberry.ID = field("The county's code.")
    pack: str = field("The pack's id.")
    parameters: JSON | None = field("Parameter name -> value to try.", default=None)
    quarter: Quarter = field("The quarter whose records are judged.")
    version: str | None = field(
        "A version on the server that is not in force (版本), judged as if it had begun.", default=None
    )
    noun: TrialNoun = field(
        "Whose records. All but delegates are judged as they are recorded now, by the quarter's last day.",
        default=TrialNoun.DELEGATE,
    )


@strawberry.type
class RulePackMutation:
    @strawberry.mutation(
        description="Judge a quarter's records with other parameters or another version and show who would be "
        "judged differently (规则试算). Nothing is kept."
    )
    async def try_rule_pack(self, info: Info, input: TryRulePackInput) -> TryRulePackPayload:
        return await trials.try_rule_pack(
            info.context,
            str(input.county),
            input.pack,
            input.version,
            input.parameters or {},
            input.quarter,
            input.noun.lower(),
        )
