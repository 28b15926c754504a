"""Keys of encryption over the rows: how many use each, re-encrypting with the newest, making the hashes anew."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from models.sealed_columns import SEALED_COLUMNS, SealedColumn
from runtime.database import Connection, Database
from runtime.encryption import HEAD, named_by
from runtime.key_check import KEYS_LOCK, note_key
from runtime.keys import KeysRefused
from runtime.language import Sentence

BATCH = 500
WAIT = "1s"  # others who write queue behind us, and their own patience is two seconds
_FIRST = UUID(int=0)

Tell = Callable[[int], None]
"""Is given how many more rows are done."""


async def rows_by_key(connection: Connection) -> Counter[tuple[int, str]]:
    """Number of a key and algorithm -> how many values are under it."""
    counts: Counter[tuple[int, str]] = Counter()
    for column in SEALED_COLUMNS:
        rows = await connection.fetch(
            f"SELECT substring({column.column} FOR {HEAD}) AS head, count(*) AS count FROM {column.table} "
            f"WHERE {column.column} IS NOT NULL GROUP BY 1"
        )
        for row in rows:
            counts[named_by(row["head"])] += row["count"]
    return counts


async def lookup_number(connection: Connection) -> int:
    """The lookup key that the hashes are under."""
    return int(await connection.fetchval("SELECT max(number) FROM encryption_key WHERE kind = 'lookup'"))


async def hashes(connection: Connection) -> int:
    counts = [
        await connection.fetchval(f"SELECT count({column.hash}) FROM {column.table}")
        for column in SEALED_COLUMNS
        if column.hash
    ]
    return sum(counts)


async def encrypt_again(database: Database, tell: Tell) -> int:
    """Every value that is not under the newest key and today's algorithm, in short transactions, beside whoever else
    writes. What was done stays done when it is interrupted. Returns how many there were."""
    count = 0
    async with database.apart() as connection:
        for column in SEALED_COLUMNS:
            after = _FIRST
            while last := await _encrypt_batch(connection, database, column, after):
                after, done = last
                count += done
                tell(done)
    return count


async def hash_again(database: Database, number: int, tell: Tell) -> int:
    """Every hash under lookup key `number`, in one transaction: until its end all others find the old ones, and
    whoever would write hashes meanwhile waits. Raises KeysRefused while an import is running."""
    count = 0
    async with alone(database) as connection:
        for column in SEALED_COLUMNS:
            after = _FIRST
            while column.hash and (last := await _hash_batch(connection, database, column, number, after)):
                after, done = last
                count += done
                tell(done)
        await note_key(connection, database.keys, "lookup", number)
    database.keys.use_lookup(number)
    return count


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[Connection]:
    """A transaction in which nobody else writes hashes. Raises KeysRefused when somebody is at it for long."""
    async with database.bulk() as connection:
        await connection.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
        try:
            await connection.execute("SELECT pg_advisory_xact_lock($1)", KEYS_LOCK)
        except asyncpg.LockNotAvailableError:
            raise KeysRefused(
                Sentence(
                    "有导入正在进行，请在它结束后再执行。",
                    "An import is running; run this again when it has ended.",
                )
            ) from None
        await connection.execute("SET LOCAL lock_timeout = 0")
        yield connection


async def _encrypt_batch(
    connection: Connection, database: Database, column: SealedColumn, after: UUID
) -> tuple[UUID, int] | None:
    keys = database.keys
    async with connection.transaction():
        rows = await connection.fetch(
            f"SELECT id, {column.owner} AS owner, {column.column} AS sealed FROM {column.table} "
            f"WHERE id > $1 AND substring({column.column} FOR {HEAD}) <> $2 ORDER BY id LIMIT {BATCH} FOR UPDATE",
            *(after, keys.head),
        )
        if not rows:
            return None
        values = [keys.decrypt_bytes(row["sealed"], column.label, row["owner"]) for row in rows]
        sealed = [
            keys.encrypt_bytes(value, column.label, row["owner"])
            for row, value in zip(rows, values, strict=True)
        ]
        await _update(connection, column.table, column.column, [row["id"] for row in rows], sealed)
    return rows[-1]["id"], len(rows)


async def _hash_batch(
    connection: Connection, database: Database, column: SealedColumn, number: int, after: UUID
) -> tuple[UUID, int] | None:
    keys = database.keys
    rows = await connection.fetch(
        f"SELECT id, {column.owner} AS owner, {column.column} AS sealed FROM {column.table} "
        f"WHERE id > $1 AND {column.column} IS NOT NULL ORDER BY id LIMIT {BATCH} FOR UPDATE",
        after,
    )
    if not rows:
        return None
    made = [
        keys.lookup_under(number, keys.decrypt(row["sealed"], column.label, row["owner"])) for row in rows
    ]
    assert column.hash
    await _update(connection, column.table, column.hash, [row["id"] for row in rows], made)
    return rows[-1]["id"], len(rows)


async def _update(
    connection: Connection, table: str, column: str, ids: list[UUID], values: list[bytes]
) -> None:
    await connection.execute(
        f"UPDATE {table} t SET {column} = made.value FROM unnest($1::uuid[], $2::bytea[]) AS made(id, value) "
        "WHERE t.id = made.id",
        *(ids, values),
    )
