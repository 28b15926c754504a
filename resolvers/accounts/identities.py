"""Signing in by the province's identity service (统一身份认证): who its subjects are here."""

from typing import Any

from models import ExternalIdentity
from models.choices import SignInWay
from resolvers.accounts.sign_in import DEMO_ACCOUNT, may_use_demo, tell_refusal
from resolvers.accounts.tokens import nobody, open_session
from resolvers.compiler.request import Payload, Request
from resolvers.refusals import refused
from runtime.identity_service import IdentityRefused, IdentityServiceDown
from runtime.language import Sentence

WHY = {
    "NO_IDENTITY_SERVICE": Sentence(
        "本服务器没有接入统一身份认证, 请用账号和密码登录。",
        "No identity service is set up here; sign in with user name and password.",
    ),
    "REDIRECT_NOT_ALLOWED": Sentence(
        "此回调地址没有登记, 请联系系统管理员 (DANGJIAN_OIDC_APP_REDIRECTS)。",
        "That redirect URI is not registered here; tell the administrator (DANGJIAN_OIDC_APP_REDIRECTS).",
    ),
    "IDENTITY_SERVICE_DOWN": Sentence(
        "统一身份认证暂时没有应答, 请稍后再试, 或用账号和密码登录。",
        "The identity service does not answer; try later, or sign in with user name and password.",
    ),
    "IDENTITY_REFUSED": Sentence(
        "统一身份认证没有通过, 请重新登录。",
        "The identity service's answer was not accepted; sign in again.",
    ),
    "IDENTITY_UNKNOWN": Sentence(
        "身份 “{subject}” 没有关联账号。请将此标识告知安全管理员, 由其关联。",
        "The identity “{subject}” is linked to no account. Give it to the security administrator, who links it.",
    ),
    "DEMO_ACCOUNT": DEMO_ACCOUNT,
}


async def sign_in_with_code(request: Request, code: str, verifier: str, redirect: str, nonce: str) -> Payload:
    """For apps, which asked the identity service themselves and got its code at an address of theirs."""
    if request.app.identity is None:
        return refused_identity("NO_IDENTITY_SERVICE")
    if redirect not in request.app.settings.oidc_app_redirects:
        return refused_identity("REDIRECT_NOT_ALLOWED")
    return await sign_in_by_identity(request, code=code, redirect=redirect, nonce=nonce, verifier=verifier)


async def sign_in_by_identity(request: Request, **given: str) -> Payload:
    """A session for whom the identity service's code is about."""
    service = request.app.identity
    try:
        subject = await service.subject(**given)
    except IdentityServiceDown:
        await tell_refusal(None, "IDENTITY_SERVICE_DOWN", way=SignInWay.OIDC)
        return refused_identity("IDENTITY_SERVICE_DOWN")
    except IdentityRefused as error:
        await tell_refusal(None, f"IDENTITY_REFUSED: {error}", way=SignInWay.OIDC)
        return refused_identity("IDENTITY_REFUSED")
    known = ExternalIdentity.get_or_none(issuer=service.issuer, subject=subject)
    found = await known.select_related("account")
    account = found.account if found else None
    if account is None or account.disabled_at is not None:
        await tell_refusal(account, "DISABLED" if account else "IDENTITY_UNKNOWN", way=SignInWay.OIDC)
        return refused_identity("IDENTITY_UNKNOWN", subject=subject)
    if account.is_demo and not may_use_demo(request):
        await tell_refusal(account, "DEMO_ACCOUNT", way=SignInWay.OIDC)
        return refused_identity("DEMO_ACCOUNT")
    return await open_session(request, account.id, SignInWay.OIDC)


def refused_identity(code: str, **values: str) -> dict[str, Any]:
    """The payload; `why` is the sentence in both languages, for a page whose reader nobody knows yet."""
    why = Sentence(*(text.format(**values) for text in WHY[code]))
    return {**nobody(refused(code, why.zh, why.en)), "why": why}
