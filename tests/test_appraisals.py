"""The yearly appraisal: who may grade whom, what is found about the grades, and what the records say beforehand."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

import orjson
import pytest

from runtime.clock import CHINA, stopped_at
from runtime.identifiers import new_id
from tests.conftest import Client, Credentials
from tests.test_access import ACCOUNTS, contents, ids, members, rows, two_counties
from tests.test_statements import Watched, watched  # noqa: F401

NOW = datetime(2021, 2, 1, 9, tzinfo=CHINA)
LEADERS = {"office", "town", "secretary"}
_years = count(1950)
"""A year of its own for each test that writes grades."""

RECORD = """mutation ($input: RecordAppraisalsInput!) { answer: recordAppraisals(input: $input) {
  recorded organization { code appraisalSummary(year: 2020) { grade count } }
  findings { code severity message } refusals { code message citation } } }"""
SUMMARY = """query ($id: ID!, $year: Int!) { organization(id: $id) {
  appraisalSummary(year: $year) { grade count } } }"""
MEMBER = """query ($r: [_Any!]!) { _entities(representations: $r) { ... on Member { id
  appraisals { year grade decidedBy decidedOn organization { code } }
  appraisalBasis(year: 2020) { year themeDaysExpected themeDaysAttended attendanceRate completedHours requiredHours
    isExempt }
  } } }"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def graded(grades: dict[int, str], **more: Any) -> dict[str, Any]:
    """The input for members by their number in PEOPLE; 0 to 8 are at home in SY01001."""
    people = await members()
    return {
        "organizationId": (await ids("organization", "t.code"))["SY01001"],
        "year": next(_years),
        "decidedBy": "后秦湾村党支部委员会",
        "decidedOn": "2021-01-20",
        "grades": [{"memberId": people[number], "grade": grade} for number, grade in grades.items()],
        **more,
    }


async def act(county: Client, who: str | None, given: dict[str, Any]) -> Any:
    with stopped_at(NOW):
        answer = await county.query(RECORD, who, input=given)
    assert "errors" not in answer, answer
    return answer["data"]["answer"]


async def record(county: Client, grades: dict[int, str], who: str = "secretary", **more: Any) -> Any:
    return await act(county, who, await graded(grades, **more))


async def about(client: Client, number: int, who: str | None) -> Any:
    asked = [{"__typename": "Member", "id": (await members())[number]}]
    with stopped_at(NOW):
        return (await client.query(MEMBER, who, r=asked))["data"]["_entities"][0]


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in found]


async def test_grades_are_kept_and_read(county: Client) -> None:
    answer = await record(county, {0: "EXCELLENT", 1: "QUALIFIED", 2: "QUALIFIED"}, year=2020)
    assert answer == {
        "recorded": 3,
        "organization": {
            "code": "SY01001",
            "appraisalSummary": [{"grade": "EXCELLENT", "count": 1}, {"grade": "QUALIFIED", "count": 2}],
        },
        "findings": [],
        "refusals": [],
    }
    [grade] = (await about(county, 0, "office"))["appraisals"]
    assert grade == {
        "year": 2020,
        "grade": "EXCELLENT",
        "decidedBy": "后秦湾村党支部委员会",
        "decidedOn": "2021-01-20",
        "organization": {"code": "SY01001"},
    }


@pytest.mark.parametrize(("excellent", "found"), [(1, []), (2, ["TOO_MANY_EXCELLENT"])])
async def test_more_than_a_third_excellent_is_found_and_kept(
    county: Client, excellent: int, found: list[str]
) -> None:
    grades = {number: "EXCELLENT" if number < excellent else "QUALIFIED" for number in range(5)}
    answer = await record(county, grades)
    assert (answer["recorded"], codes(answer["findings"])) == (5, found)


