"""`dangjian migrate`."""

from commands.outcome import CommandRefused, tell
from runtime.database import migrate, uncreated_migrations
from runtime.postgres import database as running_database
from settings import Settings


async def migrate_now(settings: Settings) -> None:
    async with running_database(settings) as credentials:
        applied = await migrate(credentials, settings.keyring())
    tell("\n".join(f"migrated: {name}" for name in applied) or "nothing to migrate")


async def check_migrations() -> None:
    """Whether the migrations make what the models describe; needs no database."""
    missing = await uncreated_migrations()
    if missing:
        raise CommandRefused("the models hold what no migration makes: " + "; ".join(missing))
    tell("models and migrations agree")
