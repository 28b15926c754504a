"""What the compiler makes of a selection: forms of queries, arguments, pages, limits, and what is no one's."""

import base64
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLObjectType

from app import open_application
from models import Account
from resolvers.accounts import viewer_of
from resolvers.compiler import engine as engine_module
from resolvers.compiler.request import Request
from runtime.database import connection
from schema.api import core_of, make_engine, make_schema
from schema.operations import Operations
from tests.conftest import COUNTY, Client, Credentials, copied, serving, settings_for

# Rows that sort alike, so that pages end between them, and a few rows in every list.
TIES = """
UPDATE member SET name_sort = 'a a' WHERE name < '曾';
INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, evaluations, lectures, deliberations,
                       open_affairs, volunteer_services, practical_deeds, suggestions)
SELECT gen_random_uuid(), o.county_id, o.id, make_date(2019, n, 5), '主题', '[]', '[]', 0, 0, 0, 0, 0, 0
FROM organization o, generate_series(1, 6) n WHERE o.code = 'SY01001';
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method)
SELECT gen_random_uuid(), t.id, o.secretary_id, '2019-05-05 10:00:00.123456+08', 'ONLINE'
FROM theme_day t JOIN organization o ON o.id = t.organization_id WHERE t.held_on < '2020-01-01';
INSERT INTO course (id, county_id, title, form, hours)
SELECT gen_random_uuid(), c.id, '课程' || n, '网络学习', 1 FROM county c, generate_series(1, 5) n;
INSERT INTO training_record (id, county_id, member_id, course_id, form, hours, completed_on)
SELECT gen_random_uuid(), c.county_id, o.secretary_id, c.id, c.form, 0.5, '2020-05-01'
FROM course c, organization o WHERE o.code = 'SY01001' AND c.title LIKE '课程%';
INSERT INTO record_access (id, member_id, account_id, at, purpose, fields_read)
SELECT gen_random_uuid(), o.secretary_id, NULL, '2020-03-01 10:00+08', '联审' || n, '["id_number"]'
FROM organization o, generate_series(1, 5) n WHERE o.code = 'SY01001';
INSERT INTO import_problem (id, job_id, row, "column", value, code, message_zh, message_en)
SELECT gen_random_uuid(), j.id, n / 3, '身份证号', n, 'BAD', '不对', 'wrong' FROM import_job j, generate_series(1, 7) n;
INSERT INTO qualification_review (id, county_id, quarter, opened_at)
SELECT gen_random_uuid(), c.id, '2020Q4', '2021-01-04 09:00+08' FROM county c;
INSERT INTO qualification_check (id, review_id, delegate_id, outcome, findings, facts, evaluated_at)
SELECT gen_random_uuid(), r.id, d.id, 'QUALIFIED', '[]', '{}', '2021-01-04 09:00+08'
FROM qualification_review r, delegate d;
INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, requested_at, due_on)
SELECT gen_random_uuid(), d.county_id, d.id, '2020Q' || n, 'DISCIPLINE_INSPECTION', now(), '2020-12-31'
FROM delegate d, generate_series(1, 2) n;
"""

# Type and field of each list -> who reads it, and the query around it.
LISTS = {
    ("Query", "organizations"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "members"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "floatingMembers"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "auditEntries"): ("auditor", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "pendingClearances"): ("discipline", "{ LIST }", ""),
    ("County", "branches"): ("office", f'{{ county(code: "{COUNTY}") {{ LIST }} }}', ""),
    ("Organization", "members"): ("secretary", "{ viewer { member { organization { LIST } } } }", ""),
    ("Member", "attendances"): ("secretary", "{ viewer { member { LIST } } }", ""),
    ("Viewer", "accessLog"): ("secretary", "{ viewer { LIST } }", ""),
    ("TrainingYear", "records"): (
        "secretary",
        "{ viewer { member { trainingYear(year: 2020) { LIST } } } }",
        "",
    ),
    ("ThemeDay", "attendances"): ("secretary", '{ themeDay(id: "<day>") { LIST } }', ""),
    ("ImportJob", "problems"): ("office", '{ importJob(id: "<job>") { LIST } }', ""),
    ("QualificationReview", "checks"): (
        "office",
        f'{{ qualificationReview(county: "{COUNTY}", quarter: "2020Q4") {{ LIST }} }}',
        "",
    ),
}
PAGE = (
    "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { KEY } }"
)
MEMBERS = f'members(county: "{COUNTY}", first: 3'
EMPTY = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


@dataclass
class Reader(Client):
    """Somebody who reads, and ids by the marks that stand for them in a query."""

    ids: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
