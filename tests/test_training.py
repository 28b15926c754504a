"""Training: a course for many members at once, all or none, and what the year comes to."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import OTHER, contents, ids, members, rows, two_counties

NOON = datetime(2020, 11, 2, 12, tzinfo=CHINA)
COURSE = {"title": "农村党员冬季轮训", "hours": 8, "form": "集中培训"}
YEAR = """
query($all: [_Any!]!, $year: Int!) { _entities(representations: $all) { ... on Member { trainingYear(year: $year) {
  requiredHours completedHours shortfallHours met findings { code severity citation rulePack }
  records(first: 50) { totalCount edges { node { hours form completedOn course { title } } } } } } } }
"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def record(county: Client, who: str = "office", on: str = "2020-11-01", **given: Any) -> Any:
    with stopped_at(NOON):
        return (await county.run("RecordTraining", who, input={"completedOn": on, **given}))["recordTraining"]


async def year_of(county: Client, member: str, year: int = 2020, who: str = "office") -> Any:
    asked = [{"__typename": "Member", "id": member}]
    return (await county.query(YEAR, who, all=asked, year=year))["data"]["_entities"][0]["trainingYear"]


async def test_a_new_course_for_many_then_again_for_more(county: Client) -> None:
    people = await members()
    first = await record(county, newCourse=COURSE, memberIds=people[1:4])
    assert (first["recorded"], first["refusals"]) == (3, [])
    assert (first["course"]["title"], first["course"]["hours"]) == (COURSE["title"], 8)
    # The same day again: who has it keeps the first record. A course of that title is not made twice.
    again = await record(county, "secretary", newCourse=COURSE, memberIds=people[1:6])
    assert (again["recorded"], again["course"]["id"]) == (2, first["course"]["id"])
    by_id = await record(county, "town", "2020-11-02", courseId=first["course"]["id"], memberIds=people)
    assert by_id["recorded"] == 12
    third = await year_of(county, people[2])
    assert (third["completedHours"], third["records"]["totalCount"]) == (40 + 8 + 8, 3)
    newest = third["records"]["edges"][0]["node"]
    assert (newest["completedOn"], newest["form"], newest["course"]["title"]) == (
        "2020-11-02",
        "集中培训",
        COURSE["title"],
    )


async def test_a_member_named_twice_is_recorded_once(county: Client) -> None:
    people = await members()
    answer = await record(
        county, newCourse=COURSE | {"title": "重名"}, memberIds=[people[1]] * 5 + [people[1].upper()]
    )
    assert (answer["recorded"], answer["refusals"]) == (1, [])


async def test_all_members_of_an_organization_at_once(county: Client) -> None:
    branch = (await ids("organization", "t.code"))["SY01001"]
    new: dict[str, Any] = {"newCourse": COURSE | {"title": "全体党员"}}
    first = await record(county, "secretary", organizationId=branch, **new)
    assert (first["recorded"], first["refusals"]) == (9, [])
    kept = await rows(
        "SELECT r.member_id FROM training_record r JOIN course c ON c.id = r.course_id WHERE c.title = '全体党员'"
    )
    assert {str(one["member_id"]) for one in kept} == set((await members())[:9])
    assert (await record(county, organizationId=branch, **new))["recorded"] == 0


async def test_the_time_really_spent_is_kept_of_whom_it_is_known(county: Client) -> None:
    people = (await members())[6:9]
    before = [(await year_of(county, one))["completedHours"] for one in people]
    spent = [{"memberId": people[0].upper(), "hours": 3.5}, {"memberId": people[1], "hours": 20}]
    new = COURSE | {"title": "实际学时"}
    assert (await record(county, newCourse=new, memberIds=people, hoursSpent=spent))["recorded"] == 3
    after = [(await year_of(county, one))["completedHours"] for one in people]
    assert [new - old for new, old in zip(after, before, strict=True)] == [3.5, 8, 8]


