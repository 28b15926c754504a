"""A real PostgreSQL for the session, an empty database for each test that asks, and a small county behind HTTP."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from httpx import ASGITransport
from pydantic import SecretStr

from app import make_asgi
from resolvers.accounts.demo_accounts import PASSWORD, make_demo_accounts
from resolvers.imports.run import import_directory
from runtime.database import Database, migrate, open_database
from runtime.postgres import EmbeddedPostgres
from settings import Settings
from tests.keys import KEYRING, KEYS
from tests.workbooks import small_county, write_county

COUNTY = "140829"
TEMPLATE, SMALL = "empty_template", "small_county"
OPERATIONS = Path(__file__).resolve().parent.parent / "graphiql" / "operations"
_numbers = itertools.count(1)

Credentials = dict[str, Any]


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Credentials]:
    """The tests' own PostgreSQL, in a folder of their own, gone afterwards."""
    async with EmbeddedPostgres(tmp_path_factory.mktemp("var"), durable=False).running() as credentials:
        await _create(credentials, TEMPLATE)
        await migrate({**credentials, "database": TEMPLATE}, KEYRING)
        yield credentials


@pytest.fixture(scope="session")
async def small_template(server: Credentials, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the small county, imported from workbooks as an office would send them."""
    await _create(server, SMALL, TEMPLATE)
    folder = write_county(tmp_path_factory.mktemp("office") / "files", small_county())
    async with open_database({**server, "database": SMALL}, KEYRING) as database:
        reports = await import_directory(database, COUNTY, folder)
        assert not [problem for report in reports for problem in report.problems]
        await make_demo_accounts(COUNTY)
    return SMALL


@pytest.fixture
async def database(server: Credentials) -> AsyncIterator[Database]:
    """An empty migrated database, opened."""
    async with copied(server, TEMPLATE) as credentials, open_database(credentials, KEYRING) as opened:
        yield opened


@dataclass
class Client:
    """Somebody at /graphql; `token` says who."""

    http: httpx.AsyncClient
    documents: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)

    async def post(self, body: Any, who: str | None = None, **headers: str) -> httpx.Response:
        if who is not None:
            headers["Authorization"] = f"Bearer {await self.token(who)}"
        return await self.http.post("/graphql", json=body, headers=headers)

    async def run(self, operation: str, who: str | None = None, /, **variables: Any) -> Any:
        """The `data` of one of the contract's operations, which must answer without errors."""
        body = {"query": self.documents[operation], "operationName": operation, "variables": variables}
        answer = (await self.post(body, who)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def query(self, text: str, who: str | None = None, /, **variables: Any) -> Any:
        """The whole answer to a document of the test's own."""
        return (await self.post({"query": text, "variables": variables}, who)).json()

    async def token(self, who: str) -> str:
        if who not in self.tokens:
            answer = await self.run("SignIn", username=who, password=PASSWORD)
            self.tokens[who] = answer["signIn"]["token"]
        return self.tokens[who]


@pytest.fixture
async def client(server: Credentials, small_template: str, tmp_path: Path) -> AsyncIterator[Client]:
    """The application over a copy of the small county, spoken to over HTTP."""
    async with copied(server, small_template) as credentials, serving(credentials, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def serving(credentials: Credentials, var: Path, **settings: Any) -> AsyncIterator[Client]:
    asgi = make_asgi(settings_for(credentials, var, **settings))
    async with asgi.router.lifespan_context(asgi):
        transport = ASGITransport(app=asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield Client(http, documents())


def settings_for(credentials: Credentials, var: Path, **settings: Any) -> Settings:
    """Introspection for everybody, since it is what sends a query to graphql-core."""
    where = f"host={credentials['host']}&port={credentials['port']}"
    url = f"postgresql://{credentials['user']}@/{credentials['database']}?{where}"
    own = {
        "var": var,
        "database_url": url,
        "secret": SecretStr("tests-only-" + "x" * 32),
        "keys": SecretStr(KEYS),
        "audit_seal_seconds": 0,
        "introspection": "everybody",
    }
    return Settings(**{**own, **settings})


def documents() -> dict[str, str]:
    """Operation name -> the contract's document that holds it."""
    found = {}
    for file in OPERATIONS.glob("*.graphql"):
        text = file.read_text(encoding="utf-8")
        for line in text.splitlines():
            kind, _, rest = line.partition(" ")
            if kind in ("query", "mutation", "subscription"):
                found[rest.partition("(")[0].strip(" {")] = text
    return found


@asynccontextmanager
async def copied(server: Credentials, template: str) -> AsyncIterator[Credentials]:
    name = f"test_{next(_numbers)}"
    await _create(server, name, template)
    yield {**server, "database": name}
    await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _create(server: Credentials, name: str, template: str = "template0") -> None:
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


async def _execute(server: Credentials, sql: str) -> None:
    connection = await asyncpg.connect(**server)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
