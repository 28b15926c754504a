"""One-time codes (动态码): TOTP (RFC 6238), six digits of 30 seconds each, and ten recovery codes for a lost phone.

Practice under GB/T 22239-2019 8.1.4.1 (two kinds of identification for who manages) and RFC 6238 section 5.2 (one
step either way, each code once).
"""

import hashlib
import hmac
import re
import secrets
from typing import Any
from uuid import UUID

import orjson
import pyotp
import segno

from models import Account
from models.choices import SignInStep
from resolvers.accounts.own_account import own_account
from resolvers.accounts.sign_in_guard import (
    locked_until,
    one_at_a_time,
    too_many_tries,
    went_well,
    went_wrong,
)
from resolvers.compiler.request import Payload, Request
from resolvers.refusals import refused
from runtime.clock import now
from runtime.database import connection, unit_of_work

LABEL = "account.one_time_secret"
ISSUER = "dangjian-cloud"  # what the authenticator shows
STEP_SECONDS = 30
DRIFT = (-1, 0, 1)  # steps that a phone's clock may be off
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 16  # 79 bits, so that its hash cannot be searched

TAKE_STEP = (
    "UPDATE account SET one_time_step = $2 WHERE id = $1 AND one_time_secret = $3 "
    "AND COALESCE(one_time_step < $2, TRUE) RETURNING id"
)
TAKE_RECOVERY_CODE = (
    "UPDATE account SET recovery_codes = recovery_codes - $2::text WHERE id = $1 "
    "AND one_time_confirmed_at IS NOT NULL AND recovery_codes @> to_jsonb($2::text) RETURNING id"
)
ENROL = (
    "UPDATE account SET one_time_secret = $2, one_time_step = NULL "
    "WHERE id = $1 AND one_time_confirmed_at IS NULL RETURNING id"
)
CONFIRM = (
    "UPDATE account SET one_time_confirmed_at = $3, recovery_codes = $4::jsonb "
    "WHERE id = $1 AND one_time_secret = $2 AND one_time_confirmed_at IS NULL RETURNING id"
)


async def enrol_one_time_code(request: Request) -> Payload:
    """A new secret for the authenticator; it counts from the first right code on."""
    nothing = {"secret": None, "uri": None, "qr_code": None}
    own = await own_account(request, SignInStep.ENROL_ONE_TIME_CODE)
    if isinstance(own, list):
        return {**nothing, "refusals": own}
    id, secret = own.account.id, pyotp.random_base32()
    sealed = request.app.database.keys.encrypt(secret, label=LABEL, owner=id)
    async with unit_of_work():
        if not await connection().execute_query_dict(ENROL, [id, sealed]):
            return {
                **nothing,
                "refusals": refused(
                    "ONE_TIME_CODE_STANDS",
                    "已绑定动态码; 更换手机请先用 removeOneTimeCode 解除。",
                    "There is a one-time code already; for another phone remove it first (removeOneTimeCode).",
                ),
            }
        await own.audit("ENROL_ONE_TIME_CODE")
    uri = pyotp.TOTP(secret).provisioning_uri(name=own.account.username, issuer_name=ISSUER)
    drawn = segno.make(uri, micro=False).svg_inline(scale=5, title=ISSUER)
    return {"secret": secret, "uri": uri, "qr_code": drawn, "refusals": []}


async def confirm_one_time_code(request: Request, code: str) -> Payload:
    """The first right code: from now on signing in needs one."""
    nothing: dict[str, Any] = {"recovery_codes": [], "sign_in_again": False}
    own = await own_account(request, SignInStep.ENROL_ONE_TIME_CODE)
    if isinstance(own, list):
        return {**nothing, "refusals": own}
    account = own.account
    if account.one_time_secret is None or account.one_time_confirmed_at is not None:
        return {
            **nothing,
            "refusals": refused(
                "NOTHING_TO_CONFIRM",
                "没有待确认的动态码; 请先用 enrolOneTimeCode 绑定。",
                "There is no new one-time code to confirm; begin with enrolOneTimeCode.",
            ),
        }
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    hashes = orjson.dumps([_hashed(one) for one in codes]).decode()
    async with unit_of_work():
        is_right = await _take_digits(request, account, code)
        given = [account.id, account.one_time_secret, now(), hashes]
        if not is_right or not await connection().execute_query_dict(CONFIRM, given):
            return {**nothing, "refusals": wrong_code()}
        ended = await own.end_other_sessions()
        await own.audit("CONFIRM_ONE_TIME_CODE")
    await request.app.sessions.end(ended)
    return {"recovery_codes": codes, "sign_in_again": own.next_step is not None, "refusals": []}


async def remove_one_time_code(request: Request, code: str) -> Payload:
    """With a code of it, or a recovery code. Who has lost both asks the security administrator."""
    own = await own_account(request, SignInStep.ENROL_ONE_TIME_CODE)
    if isinstance(own, list):
        return {"removed": False, "refusals": own}
    account = own.account
    if account.one_time_confirmed_at is None:
        return {
            "removed": False,
            "refusals": refused("NO_ONE_TIME_CODE", "没有绑定动态码。", "There is no one-time code."),
        }
    async with one_at_a_time(account.username):
        until = await locked_until(account.username)
        if until is not None:
            return {"removed": False, "refusals": too_many_tries(until)}
        if not await take(request, account, code):
            async with unit_of_work():
                await went_wrong(account.username)
                await own.audit("REMOVE_ONE_TIME_CODE_REFUSED", {"why": "WRONG_ONE_TIME_CODE"})
            return {"removed": False, "refusals": wrong_code()}
        await went_well(account.username)
    async with unit_of_work():
        await clear(account.id)
        ended = await own.end_other_sessions()
        await own.audit("REMOVE_ONE_TIME_CODE")
    await request.app.sessions.end(ended)
    return {"removed": True, "refusals": []}


async def clear(account_id: UUID) -> None:
    """Inside a unit of work: the account has no one-time code any more."""
    await Account.filter(id=account_id).update(
        one_time_secret=None, one_time_confirmed_at=None, one_time_step=None, recovery_codes=[]
    )


async def take(request: Request, account: Account, given: str) -> bool:
    """Whether it is a code of the account that was not used yet; it is used with that, in whichever process."""
    if await _take_digits(request, account, given):
        return True
    found = await connection().execute_query_dict(TAKE_RECOVERY_CODE, [account.id, _hashed(given)])
    return bool(found)


def wrong_code() -> list[dict[str, Any]]:
    return refused(
        "WRONG_ONE_TIME_CODE",
        "动态码不对或已用过, 请等下一个。",
        "The one-time code is wrong or was used already; wait for the next one.",
    )


async def _take_digits(request: Request, account: Account, given: str) -> bool:
    digits = re.sub(r"\s", "", given)
    if account.one_time_secret is None or not re.fullmatch(r"[0-9]{6}", digits):
        return False
    secret = request.app.database.keys.decrypt(account.one_time_secret, label=LABEL, owner=account.id)
    step = _step(secret, digits)
    if step is None:
        return False
    taken = await connection().execute_query_dict(TAKE_STEP, [account.id, step, account.one_time_secret])
    return bool(taken)


def _step(secret: str, digits: str) -> int | None:
    """The step of time whose code it is."""
    codes, current = pyotp.TOTP(secret), int(now().timestamp()) // STEP_SECONDS
    steps = (current + drift for drift in DRIFT)
    return next((step for step in steps if hmac.compare_digest(codes.generate_otp(step), digits)), None)


def _recovery_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))


def _hashed(code: str) -> str:
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).hexdigest()
