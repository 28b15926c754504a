"""Duties: what a member, and what an organization has to do, from when it is reminded of, and who reads it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.test_access import ids, members, rows, two_counties
from tests.theme_days import answered, check_in, own_member, scheduled

NOON = datetime(2020, 3, 10, 12, tzinfo=CHINA)
DUTY = "kind title dueOn overdue remindOn citation"
OWN = f"query($open: Boolean!) {{ viewer {{ member {{ duties(openOnly: $open) {{ {DUTY} }} }} }} }}"
BRANCH = f"query($id: ID!, $month: YearMonth!) {{ organization(id: $id) {{ duties(month: $month) {{ {DUTY} }} }} }}"
RECORD = "mutation($input: RecordThemeDayInput!) { recordThemeDay(input: $input) { refusals { code } } }"
SIXTEEN = "《中国共产党党员教育管理工作条例》第十六条"


@pytest.fixture
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def own(county: Client, who: str, open_only: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await answered(county, OWN, who, open=open_only))["member"]["duties"]
    return found


async def of_branch(county: Client, month: str, who: str = "secretary", code: str = "SY01001") -> Any:
    branch = (await ids("organization", "t.code"))[code]
    found = await answered(county, BRANCH, who, id=branch, month=month)
    return found and [(duty["kind"], duty["dueOn"], duty["overdue"]) for duty in found["duties"]]


async def exempt(member: str) -> None:
    await rows(
        "INSERT INTO exemption (id, county_id, member_id, ground, began_on, approved_by) "
        "SELECT gen_random_uuid(), m.county_id, m.id, 'OLD', '2020-03-11', '支部委员会' FROM member m WHERE m.id = $1",
        member,
    )


async def test_a_members_duties_say_from_when_they_are_reminded_of(county: Client) -> None:
    with stopped_at(NOON):
        await scheduled(county, "2020-03-20")
        theme_day, training = await own(county, "member")
    assert theme_day == {
        "kind": "THEME_DAY",
        "title": "参加主题党日: 植树",
        "dueOn": "2020-03-20",
        "overdue": False,
        "remindOn": "2020-03-17",
        "citation": SIXTEEN,
    }
    assert (training["kind"], training["dueOn"], training["remindOn"]) == (
        "TRAINING",
        "2020-12-31",
        "2020-11-01",
    )


async def test_a_theme_day_is_overdue_until_it_was_attended(county: Client) -> None:
    with stopped_at(NOON):
        day = (await scheduled(county, "2020-03-10"))["themeDay"]["id"]
    with stopped_at(NOON.replace(day=11)):
        assert [(duty["kind"], duty["overdue"]) for duty in await own(county, "member", True)] == [
            ("THEME_DAY", True)
        ]
    with stopped_at(NOON):
        await check_in(county, "member", day, "ONLINE")
    with stopped_at(NOON.replace(day=11)):
        assert [duty["kind"] for duty in await own(county, "member", True)] == []
        done = [(duty["kind"], duty["overdue"]) for duty in await own(county, "member")]
    assert done == [("THEME_DAY", False), ("TRAINING", False)]


async def test_no_firm_demand_is_no_duty(county: Client) -> None:
    with stopped_at(NOON):
        await scheduled(county, "2020-03-10")
        await scheduled(county, "2020-03-11")
        await exempt(await own_member("member"))
        # From the 11th of March: the day before is still expected of him, and the year's hours until then.
        assert [(duty["kind"], duty["dueOn"]) for duty in await own(county, "member")] == [
            ("THEME_DAY", "2020-03-10"),
            ("TRAINING", "2020-12-31"),
        ]
        # The record of being away is kept nonetheless.
        await exempt(await own_member("floating"))
        assert {duty["kind"] for duty in await own(county, "floating")} == {
            "THEME_DAY",
            "FLOATING_UPDATE",
            "TRAINING",
        }


async def test_who_is_away_is_reminded_to_renew_his_record(county: Client) -> None:
    await rows("UPDATE floating_member SET last_updated_on = '2020-01-15', left_on = '2019-05-01'")
    with stopped_at(NOON):
        [renewal] = [one for one in await own(county, "floating") if one["kind"] == "FLOATING_UPDATE"]
        # Never kept since he left: open, and not lost on the way.
        await rows("UPDATE floating_member SET last_updated_on = NULL")
        assert (await own(county, "floating", True))[0]["dueOn"] == "2019-11-01"
    assert (renewal["dueOn"], renewal["remindOn"], renewal["citation"]) == ("2020-07-15", "2020-06-30", None)


async def test_a_month_without_a_theme_day(county: Client) -> None:
    with stopped_at(NOON):
        assert await of_branch(county, "2020-03") == [("THEME_DAY_MISSING", "2020-03-31", False)]
        branch = (await ids("organization", "t.code"))["SY01001"]
        [duty] = (await answered(county, BRANCH, "office", id=branch, month="2020-03"))["duties"]
        assert (duty["title"], duty["remindOn"], duty["citation"]) == (
            "安排2020年3月主题党日",
            "2020-03-01",
            SIXTEEN,
        )
        await scheduled(county, "2020-03-20")
        assert await of_branch(county, "2020-03") == []
        assert await of_branch(county, "2019-12") == [("THEME_DAY_MISSING", "2019-12-31", True)]
        assert await of_branch(county, "1982-06") == []  # founded in July
        await rows("UPDATE organization SET dissolved_on = '2020-03-01' WHERE code = 'SYL01'")
        assert await of_branch(county, "2020-03", "office", "SYL01") == []


async def test_a_theme_day_that_is_not_recorded(county: Client) -> None:
    with stopped_at(NOON):
        day = (await scheduled(county, "2020-03-10"))["themeDay"]["id"]
        assert await of_branch(county, "2020-03") == [("THEME_DAY_RECORD", "2020-03-17", False)]
    with stopped_at(NOON.replace(day=18)):
        assert await of_branch(county, "2020-03") == [("THEME_DAY_RECORD", "2020-03-17", True)]
        await answered(county, RECORD, "secretary", input={"themeDayId": day, "agendaDone": ["study"]})
        assert await of_branch(county, "2020-03") == []
        await answered(county, RECORD, "secretary", input={"themeDayId": day, "agendaDone": []})
        assert await of_branch(county, "2020-03") != []
        counted = [{"kind": "PRACTICAL_DEEDS", "count": 1}]
        await answered(county, RECORD, "secretary", input={"themeDayId": day, "outcomes": counted})
        assert await of_branch(county, "2020-03") == []
        # What the office's file brought has its counters.
        assert await of_branch(county, "2020-01") == []


async def test_problems_until_they_are_resolved(county: Client) -> None:
    problem = "mutation($input: RecordProblemInput!) { recordProblem(input: $input) { problem { id } } }"
    resolve = (
        'mutation($id: ID!) { resolveProblem(id: $id, resolvedOn: "2020-03-10", resolution: "x") '
        "{ refusals { code } } }"
    )
    with stopped_at(NOON):
        day = (await scheduled(county, "2020-03-10"))["themeDay"]["id"]
        counted = [{"kind": "LECTURES", "count": 1}]
        await answered(county, RECORD, "secretary", input={"themeDayId": day, "outcomes": counted})
        found = {}
        for due in ("2020-03-12", "2020-04-15", None):
            given = {"themeDayId": day, "aspect": "学习", "description": "记录不全", "dueOn": due}
            found[due] = (await answered(county, problem, "town", input=given))["problem"]["id"]
        assert await of_branch(county, "2020-03") == [("PROBLEM", "2020-03-12", False)]
    with stopped_at(NOON.replace(day=13)):
        assert await of_branch(county, "2020-03", "town") == [("PROBLEM", "2020-03-12", True)]
        assert [kind for kind, _, _ in await of_branch(county, "2020-04")] == ["PROBLEM"] * 2 + [
            "THEME_DAY_MISSING"
        ]
        await answered(county, resolve, "secretary", id=found["2020-03-12"])
        assert await of_branch(county, "2020-03") == []


async def test_who_reads_an_organizations_duties(county: Client) -> None:
    with stopped_at(NOON):
        for who in (
            "office",
            "town",
            "secretary",
            "member",
            "floating",
            "app",
            "auditor",
            "discipline",
            "admin",
        ):
            seen = await of_branch(county, "2020-03", who)
            assert bool(seen) == (who in ("office", "town", "secretary")), who


async def test_a_secretary_reads_what_his_branch_has_to_do(county: Client) -> None:
    text = f"{{ viewer {{ duties {{ {DUTY} }} }} }}"
    with stopped_at(NOON):
        [duty] = (await answered(county, text, "secretary"))["duties"]
        assert (duty["kind"], duty["dueOn"]) == ("THEME_DAY_MISSING", "2020-03-31")
        assert duty["title"] == "古绛镇后秦湾村党支部: 安排2020年3月主题党日"
        for who in ("office", "town", "member", "floating", "auditor"):
            assert (await answered(county, text, who))["duties"] == [], who


async def test_hours_of_theme_days_fulfil_the_training_duty(county: Client) -> None:
    """Recorded once: what counts as training comes with the check-in."""
    person = (await members())[1]  # the member's account may be anybody's; this one is not the secretary
    await rows("DELETE FROM training_record")
    text = (
        "query($all: [_Any!]!) { _entities(representations: $all) "
        "{ ... on Member { duties(openOnly: true) { kind } } } }"
    )
    asked = [{"__typename": "Member", "id": person}]
    with stopped_at(NOON):
        [before] = await answered(county, text, "office", all=asked)
        assert {"kind": "TRAINING"} in before["duties"]
        for number in range(10, 12):
            with stopped_at(NOON.replace(day=number)):
                day = (await scheduled(county, f"2020-03-{number}"))["themeDay"]["id"]
                await check_in(county, "secretary", day, "BY_SECRETARY", memberId=person)
                await answered(county, RECORD, "secretary", input={"themeDayId": day, "studyHours": 16})
        [after] = await answered(county, text, "office", all=asked)
    assert {"kind": "TRAINING"} not in after["duties"]
