"""What the rule packs judge of an organization, gathered in SQL, and what they find on it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from plugins.facts import BranchFacts
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.compiler.statement import Scope, Statement, as_uuid
from resolvers.judging import judged_rows
from runtime.database import connection

# Where nobody has his home, those who are attached are the members that a size is about.
ATTACHED = (
    "CASE WHEN {row}.kind IN ('TEMPORARY_BRANCH', 'GROUP') THEN "
    "(SELECT count(*) FROM attachment a WHERE a.organization_id = {row}.id AND a.ended_on IS NULL) ELSE 0 END"
)

FACTS = {
    "kind": "{row}.kind",
    "field": "{row}.field",
    "dissolved_on": "{row}.dissolved_on",
    "elected_on": "{row}.elected_on",
    "extended_to": "{row}.term_extended_to",
    "units": "{row}.units",
    "body_ends_on": "{row}.body_ends_on",
    "level": "{row}.level_name",
    "level_above": "(SELECT p.level_name FROM organization p WHERE p.id = {row}.parent_id)",
    "attached": ATTACHED,
    "home": (
        "(SELECT json_build_object('members', count(*), 'full', count(*) FILTER (WHERE m.standing = 'FULL'), "
        "'last', max(m.joined_on)) FROM member m WHERE m.organization_id = {row}.id)"
    ),
    # Village heads are no officers of the party. A secretary alone may have come with the office's file, which
    # names no other officer: from it nothing follows about a committee.
    "officers": (
        "(SELECT json_build_object('others', count(*) FILTER (WHERE t.office <> 'SECRETARY'), "
        "'committee', count(*) FILTER (WHERE t.office = 'COMMITTEE_MEMBER'), 'size', count(DISTINCT t.member_id), "
        "'outside', count(*) FILTER (WHERE m.organization_id <> {row}.id)) "
        "FROM office_term t JOIN member m ON m.id = t.member_id "
        "WHERE t.organization_id = {row}.id AND t.ended_on IS NULL "
        "AND t.office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER'))"
    ),
    "held": (
        "(SELECT json_object_agg(h.kind, h.last) FROM ("
        "SELECT CASE g.kind WHEN 'BRANCH_MEETING' THEN 'ASSEMBLY' ELSE g.kind END AS kind, max(g.held_on) AS last "
        "FROM meeting g WHERE g.organization_id = {row}.id AND g.held_on <= {today} GROUP BY g.kind UNION ALL "
        "SELECT 'THEME_DAY', max(d.held_on) FROM theme_day d "
        "WHERE d.organization_id = {row}.id AND d.held_on <= {today} UNION ALL "
        "SELECT 'APPRAISAL', max(a.decided_on) FROM appraisal a WHERE a.organization_id = {row}.id"
        ") h WHERE h.last IS NOT NULL)"
    ),
    "appraised": (
        "(SELECT json_build_object('all', count(*), 'excellent', count(*) FILTER (WHERE a.grade = 'EXCELLENT')) "
        "FROM appraisal a WHERE a.organization_id = {row}.id AND a.year = extract(year FROM {today}))"
    ),
    # Null where nobody ever listed a reserve: then nothing is concluded.
    "reserves": (
        "(SELECT CASE WHEN count(*) > 0 THEN json_build_object('all', count(*) FILTER (WHERE r.removed_on IS NULL), "
        "'secretary', count(*) FILTER (WHERE r.removed_on IS NULL AND r.is_for_secretary)) END "
        "FROM reserve r WHERE r.organization_id = {row}.id)"
    ),
}


def branch_facts(row: Row, on: date) -> BranchFacts:
    """The facts of one row of FACTS. What is not recorded is None, from which the packs conclude nothing."""
    home, officers, reserves = row["home"], row["officers"], row["reserves"]
    has_committee = bool(officers["committee"]) if officers["others"] else None
    return BranchFacts(
        on=on,
        kind=row["kind"],
        field=row["field"],
        full_members=home["full"],
        members=home["members"] + row["attached"],
        has_committee=has_committee,
        term_started_on=_date(row["elected_on"]),
        last_recruit_on=_date(home["last"]),
        committee_members=officers["size"] if has_committee else None,
        units=row["units"],
        term_extended_to=_date(row["extended_to"]),
        body_ended_on=_date(row["body_ends_on"]),
        last_held={meeting: date.fromisoformat(last) for meeting, last in (row["held"] or {}).items()},
        appraised=row["appraised"]["all"],
        appraised_excellent=row["appraised"]["excellent"],
        reserves=reserves["all"] if reserves else None,
        secretary_reserves=reserves["secretary"] if reserves else None,
        level=row["level"],
        level_above=row["level_above"],
        outside_officers=officers["outside"],
    )


async def _findings(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    """Nothing is due any more of an organization that was dissolved."""
    standing = [branch_facts(row, request.today) for row in rows if row["dissolved_on"] is None]
    found = iter(await judged_rows(request, "branch", standing))
    return [next(found) if row["dissolved_on"] is None else [] for row in rows]


findings = Computed(FACTS, _findings)


async def findings_now(request: Request, organization_id: object) -> list[dict[str, Any]]:
    """What the packs find on an organization as it stands inside the caller's unit of work."""
    row = await values_now(request, organization_id, FACTS)
    [found] = await _findings([row], request)
    return found


async def values_now(request: Request, organization_id: object, wanted: dict[str, str]) -> Row:
    """Name -> value of SQL expressions over an organization's {row}, as in an answer; it must exist."""
    statement = Statement()
    scope = Scope(statement, request, row="o")
    columns = ", ".join(f'{scope.write(sql)} AS "{name}"' for name, sql in wanted.items())
    identity = statement.bind("id", "uuid", lambda _: as_uuid(organization_id))
    found = await connection().execute_query_dict(
        f"SELECT row_to_json(f)::text AS facts FROM (SELECT {columns} FROM organization o WHERE o.id = {identity}) f",
        statement.values(request),
    )
    row: Row = orjson.loads(found[0]["facts"])
    return row


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
