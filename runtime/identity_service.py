"""An identity service that signs people in (OpenID Connect Core 1.0): its discovery document, its keys, its tokens.

Authlib writes the requests and checks the claims, joserfc the signatures, httpx sends.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import structlog
from authlib.common.security import is_secure_transport
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet, import_key
from joserfc.jws import JWSRegistry

from runtime.clock import now

PATIENCE_SECONDS = 5.0
KEPT = timedelta(hours=1)  # the discovery document and the keys
LEEWAY_SECONDS = 60  # that two clocks may differ
LONGEST_SUBJECT = 255  # OpenID Connect Core section 2
DISCOVERY = "/.well-known/openid-configuration"
# Signatures of a key pair only: with a shared secret whoever knows it could write tokens, and "none" is none.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"}
_log = structlog.get_logger(__name__)


class IdentityServiceDown(Exception):
    """It does not answer, or not with what the standard says."""


class IdentityRefused(Exception):
    """The code or the token is not what it should be; the message is for the audit trail."""


class IdentityService:
    """`issuer` is its name and the beginning of its discovery document's address; `claim` names whom a token is
    about."""

    def __init__(
        self, http: httpx.AsyncClient, issuer: str, client_id: str, client_secret: str | None, claim: str
    ) -> None:
        self.issuer = issuer
        self._http, self._client_id, self._client_secret, self._claim = http, client_id, client_secret, claim
        self._kept: dict[str, tuple[datetime, Any]] = {}

    async def sign_in_address(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to. Raises IdentityServiceDown."""
        metadata = await self._metadata()
        address: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._client_id,
            "code",
            redirect,
            "openid",
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    async def subject(self, *, code: str, redirect: str, nonce: str, verifier: str) -> str:
        """Whom the code is about. Raises IdentityServiceDown and IdentityRefused."""
        metadata = await self._metadata()
        given = await self._exchange(metadata, code, redirect, verifier)
        token = given.get("id_token")
        if not isinstance(token, str):
            raise IdentityRefused("no id_token")
        try:
            claims = await self._verified(token, metadata, nonce, given.get("access_token"))
        except (JoseError, ValueError, TypeError) as error:
            raise IdentityRefused(str(error)[:100]) from error
        subject = claims.get(self._claim)
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise IdentityRefused(f"the claim {self._claim} names nobody")
        return subject

    async def _exchange(
        self, metadata: dict[str, Any], code: str, redirect: str, verifier: str
    ) -> dict[str, Any]:
        body = prepare_token_request(
            "authorization_code", redirect_uri=redirect, code=code, code_verifier=verifier
        )
        proof: dict[str, Any] = {}
        if self._client_secret is None:
            body += f"&client_id={quote(self._client_id, safe='')}"
        elif _takes_basic(metadata):
            # RFC 6749 section 2.3.1: both are form-encoded first.
            proof["auth"] = (quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
        else:
            body += f"&client_id={quote(self._client_id, safe='')}"
            body += f"&client_secret={quote(self._client_secret, safe='')}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, given = await self._ask(
            "POST", metadata["token_endpoint"], content=body, headers=headers, **proof
        )
        if status == 200:
            return given
        reason = str(given.get("error"))[:60]
        if reason != "invalid_grant":  # not the person's doing
            _log.error("the identity service refuses us", status=status, reason=reason)
        raise IdentityRefused(f"the code was not taken: {reason}")

    async def _verified(
        self, token: str, metadata: dict[str, Any], nonce: str, access_token: object
    ) -> dict[str, Any]:
        """OpenID Connect Core section 3.1.3.7."""
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=sorted(ALGORITHMS.intersection(offered)), strict_check_header=False)
        if not registry.allowed:
            raise IdentityServiceDown("it signs with nothing that we know")
        try:
            decoded = jwt.decode(token, await self._keys(metadata), registry=registry)
        except InvalidKeyIdError:  # signed with a key that is newer than what we keep
            decoded = jwt.decode(token, await self._keys(metadata, anew=True), registry=registry)
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        known = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
        claims = CodeIDToken(decoded.claims, decoded.header, options, known)
        claims.validate(now=int(now().timestamp()), leeway=LEEWAY_SECONDS)
        return dict(claims)

    async def _metadata(self) -> dict[str, Any]:
        address = self.issuer.rstrip("/") + DISCOVERY
        metadata: dict[str, Any] = await self._keep(address, self._checked)
        return metadata

    def _checked(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """OpenID Connect Discovery section 4.3; and nothing of it goes over the net in the clear."""
        if metadata.get("issuer") != self.issuer:
            raise IdentityServiceDown("its discovery document is another issuer's")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(metadata.get(name), str) or not is_secure_transport(metadata[name]):
                raise IdentityServiceDown(f"its {name} is no https address")
        return metadata

    async def _keys(self, metadata: dict[str, Any], *, anew: bool = False) -> KeySet:
        keys: KeySet = await self._keep(metadata["jwks_uri"], _key_set, anew=anew)
        return keys

    async def _keep(self, address: str, read: Callable[[dict[str, Any]], Any], *, anew: bool = False) -> Any:
        until, kept = self._kept.get(address, (now(), None))
        if kept is None or anew or until <= now():
            status, document = await self._ask("GET", address)
            if status != 200:
                raise IdentityServiceDown(f"{address} answered {status}")
            kept = read(document)
            self._kept[address] = now() + KEPT, kept
        return kept

    async def _ask(self, method: str, address: str, **given: Any) -> tuple[int, dict[str, Any]]:
        try:
            answer = await self._http.request(method, address, **given)
            document = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            _log.warning("the identity service does not answer", address=address, reason=repr(error)[:200])
            raise IdentityServiceDown(f"{address} does not answer") from error
        if answer.status_code >= 500 or not isinstance(document, dict):
            raise IdentityServiceDown(f"{address} answered {answer.status_code}")
        return answer.status_code, document


@asynccontextmanager
async def open_identity_service(
    issuer: str | None, client_id: str | None, client_secret: str | None, claim: str
) -> AsyncIterator[IdentityService | None]:
    """None when there is none. That it does not answer stops nobody's start; it is asked when somebody signs in."""
    if issuer is None or client_id is None:
        yield None
        return
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, follow_redirects=False) as http:
        yield IdentityService(http, issuer, client_id, client_secret, claim)


def _takes_basic(metadata: dict[str, Any]) -> bool:
    return "client_secret_basic" in metadata.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    )


def _key_set(document: dict[str, Any]) -> KeySet:
    """The keys that verify and that we understand; RFC 7517 section 5 has the others left aside."""
    keys: list[Key] = []
    for one in document.get("keys") or []:
        if one.get("use", "sig") == "sig" and one.get("kty") in ("RSA", "EC", "OKP"):
            with suppress(JoseError, ValueError, TypeError, KeyError):
                keys.append(import_key(one))
    return KeySet(keys)
