"""`dangjian audit`: verify the sealed trail, seal what is not sealed yet, write it out for another verifier."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from commands.outcome import CommandRefused, tell, tell_json
from resolvers import audit_seals
from resolvers.audit import canonical
from runtime.database import Database, migrate, open_database
from runtime.postgres import database as running_database
from settings import Settings


async def verify(settings: Settings, *, as_json: bool) -> None:
    async with _opened(settings):
        verdict = await audit_seals.verify(settings.anchor)
    if as_json:
        tell_json(asdict(verdict))
    faults = list(verdict.faults)
    if changed := verdict.changed:
        shown = ", ".join(map(str, changed[:20]))
        faults.insert(0, f"{len(changed)} of {verdict.entries} entries were changed: {shown}")
    if faults:
        raise CommandRefused("; ".join(faults[:20]))
    if not as_json:
        waiting = verdict.entries - verdict.sealed
        tell(
            f"{verdict.entries} entries, none changed; {verdict.sealed} of them sealed under {verdict.heads} heads"
            + (f", {waiting} waiting to be sealed" if waiting else "")
        )


async def seal(settings: Settings) -> None:
    async with _opened(settings) as database:
        sealed = await audit_seals.seal_pending(database, settings.anchor)
    tell(f"{sealed} entries sealed")


async def export(settings: Settings, file: Path) -> None:
    """One line of JSON an entry, in the order of the log; `content` is the very text that was hashed."""
    async with _opened(settings):
        tell(f"{await write_out(file)} entries written to {file}")


async def write_out(file: Path) -> int:
    count = 0
    with file.open("wb") as lines:
        async for entry in audit_seals.entries_in_order():
            content = canonical({name: getattr(entry, name) for name in audit_seals.CONTENT})
            line = {
                "position": entry.position,
                "sequence": entry.sequence,
                "content": content.decode(),
                "hash": entry.hash,
            }
            lines.write(orjson.dumps(line) + b"\n")
            count += 1
    return count


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    async with running_database(settings) as credentials:
        await migrate(credentials, settings.keyring())
        async with open_database(credentials, settings.keyring()) as database:
            yield database
