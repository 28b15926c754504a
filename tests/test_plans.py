"""How PostgreSQL carries out the contract's reads: what belongs to one member or branch reads few rows.

A branch's rows are few whatever the county's size, so a thousand other branches' rows must not be touched.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
import pytest

from app import open_application
from models import Account
from resolvers.accounts.accounts import viewer_of
from resolvers.application import Application
from resolvers.compiler.request import Request
from runtime.database import connection
from schema.api import make_engine, make_schema
from schema.operations import Operations
from tests.conftest import COUNTY, Credentials, copied, documents, settings_for

# Sixty branches of twenty members each, with a year of theme days, attendances and records.
MANY = """
INSERT INTO organization (id, county_id, code, name, kind, field, parent_id, path, name_initials, search_keys)
SELECT gen_random_uuid(), o.county_id, 'ZZ' || n, '别的党支部' || n, 'BRANCH', '机关', o.id, o.path || 'ZZ' || n || '/',
       'bdzb', '{}'
FROM organization o, generate_series(1, 60) n WHERE o.code = 'SY01';
INSERT INTO member (id, county_id, organization_id, name, id_number_sealed, id_number_hash,
                    id_number_masked, gender, birth_date, standing, joined_on, confirmed_on, name_sort,
                    name_initials, search_keys, lost_contact, declared_floating)
SELECT gen_random_uuid(), o.county_id, o.id, '某某', '', sha256((row_number() OVER ())::text::bytea),
       '98*', 'MALE',
       '1970-01-01', 'FULL', '2001-07-01', '2002-07-01', 'mou mou', 'mm', '{}', false, false
FROM organization o, generate_series(1, 20) WHERE o.code LIKE 'ZZ%';
INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations,
                       open_affairs, volunteer_services, practical_deeds, suggestions)
