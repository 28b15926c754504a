"""The quarterly check of delegates (一季一析): the packs propose, a named body decides, the record stays."""

from uuid import UUID

import orjson

from models import County, Delegate, QualificationCheck, QualificationDecision, QualificationReview
from models.choices import Agency, DelegateStatus, QualificationOutcome
from plugins.contract import Finding
from plugins.facts import DelegateFacts
from plugins.recorded import to_record
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Derived, Expression, Many, One, Reference, Rows
from resolvers.findings import as_row
from resolvers.qualification_facts import delegate_facts, first_day_of, last_day_of
from resolvers.reach import reach
from resolvers.refusals import Refusals, not_allowed, refused
from resolvers.rules import county_rules
from runtime.clock import now, today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

JUDGING_SECONDS = 60.0
CITATION_28 = "《中国共产党全国代表大会和地方各级代表大会代表任期制暂行条例》第二十八条"

review = One(
    "qualification_review",
    "{row}.county_id = (SELECT c.id FROM county c WHERE c.code = {county:text}) AND {row}.quarter = {quarter}",
)
opened = Reference("qualification_review")
decided = Reference("qualification_check")
PROPOSED = "k.outcome IN ('SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED')"
UNDECIDED = "NOT EXISTS (SELECT FROM qualification_decision n WHERE n.qualification_check_id = k.id)"
status = Expression(
    "CASE WHEN EXISTS (SELECT FROM qualification_check k WHERE k.review_id = {row}.id "
    f"AND k.outcome = 'AWAITING_CLEARANCE' AND {UNDECIDED}) THEN 'AWAITING_CLEARANCES' "
    "WHEN EXISTS (SELECT FROM qualification_check k WHERE k.review_id = {row}.id "
    f"AND {PROPOSED} AND {UNDECIDED}) THEN 'AWAITING_DECISIONS' ELSE 'CLOSED' END"
)
check_count = Expression("SELECT count(*) FROM qualification_check k WHERE k.review_id = {row}.id")
awaiting_clearance = Expression(
    "SELECT count(*) FROM qualification_check k "
    "WHERE k.review_id = {row}.id AND k.outcome = 'AWAITING_CLEARANCE'"
)
summary = Rows(
    "SELECT k.outcome, count(*) AS count FROM qualification_check k "
    "WHERE k.review_id = {row}.id GROUP BY k.outcome ORDER BY k.outcome"
)
checks = Many(
    "qualification_check",
    "{row}.review_id = {parent}.id",
    order={"id": "uuid"},
    filters={"outcome": "{row}.outcome = ANY({outcome})"},
    largest_page=1000,
)
delegate = One("delegate", "{row}.id = {parent}.delegate_id")
delegate_member = One("member", "{row}.id = {parent}.member_id")
findings = Rows(
    "SELECT f.* FROM jsonb_to_recordset({row}.findings) AS f(code text, severity text, message text, "
    "citation text, proposes text, rule_pack text, rule_version text)"
)
clearances = Rows(
    "SELECT c.* FROM clearance c JOIN qualification_review r ON r.quarter = c.quarter "
    "WHERE r.id = {row}.review_id AND c.delegate_id = {row}.delegate_id AND ({visible:clearance c}) "
    "ORDER BY c.agency"
)
decision = One("qualification_decision", "{row}.qualification_check_id = {parent}.id")
decided_by = Derived("SELECT {row}.decided_by AS display_name")


