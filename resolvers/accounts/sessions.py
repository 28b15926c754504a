"""Sessions (会话): where an account is signed in, and ending that at once, in every process and on open sockets."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakSet

from models import Session
from resolvers.access import who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many
from resolvers.refusals import refused
from runtime.bus import Bus
from runtime.clock import now
from runtime.database import connection, unit_of_work
from runtime.sender import sender

CHANNEL = "sessions"
UNAUTHENTICATED = 4403  # the close code of graphql-transport-ws for who is not allowed any more

sessions = Many(
    "session",
    "{row}.account_id = {viewer:account} AND {row}.ended_at IS NULL AND {row}.ends_at > now()",
    order={"began_at": "timestamptz", "id": "uuid"},
    descending=True,
)
is_this_one = Expression("{row}.id = {viewer:session}")


class Socket(Protocol):
    async def close(self, code: int) -> None: ...


class EndedSessions:
    """The sessions that were ended before their time, as this process knows them, and the sockets still open."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._ended: dict[UUID, datetime] = {}  # until when a token could still name it
        self._sockets: defaultdict[UUID, WeakSet[Any]] = defaultdict(WeakSet)

    def holds(self, session_id: UUID | None) -> bool:
        return session_id in self._ended

    def is_open_on(self, session_id: UUID | None, socket: Any) -> None:
        if session_id is not None:
            self._sockets[session_id].add(socket)

    async def read_at_start(self) -> None:
        rows = await Session.filter(ended_at__isnull=False, ends_at__gt=now()).values("id", "ends_at")
        self._ended = {row["id"]: row["ends_at"] for row in rows}

    async def end(self, ended: Iterable[Session]) -> None:
        """After the commit: here at once, in the other processes as soon as the bus has brought it."""
        told = {str(one.id): one.ends_at.isoformat() for one in ended}
        await self._take(told)
        await self._bus.publish(CHANNEL, {"ended": told})

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """While the context is open, what other processes end is ended here."""
        async with self._bus.subscribe(CHANNEL) as events:

            async def follow() -> None:
                async for event in events:
                    await self._take(event["ended"])

            task = asyncio.create_task(follow())
            try:
                yield
            finally:
                task.cancel()

    async def _take(self, told: dict[str, str]) -> None:
        moment = now()
        self._ended = {id: until for id, until in self._ended.items() if until > moment}
        for id, until in told.items():
            self._ended[UUID(id)] = datetime.fromisoformat(until)
            for socket in self._sockets.pop(UUID(id), ()):
                await socket.close(UNAUTHENTICATED)


async def begin(account_id: UUID, ends_at: datetime) -> Session:
    """Inside the unit of work of a sign-in."""
    here = sender.get()
    return await Session.create(
        account_id=account_id,
        began_at=now(),
        ends_at=ends_at,
        address=here.address,
        program=here.program,
    )


async def sign_out(request: Request, session_id: str | None, *, everywhere: bool) -> Payload:
    """End this session, another one of the account's, or all of them."""
    viewer = who_asks(request)
    if viewer.account_id is None:
        return {
            "ended": 0,
            "refusals": refused("NOT_SIGNED_IN", "您没有登录。", "You are not signed in."),
        }
    async with unit_of_work():
        rows = await connection().execute_query_dict(
            "UPDATE session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL AND ends_at > $2 "
            "AND ($3 OR id::text = $4) RETURNING id, ends_at",
            [viewer.account_id, now(), everywhere, session_id or str(viewer.session_id)],
        )
        ended = [Session(**row) for row in rows]
        if ended:
            await append_audit(
                viewer,
                action="SIGN_OUT",
                subject_type="Account",
                subject_id=viewer.account_id,
                county_id=viewer.grants[0].county_id if viewer.grants else None,
                detail={"sessions": len(ended)},
            )
    await request.app.sessions.end(ended)
    return {"ended": len(ended), "refusals": []}
