"""Judging delegates: the agencies are asked, the packs judge the facts, what they found is kept."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
import structlog

from models import County, QualificationCheck, QualificationReview
from models.choices import Agency
from plugins.contract import Finding
from plugins.errors import PackFailed, PackTimeout
from plugins.recorded import to_record
from resolvers.delegates.facts import Found, delegate_facts, last_day_of
from resolvers.findings import as_row
from runtime.clock import now, today
from runtime.database import connection
from runtime.identifiers import new_id

JUDGING_SECONDS = 60.0
INSIDE_SECONDS = 8.0  # while rows are locked; the database ends a transaction that idles for 10 s
Judged = list[tuple[Finding, ...]]

log = structlog.get_logger()


async def judge(app: Any, county_code: str, found: Found, seconds: float = JUDGING_SECONDS) -> Judged:
    """In another process: a pack that loops may cost this review, never the server. PackFailed, PackTimeout."""
    facts = [one for _, one in found]
    judged: Judged = await app.judging.judge_all_async("delegate", county_code, facts, seconds)
    return judged


async def keep_judged(
    app: Any, county: County, review: QualificationReview, found: Found, judged: Judged
) -> int:
    """Inside a unit of work: ask the agencies, and write what was found. Returns how many checks changed.

    What came in since the facts were gathered is judged with it. PackFailed, PackTimeout.
    """
    among = [delegate_id for delegate_id, _ in found]
    await _ask_agencies(county.id, review.quarter, among)
    # From here on an agency's answer waits for this review.
    await connection().execute_query(
        "SELECT 1 FROM clearance WHERE delegate_id = ANY($1) AND quarter = $2 ORDER BY id FOR SHARE",
        [among, review.quarter],
    )
    since = await delegate_facts(county.id, review.quarter, among=among)
    if since != found:
        found, judged = since, await judge(app, county.code, since, INSIDE_SECONDS)
    return await _keep(app, county.code, review.id, found, judged)


async def judge_again(app: Any, county_id: UUID, delegate_id: UUID, quarter: str | None = None) -> None:
    """After new facts about one delegate: his undecided checks (of one quarter), inside the caller's unit of work.

    A pack that fails must not keep an agency from answering: the check stays as it was judged, and the review's
    `staleCount` says so.
    """
    county = await County.get(id=county_id)
    reviews = QualificationReview.filter(county_id=county_id)
    if quarter is None:  # those that have looked at him, and no others
        seen = await QualificationCheck.filter(delegate_id=delegate_id).values_list("review_id", flat=True)
        reviews = reviews.filter(id__in=list(seen))
    else:
        reviews = reviews.filter(quarter=quarter)
    for review in await reviews.order_by("quarter"):
        found = await delegate_facts(county_id, review.quarter, among=[delegate_id])
        try:
            # Others may be judged at this moment, and their turn is not under this call's own limit.
            async with asyncio.timeout(INSIDE_SECONDS):
                judged = await judge(app, county.code, found, INSIDE_SECONDS)
        except (PackFailed, PackTimeout, TimeoutError) as error:
            log.warning("a check was not judged again", quarter=review.quarter, reason=str(error))
            continue
        await _keep(app, county.code, review.id, found, judged)


async def _ask_agencies(county_id: UUID, quarter: str, delegates: list[UUID]) -> None:
    """A request to each agency about each of the delegates, where none stands yet."""
    for agency in Agency:
        await connection().execute_query(
            "INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, requested_at, due_on) "
            "SELECT i, $2, d, $3::text, $4::text, $5, $6 FROM unnest($1::uuid[], $7::uuid[]) AS r(i, d) "
            "WHERE NOT EXISTS (SELECT FROM clearance c "
            "WHERE c.delegate_id = d AND c.quarter = $3::text AND c.agency = $4::text) "
            "ON CONFLICT DO NOTHING",
            [
                [new_id() for _ in delegates],
                county_id,
                quarter,
                agency.value,
                now(),
                max(last_day_of(quarter), today()),
                delegates,
            ],
        )


async def _keep(app: Any, county_code: str, review_id: UUID, found: Found, judged: Judged) -> int:
    """Write the checks that are new or differ, leaving decided ones alone. Returns how many changed."""
    rules = app.rules.of(county_code).rules
    rows = [
        {
            "id": str(new_id()),
            "delegate_id": str(delegate_id),
            "outcome": str(rules.outcome(facts, findings)),
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
        "WHERE n.qualification_check_id = qualification_check.id AND n.withdrawn_on IS NULL) RETURNING id",
        [orjson.dumps(rows).decode(), review_id, now()],
    )
    return len(changed)