async def test_the_days_of_a_course_make_its_hours(county: Client) -> None:
    people = (await members())[10:11]
    given: dict[str, Any] = {
        "memberIds": people,
        "startedOn": "2020-10-28",
        "newCourse": COURSE | {"title": "四天班"},
    }
    assert (await record(county, days=3, halfDays=1, **given))["recorded"] == 1
    edges = (await year_of(county, people[0]))["records"]["edges"]
    assert [one["node"]["hours"] for one in edges if one["node"]["course"]["title"] == "四天班"] == [28]


async def refused_cases() -> dict[str, tuple[str, dict[str, Any], list[str]]]:
    people, foreign = await members(), await members(OTHER)
    own = str((await rows("SELECT member_id FROM account WHERE username = 'member'"))[0]["member_id"])
    course = str(
        (
            await rows(
                "SELECT id FROM course WHERE county_id = (SELECT id FROM county WHERE code = $1)", OTHER
            )
        )[0]["id"]
    )
    branch = await ids("organization", "t.code")
    some = {"memberIds": people[:2]}
    new = {"newCourse": COURSE | {"title": "不会有的课"}}
    return {
        "one foreign member": ("office", {**new, "memberIds": [*people, foreign[0]]}, ["MEMBER_NOT_FOUND"]),
        # A count of names against a count of rows would take a double for the missing one.
        "doubles hide none": ("office", {**new, "memberIds": [people[0]] * 3 + foreign[:1]}, ["MEMBER_NOT_FOUND"]),
        "another branch": ("secretary", {**new, "memberIds": [people[0], people[9]]}, ["MEMBER_NOT_FOUND"]),
        "oneself": ("member", {**new, "memberIds": [own]}, ["MEMBER_NOT_FOUND"]),
        "nobody of that id": ("office", {**new, "memberIds": [str(uuid4()), "x"]}, ["MEMBER_NOT_FOUND"]),
        "nobody at all": ("office", {**new, "memberIds": []}, ["TOO_MANY_MEMBERS"]),
        "too many": ("office", {**new, "memberIds": people * 50}, ["TOO_MANY_MEMBERS"]),
        "no course": ("office", some, ["COURSE_MISSING"]),
        "two courses": ("office", {**some, **new, "courseId": str(uuid4())}, ["COURSE_MISSING"]),
        "no such course": ("office", {**some, "courseId": str(uuid4())}, ["COURSE_NOT_FOUND"]),
        "another county's course": ("office", {**some, "courseId": course}, ["COURSE_NOT_FOUND"]),
        "a course without a name": ("office", {**some, "newCourse": COURSE | {"title": " "}}, ["COURSE_UNNAMED"]),
        "a title too long": ("office", {**some, "newCourse": COURSE | {"title": "课" * 121}}, ["TEXT_TOO_LONG"]),
        "a form too long": ("office", {**some, "newCourse": COURSE | {"form": "式" * 31}}, ["TEXT_TOO_LONG"]),
        "no hours": ("office", {**some, "newCourse": COURSE | {"hours": 0}}, ["HOURS_OUT_OF_BOUNDS"]),
        "too many hours": ("office", {**some, "newCourse": COURSE | {"hours": 1000.5}}, ["HOURS_OUT_OF_BOUNDS"]),
        "tomorrow": ("office", {**some, **new, "on": "2020-11-03"}, ["IN_THE_FUTURE"]),
        "backwards": ("office", {**some, **new, "startedOn": "2020-11-02"}, ["DATES_OUT_OF_ORDER"]),
        "more days than there are": ("office", {**some, **new, "days": 1, "halfDays": 1}, ["DAYS_OUT_OF_BOUNDS"]),
        "days below nothing": ("office", {**some, **new, "days": -1}, ["DAYS_OUT_OF_BOUNDS"]),
        "named twice": ("office", {**some, **new, "organizationId": branch["SY01001"]}, ["MEMBERS_NAMED_TWICE"]),
        "another branch's all": (
            "secretary", {**new, "organizationId": branch["SY01002"]}, ["ORGANIZATION_NOT_FOUND"]
        ),
        "nobody's home": ("office", {**new, "organizationId": branch["SY"]}, ["TOO_MANY_MEMBERS"]),
        "no organization": ("office", {**new, "organizationId": "x"}, ["ORGANIZATION_NOT_FOUND"]),
        "time of a stranger": (
            "office", {**some, **new, "hoursSpent": [{"memberId": people[5], "hours": 1}]}, ["NOT_AMONG_THE_MEMBERS"]
        ),
        "less than no time": (
            "office", {**some, **new, "hoursSpent": [{"memberId": people[0], "hours": -1}]}, ["HOURS_OUT_OF_BOUNDS"]
        ),
    }  # fmt: skip


