"""`dangjian serve`."""

import asyncio
import signal
import socket
from contextlib import AsyncExitStack, suppress
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from app import make_asgi
from commands.demos import make_demo, unfinished
from commands.outcome import CommandRefused, tell
from models import County
from plugins.registry import discover
from resolvers.rule_packs.county_rules_cache import CountyRulesCache
from runtime.database import migrate, open_database
from runtime.postgres import database as running_database
from settings import Settings

SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 30


def serve(settings: Settings, *, with_demo: bool) -> None:
    """Bring the database up to date, fill it with the demo county when it is empty, and serve.

    SIGTERM and SIGINT end it with status 0 once it serves."""
    # Both signals unwind, so that the database is let go of in order; uvicorn raises them again at its end.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    # The port first: whoever finds it taken should not have waited for a county to be made.
    with _listener(settings) as listener, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            runner.run(_prepare(settings, stack, with_demo=with_demo))
            _run(settings, listener)
        finally:
            # The database stays open from the first statement to the last, whatever the workers do in between.
            runner.run(stack.aclose())


async def _prepare(settings: Settings, stack: AsyncExitStack, *, with_demo: bool) -> None:
    settings.signing_secret()
    keys = settings.keyring()
    # A broken pack, or a secret that cannot be used, stops the start in one sentence.
    rules = CountyRulesCache(discover(settings.packs))
    credentials = await stack.enter_async_context(running_database(settings))
    for applied in await migrate(credentials, keys):
        tell(f"migrated: {applied}")
    async with open_database(credentials, keys):
        await rules.read_at_start()
    if with_demo and settings.is_loopback:
        async with open_database(credentials, keys):
            is_empty = not await County.exists()
        if is_empty or unfinished(settings).exists():
            await make_demo(settings)


def _listener(settings: Settings) -> socket.socket:
    """Bound but not yet listening: until the server is there, connections are refused at once."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise CommandRefused(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
            "DANGJIAN_PORT and DANGJIAN_HOST choose another place"
        ) from None
    listener.set_inheritable(True)
    return listener


def _run(settings: Settings, listener: socket.socket) -> None:
    options: dict[str, Any] = {
        "loop": "uvloop",
        "http": "httptools",
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
        "ws_max_size": 64 * 1024,
    }
    place = f"http://{settings.host}:{listener.getsockname()[1]}/graphql"
    with suppress(KeyboardInterrupt):
        if settings.workers == 1:
            server = _Server(uvicorn.Config(make_asgi(settings), **options), place)
            try:
                server.run(sockets=[listener])
            except SystemExit:
                raise CommandRefused("the server did not start; the reason stands above") from None
        else:
            tell(f"serving with {settings.workers} workers on {place}")
            if settings.redis_url is None:
                tell("warning: without DANGJIAN_REDIS_URL live counts reach only their own worker")
            config = uvicorn.Config("app:asgi", factory=True, workers=settings.workers, **options)
            Multiprocess(config, sockets=[listener]).run()
    tell("stopped")


class _Server(uvicorn.Server):
    """Tells where it serves once it does."""

    def __init__(self, config: uvicorn.Config, place: str) -> None:
        super().__init__(config)
        self._place = place

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            tell(f"serving on {self._place}")
