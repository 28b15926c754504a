"""Separation of duties (三员分立): which roles one person never holds together, and where a role may stand.

GB/T 22239-2019 8.1.5 keeps system, security and audit administration apart; none of them does the county's business.
"""

from uuid import UUID

from models import Account, Member, Organization, RoleGrant
from models.choices import OrganizationKind, Role
from resolvers.compiler.statement import as_uuid
from resolvers.organizations.organizations import refuse_dissolved
from resolvers.refusals import Refusals
from runtime.clock import now
from runtime.database import connection

CITATION = "GB/T 22239-2019 8.1.5（系统管理、审计管理、安全管理分开）"
ADMINISTRATION = frozenset({Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
BUSINESS = frozenset(
    {
        *(Role.OFFICE, Role.TOWN, Role.SECRETARY),
        *(Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY, Role.PARTNER_APP),
    }
)
KINDS = {
    Role.TOWN: (OrganizationKind.COMMITTEE,),
    Role.SECRETARY: (
        OrganizationKind.BRANCH,
        OrganizationKind.TEMPORARY_BRANCH,
        OrganizationKind.GENERAL_BRANCH,
    ),
}

# Roles of the person: of this account and of any other of the same member, whether they count already or not yet.
HELD = """
SELECT DISTINCT g.role FROM role_grant g JOIN account a ON a.id = g.account_id
WHERE (a.id = $1 OR a.member_id = $2) AND g.revoked_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > $3)
"""


HELD_BY_IT = """
SELECT EXISTS (SELECT FROM role_grant g WHERE g.account_id = $1 AND g.role = ANY($2) AND g.revoked_at IS NULL
AND (g.valid_until IS NULL OR g.valid_until > $3)) AS found
"""


async def has_duties(account: Account) -> bool:
    """Whether it does the county's business or administers. Who gives roles may not sign in as such an account: its
    second factor and the identities that open it are changed on the server alone."""
    duties = [role.value for role in sorted(ADMINISTRATION | BUSINESS)]
    (row,) = await connection().execute_query_dict(HELD_BY_IT, [account.id, duties, now()])
    return bool(row["found"])


async def refuse_together(refusals: Refusals, account: Account, role: Role) -> None:
    """Two of the administrations, or one with the county's business. An emergency is no role of his own."""
    held = await connection().execute_query_dict(HELD, [account.id, account.member_id, now()])
    others = {Role(row["role"]) for row in held} - {role}
    in_the_way = set()
    if role in ADMINISTRATION:
        in_the_way = others & (ADMINISTRATION | BUSINESS)
    elif role in BUSINESS:
        in_the_way = others & ADMINISTRATION
    if in_the_way:
        named = ", ".join(sorted(in_the_way))
        refusals.add(
            "DUTIES_APART",
            f"该人员已有角色 {named}, 不得兼任 {role}: 系统管理、安全管理、审计管理须分开, 也不得兼办业务。",
            f"This person holds {named} and cannot be {role} too: system, security and audit administration are kept "
            "apart from each other and from the county's business.",
            CITATION,
        )


async def place_of(
    refusals: Refusals, county_id: UUID, role: Role, organization_id: str | None, code: str | None
) -> Organization | None:
    """The organization that a grant of the role stands in; None for roles that hold for the county."""
    wanted = KINDS.get(role)
    if wanted is None:
        if organization_id or code:
            refusals.add(
                "COUNTY_WIDE",
                f"角色 {role} 授予全县范围, 不指定党组织。",
                f"{role} holds for the whole county; name no organization.",
            )
        return None
    if not organization_id and not code:
        refusals.add(
            "ORGANIZATION_MISSING",
            f"授予 {role} 须指定党组织。",
            f"{role} is granted in an organization; name it by its id or its code.",
        )
        return None
    which = {"id": as_uuid(organization_id)} if organization_id else {"code": code}
    found = await Organization.get_or_none(county_id=county_id, **which)
    if found is None:
        refusals.add(
            "ORGANIZATION_NOT_FOUND",
            "没有找到本县的这个党组织。",
            "There is no such organization in the county.",
        )
        return None
    refuse_dissolved(refusals, found)
    if found.kind not in wanted or (role == Role.TOWN and found.parent_id is None):
        refusals.add(
            "ORGANIZATION_UNFIT",
            f"“{found.name}”不能授予 {role}: TOWN 用于县委以下的党委, SECRETARY 用于党支部、党总支、临时党支部。",
            f"{role} does not fit {found.name}: TOWN is for committees below the county's, SECRETARY for branches, "
            "general branches and temporary branches.",
        )
    return found


async def while_the_tree_stands(county_id: UUID) -> None:
    """Acts that end organizations wait for this unit of work, and it for them; before any account is locked."""
    await connection().execute_query("SELECT 1 FROM county WHERE id = $1 FOR SHARE", [county_id])


async def refuse_without_member(refusals: Refusals, account: Account, county_id: UUID) -> None:
    if not await Member.exists(id=account.member_id, county_id=county_id):
        refusals.add(
            "MEMBER_MISSING",
            "党员角色只授予关联了本县党员的账号, 请为该党员新建账号并关联 (memberId)。",
            "MEMBER is granted to accounts of a member of the county; make an account with his memberId.",
        )


async def refuse_twice(
    refusals: Refusals, account: Account, role: Role, county_id: UUID | None, organization_id: UUID | None
) -> None:
    """Inside the unit of work that locked the account: the constraint lets a county's role through twice."""
    standing = RoleGrant.filter(
        account_id=account.id,
        role=role.value,
        county_id=county_id,
        organization_id=organization_id,
        revoked_at=None,
    )
    # What ended by its time frees the place that the constraint keeps for one standing grant.
    for ended in await standing.filter(valid_until__lte=now()):
        await RoleGrant.filter(id=ended.id).update(revoked_at=ended.valid_until)
    if await standing.exists():
        refusals.add(
            "ALREADY_GRANTED",
            f"该账号已有角色 {role}, 请先撤销再授予。",
            f"The account holds {role} there already; revoke that first.",
        )
