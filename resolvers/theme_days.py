"""Theme days (主题党日): scheduling, the page of one day, and checking in."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import segno

from models import Attendance, Organization, ThemeDay
from models.choices import CheckInMethod
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Computed, Expression, Many, One, Reference, Row, Rows
from resolvers.compiler.statement import as_uuid
from resolvers.live import announce
from resolvers.reach import reach, reach_values
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from runtime.clock import CHINA, now, today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

MOST_ITEMS = 30  # of an agenda, before the required ones are added
CODE_SECONDS = 60  # a check-in code is shown this long, and taken for as long again

theme_day = One("theme_day", "{row}.id = {id}")
live_theme_day = One("theme_day", "{row}.id = {theme_day_id}")
latest_attendance = One(
    "attendance", "{row}.theme_day_id = {parent}.id", order="{row}.checked_in_at DESC, {row}.id DESC"
)
written = Reference("theme_day")
recorded = Reference("attendance")
organization = One("organization", "{row}.id = {parent}.organization_id")
status = Expression(
    "CASE WHEN {row}.held_on > {today} THEN 'SCHEDULED' WHEN {row}.held_on = {today} THEN 'OPEN' ELSE 'HELD' END"
)
agenda = Rows(
    "SELECT i.kind, i.title, COALESCE(i.required, false) AS required, COALESCE(i.done, false) AS done "
    "FROM jsonb_to_recordset({row}.agenda) AS i(kind text, title text, required bool, done bool)"
)
outcomes = Rows(
    "SELECT * FROM (VALUES ('LECTURES', {row}.lectures), ('DELIBERATIONS', {row}.deliberations), "
    "('OPEN_AFFAIRS', {row}.open_affairs), ('VOLUNTEER_SERVICES', {row}.volunteer_services), "
    "('PRACTICAL_DEEDS', {row}.practical_deeds), ('SUGGESTIONS', {row}.suggestions)) o(kind, count)"
)
evaluations = Rows(
    'SELECT e.side AS "by", e.score, e.comment FROM theme_day_evaluation e WHERE e.theme_day_id = {row}.id '
    "ORDER BY e.given_at"
)
ATTENDED = "(SELECT count(*) FROM attendance a WHERE a.theme_day_id = {row}.id)"
# Expected are the members whose home the branch is, and those away whom it hosts.
EXPECTED = (
    "((SELECT count(*) FROM member m WHERE m.organization_id = {row}.organization_id) + "
    "(SELECT count(*) FROM attachment a "
    "WHERE a.organization_id = {row}.organization_id AND a.ended_on IS NULL))"
)
attendance_count = Expression(ATTENDED)
expected_count = Expression(EXPECTED)
attendance_rate = Expression(
    "SELECT CASE WHEN t.expected > 0 THEN round(LEAST(t.attended::numeric / t.expected, 1), 4)::float8 END "
    f"FROM (SELECT {ATTENDED} AS attended, {EXPECTED} AS expected OFFSET 0) t"
)
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


async def _check_in_codes(rows: Sequence[Row], request: Request) -> list[dict[str, Any] | None]:
    if who_asks(request).may(Act.SCHEDULE_THEME_DAY) is None:
        return [None] * len(rows)
    expires_at = _window_start(now()) + timedelta(seconds=CODE_SECONDS)
    return [
        {
            "svg": _drawn(check_in_code(request.app.signing_secret, row["id"], now())),
            "expires_at": expires_at.astimezone(CHINA).isoformat(),
        }
        if row["held_on"] >= request.today.isoformat()
        else None
        for row in rows
    ]


check_in_code_of = Computed({"id": "{row}.id", "held_on": "{row}.held_on"}, _check_in_codes)


def check_in_code(secret: str, theme_day_id: object, at: datetime) -> str:
    """The eight characters that are valid for this theme day in the minute of `at`."""
    window = int(_window_start(at).timestamp())
    digest = hmac.new(secret.encode(), f"check-in {theme_day_id} {window}".encode(), hashlib.sha256)
    return digest.hexdigest()[:8].upper()


async def schedule_theme_day(
    request: Request, organization_id: str, held_on: date, theme: str, agenda: list[dict[str, Any]]
) -> Payload:
    """Put a theme day on an organization's calendar, with what the rule pack requires on its agenda."""
    viewer = who_asks(request)
    refusals = Refusals()
    theme = theme.strip()
    if not theme or len(theme) > 200:
        refusals.add(
            "THEME_MISSING", "请填写主题, 不超过 200 个字。", "Give a theme of at most 200 characters."
        )
    if held_on < today():
        refusals.add("TOO_LATE", f"{held_on} 已经过去。", f"{held_on} is past.")
    if len(agenda) > MOST_ITEMS or any(
        not item["kind"].strip() or len(item["kind"]) > 60 or len(item["title"] or "") > 200
        for item in agenda
    ):
        refusals.add(
            "AGENDA_REFUSED",
            f"议程最多 {MOST_ITEMS} 项, 每项须有类别 (60 字以内), 内容不超过 200 字。",
            f"An agenda has at most {MOST_ITEMS} items, each with a kind of at most 60 characters and a title of "
            "at most 200.",
        )
    async with unit_of_work():
        found = await reach(viewer, Act.SCHEDULE_THEME_DAY, Organization, organization_id)
        if found is None:
            refusals.add(
                "ORGANIZATION_NOT_FOUND",
                "没有找到您可以安排主题党日的党组织。",
                "There is no organization for which you may schedule a theme day.",
            )
        elif await ThemeDay.filter(organization_id=found.id, held_on=held_on).exists():
            refusals.add(
                "ALREADY_SCHEDULED",
                f"该党组织在 {held_on} 已安排主题党日。",
                f"The organization already has a theme day on {held_on}.",
            )
        if refusals or found is None:
            return {"theme_day": None, "refusals": refusals.rows}
        scheduled = await ThemeDay.create(
            county_id=found.county_id,
            organization_id=found.id,
            held_on=held_on,
            theme=theme,
            agenda=_with_required(agenda, request),
        )
        await append_audit(
            viewer,
            action="SCHEDULE_THEME_DAY",
            subject_type="ThemeDay",
            subject_id=scheduled.id,
            county_id=found.county_id,
        )
    return {"theme_day": scheduled.id, "refusals": []}


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
        day = await _expected_at(viewer, act, theme_day_id, attendee)
        if isinstance(day, list):
            return {"attendance": None, "theme_day": None, "refusals": day}
        refusals = _too_early_or_late(day["held_on"], moment)
        if method == CheckInMethod.CODE and not _is_valid(
            request.app.signing_secret, day["id"], code, moment
        ):
            refusals.add(
                "CODE_INVALID",
                "签到码不对或已过期, 请重新扫码。",
                "The check-in code is wrong or has expired; scan it again.",
            )
        if refusals:
            return {"attendance": None, "theme_day": day["id"], "refusals": refusals.rows}
        attendance_id, is_new = await _record(day["id"], attendee, moment, method, viewer)
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


