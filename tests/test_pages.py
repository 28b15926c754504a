"""Pages of lists, walked by their cursors, and the limits of what one operation may ask for."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import GraphQLObjectType

from runtime.database import connection
from schema.api import core_of, make_schema
from tests.conftest import COUNTY, Client, Credentials, copied, serving

NOBODYS = "0190a0a0-0000-7000-8000-000000000000"
"""The id of no row; the same in every process, since it names tests."""

# Rows that sort alike, so that pages end between them, and a few rows in every list.
TIES = """
UPDATE member SET name_sort = 'a a' WHERE name < '曾';
INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations,
                       open_affairs, volunteer_services, practical_deeds, suggestions)
SELECT gen_random_uuid(), o.county_id, o.id, make_date(2019, n, 5), '主题', '[]', 0, 0, 0, 0, 0, 0
FROM organization o, generate_series(1, 6) n WHERE o.code = 'SY01001';
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method)
SELECT gen_random_uuid(), t.id, s.member_id, '2019-05-05 10:00:00.123456+08', 'ONLINE'
FROM theme_day t JOIN office_term s ON s.organization_id = t.organization_id WHERE t.held_on < '2020-01-01';
INSERT INTO organization (id, county_id, code, name, kind, field, parent_id, path, dissolved_on, name_initials,
                          search_keys)
SELECT gen_random_uuid(), o.county_id, 'G' || n, '党小组' || n, 'GROUP', o.field, o.id, o.path || 'G' || n || '/',
       '2019-09-01', 'dxz', '{}' FROM organization o, generate_series(1, 4) n WHERE o.code = 'SY01001';
