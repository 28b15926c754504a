"""What a member asks about his own record (本人申请): to correct, to delete or to lock it; and taking that back.

Personal Information Protection Law (个人信息保护法) 44 to 47 and 50.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from models import MemberRequest
from models.choices import RequestKind
from models.sealed_columns import PROPOSED
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Computed, Derived, Expression, Many, One, Reference, Row
from resolvers.counties import BY_CODE
from resolvers.imports.cells import WrongCell
from resolvers.member_rights.record_fields import CHECKED, DELETABLE, PIPL_47, TERMS, RecordField
from resolvers.reach import reach, row_where
from resolvers.refusals import Refusals
from runtime.clock import now, today
from runtime.database import unit_of_work

TIME_TO_ANSWER = timedelta(days=15)
"""The law asks for an answer "in time" (第五十条) and names no days; fifteen calendar days are this program's own."""
MOST_OPEN = 20  # of one member
LONGEST_REASON, LONGEST_PROPOSAL = 500, 200

OPEN = "{row}.outcome IS NULL AND {row}.withdrawn_at IS NULL"
OVERDUE = f"{OPEN} AND {{row}}.due_on < {{today}}"
OWN_RECORD = "(SELECT m.id, m.id AS member_id, m.county_id FROM member m)"

requests = Many(
    "member_request",
    "{row}.member_id = {parent}.id",
    order={"made_at": "timestamptz", "id": "uuid"},
    descending=True,
)
member_requests = Many(
    "member_request",
    f"{{row}}.{BY_CODE}",
    order={"due_on": "date", "id": "uuid"},
    filters={"open_only": OPEN, "overdue_only": OVERDUE, "kind": "{row}.kind = {kind}"},
)
made = Reference("member_request")
asked_by = Reference("member")
member = One("member", "{row}.id = {parent}.member_id")
overdue = Expression(OVERDUE)
subject = Expression(
    "CASE {row}.subject_type WHEN 'QualificationCheck' THEN 'CHECK' WHEN 'TrainingYear' THEN 'TRAINING_YEAR' "
    "WHEN 'FloatingMember' THEN 'FLOATING_RECORD' WHEN 'ThemeDay' THEN 'THEME_DAY_ATTENDANCE' "
    "WHEN 'Appraisal' THEN 'APPRAISAL' END"
)
field = Expression("CASE WHEN {row}.kind <> 'OBJECTION' THEN {row}.field END")
year = Expression("CASE WHEN {row}.subject_type = 'TrainingYear' THEN {row}.field::int END")
answered_by = Derived(
    "SELECT a.display_name FROM (SELECT {row}.answered_by_id AS id) q JOIN account a ON a.id = q.id"
)


def _opened(rows: Sequence[Row], request: Request) -> list[str | None]:
    keys = request.app.database.keys
    return [
        keys.decrypt(b64decode(row["sealed"]), PROPOSED.label, UUID(row["member"])) if row["sealed"] else None
        for row in rows
    ]


# For the member himself and for those who answer: a secretary sees that there is a request, not the number in it.
proposed = Computed(
    {"sealed": "encode({row}.proposed, 'base64')", "member": "{row}.member_id"},
    _opened,
)


@dataclass(frozen=True)
class Asked:
    """One row to be made; `field` is a record's value, or the year of a training year."""

    kind: RequestKind
    subject_type: str
    subject_id: UUID
    field: str | None = None
    finding_code: str | None = None
    proposed: str | None = None


async def request_correction(request: Request, field: RecordField, proposed: str, reason: str) -> Payload:
    """Ask to correct a value (第四十六条). What the importer would refuse is refused here, too."""
    viewer, refusals = who_asks(request), Refusals()
    check_reason(refusals, reason)
    value = _checked(refusals, field, proposed)
    async with unit_of_work():
        record = await own_record(viewer, refusals)
        if record is None or refusals:
            return {"request": None, "refusals": refusals.rows}
        asked = Asked(RequestKind.CORRECTION, "Member", record["id"], field.value, proposed=value)
        rows = await make(request, record, [asked], reason, refusals)
    return {"request": rows[0] if rows else None, "refusals": refusals.rows}


async def request_deletion(request: Request, fields: Sequence[RecordField], reason: str) -> Payload:
    """Ask to delete values (第四十七条), a request each, since each is answered by its own merits."""
    viewer, refusals = who_asks(request), Refusals()
    wanted = list(dict.fromkeys(fields))
    check_reason(refusals, reason)
    if not wanted:
        refusals.add("NOTHING_ASKED", "请选择要删除的信息。", "Say which values to delete.")
    for one in wanted:
        if one not in DELETABLE:
            refusals.add(
                "MUST_BE_KEPT",
                f"“{TERMS[one].zh}”是党员管理按规定必须保存的信息, 不能删除; 您可以申请限制处理 (requestLock), "
                "此后除保存和必要的安全措施外不再使用。",
                f"{TERMS[one].en.capitalize()} has to be kept by the rules on members. Ask for a lock (requestLock) "
                "instead: the value is then kept safe, and used for nothing else.",
                PIPL_47,
            )
    async with unit_of_work():
        record = await own_record(viewer, refusals)
        if record is None or refusals:
            return {"member": None, "refusals": refusals.rows}
        asked = [Asked(RequestKind.DELETION, "Member", record["id"], one.value) for one in wanted]
        await make(request, record, asked, reason, refusals)
    return {"member": None if refusals else record["id"], "refusals": refusals.rows}


