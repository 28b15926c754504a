"""Signing in: who may, what a wrong try learns, and which tokens are taken."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest
from httpx import ASGITransport

from app import make_asgi
from resolvers.accounts.demo_accounts import PASSWORD, make_demo_accounts
from runtime.clock import stopped_at
from runtime.tokens import Tokens
from tests.conftest import COUNTY, Client, Credentials, copied, documents, settings_for
from tests.test_access import OTHER, rows, two_counties

SECRET = "tests-only-" + "x" * 32
WHO = (
    "{ viewer { username displayName roles { role organization { code } county { code } } member { name } } }"
)


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def test_signing_in_answers_with_a_token_that_works(county: Client) -> None:
    answer = (await county.run("SignIn", username=" secretary ", password=PASSWORD))["signIn"]
    assert answer["refusals"] == []
    assert answer["viewer"]["roles"][0]["role"] == "SECRETARY"
    assert answer["viewer"]["roles"][0]["organization"]["name"] == "古绛镇后秦湾村党支部"
    headers = {"Authorization": f"bearer  {answer['token']}"}
    found = (await county.http.post("/graphql", json={"query": WHO}, headers=headers)).json()
    assert found["data"]["viewer"]["member"] == {"name": "任军芳"}


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("office", "wrong"),
        ("nobody-of-that-name", PASSWORD),
        ("", ""),
        ("office", ""),
        ("OFFICE", PASSWORD),
        ("office' OR 1=1 --", PASSWORD),
        ("office", PASSWORD + " "),
        ("办" * 5000, "公" * 5000),
    ],
)
async def test_a_wrong_name_and_a_wrong_password_answer_alike(
    county: Client, username: str, password: str
) -> None:
    await rows("DELETE FROM sign_in_guard")
    answer = (await county.run("SignIn", username=username, password=password))["signIn"]
    wrong = (await county.run("SignIn", username="office", password="not this one"))["signIn"]
    assert answer == wrong
    assert answer["refusals"][0]["code"] == "WRONG_PASSWORD"
    assert (answer["token"], answer["viewer"]) == (None, None)


@pytest.mark.parametrize("text", ["office\0", "\0"])
async def test_a_character_that_no_name_can_hold(county: Client, text: str) -> None:
    """PostgreSQL's text has no NUL; it is the sender's fault, not ours."""
    body = {"query": county.documents["SignIn"], "operationName": "SignIn"}
    answer = (await county.post({**body, "variables": {"username": text, "password": text}})).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_VALUE"]


def forged(**changes: object) -> str:
    good = Tokens(SECRET, 30)
    claims: dict[str, object] = {
        "sub": "0190a0a0-0000-7000-8000-000000000000",
        "name": "伪",
        "member": None,
        "grants": [],
    }
    return good.issue({**claims, **changes})


MINUTE = 60
TOKENS = {
    "no token at all": "",
    "another secret": Tokens("another-secret-" + "y" * 32, 30).issue({"sub": "x", "grants": []}),
    "not signed": jwt.encode({"sub": "x", "exp": 9_999_999_999}, "", algorithm="none"),
    "without an end": jwt.encode({"sub": "x"}, SECRET, algorithm="HS256"),
    "another algorithm": jwt.encode({"sub": "x", "exp": 9_999_999_999}, SECRET + "z" * 32, algorithm="HS512"),
    "an end that is no number": jwt.encode({"sub": "x", "exp": "soon"}, SECRET, algorithm="HS256"),
    "claims of another release": Tokens(SECRET, 30).issue({"user": 7}),
    "a role that is gone": forged(grants=[["MAYOR", None, None, None]]),
    "an account that is no id": forged(sub="office"),
    "rubbish": "a.b.c",
    "not ASCII": "令牌",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
async def test_tokens_that_are_not_ours_are_refused(county: Client, token: str) -> None:
    headers = {b"Authorization": f"Bearer {token}".encode()}
    answer = await county.http.post("/graphql", json={"query": WHO}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_token_is_taken_only_unaltered_and_until_it_ends(county: Client) -> None:
    token = await county.token("office")

    async def status(token: str, scheme: str = "Bearer") -> int:
        headers = {"Authorization": f"{scheme} {token}"}
        return (await county.http.post("/graphql", json={"query": WHO}, headers=headers)).status_code

    assert await status(token) == 200
    assert await status(token, "Basic") == 401
    head, body, mark = token.split(".")
    other = "A" if body[40] != "A" else "B"
    for altered in (
        f"{head}.{body[:40]}{other}{body[41:]}.{mark}",
        f"{head}.{body}.{mark[::-1]}",
        token[:-6],
    ):
        assert await status(altered) == 401
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 30 * MINUTE
    end = datetime.fromtimestamp(claims["exp"], UTC)
    with stopped_at(end - timedelta(seconds=1)):
        assert await status(token) == 200
    with stopped_at(end):
        assert await status(token) == 401


async def test_the_demo_accounts_of_two_counties(county: Client) -> None:
    """The second county's names carry its code; each works in its own county only."""
    for username, code in (("office", COUNTY), (f"office@{OTHER}", OTHER)):
        viewer = (await county.query(WHO, username))["data"]["viewer"]
        assert [role["county"]["code"] for role in viewer["roles"]] == [code]
    names = {row["username"] for row in await rows("SELECT username FROM account")}
    plain = {"office", "auditor", "discipline", "security", "security-admin", "app"}
    plain |= {"town", "secretary", "member", "floating"}
    assert names == plain | {f"{name}@{OTHER}" for name in plain} | {"admin"}


async def test_making_the_demo_accounts_again_makes_no_new_ones(county: Client) -> None:
    before = await rows("SELECT id, username, member_id FROM account ORDER BY id")
    grants = await rows("SELECT id, role, organization_id FROM role_grant ORDER BY id")
    await make_demo_accounts(OTHER)
    assert await rows("SELECT id, username, member_id FROM account ORDER BY id") == before
    assert await rows("SELECT id, role, organization_id FROM role_grant ORDER BY id") == grants


@pytest.fixture
async def open_to_all(server: Credentials, small_template: str, tmp_path: Path) -> AsyncIterator[Client]:
    """A server that listens beyond this machine."""
    async with copied(server, small_template) as credentials:
        settings = settings_for(credentials, tmp_path).model_copy(update={"host": "0.0.0.0"})
        asgi = make_asgi(settings)
        async with asgi.router.lifespan_context(asgi):
            transport = ASGITransport(app=asgi)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                yield Client(http, documents())


@pytest.mark.parametrize("username", ["admin", "office", "member"])
async def test_demo_accounts_are_refused_beyond_this_machine(open_to_all: Client, username: str) -> None:
    right = (await open_to_all.run("SignIn", username=username, password=PASSWORD))["signIn"]
    assert [refusal["code"] for refusal in right["refusals"]] == ["DEMO_ACCOUNT"]
    assert right["token"] is None
    wrong = (await open_to_all.run("SignIn", username=username, password="wrong"))["signIn"]
    assert [refusal["code"] for refusal in wrong["refusals"]] == ["WRONG_PASSWORD"]
