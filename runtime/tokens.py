"""Access tokens: JSON Web Tokens signed with HMAC-SHA-256 (RFC 7519, RFC 7518 section 3.2)."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from runtime import clock

REMEMBERED = 4096
_OPTIONS: Any = {"require": ["exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}


class TokenRefused(Exception):
    """The token is not ours, was changed, or has expired."""


class Tokens:
    """Issues and verifies tokens of one secret. Verified ones are remembered until they expire, since a busy
    client sends the same one with every request."""

    def __init__(self, secret: str, minutes: float) -> None:
        self._secret = secret
        self.life = timedelta(minutes=minutes)
        self._verified: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def issue(self, claims: dict[str, Any], no_later_than: datetime | None = None) -> str:
        """A token with these claims that expires after `minutes`, or sooner."""
        now = clock.now()
        end = min(now + self.life, no_later_than or datetime.max.replace(tzinfo=UTC))
        times = {"iat": int(now.timestamp()), "exp": int(end.timestamp())}
        return jwt.encode(claims | times, self._secret, algorithm="HS256")

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token that is ours, perhaps expired: for who renews it. Raises TokenRefused."""
        return self._decode(token)

    def verify(self, token: str) -> dict[str, Any]:
        """The claims, with `iat` and `exp` in seconds since 1970. Raises TokenRefused."""
        claims = self._verified.get(token)
        if claims is None:
            claims = self._decode(token)
        if claims["exp"] <= clock.now().timestamp():
            self._verified.pop(token, None)
            raise TokenRefused("the token has expired")
        self._verified[token] = claims
        self._verified.move_to_end(token)
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)
        return dict(claims)

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            # The clock that tests can set decides about the expiry, in `verify`.
            claims: dict[str, Any] = jwt.decode(token, self._secret, algorithms=["HS256"], options=_OPTIONS)
        except jwt.InvalidTokenError as error:
            raise TokenRefused("the token is not valid") from error
        if not isinstance(claims["exp"], int | float):
            raise TokenRefused("the token is not valid")
        return claims
