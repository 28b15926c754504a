"""After a theme day: what took place, its hours, the three sides' evaluations, the problems."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.choices import Role
from resolvers.access import Grant
from runtime.clock import stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.rights import account_of
from tests.test_access import ACCOUNTS, OTHER, ids, members, rows, two_counties
from tests.theme_days import (
    FIRST,
    MORNING,
    answered,
    check_in,
    codes,
    last_audit,
    only,
    own_member,
    scheduled,
    today,
)

LEADERS = {"office", "town", "secretary"}
RECORD = """
mutation($input: RecordThemeDayInput!) { recordThemeDay(input: $input) {
  themeDay { id version studyHours agenda { kind done } outcomes { kind count } }
  findings { code severity message citation rulePack } refusals { code message } } }
"""
EVALUATE = """
mutation($input: EvaluateThemeDayInput!) { evaluateThemeDay(input: $input) {
  themeDay { evaluations { by label score comment count } } refusals { code message } } }
"""
PROBLEM = "problem { id aspect description responsible foundOn dueOn resolvedOn resolution overdue }"
RECORD_PROBLEM = f"""
mutation($input: RecordProblemInput!) {{ recordProblem(input: $input) {{ {PROBLEM} refusals {{ code }} }} }}
"""
RESOLVE = f"""
mutation($id: ID!, $on: Date!, $how: String!) {{ resolveProblem(id: $id, resolvedOn: $on, resolution: $how) {{
  {PROBLEM} refusals {{ code }} }} }}
"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def test_what_took_place_is_recorded_and_corrected(county: Client) -> None:
    morning, day, _ = await today(county)
    outcomes = [{"kind": "LECTURES", "count": 2}, {"kind": "SUGGESTIONS", "count": 5}]
    with stopped_at(morning + timedelta(days=2)):
        given = {"themeDayId": day, "agendaDone": ["study"], "outcomes": outcomes, "version": 1}
        first = await answered(county, RECORD, "secretary", input=given)
        given = {"themeDayId": day, "outcomes": [{"kind": "LECTURES", "count": 3}]}
        second = await answered(county, RECORD, "town", input=given)
    assert (first["refusals"], first["findings"], first["themeDay"]["version"]) == ([], [], 2)
    assert [item["kind"] for item in first["themeDay"]["agenda"] if item["done"]] == ["study"]
    counted = {one["kind"]: one["count"] for one in second["themeDay"]["outcomes"]}
    assert (counted["LECTURES"], counted["SUGGESTIONS"], counted["DELIBERATIONS"]) == (3, 5, 0)
    assert [item["kind"] for item in second["themeDay"]["agenda"] if item["done"]] == ["study"]
    audit = await last_audit("RECORD_THEME_DAY")
    assert (audit["subject_id"], '"lectures": 3' in audit["detail"]) == (day, True)


async def test_required_items_that_did_not_take_place_are_findings(county: Client) -> None:
    with stopped_at(MORNING):
        made = (await scheduled(county, "2020-03-20", f"secretary@{OTHER}"))["themeDay"]
    done = ["lectures", "deliberations", "open_affairs", "volunteer_services"]
    with stopped_at(FIRST):
        given = {"themeDayId": made["id"], "agendaDone": done}
        answer = await answered(county, RECORD, f"secretary@{OTHER}", input=given)
    assert answer["refusals"] == []
    found = answer["findings"]
    assert [finding["code"] for finding in found] == ["AGENDA_ITEM_NOT_DONE"] * 2
    assert ["实事好事" in found[0]["message"], "收集意见建议" in found[1]["message"]] == [True, True]
    assert {(finding["rulePack"], finding["severity"]) for finding in found} == {
        ("jiangxian_140826", "GENERALLY")
    }
    assert all("第十六条" in finding["citation"] for finding in found)


