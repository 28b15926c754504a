"""After a theme day: what took place (活动纪实), and the hours that it counts for."""

from typing import Any

import orjson

from models import ThemeDay
from models.theme_day import COUNTERS
from plugins.contract import Severity
from resolvers.access import Act, who_asks
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.reach import reach
from resolvers.refusals import Refusals
from resolvers.rules import county_rules
from resolvers.theme_days.theme_days import audit_theme_day, no_such_theme_day, refuse_stale
from runtime.clock import today
from runtime.database import connection, unit_of_work

MOST_COUNTED = 100_000
MOST_HOURS = 24
CITATION = "《中国共产党党员教育管理工作条例》第十六条"

written = Reference("theme_day")

# The hours of those who took part change in the statement that changes the day's: nobody ever reads two truths.
RECORD = (
    "WITH day AS (UPDATE theme_day SET agenda = $2::text::jsonb, study_hours = $3, version = version + 1, "
    + ", ".join(f"{counter} = ${place}" for place, counter in enumerate(COUNTERS, 4))
    + " WHERE id = $1 RETURNING id, study_hours) "
    "UPDATE attendance a SET hours = day.study_hours FROM day "
    "WHERE a.theme_day_id = day.id AND a.hours <> day.study_hours"
)


async def record_theme_day(
    request: Request,
    theme_day_id: str,
    agenda_done: list[str] | None,
    outcomes: list[tuple[str, int]] | None,
    study_hours: float | None,
    version: int | None,
) -> Payload:
    """Record what took place, on the day or later; null leaves it as it is, and recording again corrects.

    Required items that did not take place are findings: what did not happen is a fact, and no reason to refuse.
    """
    viewer = who_asks(request)
    refusals = Refusals()
    counted = {kind.lower(): count for kind, count in outcomes or ()}
    if len(counted) != len(outcomes or ()) or any(
        not 0 <= count <= MOST_COUNTED for count in counted.values()
    ):
        refusals.add(
            "OUTCOMES_REFUSED",
            f"每项统计只填一次, 数量为 0 到 {MOST_COUNTED}。",
            f"Give each counter once, with 0 to {MOST_COUNTED}.",
        )
    if study_hours is not None and not 0 <= study_hours <= MOST_HOURS:
        refusals.add(
            "STUDY_HOURS_OUT_OF_BOUNDS",
            f"学时为 0 到 {MOST_HOURS}。",
            f"Study hours are 0 to {MOST_HOURS}.",
        )
    async with unit_of_work():
        day = await reach(viewer, Act.RECORD_THEME_DAY, ThemeDay, theme_day_id)
        if day is None:
            return {"theme_day": None, "findings": [], "refusals": no_such_theme_day()}
        if day.held_on > today():
            refusals.add(
                "TOO_EARLY",
                f"主题党日在 {day.held_on}, 当天起才能登记开展情况。",
                f"The theme day is on {day.held_on}; record what took place from that day on.",
            )
        listed = [item["kind"] for item in day.agenda]
        if unknown := [kind for kind in agenda_done or () if kind not in listed]:
            refusals.add(
                "AGENDA_ITEM_UNKNOWN",
                f"议程里没有“{unknown[0][:60]}”, 请按议程中的类别填写: {'、'.join(listed)}。",
                f'The agenda has no "{unknown[0][:60]}"; name kinds that it has: {", ".join(listed)}.',
            )
        refuse_stale(refusals, day.version, version)
        if refusals:
            return {"theme_day": day.id, "findings": [], "refusals": refusals.rows}
        if agenda_done is not None:
            day.agenda = [{**item, "done": item["kind"] in agenda_done} for item in day.agenda]
        day.study_hours = day.study_hours if study_hours is None else study_hours
        counters = [counted.get(counter, getattr(day, counter)) for counter in COUNTERS]
        values = [day.id, orjson.dumps(day.agenda).decode(), day.study_hours, *counters]
        await connection().execute_query(RECORD, values)
        await audit_theme_day(
            viewer,
            "RECORD_THEME_DAY",
            day,
            agenda_done=agenda_done,
            outcomes=counted,
            study_hours=study_hours,
        )
    return {"theme_day": day.id, "findings": _not_done(request, day), "refusals": []}


def _not_done(request: Request, day: ThemeDay) -> list[dict[str, Any]]:
    """A finding for each required item of the agenda that did not take place, by the pack that requires it."""
    packs = [
        pack
        for pack in county_rules(request).rules.on(day.held_on).packs
        if "theme_day.agenda" in pack.manifest.settings
    ]
    manifest = packs[-1].manifest  # the county's list stands for the national one
    return [
        {
            "code": "AGENDA_ITEM_NOT_DONE",
            "severity": str(Severity.GENERALLY),
            "message": f"必备议程“{item['title'] or item['kind']}”没有开展, 请补上或者说明原因。",
            "citation": f"{CITATION}；{manifest.name}：{manifest.settings['theme_day.agenda'].description}",
            "rule_pack": manifest.id,
            "rule_version": manifest.version,
        }
        for item in day.agenda
        if item.get("required") and not item.get("done")
    ]
