"""Gathering what the rule packs are told about delegates: one statement for a county's review of a quarter."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson

from plugins.facts import Clearance, DelegateFacts, PostChange
from runtime.database import connection

FACTS = """
SELECT d.id, d.level, d.congress, d.elected_on, d.status,
       COALESCE((SELECT json_agg(json_build_array(p.changed_on, p.change, p.destination) ORDER BY p.changed_on)
                 FROM post_change p WHERE p.member_id = d.member_id AND p.changed_on <= $3), '[]') AS moves,
       COALESCE((SELECT json_agg(json_build_array(
                            c.agency, c.opinion, c.reason, (c.submitted_at AT TIME ZONE 'Asia/Shanghai')::date)
                        ORDER BY c.agency)
                 FROM clearance c WHERE c.delegate_id = d.id AND c.quarter = $2), '[]') AS answers
FROM delegate d
WHERE d.county_id = $1 AND d.status <> 'TERMINATED' AND ($4::uuid IS NULL OR d.id = $4)
ORDER BY d.id
"""


def first_day_of(quarter: str) -> date:
    """2020Q4 -> 2020-10-01."""
    return date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)


def last_day_of(quarter: str) -> date:
    """2020Q4 -> 2020-12-31."""
    year, number = int(quarter[:4]), int(quarter[5])
    return date(year, number * 3, 31 if number in (1, 4) else 30)


async def delegate_facts(
    county_id: UUID, quarter: str, delegate_id: UUID | None = None
) -> list[tuple[UUID, DelegateFacts]]:
    """Each delegate of the county with the facts as they stood at the end of the quarter."""
    on = last_day_of(quarter)
    rows = await connection().execute_query_dict(FACTS, [county_id, quarter, on, delegate_id])
    return [(row["id"], _facts(row, quarter, on)) for row in rows]


def _facts(row: dict[str, Any], quarter: str, on: date) -> DelegateFacts:
    return DelegateFacts(
        on=on,
        quarter=quarter,
        level=row["level"],
        congress=row["congress"],
        elected_on=row["elected_on"],
        status=row["status"],
        post_changes=tuple(
            PostChange(date.fromisoformat(changed_on), change, destination)
            for changed_on, change, destination in orjson.loads(row["moves"])
        ),
        clearances=tuple(
            Clearance(agency, opinion, reason, date.fromisoformat(submitted) if submitted else None)
            for agency, opinion, reason, submitted in orjson.loads(row["answers"])
        ),
    )
