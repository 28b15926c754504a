"""`dangjian demo`: the county of Jiangxian (绛县) at its published figures, with the demo accounts."""

import asyncio
import tempfile
from pathlib import Path

from commands.imports import import_county
from commands.outcome import CommandRefused, tell
from models import County
from runtime.database import migrate, open_database
from runtime.postgres import database as running_database
from settings import Settings

DEMO_COUNTY = "140826"


async def make_demo_now(settings: Settings) -> None:
    async with running_database(settings) as credentials:
        await migrate(credentials, settings.keyring())
        async with open_database(credentials, settings.keyring()):
            if await County.exists(code=DEMO_COUNTY):
                raise CommandRefused(f"the database holds county {DEMO_COUNTY} already")
        await make_demo(settings)


async def make_demo(settings: Settings) -> None:
    """From office files made for it, taken in as any county's."""
    if not settings.is_loopback:
        raise CommandRefused(
            "the demo county has published passwords; it is made only where DANGJIAN_HOST is this machine alone"
        )
    from demo.county import write_county  # needed once in the life of a database

    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "绛县"
        tell("making the demo county …")
        unfinished(settings).touch()
        await asyncio.to_thread(write_county, directory)
        await import_county(settings, DEMO_COUNTY, directory, strict=True, demo_accounts=True, as_json=False)
        unfinished(settings).unlink()


def unfinished(settings: Settings) -> Path:
    """There while the demo is being made, so that the next start makes up for one that was killed on the way."""
    return settings.var / "demo-unfinished"