async def _expected_at(
    viewer: AccountViewer, act: Act, theme_day_id: str, attendee: Any
) -> dict[str, Any] | list[dict[str, Any]]:
    """The theme day's row when the attendee is expected there, else the refusal."""
    day = await reach_values(
        viewer,
        act,
        "theme_day",
        theme_day_id,
        "target.id, target.county_id, target.organization_id, target.held_on",
    )
    if day is None:
        return refused(
            "THEME_DAY_NOT_FOUND",
            "没有找到您可以签到的主题党日。",
            "There is no theme day for you to check in at.",
        )
    expected = await connection().execute_query_dict(
        "SELECT m.id FROM member m WHERE m.id = $1 AND (m.organization_id = $2 OR EXISTS ("
        "SELECT FROM attachment a WHERE a.member_id = m.id AND a.organization_id = $2 AND a.ended_on IS NULL))",
        [as_uuid(attendee), day["organization_id"]],
    )
    if not expected:
        return refused(
            "NOT_EXPECTED",
            "该党员不属于这个党组织, 不能在此签到。",
            "The member does not belong to this organization and cannot check in here.",
        )
    return day


async def _record(
    theme_day_id: Any, member_id: Any, moment: datetime, method: str, viewer: AccountViewer
) -> tuple[Any, bool]:
    """The attendance's id, and whether this call made it; the constraint decides between two at once."""
    made = await connection().execute_query_dict(
        "INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method, recorded_by_id) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (theme_day_id, member_id) DO NOTHING RETURNING id",
        [new_id(), theme_day_id, member_id, moment, str(method), viewer.account_id],
    )
    if made:
        return made[0]["id"], True
    first = await Attendance.get(theme_day_id=theme_day_id, member_id=member_id)
    return first.id, False


def _too_early_or_late(held_on: date, moment: datetime) -> Refusals:
    refusals = Refusals()
    day = moment.astimezone(CHINA).date()
    if day > held_on or today() > held_on:
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


def _is_valid(secret: str, theme_day_id: object, code: str | None, moment: datetime) -> bool:
    given = (code or "").strip().upper().encode()  # as text it would have to be ASCII
    shown = (moment, moment - timedelta(seconds=CODE_SECONDS))
    return any(hmac.compare_digest(given, check_in_code(secret, theme_day_id, at).encode()) for at in shown)


def _with_required(agenda: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    required = county_rules(request).items("theme_day.agenda", request.today)
    needed = {item["key"] for item in required if item["is_required"]}
    items = [
        {"kind": item["kind"], "title": item.get("title"), "required": item["kind"] in needed, "done": False}
        for item in agenda
    ]
    listed = {item["kind"] for item in items}
    return items + [
        {"kind": item["key"], "title": item["label"], "required": item["is_required"], "done": False}
        for item in required
        if item["key"] not in listed
    ]


def _window_start(at: datetime) -> datetime:
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % CODE_SECONDS, tz=CHINA)


def _drawn(code: str) -> str:
    return segno.make(code, micro=False).svg_inline(scale=6, title=code)
