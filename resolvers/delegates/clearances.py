"""Clearances (联审意见): what the two agencies are asked about delegates, their answers, and corrections of these."""

from dataclasses import dataclass

from models import Clearance
from models.choices import ClearanceOpinion
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, Reference
from resolvers.delegates.judging import judge_again
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import now
from runtime.database import connection, unit_of_work

pending_clearances = Many("clearance", "{row}.opinion IS NULL", order={"due_on": "date", "id": "uuid"})
submitted = Reference("clearance")
overdue = Expression("{row}.opinion IS NULL AND {row}.due_on < {today}")


@dataclass(frozen=True)
class Answer:
    """What an agency says."""

    opinion: ClearanceOpinion
    reason: str | None
    signature: str | None


async def submit_clearance(request: Request, clearance_id: str, answer: Answer) -> Payload:
    """An agency's answer. The delegate's check in that quarter is judged again with it."""
    viewer = who_asks(request)
    refusals = _check(answer)
    async with unit_of_work():
        asked = await reach(viewer, Act.SUBMIT_CLEARANCE, Clearance, clearance_id)
        if asked is None:
            _add_not_found(refusals)
        elif asked.opinion is not None:
            refusals.add(
                "ALREADY_ANSWERED",
                "本部门已经答复; 在作出决定以前可以更正答复。",
                "Your agency has answered already; until a decision is made it may correct its answer.",
            )
        if refusals or asked is None:
            return {"clearance": None, "refusals": refusals.rows}
        await _write(request, viewer, asked, answer, "SUBMIT_CLEARANCE")
    return {"clearance": asked.id, "refusals": []}


async def correct_clearance(request: Request, clearance_id: str, answer: Answer) -> Payload:
    """Another answer in place of the first, by the agency itself, until the check is decided.

    A decision rests on what the body saw, so what comes after it counts for the next quarter. The audit keeps the
    answer that stood before.
    """
    viewer = who_asks(request)
    refusals = _check(answer)
    async with unit_of_work():
        asked = await reach(viewer, Act.SUBMIT_CLEARANCE, Clearance, clearance_id)
        if asked is None:
            _add_not_found(refusals)
        elif asked.opinion is None:
            refusals.add(
                "NOT_ANSWERED",
                "本部门尚未答复, 请直接答复。",
                "Your agency has not answered yet; answer the request instead.",
            )
        elif await _is_decided(asked):
            refusals.add(
                "CHECK_DECIDED",
                "该代表本季度的核查已有决定, 不能再更正; 请告知县委组织部。",
                "The delegate's check has been decided and no correction is taken; tell the organization department.",
            )
        if refusals or asked is None:
            return {"clearance": None, "refusals": refusals.rows}
        await _write(request, viewer, asked, answer, "CORRECT_CLEARANCE")
    return {"clearance": asked.id, "refusals": []}


async def _write(
    request: Request, viewer: AccountViewer, asked: Clearance, answer: Answer, action: str
) -> None:
    detail: dict[str, object] = {"opinion": answer.opinion.value}
    if asked.opinion is not None:
        detail["before"] = {"opinion": asked.opinion, "reason": asked.reason, "signature": asked.signature}
    asked.opinion, asked.reason, asked.signature = answer.opinion.value, _said(answer), answer.signature
    asked.submitted_at, asked.submitted_by_id = now(), viewer.account_id
    await asked.save(update_fields=["opinion", "reason", "signature", "submitted_at", "submitted_by_id"])
    await judge_again(request.app, asked.county_id, asked.delegate_id, asked.quarter)
    await append_audit(
        viewer,
        action=action,
        subject_type="Clearance",
        subject_id=asked.id,
        county_id=asked.county_id,
        detail=detail,
    )


async def _is_decided(asked: Clearance) -> bool:
    """The check is locked first, so that a decision is made either before or after the correction."""
    checks = await connection().execute_query_dict(
        "SELECT k.id FROM qualification_check k JOIN qualification_review r ON r.id = k.review_id "
        "WHERE k.delegate_id = $1 AND r.quarter = $2 FOR UPDATE OF k",
        [asked.delegate_id, asked.quarter],
    )
    decided = await connection().execute_query_dict(
        "SELECT 1 FROM qualification_decision WHERE qualification_check_id = ANY($1) AND withdrawn_on IS NULL",
        [[check["id"] for check in checks]],
    )
    return bool(decided)


def _said(answer: Answer) -> str | None:
    return (answer.reason or "").strip() or None


def _check(answer: Answer) -> Refusals:
    refusals, said = Refusals(), _said(answer)
    if answer.opinion == ClearanceOpinion.OBJECTION and said is None:
        refusals.add("REASON_MISSING", "有异议时须说明理由。", "An objection needs a reason.")
    if said is not None and len(said) > 400:
        refusals.add(
            "REASON_TOO_LONG", "说明不能超过 400 个字。", "The reason may have at most 400 characters."
        )
    return refusals


def _add_not_found(refusals: Refusals) -> None:
    refusals.add(
        "CLEARANCE_NOT_FOUND",
        "没有找到需要本部门答复的征求意见。",
        "There is no such request to your agency.",
    )
