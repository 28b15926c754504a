"""Decisions about delegates (资格决定): the record of what a named body decided, and its withdrawal."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models import Delegate, QualificationCheck, QualificationDecision, QualificationReview
from models.choices import DelegateStatus, QualificationOutcome
from plugins.contract import Proposal
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.delegates.delegates import change_status
from resolvers.delegates.judging import judge_again
from resolvers.delegates.refusals import (
    CITATION_25,
    CITATION_28,
    check_carried,
    check_day,
    check_decision,
    check_dissent,
    check_names,
    check_votes,
    check_withdrawal,
    require_body,
    require_reason,
)
from resolvers.delegates.vacancies import open_vacancy, take_back_vacancy
from resolvers.reach import reach, reach_values
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import unit_of_work
from runtime.language import Sentence

decided = Reference("qualification_check")
STATUS_AFTER = {
    QualificationOutcome.QUALIFIED: DelegateStatus.SERVING,
    QualificationOutcome.SUSPENSION_PROPOSED: DelegateStatus.SUSPENDED,
    QualificationOutcome.TERMINATION_PROPOSED: DelegateStatus.TERMINATED,
}


@dataclass(frozen=True)
class Decision:
    """What a body decided, and how it came about (第二十八条: proposed, decided, filed)."""

    outcome: QualificationOutcome
    reason: str
    decided_by: str
    decided_on: date
    proposed_by: str | None = None
    filed_with: str | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    dissent: list[dict[str, str]] = field(default_factory=list)


async def decide(request: Request, check_id: str, decision: Decision) -> Payload:
    """Record what a named body decided; this, and nothing else, changes the delegate's status."""
    viewer = who_asks(request)
    refusals = _check_record(decision)
    async with unit_of_work():
        check, delegate = await _reach_check(viewer, check_id)
        if check is None or delegate is None:
            refusals.add("CHECK_NOT_FOUND", "没有找到这项资格核查。", "There is no such check.")
        else:
            await check_decision(refusals, check, delegate, decision.decided_on)
        if refusals or check is None or delegate is None:
            return {"check": None, "findings": [], "refusals": refusals.rows}
        kept = await QualificationDecision.create(
            qualification_check_id=check.id,
            status_before=delegate.status,
            recorded_by_id=viewer.account_id,
            **vars(decision) | {"outcome": decision.outcome.value},
        )
        await change_status(
            viewer,
            delegate,
            STATUS_AFTER[decision.outcome],
            since=decision.decided_on,
            decided_by=decision.decided_by,
            reason=decision.reason,
            decision_id=kept.id,
        )
        if decision.outcome == QualificationOutcome.TERMINATION_PROPOSED:
            await open_vacancy(delegate, decision.decided_on)
        await append_audit(
            viewer,
            action="DECIDE_QUALIFICATION",
            subject_type="QualificationCheck",
            subject_id=check.id,
            county_id=delegate.county_id,
            detail={"outcome": decision.outcome.value, "decided_by": decision.decided_by},
        )
    return {"check": check.id, "findings": _remarks(decision, check), "refusals": []}


