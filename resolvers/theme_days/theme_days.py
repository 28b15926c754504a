"""Theme days (主题党日): the page of one day, the calendar, and putting them on it, changing and cancelling them."""

from datetime import date
from typing import Any

from models import Attendance, Organization, ThemeDay
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference, Rows
from resolvers.counties import BY_CODE
from resolvers.live import announce
from resolvers.organizations.organizations import refuse_dissolved
from resolvers.reach import reach
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from resolvers.theme_days.expected_members import RATE, expected, roll
from runtime.clock import today
from runtime.database import unit_of_work

MOST_ITEMS = 30  # of an agenda, before the required ones are added
LONGEST_REASON = 200

STATUS = "CASE WHEN {row}.held_on > {today} THEN 'SCHEDULED' WHEN {row}.held_on = {today} THEN 'OPEN' ELSE 'HELD' END"
EXPECTED_COUNT = f"(SELECT count(*) FROM ({expected('{row}')}) e)"

theme_day = One("theme_day", "{row}.id = {id}")
theme_days = Many(
    "theme_day",
    f"{{row}}.{BY_CODE}",
    order={"held_on": "date", "id": "uuid"},
    descending=True,
    filters={
        "organization": "{row}.organization_id = {organization}",
        "month": "{row}.held_on >= {month} AND {row}.held_on < {month} + interval '1 month'",
        "status": f"{STATUS} = ANY({{status}})",
    },
)
of_organization = Many(
    "theme_day",
    "{row}.organization_id = {parent}.id",
    order={"held_on": "date", "id": "uuid"},
    descending=True,
)
written = Reference("theme_day")
cancelled_of = Reference("organization")
organization = One("organization", "{row}.id = {parent}.organization_id")
status = Expression(STATUS)
agenda = Rows(
    "SELECT i.kind, i.title, COALESCE(i.required, false) AS required, COALESCE(i.done, false) AS done "
    "FROM jsonb_to_recordset({row}.agenda) AS i(kind text, title text, required bool, done bool)"
)
outcomes = Rows(
    "SELECT * FROM (VALUES ('LECTURES', {row}.lectures), ('DELIBERATIONS', {row}.deliberations), "
    "('OPEN_AFFAIRS', {row}.open_affairs), ('VOLUNTEER_SERVICES', {row}.volunteer_services), "
    "('PRACTICAL_DEEDS', {row}.practical_deeds), ('SUGGESTIONS', {row}.suggestions)) o(kind, count)"
)
# 四定: what the pack says has to be settled before the day; null for a key that this program knows nothing of.
settled = Rows(
    "SELECT i.key, i.label, CASE i.key WHEN 'held_on' THEN true WHEN 'theme' THEN true "
    "WHEN 'agenda' THEN jsonb_array_length({row}.agenda) > 0 "
    f"WHEN 'participants' THEN {EXPECTED_COUNT} > 0 END AS is_settled "
    "FROM jsonb_to_recordset({rule:theme_day.fixed.items text}::jsonb) AS i(key text, label text)"
)
expected_count = Expression(EXPECTED_COUNT)
attendance_count = Expression("SELECT count(*) FROM attendance a WHERE a.theme_day_id = {row}.id")
attendance_rate = Expression(f"SELECT {RATE} FROM ({roll('{row}')}) r")


async def schedule_theme_day(
    request: Request, organization_id: str, held_on: date, theme: str, agenda: list[dict[str, Any]]
) -> Payload:
    """Put a theme day on an organization's calendar, with what the rule pack requires on its agenda."""
    viewer = who_asks(request)
    theme = theme.strip()
    refusals = Refusals()
    _refuse_theme(refusals, theme)
    if held_on < today():
        refusals.add("TOO_LATE", f"{held_on} 已经过去。", f"{held_on} is past.")
    _refuse_agenda(refusals, agenda)
    async with unit_of_work():
        found = await reach(viewer, Act.SCHEDULE_THEME_DAY, Organization, organization_id)
        if found is None:
            refusals.add(
                "ORGANIZATION_NOT_FOUND",
                "没有找到您可以安排主题党日的党组织。",
                "There is no organization for which you may schedule a theme day.",
            )
        else:
            refuse_dissolved(refusals, found)
            if await ThemeDay.filter(organization_id=found.id, held_on=held_on).exists():
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
        await audit_theme_day(viewer, "SCHEDULE_THEME_DAY", scheduled)
    return {"theme_day": scheduled.id, "refusals": []}


