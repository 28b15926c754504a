"""The compiled answer of a read and graphql-core's answer over the same rows are the same data.

Queries are generated over the whole schema with arguments that fit the small county: by hypothesis-graphql, which
thinks of every kind of value, and by `selections` below, which goes deep, with aliases, fragments, directives and
unions. Adding introspection to a query sends it to graphql-core. A short run is part of the suite;
EQUIVALENCE_EXAMPLES=5000 makes a long one.
"""

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import orjson
import pytest
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    NameNode,
    OperationDefinitionNode,
    build_schema,
    get_named_type,
    is_leaf_type,
    parse,
    parse_value,
    print_ast,
    print_schema,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from app import open_application
from models import Account
from resolvers.accounts.accounts import viewer_of
from resolvers.application import Application
from resolvers.compiler.request import Request
from runtime.clock import today
from runtime.database import connection
from schema.api import core_of, make_engine, make_schema
from schema.operations import Operations
from tests.conftest import COUNTY, Credentials, copied, settings_for

EXAMPLES = int(os.environ.get("EQUIVALENCE_EXAMPLES", "0"))
VIEWERS = ("office", "town", "secretary", "member", "auditor", "discipline", "app", "admin", "security-admin")
DEPTH = 6
FORCED = "{ forced: __schema { queryType { name } } "