UNRECORDED: dict[str, tuple[int, dict[str, Any], list[str]]] = {
    "before the day": (-1, {"agendaDone": ["study"]}, ["TOO_EARLY"]),
    "an item that is not on the agenda": (0, {"agendaDone": ["study", "song"]}, ["AGENDA_ITEM_UNKNOWN"]),
    "a counter below nothing": (0, {"outcomes": [{"kind": "LECTURES", "count": -1}]}, ["OUTCOMES_REFUSED"]),
    "a counter beyond reason": (0, {"outcomes": [{"kind": "LECTURES", "count": 100_001}]}, ["OUTCOMES_REFUSED"]),
    "a counter twice": (0, {"outcomes": [{"kind": "LECTURES", "count": 1}] * 2}, ["OUTCOMES_REFUSED"]),
    "more hours than a day has": (0, {"studyHours": 24.5}, ["STUDY_HOURS_OUT_OF_BOUNDS"]),
    "fewer hours than none": (0, {"studyHours": -0.5}, ["STUDY_HOURS_OUT_OF_BOUNDS"]),
    "read before another change": (0, {"studyHours": 1, "version": 2}, ["CHANGED_MEANWHILE"]),
}  # fmt: skip


@pytest.mark.parametrize(("days", "given", "expected"), UNRECORDED.values(), ids=UNRECORDED)
async def test_what_is_not_recorded(
    county: Client, days: int, given: dict[str, Any], expected: list[str]
) -> None:
    with stopped_at(MORNING):
        day = (await scheduled(county, "2020-03-11"))["themeDay"] or {"id": await day_on("2020-03-11")}
    before = await rows("SELECT * FROM theme_day WHERE id = $1", day["id"])
    with stopped_at(MORNING + timedelta(days=1 + days)):
        answer = await answered(county, RECORD, "secretary", input={"themeDayId": day["id"], **given})
    assert codes(answer) == expected
    assert await rows("SELECT * FROM theme_day WHERE id = $1", day["id"]) == before


async def day_on(held_on: str) -> str:
    """The village branch's theme day."""
    branch = (await ids("organization", "t.code"))["SY01001"]
    return (await ids("theme_day", "t.held_on::text || t.organization_id"))[held_on + branch]


async def hours_of(county: Client, member: str) -> float:
    text = (
        "query($all: [_Any!]!) { _entities(representations: $all) "
        "{ ... on Member { trainingYear(year: 2020) { completedHours } } } }"
    )
    asked = [{"__typename": "Member", "id": member}]
    [found] = await answered(county, text, "office", all=asked)
    return float(found["trainingYear"]["completedHours"])


async def test_study_hours_follow_the_theme_day(county: Client) -> None:
    """Recorded once, they count for all who took part, before and after, and change with the day."""
    morning, day, _ = await today(county)
    people, own = await members(), await own_member("member")
    before, other = await hours_of(county, own), await hours_of(county, people[4])
    with stopped_at(morning):
        came = await check_in(county, "member", day, "ONLINE")
        recorded = await answered(county, RECORD, "secretary", input={"themeDayId": day, "studyHours": 1.5})
        assert recorded["themeDay"]["studyHours"] == 1.5
        assert await hours_of(county, own) == before + 1.5
        await check_in(county, "secretary", day, "BY_SECRETARY", memberId=people[4])
        assert await hours_of(county, people[4]) == other + 1.5
        await answered(county, RECORD, "secretary", input={"themeDayId": day, "studyHours": 2})
        assert (await hours_of(county, own), await hours_of(county, people[4])) == (before + 2, other + 2)
        await answered(county, RECORD, "secretary", input={"themeDayId": day, "agendaDone": []})
        assert await hours_of(county, own) == before + 2
        text = 'mutation($id: ID!) { withdrawCheckIn(attendanceId: $id, reason: "x") { refusals { code } } }'
        await answered(county, text, "secretary", id=came["attendance"]["id"])
    assert await hours_of(county, own) == before