INSERT INTO organization_event (id, county_id, organization_id, act, decided_on, effective_on, approved_by, recorded_at)
SELECT gen_random_uuid(), o.county_id, o.id, 'RENEWED', '2019-01-01', '2019-01-18', '镇党委', now()
FROM organization o, generate_series(1, 5) n WHERE o.code = 'SY01001';
INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights)
SELECT gen_random_uuid(), m.county_id, m.id, o.id, 'NETWORK', '{STUDY}' FROM organization o JOIN member m
ON m.organization_id = (SELECT b.id FROM organization b WHERE b.code = 'SY01002') WHERE o.code = 'SY01001';
INSERT INTO reserve (id, county_id, organization_id, name, is_for_secretary, listed_on)
SELECT gen_random_uuid(), o.county_id, o.id, '后备' || n, n = 1, '2020-05-01'
FROM organization o, generate_series(1, 5) n WHERE o.code = 'SY01001';
INSERT INTO course (id, county_id, title, form, hours)
SELECT gen_random_uuid(), c.id, '课程' || n, '网络学习', 1 FROM county c, generate_series(1, 5) n;
INSERT INTO training_record (id, county_id, member_id, course_id, form, hours, completed_on)
SELECT gen_random_uuid(), c.county_id, s.member_id, c.id, c.form, 0.5, '2020-05-01'
FROM course c, office_term s JOIN organization o ON o.id = s.organization_id
WHERE o.code = 'SY01001' AND c.title LIKE '课程%';
INSERT INTO record_access (id, member_id, account_id, at, purpose, fields_read)
SELECT gen_random_uuid(), s.member_id, NULL, '2020-03-01 10:00+08', '联审' || n, '["id_number"]'
FROM office_term s JOIN organization o ON o.id = s.organization_id, generate_series(1, 5) n WHERE o.code = 'SY01001';
INSERT INTO member_request (id, county_id, member_id, kind, subject_type, subject_id, reason, made_at, due_on)
SELECT gen_random_uuid(), m.county_id, m.id, 'LOCK', 'Member', m.id, '不再使用', '2020-03-01 10:00+08', '2020-03-16'
FROM member m, generate_series(1, 4) n WHERE m.id IN (SELECT a.member_id FROM account a);
INSERT INTO import_problem (id, job_id, row, "column", value, code, message_zh, message_en)
SELECT gen_random_uuid(), j.id, n / 3, '身份证号', n, 'BAD', '不对', 'wrong' FROM import_job j, generate_series(1, 7) n;
INSERT INTO qualification_review (id, county_id, quarter, opened_at)
SELECT gen_random_uuid(), c.id, q, '2021-01-04 09:00+08'
FROM county c, unnest(ARRAY['2019Q1', '2019Q2', '2019Q3', '2020Q4']) q;
INSERT INTO qualification_check (id, review_id, delegate_id, outcome, findings, facts, evaluated_at)
SELECT gen_random_uuid(), r.id, d.id, 'QUALIFIED', '[]', '{}', '2021-01-04 09:00+08'
FROM qualification_review r, delegate d;
INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, requested_at, due_on)
SELECT gen_random_uuid(), d.county_id, d.id, '2020Q' || n, 'DISCIPLINE_INSPECTION', now(), '2020-12-31'
FROM delegate d, generate_series(1, 2) n;
INSERT INTO course_session (id, county_id, course_id, started_on, ended_on, days, half_days)
SELECT gen_random_uuid(), c.county_id, c.id, '2020-05-01', '2020-05-01', 1, 0 FROM course c, generate_series(1, 3) n
WHERE c.title = '课程1';
INSERT INTO floating_activity (id, county_id, floating_member_id, list, key, done_on)
SELECT gen_random_uuid(), f.county_id, f.id, 'SYSTEM', 'report', '2020-05-01'
FROM floating_member f, generate_series(1, 4) n;
INSERT INTO handover (id, county_id, member_id, kind, home_id, host_id, proposed_at, due_on)
SELECT gen_random_uuid(), m.county_id, m.id, 'ATTACHMENT', m.organization_id, o.id, '2020-05-01 10:00+08', '2020-05-11'
FROM member m JOIN organization h ON h.id = m.organization_id, organization o
WHERE o.code = 'SYL01' AND h.code = 'SY01001';
INSERT INTO meeting (id, county_id, organization_id, kind, held_on, subject, entitled, present, left_out, votes)
SELECT gen_random_uuid(), o.county_id, o.id, k.kind, make_date(2020, n, 5), '议题', 9, 9, 0, '[]'
FROM organization o, generate_series(1, 2) n, (VALUES ('BRANCH_MEETING'), ('GROUP_MEETING')) k(kind)
WHERE o.code = 'SY01001';
INSERT INTO exemption (id, county_id, member_id, ground, began_on, ended_on, approved_by)
SELECT gen_random_uuid(), m.county_id, m.id, 'OLD', '2019-01-01', '2019-02-01', '支部委员会' FROM member m;
INSERT INTO theme_day_problem (id, county_id, theme_day_id, aspect, description, found_on)
SELECT gen_random_uuid(), t.county_id, t.id, '学习', '次数不足', t.held_on FROM theme_day t, generate_series(1, 4) n;
INSERT INTO vacancy (id, county_id, delegate_id, opened_on)
SELECT gen_random_uuid(), d.county_id, d.id, '2020-12-31' FROM delegate d;
INSERT INTO session (id, account_id, began_at, ends_at, renew_by)
SELECT gen_random_uuid(), a.id, '2020-05-01 10:00+08', '2099-01-01 10:00+08', '2099-01-01 10:00+08'
FROM account a, generate_series(1, 5) n WHERE a.username = 'secretary';
INSERT INTO emergency_request (id, county_id, account_id, reason, minutes, asked_at)
SELECT gen_random_uuid(), a.county_id, a.id, '应急', 30, '2020-05-01 10:00+08'
FROM account a, generate_series(1, 5) n WHERE a.username = 'auditor';
"""

# Type and field of each list -> who reads it, and the query around it.
LISTS = {
    ("Query", "organizations"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "members"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "floatingMembers"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "auditEntries"): ("auditor", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "accounts"): ("security-admin", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "roleGrants"): ("auditor", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "emergencyRequests"): ("security-admin", "{ LIST }", f'county: "{COUNTY}"'),
    ("Query", "pendingClearances"): ("discipline", "{ LIST }", ""),
    ("County", "branches"): ("office", f'{{ county(code: "{COUNTY}") {{ LIST }} }}', ""),
    **{
        ("Query", name): ("office", "{ LIST }", f'county: "{COUNTY}"')
        for name in ("courses", "courseSessions", "delegates", "exemptions", "handovers", "themeDayProblems")
    },
    ("Query", "memberRequests"): ("office", "{ LIST }", f'county: "{COUNTY}"'),
    **{("Query", name): ("office", "{ LIST }", f'county: "{COUNTY}"') for name in ("themeDays", "vacancies")},
    **{
        ("Organization", name): ("secretary", "{ viewer { member { organization { LIST } } } }", arguments)
        for name, arguments in (
            ("attachedMembers", ""),
            ("children", "includeDissolved: true"),
            ("events", ""),
            ("reserves", ""),
            ("handovers", ""),
            ("meetings", ""),
            ("themeDays", ""),
        )
    },
    ("Organization", "members"): ("secretary", "{ viewer { member { organization { LIST } } } }", ""),
    ("Member", "attendances"): ("secretary", "{ viewer { member { LIST } } }", ""),
    ("Member", "requests"): ("secretary", "{ viewer { member { LIST } } }", ""),
    ("Member", "qualificationChecks"): (
        "office",
        f'{{ delegates(county: "{COUNTY}", first: 1) {{ edges {{ node {{ member {{ LIST }} }} }} }} }}',
        "",
    ),
    ("Viewer", "accessLog"): ("secretary", "{ viewer { LIST } }", ""),
    ("Viewer", "sessions"): ("secretary", "{ viewer { LIST } }", ""),
    ("Course", "sessions"): (
        "office",
        f'{{ courses(county: "{COUNTY}", search: "课程1", first: 1) {{ edges {{ node {{ LIST }} }} }} }}',
        "",
    ),
    ("FloatingMember", "activities"): ("floating", "{ viewer { member { floating { LIST } } } }", ""),
    ("ThemeDay", "problems"): ("secretary", '{ themeDay(id: "<day>") { LIST } }', ""),
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


@asynccontextmanager
async def reading(server: Credentials, template: str, var: Path) -> AsyncIterator[Reader]:
    """The small county with the rows above, for whoever is to read them."""
    async with copied(server, template) as credentials, serving(credentials, var) as opened:
        await connection().execute_script(TIES)
        administrators = ("auditor", "security-admin")
        for who in (*administrators, "office", "discipline", "secretary", "member", "floating", "app"):
            await opened.token(who)
        yield Reader(opened.http, opened.documents, opened.tokens, await _ids())


@pytest.fixture(scope="module")
async def reader(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reader]:
    async with reading(server, small_template, tmp_path_factory.mktemp("var")) as opened:
        yield opened


async def read(reader: Reader, text: str, who: str = "office", /, **variables: Any) -> Any:
    answer = await reader.query(text, who, **variables)
    assert "errors" not in answer, answer
    return answer["data"]


async def refusal(reader: Reader, text: str, who: str = "office", /, **variables: Any) -> str:
    """The code of the first error; the answer holds nothing else."""
    answer = await reader.query(text, who, **variables)
    assert answer["data"] is None, answer
    return str(answer["errors"][0]["extensions"]["code"])


# ---- pages


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
        _cursor("member", 1, NOBODYS),
        _cursor("member", None, NOBODYS),
        _cursor("member", ["a"], NOBODYS),
        _cursor("member", "a\0", NOBODYS),
        _cursor("member", "a", 7),
        _cursor("member", "a", None),
        _cursor("member", "a", NOBODYS, "c"),
        _cursor("organization", "a", NOBODYS),
        _cursor("a", NOBODYS),
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
        (("ImportJob", "problems"), ["import_problem", 2**31, NOBODYS]),
        (("Member", "attendances"), ["attendance", "2020-01-01", NOBODYS]),
        (("Member", "attendances"), ["attendance", "2020-01-01T10:00:00", NOBODYS]),
        (("Member", "attendances"), ["attendance", "9999-12-31T23:59:59-12:00", NOBODYS]),
        (("Member", "attendances"), ["attendance", 5, NOBODYS]),
        (("TrainingYear", "records"), ["training_record", "2020-13-01", NOBODYS]),
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
    types = core_of(make_schema()).type_map
    rows = {
        (type, name): str(cast("GraphQLObjectType", types[type]).fields[name].type) for type, name in LISTS
    }
    for place, (who, _, _) in LISTS.items():
        text = _list_query(reader, place)
        for other, cursor in cursors.items():
            if rows[other] != rows[place]:
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
        for n in range(12)
    )
    text = (
        "{ viewer { member { organization { ...F0 } } } }" + levels + " fragment F12 on Organization { id }"
    )
    assert await refusal(reader, text, "secretary") == "TOO_COSTLY"
    forced = text.replace("{ viewer", "{ __schema { queryType { name } } viewer", 1)
    answer = await reader.query(forced, "secretary")
    assert answer["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
    sent = 'mutation { checkIn(input: {themeDayId: "x", method: ONLINE}) { themeDay { organization { ...F0 } } } }'
    answer = await reader.query(sent + levels + " fragment F12 on Organization { id }", "secretary")
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


def _found(data: Any) -> Any:
    """The list at the end of the path."""
    while "list" not in data:
        (data,) = data if isinstance(data, list) else data.values()
    return data["list"]


def _list_query(reader: Reader, place: tuple[str, str]) -> str:
    _, around, arguments = LISTS[place]
    keys = {
        ("Query", "auditEntries"): "sequence",
        ("Viewer", "accessLog"): "purpose",
        ("ImportJob", "problems"): "value",
    }
    key = keys.get(place, "id")
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
