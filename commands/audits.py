"""`dangjian audit verify`: recomputes the hash of every entry of the audit trail."""

from typing import Any

from commands.outcome import CommandRefused, tell, tell_json
from models import AuditEntry
from resolvers.audit import entry_hash
from runtime.database import migrate, open_database
from runtime.postgres import database as running_database
from settings import Settings

AT_ONCE = 5000
HASHED = ("at", "actor_id", "actor_name", "county_id", "action", "subject_type", "subject_id", "detail")


async def verify(settings: Settings, *, as_json: bool) -> None:
    entries, wrong, last = 0, [], 0
    async with running_database(settings) as credentials:
        await migrate(credentials)
        async with open_database(credentials):
            while page := await AuditEntry.filter(sequence__gt=last).order_by("sequence").limit(AT_ONCE):
                for entry in page:
                    if entry_hash(_content(entry)) != entry.hash:
                        wrong.append(entry.sequence)
                entries, last = entries + len(page), page[-1].sequence
    if as_json:
        tell_json({"entries": entries, "changed": wrong})
    if wrong:
        raise CommandRefused(
            f"{len(wrong)} of {entries} entries were changed: {', '.join(map(str, wrong[:20]))}"
        )
    if not as_json:
        tell(f"{entries} entries, none changed (deleted entries are not found before the log is sealed)")


def _content(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in HASHED}
