import strawberry

from resolvers.floating_members import floating_members
from resolvers.floating_members import registration as floating_registration
from schema.context import Info
from schema.declare import field
from schema.floating_members.floating_members import FloatingMember
from schema.floating_members.values import RecordValues
from schema.refusals import Refusal
from schema.scalars import Date


@strawberry.input(description="Who is away since when, and what is known of it.")
class RegisterFloatingMemberInput(RecordValues):
    member_id: strawberry.ID = field("Who is away.")
    left_on: Date = field("Left (流动时间), not in the future.")


@strawberry.type(description="The answer to RegisterFloatingMember and RecordReturn.")
class FloatingRegistrationPayload:
    floating_member: FloatingMember | None = field("The record as it is now.", floating_members.updated)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class FloatingRegistrationMutation:
    @strawberry.mutation(
        description="Register that a member is away (外出报备登记). He announces it to his branch, which registers "
        "it, or those above do: nobody registers himself. Refused: MEMBER_NOT_FOUND, ALREADY_AWAY, and what refuses an "
        "update of the record."
    )
    async def register_floating_member(
        self, info: Info, input: RegisterFloatingMemberInput
    ) -> FloatingRegistrationPayload:
        values = input.values()
        member_id, left_on = str(values.pop("member_id")), values.pop("left_on")
        return await floating_registration.register_floating_member(info.context, member_id, left_on, values)

    @strawberry.mutation(
        description="Record that a member who was away is back for good (登记返回): closes the record and ends his "
        "being a guest elsewhere. Refused: FLOATING_MEMBER_NOT_FOUND, IN_THE_FUTURE, RETURNED_BEFORE_LEAVING."
    )
    async def record_return(
        self, info: Info, floating_member_id: strawberry.ID, returned_on: Date
    ) -> FloatingRegistrationPayload:
        return await floating_registration.record_return(info.context, str(floating_member_id), returned_on)
