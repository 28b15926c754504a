"""Signing in at the province's identity service: a real one over HTTP, and one whose answers are forged."""

import threading
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import flask
import httpx
import orjson
import pytest
import werkzeug.serving
from joserfc import jwk, jwt
from pydantic import SecretStr

from models import Account, ExternalIdentity
from models.choices import Role
from runtime.clock import now
from tests.accounts import make_account, refusal, who
from tests.conftest import Client, Credentials, copied, serving
from tests.test_access import rows

CLIENT, SECRET, APP = "dangjian", "s3cret/ +%", "dangjian-app:/callback"
OUR_KEY = jwk.generate_key("RSA", 2048, {"kid": "1", "use": "sig"})
OTHER_KEY = jwk.generate_key("RSA", 2048, {"kid": "1"})
# The mock's own: it stands on what Authlib 1.9 calls old.
pytestmark = [
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The application over HTTP on a free port of this machine."""
    server = werkzeug.serving.make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Forger:
    """An identity service that says whatever a test wants."""

    def __init__(self) -> None:
        self.app = flask.Flask("forger")
        self.issuer = ""
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "1"}
        self.key: Any = OUR_KEY
        self.altered = self.fails = ""
        self.asked: list[dict[str, str]] = []
        self.app.add_url_rule("/.well-known/openid-configuration", "discovery", self.discovery)
        self.app.add_url_rule("/keys", "keys", self.keys)
        self.app.add_url_rule("/token", "token", self.token, methods=["POST"])

    def discovery(self) -> Any:
        return {
            "issuer": "https://other.example" if self.fails == "issuer" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": "http://other.example/token"
            if self.fails == "in the clear"
            else f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def keys(self) -> Any:
        unknown_kind = {"kty": "SM2", "kid": "9", "x": "AA"}
        return {"keys": [unknown_kind, OUR_KEY.as_dict(private=False)]}

    def token(self) -> Any:
        if self.fails == "500":
            return "<h1>Internal Server Error</h1>", 500
        if self.fails == "no JSON":
            return "令牌"
        self.asked.append(dict(flask.request.form))
        claims = {
            "iss": self.issuer,
            "sub": "p-1",
            "aud": CLIENT,
            "iat": int(now().timestamp()),
            "exp": int(now().timestamp()) + 300,
            "nonce": "n",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = _signed(self.header, claims, self.key)
        if self.altered:
            head, body, mark = token.split(".")
            token = ".".join(
                {"body": (head, "A" + body, mark), "mark": (head, body, mark[::-1])}[self.altered]
            )
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}


def _signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    if header["alg"] == "none":
        parts = [urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode() for part in (header, claims)]
        return ".".join([*parts, ""])
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


@pytest.fixture
def forger() -> Iterator[Forger]:
    made = Forger()
    with served(made.app) as issuer:
        made.issuer = issuer
        yield made


def with_service(issuer: str) -> dict[str, Any]:
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "oidc_app_redirects": (APP,),
        "introspection": "everybody",
    }


@pytest.fixture
async def forged(
    server: Credentials, small_template: str, tmp_path: Path, forger: Forger
) -> AsyncIterator[Client]:
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path, **with_service(forger.issuer)) as client,
    ):
        id = await make_account("cadre", Role.OFFICE)
        await link(id, forger.issuer, "p-1")
        yield client


async def link(account_id: Any, issuer: str, subject: str) -> None:
    await ExternalIdentity.create(account_id=account_id, issuer=issuer, subject=subject, linked_at=now())


async def by_code(client: Client, **given: str) -> Any:
    asked = {"code": "c", "codeVerifier": "v" * 43, "redirectUri": APP, "nonce": "n", **given}
    return (await client.run("SignInWithCode", **asked))["signInWithCode"]


async def test_a_right_answer_and_what_was_asked(forged: Client, forger: Forger) -> None:
    answer = await by_code(forged)
    assert (refusal(answer), answer["next"]) == ("", None)  # that service's sign-in needs no code of ours
    assert answer["viewer"]["roles"][0]["role"] == "OFFICE"
    assert forger.asked == [
        {"grant_type": "authorization_code", "redirect_uri": APP, "code": "c", "code_verifier": "v" * 43}
    ]
    told = "SELECT detail->>'how' AS how, actor_name FROM audit_entry WHERE action = 'SIGN_IN'"
    assert await rows(told) == [{"how": "OIDC", "actor_name": "cadre"}]
    forged.tokens["cadre"] = answer["token"]
    renewed = (await forged.run("RenewToken", "cadre"))["renewToken"]
    assert (refusal(renewed), renewed["next"]) == ("", None)


NOW = int(now().timestamp())
FORGERIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "m"}},
    "no nonce": {"claims": {"nonce": None}},
    "another audience": {"claims": {"aud": "somebody-else"}},
    "two audiences, not asked by us": {"claims": {"aud": [CLIENT, "somebody-else"]}},
    "asked by another": {"claims": {"azp": "somebody-else"}},
    "no audience": {"claims": {"aud": None}},
    "another issuer": {"claims": {"iss": "https://other.example"}},
    "expired": {"claims": {"exp": NOW - 120, "iat": NOW - 400}},
    "no end": {"claims": {"exp": None}},
    "an end that is no number": {"claims": {"exp": "never"}},
    "from the future": {"claims": {"iat": NOW + 7200, "exp": NOW + 9000}},
    "nobody": {"claims": {"sub": None}},
    "an empty name": {"claims": {"sub": ""}},
    "a name that is a number": {"claims": {"sub": 7}},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "altered": {"altered": "body"},
    "another signature": {"altered": "mark"},
    "signed by somebody else": {"key": OTHER_KEY},
    "an unknown key": {"header": {"alg": "RS256", "kid": "2"}},
    "not signed": {"header": {"alg": "none"}},
    "not signed, with a key named": {"header": {"alg": "none", "kid": "1"}},
    "signed with what everybody has": {
        "header": {"alg": "HS256", "kid": "1"},
        "key": jwk.import_key(OUR_KEY.as_pem(private=False).decode().replace("-----", ""), "oct"),
    },
    "signed with our secret": {"header": {"alg": "HS256"}, "key": jwk.import_key(SECRET * 4, "oct")},
}


async def test_what_is_not_accepted(forged: Client, forger: Forger) -> None:
    """One server for all of them, since each starts in a second."""
    for name, forgery in FORGERIES.items():
        forger.__dict__.update(claims={}, header={"alg": "RS256", "kid": "1"}, key=OUR_KEY, altered="")
        forger.__dict__.update(forgery)
        answer = await by_code(forged)
        assert (refusal(answer), answer["token"]) == ("IDENTITY_REFUSED", None), name
    told = await rows("SELECT detail->>'why' AS why FROM audit_entry WHERE action = 'SIGN_IN_REFUSED'")
    assert len(told) == len(FORGERIES)
    assert all(row["why"].startswith("IDENTITY_REFUSED: ") for row in told)


@pytest.mark.parametrize("fails", ["500", "no JSON", "issuer", "in the clear"])
async def test_a_service_that_is_out_of_order(forged: Client, forger: Forger, fails: str) -> None:
    forger.fails = fails
    assert refusal(await by_code(forged)) == "IDENTITY_SERVICE_DOWN"
    forger.fails = ""
    assert refusal(await by_code(forged)) == ""  # nothing of that is kept


async def test_who_may_not_sign_in_here(forged: Client, forger: Forger) -> None:
    forger.claims = {"sub": "p-2"}
    answer = await by_code(forged)
    assert refusal(answer) == "IDENTITY_UNKNOWN"
    assert "p-2" in answer["refusals"][0]["message"]
    assert refusal(await by_code(forged, redirectUri="https://evil.example/")) == "REDIRECT_NOT_ALLOWED"
    assert refusal(await by_code(forged, nonce="")) == "IDENTITY_REFUSED"
    forger.claims = {}
    await Account.filter(username="cadre").update(disabled_at=now())
    assert refusal(await by_code(forged)) == "IDENTITY_UNKNOWN"


async def test_without_a_service(client: Client) -> None:
    assert refusal(await by_code(client)) == "NO_IDENTITY_SERVICE"
    for path in ("/sign-in", "/sign-in/callback?code=c&state=s"):
        answer = await client.http.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert (await client.http.head("/sign-in")).status_code == 404


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    import oidc_provider_mock

    with served(oidc_provider_mock.app(require_nonce=True)) as issuer:
        yield issuer


@pytest.fixture
async def province(
    server: Credentials, small_template: str, tmp_path: Path, provider: str
) -> AsyncIterator[Client]:
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path, **with_service(provider)) as client,
    ):
        id = await make_account("cadre", Role.OFFICE)
        await link(id, provider, "cadre@province")
        yield client


async def sent_there(client: Client) -> str:
    """Where GET /sign-in sends a browser."""
    answer = await client.http.get("/sign-in")
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/sign-in", "max-age=600"))
    return answer.headers["location"]


async def signed_in_there(address: str, subject: str) -> str:
    """The way back: what the service answers once somebody has signed in there."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(address, data={"sub": subject})
    assert answer.status_code in (302, 303), answer.text
    return answer.headers["location"]


async def test_a_browser_goes_there_and_comes_back(province: Client, provider: str) -> None:
    address = await sent_there(province)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider}/oauth2/authorize?")
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid", "S256")
    assert asked["redirect_uri"] == "http://127.0.0.1/sign-in/callback"
    back = await signed_in_there(address, "cadre@province")
    answer = await province.http.get(back)
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    assert answer.headers["referrer-policy"] == "no-referrer"
    path, _, fragment = answer.headers["location"].partition("#")
    assert path == "/graphql"
    province.tokens["cadre"] = parse_qs(fragment)["token"][0]
    viewer, seen = await who(province, "cadre")
    assert (viewer["username"], viewer["roles"], seen) == ("cadre", [{"role": "OFFICE"}], 5)
    assert "dangjian-sign-in" not in province.http.cookies
    # The same way back again: the cookie is gone, and with it the code was used.
    assert (await province.http.get(back)).status_code == 400