async def reader(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reader]:
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path_factory.mktemp("var")) as opened,
    ):
        await connection().execute_script(TIES)
        for who in ("office", "auditor", "discipline", "secretary", "member", "app"):
            await opened.token(who)
        yield Reader(opened.http, opened.documents, opened.tokens, await _ids())


async def read(reader: Reader, text: str, who: str = "office", /, **variables: Any) -> Any:
    answer = await reader.query(text, who, **variables)
    assert "errors" not in answer, answer
    return answer["data"]


async def refusal(reader: Reader, text: str, who: str = "office", /, **variables: Any) -> str:
    """The code of the first error; the answer holds nothing else."""
    answer = await reader.query(text, who, **variables)
    assert answer["data"] is None, answer
    return str(answer["errors"][0]["extensions"]["code"])


# ---- forms of a query


async def test_one_field_under_aliases_with_other_arguments(reader: Reader) -> None:
    data = await read(
        reader,
        f'{{ a: organizations(county: "{COUNTY}", first: 1) {{ ...Codes }} '
        f'b: organizations(county: "{COUNTY}", first: 2, kind: [BRANCH]) {{ ...Codes }} '
        f'c: organizations(county: "000000", first: 9) {{ ...Codes }} }} '
        "fragment Codes on OrganizationConnection { totalCount edges { node { code } } }",
    )
    codes = {key: [edge["node"]["code"] for edge in found["edges"]] for key, found in data.items()}
    assert codes == {"a": ["SY"], "b": ["SY01001", "SY01002"], "c": []}
    assert [data[key]["totalCount"] for key in "abc"] == [5, 2, 0]


async def test_arguments_of_nested_aliases(reader: Reader) -> None:
    data = await read(
        reader,
        "{ viewer { member { a: trainingYear(year: 2020) { year completedHours } "
        "b: trainingYear(year: 1999) { year completedHours records(first: 1) { totalCount } } } } }",
        "secretary",
    )
    assert data["viewer"]["member"] == {
        "a": {"year": 2020, "completedHours": 42.5},
        "b": {"year": 1999, "completedHours": 0, "records": {"totalCount": 0}},
    }


async def test_selections_of_one_field_are_merged(reader: Reader) -> None:
    data = await read(
        reader,
        "query Q { viewer { member { name } } ...More ... on Query { viewer { username } } } "
        "fragment More on Query { viewer { member { organization { ...Code } } } } "
        "fragment Code on Organization { code ...Name } fragment Name on Organization { name code }",
        "secretary",
    )
    assert data == {
        "viewer": {
            "member": {
                "name": "任军芳",
                "organization": {"code": "SY01001", "name": "古绛镇后秦湾村党支部"},
            },
            "username": "secretary",
        }
    }
    assert list(data["viewer"]) == ["member", "username"], "in the order of the document"


async def test_names_of_types_everywhere(reader: Reader) -> None:
    data = await read(
        reader,
        f'{{ __typename county(code: "{COUNTY}") {{ t: __typename branches(first: 1) {{ __typename pageInfo '
        "{ __typename } edges { __typename node { __typename findings { __typename } } } } rulePacks "
        "{ __typename rules { __typename } } } }",
    )
    county = data["county"]
    assert (data["__typename"], county["t"]) == ("Query", "County")
    assert county["branches"]["__typename"] == "OrganizationConnection"
    assert county["branches"]["pageInfo"] == {"__typename": "PageInfo"}
    assert county["branches"]["edges"][0]["__typename"] == "OrganizationEdge"
    node = county["branches"]["edges"][0]["node"]
    assert node["__typename"] == "Organization"
    assert {finding["__typename"] for finding in node["findings"]} <= {"Finding"}
    assert county["rulePacks"][0]["rules"][0] == {"__typename": "Rule"}


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        (
            "{ viewer { username @skip(if: true) displayName } }",
            {},
            {"viewer": {"displayName": "村党支部书记"}},
        ),
        ("{ viewer @include(if: false) { username } }", {}, {}),
        ("{ viewer { username @skip(if: true) } }", {}, {"viewer": {}}),
        (
            "query($yes: Boolean!) { viewer { username @include(if: $yes) } }",
            {"yes": True},
            {"viewer": {"username": "secretary"}},
        ),
        ("query($yes: Boolean!) { viewer { username @include(if: $yes) } }", {"yes": False}, {"viewer": {}}),
        (
            "query($no: Boolean = true) { viewer { username @skip(if: $no) } }",
            {"no": False},
            {"viewer": {"username": "secretary"}},
        ),
        ("query($no: Boolean = true) { viewer { username @skip(if: $no) } }", {}, {"viewer": {}}),
        (
            "query($a: Boolean!) { ...F @skip(if: $a) ... @include(if: $a) { __typename } } "
            "fragment F on Query { viewer { username } }",
            {"a": True},
            {"__typename": "Query"},
        ),
        ("{ viewer { username @skip(if: false) @include(if: false) } }", {}, {"viewer": {}}),
    ],
)
async def test_skip_and_include(reader: Reader, text: str, variables: Any, expected: Any) -> None:
    assert await read(reader, text, "secretary", **variables) == expected


