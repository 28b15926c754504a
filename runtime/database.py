"""The database as the process uses it: Tortoise for writes, a small pool of plain connections for reads."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.exceptions import TransactionManagementError
from tortoise.transactions import in_transaction

from runtime.encryption import Keyring, migrating_keys
from runtime.key_check import check_keys
from runtime.sealed_text import opened

Connection: TypeAlias = asyncpg.Connection
Credentials = Mapping[str, Any]
"""What asyncpg.connect takes: host (a directory is a Unix socket), port, user, password, database."""

SESSION = {"timezone": "Asia/Shanghai", "jit": "off", "application_name": "dangjian"}
ACQUIRE_SECONDS = 5.0
MIGRATION_LOCK = 140826

_inside: ContextVar[bool] = ContextVar("inside_a_unit_of_work", default=False)


def in_session(credentials: Credentials, **settings: str) -> dict[str, Any]:
    """The credentials with the settings that every session has, those of the database's URL kept."""
    return {
        **credentials,
        "server_settings": {**credentials.get("server_settings", {}), **SESSION, **settings},
    }


def tortoise_config(credentials: Credentials) -> dict[str, Any]:
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {**in_session(credentials), "minsize": 1, "maxsize": 10},
            }
        },
        "apps": {
            "models": {
                "models": ["models"],
                "migrations": "models.migrations",
                "default_connection": "default",
            }
        },
        "use_tz": True,
        "timezone": "Asia/Shanghai",
    }


MODELS_ALONE = tortoise_config({})
"""Without a database: for comparing the models with the migrations, and for drafting one."""


class PlainConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that is never given session state, so that nothing has to be reset on its way back."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


class Database:
    """Reads go through `fetch_json`, one statement each; writes through Tortoise inside `unit_of_work`."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", credentials: Credentials, keys: Keyring) -> None:
        self._pool = pool
        self.credentials = credentials
        self.keys = keys

    async def fetch_json(self, sql: str, values: list[Any]) -> str:
        """The one value of a statement that answers with one row of JSON text."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            answer: str = await connection.fetchval(sql, *values)
            return answer

    def opened(self, text: str, owner: UUID | None) -> str:
        """An answer's text with the encrypted values of its reader in clear."""
        return opened(text, owner, self.keys)

    async def is_ready(self) -> bool:
        try:
            async with asyncio.timeout(2), self._pool.acquire() as connection:
                return bool(await connection.fetchval("SELECT true"))
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[Connection]:
        """A connection of its own in one transaction, for COPY and other work on many rows."""
        async with self.apart() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[Connection]:
        """A connection of its own, without the pool's limits."""
        connection = await asyncpg.connect(**in_session(self.credentials))
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def open_database(
    credentials: Credentials, keys: Keyring, statement_seconds: float = 3.0, connections: int = 10
) -> AsyncIterator[Database]:
    """Raises KeysRefused when the database was encrypted with other keys."""
    await Tortoise.init(config=tortoise_config(credentials), _enable_global_fallback=True)
    timeout = {"statement_timeout": f"{int(statement_seconds * 1000)}"}
    pool = await asyncpg.create_pool(
        **in_session(credentials, **timeout),
        min_size=1,
        max_size=connections,
        connection_class=PlainConnection,
        statement_cache_size=400,
        max_inactive_connection_lifetime=0,
    )
    try:
        async with pool.acquire() as connection:
            await check_keys(connection, keys)
        yield Database(pool, credentials, keys)
    finally:
        await pool.close()
        await Tortoise.close_connections()


@asynccontextmanager
async def _begun() -> AsyncIterator[TransactionalDBClient]:
    """Tortoise takes a connection before it begins and gives back only one that has begun, so who is cancelled in
    between would take it along for ever."""
    context = in_transaction()
    async with AsyncExitStack() as stack:
        try:
            transaction = await context.__aenter__()
        except BaseException:
            if hasattr(context, "token"):  # it has a connection
                # After this kind of error nothing is rolled back; the pool resets what it gets back.
                await context.__aexit__(TransactionManagementError, None, None)
            raise
        stack.push_async_exit(context)
        yield transaction


@asynccontextmanager
async def unit_of_work(
    lock_seconds: float = 2.0, statement_seconds: float = 5.0
) -> AsyncIterator[TransactionalDBClient]:
    """One transaction with limits; never nested, since Tortoise's nested transactions fail under gather."""
    if _inside.get():
        raise RuntimeError("A unit of work may not be opened inside another.")
    token = _inside.set(True)
    try:
        async with asyncio.timeout(statement_seconds * 4), _begun() as transaction:
            await transaction.execute_script(
                f"SET LOCAL lock_timeout = {int(lock_seconds * 1000)};"
                f"SET LOCAL statement_timeout = {int(statement_seconds * 1000)};"
                "SET LOCAL idle_in_transaction_session_timeout = 10000"
            )
            yield transaction
    finally:
        _inside.reset(token)


async def migrate(credentials: Credentials, keys: Keyring) -> list[str]:
    """Bring the tables up to date; two processes at once wait for each other. Returns what was applied.

    `keys` are for the migration that encrypts what was stored in the clear."""
    from tortoise.migrations.api.migrate import migrate as tortoise_migrate

    applied: list[str] = []
    migrating_keys.set(keys)
    guard = await asyncpg.connect(**credentials)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await tortoise_migrate(
            config=tortoise_config(credentials),
            direction="forward",
            progress=lambda event, app, name: applied.append(name) if event == "apply_done" else None,
        )
    finally:
        await Tortoise.close_connections()
        await guard.close()
    return applied


async def uncreated_migrations() -> list[str]:
    """What the models hold and no migration makes; empty when they agree. Needs no database."""
    from tortoise.migrations.autodetector import MigrationAutodetector
    from tortoise.migrations.operations import AlterModelOptions

    await Tortoise.init(config=MODELS_ALONE, init_connections=False)
    writers = await MigrationAutodetector(Tortoise.apps, MODELS_ALONE["apps"]).changes()
    return [
        operation.describe()
        for writer in writers
        for operation in writer.operations
        # A model's docstring is one of its options, and changes nothing in the database.
        if not isinstance(operation, AlterModelOptions)
    ]


def connection() -> Any:
    """Tortoise's own connection, inside or outside of a unit of work."""
    return get_connection("default")