async def request_lock(request: Request, reason: str) -> Payload:
    """Ask that personal values be kept and used for nothing else (第四十四条, 第四十七条第二款)."""
    viewer, refusals = who_asks(request), Refusals()
    check_reason(refusals, reason)
    async with unit_of_work():
        record = await own_record(viewer, refusals)
        if record is None or refusals:
            return {"request": None, "refusals": refusals.rows}
        asked = Asked(RequestKind.LOCK, "Member", record["id"])
        rows = await make(request, record, [asked], reason, refusals)
    return {"request": rows[0] if rows else None, "refusals": refusals.rows}


async def withdraw_request(request: Request, request_id: str) -> Payload:
    viewer, refusals = who_asks(request), Refusals()
    async with unit_of_work():
        found = await reach(viewer, Act.MAKE_REQUEST, MemberRequest, request_id)
        if found is None:
            refusals.add(
                "REQUEST_NOT_FOUND", "没有找到您本人的这项申请。", "There is no such request of yours."
            )
        elif found.outcome is not None or found.withdrawn_at is not None:
            refusals.add(
                "REQUEST_CLOSED",
                "该申请已经答复或者撤回。",
                "The request has been answered or withdrawn already.",
            )
        if refusals or found is None:
            return {"request": None, "refusals": refusals.rows}
        await MemberRequest.filter(id=found.id).update(withdrawn_at=now())
        await audit_request(viewer, "WITHDRAW_MEMBER_REQUEST", found)
    return {"request": found.id, "refusals": []}


async def own_record(viewer: AccountViewer, refusals: Refusals) -> dict[str, Any] | None:
    """The reader's own record, locked, so that he makes one request after the other."""
    condition = viewer.reach("member_request", Act.MAKE_REQUEST)
    columns = "target.id, target.county_id"
    found = await row_where(
        viewer, condition, OWN_RECORD, viewer.member_id, columns, "FOR NO KEY UPDATE OF target"
    )
    if found is None:
        refusals.add(
            "NO_OWN_RECORD",
            "您的账号没有对应的党员记录, 请以党员本人的账号办理。",
            "Your account is no member's; sign in with the member's own.",
        )
    return found


async def make(
    request: Request, record: dict[str, Any], asked: Sequence[Asked], reason: str, refusals: Refusals
) -> list[UUID]:
    """Write the requests, all of them or none; for a record that `own_record` has locked."""
    viewer, keys = who_asks(request), request.app.database.keys
    open_ones = await MemberRequest.filter(
        member_id=record["id"], outcome__isnull=True, withdrawn_at__isnull=True
    )
    if len(open_ones) + len(asked) > MOST_OPEN:
        refusals.add(
            "TOO_MANY_REQUESTS",
            f"您还有 {len(open_ones)} 项申请没有答复, 同时最多 {MOST_OPEN} 项; 请等待答复, 或者先撤回一些。",
            f"{len(open_ones)} requests of yours are open, of at most {MOST_OPEN}; wait for answers, or withdraw some.",
        )
    standing = {(one.kind, one.subject_id, one.field, one.finding_code) for one in open_ones}
    if any((one.kind.value, one.subject_id, one.field, one.finding_code) in standing for one in asked):
        refusals.add(
            "ALREADY_ASKED",
            "您已就同一事项提出申请, 尚未答复; 需要修改的请先撤回。",
            "You have asked for the same and it is not answered yet; withdraw that first to change it.",
        )
    if refusals:
        return []
    rows = [
        await MemberRequest.create(
            county_id=record["county_id"],
            member_id=record["id"],
            kind=one.kind.value,
            subject_type=one.subject_type,
            subject_id=one.subject_id,
            field=one.field,
            finding_code=one.finding_code,
            proposed=keys.encrypt(one.proposed, PROPOSED.label, record["id"]) if one.proposed else None,
            reason=reason.strip(),
            made_at=now(),
            due_on=today() + TIME_TO_ANSWER,
        )
        for one in asked
    ]
    for row in rows:
        await audit_request(viewer, "MAKE_MEMBER_REQUEST", row)
    return [row.id for row in rows]


async def audit_request(viewer: AccountViewer, action: str, row: MemberRequest, **detail: Any) -> None:
    """Which value it is about; never the value, and not the member's own words."""
    await append_audit(
        viewer,
        action=action,
        subject_type="MemberRequest",
        subject_id=row.id,
        county_id=row.county_id,
        detail={"kind": row.kind, "field": row.field, "about": row.subject_type, **detail},
    )


def check_reason(refusals: Refusals, reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            f"请写明理由, 不超过 {LONGEST_REASON} 个字。",
            f"Give the reason, in at most {LONGEST_REASON} characters.",
        )


def _checked(refusals: Refusals, field: RecordField, proposed: str) -> str:
    """The proposed value as it would be written."""
    value = proposed.strip()
    if not value or len(value) > LONGEST_PROPOSAL:
        refusals.add(
            "PROPOSED_MISSING",
            f"请写明正确的内容, 不超过 {LONGEST_PROPOSAL} 个字; 需要删除的请申请删除 (requestDeletion)。",
            f"Say what is right, in at most {LONGEST_PROPOSAL} characters; to remove a value ask requestDeletion.",
        )
        return ""
    try:
        return CHECKED[field](value) if field in CHECKED else value
    except WrongCell as wrong:
        told = wrong.code.sentence(column=TERMS[field].zh, value=value, **wrong.details)
        refusals.add("PROPOSED_INVALID", told.zh, told.en)
        return ""
