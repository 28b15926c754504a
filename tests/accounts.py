"""Accounts of the tests' own, which are no demo accounts, and what they do about themselves."""

from typing import Any
from uuid import UUID

import pyotp

from models import Account, RoleGrant
from models.choices import Role
from resolvers.application import Application
from runtime.clock import now
from runtime.passwords import hash_password
from tests.conftest import COUNTY, Client
from tests.test_access import rows

PASSWORD = "correct horse battery"
WHO = (
    "{ viewer { username next roles { role } member { name } } "
    f'organizations(county: "{COUNTY}", first: 5) {{ edges {{ node {{ code }} }} }} }}'
)
_hashes: dict[str, str] = {}


async def make_account(username: str, *roles: Role, **given: Any) -> UUID:
    """An account with PASSWORD and these roles in the small county."""
    if PASSWORD not in _hashes:  # once, since it takes long
        _hashes[PASSWORD] = await hash_password(PASSWORD)
    account = await Account.create(
        username=username, display_name=username, password_hash=_hashes[PASSWORD], **given
    )
    county = (await rows("SELECT id FROM county ORDER BY code LIMIT 1"))[0]["id"]
    for role in roles:
        await RoleGrant.create(account_id=account.id, role=role.value, county_id=county)
    return account.id


async def sign_in(client: Client, username: str, code: str | None = None, password: str = PASSWORD) -> Any:
    """The payload; its token is then the client's under that name."""
    text = (
        "mutation($u: String!, $p: String!, $c: String) { signIn(username: $u, password: $p, oneTimeCode: $c) "
        "{ token expiresAt next viewer { next roles { role } } refusals { code message } } }"
    )
    payload = (await client.query(text, u=username, p=password, c=code))["data"]["signIn"]
    if payload["token"]:
        client.tokens[username] = payload["token"]
    return payload


async def tried(client: Client, username: str, code: str | None = None, password: str = PASSWORD) -> str:
    """What a try to sign in comes to: "" for a token, else the refusal's code."""
    return refusal(await sign_in(client, username, code, password))


def refusal(payload: Any) -> str:
    return ",".join(one["code"] for one in payload["refusals"])


async def who(client: Client, name: str) -> Any:
    """The viewer, and how many organizations he sees."""
    found = (await client.query(WHO, name))["data"]
    return found["viewer"], len(found["organizations"]["edges"])


async def status(client: Client, name: str) -> int:
    return (await client.post({"query": WHO}, name)).status_code


def code_of(secret: str, steps: int = 0) -> str:
    """What the authenticator shows now, or so many steps of 30 seconds later."""
    return pyotp.TOTP(secret).at(int(now().timestamp()), counter_offset=steps)


async def enrol(client: Client, name: str) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    secret = (await client.run("EnrolOneTimeCode", name))["enrolOneTimeCode"]["secret"]
    done = (await client.run("ConfirmOneTimeCode", name, code=code_of(secret)))["confirmOneTimeCode"]
    assert done["refusals"] == []
    return secret, done["recoveryCodes"]


def application(client: Client) -> Application:
    found: Application = client.http._transport.app.state.app  # type: ignore[attr-defined]
    return found
