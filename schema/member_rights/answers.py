import strawberry

from resolvers.member_rights import answers, requests
from schema.context import Info
from schema.declare import field
from schema.enums import RequestOutcome
from schema.member_rights.requests import MemberRequest
from schema.refusals import Refusal


@strawberry.input(description="What a member is answered (答复).")
class AnswerMemberRequestInput:
    request_id: strawberry.ID = field("Which request.")
    outcome: RequestOutcome = field("What comes of it (结果).")
    answer: str = field("The answer with its reason (答复内容), at most 400 characters; the member reads it.")


@strawberry.type(description="The answer to AnswerMemberRequest.")
class AnswerMemberRequestPayload:
    request: MemberRequest | None = field("The request with its answer.", requests.made)
    applied: bool = field(
        "Whether what was granted is written already (是否已更改): a corrected phone, address, education, occupation "
        "or ethnicity, a deleted value, a lock. Other corrections come with the office's next file."
    )
    refusals: list[Refusal] = field(
        "Why nothing was written: REQUEST_NOT_FOUND, REQUEST_CLOSED, ANSWER_MISSING, NOT_FOR_ONESELF, "
        "RECORDED_BY_ONESELF."
    )


@strawberry.type
class MemberRequestAnswerMutation:
    @strawberry.mutation(
        description="Answer a member's request (答复党员申请): the office, or the town of his branch. Nobody answers "
        "his own, nor an objection to what he recorded himself. What is granted and can be written is written with it."
    )
    async def answer_member_request(
        self, info: Info, input: AnswerMemberRequestInput
    ) -> AnswerMemberRequestPayload:
        return await answers.answer_member_request(
            info.context, str(input.request_id), input.outcome, input.answer
        )
