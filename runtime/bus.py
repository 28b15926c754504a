"""Events between the parts of the process, or, over Redis, between processes.

An event says that something has changed, nothing more: it may be lost (a slow subscriber, a restart of
Redis), so nothing that matters may depend on its arrival.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Protocol

import orjson
import structlog
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

QUEUE_LENGTH = 100  # events a subscriber may be behind; then the oldest go
REDIS_SECONDS = 2.0  # for one command, and for a subscriber to wait for the connection
RETRY_SECONDS = 0.2
PREFIX = "dangjian:"

Event = dict[str, Any]
_log = structlog.get_logger(__name__)


class Bus(Protocol):
    async def publish(self, channel: str, payload: Event) -> None:
        """Sends to everybody subscribed now. A broken connection is logged and never fails the caller, whose
        write is committed already. Raises TypeError for a payload that is not JSON."""

    def subscribe(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[Event]]:
        """Every event published from the moment the context is entered until it is left; at the beginning
        perhaps one that was already under way."""

    @property
    def is_connected(self) -> bool:
        """Whether an event published now reaches the other processes."""


class LocalBus:
    """Inside one process."""

    is_connected = True

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)

    async def publish(self, channel: str, payload: Event) -> None:
        self.deliver(channel, orjson.dumps(payload))

    def deliver(self, channel: str, body: bytes) -> None:
        """Hands the event, as JSON, to the subscribers of this process. Each gets a copy of its own."""
        for queue in self._queues.get(channel, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(orjson.loads(body))

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[Event]]:
        queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_LENGTH)
        self._queues[channel].add(queue)
        try:
            yield _events(queue)
        finally:
            self._queues[channel].discard(queue)
            if not self._queues[channel]:
                del self._queues[channel]


class RedisBus:
    """Between processes: one connection listens to every channel of ours and feeds the local subscribers.

    Use it inside `open_bus`, which runs `listen`."""

    def __init__(self, url: str) -> None:
        self._local = LocalBus()
        self._connected = asyncio.Event()
        # One retry, at once: a pooled connection may be from before a restart of the server.
        self._redis = aioredis.Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 1),
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            health_check_interval=10,
        )

    @property
    def is_connected(self) -> bool:
        return self._connected.is_set()

    async def publish(self, channel: str, payload: Event) -> None:
        body = orjson.dumps(payload)
        try:
            await self._redis.publish(PREFIX + channel, body)
        except (RedisError, OSError) as error:
            _log.warning("an event could not be published", channel=channel, reason=str(error))

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[Event]]:
        async with self._local.subscribe(channel) as events:
            with suppress(TimeoutError):  # without Redis the subscriber waits for its return
                async with asyncio.timeout(REDIS_SECONDS):
                    await self._connected.wait()
            yield events

    async def listen(self) -> None:
        """Runs until cancelled; subscribes again whenever the server was lost."""
        while True:
            try:
                await self._listen_once()
            except (RedisError, OSError) as error:
                if self._connected.is_set():
                    _log.warning("the connection to Redis is lost", reason=str(error))
                self._connected.clear()
                await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        await self._redis.aclose()

    async def _listen_once(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.psubscribe(f"{PREFIX}*")
            while True:
                # None after 5 s without a message; each call looks whether the connection is alive.
                message = await subscription.get_message(timeout=5)
                if message is None:
                    continue
                if message["type"] == "psubscribe":
                    self._connected.set()
                elif message["type"] == "pmessage":
                    self._receive(message["channel"].decode().removeprefix(PREFIX), message["data"])

    def _receive(self, channel: str, body: bytes) -> None:
        try:
            self._local.deliver(channel, body)
        except orjson.JSONDecodeError:  # Redis may be shared; a stranger's message must not end the listening
            _log.warning("an event that is not JSON was ignored", channel=channel)


@asynccontextmanager
async def open_bus(redis_url: str | None) -> AsyncIterator[Bus]:
    """The bus of this process, for as long as the context is open. None: inside the process only.

    A Redis that cannot be reached does not stop the start; the bus connects as soon as it is there."""
    if redis_url is None:
        yield LocalBus()
        return
    bus = RedisBus(redis_url)
    listening = asyncio.create_task(bus.listen())
    try:
        yield bus
    finally:
        # redis-py swallows a cancellation that comes while it connects: one may not be enough.
        while not listening.done():
            listening.cancel()
            await asyncio.wait([listening], timeout=0.1)
        await bus.close()


async def _events(queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
    while True:
        yield await queue.get()
