"""Composition root: settings -> database -> bus -> rule packs -> ASGI application."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute

from plugins.bulk import Worker
from plugins.registry import discover
from resolvers.accounts.sessions import EndedSessions
from resolvers.application import Application
from resolvers.import_jobs import fail_abandoned, forget_uploads
from resolvers.rule_packs.county_rules_cache import CountyRulesCache
from resolvers.sealing import Sealing
from runtime.budget import open_budget
from runtime.bus import open_bus
from runtime.database import open_database
from runtime.identity_service import open_identity_service
from runtime.logs import configure_logs
from runtime.postgres import database as running_database
from runtime.tokens import Tokens
from schema.api import make_engine, make_schema
from schema.http import Endpoint
from schema.identity_routes import sign_in_routes
from schema.limits import Limits
from schema.operations import Operations, operations_in
from schema.page import Assets, Page
from settings import Settings, is_loopback, load_settings

ROOT = Path(__file__).resolve().parent
OPERATIONS = ROOT / "graphiql" / "operations"


@asynccontextmanager
async def open_application(settings: Settings) -> AsyncIterator[Application]:
    """All that writes and reads stand on, opened in order and closed in the opposite one."""
    async with AsyncExitStack() as stack:
        credentials = await stack.enter_async_context(running_database(settings))
        database = await stack.enter_async_context(
            open_database(
                credentials,
                settings.keyring(),
                settings.statement_timeout_seconds,
                settings.database_pool,
            )
        )
        bus = await stack.enter_async_context(open_bus(settings.redis_url))
        rules = CountyRulesCache(discover(settings.packs))
        await rules.read_at_start()
        await stack.enter_async_context(rules.following(bus))
        sessions = EndedSessions(bus)
        await sessions.read()
        await stack.enter_async_context(sessions.following())
        judging = Worker(settings.packs, rules.activations_of)
        stack.callback(judging.close)
        secret = settings.signing_secret()
        app = Application(
            settings=settings,
            database=database,
            bus=bus,
            rules=rules,
            judging=judging,
            tokens=Tokens(secret, settings.token_minutes),
            signing_secret=secret,
            sealing=Sealing(database, settings.anchor, settings.audit_seal_seconds),
            sessions=sessions,
            identity=await stack.enter_async_context(
                open_identity_service(
                    settings.oidc_issuer,
                    settings.oidc_client_id,
                    settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None,
                    settings.oidc_claim,
                )
            ),
        )
        stack.push_async_callback(app.jobs.finish)
        yield app


def make_asgi(settings: Settings) -> Starlette:
    """The ASGI application: /graphql, /graphiql, /sign-in, /health, /metrics."""
    configure_logs(settings.log_level)
    page = settings.var / "graphiql"

    @asynccontextmanager
    async def lifespan(asgi: Starlette) -> AsyncIterator[None]:
        async with (
            open_application(settings) as app,
            open_budget(settings.points_per_minute, settings.redis_url) as budget,
        ):
            await fail_abandoned()
            forget_uploads(settings.var)
            schema = make_schema()
            asgi.state.limits = Limits.of(settings, budget)
            operations = Operations(make_engine(schema, app.database), asgi.state.limits)
            for folder in (OPERATIONS, settings.operations):
                operations.register(operations_in(folder) if folder else ())
            asgi.state.app = app
            asgi.state.graphql = Endpoint(app, schema, operations, Page(page))
            # What stands now stands until the end: collections need not look at it again.
            gc.collect()
            gc.freeze()
            warming = asyncio.create_task(asyncio.to_thread(app.judging.warm))
            sealing = asyncio.create_task(app.sealing.keep())
            yield
            sealing.cancel()
            del asgi.state.app, asgi.state.graphql
            await warming

    async def graphql(scope: Any, receive: Any, send: Any) -> None:
        await scope["app"].state.graphql(scope, receive, send)

    async def live(_: Request) -> Response:
        return PlainTextResponse("live")

    async def ready(request: Request) -> Response:
        app = getattr(request.app.state, "app", None)
        if app is None or not await app.database.is_ready():
            return PlainTextResponse("the database does not answer", 503)
        # Activated meanwhile by a server that has the version; who lacks it must not judge by less.
        if faults := app.rules.faults():
            return PlainTextResponse("; ".join(faults), 503)
        return PlainTextResponse("ready")

    async def metrics(request: Request) -> Response:
        client = request.client  # None: over a Unix socket
        if settings.metrics == "loopback" and client is not None and not is_loopback(client.host):
            return PlainTextResponse("Not Found", 404)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/graphql", _Asgi(graphql)),
            WebSocketRoute("/graphql", _Asgi(graphql)),
            *sign_in_routes(),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", metrics),
            Mount("/graphiql/assets", Assets(directory=page / "assets", check_dir=False)),
        ],
        lifespan=lifespan,
    )


class _Asgi:
    """A class, since Starlette takes functions for endpoints of its own kind."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._application(scope, receive, send)


def asgi() -> Starlette:
    """What each worker process serves (uvicorn --factory app:asgi)."""
    return make_asgi(load_settings())