ROWS = """
INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, lectures,
                       deliberations, open_affairs, volunteer_services, practical_deeds, suggestions)
SELECT gen_random_uuid(), o.county_id, o.id, current_date + n * 10, '以后的主题党日', '[{"kind": "LECTURE"}]',
       1, 0, 0, 0, 0, 0
FROM organization o, generate_series(0, 2) n WHERE o.kind = 'BRANCH';
INSERT INTO meeting (id, county_id, organization_id, kind, held_on, subject, entitled, present, left_out, votes)
SELECT gen_random_uuid(), o.county_id, o.id, k, '2020-03-05', '议事', 16, 9, 0, '[{"kind": "ORDINARY", "subject": null,
       "yes": 8, "written_opinions": 0, "written_yes": 0, "persons": 1, "is_secret": null, "is_declared_passed": true,
       "prereview_passed_on": null, "is_by_circulation": false, "is_head_last": null, "is_divided": false}]'
FROM organization o, unnest(ARRAY['BRANCH_MEETING', 'GROUP_MEETING']) k;
INSERT INTO appraisal (id, county_id, member_id, organization_id, year, grade, decided_by, decided_on)
SELECT gen_random_uuid(), m.county_id, m.id, m.organization_id, y, 'QUALIFIED', '支委会', '2021-01-05'
FROM member m, generate_series(2019, 2020) y;
INSERT INTO organization (id, county_id, code, name, kind, field, parent_id, path, dissolved_on, name_initials,
                          search_keys)
SELECT gen_random_uuid(), o.county_id, 'G' || n, '党小组' || n, 'GROUP', o.field, o.id, o.path || 'G' || n || '/',
       '2019-09-01', 'dxz', '{}' FROM organization o, generate_series(1, 2) n WHERE o.code = 'SY01001';
INSERT INTO organization_event (id, county_id, organization_id, act, decided_on, effective_on, approved_by, recorded_at)
SELECT gen_random_uuid(), o.county_id, o.id, 'RENEWED', '2019-01-01', '2019-01-18', '镇党委', now()
FROM organization o, generate_series(1, 2) n WHERE o.code = 'SY01001';
INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights)
SELECT gen_random_uuid(), m.county_id, m.id, o.id, 'NETWORK', '{STUDY}' FROM organization o JOIN member m
ON m.organization_id = (SELECT b.id FROM organization b WHERE b.code = 'SY01002') WHERE o.code = 'SY01001';
INSERT INTO reserve (id, county_id, organization_id, name, is_for_secretary, listed_on)
SELECT gen_random_uuid(), o.county_id, o.id, '后备' || n, n = 1, '2020-05-01'
FROM organization o, generate_series(1, 2) n WHERE o.code = 'SY01001';
INSERT INTO office_term (id, county_id, organization_id, member_id, office, start, began_on, ended_on)
SELECT gen_random_uuid(), m.county_id, m.organization_id, m.id, 'COMMITTEE_MEMBER', 'ELECTED', '2019-01-18', e
FROM member m, unnest(ARRAY[NULL, '2020-01-18'::date]) e;
INSERT INTO course_session (id, county_id, course_id, started_on, ended_on, days, half_days)
SELECT gen_random_uuid(), c.county_id, c.id, d::date, d::date + 3, n, 1
FROM course c, unnest('{2019-12-30,2020-06-01}'::date[]) WITH ORDINALITY AS o(d, n);
UPDATE training_record r SET (session_id, started_on, hours_spent) = (s.id, r.completed_on - 300, 45)
FROM course_session s WHERE s.course_id = r.course_id AND s.days = 1 AND r.id::text < '8';
INSERT INTO shortfall_reason (id, county_id, member_id, year, reason, stated_at)
SELECT gen_random_uuid(), county_id, id, 2019, '住院', now() FROM member WHERE id::text < '8';
INSERT INTO theme_day_evaluation (id, county_id, theme_day_id, side, score, given_at)
SELECT gen_random_uuid(), county_id, id, 'branch', 9.5, now() FROM theme_day;
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method)
SELECT gen_random_uuid(), t.id, m.id, '2020-02-10 10:00+08', 'ONLINE'
FROM theme_day t JOIN member m ON m.organization_id = t.organization_id WHERE t.held_on = '2020-02-10';
INSERT INTO record_access (id, member_id, account_id, at, purpose, fields_read)
SELECT gen_random_uuid(), m.id, a.id, '2020-03-01 10:00+08', '联审', '["id_number"]'
FROM member m, account a WHERE a.username = 'discipline';
INSERT INTO member_request (id, county_id, member_id, kind, subject_type, subject_id, field, reason, made_at, due_on)
SELECT gen_random_uuid(), m.county_id, m.id, k, CASE k WHEN 'OBJECTION' THEN 'TrainingYear' ELSE 'Member' END, m.id,
       CASE k WHEN 'OBJECTION' THEN '2019' WHEN 'DELETION' THEN 'PHONE' END, '理由', '2020-03-01 10:00+08', '2020-03-16'
FROM member m, unnest('{OBJECTION,DELETION,LOCK}'::text[]) k;
INSERT INTO import_problem (id, job_id, row, "column", value, code, message_zh, message_en)
SELECT gen_random_uuid(), j.id, n, '身份证号', '99', 'BAD', '不对', 'wrong' FROM import_job j, generate_series(1, 3) n;
INSERT INTO qualification_review (id, county_id, quarter, opened_at)
SELECT gen_random_uuid(), c.id, '2020Q4', '2021-01-04 09:00+08' FROM county c;
INSERT INTO qualification_check (id, review_id, delegate_id, outcome, findings, facts, evaluated_at)
SELECT gen_random_uuid(), r.id, d.id, 'TERMINATION_PROPOSED',
       '[{"code": "A", "severity": "MUST", "message": "m", "citation": "c", "rule_pack": "p", "rule_version": "1"}]',
       '{}', '2021-01-04 09:00+08' FROM qualification_review r, delegate d;
INSERT INTO qualification_decision
       (id, qualification_check_id, outcome, reason, decided_by, decided_on, status_before)
SELECT gen_random_uuid(), k.id, 'QUALIFIED', '理由', '县委', '2021-01-05', 'SERVING'
FROM qualification_check k ORDER BY k.id LIMIT 1;
INSERT INTO qualification_decision
       (id, qualification_check_id, outcome, reason, decided_by, decided_on, status_before, dissent,
        withdrawn_on, withdrawn_by, withdrawal_reason)
SELECT gen_random_uuid(), k.id, 'SUSPENSION_PROPOSED', '理由', '县委', '2021-01-04', 'SERVING',
       '[{"by": "甲", "opinion": "不同意"}]', '2021-01-05', '县委', '误' FROM qualification_check k;
INSERT INTO delegate_status_change (id, county_id, delegate_id, status, since, decided_by, reason)
SELECT gen_random_uuid(), county_id, id, s, '2021-01-04', '县委', '理由'
FROM delegate, unnest('{SUSPENDED,SERVING}'::text[]) s;
INSERT INTO vacancy (id, county_id, delegate_id, opened_on)
SELECT gen_random_uuid(), county_id, id, '2021-01-04' FROM delegate ORDER BY id LIMIT 2;
INSERT INTO homecoming (id, county_id, floating_member_id, came_on, left_again_on)
SELECT gen_random_uuid(), county_id, id, d, d FROM floating_member, unnest('{2020-02-01,2020-05-01}'::date[]) d;
INSERT INTO floating_activity (id, county_id, floating_member_id, list, key, done_on)
SELECT gen_random_uuid(), county_id, id, 'SYSTEM', 'report', d
FROM floating_member, unnest('{2020-02-01,2020-05-01}'::date[]) d;
INSERT INTO floating_decision
       (id, county_id, floating_member_id, measure, reason, decided_by, decided_on, facts, findings)
SELECT gen_random_uuid(), county_id, id, 'KEEP_LOOKING', '查找', '党支部', '2020-05-01', '{}',
       '[{"code": "A", "severity": "MUST", "message": "m", "citation": "c", "rule_pack": "p", "rule_version": "1"}]'
FROM floating_member;
INSERT INTO handover (id, county_id, member_id, kind, home_id, host_id, proposed_at, due_on, refused_at, refusal)
SELECT gen_random_uuid(), m.county_id, m.id, 'ATTACHMENT', m.organization_id, o.id, '2020-03-01 10:00+08', '2020-03-11',
       CASE WHEN n = 1 THEN '2020-03-02 10:00+08'::timestamptz END, CASE WHEN n = 1 THEN '理由' END
FROM member m JOIN organization o ON o.code = 'SYL01', generate_series(1, 2) n;
INSERT INTO emergency_request (id, county_id, account_id, reason, minutes, asked_at, answered_at, is_approved,
                               answered_by_id)
SELECT gen_random_uuid(), a.county_id, a.id, '应急', 30, '2020-05-01 10:00+08', t,
       CASE WHEN t IS NOT NULL THEN false END, NULL
FROM account a, unnest(ARRAY[NULL, '2020-05-01 11:00+08']::timestamptz[]) t WHERE a.username IN ('auditor', 'town');
INSERT INTO external_identity (id, account_id, issuer, subject, linked_at)
SELECT gen_random_uuid(), a.id, 'https://id.example', a.username, '2020-05-01 10:00+08' FROM account a;
"""


