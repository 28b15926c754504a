"""Training (党员教育培训): hours of a year against what is required, and recording a course for many at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from models import Course, Member
from plugins.facts import TrainingFacts
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Computed, Derived, Expression, Many, One, Reference, Row
from resolvers.findings import as_row
from resolvers.reach import reach
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from runtime.clock import today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

MOST_MEMBERS = 500
LONGEST_TITLE, LONGEST_FORM = 120, 30  # what the columns hold


def completed_hours(year: str) -> str:
    """SQL of the hours that the member {row} completed in a year."""
    return (
        "COALESCE((SELECT sum(r.hours) FROM training_record r WHERE r.member_id = {row}.id "
        f"AND r.completed_on >= make_date({year}, 1, 1) AND r.completed_on < make_date({year} + 1, 1, 1)), 0)"
    )


IS_SECRETARY = (
    "EXISTS (SELECT FROM office_term t WHERE t.member_id = {row}.id AND t.office = 'SECRETARY' "
    "AND t.ended_on IS NULL)"
)
REQUIRED_HOURS = (
    f"CASE WHEN {IS_SECRETARY} THEN {{rule:training.officer_hours}} ELSE {{rule:training.member_hours}} END"
)

# What follows from the records is for those who may read the records, and for the member himself.
HOURS_ARE_READABLE = (
    "EXISTS (SELECT FROM (SELECT {row}.id AS member_id, {row}.county_id AS county_id) who "
    "WHERE {visible:training_record who})"
)

training_year = Derived(
    f"SELECT {{row}}.id AS member_id, {{year}} AS year, {{row}}.standing, {IS_SECRETARY} AS is_secretary, "
    f"{REQUIRED_HOURS} AS required_hours, {completed_hours('{year}')} AS completed_hours "
    f"WHERE {HOURS_ARE_READABLE}"
)
shortfall_hours = Expression("GREATEST({row}.required_hours - {row}.completed_hours, 0)")
met = Expression("{row}.completed_hours >= {row}.required_hours")
records = Many(
    "training_record",
    "{row}.member_id = {parent}.member_id AND {row}.completed_on >= make_date({parent}.year, 1, 1) "
    "AND {row}.completed_on < make_date({parent}.year + 1, 1, 1)",
    order={"completed_on": "date", "id": "uuid"},
    descending=True,
)
recorded_course = Reference("course")
course = One("course", "{row}.id = {parent}.course_id")


async def _findings(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    return [
        [
            as_row(finding)
            for finding in county_rules(request).judge_training(
                TrainingFacts(
                    year=row["year"],
                    # A year is judged by the text in force at its end, a running one by today's.
                    on=min(request.today, date(min(max(row["year"], 1), 9999), 12, 31)),
                    standing=row["standing"],
                    is_secretary=row["is_secretary"],
                    is_committee_member=row["is_secretary"],
                    completed_hours=row["completed_hours"],
                )
            )
        ]
        for row in rows
    ]


findings = Computed(
    {name: f"{{row}}.{name}" for name in ("year", "standing", "is_secretary", "completed_hours")},
    _findings,
)


async def record_training(
    request: Request,
    course_id: str | None,
    new_course: dict[str, Any] | None,
    completed_on: date,
    member_ids: list[str],
) -> Payload:
    """Record a course for many members at once; who has it already on that day keeps the first record."""
    viewer = who_asks(request)
    refusals = _faults(course_id, new_course, completed_on, member_ids)
    async with unit_of_work():
        # Sorted, so that two who record for the same members never wait for each other in a circle.
        wanted = sorted(set(member_ids[:MOST_MEMBERS]))
        members = [await reach(viewer, Act.RECORD_TRAINING, Member, one) for one in wanted]
        found = [member for member in members if member is not None]
        if missing := len(wanted) - len(found):
            refusals.add(
                "MEMBER_NOT_FOUND",
                f"有 {missing} 名党员不在您的管理范围内, 未登记任何记录。",
                f"{missing} of the members are not yours to record for; nothing was kept.",
            )
        if refusals:
            return {"recorded": 0, "course": None, "refusals": refusals.rows}
        course = await _course(viewer, course_id, new_course, found[0].county_id)
        if course is None:
            rows = refused("COURSE_NOT_FOUND", "没有找到这门课程。", "There is no such course.")
            return {"recorded": 0, "course": None, "refusals": rows}
        recorded = 0
        for member in found:
            made = await connection().execute_query_dict(
                "INSERT INTO training_record (id, county_id, member_id, course_id, form, hours, completed_on) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT (member_id, course_id, completed_on) DO NOTHING RETURNING id",
                [new_id(), member.county_id, member.id, course.id, course.form, course.hours, completed_on],
            )
            recorded += len(made)
        if recorded:
            await append_audit(
                viewer,
                action="RECORD_TRAINING",
                subject_type="Course",
                subject_id=course.id,
                county_id=course.county_id,
                detail={"completed_on": completed_on.isoformat(), "recorded": recorded},
            )
    return {"recorded": recorded, "course": course.id, "refusals": []}


async def _course(
    viewer: AccountViewer, course_id: str | None, new_course: dict[str, Any] | None, county_id: Any
) -> Course | None:
    if new_course is None:
        return await reach(viewer, Act.RECORD_TRAINING, Course, course_id)
    course, _ = await Course.get_or_create(
        defaults={"form": new_course["form"].strip(), "hours": new_course["hours"]},
        county_id=county_id,
        title=new_course["title"].strip(),
    )
    return course


def _faults(
    course_id: str | None, new_course: dict[str, Any] | None, completed_on: date, member_ids: list[str]
) -> Refusals:
    refusals = Refusals()
    if (course_id is None) == (new_course is None):
        refusals.add(
            "COURSE_MISSING",
            "请给出 courseId 或 newCourse 其中之一。",
            "Give either courseId or newCourse.",
        )
    if new_course is not None:
        if not new_course["title"].strip() or not new_course["form"].strip():
            refusals.add("COURSE_UNNAMED", "课程名称和形式不能为空。", "A course needs a title and a form.")
        if len(new_course["title"]) > LONGEST_TITLE or len(new_course["form"]) > LONGEST_FORM:
            refusals.add(
                "TEXT_TOO_LONG",
                f"课程名称不超过 {LONGEST_TITLE} 个字, 形式不超过 {LONGEST_FORM} 个字。",
                f"A title has at most {LONGEST_TITLE} characters, a form at most {LONGEST_FORM}.",
            )
        if not 0 < new_course["hours"] <= 1000:
            refusals.add(
                "HOURS_OUT_OF_BOUNDS", "学时须大于 0, 不超过 1000。", "Hours must be over 0 and at most 1000."
            )
    if completed_on > today():
        refusals.add("IN_THE_FUTURE", f"{completed_on} 晚于今天。", f"{completed_on} is in the future.")
    if not 1 <= len(member_ids) <= MOST_MEMBERS:
        refusals.add(
            "TOO_MANY_MEMBERS",
            f"一次登记 1 到 {MOST_MEMBERS} 人。",
            f"Record for 1 to {MOST_MEMBERS} members at a time.",
        )
    return refusals
