"""Grants (授权): who gave which role to whom, for how long and what for. The security administrator gives and takes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import Account, Organization, RoleGrant, Session
from models.choices import Role
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.accounts.duties_apart import (
    place_of,
    refuse_together,
    refuse_twice,
    refuse_without_member,
    while_the_tree_stands,
)
from resolvers.accounts.sessions import end_sessions_of, locked
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Derived, Expression, Many, One, Reference, Rows
from resolvers.counties import BY_CODE
from resolvers.organizations.approvals import refuse_without_reason
from resolvers.reach import reach
from resolvers.refusals import Refusals, not_allowed
from resolvers.rights.acts import ACTS
from runtime.clock import CHINA, now
from runtime.database import connection, unit_of_work

COUNTS_NOW = (
    "{row}.revoked_at IS NULL AND ({row}.valid_from IS NULL OR {row}.valid_from <= {now}) "
    "AND ({row}.valid_until IS NULL OR {row}.valid_until > {now})"
)
IN_OFFICE = (
    "EXISTS (SELECT FROM account a JOIN office_term t ON t.member_id = a.member_id "
    "WHERE a.id = {row}.account_id AND t.organization_id = {row}.organization_id "
    "AND t.office = 'SECRETARY' AND t.ended_on IS NULL)"
)
grants = Many(
    "role_grant",
    f"{{row}}.{BY_CODE}",
    order={"id": "uuid"},  # made in the order of time
    descending=True,
    filters={
        "active_only": COUNTS_NOW,
        "role": "{row}.role = {role}",
        "without_office": f"{{row}}.role = 'SECRETARY' AND {COUNTS_NOW} AND NOT {IN_OFFICE}",
    },
)
of_account = Rows(
    "SELECT g.* FROM role_grant g WHERE g.account_id = {row}.id AND ({visible:role_grant g}) "
    "ORDER BY g.revoked_at IS NOT NULL, g.id DESC"
)
account = One("account", "{row}.id = {parent}.account_id")

# Whether somebody ($1) still holds a role that may ask for an emergency ($2) in the county ($3).
MAY_ASK = """
SELECT FROM role_grant g WHERE g.account_id = $1 AND g.role = ANY($2) AND (g.county_id = $3 OR g.county_id IS NULL)
AND g.revoked_at IS NULL AND (g.valid_from IS NULL OR g.valid_from <= $4)
AND (g.valid_until IS NULL OR g.valid_until > $4)
"""


def named(column: str) -> Derived:
    """Who an account is by its names, for readers who may not see the account."""
    return Derived(f"SELECT a.username, a.display_name FROM account a WHERE a.id = {{row}}.{column}")


holder, granted_by, revoked_by = named("account_id"), named("granted_by_id"), named("revoked_by_id")
organization = Derived("SELECT o.id, o.code, o.name FROM organization o WHERE o.id = {row}.organization_id")
counts_now = Expression(COUNTS_NOW)
given = Reference("role_grant")


@dataclass(frozen=True)
class Wanted:
    role: Role
    purpose: str
    organization_id: str | None = None
    organization_code: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


async def grant_role(request: Request, account_id: str, county_code: str, wanted: Wanted) -> Payload:
    """Give a role. The account's sessions end, so that its next sign-in brings the role."""
    viewer = who_asks(request)
    keeper = viewer.may(Act.KEEP_ACCOUNTS, county_code)
    if keeper is None or keeper.county_id is None:
        return {"grant": None, "refusals": not_allowed()}
    refusals = Refusals()
    _refuse_elsewhere(refusals, wanted.role)
    async with unit_of_work():
        await while_the_tree_stands(keeper.county_id)
        account = await reach(viewer, Act.KEEP_ACCOUNTS, Account, account_id)
        if account is None or account.county_id != keeper.county_id:
            refuse_unknown_account(refusals)
            return _refused(refusals)
        refuse_own(refusals, viewer, account)
        if not refusals:
            grant = await give(refusals, viewer, account, keeper.county_id, wanted)
        if refusals:
            return _refused(refusals)
        ended = await end_sessions_of(account.id)
    await request.app.sessions.end(ended)
    return {"grant": grant.id if grant else None, "refusals": []}