@dataclass(repr=False)
class Ground:
    """The small county with a few rows of everything, and a strategy for queries that fit it."""

    app: Application
    operations: Operations
    viewers: dict[str, Any]
    wide: st.SearchStrategy[str]
    deep: st.SearchStrategy[str]

    async def answer(self, text: str, who: str) -> Any:
        viewer = self.viewers[who]
        request = Request(
            viewer=viewer, rules=self.app.rules.of(viewer.county_code), app=self.app, today=today()
        )
        return orjson.loads(await self.operations.answer({"query": text}, request))


@pytest.fixture(scope="module")
async def ground(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    async with (
        copied(server, small_template) as credentials,
        open_application(settings_for(credentials, tmp_path_factory.mktemp("var"))) as app,
    ):
        await connection().execute_script(ROWS)
        schema = make_schema()
        operations = Operations(make_engine(schema, app.database))
        viewers = {name: await viewer_of(await Account.get(username=name)) for name in VIEWERS}
        values = await _values()
        core = core_of(schema)
        yield Ground(app, operations, viewers, _wide(core, values), _deep(core, values))


PROFILE = settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,  # the suite's run is the same every time
    phases=(Phase.generate,),  # shrinking takes minutes, and the queries are short enough to read
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)


@PROFILE
@given(data=st.data())
async def test_both_ways_answer_wide_queries_alike(ground: Ground, data: st.DataObject) -> None:
    await _compare(ground, data.draw(ground.wide), data.draw(st.sampled_from(VIEWERS)))


@PROFILE
@given(data=st.data())
async def test_both_ways_answer_deep_queries_alike(ground: Ground, data: st.DataObject) -> None:
    await _compare(ground, data.draw(ground.deep), data.draw(st.sampled_from(VIEWERS)))


async def _compare(ground: Ground, text: str, who: str) -> None:
    compiled = await ground.answer(text, who)
    executed = await ground.answer(text.replace("{", FORCED, 1), who)
    if "errors" in compiled:
        assert compiled["errors"][0]["extensions"]["code"] in (
            "BAD_CURSOR",
            "GRAPHQL_PARSE_FAILED",
            "DOCUMENT_TOO_LARGE",
        ), compiled
        told = {error["extensions"]["code"] for error in executed["errors"]}
        assert "FAULT" not in told
        assert compiled["errors"][0]["extensions"]["code"] in told
    else:
        assert "errors" not in executed, executed
        del executed["data"]["forced"]
        assert compiled["data"] == executed["data"]


