"""The PostgreSQL that the process stands on: a server of the operator's, or the embedded one in `var`."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
import structlog

from runtime.postgres_files import OLDEST, PORT, USER, DatabaseUnavailable, PostgresFiles, programs, try_lock
from settings import Settings

__all__ = ["DatabaseUnavailable", "EmbeddedPostgres", "connection_parameters", "database", "programs"]

DATABASE = "dangjian"
WAIT_SECONDS = 300  # for another process that is starting or stopping the server
CONNECT_SECONDS = 10
WATCH_SECONDS = 0.5
STOP_SECONDS = 20

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[dict[str, Any]]:
    """The database of this process, running and reachable for as long as the context is open.

    Yields keyword arguments for asyncpg.connect (host, port, user, database and what the URL adds); Tortoise
    takes the same as `credentials`. Raises DatabaseUnavailable."""
    if settings.database_url is None:
        async with EmbeddedPostgres(settings.var).running() as parameters:
            yield parameters
    else:
        parameters = connection_parameters(settings.database_url)
        await _check_version(parameters)
        yield parameters


class EmbeddedPostgres:
    """The server in `<var>/postgres`, shared by every process that names the same `var`.

    `durable=False` is for tests: faster, and a power cut may lose everything."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self._files = PostgresFiles(var.absolute() / "postgres")
        self._durable = durable

    @asynccontextmanager
    async def running(self) -> AsyncIterator[dict[str, Any]]:
        """Starts the server unless it runs, brings it back should it die, lets it go at the end.

        Yields keyword arguments for asyncpg.connect, to the database `dangjian`.
        Raises DatabaseUnavailable."""
        self._files.create()
        users = self._files.open_lock("users")
        try:
            # Refused only while a keeper is stopping the server; then a new one is started below.
            await _locked(users, fcntl.LOCK_SH)
            await self._start()
            parameters = await self._parameters()
            watch = asyncio.create_task(self._watch())
            try:
                yield parameters
            finally:
                watch.cancel()
                with suppress(asyncio.CancelledError):
                    await watch
        finally:
            os.close(users)
            await self._until_let_go()

    async def _until_let_go(self) -> None:
        """The last user waits for the server's end: in a container it may be the process whose end kills all."""
        users = self._files.open_lock("users")
        try:
            async with asyncio.timeout(STOP_SECONDS):
                while not self._files.is_abandoned():
                    if try_lock(users, fcntl.LOCK_EX):  # the keeper did not see yet that nobody is left
                        fcntl.flock(users, fcntl.LOCK_UN)
                    elif try_lock(users, fcntl.LOCK_SH):  # others use the server
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError:
            _log.warning("the embedded PostgreSQL is still stopping")
        finally:
            os.close(users)

    async def _start(self) -> None:
        if await asyncio.to_thread(self._files.answers):
            return
        start = self._files.open_lock("start")
        try:
            await _locked(start, fcntl.LOCK_EX)
            if not await asyncio.to_thread(self._files.answers):
                await asyncio.to_thread(self._run_keeper)
        finally:
            os.close(start)

    def _run_keeper(self) -> None:
        command = [sys.executable, "-m", "runtime.postgres_keeper", str(self._files.home)]
        command += [] if self._durable else ["--not-durable"]
        keeper = subprocess.run(
            command, cwd=Path(__file__).parents[1], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if keeper.returncode != 0:
            raise DatabaseUnavailable(keeper.stderr.strip())

    async def _watch(self) -> None:
        """Somebody may kill the server under us (the kernel when memory is short): start it again."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                if self._files.is_abandoned():
                    _log.warning("the embedded PostgreSQL has ended; starting it again")
                    await self._start()
            except (DatabaseUnavailable, OSError) as error:
                _log.error("the embedded PostgreSQL does not come back", reason=str(error))

    async def _parameters(self) -> dict[str, Any]:
        directory = self._files.socket_directory()
        parameters = {"host": str(directory), "port": PORT, "user": USER, "database": DATABASE}
        try:
            connection = await asyncpg.connect(**parameters)
        except asyncpg.InvalidCatalogNameError:
            connection = await asyncpg.connect(**(parameters | {"database": "postgres"}))
            # Two users of a new server may both come here; the second finds the work done.
            with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        await connection.close()
        return parameters


def connection_parameters(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/database?sslmode=…` as keyword arguments for asyncpg.connect.

    A `host` in the query names a socket directory; other query parameters become settings of the session."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    parameters: dict[str, Any] = {
        "host": query.pop("host", None) or parts.hostname or "localhost",
        "port": int(query.pop("port", 0)) or parts.port or PORT,
        "user": query.pop("user", None) or unquote(parts.username or "") or USER,
        "database": query.pop("dbname", None) or unquote(parts.path.strip("/")) or DATABASE,
    }
    password = query.pop("password", None) or unquote(parts.password or "")
    if password:
        parameters["password"] = password
    if "sslmode" in query:
        parameters["ssl"] = query.pop("sslmode")
    if query:
        parameters["server_settings"] = query
    return parameters


async def _check_version(parameters: dict[str, Any]) -> None:
    place = f"{parameters['host']}:{parameters['port']}/{parameters['database']}"
    try:
        connection = await asyncpg.connect(**parameters, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error) or type(error).__name__
        raise DatabaseUnavailable(f"DANGJIAN_DATABASE_URL: {place} cannot be reached: {reason}") from error
    version = connection.get_server_version()
    await connection.close()
    if version.major < OLDEST:
        raise DatabaseUnavailable(
            f"DANGJIAN_DATABASE_URL: {place} is PostgreSQL {version.major}; {OLDEST} or newer is needed"
        )


async def _locked(lock: int, kind: int) -> None:
    """Waits without blocking the event loop, and can be cancelled."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not try_lock(lock, kind):
                await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise DatabaseUnavailable("another process takes too long to start or stop the server") from error
