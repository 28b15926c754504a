"""Problems found at theme days, and what became of them (问题整改)."""

from datetime import date

from models import ThemeDay, ThemeDayProblem
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Derived, Expression, Many, One, Reference
from resolvers.counties import BY_CODE
from resolvers.reach import reach
from resolvers.refusals import Refusals, refused
from resolvers.theme_days.theme_days import no_such_theme_day
from runtime.clock import today
from runtime.database import unit_of_work

LONGEST = {"aspect": 60, "description": 400, "responsible": 120, "resolution": 400}

OVERDUE = "({row}.resolved_on IS NULL AND COALESCE({row}.due_on < {today}, false))"

written = Reference("theme_day_problem")
theme_day = One("theme_day", "{row}.id = {parent}.theme_day_id")
overdue = Expression(OVERDUE)
of_theme_day = Many(
    "theme_day_problem",
    "{row}.theme_day_id = {parent}.id",
    order={"found_on": "date", "id": "uuid"},
    descending=True,
)
problems = Many(
    "theme_day_problem",
    f"{{row}}.{BY_CODE}",
    order={"found_on": "date", "id": "uuid"},
    descending=True,
    filters={"open_only": "{row}.resolved_on IS NULL", "overdue_only": OVERDUE},
)
# Over the problems that the reader sees; null, which is not 0, for roles that see none.
summary = Derived(
    "SELECT count(DISTINCT p.aspect) AS aspect_count, count(*) AS problem_count, "
    "count(p.resolved_on) AS resolved_count FROM theme_day_problem p WHERE p.county_id = {row}.id "
    "AND p.found_on >= make_date({year}, 1, 1) AND p.found_on < make_date({year} + 1, 1, 1) "
    "AND ({visible:theme_day_problem p}) HAVING {reads:problems}"
)


async def record_problem(
    request: Request,
    theme_day_id: str,
    aspect: str,
    description: str,
    responsible: str | None,
    due_on: date | None,
) -> Payload:
    """Record a problem, found today, with who puts it right and until when."""
    viewer = who_asks(request)
    refusals = Refusals()
    aspect, description = aspect.strip(), description.strip()
    responsible = (responsible or "").strip() or None
    _refuse_text(refusals, "aspect", aspect)
    _refuse_text(refusals, "description", description)
    if responsible:
        _refuse_text(refusals, "responsible", responsible)
    if due_on is not None and due_on < today():
        refusals.add("DUE_IN_THE_PAST", f"整改期限 {due_on} 已经过去。", f"The time limit {due_on} is past.")
    async with unit_of_work():
        day = await reach(viewer, Act.RECORD_THEME_DAY, ThemeDay, theme_day_id)
        if day is None:
            return {"problem": None, "refusals": no_such_theme_day()}
        if day.held_on > today():
            refusals.add(
                "TOO_EARLY",
                f"主题党日在 {day.held_on}, 当天起才能登记问题。",
                f"The theme day is on {day.held_on}; record problems from that day on.",
            )
        if refusals:
            return {"problem": None, "refusals": refusals.rows}
        problem = await ThemeDayProblem.create(
            county_id=day.county_id,
            theme_day_id=day.id,
            aspect=aspect,
            description=description,
            responsible=responsible,
            found_on=today(),
            due_on=due_on,
            recorded_by_id=viewer.account_id,
        )
        await append_audit(
            viewer,
            action="RECORD_PROBLEM",
            subject_type="ThemeDayProblem",
            subject_id=problem.id,
            county_id=day.county_id,
        )
    return {"problem": problem.id, "refusals": []}


async def resolve_problem(request: Request, problem_id: str, resolved_on: date, resolution: str) -> Payload:
    """Record that a problem was put right, when and how: once."""
    viewer = who_asks(request)
    refusals = Refusals()
    resolution = resolution.strip()
    _refuse_text(refusals, "resolution", resolution)
    async with unit_of_work():
        problem = await reach(viewer, Act.RECORD_THEME_DAY, ThemeDayProblem, problem_id)
        if problem is None:
            rows = refused(
                "PROBLEM_NOT_FOUND",
                "没有找到您可以办理的问题。",
                "There is no problem that you may resolve.",
            )
            return {"problem": None, "refusals": rows}
        if problem.resolved_on is not None:
            refusals.add(
                "ALREADY_RESOLVED",
                f"该问题已于 {problem.resolved_on} 整改完成。",
                f"The problem was resolved on {problem.resolved_on}.",
            )
        if not problem.found_on <= resolved_on <= today():
            refusals.add(
                "DATE_REFUSED",
                f"整改日期须在发现问题 ({problem.found_on}) 之后, 不晚于今天。",
                f"The day must lie between the finding ({problem.found_on}) and today.",
            )
        if refusals:
            return {"problem": problem.id, "refusals": refusals.rows}
        await ThemeDayProblem.filter(id=problem.id).update(resolved_on=resolved_on, resolution=resolution)
        await append_audit(
            viewer,
            action="RESOLVE_PROBLEM",
            subject_type="ThemeDayProblem",
            subject_id=problem.id,
            county_id=problem.county_id,
        )
    return {"problem": problem.id, "refusals": []}


def _refuse_text(refusals: Refusals, name: str, text: str) -> None:
    chinese = {"aspect": "方面", "description": "问题", "responsible": "责任人", "resolution": "整改情况"}[
        name
    ]
    if not text or len(text) > LONGEST[name]:
        refusals.add(
            "TEXT_REFUSED",
            f"请填写{chinese}, 不超过 {LONGEST[name]} 个字。",
            f"Give the {name} in at most {LONGEST[name]} characters.",
        )