@pytest.mark.parametrize(
    "selected",
    [
        "totalCount @skip(if: true)",
        "__typename",
        "pageInfo { hasNextPage @skip(if: true) }",
        "pageInfo { hasPreviousPage }",
        "edges { node { id @skip(if: true) } }",
        "edges { cursor @skip(if: true) }",
        "pageInfo { " + " ".join(f"a{n}: endCursor" for n in range(60)) + " }",
        "a: edges { x: node { id } y: node { name } } b: edges { cursor } c: totalCount d: totalCount",
    ],
)
@pytest.mark.parametrize("who", ["office", "member", "discipline"])
async def test_any_part_of_a_page(reader: Reader, selected: str, who: str) -> None:
    answer = await reader.query(f"{{ {MEMBERS}) {{ {selected} }} }}", who)
    assert "errors" not in answer
    assert answer["data"]["members"] is not None


async def test_the_types_of_a_union_may_have_other_fields_under_one_key(reader: Reader) -> None:
    home = await read(reader, "{ viewer { member { id organization { id } } } }", "secretary")
    person, branch = home["viewer"]["member"]["id"], home["viewer"]["member"]["organization"]["id"]
    text = (
        "query($one: [_Any!]!, $two: [_Any!]!) { a: _entities(representations: $one) { ...All } "
        "b: _entities(representations: $two) { __typename ...All ... on Organization { findings { code } } } } "
        "fragment All on _Entity { ... on Organization { list: members(first: 2) { edges { cursor } } } "
        "... on Member { name list: attendances(first: 1) { edges { cursor } } } }"
    )
    data = await read(
        reader,
        text,
        one=[{"__typename": "Member", "id": person}, {"__typename": "Organization", "id": branch}],
        two=[{"__typename": "Organization", "code": "SY01001"}, {"__typename": "Member", "id": person}],
    )
    assert [len(entity["list"]["edges"]) for entity in data["a"]] == [1, 2]
    assert [entity["__typename"] for entity in data["b"]] == ["Organization", "Member"]
    assert data["b"][0]["findings"]
    assert "findings" not in data["b"][1]
    forced = await read(
        reader,
        text.replace("{ a:", "{ __schema { queryType { name } } a:", 1),
        one=[{"__typename": "Member", "id": person}, {"__typename": "Organization", "id": branch}],
        two=[{"__typename": "Organization", "code": "SY01001"}, {"__typename": "Member", "id": person}],
    )
    assert {key: forced[key] for key in data} == data


@pytest.mark.parametrize(
    "representation",
    [
        {"__typename": "Nothing", "id": "x"},
        {"__typename": "Member"},
        {"__typename": "Member", "id": None},
        {"__typename": "Member", "id": {"a": 1}},
        {"__typename": "Organization", "code": None},
        {"__typename": "Organization", "code": "SY01001'; DROP TABLE member; --"},
        {"__typename": "Organization", "id": str(uuid.uuid4()), "code": "SY01001"},
        {"__typename": ["Member"]},
        {"__typename": {}},
        {"id": "x"},
        {},
    ],
    ids=str,
)
async def test_an_unknown_entity_is_null_in_its_place(reader: Reader, representation: Any) -> None:
    data = await read(
        reader,
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on Organization { code } } }",
        "app",
        r=[
            {"__typename": "Organization", "code": "SY"},
            representation,
            {"__typename": "Organization", "code": "SY01"},
        ],
    )
    assert data["_entities"] == [{"code": "SY"}, None, {"code": "SY01"}]


# ---- arguments and variables


@pytest.mark.parametrize(
    ("declared", "variables", "count"),
    [
        ("$search: String", {}, 12),
        ("$search: String", {"search": None}, 12),
        ("$search: String", {"search": "任军芳"}, 1),
        ('$search: String = "任军芳"', {}, 1),
        ('$search: String = "任军芳"', {"search": None}, 12),
        ('$search: String = "任军芳"', {"search": "沈新晨"}, 1),
    ],
)
async def test_a_variable_that_is_absent_null_or_given(
    reader: Reader, declared: str, variables: Any, count: int
) -> None:
    text = f'query({declared}) {{ members(county: "{COUNTY}", first: 1, search: $search) {{ totalCount }} }}'
    assert await read(reader, text, **variables) == {"members": {"totalCount": count}}


