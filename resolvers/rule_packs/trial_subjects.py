"""Whom a trial judges: a county's records as the facts of their noun, each with the name that people know it by.

Delegates are judged as they stood in the quarter. The others are taken as they are recorded now and judged on the
quarter's last day, by the same SQL and the same functions that make their findings in answers.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from models import County, Delegate
from plugins.facts import Facts
from resolvers.access import AccountViewer
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Row
from resolvers.compiler.statement import Scope, Statement
from resolvers.delegates.facts import delegate_facts, last_day_of
from resolvers.floating_members import findings as floating_findings
from resolvers.organizations import facts as organization_facts
from resolvers.training import training
from resolvers.training.hours import completed_hours, is_exempt
from runtime.database import connection

Subjects = list[tuple[str, Facts]]


async def delegates(app: Any, county: County, quarter: str) -> Subjects:
    found = await delegate_facts(county.id, quarter)
    names = dict(await Delegate.filter(county_id=county.id).values_list("id", "member__name"))
    return [(names[delegate_id], facts) for delegate_id, facts in found]


async def branches(app: Any, county: County, quarter: str) -> Subjects:
    rows = await _rows(
        app,
        county,
        quarter,
        "organization",
        "{row}.name",
        "{row}.dissolved_on IS NULL",
        organization_facts.FACTS,
    )
    on = last_day_of(quarter)
    return [(row["label"], organization_facts.branch_facts(row, on)) for row in rows]


async def floating_members(app: Any, county: County, quarter: str) -> Subjects:
    name = "(SELECT m.name FROM member m WHERE m.id = {row}.member_id)"
    rows = await _rows(
        app, county, quarter, "floating_member", name, "{row}.returned_on IS NULL", floating_findings.RECORD
    )
    on = last_day_of(quarter)
    return [(row["label"], floating_findings.floating_facts(row, on)) for row in rows]


async def years_of_training(app: Any, county: County, quarter: str) -> Subjects:
    year, on = quarter[:4], last_day_of(quarter)
    members = (
        f"(SELECT m.id, m.county_id, m.name, m.id AS member_id, {year} AS year, m.standing, m.confirmed_on, "
        f"{completed_hours(year, 'm.id')} AS completed_hours, {is_exempt(year, 'm.id')} AS is_exempt FROM member m)"
    )
    rows = await _rows(app, county, quarter, members, "{row}.name", "TRUE", training.findings.needs)
    return [(row["label"], training.year_facts(row, on)) for row in rows]


SUBJECTS: Mapping[str, Callable[[Any, County, str], Awaitable[Subjects]]] = {
    "delegate": delegates,
    "branch": branches,
    "floating": floating_members,
    "training": years_of_training,
}


async def _rows(
    app: Any,
    county: County,
    quarter: str,
    table: str,
    label: str,
    condition: str,
    needs: Mapping[str, str],
) -> list[Row]:
    """Each row of the county's `table` as an answer would have it on the quarter's last day."""
    request = Request(
        viewer=AccountViewer(), rules=app.rules.of(county.code), today=last_day_of(quarter), app=app
    )
    statement = Statement()
    scope = Scope(statement, request, row="subject")
    columns = ", ".join(f'{scope.write(sql)} AS "{name}"' for name, sql in {**needs, "label": label}.items())
    of_county = statement.bind("county", "uuid", lambda _: county.id)
    found = await connection().execute_query_dict(
        f"SELECT row_to_json(f)::text AS facts FROM (SELECT {columns} FROM {scope.write(table)} subject "
        f"WHERE subject.county_id = {of_county} AND {scope.write(condition)} ORDER BY subject.id) f",
        statement.values(request),
    )
    return [orjson.loads(row["facts"]) for row in found]
