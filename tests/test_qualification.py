"""The quarterly check of delegates: the packs propose, the agencies answer, a named body decides."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.keys import hash_of
from tests.test_access import OTHER, rows, two_counties
from tests.workbooks import PEOPLE

QUARTER = "2020Q4"
CLOSING = datetime(2020, 12, 28, 10, tzinfo=CHINA)
BODY = "中共试验县委员会"
NO, YES = "OBJECTION", "NO_OBJECTION"

# Delegate by his number in PEOPLE -> the two agencies' answers, discipline first; what the packs propose.
ANSWERS: dict[int, tuple[tuple[str, str] | None, tuple[str, str] | None, str, list[str]]] = {
    0: ((YES, ""), (YES, ""), "QUALIFIED", []),
    1: ((NO, "受到开除党籍处分"), (YES, ""), "TERMINATION_PROPOSED", ["DELEGATE_DISCIPLINED"]),
    2: ((NO, "受到党内警告处分"), (YES, ""), "QUALIFIED", ["DELEGATE_LIGHTER_SANCTION"]),
    3: ((YES, ""), (NO, "因涉嫌犯罪被立案侦查"), "SUSPENSION_PROPOSED", ["DELEGATE_UNDER_INVESTIGATION"]),
    4: ((NO, "群众有反映"), (YES, ""), "SUSPENSION_PROPOSED", ["OBJECTION_UNCLASSIFIED"]),
    5: ((YES, ""), None, "AWAITING_CLEARANCE", []),
    6: ((NO, "受到留党察看处分"), None, "AWAITING_CLEARANCE", ["DELEGATE_DISCIPLINED"]),
    9: ((YES, ""), (YES, ""), "QUALIFIED", []),
    11: ((YES, ""), (YES, ""), "SUSPENSION_PROPOSED", ["DELEGATE_LEFT_AREA"]),
}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """A county whose congress has nine delegates, and what each of them has done."""
    async with two_counties(server, small_template, tmp_path_factory) as client:
        for number in range(7):
            await rows(
                "INSERT INTO delegate (id, county_id, member_id, level, congress, elected_on, status) "
                "SELECT gen_random_uuid(), m.county_id, m.id, d.level, d.congress, d.elected_on, 'SERVING' "
                "FROM member m, (SELECT * FROM delegate LIMIT 1) d "
                "WHERE m.id_number_hash = $1 AND m.county_id = (SELECT id FROM county WHERE code = $2)",
                hash_of(PEOPLE[number].id_number),
                COUNTY,
            )
        yield client


async def opened(county: Client, quarter: str = QUARTER, who: str = "office") -> Any:
    code = OTHER if "@" in who else COUNTY
    answer = await county.run("OpenQualificationReview", who, county=code, quarter=quarter)
    return answer["openQualificationReview"]


async def check_of(county: Client, number: int, quarter: str = QUARTER) -> Any:
    answer = await county.run("QualificationReview", "office", county=COUNTY, quarter=quarter, first=100)
    for edge in answer["qualificationReview"]["checks"]["edges"]:
        if edge["node"]["delegate"]["member"]["id"] == await member(number):
            return edge["node"]
    raise AssertionError(number)


async def member(number: int) -> str:
    sql = "SELECT m.id FROM member m JOIN county c ON c.id = m.county_id WHERE m.id_number_hash = $1 AND c.code = $2"
    return str((await rows(sql, hash_of(PEOPLE[number].id_number), COUNTY))[0]["id"])


async def asked(number: int, agency: str, quarter: str = QUARTER) -> str:
    sql = (
        "SELECT c.id FROM clearance c JOIN delegate d ON d.id = c.delegate_id "
        "WHERE d.member_id = $1 AND c.agency = $2 AND c.quarter = $3"
    )
    return str((await rows(sql, await member(number), agency, quarter))[0]["id"])


async def submit(
    county: Client, number: int, who: str, opinion: str, reason: str, quarter: str = QUARTER
) -> Any:
    agency = "DISCIPLINE_INSPECTION" if who.startswith("discipline") else "PUBLIC_SECURITY"
    given = {"clearanceId": await asked(number, agency, quarter), "opinion": opinion, "reason": reason}
    return (await county.run("SubmitClearance", who, input=given))["submitClearance"]


async def decide(county: Client, check: str, outcome: str, who: str = "office", **given: str) -> Any:
    full = {"checkId": check, "outcome": outcome, "reason": "情况属实", "decidedBy": BODY, **given}
    return (await county.run("DecideQualification", who, input=full))["decideQualification"]


def codes(answer: Any) -> list[str]:
    return [refusal["code"] for refusal in answer["refusals"]]


async def everything_kept() -> list[dict[str, Any]]:
    tables = (
        "qualification_review",
        "qualification_check",
        "qualification_decision",
        "clearance",
        "delegate",
    )
    return [
        row for table in tables for row in await rows(f"SELECT xmin::text, t.* FROM {table} t ORDER BY id")
    ]


@pytest.fixture(scope="module")
async def answered(county: Client) -> Client:
    """The review of the quarter, with the agencies' answers in."""
    with stopped_at(CLOSING):
        # What came with the office's files is asked for anew.
        await rows("UPDATE clearance SET opinion = NULL, submitted_at = NULL WHERE quarter = $1", QUARTER)
        assert codes(await opened(county)) == []
        for number, (discipline, security, _, _) in ANSWERS.items():
            for who, said in (("discipline", discipline), ("security", security)):
                if said is not None:
                    assert codes(await submit(county, number, who, *said)) == [], number
    return county


