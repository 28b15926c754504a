"""Emergencies (应急授权): reading a county's records for at most an hour, when a second person agrees.

The asker's sessions end with the answer: he signs in again, and the token of that sign-in carries the right.
"""

from datetime import timedelta
from uuid import UUID

from models import Account, County, EmergencyRequest, RoleGrant
from models.choices import Role
from models.role_grant import LONGEST_EMERGENCY
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.accounts.grants import is_same_person, may_ask_for_emergency, named, take
from resolvers.accounts.sessions import end_sessions_of
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, Reference
from resolvers.counties import BY_CODE
from resolvers.organizations.approvals import refuse_without_reason
from resolvers.reach import reach, row_where
from resolvers.refusals import Refusals, not_allowed
from runtime.clock import now
from runtime.database import connection, unit_of_work

OWN = "{row}.account_id = {viewer:account}"
LAPSES_AFTER = timedelta(hours=24)
HOURS = LAPSES_AFTER // timedelta(hours=1)
IS_OPEN = f"{{row}}.answered_at IS NULL AND {{row}}.asked_at > {{now}} - interval '{HOURS} hours'"
OF_GRANT = "FROM role_grant g WHERE g.id = {row}.grant_id"
RUNS = f"EXISTS (SELECT {OF_GRANT} AND g.revoked_at IS NULL AND g.valid_until > {{now}})"

emergency_requests = Many(
    "emergency_request",
    f"{{row}}.{BY_CODE}",
    order={"asked_at": "timestamptz", "id": "uuid"},
    descending=True,
    filters={"open_only": IS_OPEN},
)
asked_by, answered_by = named("account_id"), named("answered_by_id")
status = Expression(
    f"CASE WHEN {IS_OPEN} THEN 'OPEN' WHEN {{row}}.answered_at IS NULL THEN 'LAPSED' "
    f"WHEN NOT {{row}}.is_approved THEN 'REFUSED' WHEN {RUNS} THEN 'RUNNING' ELSE 'ENDED' END"
)
ends_at = Expression(f"SELECT LEAST(g.revoked_at, g.valid_until) {OF_GRANT}")
asked = Reference("emergency_request")

UNDER_WAY = """
SELECT FROM emergency_request e LEFT JOIN role_grant g ON g.id = e.grant_id
WHERE e.account_id = $1 AND e.county_id = $2
AND ((e.answered_at IS NULL AND e.asked_at > $4) OR (g.revoked_at IS NULL AND g.valid_until > $3))
"""


async def ask_for_emergency(request: Request, county_code: str, reason: str, minutes: int) -> Payload:
    """Keep the request for whoever may answer it."""
    viewer = who_asks(request)
    county_id = await _county_to_ask_for(viewer, county_code)
    if county_id is None:
        return {"request": None, "refusals": not_allowed()}
    refusals = Refusals()
    refuse_without_reason(refusals, reason)
    if not 1 <= minutes <= LONGEST_EMERGENCY:
        refusals.add(
            "MINUTES_OUT_OF_RANGE",
            f"应急授权为 1 到 {LONGEST_EMERGENCY} 分钟。",
            f"An emergency lasts 1 to {LONGEST_EMERGENCY} minutes.",
        )
    async with unit_of_work():
        await Account.select_for_update(no_key=True).get(id=viewer.account_id)
        if await _any(UNDER_WAY, viewer.account_id, county_id, now(), now() - LAPSES_AFTER):
            refusals.add(
                "ALREADY_ASKED",
                "您已有一项待批准的或者正在生效的应急授权, 请等待答复, 或者先结束该应急授权。",
                "A request of yours is open, or its emergency still runs; wait for the answer, or end it first.",
            )
        if refusals:
            return _refused(refusals)
        made = await EmergencyRequest.create(
            county_id=county_id,
            account_id=viewer.account_id,
            reason=reason.strip(),
            minutes=minutes,
            asked_at=now(),
        )
        await _tell(viewer, made, "ASK_FOR_EMERGENCY", minutes=minutes, reason=made.reason)
    return {"request": made.id, "refusals": []}


async def answer_emergency(
    request: Request, request_id: str, *, approve: bool, reason: str | None
) -> Payload:
    """A second person agrees or refuses. Agreeing makes the grant; the audit entry is the auditor's notice."""
    viewer = who_asks(request)
    refusals = Refusals()
    if len(reason or "") > 200:
        refusals.add("TEXT_TOO_LONG", "说明不超过 200 个字。", "The reason has at most 200 characters.")
    async with unit_of_work():
        found = await reach(viewer, Act.ANSWER_EMERGENCY, EmergencyRequest, request_id)
        if found is None:
            return _unknown(refusals)
        asker = await Account.select_for_update(no_key=True).get(id=found.account_id)
        _refuse_own(refusals, viewer, asker)
        _refuse_answered(refusals, found)
        if approve and not refusals:
            await _refuse_asker(refusals, found, asker)
        if refusals:
            return _refused(refusals)
        grant = await _granted(viewer, found) if approve else None
        await EmergencyRequest.filter(id=found.id).update(
            answered_by_id=viewer.account_id,
            answered_at=now(),
            is_approved=approve,
            grant_id=grant.id if grant else None,
        )
        action = "EMERGENCY_APPROVED" if approve else "EMERGENCY_REFUSED"
        await _tell(viewer, found, action, asker=asker.username, minutes=found.minutes, reason=reason or "")
        ended = await end_sessions_of(asker.id) if approve else []
    await request.app.sessions.end(ended)
    return {"request": found.id, "refusals": []}