async def give(
    refusals: Refusals, viewer: AccountViewer, account: Account, county_id: UUID | None, wanted: Wanted
) -> RoleGrant | None:
    """The grant, with its audit entry; None when it is refused. Inside a unit of work that locked the account."""
    role = wanted.role
    _refuse_form(refusals, account, wanted)
    place = None
    if county_id is not None:
        place = await place_of(refusals, county_id, role, wanted.organization_id, wanted.organization_code)
        if role == Role.MEMBER:
            await refuse_without_member(refusals, account, county_id)
    await refuse_together(refusals, account, role)
    if not refusals:
        await refuse_twice(refusals, account, role, county_id, place.id if place else None)
    if refusals:
        return None
    grant = await RoleGrant.create(
        account_id=account.id,
        role=role.value,
        county_id=county_id,
        organization_id=place.id if place else None,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        purpose=wanted.purpose.strip(),
        granted_by_id=viewer.account_id,
        granted_at=now(),
    )
    await append_audit(
        viewer,
        action="GRANT_ROLE",
        subject_type="RoleGrant",
        subject_id=grant.id,
        county_id=county_id,
        detail={
            "account": account.username,
            "role": role.value,
            "organization": place.code if place else None,
            "from": wanted.valid_from.isoformat() if wanted.valid_from else None,
            "until": wanted.valid_until.isoformat() if wanted.valid_until else None,
        },
    )
    return grant


