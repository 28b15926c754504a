"""Recording a course (登记培训) for many members at once."""

from datetime import date
from typing import Any
from uuid import UUID

from plugins.hours import hours_of_days
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.compiler.statement import as_uuid
from resolvers.reach import reach_many, reach_values
from resolvers.refusals import Refusals
from resolvers.rules import county_rules
from resolvers.training.courses import course_for, no_such_course
from resolvers.training.sessions import check_converted, check_days
from resolvers.training.taken_courses import MOST_MEMBERS, Taken, faults_of, too_many
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

recorded_course = Reference("course")


async def record_training(request: Request, taken: Taken) -> Payload:
    """Record a course for many members at once; who has it already on that day keeps the first record."""
    viewer = who_asks(request)
    refusals = faults_of(taken)
    async with unit_of_work():
        members = [] if refusals else await _members(viewer, taken, refusals)
        if refusals:
            return _refused(refusals)
        county_id = members[0]["county_id"]
        session = await _session(viewer, taken, county_id, refusals) if taken.session_id else {}
        if refusals:
            return _refused(refusals)
        first = taken.started_on or session.get("started_on") or taken.completed_on
        of_days = _hours_of_days(request, taken, session, first, refusals)
        if refusals:
            return _refused(refusals)
        # Last, since it may write the course.
        course = await course_for(
            viewer, county_id, session.get("course_id", taken.course_id), taken.new_course
        )
        if course is None:
            no_such_course(refusals)
            return _refused(refusals)
        hours = of_days or course["hours"]
        recorded = await _write(taken, session, course, first, hours, members)
        if recorded:
            await append_audit(
                viewer,
                action="RECORD_TRAINING",
                subject_type="Course",
                subject_id=course["id"],
                county_id=county_id,
                detail={
                    "completed_on": taken.completed_on.isoformat(),
                    "recorded": recorded,
                    "hours": hours,
                },
            )
    return {"recorded": recorded, "course": course["id"], "refusals": []}


def _refused(refusals: Refusals) -> Payload:
    return {"recorded": 0, "course": None, "refusals": refusals.rows}


async def _members(viewer: AccountViewer, taken: Taken, refusals: Refusals) -> list[dict[str, Any]]:
    """Everybody who is named, or all whose home the organization is; a refusal when that cannot be."""
    columns = "target.id, target.county_id"
    if taken.organization_id is None:
        wanted = {as_uuid(one) for one in taken.member_ids or ()}
        found = await reach_many(viewer, Act.RECORD_TRAINING, "member", list(wanted), columns)
        if missing := len(wanted) - len(found):
            refusals.add(
                "MEMBER_NOT_FOUND",
                f"有 {missing} 名党员不在您的管理范围内, 未登记任何记录; 请去掉后重试。",
                f"{missing} of the members are not yours to record for; nothing was kept. Leave them out.",
            )
    else:
        found = await _members_of(viewer, taken.organization_id, columns, refusals)
    if len({member["county_id"] for member in found}) > 1:
        refusals.add(
            "SEVERAL_COUNTIES",
            "党员分属不同的县, 请按县分别登记。",
            "The members are of several counties; record for one county at a time.",
        )
    strangers = {as_uuid(one) for one, _ in taken.hours_spent} - {member["id"] for member in found}
    if strangers and not refusals:
        refusals.add(
            "NOT_AMONG_THE_MEMBERS",
            f"hoursSpent 中有 {len(strangers)} 人不在登记名单里, 请核对。",
            f"{len(strangers)} of those in hoursSpent are not among the members; check them.",
        )
    return found


async def _members_of(
    viewer: AccountViewer, organization_id: str, columns: str, refusals: Refusals
) -> list[dict[str, Any]]:
    if not await reach_values(viewer, Act.RECORD_TRAINING, "organization", organization_id, "target.id"):
        refusals.add(
            "ORGANIZATION_NOT_FOUND",
            "没有找到您可以登记培训的党组织, 请核对 organizationId。",
            "There is no organization that you may record for; check organizationId.",
        )
        return []
    found = await reach_many(
        viewer, Act.RECORD_TRAINING, "member", [organization_id], columns, by="organization_id"
    )
    if not 1 <= len(found) <= MOST_MEMBERS:
        too_many(refusals)
    return found


async def _session(
    viewer: AccountViewer, taken: Taken, county_id: UUID, refusals: Refusals
) -> dict[str, Any]:
    columns = "id, county_id, course_id, started_on, ended_on, days, half_days"
    found = await reach_values(
        viewer,
        Act.RECORD_TRAINING,
        "course_session",
        taken.session_id,
        ", ".join(f"target.{column}" for column in columns.split(", ")),
    )
    if found is None or found["county_id"] != county_id:
        refusals.add(
            "SESSION_NOT_FOUND",
            "没有找到本县的这个培训班次, 请核对 sessionId。",
            "There is no such session of the county; check sessionId.",
        )
        return {}
    first, last = found["started_on"], found["ended_on"]
    if not first <= (taken.started_on or first) <= taken.completed_on <= last:
        refusals.add(
            "OUTSIDE_THE_SESSION",
            f"该班次为 {first} 至 {last}, 登记的日期须在其间。",
            f"The session is from {first} to {last}; the dates must lie within.",
        )
    return found


def _hours_of_days(
    request: Request, taken: Taken, session: dict[str, Any], first: date, refusals: Refusals
) -> float:
    """By the county's numbers, never typed by hand; 0 without days, where the whole course counts."""
    days = session.get("days", 0) if taken.days is None else taken.days
    half_days = session.get("half_days", 0) if taken.half_days is None else taken.half_days
    check_days(first, taken.completed_on, days, half_days, refusals)
    numbers = {
        name: float(str(county_rules(request).value(name, request.today)))
        for name in ("training.day_hours", "training.half_day_hours")
    }
    hours = float(hours_of_days(days, half_days, numbers))
    check_converted(hours, refusals)
    return hours


async def _write(
    taken: Taken,
    session: dict[str, Any],
    course: dict[str, Any],
    first: date,
    hours: float,
    members: list[dict[str, Any]],
) -> int:
    """How many records are new; all in one statement."""
    spent = {as_uuid(one): time for one, time in taken.hours_spent}
    made = await connection().execute_query_dict(
        "INSERT INTO training_record (id, county_id, member_id, course_id, session_id, form, hours, started_on, "
        "completed_on, hours_spent) SELECT one.id, $1, one.member_id, $2, $3, $4, $5, $6, $7, one.hours_spent "
        "FROM unnest($8::uuid[], $9::uuid[], $10::float8[]) AS one(id, member_id, hours_spent) "
        "ON CONFLICT (member_id, course_id, completed_on) DO NOTHING RETURNING id",
        [
            *(members[0]["county_id"], course["id"], session.get("id"), course["form"], hours),
            first if first != taken.completed_on else None,  # one day needs no first day
            taken.completed_on,
            [new_id() for _ in members],
            [member["id"] for member in members],
            [spent.get(member["id"]) for member in members],
        ],
    )
    return len(made)