async def open_review(request: Request, county_code: str, quarter: str) -> Payload:
    """Open the review of a quarter: ask the agencies, gather the facts, judge every delegate.

    A review that stands is brought up to date: checks that a body has decided stay as they were judged.
    """
    viewer = who_asks(request)
    grant = viewer.may(Act.OPEN_REVIEW, county_code)
    if grant is None or grant.county_id is None:
        return {"review": None, "refusals": not_allowed()}
    if first_day_of(quarter) > today():
        rows = refused("QUARTER_NOT_BEGUN", f"{quarter} 尚未开始。", f"{quarter} has not begun.")
        return {"review": None, "refusals": rows}
    county = await County.get(id=grant.county_id)
    await _ask_agencies(county.id, quarter)
    found = await delegate_facts(county.id, quarter)
    if not found:
        rows = refused(
            "NO_DELEGATES",
            "该县没有党代表名册, 请先导入党代表表。",
            "The county has no delegates; import their workbook first.",
        )
        return {"review": None, "refusals": rows}
    judged = await _judge(request, county_code, found)
    async with unit_of_work(statement_seconds=30):
        # An agency may have answered in the meantime. From here on its answers wait for this review.
        await connection().execute_query(
            "SELECT 1 FROM clearance WHERE county_id = $1 AND quarter = $2 ORDER BY id FOR SHARE",
            [county.id, quarter],
        )
        since = await delegate_facts(county.id, quarter)
        if since != found:
            found = since
            judged = await _judge(request, county_code, found)
        opened, is_new = await QualificationReview.get_or_create(
            defaults={"opened_at": now(), "opened_by_id": viewer.account_id},
            county_id=county.id,
            quarter=quarter,
        )
        changed = await _keep(request, opened.id, found, judged)
        if is_new or changed:
            await append_audit(
                viewer,
                action="OPEN_REVIEW" if is_new else "REFRESH_REVIEW",
                subject_type="QualificationReview",
                subject_id=opened.id,
                county_id=county.id,
                detail={"quarter": quarter, "checks": len(found), "changed": changed},
            )
    return {"review": opened.id, "refusals": []}


async def judge_again(request: Request, county_id: UUID, quarter: str, delegate_id: UUID) -> None:
    """After new facts about one delegate: his undecided check in that quarter, inside the caller's unit of work."""
    opened = await QualificationReview.get_or_none(county_id=county_id, quarter=quarter)
    if opened is None:
        return
    found = await delegate_facts(county_id, quarter, delegate_id)
    code = (await County.get(id=county_id)).code
    await _keep(request, opened.id, found, await _judge(request, code, found))


async def decide(
    request: Request, check_id: str, outcome: QualificationOutcome, reason: str, decided_by: str
) -> Payload:
    """Record what a named body decided; this, and nothing else, changes the delegate's status."""
    viewer = who_asks(request)
    refusals = Refusals()
    if not reason.strip() or len(reason) > 1000:
        refusals.add(
            "REASON_MISSING",
            "请填写决定理由, 不超过 1000 个字。",
            "Give the reason, in at most 1,000 characters.",
        )
    if not decided_by.strip() or len(decided_by) > 200:
        refusals.add(
            "BODY_MISSING",
            "请填写作出决定的机构, 如“中共绛县委员会”。",
            "Name the body that decided, such as the county committee.",
            CITATION_28,
        )
    if outcome == QualificationOutcome.AWAITING_CLEARANCE:
        refusals.add("NO_DECISION", "“待部门答复”不是一项决定。", "Awaiting clearance is not a decision.")
    async with unit_of_work():
        check = await reach(viewer, Act.DECIDE_QUALIFICATION, QualificationCheck, check_id)
        if check is None:
            refusals.add("CHECK_NOT_FOUND", "没有找到这项资格核查。", "There is no such check.")
        elif await QualificationDecision.exists(qualification_check_id=check.id):
            refusals.add("ALREADY_DECIDED", "这项核查已有决定。", "This check has been decided.")
        elif check.outcome == QualificationOutcome.AWAITING_CLEARANCE:
            refusals.add(
                "CLEARANCE_MISSING",
                "部门意见尚未全部答复, 不能作出决定。",
                "The agencies have not all answered; there can be no decision yet.",
            )
        if refusals or check is None:
            return {"check": None, "refusals": refusals.rows}
        decided = await Delegate.select_for_update().get(id=check.delegate_id)
        await QualificationDecision.create(
            qualification_check_id=check.id,
            outcome=outcome.value,
            reason=reason.strip(),
            decided_by=decided_by.strip(),
            decided_on=today(),
            status_before=decided.status,
            recorded_by_id=viewer.account_id,
        )
        decided.status = STATUS_AFTER[outcome].value
        await decided.save(update_fields=["status"])
        await append_audit(
            viewer,
            action="DECIDE_QUALIFICATION",
            subject_type="QualificationCheck",
            subject_id=check.id,
            county_id=decided.county_id,
            detail={"outcome": outcome.value, "decided_by": decided_by.strip()},
        )
    return {"check": check.id, "refusals": []}