async def test_a_way_back_that_is_not_ones_own(province: Client) -> None:
    back = await signed_in_there(await sent_there(province), "cadre@province")
    mine = province.http.cookies["dangjian-sign-in"]
    code = parse_qs(urlsplit(back).query)["code"][0]

    async def came_back(cookie: str | None, **query: str) -> int:
        province.http.cookies.clear()
        headers = {"Cookie": f"dangjian-sign-in={cookie}"} if cookie else {}
        address = f"/sign-in/callback?{urlencode(query)}"
        return (await province.http.get(address, headers=headers)).status_code

    state = parse_qs(urlsplit(back).query)["state"][0]
    assert await came_back(None, code=code, state=state) == 400
    assert await came_back(mine, code=code, state="another") == 400
    assert await came_back(mine, code=code) == 400
    assert await came_back(mine[:-3] + "AAA", code=code, state=state) == 400
    assert await came_back(await province.token("office"), code=code, state=state) == 400  # a token of ours
    assert await came_back(mine, code=code, state=state, iss="https://other.example") == 400
    assert await came_back(mine, code="another", state=state) == 403
    assert await came_back(mine, state=state, error="access_denied") == 403
    assert await came_back(mine, code=code, state=state) == 303
    assert await came_back(mine, code=code, state=state) == 403  # replayed: the code was used
    # The cookie is no access token either.
    answer = await province.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"Authorization": f"Bearer {mine}"}
    )
    assert answer.status_code == 401