async def end_emergency(request: Request, request_id: str) -> Payload:
    """Before its time, by the asker or whoever may answer; the asker's sessions end."""
    viewer = who_asks(request)
    refusals = Refusals()
    own_or_to_answer = f"({viewer.reach('emergency_request', Act.ANSWER_EMERGENCY)}) OR ({OWN})"
    async with unit_of_work():
        row = await row_where(
            viewer, own_or_to_answer, "emergency_request", request_id, "target.id", "FOR UPDATE OF target"
        )
        if row is None:
            return _unknown(refusals)
        found = await EmergencyRequest.get(id=row["id"])
        grant = await RoleGrant.get_or_none(id=found.grant_id, revoked_at=None, valid_until__gt=now())
        if grant is None:
            refusals.add(
                "NOT_RUNNING", "这项应急授权没有在生效。", "There is no emergency running from this request."
            )
            return _refused(refusals)
        await take(viewer, grant, "应急结束")
        await _tell(viewer, found, "EMERGENCY_ENDED")
        ended = await end_sessions_of(found.account_id)
    await request.app.sessions.end(ended)
    return {"request": found.id, "refusals": []}


async def _county_to_ask_for(viewer: AccountViewer, county_code: str) -> UUID | None:
    """The system administrator's role holds for no county, so he may ask for each."""
    if grant := viewer.may(Act.ASK_FOR_EMERGENCY, county_code):
        return grant.county_id
    grant = viewer.may(Act.ASK_FOR_EMERGENCY)
    if grant is None or grant.role != Role.ADMIN:
        return None
    county = await County.get_or_none(code=county_code)
    return county.id if county else None


async def _granted(viewer: AccountViewer, found: EmergencyRequest) -> RoleGrant:
    moment = now()
    return await RoleGrant.create(
        account_id=found.account_id,
        role=Role.EMERGENCY.value,
        county_id=found.county_id,
        valid_from=moment,
        valid_until=moment + timedelta(minutes=found.minutes),
        purpose=found.reason,
        granted_by_id=viewer.account_id,
        granted_at=moment,
    )


def _refuse_own(refusals: Refusals, viewer: AccountViewer, asker: Account) -> None:
    if is_same_person(viewer, asker):
        refusals.add(
            "OWN_REQUEST",
            "应急授权须由另一人批准, 不能答复自己的申请。",
            "A second person answers; nobody answers his own request.",
        )


def _refuse_answered(refusals: Refusals, found: EmergencyRequest) -> None:
    if found.answered_at is not None:
        refusals.add("ALREADY_ANSWERED", "这项申请已经答复。", "The request is answered already.")
    elif found.asked_at <= now() - LAPSES_AFTER:
        refusals.add(
            "REQUEST_LAPSED",
            f"这项申请已超过 {HOURS} 小时, 自动失效, 请重新申请。",
            f"The request is older than {HOURS} hours and has lapsed; it has to be made again.",
        )


async def _refuse_asker(refusals: Refusals, found: EmergencyRequest, asker: Account) -> None:
    if asker.disabled_at is not None:
        refusals.add(
            "ACCOUNT_DISABLED", "申请人的账号已停用。", "The account that asked is disabled meanwhile."
        )
    if not await may_ask_for_emergency(asker.id, found.county_id):
        refusals.add(
            "ASKER_LOST_HIS_ROLE",
            "申请人已不具有可以申请应急授权的角色。",
            "The account that asked no longer holds a role that may ask.",
        )


async def _any(sql: str, *values: object) -> bool:
    found = await connection().execute_query_dict(f"SELECT EXISTS ({sql}) AS found", list(values))
    return bool(found[0]["found"])


async def _tell(viewer: AccountViewer, found: EmergencyRequest, action: str, **detail: object) -> None:
    await append_audit(
        viewer,
        action=action,
        subject_type="EmergencyRequest",
        subject_id=found.id,
        county_id=found.county_id,
        detail=detail,
    )


def _unknown(refusals: Refusals) -> Payload:
    refusals.add(
        "EMERGENCY_NOT_FOUND", "没有找到您可以办理的应急申请。", "There is no such request for you to answer."
    )
    return _refused(refusals)


def _refused(refusals: Refusals) -> Payload:
    return {"request": None, "refusals": refusals.rows}