async def test_what_is_refused_keeps_nothing(county: Client) -> None:
    cases = await refused_cases()
    before = await contents()
    for name, (who, given, codes) in cases.items():
        answer = await record(county, who, **given)
        assert [refusal["code"] for refusal in answer["refusals"]] == codes, name
        assert (answer["recorded"], answer["course"]) == (0, None), name
    assert await contents() == before


async def test_many_who_record_the_same_new_course_at_once(county: Client) -> None:
    people = await members()
    orders = [people, people[::-1], people[3:] + people[:3]] * 3
    given = {"completedOn": "2020-11-01", "newCourse": COURSE | {"title": "同时登记"}}
    with stopped_at(NOON):
        data = await asyncio.gather(
            *(county.run("RecordTraining", "office", input={**given, "memberIds": order}) for order in orders)
        )
    answers = [one["recordTraining"] for one in data]
    assert {str(answer["refusals"]) for answer in answers} == {"[]"}
    assert len({answer["course"]["id"] for answer in answers}) == 1
    assert sum(answer["recorded"] for answer in answers) == len(people)


@pytest.mark.parametrize(
    ("number", "year", "required", "shortfall", "findings"),
    [
        (11, 2020, 32, 0, []),
        (11, 2019, 32, 32, ["TRAINING_HOURS_SHORT"]),
        (9, 2020, 56, 16, ["OFFICER_TRAINING_HOURS_SHORT"]),  # a secretary
    ],
)
async def test_what_the_year_comes_to(
    county: Client, number: int, year: int, required: int, shortfall: int, findings: list[str]
) -> None:
    with stopped_at(NOON):
        found = await year_of(county, (await members(OTHER))[number], year, f"office@{OTHER}")
    assert (found["requiredHours"], found["shortfallHours"]) == (required, shortfall)
    assert found["met"] == (shortfall == 0)
    assert {finding["code"] for finding in found["findings"]} >= set(findings)
    assert bool(found["findings"]) == bool(findings)


async def test_members_below_their_hours(county: Client) -> None:
    data = await county.run("MembersBelowTrainingHours", "office", county=COUNTY, year=2019, first=100)
    assert data["members"]["totalCount"] == 12
    data = await county.run(
        "MembersBelowTrainingHours", f"office@{OTHER}", county=OTHER, year=2020, first=100
    )
    assert {edge["node"]["trainingYear"]["shortfallHours"] for edge in data["members"]["edges"]} == {16}
    assert data["members"]["totalCount"] == 2  # the two secretaries


@pytest.mark.parametrize(
    ("year", "codes"), [(0, ["BAD_VALUE"]), (2**31 - 1, ["BAD_VALUE"]), (-5, []), (1, []), (12_000, [])]
)
async def test_a_year_that_no_calendar_has(county: Client, year: int, codes: list[str]) -> None:
    member = (await members())[0]
    answer = await county.query(YEAR, "office", all=[{"__typename": "Member", "id": member}], year=year)
    assert [error["extensions"]["code"] for error in answer.get("errors", [])] == codes
