"""GET /sign-in and its way back: a browser signs in at the province's identity service (统一身份认证).

What the way back is checked with (state, nonce, the verifier of RFC 7636) lies in the browser, in a signed cookie of
ten minutes; the token comes to the page in a fragment, which browsers send to no server.
"""

import html
import secrets

from graphql import GraphQLError
from starlette.requests import Request as HTTPRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from models.choices import SignInWay
from resolvers.access import NOBODY
from resolvers.accounts.identities import WHY, sign_in_by_identity
from resolvers.accounts.sign_in import tell_refusal
from resolvers.application import Application
from resolvers.compiler.request import Request
from runtime.identity_service import IdentityServiceDown
from runtime.language import Sentence, preferred, reader_language
from runtime.sender import sender
from runtime.tokens import TokenRefused, Tokens
from schema.asking import sender_of
from schema.faults import told
from schema.limits import SIGN_IN_POINTS, BudgetExceeded

COOKIE, MINUTES = "dangjian-sign-in", 10
CALLBACK = "/sign-in/callback"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>dangjian-cloud</title>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto; line-height: 1.6">
<h1>没有登录 Not signed in</h1>{sentences}<p><a href="/graphql">返回 Back</a></p></body></html>"""
STATE_LOST = Sentence(
    "登录超时或从别处发起, 请重新登录。", "This sign-in took too long, or was begun elsewhere; sign in again."
)
STATUS = {
    "NO_IDENTITY_SERVICE": 404,
    "IDENTITY_SERVICE_DOWN": 503,
    "AUDIT_NOT_SEALED": 503,
    "STATE_LOST": 400,
    "BUDGET_EXCEEDED": 429,
    "FAULT": 500,
}


async def sign_in(http: HTTPRequest) -> Response:
    """To the identity service. HEAD only says whether there is one, for the page's button."""
    app: Application = http.app.state.app
    redirect = _redirect(app, http)
    if app.identity is None or redirect is None:
        return _page("NO_IDENTITY_SERVICE", WHY["NO_IDENTITY_SERVICE"])
    if http.method == "HEAD":
        return Response(headers=HEADERS)
    given = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    try:
        address = await app.identity.sign_in_address(redirect=redirect, **given)
    except IdentityServiceDown:
        return _page("IDENTITY_SERVICE_DOWN", WHY["IDENTITY_SERVICE_DOWN"])
    response = RedirectResponse(address, 303, HEADERS)
    response.set_cookie(
        COOKIE,
        _cookies(app).issue({**given, "redirect": redirect}),
        max_age=MINUTES * 60,
        path="/sign-in",
        secure=redirect.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return response


async def callback(http: HTTPRequest) -> Response:
    """From the identity service, with its code; on to the page, with our token."""
    app: Application = http.app.state.app
    reader_language.set(preferred(http.headers.get("accept-language")))
    sender.set(sender_of(http))
    try:
        http.app.state.limits.spend(Request(viewer=NOBODY, rules=app.rules.of(None), app=app), SIGN_IN_POINTS)
        response = await _came_back(app, http)
    except BudgetExceeded as error:
        response = _page("BUDGET_EXCEEDED", Sentence(error.errors[0].message, ""))
    except Exception as error:  # told by a number, with the rest in the log
        response = _page("FAULT", Sentence(told(error).message, ""))
    response.delete_cookie(COOKIE, path="/sign-in", httponly=True, samesite="lax")
    return response


async def _came_back(app: Application, http: HTTPRequest) -> Response:
    if app.identity is None:
        return _page("NO_IDENTITY_SERVICE", WHY["NO_IDENTITY_SERVICE"])
    try:
        app.sealing.require()
    except GraphQLError as error:
        return _page("AUDIT_NOT_SEALED", Sentence(error.message, ""))
    try:
        asked = _cookies(app).verify(http.cookies.get(COOKIE, ""))
    except TokenRefused:
        return _page("STATE_LOST", STATE_LOST)
    query = http.query_params
    is_ours = secrets.compare_digest(query.get("state", "").encode(), asked["state"].encode())
    if not is_ours or query.get("iss", app.identity.issuer) != app.identity.issuer:  # RFC 9207
        await tell_refusal(None, "STATE", way=SignInWay.OIDC)
        return _page("STATE_LOST", STATE_LOST)
    payload = await sign_in_by_identity(
        Request(viewer=NOBODY, rules=app.rules.of(None), app=app),
        code=query.get("code", ""),
        redirect=asked["redirect"],
        nonce=asked["nonce"],
        verifier=asked["verifier"],
    )
    if payload["token"] is None:
        refusal = payload["refusals"][0]
        return _page(refusal["code"], payload.get("why", Sentence(refusal["message"], "")))
    return RedirectResponse(f"/graphql#token={payload['token']}", 303, HEADERS)


def _redirect(app: Application, http: HTTPRequest) -> str | None:
    """Where people come back to. A name that the request brings is believed on this machine only."""
    if app.settings.oidc_redirect is not None or not app.settings.is_loopback:
        return app.settings.oidc_redirect
    return str(http.base_url.replace(path=CALLBACK)) if http.url.hostname in LOOPBACK else None


def _cookies(app: Application) -> Tokens:
    """With a secret of their own, so that a cookie is never taken for an access token."""
    return Tokens(f"sign-in {app.signing_secret}", MINUTES)


def _page(code: str, sentence: Sentence) -> Response:
    """In both languages, since nobody knows yet who reads it."""
    sentences = "".join(f"<p>{html.escape(text)}</p>" for text in sentence)
    return HTMLResponse(PAGE.format(sentences=sentences), STATUS.get(code, 403), HEADERS)


def sign_in_routes() -> list[Route]:
    return [Route("/sign-in", sign_in), Route(CALLBACK, callback)]
