import strawberry

from resolvers.accounts import accounts, sessions
from resolvers.theme_days import duties
from schema.context import Info
from schema.counties import County
from schema.declare import field, root
from schema.enums import Role
from schema.members import Member
from schema.organizations.organizations import Organization
from schema.pages import Connection
from schema.people import Actor
from schema.refusals import Refusal
from schema.scalars import DateTime
from schema.theme_days.duties import Duty


@strawberry.type(description="A role that the reader holds (角色).")
class RoleGrant:
    role: Role = field("The role.")
    organization: Organization | None = field(
        "For a town or a secretary: the organization, with what is below it.", accounts.role_organization
    )
    county: County | None = field("The county.", accounts.role_county)


@strawberry.type(description="That somebody saw values of the reader's record that are masked (查阅记录).")
class RecordAccess:
    at: DateTime = field("When (时间).")
    by: Actor = field("Who (查阅人).", accounts.reader)
    purpose: str = field("What for (目的).")
    fields: list[str] = field("Which values (查阅内容).", accounts.fields_read)


@strawberry.type(description="Where the reader is signed in (会话).")
class Session:
    id: strawberry.ID = field("Key.")
    began_at: DateTime = field("Signed in (登录时间).")
    ends_at: DateTime = field("Until when its token works (有效期至).")
    address: str | None = field("From where (来源地址).")
    program: str | None = field("What the client calls itself (客户端).")
    is_this_one: bool = field("Whether it is the one that asks (当前会话).", sessions.is_this_one)


@strawberry.type(description="The reader: the account that is signed in (当前账号).")
class Viewer:
    username: str = field("User name (账号).")
    display_name: str = field("Name (名称).")
    roles: list[RoleGrant] = field("What the account may be (角色).", accounts.roles)
    member: Member | None = field("The member whose account it is (党员).", accounts.member)

    duties: list[Duty] = field(
        "What is open this month for the organizations whose secretary the reader is (支部待办).",
        duties.viewer_duties,
    )

    @root(
        "Who saw masked values of the reader's record, newest first (谁查阅过我的信息).", accounts.access_log
    )
    def access_log(self, first: int, after: str | None = None) -> Connection[RecordAccess]: ...

    @root("Where the reader is signed in now, newest first (登录中的会话).", sessions.sessions)
    def sessions(self, first: int, after: str | None = None) -> Connection[Session]: ...


@strawberry.type(description="The answer to SignIn.")
class SignInPayload:
    token: str | None = field("Send it as `Authorization: Bearer <token>` (令牌).")
    expires_at: DateTime | None = field("When the token ends (有效期至).")
    viewer: Viewer | None = field("Who signed in.", accounts.signed_in)
    refusals: list[Refusal] = field("Why nobody was signed in.")


@strawberry.type(description="The answer to SignOut.")
class SignOutPayload:
    ended: int = field("How many sessions were ended (结束的会话数).")
    refusals: list[Refusal] = field("Why none was: NOT_SIGNED_IN.")


@strawberry.type
class AccountQuery:
    @root("Who is signed in; null for nobody (当前账号).", accounts.viewer)
    def viewer(self) -> Viewer | None: ...


@strawberry.type
class AccountMutation:
    @strawberry.mutation(
        description="A token for a user name and password (登录). Refusals: WRONG_PASSWORD; TOO_MANY_TRIES after five "
        "tries without success, with the minutes to wait; DEMO_ACCOUNT."
    )
    async def sign_in(
        self, info: Info, username: str, password: str, one_time_code: str | None = None
    ) -> SignInPayload:
        return await accounts.sign_in(info.context, username, password, one_time_code)

    @strawberry.mutation(
        description="End this session, another one of the account's, or all (退出登录). Tokens of an ended session are "
        "refused at once, over HTTP and on open sockets."
    )
    async def sign_out(
        self, info: Info, session_id: strawberry.ID | None = None, everywhere: bool = False
    ) -> SignOutPayload:
        wanted = str(session_id) if session_id else None
        return await sessions.sign_out(info.context, wanted, everywhere=everywhere)
