"""What the rule packs find about a floating member today: out of contact, due for transfer, unclear, not greeted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from plugins.facts import FloatingFacts
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.floating_members.checklist import COLUMNS
from resolvers.judging import judged_rows

TEXTS = COLUMNS[1:]
CONTACT = "{row}.contact_masked"  # no rule asks for more than whether there is one, and facts are kept
DATES = ("left_on", "last_updated_on", "went_abroad_on", "last_greeted_on")
ADMITTED_ON = "(SELECT m.joined_on FROM member m WHERE m.id = {row}.member_id)"
RECORD = {
    **{name: f"{{row}}.{name}" for name in (*TEXTS, *DATES, "items", "is_place_fixed")},
    "contact": CONTACT,
    "admitted_on": ADMITTED_ON,
}
NEEDS = {
    **RECORD,
    # Sentences name dates and what is missing, so they are for those who may read the record itself.
    "is_readable": "{shows:personal floating_member}",
}


def floating_facts(record: Mapping[str, Any], on: date) -> FloatingFacts:
    """The facts of a record's columns with `admitted_on`; dates may stand as texts, as JSON brings them."""
    return FloatingFacts(
        on=on,
        items={**record["items"], **{name: record[name] for name in TEXTS}},
        is_place_fixed=record["is_place_fixed"],
        admitted_on=_day(record["admitted_on"]),
        **{name: _day(record[name]) for name in DATES},
    )


async def _findings(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    readable = [row for row in rows if row["is_readable"]]
    facts = [floating_facts(row, request.today) for row in readable]
    found = iter(await judged_rows(request, "floating", facts))
    return [next(found) if row["is_readable"] else [] for row in rows]


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


findings = Computed(NEEDS, _findings)