async def test_the_share_is_of_all_whom_the_branch_graded(county: Client) -> None:
    """Whoever records in two goes is judged by both: three of nine are a third, four are more."""
    year = next(_years)
    first = await record(county, {0: "EXCELLENT"}, year=year)
    assert codes(first["findings"]) == ["TOO_MANY_EXCELLENT"]
    rest = await record(
        county, dict.fromkeys((1, 2), "EXCELLENT") | dict.fromkeys(range(3, 9), "QUALIFIED"), year=year
    )
    assert rest["findings"] == []
    [finding] = (await record(county, {3: "EXCELLENT"}, year=year))["findings"]
    assert (finding["code"], finding["severity"]) == ("TOO_MANY_EXCELLENT", "GENERALLY")
    assert "评议9人，评定优秀4人" in finding["message"]


async def test_a_grade_is_replaced_and_the_audit_keeps_it(county: Client) -> None:
    given = await graded({0: "EXCELLENT", 1: "QUALIFIED", 2: "QUALIFIED"})
    assert (await act(county, "secretary", given))["recorded"] == 3
    assert (await act(county, "office", given))["recorded"] == 0  # nothing new
    given["grades"][0]["grade"] = "UNQUALIFIED"
    assert (await act(county, "town", given))["recorded"] == 1
    audit = await rows(
        "SELECT detail FROM audit_entry WHERE action = 'RECORD_APPRAISALS' AND (detail->>'year')::int = $1 "
        "ORDER BY sequence",
        given["year"],
    )
    first, second = (orjson.loads(one["detail"]) for one in audit)
    assert (first["recorded"], first["replaced"]) == (3, [])
    assert second["replaced"] == [
        {
            "member_id": given["grades"][0]["memberId"],
            "grade": "EXCELLENT",
            "decided_by": given["decidedBy"],
            "decided_on": "2021-01-20",
        }
    ]


async def test_two_who_grade_at_once_leave_one_grade_each(county: Client) -> None:
    year = next(_years)
    both = [
        await graded(dict.fromkeys((0, 1, 2), grade), year=year) for grade in ("QUALIFIED", "UNQUALIFIED")
    ]
    with stopped_at(NOW):
        answers = await asyncio.gather(
            *(county.query(RECORD, who, input=given) for given in both for who in ("office", "town"))
        )
    assert [answer["data"]["answer"]["refusals"] for answer in answers] == [[]] * 4
    kept = await rows("SELECT grade FROM appraisal WHERE year = $1", year)
    assert (len(kept), len({row["grade"] for row in kept})) == (3, 1)


REFUSED: dict[str, tuple[dict[int, str], dict[str, Any], list[str]]] = {
    "nobody": ({}, {}, ["TOO_MANY_GRADES"]),
    "a member of another branch": ({0: "QUALIFIED", 9: "QUALIFIED"}, {}, ["MEMBER_NOT_FOUND"]),
    "no body": ({0: "QUALIFIED"}, {"decidedBy": " "}, ["BODY_MISSING"]),
    "a body's name too long": ({0: "QUALIFIED"}, {"decidedBy": "长" * 201}, ["BODY_MISSING"]),
    "tomorrow": ({0: "QUALIFIED"}, {"decidedOn": "2021-02-02"}, ["IN_THE_FUTURE"]),
    "a year that has not begun": ({0: "QUALIFIED"}, {"year": 2022}, ["YEAR_NOT_BEGUN"]),
    "a year before the party": ({0: "QUALIFIED"}, {"year": 1920}, ["YEAR_NOT_BEGUN"]),
    "before they were full members": (
        {0: "QUALIFIED"}, {"year": 2002, "decidedOn": "2002-06-30"}, ["PROBATIONARY_NOT_GRADED"]),
    "all at once": ({9: "QUALIFIED"}, {"decidedBy": "", "decidedOn": "2021-02-02"},
        ["BODY_MISSING", "IN_THE_FUTURE", "MEMBER_NOT_FOUND"]),
}  # fmt: skip


