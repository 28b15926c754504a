import strawberry

from resolvers.member_rights import reveal
from schema.context import Info
from schema.declare import field
from schema.enums import Purpose, RevealedValue
from schema.refusals import Refusal


@strawberry.input(description="Masked values of one member that are to be read as they are (查看完整信息).")
class RevealMemberInput:
    member_id: strawberry.ID = field("Whose (党员).")
    values: list[RevealedValue] = field("Which values (查看内容).")
    purpose: Purpose = field("What for (目的); it has to open each of the values to the reader's role.")
    reason: str = field("The occasion (事由), 5 to 180 characters. The member reads it in his access log.")


@strawberry.type(description="A value as it is (完整信息).")
class Revealed:
    value: RevealedValue = field("Which value (项目).")
    text: str | None = field("The value (内容); null where the record holds none.")


@strawberry.type(description="The answer to RevealMember.")
class RevealMemberPayload:
    values: list[Revealed] = field("The values (内容); empty when it was refused.")
    refusals: list[Refusal] = field(
        "Why nothing was revealed: MEMBER_NOT_FOUND, NOTHING_ASKED, REASON_MISSING, PURPOSE_NOT_ENOUGH, "
        "MEMBER_LOCKED, REVEAL_LIMIT."
    )


@strawberry.type
class RevealMutation:
    @strawberry.mutation(
        description="Read masked values of one member (查看完整信息). Before the answer it is written down for the "
        "member (`viewer.accessLog`) and in the audit trail, which keeps refusals, too, and never the value. "
        "Identity numbers are for the county's office, to verify an identity, to transfer a member, or to review a "
        "delegate; phone, address and contact for office, town and secretary, to reach or visit a member. At most "
        "100 members a day."
    )
    async def reveal_member(self, info: Info, input: RevealMemberInput) -> RevealMemberPayload:
        return await reveal.reveal_member(
            info.context, str(input.member_id), input.values, input.purpose, input.reason
        )
