"""Checking in at a theme day (签到): by the rotating code, online, by the secretary; and withdrawing a mistaken one."""

from datetime import date, datetime, timedelta
from typing import Any

from models import Attendance, ThemeDay
from models.choices import CheckInMethod
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference
from resolvers.compiler.statement import as_uuid
from resolvers.live import announce
from resolvers.reach import reach, reach_values
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from resolvers.theme_days.check_in_codes import is_valid
from resolvers.theme_days.expected_members import not_exempt, taking_part
from resolvers.theme_days.theme_days import refuse_unreasoned
from runtime.clock import CHINA, now, today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

live_theme_day = One("theme_day", "{row}.id = {theme_day_id}")
latest_attendance = One(
    "attendance", "{row}.theme_day_id = {parent}.id", order="{row}.checked_in_at DESC, {row}.id DESC"
)
recorded = Reference("attendance")
theme_day = Reference("theme_day")
attended = Expression(
    "EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = {row}.id AND a.member_id = {viewer:member})"
)
attendances = Many(
    "attendance",
    "{row}.theme_day_id = {parent}.id",
    order={"checked_in_at": "timestamptz", "id": "uuid"},
    descending=True,
)
attendance_theme_day = One("theme_day", "{row}.id = {parent}.theme_day_id")
attendance_member = One("member", "{row}.id = {parent}.member_id")
# Imported attendances carry no method: the office's file does not say how people checked in.
attendance_method = Expression("NULLIF({row}.method, 'IMPORTED')")

# No row where the member $2 does not take part in the theme day $1. At hand is who is neither away nor a guest
# elsewhere nor exempt.
TAKING_PART = (
    f"SELECT {not_exempt('m.id', 'd.held_on')} AND NOT EXISTS (SELECT FROM floating_member f "
    "WHERE f.member_id = m.id AND f.returned_on IS NULL) AND NOT EXISTS (SELECT FROM attachment g "
    "WHERE g.member_id = m.id AND g.ended_on IS NULL) AS is_at_hand "
    f"FROM theme_day d JOIN member m ON m.id = $2 WHERE d.id = $1 AND m.id IN ({taking_part('d')})"
)


async def check_in(
    request: Request,
    theme_day_id: str,
    method: str,
    code: str | None,
    member_id: str | None,
    checked_in_at: datetime | None,
) -> Payload:
    """Record that a member takes part: once, whatever happens; a second time answers with the first."""
    viewer = who_asks(request)
    moment = checked_in_at or now()
    by_secretary = method == CheckInMethod.BY_SECRETARY
    attendee = member_id if by_secretary else viewer.member_id
    act = Act.CHECK_IN_FOR_ANOTHER if by_secretary else Act.CHECK_IN
    async with unit_of_work():
        day = await _taking_part(viewer, act, theme_day_id, attendee)
        if isinstance(day, list):
            return {"attendance": None, "theme_day": None, "refusals": day}
        refusals = _too_early_or_late(request, day["held_on"], moment, method)
        if method == CheckInMethod.CODE and not is_valid(request.app.signing_secret, day["id"], code, moment):
            refusals.add(
                "CODE_INVALID",
                "签到码不对或已过期, 请重新扫码。",
                "The check-in code is wrong or has expired; scan it again.",
            )
        if method == CheckInMethod.ONLINE and day["is_at_hand"] and _number(request, "online_only_away"):
            refusals.add(
                "ONLINE_FOR_THOSE_AWAY",
                "本县线上签到只限在外的和不作硬性要求的党员, 请到现场扫码。",
                "In this county only those away and those of whom no firm demand is made check in online; "
                "come and scan the code.",
            )
        if refusals:
            return {"attendance": None, "theme_day": day["id"], "refusals": refusals.rows}
        attendance_id, is_new = await _record(day["id"], attendee, moment, method, viewer)
        if attendance_id is None:  # cancelled in this moment
            return {"attendance": None, "theme_day": None, "refusals": _no_theme_day()}
        if is_new:
            await append_audit(
                viewer,
                action="CHECK_IN",
                subject_type="Attendance",
                subject_id=attendance_id,
                county_id=day["county_id"],
            )
    if is_new:
        await announce(request.app.bus, "theme_day", day["id"])
    return {"attendance": attendance_id, "theme_day": day["id"], "refusals": []}


