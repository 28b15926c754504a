import strawberry

from resolvers.accounts import accounts, sessions
from resolvers.theme_days import duties
from schema.counties import County
from schema.declare import field, root
from schema.enums import Role, SignInStep, SignInWay
from schema.members import Member
from schema.organizations.organizations import Organization
from schema.pages import Connection
from schema.people import Actor
from schema.scalars import DateTime
from schema.theme_days.duties import Duty


@strawberry.type(description="A role that the reader holds (角色).")
class RoleGrant:
    role: Role = field("The role.")
    organization: Organization | None = field(
        "For a town or a secretary: the organization, with what is below it.", accounts.role_organization
    )
    county: County | None = field("The county.", accounts.role_county)
    valid_until: DateTime | None = field("Until when, for a role that ends by itself (有效期至).")


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
    ends_at: DateTime = field("When it ends at the latest (有效期至).")
    renew_by: DateTime = field("When it ends unless its token is renewed before (续期截止).")
    way: SignInWay = field("How he signed in (登录方式).")
    address: str | None = field("From where (来源地址).")
    program: str | None = field("What the client calls itself (客户端).")
    is_this_one: bool = field("Whether it is the one that asks (当前会话).", sessions.is_this_one)


@strawberry.type(description="The reader: the account that is signed in (当前账号).")
class Viewer:
    username: str = field("User name (账号).")
    display_name: str = field("Name (名称).")
    roles: list[RoleGrant] = field("What the account may be (角色).", accounts.roles)
    next: SignInStep | None = field(
        "What has to be done before anything else; `roles` is empty until then (登录后须先办理).",
        accounts.next_step,
    )
    has_one_time_code: bool = field(
        "Whether signing in needs a one-time code (已绑定动态码).", accounts.has_one_time_code
    )
    recovery_codes_left: int = field(
        "How many recovery codes are not used yet (剩余恢复码).", accounts.recovery_codes_left
    )
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


@strawberry.type
class AccountQuery:
    @root("Who is signed in; null for nobody (当前账号).", accounts.viewer)
    def viewer(self) -> Viewer | None: ...