async def amend_theme_day(
    request: Request,
    theme_day_id: str,
    theme: str | None,
    agenda: list[dict[str, Any]] | None,
    version: int | None,
) -> Payload:
    """Change the theme or the whole agenda before the day; null leaves it as it is."""
    viewer = who_asks(request)
    refusals = Refusals()
    changes: dict[str, Any] = {}
    if theme is not None:
        changes["theme"] = theme.strip()
        _refuse_theme(refusals, changes["theme"])
    if agenda is not None:
        changes["agenda"] = _with_required(agenda, request)
        _refuse_agenda(refusals, agenda)
    async with unit_of_work():
        day = await reach(viewer, Act.SCHEDULE_THEME_DAY, ThemeDay, theme_day_id)
        if day is None:
            return {"theme_day": None, "refusals": no_such_theme_day()}
        if day.held_on <= today():
            refusals.add(
                "TOO_LATE",
                f"主题党日在 {day.held_on}, 只能在此前修改; 当天起请登记实际开展情况。",
                f"The theme day is on {day.held_on} and changed only before; from then on record what took place.",
            )
        refuse_stale(refusals, day.version, version)
        if refusals:
            return {"theme_day": day.id, "refusals": refusals.rows}
        await ThemeDay.filter(id=day.id).update(**changes, version=day.version + 1)
        await audit_theme_day(viewer, "AMEND_THEME_DAY", day, changed=sorted(changes))
    await announce(request.app.bus, "theme_day", day.id)
    return {"theme_day": day.id, "refusals": []}


async def cancel_theme_day(request: Request, theme_day_id: str, reason: str) -> Payload:
    """Take a theme day off the calendar: its row goes, what it said stays in the audit trail."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_unreasoned(refusals, reason)
    async with unit_of_work():
        day = await reach(viewer, Act.SCHEDULE_THEME_DAY, ThemeDay, theme_day_id)
        if day is None:
            return {"organization": None, "refusals": no_such_theme_day()}
        if day.held_on < today():
            refusals.add(
                "TOO_LATE",
                f"{day.held_on} 的主题党日已经过去, 不能取消。",
                f"The theme day of {day.held_on} is past and cannot be cancelled.",
            )
        if await Attendance.filter(theme_day_id=day.id).exists():
            refusals.add(
                "SOMEBODY_CHECKED_IN",
                "已有人签到, 不能取消; 签错的请先撤回签到。",
                "Somebody has checked in, so it cannot be cancelled; withdraw mistaken check-ins first.",
            )
        if refusals:
            return {"organization": None, "refusals": refusals.rows}
        await audit_theme_day(
            viewer,
            "CANCEL_THEME_DAY",
            day,
            reason=reason.strip(),
            organization_id=str(day.organization_id),
            held_on=day.held_on.isoformat(),
            theme=day.theme,
            agenda=day.agenda,
        )
        await day.delete()
    await announce(request.app.bus, "theme_day", day.id, last=True)
    return {"organization": day.organization_id, "refusals": []}


async def audit_theme_day(viewer: AccountViewer, action: str, day: ThemeDay, **detail: Any) -> None:
    await append_audit(
        viewer,
        action=action,
        subject_type="ThemeDay",
        subject_id=day.id,
        county_id=day.county_id,
        detail=detail,
    )


def no_such_theme_day() -> list[dict[str, Any]]:
    return refused(
        "THEME_DAY_NOT_FOUND",
        "没有找到您可以办理的主题党日。",
        "There is no theme day for which you may do this.",
    )


def refuse_stale(refusals: Refusals, version: int, read: int | None) -> None:
    if read is not None and read != version:
        refusals.add(
            "CHANGED_MEANWHILE",
            "您打开之后已有人修改, 请重新打开核对后再提交。",
            "Somebody changed it after you had opened it; open it again, compare, and send again.",
        )


def refuse_unreasoned(refusals: Refusals, reason: str) -> None:
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            f"请写明原因, 不超过 {LONGEST_REASON} 个字。",
            f"Give a reason of at most {LONGEST_REASON} characters.",
        )


def _refuse_theme(refusals: Refusals, theme: str) -> None:
    if not theme or len(theme) > 200:
        refusals.add(
            "THEME_MISSING", "请填写主题, 不超过 200 个字。", "Give a theme of at most 200 characters."
        )


def _refuse_agenda(refusals: Refusals, agenda: list[dict[str, Any]]) -> None:
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
