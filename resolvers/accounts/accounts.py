"""The reader's own account (当前账号), and who a token says is asking."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from models import Account
from models.choices import Role
from resolvers.access import NOBODY, AccountViewer, Grant
from resolvers.compiler.sources import Derived, Expression, Many, One, Rows
from runtime.clock import now
from runtime.database import connection

viewer = One("account", "{row}.id = {viewer:account}")
member = One("member", "{row}.id = {parent}.member_id")
next_step = Expression("(SELECT s.next_step FROM session s WHERE s.id = {viewer:session})")
roles = Rows(
    "SELECT g.* FROM role_grant g WHERE g.account_id = {row}.id AND g.revoked_at IS NULL "
    "AND COALESCE(g.valid_from <= {now}, TRUE) AND COALESCE(g.valid_until > {now}, TRUE) "
    f"AND {next_step.sql} IS NULL ORDER BY g.role, g.id"
)
has_one_time_code = Expression("{row}.one_time_confirmed_at IS NOT NULL")
recovery_codes_left = Expression("jsonb_array_length({row}.recovery_codes)")
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

GRANTS = (
    "SELECT g.role, g.county_id, c.code AS county_code, o.path, g.valid_until FROM role_grant g "
    "LEFT JOIN county c ON c.id = g.county_id LEFT JOIN organization o ON o.id = g.organization_id "
    "WHERE g.account_id = $1 AND g.revoked_at IS NULL AND COALESCE(g.valid_from <= $2, TRUE) "
    "AND COALESCE(g.valid_until > $2, TRUE) ORDER BY g.role, g.id"
)


async def viewer_of(account: Account | None) -> AccountViewer:
    """Who the account is now, by the database. None, for who tried a name of nobody, takes as long."""
    rows = await connection().execute_query_dict(GRANTS, [account.id if account else UUID(int=0), now()])
    if account is None:
        return NOBODY
    return AccountViewer(
        account_id=account.id,
        display_name=account.display_name,
        member_id=account.member_id,
        grants=tuple(Grant(**{**row, "role": Role(row["role"])}) for row in rows),
    )


def to_claims(viewer: AccountViewer) -> dict[str, Any]:
    """A viewer as the claims of a token, so that a request needs no statement to know who asks."""
    return {
        "sub": str(viewer.account_id),
        "name": viewer.display_name,
        "member": _text(viewer.member_id),
        "sid": _text(viewer.session_id),
        "grants": [
            [
                grant.role.value,
                _text(grant.county_id),
                grant.county_code,
                grant.path,
                grant.valid_until.timestamp() if grant.valid_until else None,
            ]
            for grant in viewer.grants
        ],
    }


def from_claims(claims: dict[str, Any] | None) -> AccountViewer:
    """The viewer with the grants that are not over yet."""
    if claims is None:
        return NOBODY
    return AccountViewer(
        account_id=UUID(claims["sub"]),
        display_name=claims["name"],
        member_id=_id(claims["member"]),
        session_id=UUID(claims["sid"]),
        grants=tuple(
            Grant(Role(role), _id(county), code, path, datetime.fromtimestamp(until, UTC) if until else None)
            for role, county, code, path, until in claims["grants"]
            if until is None or until > now().timestamp()
        ),
    )


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
