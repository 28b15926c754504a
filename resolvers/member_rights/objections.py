"""Objections (异议): a member contests what was found or recorded about him; a decision waits for the answer.

Personal Information Protection Law 24 (explanation of and objection to automated judgements) and 48.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import orjson

from models.choices import RequestKind
from resolvers.access import who_asks
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression
from resolvers.compiler.statement import as_uuid
from resolvers.member_rights.requests import Asked, check_reason, make, own_record
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import connection, unit_of_work

PIPL_24 = "《中华人民共和国个人信息保护法》第二十四条"
FIRST_YEAR = 1921
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,79}")
OPEN_ABOUT = (
    "SELECT count(*) FROM member_request q WHERE q.kind = 'OBJECTION' AND q.subject_type = 'QualificationCheck' "
    "AND q.subject_id = {row}.id AND q.member_id = (SELECT d.member_id FROM delegate d WHERE d.id = {row}.delegate_id) "
    "AND q.outcome IS NULL AND q.withdrawn_at IS NULL"
)

open_objections = Expression(OPEN_ABOUT)


class ObjectionSubject(StrEnum):
    CHECK = "CHECK"
    TRAINING_YEAR = "TRAINING_YEAR"
    FLOATING_RECORD = "FLOATING_RECORD"
    THEME_DAY_ATTENDANCE = "THEME_DAY_ATTENDANCE"
    APPRAISAL = "APPRAISAL"


@dataclass(frozen=True)
class Objection:
    """What is contested: a row by its id, or a training year by its number."""

    subject: ObjectionSubject
    subject_id: str | None
    year: int | None
    finding_code: str | None


# Subject -> what it is called in a request, and SQL that finds the row $1 if it is about the member $2.
ABOUT_HIM: dict[ObjectionSubject, tuple[str, str]] = {
    ObjectionSubject.CHECK: (
        "QualificationCheck",
        "SELECT k.findings FROM qualification_check k JOIN delegate d ON d.id = k.delegate_id "
        "WHERE k.id = $1 AND d.member_id = $2",
    ),
    ObjectionSubject.FLOATING_RECORD: (
        "FloatingMember",
        "SELECT 1 FROM floating_member f WHERE f.id = $1 AND f.member_id = $2",
    ),
    # Of a theme day that he should have been at, or was: also who was not marked contests that.
    ObjectionSubject.THEME_DAY_ATTENDANCE: (
        "ThemeDay",
        "SELECT 1 FROM theme_day t WHERE t.id = $1 AND (t.organization_id IN "
        "(SELECT m.organization_id FROM member m WHERE m.id = $2 "
        "UNION ALL SELECT a.organization_id FROM attachment a WHERE a.member_id = $2) "
        "OR EXISTS (SELECT FROM attendance x WHERE x.theme_day_id = t.id AND x.member_id = $2))",
    ),
    ObjectionSubject.APPRAISAL: (
        "Appraisal",
        "SELECT 1 FROM appraisal a WHERE a.id = $1 AND a.member_id = $2",
    ),
}


async def object_to_finding(request: Request, objection: Objection, reason: str) -> Payload:
    viewer, refusals = who_asks(request), Refusals()
    check_reason(refusals, reason)
    async with unit_of_work():
        record = await own_record(viewer, refusals)
        if record is None or refusals:
            return {"request": None, "refusals": refusals.rows}
        asked = await _asked(refusals, objection, record["id"])
        rows = await make(request, record, [asked], reason, refusals) if asked else []
    return {"request": rows[0] if rows else None, "refusals": refusals.rows}


async def refuse_while_contested(refusals: Refusals, check_id: UUID) -> None:
    """A body decides about a delegate after his objection was answered, not over it."""
    (found,) = await connection().execute_query_dict(
        f"SELECT ({OPEN_ABOUT.replace('{row}', 'k')}) AS open FROM qualification_check k WHERE k.id = $1",
        [check_id],
    )
    if found["open"]:
        refusals.add(
            "OBJECTION_OPEN",
            "该代表对核查结果提出的异议尚未答复, 请先答复 (answerMemberRequest), 再登记决定。",
            "The delegate has objected to the findings and is not answered yet; answer him before a decision is "
            "recorded.",
            PIPL_24,
        )


async def _asked(refusals: Refusals, objection: Objection, member_id: UUID) -> Asked | None:
    code = (objection.finding_code or "").strip() or None
    if objection.subject == ObjectionSubject.TRAINING_YEAR:
        if objection.year is None or not FIRST_YEAR <= objection.year <= today().year:
            _add_no_subject(refusals)
        elif code is not None and not CODE.fullmatch(code):
            _add_no_finding(refusals)
        else:
            return Asked(RequestKind.OBJECTION, "TrainingYear", member_id, str(objection.year), code)
        return None
    subject_type, sql = ABOUT_HIM[objection.subject]
    subject_id = as_uuid(objection.subject_id)
    found = await connection().execute_query_dict(sql, [subject_id, member_id]) if subject_id else []
    if not found or subject_id is None:
        _add_no_subject(refusals)
        return None
    findings = orjson.loads(found[0]["findings"]) if objection.subject == ObjectionSubject.CHECK else None
    is_known = findings is None or code in {one["code"] for one in findings}
    if code is not None and not (is_known and CODE.fullmatch(code)):
        _add_no_finding(refusals)
        return None
    return Asked(RequestKind.OBJECTION, subject_type, subject_id, None, code)


def _add_no_subject(refusals: Refusals) -> None:
    refusals.add(
        "SUBJECT_NOT_FOUND",
        "没有找到与您本人有关的这项记录; 年度学时请填写年份, 其他请填写记录的 id。",
        "There is no such record about you; a training year is named by its year, everything else by its id.",
    )


def _add_no_finding(refusals: Refusals) -> None:
    refusals.add("FINDING_NOT_FOUND", "该记录中没有这项发现。", "The record holds no such finding.")