def _wide(core: GraphQLSchema, values: "Values") -> st.SearchStrategy[str]:
    """hypothesis-graphql's queries, several in one document; each argument gets a scalar with fitting values."""
    schema = build_schema(print_schema(core))
    for type_ in list(schema.type_map.values()):
        for name, field in getattr(type_, "fields", {}).items():
            for argument_name, argument in getattr(field, "args", {}).items():
                place = _place(name, argument_name)
                if place in values:
                    scalar = GraphQLScalarType(f"{place}_value")
                    required = isinstance(argument.type, GraphQLNonNull)
                    argument.type = GraphQLNonNull(scalar) if required else scalar
    assert schema.query_type is not None
    some = queries(
        schema,
        fields=[name for name in schema.query_type.fields if not name.startswith("_")],
        custom_scalars={f"{place}_value": strategy for place, strategy in values.items()},
    )
    return st.lists(some, min_size=2, max_size=6).map(_merged)


def _merged(texts: list[str]) -> str:
    """One document of many: their root fields under aliases of their own."""
    fields = []
    for number, text in enumerate(texts):
        (operation,) = parse(text).definitions
        assert isinstance(operation, OperationDefinitionNode)
        for node in operation.selection_set.selections:
            assert isinstance(node, FieldNode)
            key = f"q{number}_{node.name.value}"
            fields.append(print_ast(FieldNode(**{**_parts(node), "alias": NameNode(value=key)})))
    return "{ " + "\n".join(fields) + " }"


def _parts(node: FieldNode) -> dict[str, Any]:
    return {key: getattr(node, key) for key in ("name", "arguments", "directives", "selection_set")}


def _deep(core: GraphQLSchema, values: "Values") -> st.SearchStrategy[str]:
    assert core.query_type is not None
    return selections(core.query_type, core, values, DEPTH)


@st.composite
def selections(
    draw: st.DrawFn, type_: Any, core: GraphQLSchema, values: "Values", depth: int, prefix: str = ""
) -> str:
    """A selection set on the type, at most `depth` levels deep, with aliases, fragments and directives."""
    if isinstance(type_, GraphQLUnionType):
        members = draw(st.lists(st.sampled_from(type_.types), min_size=1, max_size=3, unique=True))
        parts = [
            f"... on {one.name} {draw(selections(one, core, values, depth, one.name))}" for one in members
        ]
        return "{ __typename " + " ".join(parts) + " }"
    fields = {
        name: field
        for name, field in type_.fields.items()
        if name != "_service" and (depth > 1 or is_leaf_type(get_named_type(field.type)))
    }
    names = draw(st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=2)) if fields else []
    below = [name for name in fields if not is_leaf_type(get_named_type(fields[name].type))]
    if below:  # else most queries would end after a level or two
        names.append(draw(st.sampled_from(below)))
    parts = [draw(_field(name, fields[name], core, values, depth, prefix)) for name in names]
    if not parts or draw(st.integers(0, 4)) == 0:
        parts.append("__typename")
    return "{ " + " ".join(parts) + " }"


@st.composite
def _field(
    draw: st.DrawFn,
    name: str,
    field: GraphQLField,
    core: GraphQLSchema,
    values: "Values",
    depth: int,
    prefix: str,
) -> str:
    text = name
    given_ones = {
        argument: draw(values.get(_place(name, argument), NULL))
        for argument, declared in field.args.items()
        if isinstance(declared.type, GraphQLNonNull) or draw(st.booleans())
    }
    if given_ones:
        inner = ", ".join(f"{key}: {print_ast(value)}" for key, value in given_ones.items())
        # Fields with other arguments need other keys.
        text = f"{name}_{crc32(inner.encode())}: {name}({inner})"
    elif field.args or prefix or draw(st.integers(0, 5)) == 0:
        text = f"{prefix}_{name}: {name}"
    text += draw(
        st.sampled_from(["", "", "", "", " @include(if: true)", " @skip(if: false)", " @skip(if: true)"])
    )
    named = get_named_type(field.type)
    if not is_leaf_type(named):
        text += f" {draw(selections(named, core, values, depth - 1))}"
    return f"... {{ {text} }}" if draw(st.integers(0, 5)) == 0 else text


Values = dict[str, st.SearchStrategy[Any]]
NULL = st.just(nodes.Null)


def _place(field: str, argument: str) -> str:
    return f"{field}_{argument}" if argument in ("id", "after", "kind") else argument


