"""How a file's records reach their table: chunk by chunk, while a thread reads the next chunk."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice

from asyncpg import Connection

from resolvers.imports.form import Form
from resolvers.imports.rows import Record

CHUNK = 5_000


async def write(
    connection: Connection,
    form: Form,
    records: Iterator[Record],
    after_chunk: Callable[[int], Awaitable[None]],
) -> None:
    """`after_chunk` is given the number of rows that were inserted or changed. Parsing happens in a thread,
    so that the event loop goes on, and while PostgreSQL stores the chunk before."""
    await connection.execute(
        f"CREATE TEMP TABLE {form.staging_table} ON COMMIT DROP AS {form.staging} WITH NO DATA"
    )
    chunk = await asyncio.to_thread(_next_chunk, records)
    while chunk:
        reading = asyncio.create_task(asyncio.to_thread(_next_chunk, records))
        try:
            await after_chunk(await _store(connection, form, chunk))
        finally:
            chunk = await reading


async def _store(connection: Connection, form: Form, chunk: list[Record]) -> int:
    await connection.copy_records_to_table(form.staging_table, records=chunk)
    if form.first:
        await connection.execute(form.first)
    status: str = await connection.execute(form.upsert)  # "INSERT 0 5000"
    await connection.execute(f"TRUNCATE {form.staging_table}")
    return int(status.split()[-1])


def _next_chunk(records: Iterator[Record]) -> list[Record]:
    return list(islice(records, CHUNK))
