import strawberry

from resolvers.rule_packs import activations as rule_pack_activations
from schema.context import Info
from schema.declare import field
from schema.people import Actor
from schema.refusals import Refusal
from schema.scalars import Date, DateTime


@strawberry.type(
    description="That a version of the county's rule pack counts from a day on (规则包启用), until the next such day."
)
class RulePackActivation:
    pack: str = field("The pack's id (规则包).")
    version: str | None = field("Version (版本); null: from that day on without a pack of its own.")
    active_from: Date = field("The first day (启用日期).")
    decided_by: str = field("The body that decided (作出决定的机构).")
    reason: str | None = field("Why (理由).")
    by: Actor = field("Who recorded it (登记人).", rule_pack_activations.by)
    at: DateTime = field("When it was recorded (登记时间).", rule_pack_activations.recorded_at)


@strawberry.input(description="Which version counts in a county from which day on, and who decided it.")
class ActivateRulePackInput:
    county: strawberry.ID = field("The county's code.")
    pack: str = field("The pack's id, such as jiangxian_140826.")
    version: str | None = field("Version; null: from that day on without a pack of its own.", default=None)
    active_from: Date = field("The first day (启用日期): today or later.")
    decided_by: str = field("The body that decided, such as 中共绛县委员会 (作出决定的机构).")
    reason: str | None = field("Why (理由).", default=None)


@strawberry.type(description="The answer to ActivateRulePack.")
class ActivateRulePackPayload:
    activation: RulePackActivation | None = field("What was recorded.", rule_pack_activations.activated)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class RulePackActivationMutation:
    @strawberry.mutation(
        description="Let a version of the county's rule pack count from a day on (启用规则包). Days before, and what "
        "was decided, stay judged by what was in force."
    )
    async def activate_rule_pack(self, info: Info, input: ActivateRulePackInput) -> ActivateRulePackPayload:
        return await rule_pack_activations.activate_rule_pack(
            info.context,
            str(input.county),
            input.pack,
            input.version,
            input.active_from,
            input.decided_by,
            input.reason,
        )
