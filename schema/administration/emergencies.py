import strawberry

from resolvers.accounts import emergencies
from schema.administration.grants import AccountName
from schema.context import Info
from schema.declare import field, root
from schema.enums import EmergencyStatus
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import DateTime


@strawberry.type(description="That somebody asks to read a county's records in an emergency (应急授权申请).")
class EmergencyRequest:
    id: strawberry.ID = field("Key.")
    asked_by: AccountName = field("Who asks (申请人).", emergencies.asked_by)
    reason: str = field("Why (事由).")
    minutes: int = field("For how many minutes, at most 60 (时长).")
    asked_at: DateTime = field("When (申请时间).")
    status: EmergencyStatus = field("Where it stands (状态).", emergencies.status)
    answered_by: AccountName | None = field("Who answered (批准人).", emergencies.answered_by)
    answered_at: DateTime | None = field("When (答复时间).")
    is_approved: bool | None = field("Whether it was agreed to (是否批准).")
    ends_at: DateTime | None = field("When the right ends, or ended (失效时间).", emergencies.ends_at)


@strawberry.input(description="To ask for reading in an emergency (申请应急授权).")
class AskForEmergencyInput:
    county: strawberry.ID = field("The county's code (县代码).")
    reason: str = field("Why (事由), at most 200 characters.")
    minutes: int = field("For how long, 1 to 60 minutes (时长).")


@strawberry.input(description="An answer to such a request (批准或者不批准).")
class AnswerEmergencyInput:
    request_id: strawberry.ID = field("Which request (申请).")
    approve: bool = field("Whether it is agreed to (是否批准).")
    reason: str | None = field("A note for the audit trail, at most 200 characters (说明).", default=None)


@strawberry.type(description="The answer to AskForEmergency, AnswerEmergency and EndEmergency.")
class EmergencyPayload:
    request: EmergencyRequest | None = field("The request as it is now (申请).", emergencies.asked)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class EmergencyQuery:
    @root(
        "Requests to read in an emergency, newest first (应急授权申请), for those who may answer and the auditor; "
        "others see their own.",
        emergencies.emergency_requests,
    )
    def emergency_requests(
        self, county: strawberry.ID, first: int, after: str | None = None, open_only: bool = False
    ) -> Connection[EmergencyRequest]: ...


@strawberry.type
class EmergencyMutation:
    @strawberry.mutation(
        description="Ask to read a county's records in an emergency (申请应急授权). It lapses after 24 hours. Refused: "
        "NOT_ALLOWED, REASON_MISSING, MINUTES_OUT_OF_RANGE, ALREADY_ASKED. By the system administrator, the auditor, "
        "towns and secretaries."
    )
    async def ask_for_emergency(self, info: Info, input: AskForEmergencyInput) -> EmergencyPayload:
        return await emergencies.ask_for_emergency(
            info.context, str(input.county), input.reason, input.minutes
        )

    @strawberry.mutation(
        description="Agree to such a request or not (批准应急授权): a second person, never the asker. Agreeing ends "
        "the asker's sessions; he signs in again, reads, and every read is in the audit trail before it is answered. "
        "Refused: EMERGENCY_NOT_FOUND, OWN_REQUEST, ALREADY_ANSWERED, REQUEST_LAPSED, ACCOUNT_DISABLED, "
        "ASKER_LOST_HIS_ROLE, TEXT_TOO_LONG. By the security administrator and the county's office."
    )
    async def answer_emergency(self, info: Info, input: AnswerEmergencyInput) -> EmergencyPayload:
        return await emergencies.answer_emergency(
            info.context, str(input.request_id), approve=input.approve, reason=input.reason
        )

    @strawberry.mutation(
        description="End an emergency before its time (结束应急): by the asker or whoever may answer. The asker's "
        "sessions end. Refused: EMERGENCY_NOT_FOUND, NOT_RUNNING."
    )
    async def end_emergency(self, info: Info, request_id: strawberry.ID) -> EmergencyPayload:
        return await emergencies.end_emergency(info.context, str(request_id))