STATUS_AFTER = {
    QualificationOutcome.QUALIFIED: DelegateStatus.SERVING,
    QualificationOutcome.SUSPENSION_PROPOSED: DelegateStatus.SUSPENDED,
    QualificationOutcome.TERMINATION_PROPOSED: DelegateStatus.TERMINATED,
}


async def _ask_agencies(county_id: UUID, quarter: str) -> None:
    """A request to each agency about each delegate still in office, where none stands yet."""
    for agency in Agency:
        delegates = await connection().execute_query_dict(
            "SELECT d.id FROM delegate d WHERE d.county_id = $1 AND d.status <> 'TERMINATED' AND NOT EXISTS ("
            "SELECT FROM clearance c WHERE c.delegate_id = d.id AND c.quarter = $2 AND c.agency = $3)",
            [county_id, quarter, agency.value],
        )
        if delegates:
            await connection().execute_query(
                "INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, requested_at, due_on) "
                "SELECT i, $2, d, $3, $4, $5, $6 FROM unnest($1::uuid[], $7::uuid[]) AS r(i, d) "
                "ON CONFLICT DO NOTHING",
                [
                    [new_id() for _ in delegates],
                    county_id,
                    quarter,
                    agency.value,
                    now(),
                    max(last_day_of(quarter), today()),
                    [row["id"] for row in delegates],
                ],
            )


async def _judge(
    request: Request, county_code: str, found: list[tuple[UUID, DelegateFacts]]
) -> list[tuple[Finding, ...]]:
    """In another process: a pack that loops may cost this review, never the server."""
    facts = [one for _, one in found]
    judged: list[tuple[Finding, ...]] = await request.app.judging.judge_all_async(
        "delegate", county_code, facts, JUDGING_SECONDS
    )
    return judged


async def _keep(
    request: Request,
    review_id: UUID,
    found: list[tuple[UUID, DelegateFacts]],
    judged: list[tuple[Finding, ...]],
) -> int:
    """Write the checks that are new or differ, leaving decided ones alone. Returns how many changed."""
    rows = [
        {
            "id": str(new_id()),
            "delegate_id": str(delegate_id),
            "outcome": str(county_rules(request).rules.outcome(facts, findings)),
            "findings": [as_row(finding) for finding in findings],
            "facts": to_record(facts),
        }
        for (delegate_id, facts), findings in zip(found, judged, strict=True)
    ]
    # A statement of its own, so that the next one sees what was decided while it waited for a row.
    await connection().execute_query(
        "SELECT 1 FROM qualification_check WHERE review_id = $1 AND delegate_id = ANY($2) ORDER BY id FOR UPDATE",
        [review_id, [delegate_id for delegate_id, _ in found]],
    )
    changed = await connection().execute_query_dict(
        "INSERT INTO qualification_check (id, review_id, delegate_id, outcome, findings, facts, evaluated_at) "
        "SELECT r.id, $2, r.delegate_id, r.outcome, r.findings, r.facts, $3 FROM jsonb_to_recordset($1::jsonb) "
        "AS r(id uuid, delegate_id uuid, outcome text, findings jsonb, facts jsonb) "
        "ON CONFLICT (review_id, delegate_id) DO UPDATE SET outcome = excluded.outcome, "
        "findings = excluded.findings, facts = excluded.facts, evaluated_at = excluded.evaluated_at "
        "WHERE (qualification_check.outcome, qualification_check.findings, qualification_check.facts) "
        "IS DISTINCT FROM (excluded.outcome, excluded.findings, excluded.facts) "
        "AND NOT EXISTS (SELECT FROM qualification_decision n "
        "WHERE n.qualification_check_id = qualification_check.id) RETURNING id",
        [orjson.dumps(rows).decode(), review_id, now()],
    )
    return len(changed)
