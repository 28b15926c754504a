"""Delegates (党代表): the list, their status history, and the facts that the office records about them."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from models import Delegate, DelegateStatusChange
from models.choices import DelegateStatus
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Many, One, Reference, Rows
from resolvers.counties import BY_CODE
from resolvers.delegates.judging import judge_again
from resolvers.reach import reach
from resolvers.refusals import Refusals
from resolvers.search import MATCHES, SEARCH
from runtime.clock import today
from runtime.database import unit_of_work

CITATION_25 = "《中国共产党全国代表大会和地方各级代表大会代表任期制暂行条例》第二十五条"
# What the office may record -> what it is called.
FACTS = {
    "membership_halted_on": ("停止党籍日期", "the day membership was halted"),
    "nationality_lost_on": ("丧失国籍日期", "the day nationality was lost"),
    "resignation_accepted_on": ("辞职被接受日期", "the day the resignation was accepted"),
}

delegates = Many(
    "delegate",
    f"{{row}}.{BY_CODE}",
    order={"id": "uuid"},
    filters={
        "level": "{row}.level = ANY({level})",
        "status": "{row}.status = ANY({status})",
        "search": (
            "EXISTS (SELECT FROM member s WHERE s.id = {row}.member_id AND ({visible:member s}) AND "
            f"{MATCHES.replace('{row}', 's')})"
        ),
    },
    made=SEARCH,
)
recorded = Reference("delegate")
member = One("member", "{row}.id = {parent}.member_id")
status_history = Rows(
    "SELECT h.* FROM delegate_status_change h WHERE h.delegate_id = {row}.id "
    "AND ({visible:delegate_status_change h}) ORDER BY h.id"
)
# How many there are of each level and status; the rows that the reader sees, as the county's other figures.
figures = Rows(
    "SELECT n.level, n.status, count(*) AS count FROM delegate n WHERE n.county_id = {row}.id "
    "AND ({reads:figures} OR ({reads:counts} AND ({visible:delegate n}))) "
    "GROUP BY n.level, n.status ORDER BY n.level, n.status"
)


async def record_facts(request: Request, delegate_id: str, given: Mapping[str, date | None]) -> Payload:
    """Record dates that the packs look at (null takes one back), and judge the undecided checks with them."""
    viewer = who_asks(request)
    refusals = Refusals()
    if not given:
        refusals.add("NOTHING_GIVEN", "请至少填写一项日期。", "Give at least one of the dates.")
    async with unit_of_work():
        delegate = await reach(viewer, Act.KEEP_DELEGATES, Delegate, delegate_id)
        if delegate is None:
            refusals.add("DELEGATE_NOT_FOUND", "没有找到这名党代表。", "There is no such delegate.")
        for name, day in given.items():
            _check_day(refusals, *FACTS[name], day, delegate)
        if refusals or delegate is None:
            return {"delegate": None, "refusals": refusals.rows}
        before = {name: getattr(delegate, name) for name in given}
        changed = {name: day for name, day in given.items() if before[name] != day}
        if changed:
            await delegate.update_from_dict(changed).save(update_fields=list(changed))
            await judge_again(request.app, delegate.county_id, delegate.id)
            await append_audit(
                viewer,
                action="RECORD_DELEGATE_FACT",
                subject_type="Delegate",
                subject_id=delegate.id,
                county_id=delegate.county_id,
                detail={name: [_text(before[name]), _text(day)] for name, day in changed.items()},
            )
    return {"delegate": delegate.id, "refusals": []}


async def change_status(
    viewer: AccountViewer,
    delegate: Delegate,
    status: DelegateStatus,
    *,
    since: date,
    decided_by: str,
    reason: str,
    decision_id: UUID | None = None,
) -> None:
    """The delegate's new status with the step of his history, inside a unit of work that has locked him.

    What does not change is no step.
    """
    if delegate.status == status:
        return
    delegate.status = status.value
    await delegate.save(update_fields=["status"])
    await add_step(
        viewer, delegate, since=since, decided_by=decided_by, reason=reason, decision_id=decision_id
    )


async def add_step(
    viewer: AccountViewer,
    delegate: Delegate,
    *,
    since: date,
    decided_by: str,
    reason: str,
    decision_id: UUID | None = None,
) -> None:
    """A step of the history: the status that the delegate has now, since when, and who decided it."""
    await DelegateStatusChange.create(
        county_id=delegate.county_id,
        delegate_id=delegate.id,
        status=delegate.status,
        since=since,
        decision_id=decision_id,
        decided_by=decided_by,
        reason=reason,
        recorded_by_id=viewer.account_id,
    )


def _check_day(refusals: Refusals, zh: str, en: str, day: date | None, delegate: Delegate | None) -> None:
    if day is None:
        return
    if day > today():
        refusals.add(
            "IN_THE_FUTURE",
            f"{zh} {day} 晚于今天, 请在发生后登记。",
            f"{en.capitalize()}, {day}, is in the future; record it once it has happened.",
        )
    elif delegate is not None and day < delegate.elected_on:
        refusals.add(
            "BEFORE_ELECTION",
            f"{zh} {day} 早于当选日期 {delegate.elected_on}, 请核对。",
            f"{en.capitalize()}, {day}, is before the election on {delegate.elected_on}; check it.",
            CITATION_25,
        )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
