"""The matrix of access: every viewer, every kind of row in every relation, every field, by every path, over POST
/graphql on a real database, against the table that people keep by hand (access_table.txt)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import pytest
from graphql import GraphQLObjectType, GraphQLSchema

from resolvers.rights.classes import TABLES
from schema.api import core_of, make_engine, make_schema
from schema.operations import Operations
from tests.access_expected import sections
from tests.access_paths import Path, Paths, table_of
from tests.access_reading import Reading, Tally, Truth
from tests.access_rows import VIEWERS, Ground, Who, ground_of
from tests.access_writes import Write, call, writes
from tests.conftest import Credentials

LEAST_CELLS, LEAST_PATHS = 12_000, 4
WRITES_AT_ONCE = 10
# Rows that no type shows by itself: what they hold is a part of another row's value.
PARTS = {"ShortfallReason"}
TYPES = tuple(name for name in sections() if name not in PARTS)
ONLY_NESTED = {"DelegateStatusChange"}  # the code counts it to the delegate
# Shown in few places, by their nature.
OF_FEW_PLACES = {
    "Account", "AuditEntry", "Clearance", "DelegateStatusChange", "EmergencyRequest", "FloatingActivity",
    "FloatingDecision", "GrantedRole", "ImportJob", "ImportProblem", "QualificationDecision",
    "QualificationReview", "RecordAccess", "RulePackActivation", "Session", "Vacancy", "Viewer",
}  # fmt: skip


@dataclass
class Matrix:
    ground: Ground
    schema: GraphQLSchema
    paths: Paths
    truth: Truth
    tally: Tally
    done: set[tuple[str, str]]


@pytest.fixture(scope="module")
async def matrix(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Matrix]:
    async with ground_of(server, small_template, tmp_path_factory) as ground:
        schema = make_schema()
        core = core_of(schema)
        operations = Operations(make_engine(schema, ground.app.database))
        paths = Paths(core, frozenset(TYPES), ground.world)
        yield Matrix(ground, core, paths, Truth(ground, operations), Tally(), set())


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("type", TYPES)
async def test_a_viewer_sees_what_the_table_says(matrix: Matrix, type: str, viewer: str) -> None:
    """All paths that begin with rows of the type."""
    who, differences = matrix.ground.viewers[viewer], list[str]()
    if type == "AuditEntry":
        await matrix.ground.read_again("audit_entry")
    for path in matrix.paths.of(type):
        truth = await matrix.truth.of(path, who)
        body = {"query": path.text, "variables": path.variables}
        answer = orjson.loads(await matrix.ground.post(viewer, body))
        assert "errors" not in answer, (path.name, answer)
        Reading(matrix.ground, matrix.schema, matrix.tally, who, path.name, differences).answer(
            path, answer["data"], truth
        )
    matrix.done.add((type, viewer))
    assert not differences, "\n".join(differences)


# Argument of a list -> the value that it tells of: a row is found only by who may read that value of it.
FILTERS = {
    'members(county: "140829", first: 16, search: "任军芳")': ("Member", "name"),
    'members(county: "140829", first: 16, belowTrainingHours: 2019)': ("Member", "trainingYear"),
    'members(county: "140829", first: 16, belowTrainingHours: 2019, withoutReason: true)': (
        "Member",
        "trainingYear",
    ),
    'floatingMembers(county: "140829", first: 16, outOfContact: true)': ("FloatingMember", "leftOn"),
    'floatingMembers(county: "140829", first: 16, overdueOnly: true)': ("FloatingMember", "overdue"),
    'delegates(county: "140829", first: 16, level: [CITY])': ("Delegate", "level"),
    'delegates(county: "140829", first: 16, status: [SERVING])': ("Delegate", "status"),
    'exemptions(county: "140829", first: 16, openOnly: true)': ("Exemption", "endedOn"),
    'handovers(county: "140829", first: 16, openOnly: true)': ("Handover", "status"),
    'handovers(county: "140829", first: 16, overdueOnly: true)': ("Handover", "overdue"),
    'themeDayProblems(county: "140829", first: 16, openOnly: true)': ("ThemeDayProblem", "resolvedOn"),
    'courses(county: "140829", first: 16, search: "班")': ("Course", "title"),
    'courseSessions(county: "140829", first: 16, from: "2020-01-01")': ("CourseSession", "startedOn"),
    'organizations(county: "140829", first: 16, search: "秦湾")': ("Organization", "name"),
    'organizations(county: "140829", first: 16, kind: [BRANCH])': ("Organization", "kind"),
    'memberRequests(county: "140829", first: 16, openOnly: true)': ("MemberRequest", "outcome"),
    'memberRequests(county: "140829", first: 16, overdueOnly: true)': ("MemberRequest", "overdue"),
    'accounts(county: "140829", first: 16, search: "plain")': ("Account", "displayName"),
    'roleGrants(county: "140829", first: 16, activeOnly: true)': ("GrantedRole", "isActive"),
    'emergencyRequests(county: "140829", first: 16, openOnly: true)': ("EmergencyRequest", "status"),
}
WRITERS = ("auditor", "secretary", "member", "discipline", "app", "security-admin", "office-other", "nobody")
LEADERS = ("office", "town", "secretary", "emergency", "town-app")
COUNTING = (*LEADERS, "auditor", "app")
"""Who is told numbers of people under five."""


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_filter_finds_what_may_be_read(matrix: Matrix, viewer: str) -> None:
    who, differences = matrix.ground.viewers[viewer], list[str]()
    for filtered, (type, name) in FILTERS.items():
        text = f"{{ r0: {filtered} {{ totalCount edges {{ node {{ id }} }} }} }}"
        path = Path(filtered, text, {"r0": filtered.split("(")[0]}, {})
        truth = (await matrix.truth.of(path, who))["r0"]["edges"]
        reading = Reading(matrix.ground, matrix.schema, matrix.tally, who, filtered, differences)
        found = [edge["node"]["id"] for edge in truth if reading.reads(type, name, edge["node"])]
        answer = orjson.loads(await matrix.ground.post(viewer, {"query": path.text}))
        assert "errors" not in answer, answer
        page = answer["data"]["r0"]
        matrix.tally.cells[type, viewer, name, f"by {filtered}"] += max(1, len(truth))
        if [edge["node"]["id"] for edge in page["edges"]] != found or page["totalCount"] != len(found):
            differences.append(f"{viewer} finds {page['totalCount']} by {filtered}, expected {len(found)}")
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_counts_tell_no_more_than_the_table(matrix: Matrix, viewer: str) -> None:
    """Of an organization under five only to who is told such numbers; of a county the rows that he sees, at most."""
    world, who = matrix.ground.world, matrix.ground.viewers[viewer]
    counts = "floatingCount hostedCount attachedCount"
    every = [{"__typename": "Organization", "id": row["id"]} for row in world.of("organization")]
    text = f"query($all: [_Any!]!) {{ _entities(representations: $all) {{ ... on Organization {{ id {counts} }} }} }}"
    path = Path("counts", text, {}, {"all": every})
    truth = await matrix.truth.of(path, who)
    answer = orjson.loads(await matrix.ground.post(viewer, {"query": text, "variables": path.variables}))
    for one, whole in zip(answer["data"]["_entities"], truth["_entities"], strict=True):
        for name in counts.split() if one else []:
            is_told = viewer in (*COUNTING, "office-other") or whole[name] >= 5
            assert one[name] == (whole[name] if is_told else None), (viewer, name, whole)
            matrix.tally.cells["Organization", viewer, name, "counts"] += 1
    answer = orjson.loads(
        await matrix.ground.post(viewer, {"query": '{ county(code: "140829") { memberCount } }'})
    )
    reading = Reading(matrix.ground, matrix.schema, matrix.tally, who, "county.memberCount", [])
    here = [row for row in world.of("member") if "other" not in world.places("member", row)]
    seen = len([row for row in here if reading.reads("Member", "name", row)])
    if viewer in ("office", "auditor", "emergency"):
        seen = len(here)  # who answers for the county as a whole is told its figures
    expected = {"memberCount": seen if viewer in COUNTING else None}
    assert answer["data"]["county"] == (
        expected if sections()["County"].cell(viewer, "county") != "-" else None
    )


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_an_export_holds_own_rows_only(matrix: Matrix, viewer: str) -> None:
    world, who = matrix.ground.world, matrix.ground.viewers[viewer]
    text = "mutation { exportMyRecord { content refusals { code } } }"
    answer = orjson.loads(await matrix.ground.post(viewer, {"query": text}))["data"]["exportMyRecord"]
    if who.member is None:
        assert answer["content"] is None
        assert answer["refusals"]
        return
    held = {one["table"]: one["rows"] for one in answer["content"]["tables"]}
    assert [row["id"] for row in held["member"]] == [who.member]
    compared = 0
    for table, rows in held.items():
        for row in rows if table in world.tables and table != "audit_entry" else []:
            known = world.tables[table].get(str(row.get("id")))
            if known is not None:
                own = "own" in world.relations(who, table, known) or _names(known, who)
                assert own, f"{viewer} exports {table} {row['id']}, which is not about him"
                matrix.tally.cells[table, viewer, "id", "exportMyRecord"] += 1
                compared += 1
    assert compared > 10


def _names(row: dict[str, Any], who: Who) -> bool:
    """Whether the row itself names the viewer in any column: his account, his record."""
    return bool({who.account, who.member} & {value for value in row.values() if isinstance(value, str)})


@pytest.mark.parametrize("viewer", WRITERS)
async def test_a_write_on_an_invisible_row_answers_as_on_a_missing_one(matrix: Matrix, viewer: str) -> None:
    """Byte for byte, for every write that takes an id."""
    who = matrix.ground.viewers[viewer]
    reading = Reading(matrix.ground, matrix.schema, matrix.tally, who, "writes", [])
    asked: list[tuple[Write, str]] = []
    for write in writes(matrix.schema):
        table = table_of(write.type)
        hidden = [row for row in matrix.ground.world.of(table) if reading.level_of(write.type, row) == "-"]
        hidden.sort(key=lambda row: "other" in matrix.ground.world.places(table, row))
        asked += [(write, row["id"]) for row in hidden[:1]]
    assert asked
    for begin in range(0, len(asked), WRITES_AT_ONCE):
        some = asked[begin : begin + WRITES_AT_ONCE]
        answers = []
        for ids in ([id for _, id in some], [str(uuid4()) for _ in some]):
            calls = (f"w{n}: {call(matrix.schema, write, ids[n])}" for n, (write, _) in enumerate(some))
            answers.append(await matrix.ground.post(viewer, {"query": f"mutation {{ {' '.join(calls)} }}"}))
        assert b'"errors"' not in answers[1], answers[1]
        assert answers[0] == answers[1], [write.title for write, _ in some]
        for write, _ in some:
            matrix.tally.cells[write.type, viewer, "id", write.title] += 1


def test_the_matrix_is_whole(matrix: Matrix) -> None:
    """Every type with rows, field, viewer and enough paths are among the cells, of which there are very many."""
    if len(matrix.done) < len(TYPES) * len(VIEWERS):
        pytest.skip("only a part of the matrix ran")
    cells = matrix.tally.cells
    print(f"\n{matrix.tally.total} cells, {len(cells)} of them different in type, viewer, field and path;")
    print(f"{matrix.tally.hidden} are of rows that are not there; {matrix.tally.differing} differ")
    assert len(cells) >= LEAST_CELLS
    assert {viewer for _, viewer, _, _ in cells} == set(VIEWERS)
    assert {type for type, _, _, _ in cells} >= set(TYPES)
    fields = {(type, name) for type, _, name, _ in cells if type in TYPES}
    assert fields == {(type, name) for type in TYPES for name in _fields(matrix.schema, type)}
    ways = {type: {path for one, _, _, path in cells if one == type} for type in TYPES}
    print(", ".join(f"{type}: {len(paths)} paths" for type, paths in ways.items()))
    assert {type for type, paths in ways.items() if len(paths) < LEAST_PATHS} <= OF_FEW_PLACES


def test_the_table_names_every_field(matrix: Matrix) -> None:
    """And every kind of row: what nobody has thought about fails here with its name."""
    unnamed = {f"{type}.{name}" for type in TYPES for name in _fields(matrix.schema, type)} - {
        f"{type}.{name}" for type in TYPES for name in sections()[type].kinds
    }
    assert not unnamed, f"not in tests/access_table.txt: {sorted(unnamed)}"
    gone = {f"{type}.{name}" for type in TYPES for name in sections()[type].kinds} - {
        f"{type}.{name}" for type in TYPES for name in _fields(matrix.schema, type)
    }
    assert not gone, f"no field of the schema: {sorted(gone)}"
    assert set(TYPES) | PARTS == set(TABLES) | ONLY_NESTED | PARTS, (
        "kinds of rows that the table does not know, or the reverse"
    )


def _fields(schema: GraphQLSchema, type: str) -> list[str]:
    found: Any = schema.type_map[type]
    assert isinstance(found, GraphQLObjectType)
    return list(found.fields)
