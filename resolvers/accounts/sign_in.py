"""Signing in (登录) by user name and password, with a one-time code where the account has one."""

from models import Account
from models.choices import SignInWay
from resolvers.accounts.accounts import viewer_of
from resolvers.accounts.home_county import home_county
from resolvers.accounts.one_time_codes import take, wrong_code
from resolvers.accounts.sign_in_guard import (
    locked_until,
    one_at_a_time,
    too_many_tries,
    went_well,
    went_wrong,
)
from resolvers.accounts.tokens import nobody, open_session
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.refusals import refused
from runtime.database import unit_of_work
from runtime.language import Sentence
from runtime.passwords import verify_password
from runtime.sender import sender

LONGEST_NAME = 60
DEMO_ACCOUNT = Sentence(
    "演示账号只能在本机使用。", "Demo accounts work only on a server that listens on this machine alone."
)


async def sign_in(request: Request, username: str, password: str, one_time_code: str | None) -> Payload:
    """A token for a user name and password. A wrong name, a wrong password and a disabled account answer alike, in
    the same time; that a code is missing or wrong is told only to who has the password."""
    name = username.strip()
    async with one_at_a_time(name):
        account = await Account.get_or_none(username=name) if len(name) <= LONGEST_NAME else None
        until = await locked_until(name)
        if until is not None:
            await tell_refusal(account, "LOCKED")
            return nobody(too_many_tries(until))
        is_right = await verify_password(account.password_hash if account else None, password)
        if account is None or not is_right or account.disabled_at is not None:
            await tell_refusal(account, "DISABLED" if is_right else "WRONG_PASSWORD", name)
            return nobody(
                refused(
                    "WRONG_PASSWORD",
                    "账号或密码不对, 请重新输入; 忘记密码的, 请本县安全管理员重置。",
                    "The user name or the password is wrong; try again, or have the county's security administrator "
                    "reset the password.",
                )
            )
        if account.one_time_confirmed_at is not None and not one_time_code:
            await tell_refusal(account, "ONE_TIME_CODE_NEEDED")
            return nobody(
                refused(
                    "ONE_TIME_CODE_NEEDED",
                    "请输入动态码 (手机验证器上的六位数字, 或一个恢复码)。",
                    "Give the one-time code as well: the six digits of your authenticator, or a recovery code.",
                )
            )
        if account.one_time_confirmed_at is not None and not await take(
            request, account, one_time_code or ""
        ):
            await tell_refusal(account, "WRONG_ONE_TIME_CODE", name)
            return nobody(wrong_code())
        await went_well(name)
    if account.is_demo and not may_use_demo(request):
        await tell_refusal(account, "DEMO_ACCOUNT")
        return nobody(refused("DEMO_ACCOUNT", *DEMO_ACCOUNT))
    return await open_session(request, account.id, SignInWay.PASSWORD)


async def tell_refusal(
    account: Account | None, why: str, guessed: str | None = None, way: SignInWay = SignInWay.PASSWORD
) -> None:
    """Who was refused is told by account; a name of nobody is not kept, since it may be a mistyped password."""
    refused_one = await viewer_of(account)
    async with unit_of_work():
        if guessed is not None:
            await went_wrong(guessed)
        await append_audit(
            refused_one,
            action="SIGN_IN_REFUSED",
            subject_type="Account",
            subject_id=account.id if account else "",
            county_id=await home_county(refused_one, account),
            detail={"why": why, "how": way.value},
        )


def may_use_demo(request: Request) -> bool:
    """Demo accounts, whose password everybody knows, are for who sits at this machine."""
    return bool(request.app.settings.is_loopback) and sender.get().is_on_this_machine
