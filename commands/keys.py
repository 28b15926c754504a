"""`dangjian keys`: which there are, a new one with everything encrypted anew, and taking an old one out."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from commands.outcome import CommandRefused, tell, tell_json
from resolvers.audit import audit_entry, insert_audit
from resolvers.key_rotation import (
    alone,
    encrypt_again,
    hash_again,
    hashes,
    lookup_number,
    rows_by_key,
)
from runtime.clock import CHINA, now
from runtime.database import Connection, Database, migrate, open_database
from runtime.key_check import check_keys
from runtime.keys import Kind, replace_key_file
from runtime.postgres import database as running_database
from settings import Settings

ROTATION_LOCK = 140830
SETTLED = timedelta(minutes=1)  # a write that began with the key before is over by then
console = Console(stderr=True)

FROM_ENVIRONMENT = (
    "the keys come from DANGJIAN_KEYS: add a new one there with the next number, restart every server, "
    "then run this again"
)


async def list_keys(settings: Settings, *, as_json: bool) -> None:
    async with _opened(settings) as database, database.apart() as connection:
        used = await rows_by_key(connection)
        in_use, count = await lookup_number(connection), await hashes(connection)
        keys = database.keys
    rows: list[dict[str, Any]] = [
        {
            "id": str(key.number),
            "made_at": key.made_at,
            "is_newest": key.number == keys.newest,
            "values": {
                algorithm: used[number, algorithm] for number, algorithm in used if number == key.number
            },
        }
        for key in keys.keys.values
    ]
    rows += [
        {
            "id": f"lookup-{key.number}",
            "made_at": key.made_at,
            "is_newest": key.number == in_use,
            "values": {"HMAC-SHA256": count} if key.number == in_use else {},
        }
        for key in keys.keys.lookup
    ]
    if as_json:
        tell_json(rows)
        return
    for key, row in zip((*keys.keys.values, *keys.keys.lookup), rows, strict=True):
        counts = ", ".join(f"{count} {algorithm}" for algorithm, count in row["values"].items())
        newest = "  in use" if row["is_newest"] else ""
        tell(
            f"{row['id']}  made {key.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}  {counts or 'no values'}{newest}"
        )


async def rotate(settings: Settings, *, with_lookup: bool, as_json: bool) -> None:
    async with _opened(settings) as database, database.apart() as guard:
        if not await guard.fetchval("SELECT pg_try_advisory_lock($1)", ROTATION_LOCK):
            raise CommandRefused("another rotation is running")
        behind = await _behind(database, guard)
        lookup_is_new = database.keys.keys.lookup[-1].number > await lookup_number(guard)
        # A key that is there and not used everywhere is one that was added by hand, or by a rotation cut short.
        if not behind:
            _add(database, "values")
        if with_lookup and not lookup_is_new:
            _add(database, "lookup")
        behind, newest = await _behind(database, guard), database.keys.newest
        async with guard.transaction():
            await check_keys(guard, database.keys)
            # Before the work, since what was cut short was done as well.
            await _note(
                guard, "rotate", "BEGIN_KEY_ROTATION", newest, {"values": behind, "lookup": with_lookup}
            )
        with _showing("values encrypted", behind, quietly=as_json) as show:
            encrypted = await encrypt_again(database, show)
        hashed = 0
        if with_lookup:
            with _showing("hashes made", await hashes(guard), quietly=as_json) as show:
                hashed = await hash_again(database, database.keys.keys.lookup[-1].number, show)
        left, in_use = await _behind(database, guard), await lookup_number(guard)
        done = {"encrypted": encrypted, "left": left, "lookup_key": in_use, "hashed": hashed}
        await _note(guard, "rotate", "END_KEY_ROTATION", newest, done)
    if as_json:
        tell_json({"key": newest, **done})
    else:
        tell(f"{encrypted} values encrypted with key {newest}")
        if with_lookup:
            tell(f"{hashed} hashes made with key lookup-{in_use}")
    if left:
        raise CommandRefused(f"{left} values were written under an older key meanwhile; run this again")


async def drop(settings: Settings, id: str) -> None:
    kind: Kind = "lookup" if id.startswith("lookup-") else "values"
    digits = id.removeprefix("lookup-")
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    async with _opened(settings) as database:
        keys = database.keys
        if number not in [key.number for key in keys.keys.of(kind)]:
            raise CommandRefused(f"there is no key {id}; `dangjian keys list` shows which there are")
        newest = keys.keys.of(kind)[-1]
        if newest.number == number:
            raise CommandRefused(f"key {id} is the newest; `dangjian keys rotate` makes another one first")
        if now() - newest.made_at < SETTLED:
            raise CommandRefused("the newest key was made just now; wait for a minute")
        async with alone(database) as connection:
            await _refuse_used(connection, kind, number, id)
            await connection.execute(
                "DELETE FROM encryption_key WHERE kind = $1 AND number = $2", *(kind, number)
            )
            await _note(connection, "drop", "DROP_KEY", id)
        # Only then: a key that nobody needs does no harm, one that is missing stops the next start.
        if keys.path:
            replace_key_file(keys.path, keys.keys.without(kind, number))
    if keys.path:
        tell(f"key {id} is out of {keys.path}; backups that were made with it need it still")
    else:
        tell(f"no value needs key {id}; take it out of DANGJIAN_KEYS now")


async def _note(
    connection: Connection, command: str, action: str, key: object, detail: dict[str, Any] | None = None
) -> None:
    """In the audit trail, under the command's name."""
    entry = audit_entry(
        action=action,
        subject_type="EncryptionKey",
        subject_id=key,
        actor_id=None,
        actor_name=f"dangjian keys {command}",
        county_id=None,
        detail=detail,
    )
    await insert_audit(connection, entry)


async def _refuse_used(connection: Connection, kind: Kind, number: int, id: str) -> None:
    if kind == "values":
        used = sum(count for (key, _), count in (await rows_by_key(connection)).items() if key == number)
        if used:
            raise CommandRefused(f"{used} values need key {id}; run `dangjian keys rotate` first")
    elif await lookup_number(connection) == number:
        raise CommandRefused(f"the hashes need key {id}; run `dangjian keys rotate --lookup` first")


async def _behind(database: Database, connection: Connection) -> int:
    keys = database.keys
    used = await rows_by_key(connection)
    return sum(count for key, count in used.items() if key != (keys.newest, keys.algorithm))


def _add(database: Database, kind: Kind) -> None:
    keys = database.keys
    if keys.path is None:
        raise CommandRefused(FROM_ENVIRONMENT)
    replace_key_file(keys.path, keys.keys.with_new(kind))
    keys.reload()


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    async with running_database(settings) as credentials:
        keys = settings.keyring()
        await migrate(credentials, keys)
        async with open_database(credentials, keys) as database:
            yield database


@contextmanager
def _showing(what: str, total: int, *, quietly: bool) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; elsewhere a line for each tenth, unless `quietly`."""
    if not console.is_terminal:
        done = told = 0

        def tell_tenths(more: int) -> None:
            nonlocal done, told
            done += more
            tenth = done * 10 // max(total, 1)
            if tenth > told and not quietly:
                told = tenth
                tell(f"{done} of {total} {what}")

        yield tell_tenths
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(what, total=max(total, 1))
        yield lambda more: bars.update(task, advance=more)