async def withdraw_check_in(request: Request, attendance_id: str, reason: str) -> Payload:
    """Take back a mistaken check-in: its row goes, what it said stays in the audit trail.

    It is for those who lead the organization that held the theme day, so that a guest's can be taken back, too.
    """
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_unreasoned(refusals, reason)
    async with unit_of_work():
        attendance = await Attendance.get_or_none(id=as_uuid(attendance_id))
        day_id = attendance.theme_day_id if attendance else None
        day = await reach(viewer, Act.WITHDRAW_CHECK_IN, ThemeDay, day_id)
        if attendance is None or day is None:
            rows = refused(
                "ATTENDANCE_NOT_FOUND",
                "没有找到您可以撤回的签到。",
                "There is no check-in that you may withdraw.",
            )
            return {"theme_day": None, "refusals": rows}
        # Whoever holds the theme day's row comes first; for the second there is nothing left to withdraw.
        if not refusals and await Attendance.filter(id=attendance.id).delete():
            await append_audit(
                viewer,
                action="WITHDRAW_CHECK_IN",
                subject_type="Attendance",
                subject_id=attendance.id,
                county_id=day.county_id,
                detail={
                    "reason": reason.strip(),
                    "theme_day_id": str(day.id),
                    "member_id": str(attendance.member_id),
                    "checked_in_at": attendance.checked_in_at.isoformat(),
                    "method": attendance.method,
                },
            )
    if not refusals:
        await announce(request.app.bus, "theme_day", day.id)
    return {"theme_day": day.id, "refusals": refusals.rows}


async def _taking_part(
    viewer: AccountViewer, act: Act, theme_day_id: str, attendee: Any
) -> dict[str, Any] | list[dict[str, Any]]:
    """The theme day's row when the attendee takes part there, else the refusal."""
    day = await reach_values(
        viewer, act, "theme_day", theme_day_id, "target.id, target.county_id, target.held_on"
    )
    if day is None:
        return _no_theme_day()
    found = await connection().execute_query_dict(TAKING_PART, [day["id"], as_uuid(attendee)])
    if not found:
        return refused(
            "NOT_EXPECTED",
            "该党员不属于这个党组织, 不能在此签到。",
            "The member does not belong to this organization and cannot check in here.",
        )
    return {**day, **found[0]}


def _no_theme_day() -> list[dict[str, Any]]:
    return refused(
        "THEME_DAY_NOT_FOUND",
        "没有找到您可以签到的主题党日。",
        "There is no theme day for you to check in at.",
    )


async def _record(
    theme_day_id: Any, member_id: Any, moment: datetime, method: str, viewer: AccountViewer
) -> tuple[Any, bool]:
    """The attendance's id, and whether this call made it; the constraint decides between two at once.

    The theme day's study hours come along. Its row is shared until the end, so that whoever records it or cancels it
    waits: no check-in keeps old hours.
    """
    made = await connection().execute_query_dict(
        "INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method, recorded_by_id, hours) "
        "SELECT $1, d.id, $3, $4, $5, $6, d.study_hours "
        "FROM (SELECT t.id, t.study_hours FROM theme_day t WHERE t.id = $2 FOR SHARE) d "
        "ON CONFLICT (theme_day_id, member_id) DO NOTHING RETURNING id",
        [new_id(), theme_day_id, as_uuid(member_id), moment, str(method), viewer.account_id],
    )
    if made:
        return made[0]["id"], True
    first = await Attendance.get_or_none(theme_day_id=theme_day_id, member_id=as_uuid(member_id))
    return first.id if first else None, False


def _too_early_or_late(request: Request, held_on: date, moment: datetime, method: str) -> Refusals:
    """On the day itself; what the code proves may be sent some days later by a phone that had no network."""
    refusals = Refusals()
    day = moment.astimezone(CHINA).date()
    days_to_send = _number(request, "offline_days") if method == CheckInMethod.CODE else 0
    if day > held_on or today() > held_on + timedelta(days=days_to_send):
        refusals.add(
            "TOO_LATE", f"{held_on} 的主题党日已结束, 不能再签到。", f"The theme day of {held_on} is over."
        )
    elif day < held_on:
        refusals.add(
            "TOO_EARLY",
            f"主题党日在 {held_on}, 当天才能签到。",
            f"The theme day is on {held_on}; check in on that day.",
        )
    elif moment > now() + timedelta(minutes=5):
        refusals.add("IN_THE_FUTURE", "签到时间晚于现在。", "The time of checking in is in the future.")
    return refusals


def _number(request: Request, name: str) -> int:
    value = county_rules(request).value(f"theme_day.{name}", request.today)
    assert isinstance(value, float)
    return int(value)
