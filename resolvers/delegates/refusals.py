"""Why a decision about a delegate, or its withdrawal, is not recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models import (
    Delegate,
    QualificationCheck,
    QualificationDecision,
    QualificationReview,
    Vacancy,
)
from models.choices import DelegateStatus, QualificationOutcome
from resolvers.delegates.facts import first_day_of
from resolvers.member_rights.objections import refuse_while_contested
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import connection

CITATION_25 = "《中国共产党全国代表大会和地方各级代表大会代表任期制暂行条例》第二十五条"
CITATION_28 = "《中国共产党全国代表大会和地方各级代表大会代表任期制暂行条例》第二十八条"
LONGEST_REASON, LONGEST_NAME, MOST_DISSENTERS = 1000, 200, 50


def require_reason(refusals: Refusals, reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            "请填写决定理由, 不超过 1000 个字。",
            "Give the reason, in at most 1,000 characters.",
        )


def require_body(refusals: Refusals, decided_by: str) -> None:
    if not decided_by.strip() or len(decided_by) > LONGEST_NAME:
        refusals.add(
            "BODY_MISSING",
            "请填写作出决定的机构, 如“中共绛县委员会”, 不超过 200 个字。",
            "Name the body that decided, such as the county committee, in at most 200 characters.",
            CITATION_28,
        )


def check_names(refusals: Refusals, *names: str | None) -> None:
    """Of bodies that need not be named."""
    if any(name is not None and len(name) > LONGEST_NAME for name in names):
        refusals.add(
            "NAME_TOO_LONG",
            "机构名称不能超过 200 个字。",
            "The name of a body may have at most 200 characters.",
        )


def check_votes(refusals: Refusals, votes_for: int | None, votes_against: int | None) -> None:
    if (votes_for is None) != (votes_against is None) or (votes_for or 0) < 0 or (votes_against or 0) < 0:
        refusals.add(
            "VOTES_INCOMPLETE",
            "赞成票和反对票须一并填写, 不能是负数。",
            "Give the votes for and against together; none is negative.",
        )


def check_carried(
    refusals: Refusals, outcome: QualificationOutcome, votes_for: int | None, votes_against: int | None
) -> None:
    """Of what takes a delegate out of office."""
    if outcome == QualificationOutcome.QUALIFIED or votes_for is None or votes_against is None:
        return
    if votes_for <= votes_against:
        refusals.add(
            "VOTE_NOT_CARRIED",
            f"赞成 {votes_for} 票、反对 {votes_against} 票, 未获通过, 不能登记停止或者终止; 请核对票数, "
            "维持原状的请登记为合格。",
            f"{votes_for} for and {votes_against} against carry neither a suspension nor a termination; check the "
            "votes, or record that the delegate qualifies.",
        )


def check_dissent(refusals: Refusals, dissent: Sequence[Mapping[str, str]]) -> None:
    is_whole = all(
        0 < len(one["by"].strip()) <= LONGEST_NAME and 0 < len(one["opinion"].strip()) <= LONGEST_REASON
        for one in dissent
    )
    if not is_whole or len(dissent) > MOST_DISSENTERS:
        refusals.add(
            "DISSENT_INCOMPLETE",
            "不同意见须写明是谁、什么意见 (不超过 1000 个字), 最多 50 条。",
            "A dissent says whose it is and what it is, in at most 1,000 characters; at most 50 of them.",
        )


def check_day(refusals: Refusals, decided_on: date) -> None:
    if decided_on > today():
        refusals.add(
            "DECIDED_IN_THE_FUTURE",
            f"决定日期 {decided_on} 晚于今天, 请在作出决定后登记。",
            f"{decided_on} is in the future; record a decision once it has been made.",
        )


async def check_decision(
    refusals: Refusals, check: QualificationCheck, delegate: Delegate, decided_on: date
) -> None:
    """Whether the check, as it stands, can be decided."""
    if await QualificationDecision.exists(qualification_check_id=check.id, withdrawn_on=None):
        refusals.add(
            "ALREADY_DECIDED",
            "这项核查已有决定; 如登记有误, 请先撤回。",
            "This check has been decided; withdraw the decision first if its record is a mistake.",
        )
        return
    if check.outcome == QualificationOutcome.AWAITING_CLEARANCE:
        refusals.add(
            "CLEARANCE_MISSING",
            "部门意见尚未全部答复, 不能作出决定。",
            "The agencies have not all answered; there can be no decision yet.",
        )
    await refuse_while_contested(refusals, check.id)
    if delegate.status == DelegateStatus.TERMINATED:
        refusals.add(
            "DELEGATE_TERMINATED",
            "该代表的资格已经终止; 如终止决定登记有误, 请先撤回该决定。",
            "The delegate's standing has ended; withdraw that decision first if its record is a mistake.",
            CITATION_25,
        )
    review = await QualificationReview.get(id=check.review_id)
    if await _is_decided_for_later(check, review):
        refusals.add(
            "LATER_QUARTER_DECIDED",
            "该代表以后季度的核查已有决定, 不能再登记以前季度的决定。",
            "A check of a later quarter has been decided, which this decision would undo.",
        )
    last = await _last_change(delegate)
    since = max(delegate.elected_on, first_day_of(review.quarter), last or date.min)
    if decided_on < since:
        refusals.add(
            "DECIDED_TOO_EARLY",
            f"决定日期 {decided_on} 早于 {since} (当选、本季度开始或者上一次状态变动的日期), 请核对。",
            f"{decided_on} is before {since}, when the delegate was elected, the quarter began, or his status last "
            "changed; check the date.",
        )


async def check_withdrawal(
    refusals: Refusals, decision: QualificationDecision | None, delegate: Delegate
) -> None:
    if decision is None:
        refusals.add("NOT_DECIDED", "这项核查没有可以撤回的决定。", "This check has no decision to withdraw.")
        return
    later = await connection().execute_query_dict(
        "SELECT 1 FROM qualification_decision n JOIN qualification_check k ON k.id = n.qualification_check_id "
        "WHERE k.delegate_id = $1 AND n.withdrawn_on IS NULL AND n.id > $2 LIMIT 1",
        [delegate.id, decision.id],
    )
    if later:
        refusals.add(
            "LATER_DECISION",
            "此后又登记了关于该代表的决定, 请从最后一项决定起撤回。",
            "Another decision about the delegate was recorded afterwards; withdraw the last one first.",
        )
    vacancy = await Vacancy.filter(delegate_id=delegate.id).select_for_update().first()
    if vacancy is not None and vacancy.ended_on is not None:
        refusals.add(
            "VACANCY_ENDED",
            f"由此产生的空缺已于 {vacancy.ended_on} 补选或者决定不补选, 不能撤回; 该决定确属登记错误的, "
            "请由作出决定的机构出具书面更正并存档, 再请系统管理员更正空缺记录。",
            f"The vacancy that followed was ended on {vacancy.ended_on}, so the decision can no longer be withdrawn. "
            "If it is a mistake, file a written correction by the body that decided, and ask the system's "
            "administrator to correct the vacancy.",
        )


async def _last_change(delegate: Delegate) -> date | None:
    """When his status last changed; neither a withdrawn decision nor its withdrawal counts."""
    (found,) = await connection().execute_query_dict(
        "SELECT max(h.since) AS since FROM delegate_status_change h WHERE h.delegate_id = $1 AND NOT EXISTS "
        "(SELECT FROM qualification_decision n WHERE n.id = h.decision_id AND n.withdrawn_on IS NOT NULL)",
        [delegate.id],
    )
    since: date | None = found["since"]
    return since


async def _is_decided_for_later(check: QualificationCheck, review: QualificationReview) -> bool:
    found: list[dict[str, Any]] = await connection().execute_query_dict(
        "SELECT 1 FROM qualification_decision n JOIN qualification_check k ON k.id = n.qualification_check_id "
        "JOIN qualification_review r ON r.id = k.review_id WHERE k.delegate_id = $1 AND n.withdrawn_on IS NULL "
        "AND r.quarter > $2 LIMIT 1",
        [check.delegate_id, review.quarter],
    )
    return bool(found)
