"""Accounts (账号): signing in, and who a token says is asking."""

from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from models import Account
from models.choices import Role
from resolvers.access import NOBODY, AccountViewer, Grant
from resolvers.accounts.sessions import begin
from resolvers.accounts.sign_in_guard import locked_until, one_at_a_time, went_well, went_wrong
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Derived, Expression, Many, One, Reference, Rows
from resolvers.refusals import refused
from runtime.clock import CHINA, now
from runtime.database import connection, unit_of_work
from runtime.passwords import verify_password

viewer = One("account", "{row}.id = {viewer:account}")
signed_in = Reference("account")
member = One("member", "{row}.id = {parent}.member_id")
roles = Rows("SELECT g.* FROM role_grant g WHERE g.account_id = {row}.id ORDER BY g.role, g.id")
role_organization = One("organization", "{row}.id = {parent}.organization_id")
role_county = One("county", "{row}.id = {parent}.county_id")
access_log = Many(
    "record_access",
    "{row}.member_id = {parent}.member_id",
    order={"at": "timestamptz", "id": "uuid"},
    descending=True,
)
reader = Derived(
    "SELECT COALESCE((SELECT a.display_name FROM account a WHERE a.id = {row}.account_id), '') AS display_name"
)
fields_read = Expression("{row}.fields_read")

LONGEST_NAME = 60
GRANTS = (
    "SELECT g.role, g.county_id, c.code AS county_code, o.path FROM role_grant g "
    "LEFT JOIN county c ON c.id = g.county_id LEFT JOIN organization o ON o.id = g.organization_id "
    "WHERE g.account_id = $1 ORDER BY g.role, g.id"
)


async def sign_in(request: Request, username: str, password: str, one_time_code: str | None) -> Payload:
    """A token for a user name and password. Wrong name and wrong password answer alike, in the same time."""
    name = username.strip()
    async with one_at_a_time(name):
        until = await locked_until(name)
        if until is not None:
            await _tell_refusal(None, "LOCKED")
            minutes = ceil((until - now()).total_seconds() / 60)
            return _refused(
                "TOO_MANY_TRIES",
                f"登录失败次数过多, 请在 {minutes} 分钟后再试。",
                f"Too many tries without success; try again in {minutes} minutes.",
            )
        account = await Account.get_or_none(username=name) if len(name) <= LONGEST_NAME else None
        is_right = await verify_password(account.password_hash if account else None, password)
        if account is None or not is_right:
            await _tell_refusal(account, "WRONG_PASSWORD", name)
            return _refused("WRONG_PASSWORD", "账号或密码不对。", "The user name or the password is wrong.")
        await went_well(name)
    if account.is_demo and not request.app.settings.is_loopback:
        await _tell_refusal(account, "DEMO_ACCOUNT")
        return _refused(
            "DEMO_ACCOUNT",
            "演示账号只能在本机使用。",
            "Demo accounts work only on a server that listens on this machine alone.",
        )
    return await _signed_in(request, account)


async def _signed_in(request: Request, account: Account) -> Payload:
    async with unit_of_work():
        session = await begin(account.id, now() + request.app.tokens.life)
        viewer_now = replace(await viewer_of(account), session_id=session.id)
        await append_audit(
            viewer_now,
            action="SIGN_IN",
            subject_type="Account",
            subject_id=account.id,
            county_id=viewer_now.grants[0].county_id if viewer_now.grants else None,
        )
    token = request.app.tokens.issue(to_claims(viewer_now))
    expires_at = datetime.fromtimestamp(request.app.tokens.verify(token)["exp"], tz=CHINA)
    return {
        "token": token,
        "expires_at": expires_at.isoformat(),
        "viewer": account.id,
        "viewer_now": viewer_now,
        "refusals": [],
    }


async def _tell_refusal(account: Account | None, why: str, guessed: str | None = None) -> None:
    """Who was refused is told by account; a name of nobody is not kept, since it may be a mistyped password."""
    refused_one = await viewer_of(account) if account else NOBODY
    async with unit_of_work():
        if guessed is not None:
            await went_wrong(guessed)
        await append_audit(
            refused_one,
            action="SIGN_IN_REFUSED",
            subject_type="Account",
            subject_id=account.id if account else "",
            county_id=refused_one.grants[0].county_id if refused_one.grants else None,
            detail={"why": why},
        )


async def viewer_of(account: Account) -> AccountViewer:
    grants = await connection().execute_query_dict(GRANTS, [account.id])
    return AccountViewer(
        account_id=account.id,
        display_name=account.display_name,
        member_id=account.member_id,
        grants=tuple(
            Grant(Role(row["role"]), row["county_id"], row["county_code"], row["path"]) for row in grants
        ),
    )


def to_claims(viewer: AccountViewer) -> dict[str, Any]:
    """A viewer as the claims of a token, so that a request needs no statement to know who asks."""
    return {
        "sub": str(viewer.account_id),
        "name": viewer.display_name,
        "member": str(viewer.member_id) if viewer.member_id else None,
        "sid": str(viewer.session_id) if viewer.session_id else None,
        "grants": [
            [
                grant.role.value,
                str(grant.county_id) if grant.county_id else None,
                grant.county_code,
                grant.path,
            ]
            for grant in viewer.grants
        ],
    }


def from_claims(claims: dict[str, Any] | None) -> AccountViewer:
    if claims is None:
        return NOBODY
    return AccountViewer(
        account_id=UUID(claims["sub"]),
        display_name=claims["name"],
        member_id=UUID(claims["member"]) if claims["member"] else None,
        session_id=UUID(claims["sid"]) if claims.get("sid") else None,
        grants=tuple(
            Grant(Role(role), UUID(county) if county else None, code, path)
            for role, county, code, path in claims["grants"]
        ),
    )


def _refused(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"token": None, "expires_at": None, "viewer": None, "refusals": refused(code, zh, en)}
