from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.floating_members import decisions as floating_decisions
from resolvers.floating_members import floating_members
from schema.context import Info
from schema.declare import field
from schema.enums import Measure
from schema.refusals import Finding, Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.floating_members.floating_members import FloatingMember


@strawberry.type(
    description="What a body decided about a member out of contact (失联党员处理决定): a record, which "
    "changes nobody's standing."
)
class FloatingDecision:
    id: strawberry.ID = field("Key.")
    measure: Measure = field("What was decided (处理意见).")
    reason: str = field("Why (理由).")
    decided_by: str = field("The body that decided (作出决定的党组织).")
    decided_on: Date = field("When (决定日期).")
    findings: list[Finding] = field(
        "What the rule packs found when it was recorded (登记时的规则检查).", floating_decisions.findings
    )


@strawberry.input(description="What a body decided about a member out of contact.")
class DecideFloatingMemberInput:
    floating_member_id: strawberry.ID = field("The record.")
    measure: Measure = field("What was decided (处理意见).")
    reason: str = field("Why (理由), at most 1,000 characters.")
    decided_by: str = field("The body that decided (作出决定的党组织), such as 秦湾村党支部党员大会.")
    decided_on: Date = field("When (决定日期).")


@strawberry.type(description="The answer to DecideFloatingMember.")
class DecideFloatingMemberPayload:
    decision: FloatingDecision | None = field("The decision.", floating_decisions.recorded)
    floating_member: (
        Annotated["FloatingMember", strawberry.lazy("schema.floating_members.floating_members")] | None
    ) = field("The record, which stays as it is.", floating_members.updated)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class FloatingDecisionMutation:
    @strawberry.mutation(
        description="Record what a body decided about a member out of contact (登记失联党员处理决定), with what "
        "the rule packs find now. Nothing else changes. By 教育管理条例第二十四条 suspension needs six months out "
        "of contact or more than five years abroad, removal a suspension that has stood for two years. Refused: "
        "FLOATING_MEMBER_NOT_FOUND, REASON_MISSING, BODY_MISSING, IN_THE_FUTURE, NOT_OUT_OF_CONTACT, "
        "SUSPENSION_TOO_SHORT."
    )
    async def decide_floating_member(
        self, info: Info, input: DecideFloatingMemberInput
    ) -> DecideFloatingMemberPayload:
        return await floating_decisions.decide_floating_member(
            info.context,
            str(input.floating_member_id),
            input.measure,
            input.reason,
            input.decided_by,
            input.decided_on,
        )
