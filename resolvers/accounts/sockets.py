"""The WebSockets that are open in this process: each is closed when its session, its token or a grant in it ends."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from runtime.clock import now

UNAUTHENTICATED = 4403  # the close code of graphql-transport-ws for who is not allowed any more
# Seconds; then it is looked again, since the clock may have been set.
SHORTEST_WAIT, LONGEST_WAIT = 0.01, 3600.0


class _Held(NamedTuple):
    session_id: UUID | None
    until: datetime


class OpenSockets:
    """One timer waits for whichever is over first, so that an idle socket ends as well."""

    def __init__(self) -> None:
        self._held: WeakKeyDictionary[Any, _Held] = WeakKeyDictionary()
        self._timer: asyncio.TimerHandle | None = None
        self._next: datetime | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def hold(self, socket: Any, session_id: UUID | None, until: datetime) -> None:
        """`socket` has an awaitable close(code); a second call takes the place of the first."""
        self._held[socket] = _Held(session_id, until)
        if self._next is None or until < self._next:
            self._wait()

    async def close_session(self, session_id: UUID) -> None:
        await self._close([socket for socket, held in self._held.items() if held.session_id == session_id])

    async def close_due(self) -> None:
        """Close what is over by the clock."""
        moment = now()
        await self._close([socket for socket, held in self._held.items() if held.until <= moment])
        self._wait()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _wait(self) -> None:
        self.stop()
        self._next = min((held.until for held in self._held.values()), default=None)
        if self._next is not None:
            seconds = max((self._next - now()).total_seconds(), SHORTEST_WAIT)
            self._timer = asyncio.get_running_loop().call_later(min(seconds, LONGEST_WAIT), self._look)

    def _look(self) -> None:
        task = asyncio.create_task(self.close_due())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, sockets: Iterable[Any]) -> None:
        gone = [socket for socket in sockets if self._held.pop(socket, None)]
        # Together, since one whose reader is slow must not keep the others open; one that is closed already raises.
        await asyncio.gather(*(socket.close(UNAUTHENTICATED) for socket in gone), return_exceptions=True)