async def test_no_check_in_keeps_old_hours(county: Client) -> None:
    """While the hours are being recorded, others check in."""
    people = await members()
    for hours in (1, 2, 3):
        morning, day, _ = await today(county)
        with stopped_at(morning):
            await asyncio.gather(
                *(
                    check_in(county, "secretary", day, "BY_SECRETARY", memberId=member)
                    for member in people[:4]
                ),
                answered(county, RECORD, "town", input={"themeDayId": day, "studyHours": hours}),
                *(
                    check_in(county, "secretary", day, "BY_SECRETARY", memberId=member)
                    for member in people[4:9]
                ),
            )
        kept = await rows("SELECT hours, count(*) FROM attendance WHERE theme_day_id = $1 GROUP BY 1", day)
        assert kept == [{"hours": hours, "count": 9}]


async def test_who_records(county: Client) -> None:
    morning, day, _ = await today(county)
    with stopped_at(morning):
        for id in (day, str(uuid4())):
            allowed = LEADERS if id == day else set[str]()
            given = {"themeDayId": id, "studyHours": 1}
            await only(county, allowed, RECORD, {"input": given}, "THEME_DAY_NOT_FOUND")
            problem = {"themeDayId": id, "aspect": "学习", "description": "x"}
            await only(county, allowed, RECORD_PROBLEM, {"input": problem}, "THEME_DAY_NOT_FOUND")
        made = await answered(county, RECORD_PROBLEM, "town", input=problem | {"themeDayId": day})
        resolution = {"id": made["problem"]["id"], "on": f"{morning:%Y-%m-%d}", "how": "x"}
        await only(county, LEADERS, RESOLVE, resolution, "PROBLEM_NOT_FOUND")


# Side -> who speaks for it; who sees the day and does not is told so, the others see no day.
SPEAKS = {
    "branch": {"office", "secretary"},
    "members": {"secretary", "member", "floating"},
    "superior": {"office", "town"},
}


@pytest.mark.parametrize("side", SPEAKS)
async def test_who_speaks_for_a_side(county: Client, side: str) -> None:
    morning, day, _ = await today(county)
    sees = {"office", "town", "secretary", "member", "floating"}
    given = {"themeDayId": day, "side": side, "score": 90}
    with stopped_at(morning):
        others = dict.fromkeys(sees, "NOT_YOUR_SIDE")
        await only(county, SPEAKS[side], EVALUATE, {"input": given}, "THEME_DAY_NOT_FOUND", others)
        for who in ACCOUNTS:
            if who in SPEAKS[side]:
                assert codes(await answered(county, EVALUATE, who, input=given)) == [], who
    kept = await rows("SELECT count(*) FROM theme_day_evaluation WHERE theme_day_id = $1", day)
    assert kept == [{"count": len(SPEAKS[side])}]


async def test_a_town_is_not_above_its_own_theme_day(county: Client) -> None:
    with stopped_at(MORNING):
        day = (await scheduled(county, "2020-03-12", "town", "SY01"))["themeDay"]["id"]
    with stopped_at(FIRST):
        given = {"themeDayId": day, "side": "superior", "score": 100}
        assert codes(await answered(county, EVALUATE, "town", input=given)) == ["NOT_YOUR_SIDE"]
        assert codes(await answered(county, EVALUATE, "office", input=given)) == []
    # Nor is it by an office in another county.
    (town,) = await rows(
        "SELECT county_id, path FROM organization WHERE code = 'SY01' AND path LIKE $1", f"{COUNTY}/%"
    )
    (other,) = await rows("SELECT id FROM county WHERE code = $1", OTHER)
    grants = (
        Grant(Role.OFFICE, other["id"], OTHER),
        Grant(Role.TOWN, town["county_id"], COUNTY, town["path"]),
    )
    who = await account_of(county, "of.two.counties", None, *grants)
    with stopped_at(FIRST):
        assert codes(await answered(county, EVALUATE, who, input=given)) == ["NOT_YOUR_SIDE"]


