"""What tests of theme days share: scheduling, the code as the secretary shows it, checking in, and who may act."""

import re
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client
from tests.test_access import ACCOUNTS, OTHER, contents, ids, rows

MORNING = datetime(2020, 3, 10, 9, 0, 30, tzinfo=CHINA)
FIRST = datetime(2020, 6, 1, 9, 0, 30, tzinfo=CHINA)
_days = (FIRST + timedelta(days=number) for number in count())


async def scheduled(
    county: Client, held_on: str, who: str = "secretary", organization: str = "SY01001", **more: Any
) -> Any:
    code = OTHER if "@" in who else COUNTY
    branch = (await ids("organization", "t.code", code))[organization]
    given = {"organizationId": branch, "heldOn": held_on, "theme": "植树", **more}
    return (await county.run("ScheduleThemeDay", who, input=given))["scheduleThemeDay"]


async def today(county: Client) -> tuple[datetime, str, str]:
    """A day of its own: its morning, a theme day on it, and the theme day's code as the secretary shows it."""
    morning = next(_days)
    with stopped_at(morning):
        made = (await scheduled(county, f"{morning:%Y-%m-%d}"))["themeDay"]
    return morning, made["id"], code_in(made["checkInCode"]["svg"])


def code_in(svg: str) -> str:
    found = re.search("<title>([0-9A-F]{8})</title>", svg)
    assert found, svg
    return found[1]


async def check_in(county: Client, who: str, theme_day: str, method: str, **given: Any) -> Any:
    return (await county.run("CheckIn", who, input={"themeDayId": theme_day, "method": method, **given}))[
        "checkIn"
    ]


def codes(answer: Any) -> list[str]:
    return [refusal["code"] for refusal in answer["refusals"]]


async def answered(client: Client, text: str, who: str | None, /, **variables: Any) -> Any:
    """The one field of a document that must answer without errors."""
    answer = await client.query(text, who, **variables)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def only(
    county: Client,
    allowed: set[str],
    text: str,
    variables: dict[str, Any],
    refusal: str,
    others: dict[str, str] | None = None,
) -> None:
    """All accounts but the allowed ones are refused, and nothing is written; the allowed ones are not tried here."""
    before = await contents()
    for who in ACCOUNTS:
        if who not in allowed:
            answer = await answered(county, text, who, **variables)
            assert codes(answer) == [(others or {}).get(who or "", refusal)], who
    assert await contents() == before


async def own_member(username: str) -> str:
    return str((await rows("SELECT member_id FROM account WHERE username = $1", username))[0]["member_id"])


async def last_audit(action: str) -> Any:
    found = await rows(
        "SELECT actor_name, subject_type, subject_id, detail FROM audit_entry WHERE action = $1 "
        "ORDER BY sequence DESC LIMIT 1",
        action,
    )
    return found[0]
