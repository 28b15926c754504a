"""Courses and their sessions: days are converted to hours by the county's numbers, and never typed by hand."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import ACCOUNTS, OTHER, contents, ids, members, rows, two_counties
from tests.test_training import COURSE, NOON, record, year_of

SCHEDULE = """mutation($input: ScheduleCourseInput!) { scheduleCourse(input: $input) {
  session { id startedOn endedOn place days halfDays hours course { title hours } organizer { code } recordedCount }
  refusals { code message } } }"""
COURSES = """query($county: ID!, $search: String, $from: Date) {
  courses(county: $county, search: $search, first: 10) { totalCount edges { node { title sessions(first: 5) {
    edges { node { startedOn } } } } } }
  courseSessions(county: $county, from: $from, first: 10) { edges { node { startedOn course { title } } } } }"""
DAYS = {"startedOn": "2020-10-12", "endedOn": "2020-10-14"}
MAY = {"office", "town", "secretary"}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def schedule(county: Client, who: str | None = "office", **given: Any) -> Any:
    given = {**DAYS, **({} if "courseId" in given else {"newCourse": COURSE}), **given}
    with stopped_at(NOON):
        answer = await county.query(SCHEDULE, who, input=given)
    assert "errors" not in answer, answer
    return answer["data"]["scheduleCourse"]


async def session(county: Client, **given: Any) -> Any:
    answer = await schedule(county, **given)
    assert answer["refusals"] == []
    return answer["session"]


@pytest.mark.parametrize(
    ("days", "half_days", "hours"),
    [(0, 0, 8), (0, 1, 4), (1, 0, 8), (2.5, 1, 24), (3, 0, 24)],
)
async def test_days_make_hours(county: Client, days: float, half_days: int, hours: float) -> None:
    organizer = (await ids("organization", "t.code"))["SY01"]
    planned = await session(county, days=days, halfDays=half_days, place=" 党校 ", organizerId=organizer)
    assert (planned["hours"], planned["place"], planned["organizer"]["code"]) == (hours, "党校", "SY01")
    assert planned["course"] == {"title": COURSE["title"], "hours": 8}


async def test_a_record_of_a_session_takes_its_course_days_and_hours(county: Client) -> None:
    people = await members()
    held = await session(county, newCourse=COURSE | {"title": "轮训"}, days=2, halfDays=1)
    one = await record(county, on="2020-10-14", sessionId=held["id"], memberIds=people[3:5])
    assert (one["recorded"], one["course"]["title"]) == (2, "轮训")
    early = await record(
        county, on="2020-10-13", sessionId=held["id"], memberIds=people[5:6], days=1, halfDays=1
    )
    assert (early["recorded"], early["refusals"]) == (1, [])
    kept = await rows(
        "SELECT hours, started_on::text, completed_on::text FROM training_record WHERE session_id = $1 "
        "ORDER BY completed_on",
        held["id"],
    )
    assert [tuple(one.values()) for one in kept] == [
        (12, "2020-10-12", "2020-10-13"),
        *[(20, "2020-10-12", "2020-10-14")] * 2,
    ]
    assert (await year_of(county, people[4]))["completedHours"] == 40 + 20


async def test_a_session_over_the_years_end(county: Client) -> None:
    member = (await members())[6]
    held = await session(
        county,
        newCourse=COURSE | {"title": "跨年班"},
        startedOn="2019-12-31",
        endedOn="2020-01-03",
        days=4,
    )
    assert (await record(county, on="2020-01-03", sessionId=held["id"], memberIds=[member]))["recorded"] == 1
    assert (await year_of(county, member, 2019))["completedHours"] == 8
    assert (await year_of(county, member, 2020))["completedHours"] == 40 + 24


async def test_the_lists_of_courses_and_sessions(county: Client) -> None:
    await session(
        county, newCourse=COURSE | {"title": "ＡＢ 找得到"}, startedOn="2031-01-01", endedOn="2031-01-02"
    )
    with stopped_at(NOON):
        answer = await county.query(COURSES, "member", county=COUNTY, search="找得", **{"from": "2031-01-01"})
        none = await county.query(COURSES, f"office@{OTHER}", county=COUNTY, search="找得")
        all_of = await county.query(COURSES, "office", county=COUNTY)
    (found,) = answer["data"]["courses"]["edges"]
    assert found["node"]["sessions"]["edges"] == [{"node": {"startedOn": "2031-01-01"}}]
    assert [edge["node"]["startedOn"] for edge in answer["data"]["courseSessions"]["edges"]] == ["2031-01-01"]
    assert none["data"]["courses"]["totalCount"] == 0
    days = [edge["node"]["startedOn"] for edge in all_of["data"]["courseSessions"]["edges"]]
    assert days == sorted(days)
    assert len(days) > 1


async def test_who_may_schedule_a_course(county: Client) -> None:
    before = await contents()
    for who in ACCOUNTS:
        if who not in MAY | {f"office@{OTHER}"}:
            answer = await schedule(county, who, newCourse=COURSE | {"title": "不会有的课"})
            assert [one["code"] for one in answer["refusals"]] == ["NOT_ALLOWED"], who
            assert answer["session"] is None
    assert await contents() == before
    for who in MAY:
        assert (await schedule(county, who))["refusals"] == [], who


async def refused_plans() -> dict[str, tuple[str, dict[str, Any], list[str]]]:
    code = await ids("organization", "t.code")
    foreign = await ids("organization", "t.code", OTHER)
    courses = await ids("course", "t.title", OTHER)
    new = COURSE | {"title": "不会有的课"}
    return {
        "no such course": ("office", {"courseId": str(uuid4())}, ["COURSE_NOT_FOUND"]),
        "another county's course": ("office", {"courseId": next(iter(courses.values()))}, ["COURSE_NOT_FOUND"]),
        "two courses": ("office", {"courseId": str(uuid4()), "newCourse": new}, ["COURSE_MISSING"]),
        "no name": ("office", {"newCourse": new | {"title": " "}}, ["COURSE_UNNAMED"]),
        "no hours": ("office", {"newCourse": new | {"hours": 0}}, ["HOURS_OUT_OF_BOUNDS"]),
        "a long place": ("office", {"newCourse": new, "place": "地" * 121}, ["TEXT_TOO_LONG"]),
        "backwards": ("office", {"newCourse": new, "endedOn": "2020-10-11"}, ["DATES_OUT_OF_ORDER"]),
        "more days than there are": ("office", {"newCourse": new, "days": 3, "halfDays": 1}, ["DAYS_OUT_OF_BOUNDS"]),
        "days below nothing": ("office", {"newCourse": new, "days": -1}, ["DAYS_OUT_OF_BOUNDS"]),
        "half days below nothing": ("office", {"newCourse": new, "halfDays": -1}, ["DAYS_OUT_OF_BOUNDS"]),
        "a foreign organizer": ("office", {"newCourse": new, "organizerId": foreign["SY"]}, ["ORGANIZATION_NOT_FOUND"]),
        "another branch": ("secretary", {"newCourse": new, "organizerId": code["SY01002"]}, ["ORGANIZATION_NOT_FOUND"]),
    }  # fmt: skip


async def test_what_cannot_be_scheduled_keeps_nothing(county: Client) -> None:
    cases = await refused_plans()
    before = await contents()
    for name, (who, given, codes) in cases.items():
        answer = await schedule(county, who, **given)
        assert [one["code"] for one in answer["refusals"]] == codes, name
    assert await contents() == before


async def test_what_of_a_session_cannot_be_recorded(county: Client) -> None:
    people = await members()
    held = await session(county, newCourse=COURSE | {"title": "不登记"}, days=3)
    long = await session(
        county, newCourse=COURSE | {"title": "太长"}, startedOn="2020-01-01", endedOn="2020-10-31", days=200
    )
    there = await session_elsewhere(county)
    some = {"memberIds": people[:2], "sessionId": held["id"], "on": "2020-10-14"}
    cases: dict[str, tuple[dict[str, Any], list[str]]] = {
        "a course beside it": ({**some, "newCourse": COURSE}, ["COURSE_MISSING"]),
        "no such session": ({**some, "sessionId": str(uuid4())}, ["SESSION_NOT_FOUND"]),
        "another county's session": ({**some, "sessionId": there}, ["SESSION_NOT_FOUND"]),
        "after its end": ({**some, "on": "2020-10-15"}, ["OUTSIDE_THE_SESSION"]),
        "before its beginning": ({**some, "startedOn": "2020-10-11"}, ["OUTSIDE_THE_SESSION"]),
        "backwards": ({**some, "on": "2020-10-13", "startedOn": "2020-10-14"}, ["OUTSIDE_THE_SESSION"]),
        "left early, and all days": ({**some, "on": "2020-10-13"}, ["DAYS_OUT_OF_BOUNDS"]),
        "more hours than a record holds": (
            {**some, "sessionId": long["id"], "on": "2020-10-31"},
            ["HOURS_OUT_OF_BOUNDS"],
        ),
    }
    before = await contents()
    for name, (given, codes) in cases.items():
        answer = await record(county, **given)
        assert [one["code"] for one in answer["refusals"]] == codes, name
    assert await contents() == before


async def session_elsewhere(county: Client) -> str:
    answer = await schedule(county, f"office@{OTHER}", newCourse=COURSE | {"title": "外县班"})
    return str(answer["session"]["id"])