async def revoke_role(request: Request, grant_id: str, reason: str) -> Payload:
    """Take a role. The account's next request is refused."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_without_reason(refusals, reason)
    async with unit_of_work():
        grant = await reach(viewer, Act.KEEP_ACCOUNTS, RoleGrant, grant_id)
        if grant is None:
            refusals.add(
                "GRANT_NOT_FOUND", "没有找到您可以撤销的授权。", "There is no such grant for you to revoke."
            )
            return _refused(refusals)
        refuse_own(refusals, viewer, await Account.get(id=grant.account_id))
        _refuse_ended(refusals, grant)
        if refusals:
            return _refused(refusals)
        await take(viewer, grant, reason.strip())
        ended = await end_sessions_of(grant.account_id)
    await request.app.sessions.end(ended)
    return {"grant": grant.id, "refusals": []}


async def take(viewer: AccountViewer, grant: RoleGrant, reason: str) -> None:
    """Inside a unit of work; the account's sessions are the caller's to end."""
    await RoleGrant.filter(id=grant.id).update(revoked_at=now(), revoked_by_id=viewer.account_id)
    await append_audit(
        viewer,
        action="REVOKE_ROLE",
        subject_type="RoleGrant",
        subject_id=grant.id,
        county_id=grant.county_id,
        detail={"role": grant.role, "account": str(grant.account_id), "reason": reason},
    )
    if Role(grant.role) in ACTS[Act.ASK_FOR_EMERGENCY]:
        await _take_emergencies_after(viewer, grant)


async def _take_emergencies_after(viewer: AccountViewer, taken: RoleGrant) -> None:
    """Emergencies that run, in the county of the role that was taken, for who may not ask for them any more."""
    # Whoever approves one just now holds this lock until it runs, or finds the role gone.
    await locked(taken.account_id)
    running = RoleGrant.filter(
        account_id=taken.account_id, role=Role.EMERGENCY.value, revoked_at=None, valid_until__gt=now()
    )
    if taken.county_id is not None:  # the system administrator's role holds for no county
        running = running.filter(county_id=taken.county_id)
    for emergency in await running.order_by("id"):
        if not await may_ask_for_emergency(emergency.account_id, emergency.county_id):
            await take(viewer, emergency, "申请应急授权所凭的角色已撤销")


async def may_ask_for_emergency(account_id: UUID, county_id: UUID | None) -> bool:
    """By the roles that the account holds now, whatever its tokens say."""
    roles = [role.value for role in ACTS[Act.ASK_FOR_EMERGENCY]]
    found = await connection().execute_query_dict(
        f"SELECT EXISTS ({MAY_ASK}) AS found", [account_id, roles, county_id, now()]
    )
    return bool(found[0]["found"])


async def take_all_of(viewer: AccountViewer, organization: Organization, reason: str) -> list[Session]:
    """Of an organization that ends: the grants in it are taken. The sessions that ended, for after the commit: those
    of holders in the organizations below too, since their tokens name the place in the tree that was."""
    ended: list[Session] = []
    for grant in await RoleGrant.filter(organization_id=organization.id, revoked_at=None).order_by("id"):
        await take(viewer, grant, reason)
    holders = await connection().execute_query_dict(
        "SELECT DISTINCT g.account_id AS id FROM role_grant g JOIN organization o ON o.id = g.organization_id "
        "WHERE o.path >= $1 AND o.path < left($1, -1) || '0' ORDER BY 1",
        [organization.path],
    )
    for holder in holders:
        ended += await end_sessions_of(holder["id"])
    return ended


def refuse_unknown_account(refusals: Refusals) -> None:
    refusals.add(
        "ACCOUNT_NOT_FOUND", "没有找到您可以管理的账号。", "There is no such account for you to keep."
    )


def refuse_own(refusals: Refusals, viewer: AccountViewer, account: Account) -> None:
    """Nobody keeps his own account, nor another account of the same member."""
    if is_same_person(viewer, account):
        refusals.add(
            "OWN_ACCOUNT",
            "不能管理自己的账号, 请由另一名安全管理员或者系统管理员办理。",
            "Nobody keeps his own account; another security administrator does, or the command line.",
        )


def is_same_person(viewer: AccountViewer, account: Account) -> bool:
    if account.id == viewer.account_id:
        return True
    return account.member_id is not None and account.member_id == viewer.member_id


def _refuse_elsewhere(refusals: Refusals, role: Role) -> None:
    if role in (Role.ADMIN, Role.SECURITY_ADMIN):
        refusals.add(
            "COMMAND_LINE_ONLY",
            f"角色 {role} 只能在服务器上用命令行授予 (dangjian accounts create)。",
            f"{role} is granted on the server alone, by the command line (dangjian accounts create).",
        )
    if role == Role.EMERGENCY:
        refusals.add(
            "EMERGENCY_ONLY",
            "应急授权须本人申请、另一人批准 (askForEmergency)。",
            "EMERGENCY comes only from a request that a second person approves (askForEmergency).",
        )


def _refuse_form(refusals: Refusals, account: Account, wanted: Wanted) -> None:
    if not 0 < len(wanted.purpose.strip()) <= 200:
        refusals.add(
            "PURPOSE_MISSING",
            "请填写授权目的, 不超过 200 个字。",
            "Say what the role is given for, in at most 200 characters.",
        )
    earliest = max(now(), wanted.valid_from or now())
    if wanted.valid_until is not None and wanted.valid_until <= earliest:
        refusals.add(
            "ENDS_TOO_EARLY",
            f"有效期须在 {earliest.astimezone(CHINA):%Y-%m-%d %H:%M} 之后结束。",
            f"The grant must end after {earliest.astimezone(CHINA):%Y-%m-%d %H:%M}.",
        )
    if account.disabled_at is not None:
        refusals.add(
            "ACCOUNT_DISABLED", "该账号已停用, 请先启用。", "The account is disabled; enable it first."
        )


def _refuse_ended(refusals: Refusals, grant: RoleGrant) -> None:
    if grant.revoked_at is not None or (grant.valid_until is not None and grant.valid_until <= now()):
        refusals.add("ALREADY_ENDED", "该授权已经结束。", "The grant is over already.")


def _refused(refusals: Refusals) -> Payload:
    return {"grant": None, "refusals": refusals.rows}
