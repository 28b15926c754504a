"""Lock-out (登录锁定): after five tries without success a name waits five minutes, and twice as long each further time.

Five tries and 300 seconds are practice under GB/T 22239-2019 8.1.4.1 (登录失败处理), which names no number.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from weakref import WeakValueDictionary

from models import SignInGuard
from resolvers.refusals import refused
from runtime.clock import now

TRIES = 5
FIRST_WAIT = timedelta(seconds=300)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)


# Tries under one name wait for each other, so that a thousand at once are not a thousand guesses.
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@asynccontextmanager
async def one_at_a_time(name: str) -> AsyncIterator[None]:
    async with _turns.setdefault(_key(name), asyncio.Lock()):
        yield


async def locked_until(name: str) -> datetime | None:
    """Until when nobody may try under this name; None when the password may be looked at."""
    guard = await SignInGuard.get_or_none(name_hash=_key(name))
    return guard.locked_until if guard and guard.locked_until and guard.locked_until > now() else None


async def went_wrong(name: str) -> None:
    """Count a wrong try. Inside a unit of work; other processes wait for the row."""
    await SignInGuard.bulk_create(
        [SignInGuard(name_hash=_key(name), tries=0, last_tried_at=now())], ignore_conflicts=True
    )
    guard = await SignInGuard.select_for_update().get(name_hash=_key(name))
    guard.tries = 1 if now() - guard.last_tried_at > FORGOTTEN_AFTER else guard.tries + 1
    guard.last_tried_at, guard.locked_until = now(), None
    if guard.tries >= TRIES:
        guard.locked_until = now() + min(FIRST_WAIT * 2 ** (guard.tries - TRIES), LONGEST_WAIT)
    await guard.save(update_fields=["tries", "last_tried_at", "locked_until"])


async def went_well(name: str) -> None:
    await SignInGuard.filter(name_hash=_key(name)).delete()


def too_many_tries(until: datetime) -> list[dict[str, Any]]:
    minutes = ceil((until - now()).total_seconds() / 60)
    return refused(
        "TOO_MANY_TRIES",
        f"登录失败次数过多, 请在 {minutes} 分钟后再试。",
        f"Too many tries without success; try again in {minutes} minutes.",
    )


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
