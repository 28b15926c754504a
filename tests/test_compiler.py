"""What the compiler makes of a selection: forms of queries, arguments, kept plans, and what is no one's."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app import open_application
from models import Account
from resolvers.accounts.accounts import viewer_of
from resolvers.compiler import engine as engine_module
from resolvers.compiler.request import Request
from schema.api import make_engine, make_schema
from schema.operations import Operations
from tests.conftest import COUNTY, Credentials, copied, settings_for
from tests.test_pages import MEMBERS, NOBODYS, Reader, read, reading, refusal


@pytest.fixture(scope="module")
async def reader(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reader]:
    async with reading(server, small_template, tmp_path_factory.mktemp("var")) as opened:
        yield opened


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
        {"__typename": "Organization", "id": NOBODYS, "code": "SY01001"},
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
