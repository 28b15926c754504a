"""Theme days: the calendar, and putting them on it, changing and cancelling them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import OTHER, ids, rows, two_counties
from tests.theme_days import MORNING, answered, check_in, codes, last_audit, only, scheduled, today

LEADERS = {"office", "town", "secretary"}
AMEND = """
mutation($input: AmendThemeDayInput!) { amendThemeDay(input: $input) {
  themeDay { id theme version agenda { kind required } } refusals { code message } } }
"""
CANCEL = """
mutation($id: ID!, $reason: String!) { cancelThemeDay(id: $id, reason: $reason) {
  organization { code } refusals { code message } } }
"""
LIST = """
query($county: ID!, $organization: ID, $month: YearMonth, $status: [ThemeDayStatus!], $first: Int!, $after: String) {
  themeDays(
    county: $county, organization: $organization, month: $month, status: $status, first: $first, after: $after
  ) {
    totalCount pageInfo { endCursor } edges { node { heldOn organization { code } } } } }
"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def test_what_the_rule_pack_requires_is_on_the_agenda(county: Client) -> None:
    with stopped_at(MORNING):
        given = [{"kind": "lectures", "title": "讲植树造林"}, {"kind": "song", "title": None}]
        there = (await scheduled(county, "2020-03-31", f"secretary@{OTHER}", agenda=given))["themeDay"][
            "agenda"
        ]
        here = (await scheduled(county, "2020-03-31", agenda=given))["themeDay"]["agenda"]
    six = [
        "lectures",
        "deliberations",
        "open_affairs",
        "volunteer_services",
        "practical_deeds",
        "suggestions",
    ]
    assert [item["kind"] for item in there] == ["lectures", "song", *six[1:]]
    assert [item["required"] for item in there] == [True, False, *[True] * 5]
    assert there[0]["title"] == "讲植树造林"
    # The national pack proposes items and requires none of them.
    assert [item["kind"] for item in here][:2] == ["lectures", "song"]
    assert not any(item["required"] for item in here)


LONG = "题" * 201
REFUSED_DAYS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a day that is past": ({"held_on": "2020-03-09"}, ["TOO_LATE"]),
    "the same day again": ({"held_on": "2020-03-31"}, ["ALREADY_SCHEDULED"]),
    "no theme": ({"held_on": "2020-04-01", "theme": "  "}, ["THEME_MISSING"]),
    "a theme too long": ({"held_on": "2020-04-01", "theme": LONG}, ["THEME_MISSING"]),
    "an item without a kind": ({"held_on": "2020-04-01", "agenda": [{"kind": " "}]}, ["AGENDA_REFUSED"]),
    "an item too long": (
        {"held_on": "2020-04-01", "agenda": [{"kind": "x", "title": LONG}]},
        ["AGENDA_REFUSED"],
    ),
    "too many items": ({"held_on": "2020-04-01", "agenda": [{"kind": "x"}] * 31}, ["AGENDA_REFUSED"]),
    "all at once": (
        {"held_on": "2020-02-10", "theme": ""},
        ["THEME_MISSING", "TOO_LATE", "ALREADY_SCHEDULED"],
    ),
}


@pytest.mark.parametrize(("given", "expected"), REFUSED_DAYS.values(), ids=REFUSED_DAYS)
async def test_theme_days_that_are_not_scheduled(
    county: Client, given: dict[str, Any], expected: list[str]
) -> None:
    with stopped_at(MORNING):
        await scheduled(county, "2020-03-31")
        before = await rows("SELECT count(*) FROM theme_day")
        answer = await scheduled(county, **given)
    assert (answer["themeDay"], codes(answer)) == (None, expected)
    assert await rows("SELECT count(*) FROM theme_day") == before


async def test_two_who_schedule_the_same_day_at_once(county: Client) -> None:
    with stopped_at(MORNING):
        answers = await asyncio.gather(
            *(scheduled(county, "2020-05-01", who) for who in ("office", "town") * 3)
        )
    assert sorted(map(codes, answers)) == [[], *[["ALREADY_SCHEDULED"]] * 5]


