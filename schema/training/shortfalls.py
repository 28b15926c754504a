import strawberry

from resolvers.training import shortfalls
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal
from schema.scalars import DateTime


@strawberry.type(description="Why a member did not reach the hours of a year (未达标原因).")
class ShortfallReason:
    id: strawberry.ID = field("Key.")
    year: int = field("The year (年度).")
    reason: str = field("The reason (原因).")
    stated_at: DateTime = field("When it was stated (说明时间).")


@strawberry.type(description="The answer to StateShortfall.")
class StateShortfallPayload:
    shortfall_reason: ShortfallReason | None = field("The reason as it is kept.", shortfalls.stated)
    refusals: list[Refusal] = field("Why nothing was kept.")


@strawberry.type
class ShortfallMutation:
    @strawberry.mutation(
        description="State why the hours of a year are short (说明学时未达标原因), by the member himself or who leads "
        "his branch; a second reason takes the place of the first. 教育管理条例第二十条 says 一般不少于32学时, so less "
        "needs a reason, of 1 to 400 characters. Refusals: MEMBER_NOT_FOUND, YEAR_OUT_OF_BOUNDS, REASON_MISSING, "
        "HOURS_MET, EXEMPT (第二十三条)."
    )
    async def state_shortfall(
        self, info: Info, member_id: strawberry.ID, year: int, reason: str
    ) -> StateShortfallPayload:
        return await shortfalls.state_shortfall(info.context, str(member_id), year, reason)
