"""Home-comings (返乡): when a member who is away came home, and which items of 六个一 were worked through then."""

from datetime import date
from typing import Any
from uuid import UUID

from models import FloatingActivity, FloatingMember, Homecoming
from models.choices import FloatingList
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Reference, Rows
from resolvers.floating_members.activities import check_item, listed
from resolvers.floating_members.changes import no_record, refuse_future
from resolvers.reach import reach
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

ITEMS = "floating.homecoming"
UPDATE = "update"  # the item that keeping the record fills by itself

homecomings = Rows(
    "SELECT h.* FROM homecoming h WHERE h.floating_member_id = {row}.id AND ({visible:homecoming h}) "
    "ORDER BY h.came_on DESC"
)
_WITH_ACTIVITIES = (
    f"{listed(ITEMS)} LEFT JOIN floating_activity a ON a.homecoming_id = {{row}}.id AND a.key = i.key "
    "AND ({visible:floating_activity a})"
)
items = Rows(f"SELECT i.key, i.label, a.done_on, a.note FROM {_WITH_ACTIVITIES} ORDER BY i.place")
done_count = Expression(f"SELECT count(a.id) FROM {_WITH_ACTIVITIES}")
total = Expression(f"jsonb_array_length({{rule:{ITEMS}.items text}}::jsonb)")
recorded = Reference("homecoming")

# What a member has to do while he is home: the open items of the home-coming that goes on today.
DUTIES = (
    "SELECT 'HOMECOMING' AS kind, '返乡活动: ' || i.label AS title, "
    "h.came_on + {rule:floating.homecoming_days}::int AS due_on, "
    "EXISTS (SELECT FROM floating_activity a WHERE a.homecoming_id = h.id AND a.key = i.key) AS is_done "
    "FROM floating_member f JOIN homecoming h ON h.floating_member_id = f.id AND h.came_on <= {today} "
    "AND (h.left_again_on IS NULL OR h.left_again_on >= {today}) "
    f"CROSS JOIN {listed(ITEMS)} WHERE f.member_id = {{row}}.id AND f.returned_on IS NULL"
)


