"""What a body decides about a member out of contact (失联党员处理): kept with what was found then.

The packs propose that people look; only a named body decides, and nobody's standing changes by recording it here.
"""

from datetime import date

from models import FloatingDecision, FloatingMember, Member
from models.choices import Measure
from plugins.contract import Finding
from plugins.months import add_months
from plugins.recorded import to_record
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference, Rows
from resolvers.findings import as_row
from resolvers.floating_members.changes import no_record, refuse_future
from resolvers.floating_members.findings import floating_facts
from resolvers.judging import judged
from resolvers.reach import reach
from resolvers.refusals import Refusals
from resolvers.rules import county_rules
from runtime.clock import today
from runtime.database import unit_of_work

ARTICLE_24 = "《中国共产党党员教育管理工作条例》第二十四条"
OUT_OF_CONTACT, ABROAD_LONG = "FLOATING_OUT_OF_CONTACT", "FLOATING_ABROAD_LONG"
# Article 24 names two grounds for 停止党籍, and one for 除名.
GROUNDS = {
    Measure.SUSPEND_MEMBERSHIP: {OUT_OF_CONTACT, ABROAD_LONG},
    Measure.REMOVE: {OUT_OF_CONTACT},
}

decisions = Rows(
    "SELECT d.* FROM floating_decision d WHERE d.floating_member_id = {row}.id "
    "AND ({visible:floating_decision d}) ORDER BY d.decided_on DESC, d.id DESC"
)
findings = Rows(
    "SELECT f.* FROM jsonb_to_recordset({row}.findings) AS f(code text, severity text, message text, "
    "citation text, rule_pack text, rule_version text)"
)
recorded = Reference("floating_decision")


async def decide_floating_member(
    request: Request,
    floating_member_id: str,
    measure: Measure,
    reason: str,
    decided_by: str,
    decided_on: date,
) -> Payload:
    """Record what a body decided, with the findings and facts of this moment."""
    viewer = who_asks(request)
    refusals = Refusals()
    _check_texts(reason, decided_by, refusals)
    refuse_future(refusals, decided_on, "IN_THE_FUTURE", "决定日期", "The day of the decision")
    async with unit_of_work():
        record = await reach(viewer, Act.DECIDE_FLOATING_MEMBER, FloatingMember, floating_member_id)
        if record is None or record.returned_on is not None:
            return {"decision": None, "floating_member": None, "refusals": no_record()}
        admitted_on = (await Member.get(id=record.member_id)).joined_on
        if record.left_on is not None and decided_on < record.left_on:
            refusals.add(
                "BEFORE_LEAVING",
                f"决定日期 {decided_on} 早于流动时间 {record.left_on}, 请核对。",
                f"The decision of {decided_on} is before the day of leaving, {record.left_on}; check the date.",
            )
        # The grounds are those of the day on which it was decided.
        known = {**record.__dict__, "contact": record.contact_masked, "admitted_on": admitted_on}
        facts = floating_facts(known, decided_on)
        [found] = await judged(request, "floating", [facts])
        _check_grounds(measure, found, refusals)
        await _check_order(record, measure, decided_on, refusals)
        if measure == Measure.REMOVE:
            await _check_suspension(request, record, decided_on, refusals)
        if refusals:
            return {"decision": None, "floating_member": None, "refusals": refusals.rows}
        decision = await FloatingDecision.create(
            county_id=record.county_id,
            floating_member_id=record.id,
            measure=measure.value,
            reason=reason.strip(),
            decided_by=decided_by.strip(),
            decided_on=decided_on,
            findings=[as_row(finding) for finding in found],
            facts=to_record(facts),
            recorded_by_id=viewer.account_id,
        )
        await append_audit(
            viewer,
            action="DECIDE_FLOATING_MEMBER",
            subject_type="FloatingMember",
            subject_id=record.id,
            county_id=record.county_id,
            detail={"measure": measure.value, "decided_by": decided_by.strip()},
        )
    return {"decision": decision.id, "floating_member": record.id, "refusals": []}


def _check_texts(reason: str, decided_by: str, refusals: Refusals) -> None:
    if not reason.strip() or len(reason) > 1000:
        refusals.add(
            "REASON_MISSING",
            "请填写理由, 不超过 1000 个字。",
            "Give the reason, in at most 1,000 characters.",
        )
    if not decided_by.strip() or len(decided_by) > 200:
        refusals.add(
            "BODY_MISSING",
            "请填写作出决定的党组织, 如“秦湾村党支部党员大会”。",
            "Name the body that decided, such as the branch's general meeting.",
            ARTICLE_24,
        )


def _check_grounds(measure: Measure, found: tuple[Finding, ...], refusals: Refusals) -> None:
    grounds = GROUNDS.get(measure)
    if grounds and not grounds & {finding.code for finding in found}:
        refusals.add(
            "NOT_OUT_OF_CONTACT",
            "台账没有显示该党员与党组织失去联系6个月以上, 不能登记停止党籍或者除名; 请先查找、核实。",
            "The record does not show that the member has been out of contact for six months, so neither "
            "suspension nor removal is recorded; look for him and check first.",
            ARTICLE_24,
        )


async def _check_order(
    record: FloatingMember, measure: Measure, decided_on: date, refusals: Refusals
) -> None:
    """Decisions follow one another: none is dated before the last, none is taken twice, and nothing but restored
    contact comes after a removal."""
    last = await FloatingDecision.filter(floating_member_id=record.id).order_by("-decided_on", "-id").first()
    if last is None:
        return
    if decided_on < last.decided_on:
        refusals.add(
            "EARLIER_THAN_LAST",
            f"{last.decided_on} 已有后来的决定, 不能再登记 {decided_on} 的决定, 请核对日期。",
            f"A decision of {last.decided_on} stands; one of {decided_on} would come before it. Check the date.",
        )
    if measure in GROUNDS and last.measure == measure:
        refusals.add(
            "ALREADY_DECIDED",
            f"{last.decided_on} 已登记同样的决定, 无需重复登记。",
            f"The same was decided on {last.decided_on}; there is nothing to record again.",
        )
    elif last.measure == Measure.REMOVE and measure != Measure.CONTACT_RESTORED:
        refusals.add(
            "ALREADY_REMOVED",
            f"{last.decided_on} 已登记除名; 如已取得联系, 请登记恢复联系。",
            f"Removal was recorded on {last.decided_on}; if contact was found again, record that.",
        )


async def _check_suspension(
    request: Request, record: FloatingMember, decided_on: date, refusals: Refusals
) -> None:
    """Removal follows a suspension that has stood for two years; restored contact ends one."""
    standing = await (
        FloatingDecision.filter(
            floating_member__member_id=record.member_id,
            measure__in=[Measure.SUSPEND_MEMBERSHIP.value, Measure.CONTACT_RESTORED.value],
        )
        .order_by("-decided_on", "-id")
        .first()
    )
    years = int(county_rules(request).rules.number("floating.removal_years", today()))
    suspended = standing is not None and standing.measure == Measure.SUSPEND_MEMBERSHIP
    if standing is None or not suspended or decided_on < add_months(standing.decided_on, 12 * years):
        refusals.add(
            "SUSPENSION_TOO_SHORT",
            f"除名须在停止党籍满{years}年、确实无法取得联系以后; 请先登记停止党籍的决定及其日期。",
            f"Removal comes {years} years after membership was suspended; record that decision with its day first.",
            ARTICLE_24,
        )