async def withdraw(request: Request, check_id: str, decided_by: str, reason: str) -> Payload:
    """Take back a decision that was recorded by mistake: the status before it stands again, the record stays.

    The check is open again, and is judged again with what is known now.
    """
    viewer = who_asks(request)
    refusals = Refusals()
    require_reason(refusals, reason)
    require_body(refusals, decided_by)
    async with unit_of_work():
        check, delegate = await _reach_check(viewer, check_id)
        if check is None or delegate is None:
            refusals.add("CHECK_NOT_FOUND", "没有找到这项资格核查。", "There is no such check.")
            return {"check": None, "refusals": refusals.rows}
        decision = await QualificationDecision.get_or_none(qualification_check_id=check.id, withdrawn_on=None)
        await check_withdrawal(refusals, decision, delegate)
        if refusals or decision is None:
            return {"check": None, "refusals": refusals.rows}
        decision.withdrawn_on, decision.withdrawn_by = today(), decided_by.strip()
        decision.withdrawal_reason = reason.strip()
        await decision.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawal_reason"])
        await take_back_vacancy(delegate)
        await change_status(
            viewer,
            delegate,
            DelegateStatus(decision.status_before),
            since=today(),
            decided_by=decided_by.strip(),
            reason=reason.strip(),
            decision_id=decision.id,
        )
        review = await QualificationReview.get(id=check.review_id)
        await judge_again(request.app, delegate.county_id, delegate.id, review.quarter)
        await append_audit(
            viewer,
            action="WITHDRAW_DECISION",
            subject_type="QualificationCheck",
            subject_id=check.id,
            county_id=delegate.county_id,
            detail={"outcome": decision.outcome, "withdrawn_by": decision.withdrawn_by},
        )
    return {"check": check.id, "refusals": []}


async def _reach_check(
    viewer: AccountViewer, check_id: str
) -> tuple[QualificationCheck | None, Delegate | None]:
    """The check and its delegate, both locked: the delegate first, as whoever records facts about him does."""
    act = Act.DECIDE_QUALIFICATION
    found = await reach_values(viewer, act, "qualification_check", check_id, "target.delegate_id")
    if found is None:
        return None, None
    delegate = await Delegate.select_for_update(no_key=True).get(id=found["delegate_id"])
    return await reach(viewer, act, QualificationCheck, check_id), delegate


def _check_record(decision: Decision) -> Refusals:
    refusals = Refusals()
    require_reason(refusals, decision.reason)
    require_body(refusals, decision.decided_by)
    if decision.outcome == QualificationOutcome.AWAITING_CLEARANCE:
        refusals.add(
            "NO_DECISION",
            "“待部门答复”不是一项决定, 请选择合格、停止执行职务或者终止资格。",
            "Awaiting clearance is not a decision; choose to qualify, to suspend or to terminate.",
        )
    check_names(refusals, decision.proposed_by, decision.filed_with)
    check_votes(refusals, decision.votes_for, decision.votes_against)
    check_carried(refusals, decision.outcome, decision.votes_for, decision.votes_against)
    check_dissent(refusals, decision.dissent)
    check_day(refusals, decision.decided_on)
    return refusals


def _remarks(decision: Decision, check: QualificationCheck) -> list[dict[str, Any]]:
    """What the articles ask for and the record leaves out. A decision that leaves the delegate in office needs none."""
    if decision.outcome == QualificationOutcome.QUALIFIED:
        return []
    is_groundless = decision.outcome == QualificationOutcome.TERMINATION_PROPOSED and not any(
        finding["proposes"] == Proposal.TERMINATION for finding in check.findings
    )
    remarks = [
        (
            "DECIDED_WITHOUT_GROUND",
            is_groundless,
            CITATION_25,
            "核查没有发现应当终止资格的情形, 请在理由中写明依据并存档; 如应为停止执行职务, 请撤回后重新登记。",
            "The check found no ground for a termination; state the ground and file it, or withdraw the decision and "
            "record a suspension.",
        ),
        (
            "PROPOSER_MISSING",
            not decision.proposed_by,
            CITATION_28,
            "没有写明由哪个选举单位或者基层党组织提出, 请补齐手续并存档。",
            "It is not said which electing unit or base organization proposed it; complete the file.",
        ),
        (
            "FILING_MISSING",
            not decision.filed_with,
            CITATION_28,
            "没有写明报哪一级党委备案, 请补报备案并存档。",
            "It is not said with which committee above it was filed; file it.",
        ),
    ]
    return [
        {"code": code, "severity": "NOTE", "message": Sentence(zh, en).for_reader(), "citation": citation}
        for code, applies, citation, zh, en in remarks
        if applies
    ]