async def planned(county: Client, held_on: str) -> str:
    """A theme day in the days to come."""
    with stopped_at(MORNING):
        return str((await scheduled(county, held_on))["themeDay"]["id"])


async def test_the_theme_and_the_agenda_change_before_the_day(county: Client) -> None:
    day = await planned(county, "2020-09-01")
    with stopped_at(MORNING):
        given = {"themeDayId": day, "theme": " 清河 ", "version": 1}
        first = await answered(county, AMEND, "town", input=given)
        agenda = {"themeDayId": day, "agenda": [{"kind": "song"}]}
        second = await answered(county, AMEND, "secretary", input=agenda)
    assert (first["themeDay"]["theme"], first["themeDay"]["version"], first["refusals"]) == ("清河", 2, [])
    # What is left out stays; what the pack proposes is on every agenda.
    assert (second["themeDay"]["theme"], second["themeDay"]["version"]) == ("清河", 3)
    kinds = [item["kind"] for item in second["themeDay"]["agenda"]]
    assert (kinds[0], "study" in kinds) == ("song", True)
    audit = await last_audit("AMEND_THEME_DAY")
    assert (audit["subject_id"], '"agenda"' in audit["detail"]) == (day, True)


UNCHANGED: dict[str, tuple[timedelta, dict[str, Any], list[str]]] = {
    "no theme": (timedelta(0), {"theme": " "}, ["THEME_MISSING"]),
    "an item without a kind": (timedelta(0), {"agenda": [{"kind": ""}]}, ["AGENDA_REFUSED"]),
    "read before another change": (timedelta(0), {"theme": "x", "version": 7}, ["CHANGED_MEANWHILE"]),
    "on the day itself": (timedelta(days=176), {"theme": "x"}, ["TOO_LATE"]),
    "afterwards": (timedelta(days=200), {"theme": "", "version": 7}, [
        "THEME_MISSING", "TOO_LATE", "CHANGED_MEANWHILE",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("later", "given", "expected"), UNCHANGED.values(), ids=UNCHANGED)
async def test_what_is_not_changed(
    county: Client, later: timedelta, given: dict[str, Any], expected: list[str]
) -> None:
    with stopped_at(MORNING):
        await scheduled(county, "2020-09-02")
    day = (await ids("theme_day", "t.held_on::text || t.organization_id"))[
        "2020-09-02" + (await ids("organization", "t.code"))["SY01001"]
    ]
    before = await rows("SELECT * FROM theme_day WHERE id = $1", day)
    with stopped_at(MORNING + later):
        answer = await answered(county, AMEND, "office", input={"themeDayId": day, **given})
    assert codes(answer) == expected
    assert await rows("SELECT * FROM theme_day WHERE id = $1", day) == before


async def test_who_changes_and_cancels(county: Client) -> None:
    day = await planned(county, "2020-09-03")
    with stopped_at(MORNING):
        for id in (day, str(uuid4()), "not-an-id"):
            given = {"themeDayId": id, "theme": "x"}
            others = LEADERS if id == day else set[str]()
            await only(county, others, AMEND, {"input": given}, "THEME_DAY_NOT_FOUND")
            await only(county, others, CANCEL, {"id": id, "reason": "x"}, "THEME_DAY_NOT_FOUND")


async def test_a_cancelled_theme_day_is_gone_and_on_record(county: Client) -> None:
    day = await planned(county, "2020-09-04")
    with stopped_at(MORNING):
        for reason in ("  ", "因" * 201):
            assert codes(await answered(county, CANCEL, "secretary", id=day, reason=reason)) == [
                "REASON_MISSING"
            ]
        answer = await answered(county, CANCEL, "secretary", id=day, reason=" 防汛 ")
        again = await answered(county, CANCEL, "secretary", id=day, reason="防汛")
    assert answer == {"organization": {"code": "SY01001"}, "refusals": []}
    assert codes(again) == ["THEME_DAY_NOT_FOUND"]
    assert await rows("SELECT 1 FROM theme_day WHERE id = $1", day) == []
    audit = await last_audit("CANCEL_THEME_DAY")
    assert audit["subject_id"] == day
    assert all(said in audit["detail"] for said in ("防汛", "2020-09-04", "植树", "study"))


async def test_a_theme_day_with_check_ins_or_past_is_not_cancelled(county: Client) -> None:
    morning, day, _ = await today(county)
    with stopped_at(morning):
        await check_in(county, "member", day, "ONLINE")
        assert codes(await answered(county, CANCEL, "town", id=day, reason="x")) == ["SOMEBODY_CHECKED_IN"]
    with stopped_at(morning + timedelta(days=1)):
        assert codes(await answered(county, CANCEL, "town", id=day, reason="x")) == [
            "TOO_LATE",
            "SOMEBODY_CHECKED_IN",
        ]


async def test_the_calendar_by_organization_month_and_status(county: Client) -> None:
    branch = (await ids("organization", "t.code"))["SY01001"]

    async def listed(who: str, **given: Any) -> list[tuple[str, str]]:
        found = await answered(county, LIST, who, **{"county": COUNTY, "first": 50, **given})
        assert found["totalCount"] >= len(found["edges"])
        return [(edge["node"]["heldOn"], edge["node"]["organization"]["code"]) for edge in found["edges"]]

    january = [("2020-01-10", "SY"), ("2020-01-10", "SY01001"), ("2020-01-10", "SY01002")]
    assert sorted(await listed("office", month="2020-01")) == january
    assert sorted(await listed("town", month="2020-01")) == january[1:]
    assert await listed("member", month="2020-01") == january[1:2]
    assert await listed("discipline", month="2020-01") == []
    whole = await listed("secretary", organization=branch)
    assert [day for day, _ in whole] == sorted((day for day, _ in whole), reverse=True)
    assert {code for _, code in whole} == {"SY01001"}
    with stopped_at(MORNING.replace(month=2)):
        at = {status: await listed("secretary", status=[status]) for status in ("SCHEDULED", "OPEN", "HELD")}
    assert (at["OPEN"], at["HELD"]) == ([("2020-02-10", "SY01001")], [("2020-01-10", "SY01001")])
    assert len(at["SCHEDULED"]) == len(whole) - 2
    # Page by page the same list.
    paged: list[str] = []
    after = None
    while True:
        page = await answered(
            county, LIST, "secretary", county=COUNTY, first=2, after=after, organization=branch
        )
        if not page["edges"]:
            break
        paged += [edge["node"]["heldOn"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert paged == [day for day, _ in whole]
    text = "query($id: ID!) { organization(id: $id) { themeDays(first: 100) { edges { node { heldOn } } } } }"
    of_branch = (await answered(county, text, "member", id=branch))["themeDays"]["edges"]
    assert [edge["node"]["heldOn"] for edge in of_branch] == paged


async def test_what_is_settled_before(county: Client) -> None:
    text = "query($id: ID!) { themeDay(id: $id) { settled { key label isSettled } } }"
    imported = (
        await ids(
            "theme_day", "t.held_on::text || (SELECT code FROM organization WHERE id = organization_id)"
        )
    )["2020-01-10SY"]
    with stopped_at(MORNING):
        made = (await scheduled(county, "2020-09-05"))["themeDay"]["id"]
    # The county's committee has no members of its own, and the office's files bring no agenda.
    for id, agenda, people in ((made, True, True), (imported, False, False)):
        settled = (await answered(county, text, "office", id=id))["settled"]
        assert [(item["key"], item["label"], item["isSettled"]) for item in settled] == [
            ("held_on", "定时间", True),
            ("theme", "定主题", True),
            ("agenda", "定议程", agenda),
            ("participants", "定人员", people),
        ]