@pytest.mark.parametrize(("grades", "more", "expected"), REFUSED.values(), ids=REFUSED)
async def test_all_or_none_are_kept(
    county: Client, grades: dict[int, str], more: dict[str, Any], expected: list[str]
) -> None:
    before = await rows("SELECT count(*) FROM appraisal")
    answer = await record(county, grades, **more)
    assert (answer["recorded"], answer["organization"], codes(answer["refusals"])) == (0, None, expected)
    assert await rows("SELECT count(*) FROM appraisal") == before


async def test_how_many_at_once(county: Client) -> None:
    given = await graded({0: "QUALIFIED"})
    given["grades"] += [{"memberId": str(uuid4()), "grade": "QUALIFIED"} for _ in range(500)]
    assert codes((await act(county, "office", given))["refusals"]) == ["TOO_MANY_GRADES", "MEMBER_NOT_FOUND"]
    twice = await graded({0: "QUALIFIED"})
    twice["grades"].append({"memberId": twice["grades"][0]["memberId"].upper(), "grade": "EXCELLENT"})
    assert codes((await act(county, "office", twice))["refusals"]) == ["MEMBER_TWICE"]


async def test_probationary_members_take_part_and_are_not_graded(county: Client) -> None:
    one = (await members())[5]
    await rows("UPDATE member SET standing = 'PROBATIONARY', confirmed_on = NULL WHERE id = $1", one)
    try:
        answer = await record(county, {0: "QUALIFIED", 5: "QUALIFIED"})
    finally:
        await rows("UPDATE member SET standing = 'FULL', confirmed_on = '2002-07-01' WHERE id = $1", one)
    [refusal] = answer["refusals"]
    assert refusal["code"] == "PROBATIONARY_NOT_GRADED"
    assert refusal["message"].startswith("解放评定时是预备党员") or refusal["message"].startswith("解 放")
    assert refusal["citation"]


async def test_a_guest_is_graded_where_he_has_that_right_and_by_one_of_the_two(county: Client) -> None:
    """在流入地或者流出地参加民主评议: 党员教育管理工作条例 第三十二条."""
    guest = (await members())[9]  # at home in SY01002
    year = next(_years)
    attachment = new_id()
    await rows(
        "INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on) "
        "SELECT $1, county_id, $2, id, 'AWAY', ARRAY['STUDY'], '2020-01-01' FROM organization WHERE id = $3",
        attachment,
        guest,
        (await graded({}))["organizationId"],
    )
    try:
        answer = await record(county, {9: "QUALIFIED"}, year=year)
        assert codes(answer["refusals"]) == ["MEMBER_NOT_FOUND"]
        await rows("UPDATE attachment SET rights = ARRAY['STUDY', 'APPRAISAL'] WHERE id = $1", attachment)
        assert (await record(county, {9: "QUALIFIED"}, year=year))["recorded"] == 1
        home = (await ids("organization", "t.code"))["SY01002"]
        answer = await record(county, {9: "EXCELLENT"}, "office", year=year, organizationId=home)
        assert codes(answer["refusals"]) == ["GRADED_ELSEWHERE"]
        await rows("UPDATE attachment SET ended_on = '2021-01-25' WHERE id = $1", attachment)
        # Gone again; what was wrong can still be corrected by who graded him.
        assert (await record(county, {9: "EXCELLENT"}, year=year))["recorded"] == 1
        answer = await record(county, {9: "EXCELLENT"})
        assert codes(answer["refusals"]) == ["MEMBER_NOT_FOUND"]
    finally:
        await rows("DELETE FROM attachment WHERE id = $1", attachment)


async def test_who_may_not_act_changes_nothing(county: Client) -> None:
    given = await graded({0: "QUALIFIED"})
    before = await contents()
    for who in ACCOUNTS:
        if who in LEADERS:
            continue
        answer = await act(county, who, given)
        assert codes(answer["refusals"]) == ["ORGANIZATION_NOT_FOUND"], who
        assert answer == await act(county, who, {**given, "organizationId": str(uuid4())}), who
    assert await contents() == before
    for year, who in enumerate(sorted(LEADERS), 1930):
        assert (await act(county, who, {**given, "year": year}))["recorded"] == 1, who