@pytest.mark.parametrize(
    ("written", "variables", "count"),
    [
        ("kind: BRANCH", {}, 2),
        ("kind: [BRANCH]", {}, 2),
        ("kind: [BRANCH, TEMPORARY_BRANCH]", {}, 3),
        ("kind: []", {}, 0),
        ("kind: null", {}, 5),
        ("kind: $kinds", {}, 5),
        ("kind: $kinds", {"kinds": None}, 5),
        ("kind: $kinds", {"kinds": []}, 0),
        ("kind: $kinds", {"kinds": "COMMITTEE"}, 2),
        ("kind: $kinds", {"kinds": ["COMMITTEE", "GROUP"]}, 2),
        ("kind: [$kind, BRANCH]", {"kind": "COMMITTEE"}, 4),
        ("kind: [$kind, BRANCH]", {}, 2),
    ],
)
async def test_lists_of_enum_values(reader: Reader, written: str, variables: Any, count: int) -> None:
    declared = "$kinds: [OrganizationKind!]" if "$kinds" in written else "$kind: OrganizationKind! = BRANCH"
    head = f"query({declared}) " if "$" in written else ""
    text = f'{head}{{ organizations(county: "{COUNTY}", first: 0, {written}) {{ totalCount }} }}'
    assert await read(reader, text, **variables) == {"organizations": {"totalCount": count}}


async def test_one_document_with_one_and_then_another_variable_given(reader: Reader) -> None:
    text = (
        f"query($search: String, $after: String, $overdue: Boolean) {{ {MEMBERS}, search: $search, after: $after) "
        f'{{ totalCount pageInfo {{ hasPreviousPage endCursor }} }} floatingMembers(county: "{COUNTY}", first: 9, '
        "overdueOnly: $overdue) { totalCount } }"
    )
    first = await read(reader, text)
    after = first["members"]["pageInfo"]["endCursor"]
    for variables, total, is_later in (
        ({}, 12, False),
        ({"after": after}, 12, True),
        ({"search": "任军芳"}, 1, False),
        ({"search": "任军芳", "after": None, "overdue": None}, 1, False),
        ({"overdue": False}, 12, False),
        ({"overdue": True}, 12, False),
    ):
        data = await read(reader, text, **variables)
        assert data["members"]["totalCount"] == total
        assert data["members"]["pageInfo"]["hasPreviousPage"] is is_later
        assert data["floatingMembers"]["totalCount"] == 3


async def test_null_for_what_may_not_be_null(reader: Reader) -> None:
    """Allowed by validation, since the variable has a default, but not by the specification of execution."""
    members = f'query($first: Int = 3) {{ members(county: "{COUNTY}", first: $first) {{ totalCount }} }}'
    assert (await read(reader, members))["members"]["totalCount"] == 12
    assert await refusal(reader, members, first=None) == "BAD_VALUE"
    day = 'query($id: ID = "x") { themeDay(id: $id) { id } }'
    assert await read(reader, day) == {"themeDay": None}
    assert await refusal(reader, day, id=None) == "BAD_VALUE"
    switch = "query($yes: Boolean = true) { viewer @include(if: $yes) { username } }"
    assert await refusal(reader, switch, yes=None) == "BAD_VALUE"