async def test_members_answers_are_one_without_names(county: Client) -> None:
    morning, day, _ = await today(county)

    async def says(who: str, side: str, **given: Any) -> Any:
        answer = await answered(county, EVALUATE, who, input={"themeDayId": day, "side": side, **given})
        assert codes(answer) == []
        return answer["themeDay"]["evaluations"]

    with stopped_at(morning + timedelta(days=1)):
        await says("secretary", "members", score=80, comment="乙")
        two = await says("member", "members", score=91, comment="丙")
        assert two == [{"by": "members", "label": "党员互评", "score": None, "comment": None, "count": 2}]
        await says("floating", "members", score=100, comment="甲")
        await says("secretary", "branch", comment="自评")
        # A second time replaces the first.
        last = await says("member", "members", score=60, comment="丁")
        await says("town", "superior", score=70)
    assert last == [
        {"by": "branch", "label": "支部自评", "score": None, "comment": "自评", "count": 1},
        {"by": "members", "label": "党员互评", "score": 80, "comment": "丁；乙；甲", "count": 3},
    ]
    # Who answered is on record, what he answered is not.
    audited = await rows("SELECT detail::text FROM audit_entry WHERE action = 'EVALUATE_THEME_DAY'")
    assert not [row for row in audited if "score" in row["detail"] or "甲" in row["detail"]]
    data = (await county.run("ThemeDay", "member", id=day))["themeDay"]
    assert [(one["by"], one["score"]) for one in data["evaluations"]] == [
        ("branch", None),
        ("members", 80),
        ("superior", 70),
    ]


UNSAID: dict[str, tuple[int, dict[str, Any], list[str]]] = {
    "a side that the county does not have": (0, {"side": "guests", "score": 1}, ["SIDE_UNKNOWN"]),
    "nothing": (0, {"side": "branch", "comment": " "}, ["EVALUATION_EMPTY"]),
    "over a hundred": (0, {"side": "branch", "score": 100.5}, ["SCORE_OUT_OF_BOUNDS"]),
    "below nought": (0, {"side": "branch", "score": -1}, ["SCORE_OUT_OF_BOUNDS"]),
    "a comment too long": (0, {"side": "branch", "comment": "长" * 401}, ["TEXT_TOO_LONG"]),
    "before the day": (-1, {"side": "branch", "score": 50}, ["TOO_EARLY"]),
}


@pytest.mark.parametrize(("days", "given", "expected"), UNSAID.values(), ids=UNSAID)
async def test_evaluations_that_are_not_kept(
    county: Client, days: int, given: dict[str, Any], expected: list[str]
) -> None:
    morning, day, _ = await today(county)
    with stopped_at(morning + timedelta(days=days)):
        answer = await answered(county, EVALUATE, "secretary", input={"themeDayId": day, **given})
    assert codes(answer) == expected
    assert await rows("SELECT 1 FROM theme_day_evaluation WHERE theme_day_id = $1", day) == []


