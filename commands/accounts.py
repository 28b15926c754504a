"""`dangjian accounts`: the first administrators, and what no administrator of a county can do.

Who may run the command keeps every account; the audit trail names the command.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson

from commands.outcome import CommandRefused, tell, tell_json
from models import Account, County
from models.choices import Role
from resolvers.access import AccountViewer
from resolvers.accounts.account_keeping import disable, initial_password, make_account, tell_of_account
from resolvers.accounts.grants import Wanted, give
from resolvers.accounts.identity_links import link, refuse_bad_identity
from resolvers.accounts.one_time_codes import clear
from resolvers.accounts.sessions import EndedSessions, end_sessions_of
from resolvers.refusals import Refusals
from runtime.bus import open_bus
from runtime.clock import now
from runtime.database import connection, migrate, open_database, unit_of_work
from runtime.passwords import hash_password
from runtime.postgres import database as running_database
from settings import Settings

LISTED = """
SELECT a.username, a.display_name, a.disabled_at IS NOT NULL AS is_disabled, c.code AS county,
       COALESCE((SELECT json_agg(json_build_object('role', g.role, 'organization', o.code, 'until', g.valid_until)
                                 ORDER BY g.role, o.code)
                 FROM role_grant g LEFT JOIN organization o ON o.id = g.organization_id
                 WHERE g.account_id = a.id AND g.revoked_at IS NULL
                 AND (g.valid_until IS NULL OR g.valid_until > $2)), '[]') AS roles
FROM account a LEFT JOIN county c ON c.id = a.county_id WHERE $1::text IS NULL OR c.code = $1 ORDER BY a.username
"""


async def create(
    settings: Settings,
    name: str,
    display_name: str,
    role: str,
    county_code: str | None,
    organization_code: str | None,
    purpose: str,
    *,
    as_json: bool,
) -> None:
    operator = AccountViewer(display_name="dangjian accounts create")
    password, refusals = initial_password(), Refusals()
    async with _opened(settings):
        county_id = await _county(county_code)
        password_hash = await hash_password(password)
        async with unit_of_work():
            account = await make_account(refusals, operator, county_id, name, display_name, password_hash)
            if account is not None:
                wanted = Wanted(Role(role), purpose, organization_code=organization_code)
                await give(refusals, operator, account, county_id, wanted)
            _refuse(refusals)  # here, so that nothing of it is kept
    if as_json:
        tell_json({"username": name.strip(), "role": role, "initial_password": password})
        return
    tell(f"{name.strip()} ({role}); initial password, shown once: {password}")


async def list_accounts(settings: Settings, county_code: str | None, *, as_json: bool) -> None:
    async with _opened(settings):
        await _county(county_code)
        found: list[dict[str, Any]] = await connection().execute_query_dict(LISTED, [county_code, now()])
    for one in found:
        one["roles"] = orjson.loads(one["roles"])
    if as_json:
        tell_json(found)
        return
    for one in found:
        roles = ", ".join(
            " ".join(filter(None, (held["role"], held["organization"]))) for held in one["roles"]
        )
        state = ", disabled" if one["is_disabled"] else ""
        tell(f"{one['username']} ({one['display_name']}{state}): {roles or 'no role'}")


async def disable_account(settings: Settings, name: str, reason: str, *, as_json: bool) -> None:
    operator = AccountViewer(display_name="dangjian accounts disable")
    async with _opened(settings):
        async with unit_of_work():
            account = await _account(name)
            if account.disabled_at is not None:
                raise CommandRefused(f"{name} is disabled already")
            await disable(operator, account, reason)
            ended = await end_sessions_of(account.id)
        async with open_bus(settings.redis_url) as bus:
            await EndedSessions(bus).end(ended)
    if as_json:
        tell_json({"username": name, "sessions_ended": len(ended)})
        return
    tell(f"{name} is disabled; {len(ended)} sessions ended")


async def clear_code(settings: Settings, name: str, reason: str, *, as_json: bool) -> None:
    operator = AccountViewer(display_name="dangjian accounts clear-code")
    async with _opened(settings):
        async with unit_of_work():
            account = await _account(name)
            if account.one_time_secret is None:
                raise CommandRefused(f"{name} has no one-time code")
            await clear(account.id)
            await tell_of_account(operator, account, "CLEAR_ONE_TIME_CODE", reason=reason)
            ended = await end_sessions_of(account.id)
        async with open_bus(settings.redis_url) as bus:
            await EndedSessions(bus).end(ended)
    if as_json:
        tell_json({"username": name, "sessions_ended": len(ended)})
        return
    tell(f"{name} has no one-time code any more; {len(ended)} sessions ended")


async def link_account(settings: Settings, name: str, issuer: str, subject: str, *, as_json: bool) -> None:
    operator, refusals = AccountViewer(display_name="dangjian accounts link"), Refusals()
    refuse_bad_identity(refusals, issuer, subject)
    _refuse(refusals)
    async with _opened(settings), unit_of_work():
        await link(refusals, operator, await _account(name), issuer, subject)
        _refuse(refusals)
    if as_json:
        tell_json({"username": name, "issuer": issuer, "subject": subject})
        return
    tell(f"{subject} of {issuer} signs in as {name}")


async def _account(name: str) -> Account:
    """Locked, inside a unit of work."""
    account = await Account.select_for_update().get_or_none(username=name)
    if account is None:
        raise CommandRefused(f"there is no account {name}")
    return account


async def _county(code: str | None) -> Any:
    if code is None:
        return None
    county = await County.get_or_none(code=code)
    if county is None:
        raise CommandRefused(f"there is no county {code}; import its files first")
    return county.id


def _refuse(refusals: Refusals) -> None:
    if refusals:
        raise CommandRefused("; ".join(one["message"] for one in refusals.rows))


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[None]:
    async with running_database(settings) as credentials:
        await migrate(credentials, settings.keyring())
        async with open_database(credentials, settings.keyring()):
            yield
