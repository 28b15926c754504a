"""A county with rows of everything beside another county, and whoever may ask: for tests that compare answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from graphql import GraphQLSchema
from hypothesis import strategies as st

from models import Account
from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.accounts.accounts import from_claims, to_claims, viewer_of
from resolvers.accounts.demo_accounts import make_demo_accounts
from resolvers.application import Application
from resolvers.compiler import engine
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Many
from resolvers.imports.run import import_directory
from runtime.clock import today
from runtime.database import connection
from schema.api import core_of, declared, make_engine, make_schema
from schema.limits import Limits
from schema.operations import Operations
from tests.conftest import COUNTY, Client, Credentials, copied, serving
from tests.test_access import OTHER, rows
from tests.test_equivalence import ROWS, VIEWERS, _values, selections
from tests.workbooks import small_county, write_county

DEPTH = 6
BRANCH, SISTER = "SY01001", "SY01002"


@dataclass(repr=False)
class Ground:
    """A county with a few rows of everything beside another one, and whoever may ask about them."""

    client: Client
    credentials: Credentials
    app: Application
    core: GraphQLSchema
    operations: Operations
    viewers: dict[str, AccountViewer]
    questions: st.SearchStrategy[str]
    grants: dict[str, Grant]
    lists: dict[tuple[str, str], Many]

    async def ask(self, text: str, viewer: AccountViewer, variables: Any = None) -> Any:
        """The answer for whom a token of these claims would name."""
        known = from_claims(self.app.tokens.verify(self.token(viewer)))
        request = Request(
            viewer=known, rules=self.app.rules.of(known.county_code), app=self.app, today=today()
        )
        body = {"query": text, "variables": variables or {}}
        return orjson.loads(await self.operations.answer(body, request))

    def token(self, viewer: AccountViewer) -> str:
        return self.app.tokens.issue(to_claims(replace(viewer, session_id=uuid4())))


@asynccontextmanager
async def open_ground(
    server: Credentials, small_template: str, tmp: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    patch = pytest.MonkeyPatch()
    patch.setattr(engine, "MOST_OBJECTS", 10**12)  # whole lists: what is cut off cannot be compared
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp.mktemp("var"), statement_timeout_seconds=60) as client,
    ):
        app = client.http._transport.app.state.app  # type: ignore[attr-defined]
        await connection().execute_script(ROWS)
        await _other_county(app, tmp)
        core = core_of(schema := make_schema())
        yield Ground(
            client,
            credentials,
            app,
            core,
            Operations(make_engine(schema, app.database), Limits(read_seconds=60)),
            {name: await viewer_of(await Account.get(username=name)) for name in (*VIEWERS, "floating")},
            selections(core.query_type, core, await _values(), DEPTH),
            await _grants(),
            {place: one for place, one in declared(core)[0].items() if isinstance(one, Many)},
        )
    patch.undo()


async def _other_county(app: Application, tmp: pytest.TempPathFactory) -> None:
    """Beside the rows of everything, which are of the first county."""
    folder = write_county(tmp.mktemp("other") / "files", small_county())
    await import_directory(app.database, OTHER, folder)
    await make_demo_accounts(OTHER)


async def _grants() -> dict[str, Grant]:
    county = UUID(str((await rows("SELECT id FROM county WHERE code = $1", COUNTY))[0]["id"]))
    found = await rows("SELECT code, path FROM organization WHERE county_id = $1", county)
    paths = {row["code"]: row["path"] for row in found}

    def at(role: Role, code: str | None = None) -> Grant:
        return Grant(role, county, COUNTY, paths[code] if code else None)

    return {
        "office": at(Role.OFFICE),
        "town": at(Role.TOWN, "SY01"),
        "other town": at(Role.TOWN, "SYL01"),
        "branch": at(Role.SECRETARY, BRANCH),
        "sister": at(Role.SECRETARY, SISTER),
        "town of a branch": at(Role.TOWN, BRANCH),
        "secretary of a town": at(Role.SECRETARY, "SY01"),
        "member": at(Role.MEMBER),
        "auditor": at(Role.AUDITOR),
        "app": at(Role.PARTNER_APP),
        "discipline": at(Role.DISCIPLINE_INSPECTION),
        "security-admin": at(Role.SECURITY_ADMIN),
        "emergency": at(Role.EMERGENCY),
    }
