"""Passwords (密码): changing one's own, and which are too easily guessed."""

from typing import Any

from models import Account
from models.choices import SignInStep
from resolvers.accounts.common_passwords import COMMON, ROWS
from resolvers.accounts.own_account import Own, own_account
from resolvers.accounts.sign_in_guard import (
    locked_until,
    one_at_a_time,
    too_many_tries,
    went_well,
    went_wrong,
)
from resolvers.compiler.request import Payload, Request
from resolvers.refusals import Refusals, refused
from runtime.database import unit_of_work
from runtime.passwords import hash_password, verify_password

SHORTEST = 10
FEWEST_CHARACTERS = 5  # different ones
TELLING_NAME = 4  # a shorter user name may well be part of a word


async def change_password(request: Request, current: str, new: str) -> Payload:
    """Another password for the account that asks; its other sessions end."""
    own = await own_account(request, SignInStep.CHANGE_PASSWORD)
    refusals = own if isinstance(own, list) else weaknesses(own.account.username, new, current)
    if isinstance(own, list) or refusals:
        return _unchanged(refusals)
    account = own.account
    async with one_at_a_time(account.username):
        until = await locked_until(account.username)
        if until is not None:
            return _unchanged(too_many_tries(until))
        if not await verify_password(account.password_hash, current):
            return _unchanged(await _wrong(own))
        await went_well(account.username)
    encoded = await hash_password(new)
    async with unit_of_work():
        changed = await Account.filter(id=account.id, password_hash=account.password_hash).update(
            password_hash=encoded, must_change_password=False
        )
        if not changed:  # meanwhile, so that `current` is no longer the current one
            await own.audit("CHANGE_PASSWORD_REFUSED", {"why": "WRONG_PASSWORD"})
            return _unchanged(_wrong_password())
        ended = await own.end_other_sessions()
        await own.audit("CHANGE_PASSWORD", {"sessions": len(ended)})
    await request.app.sessions.end(ended)
    return {"changed": True, "sign_in_again": own.next_step is not None, "refusals": []}


def weaknesses(username: str, new: str, current: str | None = None) -> list[dict[str, Any]]:
    """Why `new` may not be the password of that user; nothing when it may."""
    refusals = Refusals()
    if len(new) < SHORTEST:
        refusals.add(
            "PASSWORD_TOO_SHORT",
            f"密码至少 {SHORTEST} 个字符, 现有 {len(new)} 个。",
            f"A password has at least {SHORTEST} characters; this one has {len(new)}.",
        )
    if new == current:
        refusals.add(
            "PASSWORD_UNCHANGED",
            "新密码与原密码相同, 请换一个。",
            "The new password is the current one; take another one.",
        )
    name, plain = username.casefold(), new.casefold()
    if name == plain or (len(name) >= TELLING_NAME and name in plain):
        refusals.add(
            "PASSWORD_HAS_USER_NAME",
            "密码不得含有账号名, 请换一个。",
            "A password may not contain the user name; take another one.",
        )
    if len(new) >= SHORTEST and is_common(new):
        refusals.add(
            "PASSWORD_TOO_COMMON",
            "这个密码太常见, 容易被猜到, 请换一个。",
            "This password is among the first that are guessed; take another one.",
        )
    return refusals.rows


def is_common(password: str) -> bool:
    """Whether it is on the list, with digits or signs behind it or not, or is a row of keys or a few repeated."""
    plain = password.casefold().translate(str.maketrans("@$", "as"))
    letters = "".join(letter for letter in plain if letter.isalnum())
    word = letters.rstrip("0123456789")
    if letters in COMMON or (word in COMMON and len(letters) - len(word) <= 4):
        return True
    return len(set(plain)) < FEWEST_CHARACTERS or any(letters in row for row in ROWS)


async def _wrong(own: Own) -> list[dict[str, Any]]:
    async with unit_of_work():
        await went_wrong(own.account.username)
        await own.audit("CHANGE_PASSWORD_REFUSED", {"why": "WRONG_PASSWORD"})
    return _wrong_password()


def _wrong_password() -> list[dict[str, Any]]:
    return refused("WRONG_PASSWORD", "原密码不对。", "The current password is wrong.")


def _unchanged(refusals: list[dict[str, Any]]) -> Payload:
    return {"changed": False, "sign_in_again": False, "refusals": refusals}