async def test_a_code_of_somebody_elses_sign_in(province: Client) -> None:
    """Put into one's own way back, with one's own cookie and state: the nonce is another's."""
    theirs = await signed_in_there(await sent_there(province), "cadre@province")
    mine = await signed_in_there(await sent_there(province), "me")
    theirs_code = parse_qs(urlsplit(theirs).query)["code"][0]
    state = parse_qs(urlsplit(mine).query)["state"][0]
    answer = await province.http.get(f"/sign-in/callback?{urlencode({'code': theirs_code, 'state': state})}")
    assert answer.status_code == 403
    assert "IDENTITY_REFUSED" in str(
        await rows("SELECT detail::text FROM audit_entry ORDER BY sequence DESC LIMIT 1")
    )


async def test_an_unknown_person_is_told_what_to_do(province: Client) -> None:
    back = await signed_in_there(await sent_there(province), "<b>new</b>")
    answer = await province.http.get(back)
    assert (answer.status_code, answer.headers["cache-control"]) == (403, "no-store")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "安全管理员" in answer.text
    assert "security administrator" in answer.text
    assert "&lt;b&gt;new&lt;/b&gt;" in answer.text
    assert "<b>new" not in answer.text


async def test_a_service_that_does_not_answer(
    server: Credentials, small_template: str, tmp_path: Path
) -> None:
    with served(flask.Flask("gone")) as issuer:
        pass
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path, **with_service(issuer)) as client,
    ):
        answer = await client.http.get("/sign-in")
        assert answer.status_code == 503
        assert "统一身份认证暂时没有应答" in answer.text
        assert refusal(await by_code(client)) == "IDENTITY_SERVICE_DOWN"


async def test_a_name_that_the_request_brings_is_believed_on_this_machine_only(province: Client) -> None:
    answer = await province.http.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    address = await province.http.get("/sign-in", headers={"Host": "localhost:8000"})
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fsign-in%2Fcallback" in address.headers["location"]