@pytest.mark.parametrize("id", ["", "x", "1", "' OR true --", "null", "\0", "一", "9" * 500, "{}", 7, -1])
@pytest.mark.parametrize("field", ["organization", "themeDay", "importJob"])
async def test_an_id_of_another_form_is_null(reader: Reader, field: str, id: Any) -> None:
    assert await read(reader, f"query($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=id) == {field: None}


STRINGS = {
    "organizations(county: $text, first: 1) { totalCount }": "ID!",
    "members(county: $text, first: 1) { totalCount }": "ID!",
    "floatingMembers(county: $text, first: 1) { totalCount }": "ID!",
    "auditEntries(county: $text, first: 1) { totalCount }": "ID!",
    "county(code: $text) { name }": "ID!",
    'qualificationReview(county: $text, quarter: "2020Q4") { id }': "ID!",
    f'members(county: "{COUNTY}", first: 1, search: $text) {{ totalCount }}': "String",
    f'organizations(county: "{COUNTY}", first: 1, search: $text) {{ totalCount }}': "String",
}
HOSTILE = [
    "' OR '1'='1",
    "x'); DROP TABLE member; --",
    "$1::text",
    "{viewer:county:0}",
    "%(x)s",
    "\\'; SELECT pg_sleep(9) --",
    '"; --',
    "/* */",
    "%%__",
    "ＡＢ",
    "𠮷野家",
    "👩‍👩‍👧‍👦👨",
    "e\u0301\u200b\u202e\ufeff",
    "\ud7ff\ue000\uffff",
    "x" * 20_000,
]


@pytest.mark.parametrize("field", STRINGS)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
async def test_strings_are_only_ever_values(reader: Reader, field: str, text: str) -> None:
    answer = await reader.query(f"query($text: {STRINGS[field]}) {{ found: {field} }}", "office", text=text)
    assert "errors" not in answer
    assert answer["data"]["found"] in (None, {"totalCount": 0})
    if len(text) < 1000:
        written = field.replace("$text", json.dumps(text))
        assert (await reader.query(f"{{ found: {written} }}", "office"))["data"] == answer["data"]
    assert (await read(reader, f"{{ {MEMBERS}) {{ totalCount }} }}"))["members"]["totalCount"] == 12


@pytest.mark.parametrize("field", STRINGS)
async def test_the_null_character_is_refused_with_a_reason(reader: Reader, field: str) -> None:
    text = f"query($text: {STRINGS[field]}) {{ found: {field} }}"
    assert await refusal(reader, text, text="任\0军") == "BAD_VALUE"
    entities = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
    assert await refusal(reader, entities, r=[{"__typename": "Organization", "code": "\0"}]) == "BAD_VALUE"


@pytest.mark.parametrize("year", [2**31 - 1, -(2**31), 0, 6_000_000])
async def test_years_that_no_calendar_has(reader: Reader, year: int) -> None:
    hours = "query($year: Int!) { viewer { member { trainingYear(year: $year) { completedHours } } } }"
    assert await refusal(reader, hours, "secretary", year=year) == "BAD_VALUE"
    below = f"query($year: Int!) {{ {MEMBERS}, belowTrainingHours: $year) {{ totalCount }} }}"
    assert await refusal(reader, below, year=year) == "BAD_VALUE"


async def test_numbers_beyond_graphqls_integers(reader: Reader) -> None:
    text = "query($year: Int!) { viewer { member { trainingYear(year: $year) { year } } } }"
    for year in (2**31, 2**63, 10**40, 1.5, "2020", True):
        assert "errors" in await reader.query(text, "secretary", year=year)
    literal = f"{{ viewer {{ member {{ trainingYear(year: {10**30}) {{ year }} }} }} }}"
    assert "errors" in await reader.query(literal, "secretary")


# ---- pages


@pytest.mark.parametrize("place", LISTS, ids=".".join)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_pages_together_are_the_list(reader: Reader, place: tuple[str, str], size: int) -> None:
    who, _, _ = LISTS[place]
    text = _list_query(reader, place)
    whole = _found(await read(reader, text, who, first=100))
    rows = [edge["node"] for edge in whole["edges"]]
    assert len(rows) == whole["totalCount"] > 2
    assert len({json.dumps(row) for row in rows}) == len(rows)
    assert whole["pageInfo"]["hasNextPage"] is False

    read_rows, after = [], None
    for start in range(0, len(rows), size):
        page = _found(await read(reader, text, who, first=size, after=after))
        read_rows += [edge["node"] for edge in page["edges"]]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert page["totalCount"] == whole["totalCount"]
        assert page["pageInfo"] == {
            "hasNextPage": start + size < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": cursors[0],
            "endCursor": cursors[-1],
        }
        after = cursors[-1]
    assert read_rows == rows
    behind = _found(await read(reader, text, who, first=size, after=after))
    assert behind["edges"] == []
    assert behind["pageInfo"] == EMPTY | {"hasPreviousPage": True}


@pytest.mark.parametrize("place", LISTS, ids=".".join)
async def test_a_page_of_no_rows(reader: Reader, place: tuple[str, str]) -> None:
    who, _, _ = LISTS[place]
    page = _found(await read(reader, _list_query(reader, place), who, first=0))
    assert page["edges"] == []
    assert page["pageInfo"] == EMPTY | {"hasNextPage": True}


async def test_an_empty_list(reader: Reader) -> None:
    page = PAGE.replace("KEY", "id")
    data = await read(reader, f'{{ members(county: "000000", first: 5) {{ {page} }} }}')
    assert data["members"] == {"totalCount": 0, "pageInfo": EMPTY, "edges": []}


def test_every_list_of_the_schema_is_walked() -> None:
    paged = {
        (type_.name, name)
        for type_ in core_of(make_schema()).type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if str(field.type).rstrip("!").endswith("Connection")
    }
    assert paged - set(LISTS) == {("Trial", "changes")}  # of a write, and made in Python


def _cursor(*keys: Any) -> str:
    return base64.b64encode(json.dumps(keys).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "一",
        "\0",
        "====",
        "W10",
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"{}").decode(),
        base64.b64encode(b"1").decode(),
        base64.b64encode(b"[" * 2000).decode(),
        _cursor(),
        _cursor("member"),
        _cursor("member", "a"),
        _cursor("member", "a", "b"),
        _cursor("member", 1, str(uuid.uuid4())),
        _cursor("member", None, str(uuid.uuid4())),
        _cursor("member", ["a"], str(uuid.uuid4())),
        _cursor("member", "a\0", str(uuid.uuid4())),
        _cursor("member", "a", 7),
        _cursor("member", "a", None),
        _cursor("member", "a", str(uuid.uuid4()), "c"),
        _cursor("organization", "a", str(uuid.uuid4())),
        _cursor("a", str(uuid.uuid4())),
    ],
)
async def test_what_is_no_cursor_of_the_list(reader: Reader, cursor: str) -> None:
    text = f"query($after: String) {{ {MEMBERS}, after: $after) {{ edges {{ node {{ id }} }} }} }}"
    assert await refusal(reader, text, after=cursor) == "BAD_CURSOR"


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        (("Query", "auditEntries"), ["audit_entry", "1"]),
        (("Query", "auditEntries"), ["audit_entry", 1.5]),
        (("Query", "auditEntries"), ["audit_entry", True]),
        (("Query", "auditEntries"), ["audit_entry", 2**63]),
        (("ImportJob", "problems"), ["import_problem", 2**31, str(uuid.uuid4())]),
        (("Member", "attendances"), ["attendance", "2020-01-01", str(uuid.uuid4())]),
        (("Member", "attendances"), ["attendance", "2020-01-01T10:00:00", str(uuid.uuid4())]),
        (("Member", "attendances"), ["attendance", "9999-12-31T23:59:59-12:00", str(uuid.uuid4())]),
        (("Member", "attendances"), ["attendance", 5, str(uuid.uuid4())]),
        (("TrainingYear", "records"), ["training_record", "2020-13-01", str(uuid.uuid4())]),
    ],
)
async def test_sort_keys_of_another_type(reader: Reader, place: tuple[str, str], keys: list[Any]) -> None:
    text = _list_query(reader, place)
    assert await refusal(reader, text, LISTS[place][0], first=1, after=_cursor(*keys)) == "BAD_CURSOR"