async def test_what_the_packs_propose(answered: Client) -> None:
    data = await answered.run("QualificationReview", "office", county=COUNTY, quarter=QUARTER, first=100)
    review = data["qualificationReview"]
    found = {edge["node"]["delegate"]["member"]["id"]: edge["node"] for edge in review["checks"]["edges"]}
    for number, (_, _, outcome, expected) in ANSWERS.items():
        check = found[await member(number)]
        assert check["outcome"] == outcome, number
        assert [finding["code"] for finding in check["findings"]] == expected, number
        for finding in check["findings"]:
            assert finding["citation"]
            assert (finding["rulePack"], finding["ruleVersion"]) == ("national", "1.0.0")
    assert len(found) == review["checks"]["totalCount"] == 10
    counts = {one["outcome"]: one["count"] for one in review["summary"]}
    # The tenth delegate was asked about, and nobody has answered.
    assert counts == {
        "QUALIFIED": 3,
        "TERMINATION_PROPOSED": 1,
        "SUSPENSION_PROPOSED": 3,
        "AWAITING_CLEARANCE": 3,
    }
    assert review["status"] == "AWAITING_CLEARANCES"
    only = await answered.run(
        "QualificationReview",
        "office",
        county=COUNTY,
        quarter=QUARTER,
        first=100,
        outcome=["TERMINATION_PROPOSED"],
    )
    assert [edge["node"]["id"] for edge in only["qualificationReview"]["checks"]["edges"]] == [
        found[await member(1)]["id"]
    ]


async def test_opening_proposes_and_takes_nobodys_standing_away(answered: Client) -> None:
    assert await rows("SELECT DISTINCT status FROM delegate") == [{"status": "SERVING"}]


async def test_opening_again_changes_nothing(answered: Client) -> None:
    with stopped_at(CLOSING):
        first = await opened(answered)
    before = await everything_kept(), await rows("SELECT count(*) FROM audit_entry")
    with stopped_at(CLOSING.replace(day=29)):
        assert await opened(answered) == first
    assert (await everything_kept(), await rows("SELECT count(*) FROM audit_entry")) == before


async def test_the_missing_answer_is_judged_at_once(answered: Client) -> None:
    assert (await check_of(answered, 5))["outcome"] == "AWAITING_CLEARANCE"
    with stopped_at(CLOSING):
        assert codes(await submit(answered, 5, "security", NO, "因涉嫌犯罪被立案侦查")) == []
    check = await check_of(answered, 5)
    assert check["outcome"] == "SUSPENSION_PROPOSED"
    assert {one["agency"]: one["opinion"] for one in check["clearances"]} == {
        "DISCIPLINE_INSPECTION": YES,
        "PUBLIC_SECURITY": NO,
    }
    assert (await check_of(answered, 6))["outcome"] == "AWAITING_CLEARANCE"


REFUSED_DECISIONS: dict[str, tuple[int, dict[str, str], list[str]]] = {
    "while an agency has not answered": (6, {}, ["CLEARANCE_MISSING"]),
    "without a reason": (4, {"reason": " "}, ["REASON_MISSING"]),
    "with too long a reason": (4, {"reason": "因" * 1001}, ["REASON_MISSING"]),
    "by nobody": (4, {"decidedBy": ""}, ["BODY_MISSING"]),
    "that is none": (4, {"outcome": "AWAITING_CLEARANCE"}, ["NO_DECISION"]),
    "by another county": (4, {"who": f"office@{OTHER}"}, ["CHECK_NOT_FOUND"]),
    "by the town": (4, {"who": "town"}, ["CHECK_NOT_FOUND"]),
    "by an agency": (4, {"who": "discipline"}, ["CHECK_NOT_FOUND"]),
}


@pytest.mark.parametrize(("number", "given", "expected"), REFUSED_DECISIONS.values(), ids=REFUSED_DECISIONS)
async def test_there_is_no_decision(
    answered: Client, number: int, given: dict[str, str], expected: list[str]
) -> None:
    check = (await check_of(answered, number))["id"]
    before = await everything_kept()
    answer = await decide(answered, check, **{"outcome": "SUSPENSION_PROPOSED", **given})
    assert (answer["check"], codes(answer)) == (None, expected)
    assert await everything_kept() == before