async def test_problems_from_finding_to_resolution(county: Client) -> None:
    listing = (
        "query($county: ID!, $open: Boolean!, $late: Boolean!) { themeDayProblems(county: $county, first: 100, "
        "openOnly: $open, overdueOnly: $late) { edges { node { description overdue } } } }"
    )
    summary = (
        '{ county(code: "%s") { problemSummary(year: 2020) { aspectCount problemCount resolvedCount } } }'
    )
    await rows("DELETE FROM theme_day_problem")
    morning, day, _ = await today(county)
    found = []
    with stopped_at(morning):
        for aspect, due in (("学习", 5), ("学习", None), ("服务", 30)):
            given = {
                "themeDayId": day,
                "aspect": aspect,
                "description": f"{aspect}{due}",
                "responsible": "张三",
            }
            if due:
                given["dueOn"] = f"{morning + timedelta(days=due):%Y-%m-%d}"
            answer = await answered(county, RECORD_PROBLEM, "secretary", input=given)
            assert codes(answer) == []
            found.append(answer["problem"])
    assert (found[0]["foundOn"], found[0]["overdue"]) == (f"{morning:%Y-%m-%d}", False)
    later = morning + timedelta(days=6)

    async def listed(who: str, open: bool, late: bool) -> list[str]:
        page = await answered(county, listing, who, county=COUNTY, open=open, late=late)
        return sorted(edge["node"]["description"] for edge in page["edges"])

    with stopped_at(later):
        assert await listed("office", True, True) == ["学习5"]
        on = f"{later:%Y-%m-%d}"
        done = await answered(county, RESOLVE, "town", id=found[0]["id"], on=on, how="已补学")
        assert (done["problem"]["resolution"], done["problem"]["overdue"]) == ("已补学", False)
        again = await answered(county, RESOLVE, "town", id=found[0]["id"], on=on, how="x")
        assert codes(again) == ["ALREADY_RESOLVED"]
        assert await listed("auditor", True, False) == ["学习None", "服务30"]
        assert await listed("secretary", False, False) == ["学习5", "学习None", "服务30"]
        assert [await listed(who, False, False) for who in ("member", "app", f"office@{OTHER}")] == [[]] * 3
        counts = {"aspectCount": 2, "problemCount": 3, "resolvedCount": 1}
        for who, seen in {
            "office": counts,
            "auditor": counts,
            "secretary": counts,
            "member": None,
            "app": None,
        }.items():
            answer = await answered(county, summary % COUNTY, who)
            assert answer["problemSummary"] == seen, who
        text = "query($id: ID!) { themeDay(id: $id) { problems(first: 9) { totalCount } } }"
        listed_there = [(await answered(county, text, who, id=day))["problems"] for who in ("town", "member")]
        assert listed_there == [{"totalCount": 3}, {"totalCount": 0}]


async def test_problems_that_are_not_written(county: Client) -> None:
    morning, day, _ = await today(county)
    good = {"themeDayId": day, "aspect": "学习", "description": "x"}
    yesterday, tomorrow = (f"{morning + timedelta(days=days):%Y-%m-%d}" for days in (-1, 1))
    with stopped_at(morning - timedelta(days=1)):
        assert codes(await answered(county, RECORD_PROBLEM, "town", input=good)) == ["TOO_EARLY"]
    with stopped_at(morning):
        for given, expected in (
            ({"aspect": " "}, ["TEXT_REFUSED"]),
            ({"aspect": "长" * 61}, ["TEXT_REFUSED"]),
            ({"description": "长" * 401}, ["TEXT_REFUSED"]),
            ({"responsible": "长" * 121}, ["TEXT_REFUSED"]),
            ({"dueOn": yesterday}, ["DUE_IN_THE_PAST"]),
        ):
            assert codes(await answered(county, RECORD_PROBLEM, "town", input=good | given)) == expected, (
                given
            )
        assert await rows("SELECT 1 FROM theme_day_problem WHERE theme_day_id = $1", day) == []
        id = (await answered(county, RECORD_PROBLEM, "town", input=good))["problem"]["id"]
        for on, how, expected in (
            (yesterday, "x", ["DATE_REFUSED"]),
            (tomorrow, "x", ["DATE_REFUSED"]),
            (f"{morning:%Y-%m-%d}", "  ", ["TEXT_REFUSED"]),
            (f"{morning:%Y-%m-%d}", "长" * 401, ["TEXT_REFUSED"]),
        ):
            assert codes(await answered(county, RESOLVE, "town", id=id, on=on, how=how)) == expected, on
    assert await rows("SELECT 1 FROM theme_day_problem WHERE resolved_on IS NOT NULL AND id = $1", id) == []
