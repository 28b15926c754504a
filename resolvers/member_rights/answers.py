"""Answers to members' requests (答复本人申请): by the office or the town, never by the member himself.

What was granted and can be written is written in the same unit of work as the answer.
"""

from models import MemberRequest
from models.choices import RequestKind, RequestOutcome
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.compiler.request import Payload, Request
from resolvers.member_rights.applying import apply
from resolvers.member_rights.requests import audit_request
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import now
from runtime.database import connection, unit_of_work

LONGEST_ANSWER = 400
BY_FILE = "（由县委组织部在名册中更正后生效。）"

# Who recorded what is contested, where a person did: subject type -> SQL over the subject $1 and the member $2.
RECORDED_BY = {
    "Appraisal": "SELECT recorded_by_id FROM appraisal WHERE id = $1 AND member_id = $2",
    "ThemeDay": "SELECT recorded_by_id FROM attendance WHERE theme_day_id = $1 AND member_id = $2",
}


async def answer_member_request(
    request: Request, request_id: str, outcome: RequestOutcome, answer: str
) -> Payload:
    viewer, answer, refusals = who_asks(request), answer.strip(), Refusals()
    if not 0 < len(answer) <= LONGEST_ANSWER:
        refusals.add(
            "ANSWER_MISSING",
            f"请写明答复内容和理由, 不超过 {LONGEST_ANSWER} 个字。",
            f"Give the answer with its reason, in at most {LONGEST_ANSWER} characters.",
        )
    async with unit_of_work():
        asked = await reach(viewer, Act.ANSWER_REQUEST, MemberRequest, request_id)
        if asked is None:
            refusals.add(
                "REQUEST_NOT_FOUND",
                "没有找到您可以答复的申请。",
                "There is no such request that you may answer.",
            )
        else:
            await _check_request(refusals, viewer, asked)
        if refusals or asked is None:
            return {"request": None, "applied": False, "refusals": refusals.rows}
        is_granted = outcome == RequestOutcome.GRANTED
        applied = is_granted and await apply(viewer, request.app.database.keys, asked)
        waits_for_file = (
            asked.kind == RequestKind.CORRECTION and not applied and outcome != RequestOutcome.REFUSED
        )
        await MemberRequest.filter(id=asked.id).update(
            outcome=outcome.value,
            answer=answer + BY_FILE if waits_for_file else answer,
            answered_at=now(),
            answered_by_id=viewer.account_id,
        )
        await audit_request(viewer, "ANSWER_MEMBER_REQUEST", asked, outcome=outcome.value, applied=applied)
    return {"request": asked.id, "applied": applied, "refusals": []}


async def _check_request(refusals: Refusals, viewer: AccountViewer, asked: MemberRequest) -> None:
    if asked.outcome is not None or asked.withdrawn_at is not None:
        refusals.add(
            "REQUEST_CLOSED",
            "该申请已经答复或者撤回。",
            "The request has been answered or withdrawn already.",
        )
    if asked.member_id == viewer.member_id:
        refusals.add(
            "NOT_FOR_ONESELF",
            "不能答复本人的申请, 请由其他负责同志办理。",
            "Nobody answers his own request; let somebody else do it.",
        )
    if viewer.account_id in await _recorders(asked):
        refusals.add(
            "RECORDED_BY_ONESELF",
            "有异议的记录是您登记的, 请由其他负责同志或者上级答复。",
            "You recorded what is contested; let somebody else, or those above, answer.",
        )


async def _recorders(asked: MemberRequest) -> set[object]:
    sql = RECORDED_BY.get(asked.subject_type)
    if sql is None:
        return set()
    found = await connection().execute_query_dict(sql, [asked.subject_id, asked.member_id])
    return {row["recorded_by_id"] for row in found} - {None}
