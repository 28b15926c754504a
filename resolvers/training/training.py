"""Training (党员教育培训): what a member's year comes to. The hours stand in training_hours.py."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from plugins.facts import TrainingFacts, TrainingRecord
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Derived, Expression, Many, One, Row
from resolvers.judging import judged_rows
from resolvers.training.certificates import IS_EARNED
from resolvers.training.hours import (
    HOURS_ARE_READABLE,
    completed_hours,
    counts_in,
    first_day,
    is_exempt,
    next_year,
    records_as_facts,
    required_hours,
    study_hours,
)

INTENSIVE = "集中培训"
"""The form of a course that counts as intensive: the regulations' own word, and the offices'."""

YEAR, MEMBER = "{row}.year", "{row}.member_id"

training_year = Derived(
    "SELECT {row}.id AS member_id, {year} AS year, {row}.standing, {row}.confirmed_on, "
    f"{required_hours('{year}')} AS required_hours, {completed_hours('{year}')} AS completed_hours, "
    f"{is_exempt('{year}')} AS is_exempt WHERE {HOURS_ARE_READABLE}"
)
# Of who is exempt nothing is firmly demanded, so he lacks nothing; the number stays for him to see.
shortfall_hours = Expression(
    "CASE WHEN {row}.is_exempt THEN 0 ELSE GREATEST({row}.required_hours - {row}.completed_hours, 0) END"
)
met = Expression("{row}.is_exempt OR {row}.completed_hours >= {row}.required_hours")
study = Expression(study_hours(YEAR, MEMBER))
shortfall_reason = One(
    "shortfall_reason", "{row}.member_id = {parent}.member_id AND {row}.year = {parent}.year"
)
# A course over the year's end stands in both years.
records = Many(
    "training_record",
    f"{{row}}.member_id = {{parent}}.member_id AND {counts_in('{parent}.year', '{row}')}",
    order={"completed_on": "date", "id": "uuid"},
    descending=True,
)
certificate_count = Expression(
    f"SELECT count(*) FROM training_record r WHERE r.member_id = {MEMBER} "
    f"AND r.completed_on >= {first_day(YEAR)} AND r.completed_on < {next_year(YEAR)} "
    f"AND {IS_EARNED.replace('{row}', 'r')}"
)

record_course = One("course", "{row}.id = {parent}.course_id")
record_session = One("course_session", "{row}.id = {parent}.session_id")


async def _findings(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    return await judged_rows(request, "training", [year_facts(row, request.today) for row in rows])


def year_facts(row: Row, today: date) -> TrainingFacts:
    records = tuple(_record(record) for record in row["records"])
    return TrainingFacts(
        year=row["year"],
        # A year is judged by the text in force at its end, a running one by today's.
        on=min(today, date(min(max(row["year"], 1), 9999), 12, 31)),
        standing=row["standing"],
        is_secretary="SECRETARY" in row["offices"],
        is_committee_member=bool({"DEPUTY_SECRETARY", "COMMITTEE_MEMBER"} & set(row["offices"])),
        completed_hours=row["completed_hours"],
        records=records,
        is_excused=row["is_exempt"],
        full_since=_date(row["confirmed_on"]),
        intensive_courses=sum(
            record.form == INTENSIVE and record.completed_on.year == row["year"] for record in records
        ),
    )


def _record(row: Row) -> TrainingRecord:
    """Days were converted when the record was written: a later number of a pack does not change years past."""
    return TrainingRecord(
        completed_on=date.fromisoformat(row["completed_on"]),
        hours=row["hours"],
        form=row["form"],
        started_on=_date(row["started_on"]),
        hours_spent=row["hours_spent"],
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


findings = Computed(
    {
        **{
            name: f"{{row}}.{name}"
            for name in ("year", "standing", "confirmed_on", "completed_hours", "is_exempt")
        },
        "offices": (
            f"(SELECT COALESCE(json_agg(t.office), '[]') FROM office_term t WHERE t.member_id = {MEMBER} "
            "AND t.ended_on IS NULL)"
        ),
        "records": records_as_facts(YEAR, MEMBER),
    },
    _findings,
)
