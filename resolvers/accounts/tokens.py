"""Tokens (令牌): each works for a short while, and is renewed with the roles of the moment while its session stands."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from models import Account, Session
from models.choices import Role, SignInStep, SignInWay
from resolvers.access import AccountViewer, who_asks
from resolvers.accounts.accounts import to_claims, viewer_of
from resolvers.accounts.home_county import home_county
from resolvers.accounts.sessions import begin, locked, renew_by
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.refusals import not_signed_in, refused
from runtime.clock import CHINA, now
from runtime.database import unit_of_work
from runtime.tokens import TokenRefused

signed_in = Reference("account")
NO_OFFICIALS = {Role.MEMBER, Role.PARTNER_APP}  # people without an office, and a program


async def open_session(request: Request, account_id: UUID, way: SignInWay) -> Payload:
    """A session and its first token, for who has proved to be the account."""
    settings = request.app.settings
    async with unit_of_work():
        account = await locked(account_id)
        if account is None or account.disabled_at is not None:  # just now
            return nobody(session_ended())
        viewer = await viewer_of(account)
        session = await begin(settings, account.id, way, step_of(settings, account, viewer, way))
        await append_audit(
            viewer,
            action="SIGN_IN",
            subject_type="Account",
            subject_id=account.id,
            county_id=await home_county(viewer, account),
            detail={"how": way.value},
        )
    return _payload(request, viewer, session)


async def renew_token(request: Request, expired: str | None) -> Payload:
    """The next token of a session that stands, with what the account may do by now."""
    settings, session_id = request.app.settings, _session_of(request, expired)
    if session_id is None:
        return nobody(not_signed_in())
    async with unit_of_work():
        found = await Session.get_or_none(id=session_id)
        account = await locked(found.account_id) if found else None
        session = await Session.get_or_none(id=session_id)  # as it is now that nobody else changes it
        if account is None or session is None or account.disabled_at is not None or not _stands(session):
            return nobody(session_ended())
        viewer = await viewer_of(account)
        way = SignInWay(session.way)
        session.next_step = session.next_step or step_of(settings, account, viewer, way)
        session.renew_by = renew_by(settings, session.ends_at)
        await session.save(update_fields=["next_step", "renew_by"])
    return _payload(request, viewer, session)


def step_of(settings: Any, account: Account, viewer: AccountViewer, way: SignInWay) -> SignInStep | None:
    """What the account has to do first. Who comes from an identity service did it there."""
    if way == SignInWay.OIDC:
        return None
    if account.must_change_password:
        return SignInStep.CHANGE_PASSWORD
    is_official = any(grant.role not in NO_OFFICIALS for grant in viewer.grants)
    has_code = account.one_time_confirmed_at is not None
    if settings.officials_need_code and is_official and not has_code and not account.is_demo:
        return SignInStep.ENROL_ONE_TIME_CODE
    return None


def nobody(refusals: list[dict[str, Any]]) -> dict[str, Any]:
    return {"token": None, "expires_at": None, "next": None, "viewer": None, "refusals": refusals}


def session_ended() -> list[dict[str, Any]]:
    return refused("SESSION_ENDED", "登录已结束, 请重新登录。", "The session has ended; sign in again.")


def _payload(request: Request, viewer: AccountViewer, session: Session) -> dict[str, Any]:
    viewer = replace(viewer, session_id=session.id)
    if session.next_step is not None:
        viewer = replace(viewer, member_id=None, grants=())
    token = request.app.tokens.issue(to_claims(viewer), session.ends_at)
    expires_at = datetime.fromtimestamp(request.app.tokens.verify(token)["exp"], tz=CHINA)
    return {
        "token": token,
        "expires_at": expires_at.isoformat(),
        "next": session.next_step,
        "viewer": viewer.account_id,
        "viewer_now": viewer,
        "refusals": [],
    }


def _session_of(request: Request, expired: str | None) -> UUID | None:
    if expired is None:
        return who_asks(request).session_id
    try:
        return UUID(request.app.tokens.read(expired)["sid"])
    except (TokenRefused, LookupError, TypeError, ValueError, AttributeError):
        return None


def _stands(session: Session) -> bool:
    return session.ended_at is None and session.ends_at > now() and session.renew_by > now()
