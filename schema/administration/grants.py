from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.accounts import grants
from schema.context import Info
from schema.declare import field, root
from schema.enums import Role
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.administration.accounts import Account

LazyAccount = Annotated["Account", strawberry.lazy("schema.administration.accounts")]


@strawberry.type(description="An account by its names (账号名称).")
class AccountName:
    username: str = field("User name (账号).")
    display_name: str = field("Name (名称).")


@strawberry.type(description="Where a role holds, by its names (授权范围).")
class GrantPlace:
    id: strawberry.ID = field("Key of the organization.")
    code: str = field("Its code (党组织代码).")
    name: str = field("Its name (党组织名称).")


@strawberry.type(description="A role that an account holds, or held, in a county (授权).")
class GrantedRole:
    id: strawberry.ID = field("Key.")
    role: Role = field("The role (角色).")
    holder: AccountName = field("Who holds it (被授权人).", grants.holder)
    account: LazyAccount | None = field("The account, for the security administrator (账号).", grants.account)
    organization: GrantPlace | None = field(
        "For a town or a secretary: the organization, with what is below it; null for the whole county (范围).",
        grants.organization,
    )
    valid_from: DateTime | None = field("From when it counts; null for at once (生效时间).")
    valid_until: DateTime | None = field("Until when it counts; null without an end (失效时间).")
    purpose: str = field("What it was given for (授权目的).")
    granted_at: DateTime | None = field("When it was given (授权时间).")
    granted_by: AccountName | None = field(
        "Who gave it; null for the command line (授权人).", grants.granted_by
    )
    revoked_at: DateTime | None = field("When it was taken (撤销时间).")
    revoked_by: AccountName | None = field(
        "Who took it; null for the command line and for what ended by its time (撤销人).", grants.revoked_by
    )
    is_active: bool = field("Whether it counts now (是否有效).", grants.counts_now)


@strawberry.input(description="A role to give (授予角色).")
class GrantRoleInput:
    account_id: strawberry.ID = field("To whom (账号).")
    role: Role = field(
        "OFFICE, AUDITOR, TOWN, SECRETARY, MEMBER, DISCIPLINE_INSPECTION, PUBLIC_SECURITY or PARTNER_APP (角色)."
    )
    county: strawberry.ID = field("The county's code (县代码).")
    organization_id: strawberry.ID | None = field(
        "For TOWN a committee below the county's, for SECRETARY a branch (党组织), by its key …", default=None
    )
    organization_code: str | None = field("… or by its code (党组织代码).", default=None)
    valid_from: DateTime | None = field("From when it counts (生效时间); at once without it.", default=None)
    valid_until: DateTime | None = field(
        "Until when it counts (失效时间); without an end without it.", default=None
    )
    purpose: str = field("What it is given for (授权目的), at most 200 characters.")

    def wanted(self) -> grants.Wanted:
        return grants.Wanted(
            role=self.role,
            purpose=self.purpose,
            organization_id=str(self.organization_id) if self.organization_id else None,
            organization_code=self.organization_code,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


@strawberry.type(description="The answer to GrantRole and RevokeRole.")
class GrantPayload:
    grant: GrantedRole | None = field("The grant as it is now.", grants.given)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class GrantQuery:
    @root(
        "The roles given in a county, newest first (授权台账), for its security administrator and its auditor; others "
        "see their own. `withoutOffice`: secretaries' roles whose holder is not in that office now, to be looked at.",
        grants.grants,
    )
    def role_grants(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        active_only: bool = False,
        role: Role | None = None,
        without_office: bool = False,
    ) -> Connection[GrantedRole]: ...


@strawberry.type
class GrantMutation:
    @strawberry.mutation(
        description="Give an account a role (授予角色). Its sessions end; the next sign-in brings the role. Refused: "
        "NOT_ALLOWED, ACCOUNT_NOT_FOUND, OWN_ACCOUNT, ACCOUNT_DISABLED, DUTIES_APART (三员分立: nobody holds two of "
        "ADMIN, SECURITY_ADMIN and AUDITOR, nor one of them with the county's business), COMMAND_LINE_ONLY (ADMIN, "
        "SECURITY_ADMIN), EMERGENCY_ONLY, ORGANIZATION_MISSING, ORGANIZATION_NOT_FOUND, ORGANIZATION_DISSOLVED, "
        "ORGANIZATION_UNFIT, COUNTY_WIDE, MEMBER_MISSING, PURPOSE_MISSING, ENDS_TOO_EARLY, ALREADY_GRANTED. By the "
        "security administrator."
    )
    async def grant_role(self, info: Info, input: GrantRoleInput) -> GrantPayload:
        return await grants.grant_role(info.context, str(input.account_id), str(input.county), input.wanted())

    @strawberry.mutation(
        description="Take a role (撤销角色). The holder's sessions end at once, over HTTP and on open sockets. "
        "Refused: GRANT_NOT_FOUND, OWN_ACCOUNT, ALREADY_ENDED, REASON_MISSING. By the security administrator."
    )
    async def revoke_role(self, info: Info, grant_id: strawberry.ID, reason: str) -> GrantPayload:
        return await grants.revoke_role(info.context, str(grant_id), reason)
