from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.organizations import reserves
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations.organizations import Organization


@strawberry.type(
    description="Somebody on a village's reserve list (后备力量), resolved by its assembly; not only members stand "
    "there."
)
class Reserve:
    id: strawberry.ID = field("Key.")
    name: str = field("Name (姓名).")
    is_for_secretary: bool = field("Whether he is meant for secretary (党组织书记后备).")
    listed_on: Date = field("When the assembly listed him (列入日期).")
    removed_on: Date | None = field("When he was taken off (调整日期).")
    removal_reason: str | None = field("Why (调整原因).")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "The member, if he is one and the reader may see him (党员).", reserves.member
    )


@strawberry.input(description="A name for the list; give `name`, or `memberId` for a member.")
class NewReserveInput:
    name: str | None = field("Name (姓名), at most 60 characters; a member's own name counts.", default=None)
    member_id: strawberry.ID | None = field("The member, if he is one.", default=None)
    is_for_secretary: bool = field("Whether he is meant for secretary (党组织书记后备).", default=False)


@strawberry.input(description="Names that an assembly listed on one day (后备力量名单).")
class AddReservesInput:
    organization_id: strawberry.ID = field("Whose list.")
    listed_on: Date = field("The day of the assembly (党员大会), today or earlier.")
    reserves: list[NewReserveInput] = field("1 to 100 names.")


@strawberry.type(description="The answer to AddReserves.")
class AddReservesPayload:
    added: int = field("How many names are new (新列入人数).")
    organization: Annotated["Organization", strawberry.lazy("schema.organizations.organizations")] | None = (
        field("The organization with its list.", reserves.kept)
    )
    refusals: list[Refusal] = field("Why nothing was listed.")


@strawberry.type(description="The answer to RemoveReserve.")
class RemoveReservePayload:
    reserve: Reserve | None = field("The name that was taken off.", reserves.written)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class ReserveMutation:
    @strawberry.mutation(
        description="Put names on an organization's reserve list (登记后备力量): all of them, or none. Refused: "
        "BEFORE_FOUNDING, "
        "ALREADY_LISTED, NAME_MISSING, TOO_MANY_NAMES, MEMBER_NOT_FOUND, IN_THE_FUTURE, ORGANIZATION_NOT_FOUND, "
        "ORGANIZATION_DISSOLVED."
    )
    async def add_reserves(self, info: Info, input: AddReservesInput) -> AddReservesPayload:
        wanted = [
            reserves.NewReserve(one.name, str(one.member_id) if one.member_id else None, one.is_for_secretary)
            for one in input.reserves
        ]
        return await reserves.add_reserves(info.context, str(input.organization_id), input.listed_on, wanted)

    @strawberry.mutation(
        description="Take a name off the list (调整后备力量); it stays as history. Refused: RESERVE_NOT_FOUND, "
        "ALREADY_ENDED, BEFORE_BEGINNING, IN_THE_FUTURE, REASON_MISSING."
    )
    async def remove_reserve(
        self, info: Info, id: strawberry.ID, removed_on: Date, reason: str
    ) -> RemoveReservePayload:
        return await reserves.remove_reserve(info.context, str(id), removed_on, reason)
