"""Course sessions (培训班次): one holding of a course over days, which are converted to hours."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models import CourseSession
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference
from resolvers.counties import BY_CODE
from resolvers.reach import reach_values
from resolvers.refusals import Refusals, not_allowed
from resolvers.training.courses import MOST_HOURS, check_new_course, course_for, no_such_course
from runtime.database import unit_of_work

LONGEST_PLACE = 120

# How many hours a day makes is local, so the numbers stand in the county's pack; nobody types them.
HOURS_OF_DAYS = "({row}.days * {rule:training.day_hours} + {row}.half_days * {rule:training.half_day_hours})"

course_sessions = Many(
    "course_session",
    f"{{row}}.{BY_CODE}",
    order={"started_on": "date", "id": "uuid"},
    filters={"since": "{row}.started_on >= {since}"},
)
scheduled = Reference("course_session")
course = One("course", "{row}.id = {parent}.course_id")
organizer = One("organization", "{row}.id = {parent}.organizer_id")
hours = Expression(
    f"CASE WHEN {{row}}.days > 0 OR {{row}}.half_days > 0 THEN {HOURS_OF_DAYS} "
    "ELSE (SELECT c.hours FROM course c WHERE c.id = {row}.course_id) END"
)
recorded_count = Expression(
    "SELECT count(*) FROM training_record r WHERE r.session_id = {row}.id AND ({visible:training_record r})"
)


@dataclass(frozen=True)
class Planned:
    """A session as it is to be held; `course_id` or `new_course` names the course."""

    course_id: str | None
    new_course: dict[str, Any] | None
    started_on: date
    ended_on: date
    place: str | None
    days: float
    half_days: int
    organizer_id: str | None


async def schedule_course(request: Request, planned: Planned) -> Payload:
    """Put a holding of a course on the calendar; it may be past, for the record."""
    viewer = who_asks(request)
    refusals = _faults(planned)
    grant = viewer.may(Act.RECORD_TRAINING)
    if grant is None:
        return {"session": None, "refusals": not_allowed()}
    async with unit_of_work():
        county_id = await _county(viewer, planned.organizer_id) if planned.organizer_id else grant.county_id
        if county_id is None:
            refusals.add(
                "ORGANIZATION_NOT_FOUND",
                "没有找到您管理的主办党组织, 请核对 organizerId。",
                "There is no organization of yours with this organizerId; check it.",
            )
        if refusals or county_id is None:
            return {"session": None, "refusals": refusals.rows}
        held = await course_for(viewer, county_id, planned.course_id, planned.new_course)
        if held is None:
            no_such_course(refusals)
            return {"session": None, "refusals": refusals.rows}
        session = await CourseSession.create(
            county_id=county_id,
            course_id=held["id"],
            organizer_id=planned.organizer_id,
            started_on=planned.started_on,
            ended_on=planned.ended_on,
            place=(planned.place or "").strip() or None,
            days=planned.days,
            half_days=planned.half_days,
        )
        await append_audit(
            viewer,
            action="SCHEDULE_COURSE",
            subject_type="CourseSession",
            subject_id=session.id,
            county_id=county_id,
            detail={"course": held["title"], "started_on": planned.started_on.isoformat()},
        )
    return {"session": session.id, "refusals": []}


async def _county(viewer: AccountViewer, organizer_id: str) -> UUID | None:
    """The county of the organization that holds the course, if the viewer may act for it."""
    found = await reach_values(viewer, Act.RECORD_TRAINING, "organization", organizer_id, "target.county_id")
    return found["county_id"] if found else None


def _faults(planned: Planned) -> Refusals:
    refusals = Refusals()
    if (planned.course_id is None) == (planned.new_course is None):
        refusals.add(
            "COURSE_MISSING",
            "请给出 courseId 或 newCourse 其中之一。",
            "Give either courseId or newCourse.",
        )
    if planned.new_course is not None:
        check_new_course(planned.new_course, refusals)
    if len(planned.place or "") > LONGEST_PLACE:
        refusals.add(
            "TEXT_TOO_LONG",
            f"地点不超过 {LONGEST_PLACE} 个字, 请改短。",
            f"A place has at most {LONGEST_PLACE} characters; shorten it.",
        )
    check_days(planned.started_on, planned.ended_on, planned.days, planned.half_days, refusals)
    return refusals


def check_days(first: date, last: date, days: float, half_days: int, refusals: Refusals) -> None:
    """Days in order, and no more days of training than there are in the calendar."""
    if first > last:
        refusals.add(
            "DATES_OUT_OF_ORDER",
            f"开始日期 {first} 晚于结束日期 {last}, 请核对。",
            f"It begins on {first} and ends before, on {last}; check the dates.",
        )
    elif days < 0 or half_days < 0 or days + half_days / 2 > (last - first).days + 1:
        refusals.add(
            "DAYS_OUT_OF_BOUNDS",
            f"{first} 到 {last} 只有 {(last - first).days + 1} 天, 天数和半天数不能为负, 合计也不能更多。",
            f"{first} to {last} are {(last - first).days + 1} days; days and half days together cannot be more, "
            "and none of them is negative.",
        )


def check_converted(hours: float, refusals: Refusals) -> None:
    if hours > MOST_HOURS:
        refusals.add(
            "HOURS_OUT_OF_BOUNDS",
            f"折算为 {hours:g} 学时, 超过 {MOST_HOURS}; 请分期登记。",
            f"The days make {hours:g} hours, more than {MOST_HOURS}; record the course in parts.",
        )