DECISIONS = [
    (1, "TERMINATION_PROPOSED", "TERMINATED"),
    (3, "SUSPENSION_PROPOSED", "SUSPENDED"),
    (2, "QUALIFIED", "SERVING"),
    (11, "QUALIFIED", "SERVING"),  # the body may see it otherwise than the packs
]


async def test_a_decision_and_nothing_else_changes_the_status(answered: Client) -> None:
    for number, outcome, status in DECISIONS:
        check = await check_of(answered, number)
        with stopped_at(CLOSING):
            answer = await decide(answered, check["id"], outcome)
            assert (codes(answer), answer["check"]["delegate"]["status"]) == ([], status)
            assert answer["check"]["decision"] == {
                "outcome": outcome,
                "decidedOn": "2020-12-28",
                "reason": "情况属实",
            }
            again = await decide(answered, check["id"], "QUALIFIED", reason="改主意了")
        assert (again["check"], codes(again)) == (None, ["ALREADY_DECIDED"])
        decided = await check_of(answered, number)
        assert decided["decision"]["by"] == {"displayName": BODY}
        assert (decided["outcome"], decided["delegate"]["status"]) == (check["outcome"], status)
    statuses = await rows("SELECT status, count(*) FROM delegate GROUP BY 1 ORDER BY 1")
    assert {row["status"]: row["count"] for row in statuses} == {
        "SERVING": 11,
        "SUSPENDED": 1,
        "TERMINATED": 1,
    }
    kept = await rows("SELECT status_before FROM qualification_decision")
    assert {row["status_before"] for row in kept} == {"SERVING"}


async def test_a_decided_check_is_not_judged_again(answered: Client) -> None:
    """New facts come after the decision: the record says what the body saw."""
    number = 9
    check = await check_of(answered, number)
    with stopped_at(CLOSING):
        assert codes(await decide(answered, check["id"], "QUALIFIED")) == []
    before = await check_of(answered, number)
    await rows(
        "UPDATE clearance SET opinion = 'OBJECTION', reason = '受到开除党籍处分' WHERE id = $1",
        await asked(number, "DISCIPLINE_INSPECTION"),
    )
    with stopped_at(CLOSING):
        await opened(answered)
    after = await check_of(answered, number)
    assert (after["outcome"], after["findings"]) == (before["outcome"], [])
    # In the next quarter it counts.
    with stopped_at(datetime(2021, 1, 4, tzinfo=CHINA)):
        assert codes(await opened(answered, "2021Q1")) == []
        await submit(answered, number, "discipline", NO, "受到开除党籍处分", "2021Q1")
        await submit(answered, number, "security", YES, "", "2021Q1")
    assert (await check_of(answered, number, "2021Q1"))["outcome"] == "TERMINATION_PROPOSED"


async def test_whose_standing_has_ended_is_not_asked_about_again(answered: Client) -> None:
    with stopped_at(datetime(2021, 4, 6, tzinfo=CHINA)):
        review = (await opened(answered, "2021Q2"))["review"]
    assert (review["checkCount"], review["awaitingClearance"]) == (9, 9)


async def test_a_quarter_that_has_not_begun(county: Client) -> None:
    with stopped_at(CLOSING):
        assert codes(await opened(county, "2021Q3")) == ["QUARTER_NOT_BEGUN"]
        assert codes(await opened(county, "2022Q1")) == ["QUARTER_NOT_BEGUN"]


async def test_two_who_open_the_review_at_once_and_answers_that_come_in_meanwhile(county: Client) -> None:
    quarter = "2020Q3"
    with stopped_at(CLOSING):
        await opened(county, quarter)
        numbers = [0, 2, 3, 4]
        await asyncio.gather(
            *(
                submit(county, number, who, YES, "", quarter)
                for number in numbers
                for who in ("discipline", "security")
            ),
            *(opened(county, quarter) for _ in range(3)),
        )
        for number in numbers:
            assert (await check_of(county, number, quarter))["outcome"] == "QUALIFIED", number
    assert await rows(
        "SELECT count(*) FROM qualification_review WHERE quarter = $1 "
        "AND county_id = (SELECT id FROM county WHERE code = $2)",
        quarter,
        COUNTY,
    ) == [{"count": 1}]


async def test_two_bodies_that_decide_at_once(county: Client) -> None:
    check = (await check_of(county, 0, "2020Q3"))["id"]
    answers = await asyncio.gather(
        *(decide(county, check, outcome) for outcome in ("QUALIFIED", "SUSPENSION_PROPOSED") * 4)
    )
    assert sorted(map(codes, answers)) == [[], *[["ALREADY_DECIDED"]] * 7]
