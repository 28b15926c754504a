"""Password hashes (argon2id, RFC 9106): 150 ms and 64 MiB each, so two at a time, never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# A flood of logins queues here instead of filling the memory.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """The encoded hash, with its own salt and parameters."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def verify_password(encoded: str | None, password: str) -> bool:
    """Whether the password belongs to that hash. None, for an account that does not exist, takes as long as a
    wrong password and is False, so that the time tells nobody which accounts there are."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, encoded, password)


def _verify(encoded: str | None, password: str) -> bool:
    try:
        return _hasher.verify(encoded or _nobodys_hash(), password) and encoded is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("")
