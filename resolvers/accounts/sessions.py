"""Sessions (会话): where an account is signed in, and ending that at once, in every process and on open sockets."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from tortoise.exceptions import BaseORMException

from models import Account, Session
from models.choices import SignInStep, SignInWay
from resolvers.access import who_asks
from resolvers.accounts.home_county import home_county
from resolvers.accounts.sockets import OpenSockets
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many
from resolvers.refusals import not_signed_in
from runtime.bus import Bus
from runtime.clock import now
from runtime.database import connection, unit_of_work
from runtime.sender import sender

CHANNEL = "sessions"
READ_AGAIN_SECONDS = 5.0
log = structlog.get_logger()

sessions = Many(
    "session",
    "{row}.account_id = {viewer:account} AND {row}.ended_at IS NULL AND {row}.ends_at > now() "
    "AND {row}.renew_by > now()",
    order={"began_at": "timestamptz", "id": "uuid"},
    descending=True,
)
is_this_one = Expression("{row}.id = {viewer:session}")
STANDING = "ended_at IS NULL AND ends_at > $2 AND renew_by > $2"


class EndedSessions:
    """The sessions that were ended before their time, as this process knows them, and the sockets still open."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._ended: dict[UUID, datetime] = {}  # until when a token could still name it
        self.sockets = OpenSockets()

    def holds(self, session_id: UUID | None) -> bool:
        return session_id in self._ended

    async def read(self) -> None:
        """What was ended by whom no bus brings word of: the command line, a host that the bus does not reach."""
        rows = await Session.filter(ended_at__isnull=False, ends_at__gt=now()).values("id", "ends_at")
        await self._take(
            {str(row["id"]): row["ends_at"].isoformat() for row in rows if row["id"] not in self._ended}
        )

    async def end(self, ended: Iterable[Session]) -> None:
        """After the commit: here at once, in the other processes as soon as the bus has brought it."""
        told = {str(one.id): one.ends_at.isoformat() for one in ended}
        if told:
            await self._take(told)
            await self._bus.publish(CHANNEL, {"ended": told})

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """While the context is open, what other processes end is ended here."""
        async with self._bus.subscribe(CHANNEL) as events:

            async def follow() -> None:
                async for event in events:
                    await self._take(event["ended"])

            tasks = [asyncio.create_task(follow()), asyncio.create_task(self._read_again())]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                self.sockets.stop()

    async def _read_again(self) -> None:
        while True:
            await asyncio.sleep(READ_AGAIN_SECONDS)
            try:
                await self.read()
            except (OSError, BaseORMException) as error:
                log.warning("ended sessions not read", reason=type(error).__name__)

    async def _take(self, told: dict[str, str]) -> None:
        moment = now()
        self._ended = {id: until for id, until in self._ended.items() if until > moment}
        self._ended |= {UUID(id): datetime.fromisoformat(until) for id, until in told.items()}
        for id in told:
            await self.sockets.close_session(UUID(id))


async def begin(settings: Any, account_id: UUID, way: SignInWay, next_step: SignInStep | None) -> Session:
    """Inside the unit of work of a sign-in."""
    here, moment = sender.get(), now()
    ends_at = moment + timedelta(hours=settings.session_hours)
    return await Session.create(
        account_id=account_id,
        began_at=moment,
        ends_at=ends_at,
        renew_by=renew_by(settings, ends_at),
        way=way,
        next_step=next_step,
        address=here.address,
        program=here.program,
    )


def renew_by(settings: Any, ends_at: datetime) -> datetime:
    """Until when a session that is renewed now has to be renewed again."""
    return min(now() + timedelta(minutes=settings.session_idle_minutes), ends_at)


async def locked(account_id: UUID) -> Account | None:
    """The account, nobody else changing its sessions until the unit of work is over: who signs in just while a role
    is taken away either reads his roles after that, or has his session ended with the others."""
    return await Account.select_for_update(no_key=True).get_or_none(id=account_id)


async def end_sessions_of(account_id: UUID, but: UUID | None = None) -> list[Session]:
    """End all sessions of an account, or all but one. Inside a unit of work; what comes back goes to
    `request.app.sessions.end(...)` after the commit, and nobody uses their tokens any more."""
    await locked(account_id)
    rows = await connection().execute_query_dict(
        f"UPDATE session SET ended_at = $2 WHERE account_id = $1 AND {STANDING} AND id IS DISTINCT FROM $3 "
        "RETURNING id, ends_at",
        [account_id, now(), but],
    )
    return [Session(**row) for row in rows]


async def sign_out(request: Request, session_id: str | None, *, everywhere: bool) -> Payload:
    """End this session, another one of the account's, or all of them."""
    viewer = who_asks(request)
    if viewer.account_id is None:
        return {"ended": 0, "refusals": not_signed_in()}
    async with unit_of_work():
        rows = await connection().execute_query_dict(
            f"UPDATE session SET ended_at = $2 WHERE account_id = $1 AND {STANDING} "
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
                county_id=await home_county(viewer),
                detail={"sessions": len(ended)},
            )
    await request.app.sessions.end(ended)
    return {"ended": len(ended), "refusals": []}
