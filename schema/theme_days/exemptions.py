from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.theme_days import exemptions
from schema.context import Info
from schema.declare import field, root
from schema.enums import ExemptionGround
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member


@strawberry.type(
    description="That no firm demand is made of a member for a while (不作硬性要求; 党员教育管理工作条例第二十三条): "
    "he is left out of attendance rates and required hours, and may still come. For the member and those who lead "
    "his branch."
)
class Exemption:
    id: strawberry.ID = field("Key.")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field("Who.", exemptions.member)
    ground: ExemptionGround = field("Ground (情形).")
    began_on: Date = field("The first day (开始日期).")
    ended_on: Date | None = field("The last day (结束日期); null until further notice.")
    reason: str | None = field("Reason (说明).")
    approved_by: str = field("The body that agreed (研究同意的党组织).")


@strawberry.input(description="A member of whom no firm demand is to be made (不作硬性要求).")
class ExemptMemberInput:
    member_id: strawberry.ID = field("Who.")
    ground: ExemptionGround = field("Ground (情形).")
    began_on: Date = field("The first day (开始日期).")
    ended_on: Date | None = field(
        "The last day, included (结束日期); without it until further notice.", default=None
    )
    reason: str | None = field(
        "Reason (说明), at most 200 characters; needed for the ground OTHER.", default=None
    )
    approved_by: str = field("The body that agreed (研究同意的党组织), at most 200 characters.")


@strawberry.type(description="The answer to ExemptMember and EndExemption.")
class ExemptionPayload:
    exemption: Exemption | None = field("The exemption.", exemptions.written)
    refusals: list[Refusal] = field(
        "Why nothing was written: MEMBER_NOT_FOUND, EXEMPTION_NOT_FOUND, APPROVED_BY_MISSING, REASON_MISSING, "
        "TEXT_TOO_LONG, DATES_REVERSED, ALREADY_EXEMPT, ALREADY_ENDED."
    )


@strawberry.type
class ExemptionQuery:
    @root(
        "The exemptions of a county (不作硬性要求名单) that the reader may see, newest first, at most 100 a page; "
        "`openOnly` keeps those that last.",
        exemptions.exemptions,
    )
    def exemptions(
        self, county: strawberry.ID, first: int, after: str | None = None, open_only: bool = False
    ) -> Connection[Exemption]: ...


@strawberry.type
class ExemptionMutation:
    @strawberry.mutation(
        description="Record that no firm demand is made of a member (登记不作硬性要求): by the secretary of his home "
        "branch or who is above it."
    )
    async def exempt_member(self, info: Info, input: ExemptMemberInput) -> ExemptionPayload:
        return await exemptions.exempt_member(
            info.context,
            str(input.member_id),
            input.ground,
            input.began_on,
            input.ended_on,
            input.reason,
            input.approved_by,
        )

    @strawberry.mutation(
        description="Record that firm demands are made again from the day after `endedOn` (恢复要求)."
    )
    async def end_exemption(self, info: Info, id: strawberry.ID, ended_on: Date) -> ExemptionPayload:
        return await exemptions.end_exemption(info.context, str(id), ended_on)
