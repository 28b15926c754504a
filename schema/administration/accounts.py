import strawberry

from resolvers.accounts import account_keeping, grants, identity_links
from schema.administration.grants import GrantedRole
from schema.context import Info
from schema.declare import field, root
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import DateTime


@strawberry.type(description="That an identity service's subject is an account (统一身份).")
class ExternalIdentity:
    id: strawberry.ID = field("Key.")
    issuer: str = field("Address of the identity service (签发方).")
    subject: str = field("Whom it names (主体标识).")
    linked_at: DateTime = field("Since when (关联时间).")


@strawberry.type(
    description="An account as the security administrator keeps it (账号管理); never a password, hash or secret."
)
class Account:
    id: strawberry.ID = field("Key.")
    username: str = field("User name (账号).")
    display_name: str = field("Name (名称).")
    is_disabled: bool = field("Whether it is disabled (是否停用).", account_keeping.is_disabled)
    disabled_at: DateTime | None = field("Since when (停用时间).")
    must_change_password: bool = field("Whether its password is the initial one (待修改初始密码).")
    has_one_time_code: bool = field(
        "Whether it signs in with a one-time code, too (是否绑定动态码).", account_keeping.has_one_time_code
    )
    is_of_a_member: bool = field(
        "Whether it is the account of a member (是否关联党员).", account_keeping.is_of_a_member
    )
    created_at: DateTime = field("When it was made (创建时间).")
    roles: list[GrantedRole] = field(
        "Its roles in the county, those that ended last (角色); at most 50.", grants.of_account
    )
    identities: list[ExternalIdentity] = field(
        "Subjects of identity services that sign in as it (统一身份).", identity_links.identities
    )


@strawberry.input(description="An account to make (新建账号).")
class CreateAccountInput:
    county: strawberry.ID = field("The county's code (县代码).")
    username: str = field(
        "User name (账号): 3 to 60 small letters, digits or . _ @ -; unique on this server."
    )
    display_name: str = field("Name (名称), at most 120 characters.")
    member_id: strawberry.ID | None = field(
        "The member of the county whose account it is (党员).", default=None
    )


@strawberry.type(description="The answer to what is done with an account.")
class AccountPayload:
    account: Account | None = field("The account as it is now.", account_keeping.kept)
    initial_password: str | None = field(
        "A new initial password (初始密码): in this answer alone, to be changed at the first sign-in."
    )
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class AccountKeepingQuery:
    @root(
        "The accounts of a county by their user names (账号列表), for its security administrator. `search`: a part of "
        "the user name or of the name.",
        account_keeping.accounts,
    )
    def accounts(
        self, county: strawberry.ID, first: int, after: str | None = None, search: str | None = None
    ) -> Connection[Account]: ...


@strawberry.type
class AccountKeepingMutation:
    @strawberry.mutation(
        description="Make an account without any role (新建账号). Refused: NOT_ALLOWED, BAD_USERNAME, "
        "BAD_DISPLAY_NAME, NAME_TAKEN, MEMBER_NOT_FOUND. By the security administrator (安全管理员)."
    )
    async def create_account(self, info: Info, input: CreateAccountInput) -> AccountPayload:
        return await account_keeping.create_account(
            info.context,
            str(input.county),
            input.username,
            input.display_name,
            str(input.member_id) if input.member_id else None,
        )

    @strawberry.mutation(
        description="Disable an account (停用账号): its sessions end at once, its roles stay. Refused: "
        "ACCOUNT_NOT_FOUND, OWN_ACCOUNT, ALREADY_DISABLED, REASON_MISSING. By the security administrator."
    )
    async def disable_account(self, info: Info, account_id: strawberry.ID, reason: str) -> AccountPayload:
        return await account_keeping.disable_account(info.context, str(account_id), reason)

    @strawberry.mutation(
        description="Enable an account again (启用账号). Refused: ACCOUNT_NOT_FOUND, OWN_ACCOUNT, NOT_DISABLED. By the "
        "security administrator."
    )
    async def enable_account(self, info: Info, account_id: strawberry.ID) -> AccountPayload:
        return await account_keeping.enable_account(info.context, str(account_id))

    @strawberry.mutation(
        description="Give an account a new initial password (重置密码), and take its one-time code where that is lost, "
        "too; of an account with a role but MEMBER the system administrator takes it on the server (dangjian accounts "
        "clear-code). Its sessions end at once. Refused: ACCOUNT_NOT_FOUND, OWN_ACCOUNT, CODE_BY_COMMAND_LINE. By the "
        "security administrator."
    )
    async def reset_password(
        self, info: Info, account_id: strawberry.ID, also_one_time_code: bool = False
    ) -> AccountPayload:
        return await account_keeping.reset_password(
            info.context, str(account_id), also_one_time_code=also_one_time_code
        )

    @strawberry.mutation(
        description="Let a subject of an identity service sign in as the account (关联统一身份). Refused: "
        "ACCOUNT_NOT_FOUND, OWN_ACCOUNT, BAD_IDENTITY, IDENTITY_TAKEN, LINK_BY_COMMAND_LINE (of an account with a role "
        "but MEMBER: dangjian accounts link). By the security administrator."
    )
    async def link_identity(
        self, info: Info, account_id: strawberry.ID, issuer: str, subject: str
    ) -> AccountPayload:
        return await identity_links.link_identity(info.context, str(account_id), issuer, subject)

    @strawberry.mutation(
        description="End that a subject signs in as the account (解除关联); the account's sessions end. Refused: "
        "ACCOUNT_NOT_FOUND, OWN_ACCOUNT, IDENTITY_NOT_FOUND. By the security administrator."
    )
    async def unlink_identity(
        self, info: Info, account_id: strawberry.ID, issuer: str, subject: str
    ) -> AccountPayload:
        return await identity_links.unlink_identity(info.context, str(account_id), issuer, subject)
