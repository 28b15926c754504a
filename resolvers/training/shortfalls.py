"""Why a member lacks hours of a year (未达标原因). 一般不少于: the text asks for a reason, not for a sanction."""

from typing import Any

from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.compiler.statement import Scope, Statement
from resolvers.reach import row_where
from resolvers.refusals import Refusals, refused
from resolvers.training.hours import completed_hours, is_exempt, required_hours
from runtime.clock import now, today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

LONGEST_REASON = 400
FIRST_YEAR = 1921
HOURS_CITATION = "《中国共产党党员教育管理工作条例》第二十条"
EXEMPT_CITATION = "《中国共产党党员教育管理工作条例》第二十三条"

stated = Reference("shortfall_reason")

# Who may keep such a row for the member: those who lead him, and he himself. A member sees more members than
# that (his secretary, those he looks after), and explains nothing for them.
EXPLAINABLE = "EXISTS (SELECT FROM (SELECT {row}.id AS member_id, {row}.county_id AS county_id) who WHERE %s)"


async def state_shortfall(request: Request, member_id: str, year: int, reason: str) -> Payload:
    """Keep why the hours of a year are short; a second reason takes the place of the first."""
    viewer = who_asks(request)
    reason = reason.strip()
    refusals = _faults(year, reason)
    async with unit_of_work():
        member = await _explainable(viewer, member_id)
        if member is None:
            rows = refused(
                "MEMBER_NOT_FOUND",
                "没有找到您可以说明原因的党员: 只限本人和其所在党组织。",
                "There is no member whom you may explain: only he himself and those who lead his branch may.",
            )
            return {"shortfall_reason": None, "refusals": rows}
        if not refusals:
            await _check_shortfall(request, member["id"], year, refusals)
        if refusals:
            return {"shortfall_reason": None, "refusals": refusals.rows}
        (kept,) = await connection().execute_query_dict(
            "INSERT INTO shortfall_reason (id, county_id, member_id, year, reason, stated_at, recorded_by_id) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (member_id, year) DO UPDATE "
            "SET (reason, stated_at, recorded_by_id) = (excluded.reason, excluded.stated_at, excluded.recorded_by_id) "
            "RETURNING id, xmax <> 0 AS replaced",
            [new_id(), member["county_id"], member["id"], year, reason, now(), viewer.account_id],
        )
        # The reason itself may speak of an illness; auditors read this trail, and not the members' reasons.
        await append_audit(
            viewer,
            action="STATE_SHORTFALL",
            subject_type="ShortfallReason",
            subject_id=kept["id"],
            county_id=member["county_id"],
            detail={"year": year, "replaced": kept["replaced"]},
        )
    return {"shortfall_reason": kept["id"], "refusals": []}


async def _explainable(viewer: AccountViewer, member_id: str) -> dict[str, Any] | None:
    rows = viewer.reach("shortfall_reason", Act.STATE_SHORTFALL).replace("{row}", "who")
    return await row_where(
        viewer,
        EXPLAINABLE % rows,
        "member",
        member_id,
        "target.id, target.county_id",
        lock="FOR NO KEY UPDATE OF target",
    )


async def _check_shortfall(request: Request, member_id: Any, year: int, refusals: Refusals) -> None:
    """Nothing is to be explained where nothing is missing."""
    statement = Statement()
    scope = Scope(statement, request, row="target")
    identity = statement.bind("id", "uuid", lambda _: member_id)
    columns = scope.write(
        f"{is_exempt(str(year))} AS is_exempt, {required_hours(str(year))} AS required, "
        f"{completed_hours(str(year))} AS completed"
    )
    (found,) = await connection().execute_query_dict(
        f"SELECT {columns} FROM member target WHERE target.id = {identity}", statement.values(request)
    )
    if found["is_exempt"]:
        refusals.add(
            "EXEMPT",
            f"{year} 年对该党员不作硬性要求, 不必说明原因。",
            f"No firm demand is made of the member in {year}; no reason is needed.",
            EXEMPT_CITATION,
        )
    elif found["completed"] >= found["required"]:
        refusals.add(
            "HOURS_MET",
            f"{year} 年已完成 {found['completed']:g} 学时, 达到 {found['required']:g} 学时, 不必说明原因。",
            f"{found['completed']:g} hours of {found['required']:g} were completed in {year}; no reason is needed.",
            HOURS_CITATION,
        )


def _faults(year: int, reason: str) -> Refusals:
    refusals = Refusals()
    if not FIRST_YEAR <= year <= today().year:
        refusals.add(
            "YEAR_OUT_OF_BOUNDS",
            f"年度须在 {FIRST_YEAR} 到 {today().year} 之间, 请核对。",
            f"The year is from {FIRST_YEAR} to {today().year}; check it.",
        )
    if not 1 <= len(reason) <= LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            f"一般不少于规定学时; 未达到的请说明原因, 不超过 {LONGEST_REASON} 个字。",
            f"The hours are generally asked for: say why they are short, in at most {LONGEST_REASON} characters.",
            HOURS_CITATION,
        )
    return refusals
