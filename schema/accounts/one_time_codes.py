import strawberry

from resolvers.accounts import one_time_codes
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal


@strawberry.type(description="The answer to EnrolOneTimeCode; it is given this once.")
class EnrolOneTimeCodePayload:
    secret: str | None = field("To be typed into an authenticator, in Base32 (密钥).")
    uri: str | None = field("The same as an otpauth address (动态码地址).")
    qr_code: str | None = field("The same as a QR code to scan, an SVG (二维码).")
    refusals: list[Refusal] = field("Why there is none.")


@strawberry.type(description="The answer to ConfirmOneTimeCode.")
class ConfirmOneTimeCodePayload:
    recovery_codes: list[str] = field(
        "Ten codes for when the phone is lost, each good once; they are given this once, so keep them (恢复码)."
    )
    sign_in_again: bool = field("Whether this session ended with it (须重新登录).")
    refusals: list[Refusal] = field("Why it was not confirmed.")


@strawberry.type(description="The answer to RemoveOneTimeCode.")
class RemoveOneTimeCodePayload:
    removed: bool = field("Whether there is none any more (是否已解除).")
    refusals: list[Refusal] = field("Why not.")


@strawberry.type
class OneTimeCodeMutation:
    @strawberry.mutation(
        description="A secret for the account's authenticator (绑定动态码): TOTP of RFC 6238, six digits, 30 seconds, "
        "SHA-1. It counts once confirmOneTimeCode has seen a right code. Refusals: NOT_SIGNED_IN, DEMO_ACCOUNT, "
        "ONE_TIME_CODE_STANDS, PASSWORD_CHANGE_NEEDED."
    )
    async def enrol_one_time_code(self, info: Info) -> EnrolOneTimeCodePayload:
        return await one_time_codes.enrol_one_time_code(info.context)

    @strawberry.mutation(
        description="The first right code of a new secret (确认动态码): from now on signing in needs one, and the "
        "account's other sessions end. Refusals: NOT_SIGNED_IN, DEMO_ACCOUNT, NOTHING_TO_CONFIRM, WRONG_ONE_TIME_CODE, "
        "PASSWORD_CHANGE_NEEDED."
    )
    async def confirm_one_time_code(self, info: Info, code: str) -> ConfirmOneTimeCodePayload:
        return await one_time_codes.confirm_one_time_code(info.context, code)

    @strawberry.mutation(
        description="No one-time code any more (解除动态码), for another phone; with one of its codes or a recovery "
        "code. The account's other sessions end. Refusals: NOT_SIGNED_IN, DEMO_ACCOUNT, NO_ONE_TIME_CODE, "
        "WRONG_ONE_TIME_CODE, TOO_MANY_TRIES, PASSWORD_CHANGE_NEEDED, ONE_TIME_CODE_ENROLMENT_NEEDED."
    )
    async def remove_one_time_code(self, info: Info, code: str) -> RemoveOneTimeCodePayload:
        return await one_time_codes.remove_one_time_code(info.context, code)
