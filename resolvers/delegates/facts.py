"""Gathering what the rule packs are told about delegates, as the record that is kept with their answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from models.choices import Agency
from plugins.facts import DelegateFacts
from plugins.recorded import from_record
from runtime.database import connection

Found = list[tuple[UUID, DelegateFacts]]
_AGENCIES = ", ".join(f"'{agency}'" for agency in sorted(Agency))


def record_of(quarter: str, on: str) -> str:
    """SQL: the facts about the delegate `d` in a quarter, up to a day, in the form of plugins.recorded.

    An agency that was not asked yet counts as one that has not answered, so that asking changes no facts.
    """
    return f"""
jsonb_build_object(
    'on', {on}, 'quarter', {quarter}, 'level', d.level, 'congress', d.congress,
    'elected_on', d.elected_on, 'status', d.status,
    'post_changes', COALESCE((
        SELECT jsonb_agg(
            jsonb_build_object('changed_on', p.changed_on, 'change', p.change, 'destination', p.destination)
            ORDER BY p.changed_on, p.change)
        FROM post_change p WHERE p.member_id = d.member_id AND p.changed_on <= {on}), '[]'),
    'clearances', (
        SELECT jsonb_agg(
            jsonb_build_object('agency', a.agency, 'opinion', c.opinion, 'reason', c.reason,
                               'submitted_on', (c.submitted_at AT TIME ZONE 'Asia/Shanghai')::date)
            ORDER BY a.agency)
        FROM unnest(ARRAY[{_AGENCIES}]) AS a(agency)
        LEFT JOIN clearance c ON c.delegate_id = d.id AND c.quarter = {quarter} AND c.agency = a.agency),
    'is_membership_halted', COALESCE(d.membership_halted_on <= {on}, false),
    'is_nationality_lost', COALESCE(d.nationality_lost_on <= {on}, false),
    'resignation_accepted_on', CASE WHEN d.resignation_accepted_on <= {on} THEN d.resignation_accepted_on END)
"""


def is_reviewed(on: str) -> str:
    """SQL: whether the delegate `d` is looked at in the review of a quarter that ends on a day."""
    return f"d.status <> 'TERMINATED' AND d.elected_on <= {on}"


FACTS = f"""
SELECT d.id, {record_of("$2::text", "$3::date")} AS facts FROM delegate d
WHERE d.county_id = $1 AND {is_reviewed("$3::date")}
  AND ($4::uuid[] IS NULL OR d.id = ANY($4)) AND ($5::uuid IS NULL OR d.id > $5)
ORDER BY d.id LIMIT $6
"""
COUNT = f"SELECT count(*) FROM delegate d WHERE d.county_id = $1 AND {is_reviewed('$2::date')}"


def first_day_of(quarter: str) -> date:
    """2020Q4 -> 2020-10-01."""
    return date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)


def last_day_of(quarter: str) -> date:
    """2020Q4 -> 2020-12-31."""
    year, number = int(quarter[:4]), int(quarter[5])
    return date(year, number * 3, 31 if number in (1, 4) else 30)


async def count_delegates(county_id: UUID, quarter: str) -> int:
    """How many delegates a review of the quarter looks at."""
    rows = await connection().execute_query_dict(COUNT, [county_id, last_day_of(quarter)])
    return int(rows[0]["count"])


async def delegate_facts(
    county_id: UUID,
    quarter: str,
    *,
    among: Sequence[UUID] | None = None,
    after: UUID | None = None,
    at_most: int | None = None,
) -> Found:
    """Delegates by id with the facts as they stood at the end of the quarter; all of the county's, those named,
    or a batch behind an id."""
    given = [
        county_id,
        quarter,
        last_day_of(quarter),
        list(among) if among is not None else None,
        after,
        at_most,
    ]
    rows = await connection().execute_query_dict(FACTS, given)
    return [(row["id"], read_facts(orjson.loads(row["facts"]))) for row in rows]


def read_facts(record: dict[str, Any]) -> DelegateFacts:
    facts = from_record("delegate", record)
    assert isinstance(facts, DelegateFacts)
    return facts
