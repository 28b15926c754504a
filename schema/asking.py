"""Who asks: the request of whoever holds the token, and from where it comes."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import HTTPConnection

from resolvers.access import AccountViewer
from resolvers.accounts.accounts import from_claims
from resolvers.application import Application
from resolvers.compiler.request import Request
from runtime.sender import Sender
from runtime.tokens import TokenRefused


def make_request(app: Application, authorization: str | None) -> Request:
    """The request of whoever holds the token; of nobody without one. Raises TokenRefused."""
    scheme, _, token = (authorization or "").partition(" ")
    if authorization and scheme.lower() != "bearer":
        raise TokenRefused("not a bearer token")
    claims = app.tokens.verify(token.strip()) if authorization else None
    try:
        viewer = from_claims(claims)
    except (LookupError, TypeError, ValueError) as error:  # of an older release, perhaps
        raise TokenRefused("a token of another form") from error
    if app.sessions.holds(viewer.session_id):
        raise TokenRefused("the session was ended")
    until = _until(claims, viewer) if claims else None
    return Request(viewer=viewer, rules=app.rules.of(viewer.county_code), app=app, until=until)


def _until(claims: dict[str, Any], viewer: AccountViewer) -> datetime:
    ends = (grant.valid_until for grant in viewer.grants if grant.valid_until)
    return min([datetime.fromtimestamp(claims["exp"], UTC), *ends])


def sender_of(http: HTTPConnection) -> Sender:
    program = http.headers.get("user-agent")
    return Sender(http.client.host if http.client else None, program[:200] if program else None)