async def test_a_cursor_of_every_other_list_is_refused(reader: Reader) -> None:
    cursors = {}
    for place, (who, _, _) in LISTS.items():
        page = _found(await read(reader, _list_query(reader, place), who, first=1))
        cursors[place] = page["pageInfo"]["endCursor"]
    same_rows = {
        frozenset({("Query", "organizations"), ("County", "branches")}),
        frozenset({("Query", "members"), ("Organization", "members")}),
        frozenset({("Member", "attendances"), ("ThemeDay", "attendances")}),
    }
    for place, (who, _, _) in LISTS.items():
        text = _list_query(reader, place)
        for other, cursor in cursors.items():
            if other != place and frozenset({place, other}) not in same_rows:
                assert await refusal(reader, text, who, first=1, after=cursor) == "BAD_CURSOR", (place, other)


@pytest.mark.parametrize("place", LISTS, ids=".".join)
async def test_page_sizes_out_of_bounds(reader: Reader, place: tuple[str, str]) -> None:
    largest = 1000 if place in {("County", "branches"), ("QualificationReview", "checks")} else 100
    text = _list_query(reader, place)
    for first in (-1, -(2**31), largest + 1, 1001):
        assert await refusal(reader, text, LISTS[place][0], first=first) == "BAD_PAGE_SIZE"
    assert _found(await read(reader, text, LISTS[place][0], first=largest))["totalCount"] > 0


async def test_the_page_size_is_checked_where_only_the_count_is_asked_for(reader: Reader) -> None:
    for selected in ("totalCount", "__typename"):
        text = f'{{ members(county: "{COUNTY}", first: 101) {{ {selected} }} }}'
        assert await refusal(reader, text) == "BAD_PAGE_SIZE"


# ---- limits


