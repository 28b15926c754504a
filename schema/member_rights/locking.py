from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.member_rights import locking
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal

if TYPE_CHECKING:
    from schema.members import Member


@strawberry.input(description="A member whose values are to be used again (解除限制处理).")
class UnlockMemberInput:
    member_id: strawberry.ID = field("Whose (党员).")
    reason: str = field("Why, and who asked for it (理由), at most 500 characters.")


@strawberry.type(description="The answer to UnlockMember.")
class UnlockMemberPayload:
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "The member (党员).", locking.unlocked
    )
    refusals: list[Refusal] = field("Why nothing was written: MEMBER_NOT_FOUND, NOT_LOCKED, REASON_MISSING.")


@strawberry.type
class MemberLockMutation:
    @strawberry.mutation(
        description="Lift the lock of a member's personal values (解除限制处理): by the county's office."
    )
    async def unlock_member(self, info: Info, input: UnlockMemberInput) -> UnlockMemberPayload:
        return await locking.unlock_member(info.context, str(input.member_id), input.reason)
