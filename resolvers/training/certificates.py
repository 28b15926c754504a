"""Certificates of hours (学时证书): only for time that was really spent. Nothing is stored; the number is keyed."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Derived, Row
from resolvers.refusals import refused
from resolvers.training.sessions import HOURS_OF_DAYS

# What the course asks for: its session's hours, where days are known of it, else what taking it whole counts.
HOURS_ASKED = (
    f"COALESCE((SELECT {HOURS_OF_DAYS.replace('{row}', 's')} FROM course_session s "
    "WHERE s.id = {row}.session_id AND (s.days > 0 OR s.half_days > 0)), "
    "(SELECT c.hours FROM course c WHERE c.id = {row}.course_id))"
    " * {rule:training.certificate_percent} / 100"
)
IS_EARNED = f"({{row}}.hours_spent IS NOT NULL AND {{row}}.hours_spent >= {HOURS_ASKED})"

PRINTED = (
    "{row}.id AS record_id, {row}.completed_on AS issued_on, c.title, m.name AS holder, "
    "LEAST({row}.hours, {row}.hours_spent) AS hours"
)
OF_RECORD = "c.id = {row}.course_id AND m.id = {row}.member_id"

certificate = Derived(f"SELECT {PRINTED} FROM course c, member m WHERE {OF_RECORD} AND {IS_EARNED}")


def certificate_number(secret: str, row: Row) -> str:
    """Twelve characters that stand for the record as it is now: after a correction the old number is no good."""
    said = f"certificate {row['record_id']} {row['issued_on']} {row['hours']:g}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:12]


def _numbers(rows: Sequence[Row], request: Request) -> list[str]:
    return [certificate_number(request.app.signing_secret, row) for row in rows]


number = Computed({name: f"{{row}}.{name}" for name in ("record_id", "issued_on", "hours")}, _numbers)


def _refusals(rows: Sequence[Row], request: Request) -> list[dict[str, Any] | None]:
    return [None if row["is_earned"] else _why_not(row["hours_spent"], row["asked"]) for row in rows]


def _why_not(spent: float | None, asked: float) -> dict[str, Any]:
    if spent is None:
        (refusal,) = refused(
            "TIME_NOT_KEPT",
            "没有登记实际学习时间; 证书只在实际学满时发。请由党支部用 correctTrainingRecord 补登实际学时。",
            "The time really spent was not kept, and a certificate is for time spent; the branch may add it with "
            "correctTrainingRecord.",
        )
    else:
        (refusal,) = refused(
            "TIME_NOT_SPENT",
            f"实际学习 {spent:g} 学时, 未学满 {asked:g} 学时; 证书只在实际学满时发。"
            "补学后请更正该条培训记录的实际学时 (correctTrainingRecord)。",
            f"{spent:g} of {asked:g} hours were really spent; a certificate is for the whole. When it has been made up "
            "for, correct this record's time spent (correctTrainingRecord).",
        )
    return refusal


certificate_refusal = Computed(
    {"is_earned": IS_EARNED, "hours_spent": "{row}.hours_spent", "asked": HOURS_ASKED}, _refusals
)


def _verified(rows: Sequence[Row], request: Request) -> list[dict[str, Any]]:
    return [_verdict(row["printed"], row["number"], request.app.signing_secret) for row in rows]


def _verdict(printed: Row | None, number: str, secret: str) -> dict[str, Any]:
    """Whoever has the right number holds the paper, so he is told what stands on it; nobody else anything."""
    nothing = {"is_valid": False, "title": None, "hours": None, "issued_on": None, "holder": None}
    given = "".join(number.split()).upper().encode()
    if printed is None or not hmac.compare_digest(given, certificate_number(secret, printed).encode()):
        return nothing
    return {**nothing, **printed, "holder": printed["holder"][0] + "**", "is_valid": True}


# Read without the viewer's condition: who verifies a paper is seldom somebody who sees the member.
verified = Computed(
    {
        "printed": (
            f"(SELECT row_to_json(p) FROM (SELECT {PRINTED.replace('{row}', 'r')} "
            "FROM training_record r, course c, member m WHERE r.id = {record_id} "
            f"AND r.hours_spent IS NOT NULL AND {OF_RECORD.replace('{row}', 'r')}) p)"
        ),
        "number": "{number}",
    },
    _verified,
)
