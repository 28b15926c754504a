"""What the sides think of a theme day (三评). Sources name 三评 and do not define it: the sides are the rule pack's."""

from typing import Any

from models import ThemeDay
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference, Rows
from resolvers.reach import reach_values
from resolvers.refusals import Refusals
from resolvers.rights.acts import ACTS
from resolvers.rules import county_rules
from resolvers.theme_days.expected_members import taking_part
from resolvers.theme_days.theme_days import audit_theme_day, no_such_theme_day
from runtime.clock import now, today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

LONGEST_COMMENT = 400

evaluated = Reference("theme_day")
# Who speaks for a side of 三评. A side that a county adds is for those who lead the organization.
SIDES = {
    "branch": Act.EVALUATE_AS_BRANCH,
    "members": Act.EVALUATE_THEME_DAY,
    "superior": Act.EVALUATE_AS_SUPERIOR,
}

# What members say is told apart from who says it: from three answers on, as one average and the comments in the order
# of their text. The other sides speak for an organization, each answer for itself.
evaluations = Rows(
    "SELECT e.side AS \"by\", COALESCE(max(i.side ->> 'label'), e.side) AS label, "
    "CASE WHEN e.side <> 'members' THEN max(e.score) "
    "WHEN count(*) >= 3 THEN round(avg(e.score)::numeric, 2)::float8 END AS score, "
    "CASE WHEN {shows:internal theme_day} AND (e.side <> 'members' OR count(*) >= 3) "
    "THEN string_agg(e.comment, '；' ORDER BY e.comment) END AS comment, count(*) AS count "
    "FROM theme_day_evaluation e LEFT JOIN jsonb_array_elements({rule:theme_day.evaluations.items text}::jsonb) "
    "WITH ORDINALITY AS i(side, place) ON i.side ->> 'key' = e.side "
    "WHERE e.theme_day_id = {row}.id GROUP BY e.side, CASE WHEN e.side <> 'members' THEN e.id END "
    "ORDER BY min(i.place), min(e.given_at)"
)


async def evaluate_theme_day(
    request: Request, theme_day_id: str, side: str, score: float | None, comment: str | None
) -> Payload:
    """What one account thinks for one side; a second time replaces the first."""
    viewer = who_asks(request)
    refusals = Refusals()
    comment = (comment or "").strip() or None
    _refuse_answer(refusals, score, comment)
    sides = county_rules(request).items("theme_day.evaluations", request.today)
    if side not in [known["key"] for known in sides]:
        named = [f"{known['key']} {known['label']}" for known in sides]
        refusals.add(
            "SIDE_UNKNOWN",
            f"没有这一评价方, 本县有: {'、'.join(named)}。",
            f"There is no such side; the county has {', '.join(named)}.",
        )
    async with unit_of_work():
        day = await reach_values(
            viewer,
            Act.EVALUATE_THEME_DAY,
            "theme_day",
            theme_day_id,
            "target.id, target.county_id, target.held_on, "
            "(SELECT o.path FROM organization o WHERE o.id = target.organization_id) AS path",
        )
        if day is None:
            return {"theme_day": None, "refusals": no_such_theme_day()}
        if day["held_on"] > today():
            refusals.add(
                "TOO_EARLY",
                f"主题党日在 {day['held_on']}, 当天起才能评价。",
                f"The theme day is on {day['held_on']}; it is evaluated from that day on.",
            )
        if not refusals and not await _speaks_for(viewer, side, day):
            refusals.add(
                "NOT_YOUR_SIDE",
                "您不能代表这一方评价: 支部自评由支部书记, 党员互评由参加的党员, 上级点评由上级党组织。",
                "You do not speak for this side: the branch's secretary does for the branch, its members for the "
                "members, who stands above for the superior.",
            )
        if refusals:
            return {"theme_day": day["id"], "refusals": refusals.rows}
        await connection().execute_query(
            "INSERT INTO theme_day_evaluation "
            "(id, county_id, theme_day_id, side, account_id, score, comment, given_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (theme_day_id, side, account_id) "
            "DO UPDATE SET score = excluded.score, comment = excluded.comment, given_at = excluded.given_at",
            [new_id(), day["county_id"], day["id"], side, viewer.account_id, score, comment, now()],
        )
        # That somebody answered is on record, what he answered is not: as with ballots.
        await audit_theme_day(viewer, "EVALUATE_THEME_DAY", await ThemeDay.get(id=day["id"]), side=side)
    return {"theme_day": day["id"], "refusals": []}


async def _speaks_for(viewer: AccountViewer, side: str, day: dict[str, Any]) -> bool:
    act = SIDES.get(side, Act.RECORD_THEME_DAY)
    if await reach_values(viewer, act, "theme_day", day["id"], "target.id") is None:
        return False
    if side == "superior":
        # A town committee is not above its own theme day. The office's grant has no path: above all of its county.
        paths = [
            grant.path or ""
            for grant in viewer.grants
            if grant.role in ACTS[act] and grant.county_id == day["county_id"]
        ]
        return any(day["path"].startswith(path) and day["path"] != path for path in paths)
    if side == "members":
        sql = f"SELECT 1 FROM theme_day d WHERE d.id = $1 AND $2 IN ({taking_part('d')})"
        return bool(await connection().execute_query_dict(sql, [day["id"], viewer.member_id]))
    return True


def _refuse_answer(refusals: Refusals, score: float | None, comment: str | None) -> None:
    if score is None and comment is None:
        refusals.add("EVALUATION_EMPTY", "请给出得分或者评语。", "Give a score or a comment.")
    if score is not None and not 0 <= score <= 100:
        refusals.add("SCORE_OUT_OF_BOUNDS", "得分为 0 到 100。", "A score is 0 to 100.")
    if comment and len(comment) > LONGEST_COMMENT:
        refusals.add(
            "TEXT_TOO_LONG",
            f"评语不超过 {LONGEST_COMMENT} 个字。",
            f"A comment has at most {LONGEST_COMMENT} characters.",
        )
