"""A row that one may not see is a row that does not exist: the same bytes and as many statements, wherever an id is
given. The places are found in the schema, so a new argument is tried without being named here."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from tests.conftest import COUNTY, Credentials
from tests.grounds import SISTER, Ground, open_ground
from tests.test_access import OTHER, contents, rows

TRIES = 3  # a connection that is opened meanwhile has statements of its own, once
CAMPAIGN = os.environ.get("DANGJIAN_CAMPAIGN") == "1"
FOREIGN = [f"office@{OTHER}", f"secretary@{OTHER}", f"security-admin@{OTHER}", f"member@{OTHER}"]
"""Of the other county: to them every row of the first is as if it were not there."""
NEIGHBOURS = ["secretary", "member"]
"""Of one branch: to them the rows of its sister are."""

# Argument -> whose key it is. "id" goes by the field.
TABLES = {
    **dict.fromkeys(("memberId", "memberIds", "contactPersonId", "successorMemberId"), "member"),
    **dict.fromkeys(
        ("organizationId", "organization", "hostOrganizationId", "organizerId", "parentId", "intoId"),
        "organization",
    ),
    **{"themeDayId": "theme_day", "attendanceId": "attendance", "clearanceId": "clearance"},
    **{"checkId": "qualification_check", "subjectId": "qualification_check", "delegateId": "delegate"},
    **{"floatingMemberId": "floating_member", "handoverId": "handover", "homecomingId": "homecoming"},
    **{"meetingId": "meeting", "courseId": "course", "sessionId": "course_session", "grantId": "role_grant"},
    **{"accountId": "account", "recordId": "training_record", "jobId": "import_job"},
    "reviewId": "qualification_review",
    "requestId": "emergency_request",
}
BY_FIELD = {
    **{
        "importJob": "import_job",
        "meeting": "meeting",
        "organization": "organization",
        "themeDay": "theme_day",
    },
    **{"endAttachment": "attachment", "endExemption": "exemption", "endOfficerTerm": "office_term"},
    **{"removeReserve": "reserve", "cancelThemeDay": "theme_day", "resolveProblem": "theme_day_problem"},
    **{"correctTrainingRecord": "training_record", "withdrawTrainingRecord": "training_record"},
    **{"endVacancy": "vacancy", "signOut": "session", "answerMemberRequest": "member_request"},
    "withdrawRequest": "member_request",
}
# Taken by nothing but its number, which only its holder has.
OPEN_TO_ALL = {"verifyCertificate"}
NEVER = {"signIn", "signInWithCode", "importWorkbook"}

MORE_ROWS = """
INSERT INTO exemption (id, county_id, member_id, ground, reason, began_on, approved_by)
SELECT gen_random_uuid(), county_id, id, 'OLD', '年高', '2020-01-01', '镇党委' FROM member LIMIT 4;
INSERT INTO theme_day_problem (id, county_id, theme_day_id, aspect, description, responsible, found_on)
SELECT gen_random_uuid(), county_id, id, '方面', '问题', '支部', '2020-02-11' FROM theme_day LIMIT 4;
UPDATE attachment SET ended_on = '2020-01-01' WHERE kind = 'NETWORK';
"""


@dataclass(frozen=True)
class Place:
    """An argument, or a part of one, that takes an id."""

    root: str  # query or mutation
    field: str
    path: tuple[str, ...]

    @property
    def table(self) -> str:
        last = self.path[-1]
        return BY_FIELD[self.field] if last == "id" or self.field in BY_FIELD else TABLES[last]


@dataclass(repr=False)
class Watched:
    ground: Ground
    watch: asyncpg.Connection
    places: list[Place]

    async def asked(self, place: Place, who: str, id: str) -> tuple[bytes, int]:
        """The answer with the id taken out of it, and how many statements it took."""
        await self.ground.client.token(who)
        body = _request(self.ground.core, place, id, OTHER if "@" in who else COUNTY)
        await self.watch.execute(RESET)
        response = await self.ground.client.post(body, who)
        count = await self.watch.fetchval(COUNT)
        return response.content.replace(id.encode(), b"<id>"), count


HERE = "(SELECT oid FROM pg_database WHERE datname = current_database())"
RESET = f"SELECT pg_stat_statements_reset(0, {HERE}, 0)"
COUNT = (
    f"SELECT COALESCE(sum(calls), 0)::int FROM pg_stat_statements WHERE toplevel AND dbid = {HERE} "
    "AND query !~ 'pg_stat_statements'"
)


@pytest.fixture(scope="module")
async def watched(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    async with open_ground(server, small_template, tmp_path_factory) as ground:
        await ground.client.http.get("/health/ready")
        for statement in MORE_ROWS.strip().split(";\n"):
            await rows(statement)
        watch = await asyncpg.connect(**ground.credentials)
        try:
            await watch.execute("CREATE EXTENSION pg_stat_statements")
            yield Watched(ground, watch, list(_places(ground.core)))
        finally:
            await watch.close()


def _places(core: Any) -> Iterator[Place]:
    for root, type_ in (("query", core.query_type), ("mutation", core.mutation_type)):
        for field, declared in type_.fields.items():
            for argument, given in declared.args.items():
                if field not in OPEN_TO_ALL | NEVER:
                    yield from (Place(root, field, path) for path in _ids(given.type, (argument,)))


def _ids(type_: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    bare = get_named_type(type_)
    if isinstance(bare, GraphQLInputObjectType):
        for name, part in bare.fields.items():
            yield from _ids(part.type, (*path, name))
    elif bare.name == "ID" and path[-1] not in ("county", "code"):
        yield path


# --- a request with an id at one place -----------------------------------------------------------------------------

SCALARS: dict[str, Any] = {
    **{"String": "试一试", "Int": 1, "Float": 1.0, "Boolean": False, "Date": "2020-02-01", "JSON": {}},
    **{"DateTime": "2020-02-01T10:00:00+08:00", "YearMonth": "2020-02", "Quarter": "2020Q4", "Code": COUNTY},
}


def _request(core: Any, place: Place, id: str, county: str) -> dict[str, Any]:
    declared = (core.query_type if place.root == "query" else core.mutation_type).fields[place.field]
    given = {
        name: _value(argument.type, (name,), place.path, id, county)
        for name, argument in declared.args.items()
        if isinstance(argument.type, GraphQLNonNull) or place.path[0] == name
    }
    variables = ", ".join(f"${name}: {declared.args[name].type}" for name in given)
    arguments = ", ".join(f"{name}: ${name}" for name in given)
    selected = _selected(get_named_type(declared.type))
    text = f"{place.root} Asked({variables}) {{ {place.field}({arguments}) {selected} }}"
    return {"query": text, "variables": given}


def _value(type_: Any, path: tuple[str, ...], wanted: tuple[str, ...], id: str, county: str) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return _value(type_.of_type, path, wanted, id, county)
    if isinstance(type_, GraphQLList):
        return [_value(type_.of_type, path, wanted, id, county)]
    if isinstance(type_, GraphQLInputObjectType):
        return {
            name: _value(part.type, (*path, name), wanted, id, county)
            for name, part in type_.fields.items()
            if isinstance(part.type, GraphQLNonNull) or wanted[: len(path) + 1] == (*path, name)
        }
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if type_.name == "ID":
        return id if path == wanted else county if path[-1] == "county" else str(uuid4())
    return 60 if path[-1] == "first" else SCALARS[type_.name]


def _selected(type_: Any) -> str:
    """All that says something at once: leaves without arguments, and what is refused."""
    if is_leaf_type(type_):
        return ""
    assert isinstance(type_, GraphQLObjectType)
    parts = []
    for name, field in type_.fields.items():
        below = get_named_type(field.type)
        if field.args:
            continue
        if is_leaf_type(below):
            parts.append(name)
        elif name == "refusals":
            parts.append("refusals { code message citation }")
        else:
            parts.append(f"{name} {{ __typename }}")
    return f"{{ __typename {' '.join(parts)} }}"


# --- the tests -----------------------------------------------------------------------------------------------------


async def _compare(watched: Watched, who: str, found: dict[str, list[str]]) -> list[str]:
    different = []
    for place in watched.places:
        for id in found.get(place.table, [])[: 5 if CAMPAIGN else 1]:
            denied = await watched.asked(place, who, id)
            missing = await watched.asked(place, who, str(uuid4()))
            for _ in range(TRIES):
                if denied == missing:
                    break
                denied = await watched.asked(place, who, id)
                missing = await watched.asked(place, who, str(uuid4()))
            assert b'"FAULT"' not in missing[0] + denied[0], (place, missing, denied)
            if denied != missing:
                different.append(f"{who} {place.field} {'.'.join(place.path)}: {missing}, but {denied}")
    return different


@pytest.mark.parametrize("who", FOREIGN if CAMPAIGN else FOREIGN[:1])
async def test_another_countys_row_is_like_none(watched: Watched, who: str) -> None:
    there = await _keys(f"(SELECT id FROM county WHERE code = '{COUNTY}')")
    assert {place.table for place in watched.places} - {"member_request", "session"} <= there.keys()
    before = await _unsigned()
    assert await _compare(watched, who, there) == []
    assert await _unsigned() == before


@pytest.mark.parametrize("who", NEIGHBOURS)
async def test_a_row_of_the_next_branch_is_like_none(watched: Watched, who: str) -> None:
    there = await _keys(f"(SELECT id FROM county WHERE code = '{COUNTY}')", sister=True)
    assert {"member", "organization", "theme_day", "training_record", "delegate", "meeting"} <= there.keys()
    assert await _compare(watched, who, there) == []


async def _unsigned() -> dict[str, str]:
    """What stands in the tables, but for sign-ins."""
    aside = ("session", "audit_entry", "sign_in_guard", "account")
    return {table: digest for table, digest in (await contents()).items() if table not in aside}


async def _keys(county: str, *, sister: bool = False) -> dict[str, list[str]]:
    """Table -> keys of its rows in the county; of its second branch, where that can be said of a row."""
    columns: dict[str, set[str]] = {}
    for row in await rows(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        columns.setdefault(row["t"], set()).add(row["c"])
    branch = f"(SELECT id FROM organization WHERE code = '{SISTER}' AND county_id = {county})"
    found = {}
    for table, named in columns.items():
        condition = _where(table, named, county, branch if sister else None)
        if condition and "id" in named:
            keys = await rows(f"SELECT id::text FROM {table} WHERE {condition} ORDER BY id LIMIT 5")
            if keys:
                found[table] = [row["id"] for row in keys]
    return found


def _where(table: str, columns: set[str], county: str, branch: str | None) -> str | None:
    members = f"(SELECT id FROM member WHERE {f'organization_id = {branch}' if branch else f'county_id = {county}'})"
    delegates = f"(SELECT id FROM delegate WHERE member_id IN {members})"
    if table == "organization":
        return f"id = {branch}" if branch else f"county_id = {county}"
    if "organization_id" in columns and table not in ("role_grant", "attachment") and branch:
        return f"organization_id = {branch}"
    if "county_id" in columns and not branch and table != "audit_entry":
        return f"county_id = {county}"
    if "member_id" in columns and table not in ("account", "reserve", "attachment", "handover"):
        return f"member_id IN {members}"
    if "delegate_id" in columns:
        return f"delegate_id IN {delegates}"
    if table == "session" and not branch:
        return f"account_id IN (SELECT id FROM account WHERE county_id = {county})"
    return None
