"""What an account changes of itself: its password, its one-time code. Other sessions end with that."""

from typing import Any, NamedTuple
from uuid import UUID

from models import Account, Session
from models.choices import SignInStep
from resolvers.access import AccountViewer, who_asks
from resolvers.accounts.accounts import viewer_of
from resolvers.accounts.home_county import home_county
from resolvers.accounts.sessions import end_sessions_of
from resolvers.audit import append_audit
from resolvers.compiler.request import Request
from resolvers.refusals import not_signed_in, refused


class Own(NamedTuple):
    account: Account
    viewer: AccountViewer  # with all his grants, for the audit trail
    session_id: UUID | None
    next_step: str | None

    async def end_other_sessions(self) -> list[Session]:
        """Inside the unit of work. A session that was for this step only ends as well."""
        return await end_sessions_of(self.account.id, None if self.next_step else self.session_id)

    async def audit(self, action: str, detail: dict[str, Any] | None = None) -> None:
        await append_audit(
            self.viewer,
            action=action,
            subject_type="Account",
            subject_id=self.account.id,
            county_id=await home_county(self.viewer, self.account),
            detail=detail or {},
        )


async def own_account(request: Request, step: SignInStep) -> Own | list[dict[str, Any]]:
    """The account that asks, or why it may not: while a session is for one step, it is for no other."""
    viewer = who_asks(request)
    account = await Account.get_or_none(id=viewer.account_id) if viewer.account_id else None
    if account is None:
        return not_signed_in()
    if account.is_demo:
        return refused(
            "DEMO_ACCOUNT",
            "演示账号的密码固定, 也不用动态码; 请用正式账号。",
            "A demo account keeps its password and has no one-time code; use an account of your own.",
        )
    session = await Session.get_or_none(id=viewer.session_id) if viewer.session_id else None
    next_step = session.next_step if session else None
    if next_step == SignInStep.CHANGE_PASSWORD != step:
        return refused(
            "PASSWORD_CHANGE_NEEDED",
            "请先修改初始密码 (changePassword)。",
            "Change your first password before anything else (changePassword).",
        )
    if next_step == SignInStep.ENROL_ONE_TIME_CODE != step:
        return refused(
            "ONE_TIME_CODE_ENROLMENT_NEEDED",
            "请先绑定动态码 (enrolOneTimeCode, confirmOneTimeCode)。",
            "Enrol a one-time code before anything else (enrolOneTimeCode, confirmOneTimeCode).",
        )
    return Own(account, await viewer_of(account), viewer.session_id, next_step)