SELECT gen_random_uuid(), o.county_id, o.id, make_date(2020, n, 10), '主题', '[]', 0, 0, 0, 0, 0, 0
FROM organization o, generate_series(1, 12) n WHERE o.code LIKE 'ZZ%';
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method)
SELECT gen_random_uuid(), t.id, m.id, t.held_on + time '10:00', 'IMPORTED'
FROM theme_day t JOIN organization o ON o.id = t.organization_id AND o.code LIKE 'ZZ%'
JOIN member m ON m.organization_id = o.id;
INSERT INTO training_record (id, county_id, member_id, course_id, form, hours, completed_on)
SELECT gen_random_uuid(), m.county_id, m.id, c.id, '集中培训', 8, '2020-05-01'
FROM member m, course c WHERE m.name = '某某';
INSERT INTO floating_member (id, county_id, member_id, home_branch_id, left_on, version)
SELECT gen_random_uuid(), m.county_id, m.id, m.organization_id, '2019-01-01', 1
FROM member m WHERE m.name = '某某' AND m.id::text < '8';
"""
BIG = {"member", "theme_day", "attendance", "training_record", "floating_member"}
FEW = 60  # more than one branch of the small county has of anything
READS: list[tuple[str, str, dict[str, Any]]] = [
    ("MobileHome", "member", {"year": 2020}),
    ("MobileHome", "secretary", {"year": 2020}),
    ("MobileHome", "floating", {"year": 2020}),
    ("MyTraining", "member", {"year": 2020}),
    ("MyRecordAndWhoReadIt", "member", {"first": 20}),
    ("BranchRoster", "secretary", {"id": "<branch>", "first": 20}),
    ("BranchRoster", "town", {"id": "<branch>", "first": 20}),
    ("BranchRoster", "office", {"id": "<branch>", "first": 20}),
    ("ThemeDay", "member", {"id": "<day>"}),
    ("ThemeDay", "office", {"id": "<day>"}),
]
LISTS: list[tuple[str, str, dict[str, Any]]] = [
    ("FloatingMembers", "office", {"county": COUNTY, "first": 20}),
    ("Organizations", "office", {"county": COUNTY, "first": 20}),
    ("CountyDashboard", "office", {"county": COUNTY, "month": "2020-01"}),
    ("AuditTrail", "auditor", {"county": COUNTY, "first": 20}),
    ("PendingClearances", "discipline", {"first": 20}),
    ("QualificationReview", "office", {"county": COUNTY, "quarter": "2020Q4", "first": 20}),
    ("MembersBelowTrainingHours", "office", {"county": COUNTY, "year": 2020, "first": 20}),
]


@dataclass
class Explaining:
    """A reader that keeps the plan of every statement beside its answer."""

    watch: asyncpg.Connection
    plans: list[Any] = field(default_factory=list)

    async def fetch_json(self, sql: str, values: list[Any]) -> str:
        explained = await self.watch.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *values)
        self.plans.append(orjson.loads(explained)[0]["Plan"])
        return str(await self.watch.fetchval(sql, *values))

    def opened(self, text: str, owner: Any) -> str:
        return text


@dataclass
class Ground:
    app: Application
    reader: Explaining
    operations: Operations
    ids: dict[str, str]

    async def plan(self, operation: str, who: str, variables: dict[str, Any]) -> Any:
        viewer = await viewer_of(await Account.get(username=who))
        request = Request(viewer=viewer, rules=self.app.rules.of(viewer.county_code), app=self.app)
        given = {name: self.ids.get(str(value), value) for name, value in variables.items()}
        body = {"query": documents()[operation], "operationName": operation, "variables": given}
        self.reader.plans.clear()
        answer = orjson.loads(await self.operations.answer(body, request))
        assert "errors" not in answer, answer
        (plan,) = self.reader.plans
        return plan


@pytest.fixture(scope="module")
async def ground(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    async with (
        copied(server, small_template) as credentials,
        open_application(settings_for(credentials, tmp_path_factory.mktemp("var"))) as app,
    ):
        await connection().execute_script(MANY)
        await connection().execute_script("ANALYZE")
        watch = await asyncpg.connect(
            **credentials, server_settings={"timezone": "Asia/Shanghai", "jit": "off"}
        )
        try:
            reader = Explaining(watch)
            ids = {
                "<branch>": str(await watch.fetchval("SELECT id FROM organization WHERE code = 'SY01001'")),
                "<day>": str(
                    await watch.fetchval(
                        "SELECT t.id FROM theme_day t JOIN organization o ON o.id = t.organization_id "
                        "WHERE o.code = 'SY01001' ORDER BY held_on LIMIT 1"
                    )
                ),
            }
            yield Ground(app, reader, Operations(make_engine(make_schema(), reader)), ids)
        finally:
            await watch.close()


@pytest.mark.parametrize(
    ("operation", "who", "variables"), READS, ids=[f"{operation}-{who}" for operation, who, _ in READS]
)
async def test_what_belongs_to_one_reads_few_rows(
    ground: Ground, operation: str, who: str, variables: dict[str, Any]
) -> None:
    plan = await ground.plan(operation, who, variables)
    touched = {table: rows for table, rows in _read_rows(plan).items() if table in BIG}
    assert touched, "the plan reads some of the tables"
    assert {table: rows for table, rows in touched.items() if rows > FEW} == {}


@pytest.mark.parametrize(
    ("operation", "who", "variables"), LISTS, ids=[f"{operation}-{who}" for operation, who, _ in LISTS]
)
async def test_a_list_of_the_county_reads_no_row_many_times(
    ground: Ground, operation: str, who: str, variables: dict[str, Any]
) -> None:
    """No nested loop over a whole table: what is read stays within as many times as there are figures."""
    plan = await ground.plan(operation, who, variables)
    for table, rows in _read_rows(plan).items():
        if table not in BIG:  # PostgreSQL reads a table of one page whole, and rightly
            continue
        held = await ground.reader.watch.fetchval(f"SELECT count(*) FROM {table}")
        assert rows <= 6 * held, f"{table}: {rows} rows read of {held}"


def _read_rows(plan: Any) -> dict[str, int]:
    """Table -> the rows that its scans looked at, those that a filter dropped included."""
    read: dict[str, int] = {}
    for node in _nodes(plan):
        table = node.get("Relation Name")
        if table is not None:
            each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            each += node.get("Rows Removed by Index Recheck", 0)
            read[table] = read.get(table, 0) + round(each * node["Actual Loops"])
    return read


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