async def test_page_sizes_multiply(reader: Reader) -> None:
    text = (
        f'query($a: Int!, $b: Int!) {{ county(code: "{COUNTY}") {{ branches(first: $a) {{ edges {{ node {{ '
        "members(first: $b) { edges { node { id } } } } } } } }"
    )
    assert len((await read(reader, text, a=190, b=100))["county"]["branches"]["edges"]) == 5
    answer = await reader.query(text, "office", a=1000, b=100)
    assert answer["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
    assert "101002" in answer["errors"][0]["message"], "the cost is told"
    assert len((await read(reader, text, a=5, b=5))["county"]["branches"]["edges"]) == 5, "the plan is kept"


async def test_entities_are_counted(reader: Reader) -> None:
    text = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Organization { members(first: 100) "
    text += "{ edges { node { id } } } } } }"
    assert await refusal(reader, text, "app", r=[{"__typename": "Organization"}] * 300) == "TOO_COSTLY"


async def test_fragments_in_fragments_end(reader: Reader) -> None:
    levels = "".join(
        f" fragment F{n} on Organization {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}"
        for n in range(20)
    )
    text = (
        "{ viewer { member { organization { ...F0 } } } }" + levels + " fragment F20 on Organization { id }"
    )
    assert await refusal(reader, text, "secretary") == "TOO_COSTLY"
    forced = text.replace("{ viewer", "{ __schema { queryType { name } } viewer", 1)
    answer = await reader.query(forced, "secretary")
    assert answer["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
    sent = 'mutation { checkIn(input: {themeDayId: "x", method: ONLINE}) { themeDay { organization { ...F0 } } } }'
    answer = await reader.query(sent + levels + " fragment F20 on Organization { id }", "secretary")
    assert answer["errors"][0]["extensions"]["code"] == "TOO_COSTLY"


@pytest.mark.parametrize(("depth", "code"), [(25, None), (60, "TOO_DEEP"), (300, "GRAPHQL_PARSE_FAILED")])
async def test_depth(reader: Reader, depth: int, code: str | None) -> None:
    text = "{ viewer { member { organization { " + "parent { " * depth + "id" + " }" * depth + " } } } }"
    answer = await reader.query(text, "secretary")
    if code is None:
        assert answer["data"]["viewer"]["member"]["organization"]["parent"] is None
    else:
        assert answer["errors"][0]["extensions"]["code"] == code


async def test_names_that_postgresql_would_cut(reader: Reader) -> None:
    fits, too_long = "a" * 60, "a" * 61
    assert await read(reader, f"{{ {fits}: viewer {{ {fits}: username }} }}", "secretary") == {
        fits: {fits: "secretary"}
    }
    for text in (
        f"{{ {too_long}: viewer {{ username }} }}",
        f"{{ viewer {{ {too_long}: __typename }} }}",
        f"{{ {MEMBERS}) {{ {too_long}: totalCount }} }}",
        f"{{ {MEMBERS}) {{ edges {{ {too_long}: cursor }} }} }}",
        f"{{ {MEMBERS}) {{ pageInfo {{ {too_long}: endCursor }} }} }}",
    ):
        assert await refusal(reader, text) == "NAME_TOO_LONG"


# ---- plans are kept, each for those whom it fits


@pytest.fixture(scope="module")
async def inside(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator["Inside"]:
    async with (
        copied(server, small_template) as credentials,
        open_application(settings_for(credentials, tmp_path_factory.mktemp("var"))) as app,
    ):
        yield Inside(app)


class Inside:
    """The engine without HTTP, to look at what it keeps."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.engine = make_engine(make_schema(), app.database)
        self.operations = Operations(self.engine)

    async def answer(self, text: str, who: str, **variables: Any) -> Any:
        viewer = await viewer_of(await Account.get(username=who))
        request = Request(viewer=viewer, rules=self.app.rules.of(viewer.county_code), app=self.app)
        answer = json.loads(await self.operations.answer({"query": text, "variables": variables}, request))
        assert "errors" not in answer, answer
        return answer["data"]


async def test_a_plan_serves_those_of_one_shape_only(inside: Inside) -> None:
    text = f"{{ {MEMBERS}) {{ totalCount edges {{ node {{ birthDate phone }} }} }} }}"
    seen: dict[str, Any] = {}
    for who in ("office", "member", "secretary", "app", "admin", "town", "office", "member", "admin"):
        found = (await inside.answer(text, who))["members"]
        assert seen.setdefault(who, found) == found
    totals = {who: found["totalCount"] for who, found in seen.items()}
    assert totals == {"office": 12, "member": 2, "secretary": 9, "app": 12, "admin": 0, "town": 12}
    assert all(edge["node"]["birthDate"] is None for edge in seen["app"]["edges"])
    assert all(edge["node"]["birthDate"] for edge in seen["office"]["edges"])


async def test_two_of_one_shape_share_a_plan_and_see_their_own(inside: Inside) -> None:
    text = "{ viewer { username member { name phone } } }"
    kept = len(inside.engine._plans)
    one = (await inside.answer(text, "member"))["viewer"]
    other = (await inside.answer(text, "floating"))["viewer"]
    assert len(inside.engine._plans) == kept + 1
    assert (one["username"], other["username"]) == ("member", "floating")
    assert one["member"]["name"] != other["member"]["name"]


async def test_values_do_not_make_plans(inside: Inside) -> None:
    text = "query($year: Int!, $more: Boolean = false) { viewer { member { trainingYear(year: $year) { year "
    text += "completedHours @include(if: $more) } } } }"
    kept = len(inside.engine._plans)
    for year in range(1990, 2030):
        data = await inside.answer(text, "member", year=year)
        assert data["viewer"]["member"]["trainingYear"] == {"year": year}
    assert len(inside.engine._plans) == kept + 1
    data = await inside.answer(text, "member", year=2020, more=True)
    assert data["viewer"]["member"]["trainingYear"] == {"year": 2020, "completedHours": 40}
    assert len(inside.engine._plans) == kept + 2


async def test_what_is_kept_is_bounded(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "DOCUMENTS_KEPT", 20)
    monkeypatch.setattr(engine_module, "PLANS_KEPT", 10)
    inside = Inside(inside.app)
    for number in range(60):
        await inside.answer(f"{{ a{number}: __typename }}", "office")
    assert len(inside.engine._documents) == 20
    assert len(inside.engine._plans) == 10
    assert await inside.answer("{ a0: __typename }", "office") == {"a0": "Query"}


async def test_each_language_has_its_plans(reader: Reader) -> None:
    text = '{ importJob(id: "<job>") { problems(first: 1) { edges { node { message } } } } }'
    text = text.replace("<job>", reader.ids["<job>"])
    found = []
    for language in ("zh-CN", "en", "zh-CN", "en"):
        answer = await reader.post({"query": text}, "office", **{"Accept-Language": language})
        (edge,) = answer.json()["data"]["importJob"]["problems"]["edges"]
        found.append(edge["node"]["message"])
    assert found == ["不对", "wrong", "不对", "wrong"]


# ---- which operation of a document


async def test_documents_of_several_operations(reader: Reader) -> None:
    text = "query A { viewer { username } } query B { __typename }"

    async def send(name: str | None) -> Any:
        return (await reader.post({"query": text, "operationName": name}, "office")).json()

    assert (await send("A"))["data"] == {"viewer": {"username": "office"}}
    assert (await send("B"))["data"] == {"__typename": "Query"}
    assert (await send("A"))["data"] == {"viewer": {"username": "office"}}
    for name in (None, "C", ""):
        assert (await send(name))["errors"][0]["extensions"]["code"] == "UNKNOWN_OPERATION"


@pytest.mark.parametrize("text", ["{ viewer { username } }", f"{{ {MEMBERS}) {{ totalCount }} }}"])
async def test_nobody_sees_nothing(reader: Reader, text: str) -> None:
    data = (await reader.query(text))["data"]
    assert data in ({"viewer": None}, {"members": {"totalCount": 0}})


def _found(data: Any) -> Any:
    """The list at the end of the path."""
    while "list" not in data:
        (data,) = data.values()
    return data["list"]


def _list_query(reader: Reader, place: tuple[str, str]) -> str:
    _, around, arguments = LISTS[place]
    key = {"auditEntries": "sequence", "accessLog": "purpose", "problems": "value"}.get(place[1], "id")
    page = PAGE.replace("KEY", key)
    given = ", ".join(filter(None, (arguments, "first: $first", "after: $after")))
    text = around.replace("LIST", f"list: {place[1]}({given}) {{ {page} }}")
    for mark, id in reader.ids.items():
        text = text.replace(mark, id)
    return f"query($first: Int!, $after: String) {text}"


async def _ids() -> dict[str, str]:
    """A theme day with attendances, and an import job with problems."""
    sql = {
        "<day>": "SELECT theme_day_id::text AS id FROM attendance GROUP BY 1 HAVING count(*) > 5 LIMIT 1",
        "<job>": "SELECT job_id::text AS id FROM import_problem ORDER BY 1 LIMIT 1",
    }
    return {mark: (await connection().execute_query_dict(one))[0]["id"] for mark, one in sql.items()}
