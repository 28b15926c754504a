"""Party organizations (党组织): reads, and what the rule packs find on each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from plugins.facts import BranchFacts
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Expression, Many, One, Row
from resolvers.counties import BY_CODE
from resolvers.findings import as_row
from resolvers.rules import county_rules
from resolvers.search import MATCHES, SEARCH

organization = One("organization", "{row}.id = {id}")
organizations = Many(
    "organization",
    f"{{row}}.{BY_CODE}",
    order={"code": "text", "id": "uuid"},
    filters={"kind": "{row}.kind = ANY({kind})", "search": MATCHES},
    made=SEARCH,
)

parent = One("organization", "{row}.id = {parent}.parent_id")
secretary = One(
    "member",
    "{row}.id = (SELECT t.member_id FROM office_term t WHERE t.organization_id = {parent}.id "
    "AND t.office = 'SECRETARY' AND t.ended_on IS NULL)",
)
member_count = Expression("SELECT count(*) FROM member m WHERE m.organization_id = {row}.id")
floating_count = Expression(
    "SELECT count(*) FROM floating_member f WHERE f.home_branch_id = {row}.id AND f.returned_on IS NULL"
)
hosted_count = Expression(
    "SELECT count(*) FROM attachment a WHERE a.organization_id = {row}.id AND a.ended_on IS NULL"
)
subtree_member_count = Expression(
    "SELECT count(*) FROM member m WHERE m.organization_id IN (SELECT o.id FROM organization o "
    "WHERE o.path >= {row}.path AND o.path < left({row}.path, -1) || '0')"
)
members = Many(
    "member",
    "{row}.organization_id = {parent}.id",
    order={"name_sort": "text", "id": "uuid"},
    filters={"search": MATCHES},
    made=SEARCH,
)
attendance_rate = Expression(
    "SELECT CASE WHEN sum(t.expected) > 0 "
    "THEN round(LEAST(sum(t.attended) / sum(t.expected), 1), 4)::float8 END FROM (SELECT "
    "(SELECT count(*) FROM attendance a WHERE a.theme_day_id = d.id) AS attended, "
    "(SELECT count(*) FROM member m WHERE m.organization_id = {row}.id) + "
    "(SELECT count(*) FROM attachment a "
    "WHERE a.organization_id = {row}.id AND a.ended_on IS NULL) AS expected "
    "FROM theme_day d WHERE d.organization_id = {row}.id "
    "AND d.held_on >= {month} AND d.held_on < {month} + interval '1 month') t"
)
TERM_YEARS = (
    "CASE WHEN {row}.field = ANY({rule:branch.village_fields text[]}) THEN {rule:branch.term_years_village} "
    "WHEN {row}.kind = 'COMMITTEE' THEN {rule:branch.term_years_committee} "
    "ELSE {rule:branch.term_years} END"
)
# A temporary branch has no term of its own: it dissolves with the body that it belongs to.
term_ends_on = Expression(
    "CASE WHEN {row}.kind <> 'TEMPORARY_BRANCH' "
    f"THEN ({{row}}.elected_on + make_interval(years => ({TERM_YEARS})::int))::date END"
)


async def _findings(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    facts = [
        BranchFacts(
            on=request.today,
            kind=row["kind"],
            field=row["field"],
            full_members=row["full_members"],
            members=row["members"],
            term_started_on=_date(row["elected_on"]),
            last_recruit_on=_date(row["last_recruit_on"]),
        )
        for row in rows
    ]
    return [[as_row(finding) for finding in county_rules(request).judge_branch(one)] for one in facts]


findings = Computed(
    {
        "kind": "{row}.kind",
        "field": "{row}.field",
        "elected_on": "{row}.elected_on",
        "members": "(SELECT count(*) FROM member m WHERE m.organization_id = {row}.id)",
        "full_members": (
            "(SELECT count(*) FROM member m WHERE m.organization_id = {row}.id AND m.standing = 'FULL')"
        ),
        "last_recruit_on": "(SELECT max(m.joined_on) FROM member m WHERE m.organization_id = {row}.id)",
    },
    _findings,
)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
