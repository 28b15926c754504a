"""Exemptions (不作硬性要求): members of whom no firm demand is made for a while, left out of every denominator."""

from datetime import date, timedelta
from typing import Any

from models import Exemption
from models.choices import ExemptionGround
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Many, One, Reference
from resolvers.counties import BY_CODE
from resolvers.reach import reach, row_where
from resolvers.refusals import Refusals, refused
from runtime.clock import today
from runtime.database import unit_of_work

LONGEST = 200  # characters of a reason and of a body's name
FURTHEST = timedelta(days=366)  # how far ahead one may begin
CITATION = "《中国共产党党员教育管理工作条例》第二十三条"

# A ground tells of somebody's health: `access.py` shows it to the member and to those who lead his home branch.
exemption = One(
    "exemption",
    "{row}.member_id = {parent}.id AND {row}.began_on <= {today} "
    "AND ({row}.ended_on IS NULL OR {row}.ended_on >= {today})",
)
exemptions = Many(
    "exemption",
    f"{{row}}.{BY_CODE}",
    order={"began_on": "date", "id": "uuid"},
    descending=True,
    filters={"open_only": "{row}.ended_on IS NULL OR {row}.ended_on >= {today}"},
)
member = One("member", "{row}.id = {parent}.member_id")
written = Reference("exemption")


async def exempt_member(
    request: Request,
    member_id: str,
    ground: ExemptionGround,
    began_on: date,
    ended_on: date | None,
    reason: str | None,
    approved_by: str,
) -> Payload:
    """Record that a body decided so; the days count from `began_on` to `ended_on`, both included."""
    viewer = who_asks(request)
    refusals = Refusals()
    reason, approved_by = (reason or "").strip() or None, approved_by.strip()
    _refuse_texts(refusals, ground, reason, approved_by)
    if ended_on is not None and ended_on < began_on:
        refusals.add(
            "DATES_REVERSED",
            f"结束日期 {ended_on} 早于开始日期 {began_on}。",
            f"The end, {ended_on}, is before the beginning, {began_on}.",
        )
    async with unit_of_work():
        found = await _led(viewer, member_id)
        if found is None:
            rows = refused(
                "MEMBER_NOT_FOUND",
                "没有找到您可以办理的党员, 由其所在党支部或者上级办理。",
                "There is no member for whom you may do this; his home branch or who is above it does.",
            )
            return {"exemption": None, "refusals": rows}
        _refuse_person(refusals, viewer, found, began_on)
        others = await Exemption.filter(member_id=found["id"]).all()
        if any(_overlap(other, began_on, ended_on) for other in others):
            refusals.add(
                "ALREADY_EXEMPT",
                "该党员在这段时间已经不作硬性要求, 请先结束原来的记录。",
                "The member is exempt in that time already; end that record first.",
                CITATION,
            )
        if refusals:
            return {"exemption": None, "refusals": refusals.rows}
        made = await Exemption.create(
            county_id=found["county_id"],
            member_id=found["id"],
            ground=ground.value,
            began_on=began_on,
            ended_on=ended_on,
            reason=reason,
            approved_by=approved_by,
            recorded_by_id=viewer.account_id,
        )
        await _audit(viewer, "EXEMPT_MEMBER", made)
    return {"exemption": made.id, "refusals": []}


async def end_exemption(request: Request, exemption_id: str, ended_on: date) -> Payload:
    """Firm demands are made again from the day after `ended_on`. An end that stands can only come earlier."""
    viewer = who_asks(request)
    refusals = Refusals()
    async with unit_of_work():
        found = await reach(viewer, Act.EXEMPT, Exemption, exemption_id)
        if found is None:
            rows = refused(
                "EXEMPTION_NOT_FOUND",
                "没有找到您可以结束的记录。",
                "There is no exemption that you may end.",
            )
            return {"exemption": None, "refusals": rows}
        if ended_on < found.began_on:
            refusals.add(
                "DATES_REVERSED",
                f"结束日期 {ended_on} 早于开始日期 {found.began_on}。",
                f"The end, {ended_on}, is before the beginning, {found.began_on}.",
            )
        if found.ended_on is not None and ended_on >= found.ended_on:
            refusals.add(
                "ALREADY_ENDED",
                f"该记录到 {found.ended_on} 为止; 需要延长的请另行登记。",
                f"It ends on {found.ended_on}; record another one to go on.",
            )
        if refusals:
            return {"exemption": found.id, "refusals": refusals.rows}
        await Exemption.filter(id=found.id).update(ended_on=ended_on)
        await _audit(viewer, "END_EXEMPTION", found)
    return {"exemption": found.id, "refusals": []}


async def _led(viewer: AccountViewer, member_id: str) -> dict[str, Any] | None:
    """The member, locked, if the viewer would reach his exemption: a host's secretary sees guests, and leads none."""
    return await row_where(
        viewer,
        viewer.reach("exemption", Act.EXEMPT),
        "(SELECT m.id, m.id AS member_id, m.county_id, m.joined_on FROM member m)",
        member_id,
        "target.id, target.county_id, target.joined_on",
        "FOR UPDATE OF target",
    )


def _overlap(other: Exemption, began_on: date, ended_on: date | None) -> bool:
    return began_on <= (other.ended_on or date.max) and other.began_on <= (ended_on or date.max)


def _refuse_person(refusals: Refusals, viewer: AccountViewer, found: dict[str, Any], began_on: date) -> None:
    if str(viewer.member_id) == str(found["id"]):
        refusals.add(
            "NOT_FOR_ONESELF",
            "不能为自己登记, 请由上级党组织或者支部其他负责同志办理。",
            "Nobody exempts himself; let the organization above do it, or another who leads the branch.",
        )
    if began_on > today() + FURTHEST:
        refusals.add(
            "BEGINS_TOO_LATE",
            f"开始日期 {began_on} 在一年以后, 请核对, 或者到时再登记。",
            f"{began_on} is more than a year ahead; check the day, or record it when the time comes.",
        )
    if began_on < found["joined_on"]:
        refusals.add(
            "BEFORE_JOINING",
            f"开始日期 {began_on} 早于入党日期 {found['joined_on']}, 请核对。",
            f"{began_on} is before the member joined on {found['joined_on']}; check the day.",
        )


def _refuse_texts(refusals: Refusals, ground: ExemptionGround, reason: str | None, approved_by: str) -> None:
    if not approved_by or len(approved_by) > LONGEST:
        refusals.add(
            "APPROVED_BY_MISSING",
            f"请写明由哪个党组织研究同意, 不超过 {LONGEST} 个字。",
            f"Name the body that agreed, in at most {LONGEST} characters.",
            CITATION,
        )
    if ground == ExemptionGround.OTHER and reason is None:
        refusals.add("REASON_MISSING", "“其他”须写明原因。", "The ground OTHER needs a reason.")
    if reason and len(reason) > LONGEST:
        refusals.add(
            "TEXT_TOO_LONG",
            f"原因不超过 {LONGEST} 个字。",
            f"A reason has at most {LONGEST} characters.",
        )


async def _audit(viewer: AccountViewer, action: str, exemption: Exemption) -> None:
    """Without ground and reason: the audit trail is read by more people than somebody's health is for."""
    await append_audit(
        viewer,
        action=action,
        subject_type="Exemption",
        subject_id=exemption.id,
        county_id=exemption.county_id,
    )