async def record_homecoming(
    request: Request, floating_member_id: str, came_on: date, left_again_on: date | None
) -> Payload:
    """Record that he came home; the same day once more says when he left again."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, came_on, "IN_THE_FUTURE", "返乡日期", "The day of coming home")
    refuse_future(refusals, left_again_on, "IN_THE_FUTURE", "再次外出日期", "The day of leaving again")
    if left_again_on is not None and left_again_on < came_on:
        refusals.add(
            "LEFT_BEFORE_COMING",
            f"再次外出日期 {left_again_on} 早于返乡日期 {came_on}。",
            f"The day of leaving again, {left_again_on}, is before the day of coming home, {came_on}.",
        )
    async with unit_of_work():
        # The record is locked, so that two home-comings are compared one after the other.
        record = await reach(viewer, Act.UPDATE_FLOATING_MEMBER, FloatingMember, floating_member_id)
        if record is None or record.returned_on is not None:
            return {"homecoming": None, "refusals": no_record()}
        if record.left_on is not None and came_on < record.left_on:
            refusals.add(
                "CAME_BEFORE_LEAVING",
                f"返乡日期 {came_on} 早于流动时间 {record.left_on}。",
                f"The day of coming home, {came_on}, is before the day of leaving, {record.left_on}.",
            )
        before = await Homecoming.filter(floating_member_id=record.id)
        same = next((one for one in before if one.came_on == came_on), None)
        until = left_again_on or (same.left_again_on if same else None)
        _check_overlap([one for one in before if one is not same], came_on, until, refusals)
        if same is not None:
            await _check_items_inside(same, left_again_on, refusals)
        if refusals:
            return {"homecoming": None, "refusals": refusals.rows}
        homecoming = same or await Homecoming.create(
            county_id=record.county_id,
            floating_member_id=record.id,
            came_on=came_on,
            left_again_on=left_again_on,
            recorded_by_id=viewer.account_id,
        )
        if same is not None and left_again_on is not None:
            same.left_again_on = left_again_on
            await same.save(update_fields=["left_again_on"])
        await fill_update_item(request, viewer, record.id)
        await _audit(viewer, homecoming, "RECORD_HOMECOMING", {"came_on": came_on.isoformat()})
    return {"homecoming": homecoming.id, "refusals": []}


async def record_homecoming_item(
    request: Request, homecoming_id: str, key: str, done_on: date, note: str | None
) -> Payload:
    """Record that an item of 六个一 was done; once a home-coming, a second time corrects the day and the note."""
    viewer = who_asks(request)
    refusals = Refusals()
    check_item(request, FloatingList.HOMECOMING, key, note, refusals)
    refuse_future(refusals, done_on, "IN_THE_FUTURE", "完成日期", "The day on which it was done")
    async with unit_of_work():
        homecoming = await reach(viewer, Act.UPDATE_FLOATING_MEMBER, Homecoming, homecoming_id)
        record = await FloatingMember.get(id=homecoming.floating_member_id) if homecoming else None
        if homecoming is None or record is None or record.returned_on is not None:
            rows = refused(
                "HOMECOMING_NOT_FOUND",
                "没有找到您可以登记的返乡记录。",
                "There is no home-coming that you may record for.",
            )
            return {"homecoming": None, "refusals": rows}
        if done_on < homecoming.came_on or done_on > (homecoming.left_again_on or date.max):
            refusals.add(
                "NOT_AT_HOME",
                f"{done_on} 不在返乡期间（{homecoming.came_on} 至 {homecoming.left_again_on or '今'}）。",
                f"{done_on} is not a day of this home-coming.",
            )
        if refusals:
            return {"homecoming": None, "refusals": refusals.rows}
        await connection().execute_query(
            "INSERT INTO floating_activity "
            "(id, county_id, floating_member_id, homecoming_id, list, key, done_on, note, recorded_by_id) "
            "VALUES ($1, $2, $3, $4, 'HOMECOMING', $5, $6, $7, $8) "
            "ON CONFLICT (homecoming_id, key) WHERE homecoming_id IS NOT NULL DO UPDATE "
            "SET (done_on, note, recorded_by_id) = (excluded.done_on, excluded.note, excluded.recorded_by_id)",
            [
                *(new_id(), homecoming.county_id, homecoming.floating_member_id, homecoming.id, key, done_on),
                *((note or "").strip() or None, viewer.account_id),
            ],
        )
        detail = {"key": key, "done_on": done_on.isoformat()}
        await _audit(viewer, homecoming, "RECORD_HOMECOMING_ITEM", detail)
    return {"homecoming": homecoming.id, "refusals": []}


async def fill_update_item(request: Request, viewer: AccountViewer, floating_member_id: UUID) -> None:
    """更新一次信息 is done by keeping the record while at home: nobody says it a second time. The other items are
    recorded by people; that somebody attended a theme day does not say that he caught up on a lecture."""
    if UPDATE not in {item["key"] for item in county_rules(request).items(ITEMS, request.today)}:
        return
    await connection().execute_query(
        "INSERT INTO floating_activity "
        "(id, county_id, floating_member_id, homecoming_id, list, key, done_on, recorded_by_id) "
        "SELECT $1, h.county_id, f.id, h.id, 'HOMECOMING', $3, f.last_updated_on, $4 "
        "FROM floating_member f JOIN homecoming h ON h.floating_member_id = f.id "
        "WHERE f.id = $2 AND f.last_updated_on >= h.came_on "
        "AND (h.left_again_on IS NULL OR f.last_updated_on <= h.left_again_on) "
        "ON CONFLICT (homecoming_id, key) WHERE homecoming_id IS NOT NULL DO NOTHING",
        [new_id(), floating_member_id, UPDATE, viewer.account_id],
    )


def _check_overlap(
    others: list[Homecoming], came_on: date, left_again_on: date | None, refusals: Refusals
) -> None:
    for other in others:
        if other.came_on <= (left_again_on or date.max) and came_on <= (other.left_again_on or date.max):
            refusals.add(
                "HOMECOMINGS_OVERLAP",
                f"与 {other.came_on} 的返乡记录重叠; 请先登记那一次的再次外出日期。",
                f"It overlaps with the home-coming of {other.came_on}; record first when he left again then.",
            )


async def _check_items_inside(homecoming: Homecoming, left_again_on: date | None, refusals: Refusals) -> None:
    """Items stay within the days of their home-coming; only the one that filled itself gives way."""
    if left_again_on is None:
        return
    after = FloatingActivity.filter(homecoming_id=homecoming.id, done_on__gt=left_again_on)
    # Keeping the record filled it by itself; the day on which that was done is not one at home after all.
    await after.filter(key=UPDATE).delete()
    later = await after.exclude(key=UPDATE).first()
    if later is not None:
        refusals.add(
            "ITEM_DONE_LATER",
            f"{later.done_on} 还登记了返乡活动, 再次外出日期不能早于那一天。",
            f"An item was recorded for {later.done_on}; he cannot have left before that day.",
        )


async def _audit(viewer: AccountViewer, homecoming: Homecoming, action: str, detail: dict[str, Any]) -> None:
    await append_audit(
        viewer,
        action=action,
        subject_type="Homecoming",
        subject_id=homecoming.id,
        county_id=homecoming.county_id,
        detail=detail,
    )
