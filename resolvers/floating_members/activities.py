"""What is done with members away by the pack's list of systems (八项制度), and what came of each."""

from datetime import date

from models import FloatingActivity, FloatingMember
from models.choices import FloatingList
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, Reference, Rows
from resolvers.floating_members.changes import no_record, refuse_future
from resolvers.reach import reach
from resolvers.refusals import Refusals
from resolvers.rules import county_rules
from runtime.database import unit_of_work

LONGEST_NOTE = 400
LISTS = {FloatingList.HOMECOMING: "floating.homecoming", FloatingList.SYSTEM: "floating.systems"}
LABELS = {FloatingList.HOMECOMING: "返乡活动", FloatingList.SYSTEM: "流动党员制度"}


def listed(name: str) -> str:
    """SQL of a pack's list as rows i(key, label, place), in the pack's order."""
    return (
        f"ROWS FROM (jsonb_to_recordset({{rule:{name}.items text}}::jsonb) AS (key text, label text)) "
        "WITH ORDINALITY AS i(key, label, place)"
    )


systems = Rows(
    "SELECT i.key, i.label, max(a.done_on) AS last_on, count(a.id) AS count "
    f"FROM {listed('floating.systems')} LEFT JOIN floating_activity a ON a.floating_member_id = {{row}}.id "
    "AND a.list = 'SYSTEM' AND a.key = i.key AND ({visible:floating_activity a}) "
    "GROUP BY i.key, i.label, i.place ORDER BY i.place"
)
activities = Many(
    "floating_activity",
    "{row}.floating_member_id = {parent}.id",
    order={"done_on": "date", "id": "uuid"},
    descending=True,
)
recorded = Reference("floating_activity")
in_list = Expression("{row}.list")
# An item that the pack no longer lists keeps its key.
label = Expression(
    "COALESCE((SELECT i.label FROM jsonb_to_recordset((CASE {row}.list WHEN 'SYSTEM' "
    "THEN {rule:floating.systems.items text} ELSE {rule:floating.homecoming.items text} END)::jsonb) "
    "AS i(key text, label text) WHERE i.key = {row}.key), {row}.key)"
)


async def record_floating_activity(
    request: Request, floating_member_id: str, key: str, done_on: date, note: str | None
) -> Payload:
    """Record that an item of the county's systems was done with a member away; as often as it is done."""
    viewer = who_asks(request)
    refusals = Refusals()
    check_item(request, FloatingList.SYSTEM, key, note, refusals)
    refuse_future(refusals, done_on, "IN_THE_FUTURE", "开展日期", "The day on which it was done")
    async with unit_of_work():
        record = await reach(viewer, Act.UPDATE_FLOATING_MEMBER, FloatingMember, floating_member_id)
        if record is None or record.returned_on is not None:
            return {"activity": None, "floating_member": None, "refusals": no_record()}
        if record.left_on is not None and done_on < record.left_on:
            refusals.add(
                "BEFORE_LEAVING",
                f"开展日期 {done_on} 早于流动时间 {record.left_on}。",
                f"The day on which it was done, {done_on}, is before the day of leaving, {record.left_on}.",
            )
        if refusals:
            return {"activity": None, "floating_member": None, "refusals": refusals.rows}
        activity = await FloatingActivity.create(
            county_id=record.county_id,
            floating_member_id=record.id,
            list=FloatingList.SYSTEM.value,
            key=key,
            done_on=done_on,
            note=(note or "").strip() or None,
            recorded_by_id=viewer.account_id,
        )
        await append_audit(
            viewer,
            action="RECORD_FLOATING_ACTIVITY",
            subject_type="FloatingMember",
            subject_id=record.id,
            county_id=record.county_id,
            detail={"key": key, "done_on": done_on.isoformat()},
        )
    return {"activity": activity.id, "floating_member": record.id, "refusals": []}


def check_item(request: Request, of: FloatingList, key: str, note: str | None, refusals: Refusals) -> None:
    """Refuses what the county's list does not have, naming what it has, and a note that is too long."""
    items = county_rules(request).items(LISTS[of], request.today)
    if not items:
        refusals.add(
            "NO_SUCH_LIST",
            f"您县的规则包没有列出{LABELS[of]}, 不能登记; 请县委组织部在规则包中列出。",
            f"Your county's rule pack has no list {LISTS[of]}; ask the organization department to add one.",
        )
    elif key not in {item["key"] for item in items}:
        known = ", ".join(f"{item['key']}（{item['label']}）" for item in items)
        refusals.add(
            "UNKNOWN_ITEM",
            f"{LABELS[of]}没有“{key[:60]}”这一项; 可以登记: {known}。",
            f'The list {LISTS[of]} has no "{key[:60]}"; it has: {known}.',
        )
    if note is not None and len(note) > LONGEST_NOTE:
        refusals.add(
            "TEXT_TOO_LONG",
            f"说明不超过 {LONGEST_NOTE} 个字。",
            f"A note has at most {LONGEST_NOTE} characters.",
        )