async def test_who_reads_grades(county: Client) -> None:
    """A grade is for the member and who leads him; how many there were of each, for who leads the branch."""
    given = await graded({0: "EXCELLENT", 1: "QUALIFIED", 2: "QUALIFIED"})
    await act(county, "secretary", given)
    for who in ACCOUNTS:
        summary = (await county.query(SUMMARY, who, id=given["organizationId"], year=given["year"]))["data"]
        seen = (summary["organization"] or {}).get("appraisalSummary")
        assert bool(seen) == (who in LEADERS), who
        found = await about(county, 0, who)
        assert bool(found and found["appraisals"]) == (who in LEADERS), who
        assert bool(found and found["appraisalBasis"]) == (who in LEADERS), who


async def test_a_member_reads_his_own(county: Client) -> None:
    own = (await rows("SELECT member_id FROM account WHERE username = 'member'"))[0]["member_id"]
    number = (await members()).index(str(own))
    await record(county, {number: "QUALIFIED"})
    found = await about(county, number, "member")
    assert found["appraisals"]
    assert found["appraisalBasis"] is not None


async def test_what_the_records_say(county: Client) -> None:
    """One of the branch's two theme days and the course of the office's file; nothing was typed for it."""
    basis = (await about(county, 0, "secretary"))["appraisalBasis"]
    assert basis == {
        "year": 2020,
        "themeDaysExpected": 2,
        "themeDaysAttended": 1,
        "attendanceRate": 0.5,
        "completedHours": 40,
        "requiredHours": 56,
        "isExempt": False,
    }
    assert (await about(county, 1, "secretary"))["appraisalBasis"]["requiredHours"] == 32


async def test_nothing_is_expected_of_who_is_exempt(county: Client) -> None:
    one = (await members())[1]
    await rows(
        "INSERT INTO exemption (id, county_id, member_id, ground, began_on, ended_on, approved_by) "
        "SELECT $1, county_id, id, 'ILL', '2020-02-10', '2020-02-10', '镇党委' FROM member WHERE id = $2",
        new_id(),
        one,
    )
    try:
        half = (await about(county, 1, "secretary"))["appraisalBasis"]
        await rows("UPDATE exemption SET began_on = '2019-01-01', ended_on = NULL WHERE member_id = $1", one)
        none = (await about(county, 1, "secretary"))["appraisalBasis"]
    finally:
        await rows("DELETE FROM exemption WHERE member_id = $1", one)
    assert [half[name] for name in ("themeDaysExpected", "attendanceRate", "isExempt")] == [1, 1.0, False]
    assert [none[name] for name in ("themeDaysExpected", "attendanceRate", "isExempt")] == [0, None, True]


async def test_what_is_to_come_is_not_expected(county: Client) -> None:
    with stopped_at(NOW.replace(year=2020)):
        asked = [{"__typename": "Member", "id": (await members())[0]}]
        found = (await county.query(MEMBER, "secretary", r=asked))["data"]["_entities"][0]
    assert found["appraisalBasis"]["themeDaysExpected"] == 1


async def test_a_members_year_is_one_statement(watched: Watched) -> None:  # noqa: F811
    text = """query ($id: ID!) { organization(id: $id) { appraisalSummary(year: 2020) { count } members(first: 9) {
      edges { node { appraisals { grade } appraisalBasis(year: 2020) { attendanceRate } } } } } }"""
    await watched.client.query(text, "secretary", id=watched.ids["<branch>"])
    await watched.reset()
    answer = await watched.client.query(text, "secretary", id=watched.ids["<branch>"])
    assert "errors" not in answer
    assert [calls for _, calls in await watched.executed()] == [1]
