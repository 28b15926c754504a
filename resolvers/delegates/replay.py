"""Replay (重放): kept facts judged again, to see whether the explanation of a check is still the same."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from models import County
from plugins.errors import PackFailed, PackTimeout
from plugins.facts import DelegateFacts
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.delegates.facts import read_facts
from resolvers.findings import as_row
from runtime.database import connection

BATCH = 500
JUDGING_SECONDS = 60.0
READING_SECONDS = 10.0  # for a page of checks, while somebody waits for the answer

Findings = list[dict[str, Any]]
KEPT = """
SELECT k.id, k.facts, k.findings, m.name FROM qualification_check k
JOIN qualification_review r ON r.id = k.review_id
JOIN delegate d ON d.id = k.delegate_id JOIN member m ON m.id = d.member_id
WHERE r.county_id = $1 AND r.quarter = $2 AND ($3::uuid IS NULL OR k.id > $3)
ORDER BY k.id LIMIT $4
"""


@dataclass(frozen=True)
class Replayed:
    """One check: what was kept beside what the packs find now in the same facts."""

    check_id: UUID
    name: str
    kept: Findings
    found: Findings | None  # None: the kept facts are of a form that is no longer read

    @property
    def is_same(self) -> bool:
        return self.kept == self.found


def versions(findings: Findings) -> list[str]:
    """The packs that speak in findings, each with its version: national 1.0.0."""
    return sorted({f"{one['rule_pack']} {one['rule_version']}" for one in findings})


def differences(one: Replayed) -> list[str]:
    """What differs, a sentence a finding."""
    if one.found is None:
        return ["the facts are of a form that this release does not read"]
    gone = [each for each in one.kept if each not in one.found]
    new = [each for each in one.found if each not in one.kept]
    return [
        *(
            f"kept: {each['code']} ({each['rule_pack']} {each['rule_version']}): {each['message']}"
            for each in gone
        ),
        *(
            f"now: {each['code']} ({each['rule_pack']} {each['rule_version']}): {each['message']}"
            for each in new
        ),
    ]


async def judge_records(
    app: Any, county_code: str, records: Sequence[Any], seconds: float
) -> list[Findings | None]:
    """What the packs of today find in kept facts, each judged by the text in force on its own day. PackFailed,
    PackTimeout."""
    facts = [_read(record) for record in records]
    readable = [one for one in facts if one is not None]
    judged = iter(await app.judging.judge_all_async("delegate", county_code, readable, seconds))
    return [None if one is None else [as_row(finding) for finding in next(judged)] for one in facts]


def _read(record: Any) -> DelegateFacts | None:
    try:
        return read_facts(record)
    except (TypeError, ValueError):
        return None


async def replay_review(app: Any, county: County, quarter: str) -> AsyncIterator[Replayed]:
    """Every check of a review, in batches."""
    after = None
    while rows := await connection().execute_query_dict(KEPT, [county.id, quarter, after, BATCH]):
        records = [orjson.loads(row["facts"]) for row in rows]
        judged = await judge_records(app, county.code, records, JUDGING_SECONDS)
        for row, found in zip(rows, judged, strict=True):
            yield Replayed(row["id"], row["name"], orjson.loads(row["findings"]), found)
        after = rows[-1]["id"]


async def _replayed(rows: Sequence[Row], request: Request) -> list[dict[str, Any] | None]:
    answers: dict[int, dict[str, Any]] = {}
    for county in {row["county"] for row in rows}:
        of_county = [(place, row) for place, row in enumerate(rows) if row["county"] == county]
        try:
            records = [row["facts"] for _, row in of_county]
            judged = await judge_records(request.app, county, records, READING_SECONDS)
        except (PackFailed, PackTimeout):
            continue
        for (place, row), found in zip(of_county, judged, strict=True):
            if found is not None:
                answers[place] = {"is_same": row["findings"] == found, "findings": found}
    return [answers.get(place) for place in range(len(rows))]


replayed = Computed(
    {
        "facts": "{row}.facts",
        "findings": "{row}.findings",
        "county": (
            "(SELECT c.code FROM county c JOIN qualification_review r ON r.county_id = c.id "
            "WHERE r.id = {row}.review_id)"
        ),
    },
    _replayed,
)
