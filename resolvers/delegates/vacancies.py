"""Vacancies (代表空缺): a seat whose delegate's standing ended, and how that was settled."""

from dataclasses import dataclass
from datetime import date

from models import Delegate, Member, Vacancy
from models.choices import Standing, VacancyEnd
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Many, One, Reference
from resolvers.counties import BY_CODE
from resolvers.delegates.delegates import add_step
from resolvers.delegates.refusals import require_body, require_reason
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import unit_of_work

CITATION_CHARTER_7 = "《中国共产党章程》第七条"

vacancies = Many(
    "vacancy",
    f"{{row}}.{BY_CODE}",
    order={"opened_on": "date", "id": "uuid"},
    filters={"open": "{row}.ended_on IS NULL"},
)
ended = Reference("vacancy")
delegate = One("delegate", "{row}.id = {parent}.delegate_id")
successor = One("delegate", "{row}.id = {parent}.successor_id")


@dataclass(frozen=True)
class Ending:
    """How a vacancy ended, and which body said so."""

    resolution: VacancyEnd
    decided_by: str
    reason: str
    ended_on: date
    successor_member_id: str | None = None
    elected_on: date | None = None


async def open_vacancy(left: Delegate, opened_on: date) -> None:
    """Inside the unit of work that ends a delegate's standing."""
    await Vacancy.create(county_id=left.county_id, delegate_id=left.id, opened_on=opened_on)


async def take_back_vacancy(left: Delegate) -> None:
    """The delegate did not leave after all. A vacancy that was ended keeps its decision from being withdrawn."""
    await Vacancy.filter(delegate_id=left.id, ended_on=None).delete()


async def end_vacancy(request: Request, vacancy_id: str, ending: Ending) -> Payload:
    """Record how a vacancy ended. A by-election makes a new delegate to the same congress."""
    viewer = who_asks(request)
    refusals = Refusals()
    require_reason(refusals, ending.reason)
    require_body(refusals, ending.decided_by)
    async with unit_of_work():
        vacancy = await reach(viewer, Act.KEEP_DELEGATES, Vacancy, vacancy_id)
        if vacancy is None:
            refusals.add("VACANCY_NOT_FOUND", "没有找到这项空缺。", "There is no such vacancy.")
            return {"vacancy": None, "refusals": refusals.rows}
        left = await Delegate.get(id=vacancy.delegate_id)
        _check_end(refusals, vacancy, ending)
        member = await _successor(refusals, viewer, vacancy, left, ending)
        if refusals:
            return {"vacancy": None, "refusals": refusals.rows}
        elected = await _elect(viewer, left, member, ending) if member is not None else None
        vacancy.resolution, vacancy.ended_on = ending.resolution.value, ending.ended_on
        vacancy.decided_by, vacancy.reason = ending.decided_by, ending.reason
        vacancy.successor_id = elected.id if elected is not None else None
        vacancy.recorded_by_id = viewer.account_id
        await vacancy.save(
            update_fields=["resolution", "ended_on", "decided_by", "reason", "successor_id", "recorded_by_id"]
        )
        await append_audit(
            viewer,
            action="END_VACANCY",
            subject_type="Vacancy",
            subject_id=vacancy.id,
            county_id=vacancy.county_id,
            detail={"resolution": ending.resolution.value, "decided_by": ending.decided_by},
        )
    return {"vacancy": vacancy.id, "refusals": []}


async def _elect(viewer: AccountViewer, left: Delegate, member: Member, ending: Ending) -> Delegate:
    elected_on = ending.elected_on or ending.ended_on
    elected = await Delegate.create(
        county_id=left.county_id,
        member_id=member.id,
        level=left.level,
        congress=left.congress,
        elected_on=elected_on,
    )
    await add_step(viewer, elected, since=elected_on, decided_by=ending.decided_by, reason=ending.reason)
    return elected


def _check_end(refusals: Refusals, vacancy: Vacancy, ending: Ending) -> None:
    if vacancy.ended_on is not None:
        refusals.add(
            "ALREADY_ENDED",
            f"这项空缺已于 {vacancy.ended_on} 处理完毕; 登记有误的, 请系统管理员凭书面更正处理。",
            f"This vacancy was ended on {vacancy.ended_on}; if that is a mistake, ask the system's administrator "
            "with a written correction.",
        )
    if not vacancy.opened_on <= ending.ended_on <= today():
        refusals.add(
            "ENDED_OUT_OF_ORDER",
            f"处理日期 {ending.ended_on} 须在空缺产生 ({vacancy.opened_on}) 之后, 且不晚于今天。",
            f"{ending.ended_on} must not be before the vacancy of {vacancy.opened_on}, nor in the future.",
        )


async def _successor(
    refusals: Refusals, viewer: AccountViewer, vacancy: Vacancy, left: Delegate, ending: Ending
) -> Member | None:
    """The member who was elected, locked, so that nobody is elected twice."""
    is_election = ending.resolution == VacancyEnd.BY_ELECTION
    if is_election != (ending.successor_member_id is not None) or is_election != (
        ending.elected_on is not None
    ):
        refusals.add(
            "SUCCESSOR_MISSING" if is_election else "SUCCESSOR_NOT_ASKED",
            "补选须填写当选党员和当选日期; 决定不补选的不填。",
            "A by-election names the member elected and the day; a seat that is left vacant names neither.",
        )
        return None
    if ending.successor_member_id is None or ending.elected_on is None:
        return None
    member = await reach(viewer, Act.KEEP_DELEGATES, Member, ending.successor_member_id)
    if member is None or member.county_id != vacancy.county_id:
        refusals.add("MEMBER_NOT_FOUND", "没有找到当选的党员。", "There is no such member to be elected.")
        return None
    if not vacancy.opened_on <= ending.elected_on <= ending.ended_on:
        refusals.add(
            "ELECTED_OUT_OF_ORDER",
            f"当选日期 {ending.elected_on} 须在空缺产生 ({vacancy.opened_on}) 与处理日期 ({ending.ended_on}) 之间。",
            f"{ending.elected_on} must be between the vacancy of {vacancy.opened_on} and its end on "
            f"{ending.ended_on}.",
        )
    if member.standing != Standing.FULL or (
        member.confirmed_on is not None and member.confirmed_on > ending.elected_on
    ):
        refusals.add(
            "SUCCESSOR_PROBATIONARY",
            "预备党员没有被选举权, 请核对当选人。",
            "A probationary member cannot be elected; check who was.",
            CITATION_CHARTER_7,
        )
    if await Delegate.exists(member_id=member.id, level=left.level, congress=left.congress):
        refusals.add(
            "ALREADY_DELEGATE",
            f"该党员已在{left.congress}代表名册中, 请核对当选人。",
            f"The member stands on the list of {left.congress} already; check who was elected.",
        )
    return member
