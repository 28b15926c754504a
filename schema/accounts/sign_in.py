import strawberry

from resolvers.accounts import identities, passwords, sessions, sign_in, tokens
from schema.accounts.accounts import Viewer
from schema.context import Info
from schema.declare import field
from schema.enums import SignInStep
from schema.refusals import Refusal
from schema.scalars import DateTime

NEXT = (
    "What has to be done before the account may do anything else, after which it signs in again; until then the "
    "token carries no rights, and `viewer.roles` is empty (登录后须先办理)."
)


@strawberry.type(description="The answer to SignIn.")
class SignInPayload:
    token: str | None = field("Send it as `Authorization: Bearer <token>` (令牌).")
    expires_at: DateTime | None = field("When the token ends; renewToken gives the next one (令牌有效期至).")
    next: SignInStep | None = field(NEXT)
    viewer: Viewer | None = field("Who signed in.", tokens.signed_in)
    refusals: list[Refusal] = field("Why nobody was signed in.")


@strawberry.type(description="The answer to RenewToken.")
class RenewTokenPayload:
    token: str | None = field("The next token, with the roles of this moment (令牌).")
    expires_at: DateTime | None = field("When it ends (令牌有效期至).")
    next: SignInStep | None = field(NEXT)
    refusals: list[Refusal] = field("Why there is none: NOT_SIGNED_IN, SESSION_ENDED.")


@strawberry.type(description="The answer to SignOut.")
class SignOutPayload:
    ended: int = field("How many sessions were ended (结束的会话数).")
    refusals: list[Refusal] = field("Why none was: NOT_SIGNED_IN.")


@strawberry.type(description="The answer to ChangePassword.")
class ChangePasswordPayload:
    changed: bool = field("Whether the password is another one now (是否已修改).")
    sign_in_again: bool = field("Whether this session ended with it (须重新登录).")
    refusals: list[Refusal] = field("Why not.")


@strawberry.type
class SignInMutation:
    @strawberry.mutation(
        description="A token for a user name and password (登录). Refusals: WRONG_PASSWORD; ONE_TIME_CODE_NEEDED and "
        "WRONG_ONE_TIME_CODE where the account has a one-time code (动态码); TOO_MANY_TRIES after five tries without "
        "success, with the minutes to wait; DEMO_ACCOUNT."
    )
    async def sign_in(
        self, info: Info, username: str, password: str, one_time_code: str | None = None
    ) -> SignInPayload:
        return await sign_in.sign_in(info.context, username, password, one_time_code)

    @strawberry.mutation(
        description="A token for a code that the province's identity service gave to an app (统一身份认证登录): "
        "authorization code flow with PKCE, `redirectUri` one of those registered here. Refusals: "
        "NO_IDENTITY_SERVICE, REDIRECT_NOT_ALLOWED, IDENTITY_SERVICE_DOWN, IDENTITY_REFUSED, IDENTITY_UNKNOWN, "
        "DEMO_ACCOUNT."
    )
    async def sign_in_with_code(
        self, info: Info, code: str, code_verifier: str, redirect_uri: str, nonce: str
    ) -> SignInPayload:
        return await identities.sign_in_with_code(info.context, code, code_verifier, redirect_uri, nonce)

    @strawberry.mutation(
        description="The next token of the session (续期). One that has expired may be given as `token`, without an "
        "Authorization header; the session must stand: neither ended, nor over, nor left without renewal too long. "
        "Refusals: NOT_SIGNED_IN, SESSION_ENDED."
    )
    async def renew_token(self, info: Info, token: str | None = None) -> RenewTokenPayload:
        return await tokens.renew_token(info.context, token)

    @strawberry.mutation(
        description="End this session, another one of the account's, or all (退出登录). Tokens of an ended session are "
        "refused at once, over HTTP and on open sockets."
    )
    async def sign_out(
        self, info: Info, session_id: strawberry.ID | None = None, everywhere: bool = False
    ) -> SignOutPayload:
        wanted = str(session_id) if session_id else None
        return await sessions.sign_out(info.context, wanted, everywhere=everywhere)

    @strawberry.mutation(
        description="Another password for the account that asks (修改密码); its other sessions end. Refusals: "
        "NOT_SIGNED_IN, DEMO_ACCOUNT, WRONG_PASSWORD, TOO_MANY_TRIES, PASSWORD_TOO_SHORT (at least 10 characters), "
        "PASSWORD_UNCHANGED, PASSWORD_HAS_USER_NAME, PASSWORD_TOO_COMMON, ONE_TIME_CODE_ENROLMENT_NEEDED."
    )
    async def change_password(self, info: Info, current: str, new: str) -> ChangePasswordPayload:
        return await passwords.change_password(info.context, current, new)
