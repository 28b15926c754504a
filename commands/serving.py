"""`dangjian serve`, `migrate` and `demo`."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn

from app import make_asgi
from commands.imports import import_county
from commands.outcome import CommandRefused, tell
from models import County
from runtime.database import migrate, open_database, uncreated_migrations
from runtime.postgres import database as running_database
from settings import Settings

DEMO_COUNTY = "140826"
SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 30


def serve(settings: Settings, *, with_demo: bool) -> None:
    """Bring the database up to date, fill it with the demo county when it is empty, and serve."""
    # The database stays open from the first statement to the last, whatever the workers do in between.
    if settings.workers > 1 and settings.redis_url is None:
        tell("warning: several workers without DANGJIAN_REDIS_URL; live counts reach only their own worker")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            runner.run(_prepare(settings, stack, with_demo=with_demo))
            tell(f"serving on http://{settings.host}:{settings.port}/graphql")
            _run_workers(settings)
        finally:
            runner.run(stack.aclose())


async def _prepare(settings: Settings, stack: AsyncExitStack, *, with_demo: bool) -> None:
    credentials = await stack.enter_async_context(running_database(settings))
    for applied in await migrate(credentials):
        tell(f"migrated: {applied}")
    if with_demo and settings.is_loopback:
        async with open_database(credentials):
            is_empty = not await County.exists()
        if is_empty:
            await make_demo(settings)


def _run_workers(settings: Settings) -> None:
    options = {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "httptools",
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
        "ws_max_size": 64 * 1024,
    }
    if settings.workers == 1:
        uvicorn.run(make_asgi(settings), **options)  # type: ignore[arg-type]
    else:
        uvicorn.run("app:asgi", factory=True, workers=settings.workers, **options)  # type: ignore[arg-type]


async def make_demo(settings: Settings) -> None:
    """The county of Jiangxian at its published figures, from office files made for it, with the ten accounts."""
    if not settings.is_loopback:
        raise CommandRefused(
            "the demo county has published passwords; it is made only where DANGJIAN_HOST is this machine alone"
        )
    from demo.county import write_county  # needed once in the life of a database

    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "绛县"
        tell("making the demo county …")
        await asyncio.to_thread(write_county, directory)
        await import_county(settings, DEMO_COUNTY, directory, strict=True, demo_accounts=True, as_json=False)


async def make_demo_now(settings: Settings) -> None:
    async with running_database(settings) as credentials:
        await migrate(credentials)
        async with open_database(credentials):
            if await County.exists(code=DEMO_COUNTY):
                raise CommandRefused(f"the database holds county {DEMO_COUNTY} already")
        await make_demo(settings)


async def migrate_now(settings: Settings) -> None:
    async with running_database(settings) as credentials:
        applied = await migrate(credentials)
    tell("\n".join(f"migrated: {name}" for name in applied) or "nothing to migrate")


async def check_migrations() -> None:
    """Whether the migrations make what the models describe; needs no database."""
    missing = await uncreated_migrations()
    if missing:
        raise CommandRefused("the models hold what no migration makes: " + "; ".join(missing))
    tell("models and migrations agree")
