"""How much each may ask for a minute: a bucket of points for everybody, in this process and, over Redis, in all.

No request waits for Redis. What was used here is told there about once a second, and what the others used is taken
off here. Redis may be gone: then each process counts for itself.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from redis import asyncio as aioredis
from redis.exceptions import RedisError

BUCKETS_KEPT = 50_000  # the one that was used longest ago goes first; it has filled up most
SYNC_SECONDS = 1.0
REDIS_SECONDS = 2.0
PREFIX = "dangjian:budget:"
MINUTE = 60

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Bucket:
    """`level` points at the moment `at`; `unsent` were used here and not told to Redis yet, where `told` and
    `minute` are the sum and the minute of the last answer."""

    level: float
    at: float
    unsent: float = 0
    told: float = 0
    minute: int = 0


class Budget:
    """`per_minute` points a minute for each, as many at once after a minute's rest; 0 is no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_limited = per_minute > 0
        self._most = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._used: set[str] = set()

    def wait(self, who: str, points: float) -> float:
        """Takes the points and answers 0, or takes none and answers the seconds until they are there."""
        if not self.is_limited:
            return 0
        bucket = self._bucket(who)
        lacking = min(points, self._most) - bucket.level
        if lacking > 0:
            return lacking * MINUTE / self._most
        self._take(who, bucket, points)
        return 0

    def charge(self, who: str, points: float) -> None:
        """For what was let in already: the points are taken even when they are not there, and missed later."""
        if self.is_limited:
            self._take(who, self._bucket(who), points)

    def _bucket(self, who: str) -> Bucket:
        now = self._clock()
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = Bucket(self._most, now)
            if len(self._buckets) > BUCKETS_KEPT:
                gone, _ = self._buckets.popitem(last=False)
                self._used.discard(gone)
            return bucket
        self._buckets.move_to_end(who)
        bucket.level = min(self._most, bucket.level + (now - bucket.at) * self._most / MINUTE)
        bucket.at = now
        return bucket

    def _take(self, who: str, bucket: Bucket, points: float) -> None:
        bucket.level -= points
        bucket.unsent += points
        self._used.add(who)

    async def share(self, redis: "aioredis.Redis") -> None:
        """Once: tell what was used here since the last time, and take off what the others used meanwhile.

        Raises RedisError or OSError; what could not be told is told the next time."""
        minute = int(time.time() // MINUTE)
        used = [(who, self._buckets[who], self._buckets[who].unsent) for who in self._used]
        self._used.clear()
        if not used:
            return
        try:
            async with redis.pipeline(transaction=False) as pipeline:
                for who, _, points in used:
                    pipeline.incrbyfloat(_key(who, minute), points)
                    pipeline.expire(_key(who, minute), 2 * MINUTE)
                sums = (await pipeline.execute())[::2]
        except (RedisError, OSError):
            self._used.update(who for who, _, _ in used if who in self._buckets)
            raise
        for (_, bucket, points), total in zip(used, sums, strict=True):
            known = bucket.told if bucket.minute == minute else 0
            bucket.level -= max(float(total) - known - points, 0)
            bucket.unsent -= points
            bucket.told, bucket.minute = float(total), minute


@asynccontextmanager
async def open_budget(per_minute: int, redis_url: str | None) -> AsyncIterator[Budget]:
    """The budget of this process, shared for as long as the context is open."""
    budget = Budget(per_minute)
    if not per_minute or redis_url is None:
        yield budget
        return
    redis = aioredis.Redis.from_url(
        redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    sharing = asyncio.create_task(_share_always(budget, redis))
    try:
        yield budget
    finally:
        # redis-py swallows a cancellation that comes while it connects: one may not be enough.
        while not sharing.done():
            sharing.cancel()
            await asyncio.wait([sharing], timeout=0.1)
        await redis.aclose()


async def _share_always(budget: Budget, redis: "aioredis.Redis") -> None:
    is_reached = True
    while True:
        await asyncio.sleep(SYNC_SECONDS)
        try:
            await budget.share(redis)
            is_reached = True
        except (RedisError, OSError) as error:
            if is_reached:
                _log.warning("budgets are counted by process for now", reason=str(error))
            is_reached = False


def _key(who: str, minute: int) -> str:
    """Without the address or account itself: Redis need not know who asks."""
    return f"{PREFIX}{hashlib.blake2s(who.encode(), digest_size=12).hexdigest()}:{minute}"