async def _values() -> Values:
    """Values for each argument that fit the county; an id's, by the field that takes it."""

    async def ids(table: str) -> list[str]:
        found = await connection().execute_query_dict(f"SELECT id::text FROM {table} ORDER BY id LIMIT 12")
        return [row["id"] for row in found]

    def some(make: Callable[[Any], Any], *values: Any) -> st.SearchStrategy[Any]:
        return st.sampled_from(values).map(make)

    rows = {
        "Organization": await ids("organization"),
        "Member": await ids("member"),
        "Delegate": await ids("delegate"),
        "FloatingMember": await ids("floating_member"),
        "ThemeDay": await ids("theme_day"),
    }
    entities = [f'{{__typename: "{name}", id: "{one}"}}' for name, found in rows.items() for one in found]
    entities += ['{__typename: "Organization", code: "SY01001"}', '{__typename: "Nothing"}', '{id: "x"}', "5"]
    text = nodes.String
    kinds = ("BRANCH", "COMMITTEE", "TEMPORARY_BRANCH", "GROUP")
    outcomes = ("QUALIFIED", "TERMINATION_PROPOSED", "SUSPENSION_PROPOSED")
    return {
        "first": some(nodes.Int, "0", "1", "2", "3", "5", "9"),
        "county": some(text, *[COUNTY] * 9, "000000"),
        "level": some(nodes.Enum, "COUNTY", "CITY"),
        "open": some(nodes.Boolean, True, False),
        "county_code": some(text, *[COUNTY] * 9, "000000"),
        "code": some(text, *[COUNTY] * 9, "000000"),
        "search": some(text, "秦湾", "党支部", "任军芳", "rjf", "hqw", "没有"),
        "year": some(nodes.Int, "2019", "2020", "2021"),
        "belowTrainingHours": some(nodes.Int, "2019", "2020"),
        "month": some(text, "2020-01", "2020-02", "1999-12"),
        "quarter": some(text, "2020Q4", "2020Q4", "2020Q4", "2020Q3"),
        "organizations_kind": st.lists(some(nodes.Enum, *kinds), max_size=3).map(nodes.List),
        "meetings_kind": st.lists(some(nodes.Enum, "BRANCH_MEETING", "GROUP_MEETING"), max_size=2).map(
            nodes.List
        ),
        "memberRequests_kind": some(nodes.Enum, "CORRECTION", "OBJECTION", "LOCK"),
        "attachedMembers_kind": some(nodes.Enum, "AWAY", "NETWORK"),
        **dict.fromkeys(
            ("includeDissolved", "includeRemoved", "forSecretary", "withoutReason"),
            st.booleans().map(nodes.Boolean),
        ),
        "voteArithmetic_kind": some(nodes.Enum, "ORDINARY", "ADMISSION", "ELECTION", "CADRE"),
        **dict.fromkeys(
            ("entitled", "present", "yes", "writtenYes"), some(nodes.Int, "0", "1", "8", "9", "16")
        ),
        "payer": some(nodes.Enum, "SALARIED", "RETIRED", "FARMER"),
        **dict.fromkeys(
            ("base", "allowances", "paid"), some(nodes.Float, "-1.0", "0.0", "3000.01", "5000.0")
        ),
        "on": some(text, "2026-06-30", "2020-12-10", "2007-01-01"),
        "meeting_id": some(text, *await ids("meeting"), "x"),
        "from": some(text, "2019-12-31", "2020-06-01"),
        "recordId": some(text, *await ids("training_record"), "x"),
        "number": some(text, "ABCDEFGHIJKL", ""),
        "outcome": st.lists(some(nodes.Enum, *outcomes), max_size=3).map(nodes.List),
        "openOnly": st.booleans().map(nodes.Boolean),
        **dict.fromkeys(("activeOnly", "withoutOffice"), st.booleans().map(nodes.Boolean)),
        "role": some(nodes.Enum, "SECRETARY", "OFFICE", "EMERGENCY"),
        "outOfContact": st.one_of(st.booleans().map(nodes.Boolean), NULL),
        "overdueOnly": st.booleans().map(nodes.Boolean),
        "organization_id": some(text, *rows["Organization"], "x"),
        "themeDay_id": some(text, *rows["ThemeDay"], "x"),
        "importJob_id": some(text, *await ids("import_job"), "x"),
        "representations": st.lists(some(parse_value, *entities), max_size=4).map(nodes.List),
    }
