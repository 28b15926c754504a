"""Vacancies: a seat opens with a termination and ends with a by-election or the decision to hold none."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from runtime.clock import stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.delegates import BODY, CLOSING, ask, checks, cleared, codes, decide
from tests.test_access import ACCOUNTS, contents, members, rows, two_counties

LIST = """query($county: ID!, $open: Boolean) { vacancies(county: $county, first: 10, open: $open) { totalCount edges {
  node { id openedOn resolution endedOn decidedBy reason delegate { id member { id } }
    successor { id level congress status electedOn member { id } statusHistory { status since decidedBy } } } } } }"""
END = """mutation($input: EndVacancyInput!) { endVacancy(input: $input) {
  vacancy { id resolution endedOn successor { id status congress member { id } } }
  refusals { code message citation } } }"""
WITHDRAW = """mutation($check: ID!) { withdrawDecision(checkId: $check, decidedBy: "县委", reason: "登记错误") {
  refusals { code message } } }"""


@pytest.fixture(scope="module")
async def served(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


@pytest.fixture
async def county(served: Client) -> AsyncIterator[Client]:
    """The standing of the third delegate ended on 21 December 2020; his seat is open."""
    await rows("TRUNCATE qualification_review, delegate_status_change, vacancy CASCADE")
    await rows(
        "DELETE FROM clearance WHERE delegate_id IN (SELECT id FROM delegate WHERE elected_on > '2016-07-20')"
    )
    await rows("DELETE FROM delegate WHERE elected_on > '2016-07-20'")
    await rows("UPDATE delegate SET status = 'SERVING'")
    with stopped_at(CLOSING):
        check = (await cleared(served))[2]["id"]
        assert codes(await decide(served, check, "TERMINATION_PROPOSED", decidedOn="2020-12-21")) == []
        yield served


async def listed(client: Client, who: str | None = "office", open: bool | None = None) -> list[Any]:
    page = await ask(client, LIST, who, county=COUNTY, open=open)
    assert page["totalCount"] == len(page["edges"])
    return [edge["node"] for edge in page["edges"]]


async def end(client: Client, who: str | None = "office", **given: Any) -> Any:
    vacancies = await rows("SELECT id::text FROM vacancy")
    full = {
        "id": vacancies[0]["id"],
        "resolution": "LEFT_VACANT",
        "decidedBy": BODY,
        "reason": "届末不补选",
        **given,
    }
    return await ask(client, END, who, input=full)


async def by_election(client: Client, number: int = 3, **given: Any) -> Any:
    full = {
        "resolution": "BY_ELECTION",
        "successorMemberId": (await members())[number],
        "electedOn": "2020-12-25",
    }
    return await end(client, **{**full, **given})


async def test_a_termination_opens_a_seat(county: Client) -> None:
    for open in (None, True):
        (vacancy,) = await listed(county, open=open)
        assert (vacancy["openedOn"], vacancy["resolution"], vacancy["successor"]) == (
            "2020-12-21",
            None,
            None,
        )
        assert vacancy["delegate"]["member"]["id"] == (await members())[11]


async def test_a_by_election_makes_a_delegate_to_the_same_congress(county: Client) -> None:
    answer = await by_election(county)
    assert codes(answer) == []
    assert answer["vacancy"]["endedOn"] == "2020-12-28"
    assert await listed(county, open=True) == []
    (vacancy,) = await listed(county)
    assert vacancy["resolution"] == "BY_ELECTION"
    elected = vacancy["successor"]
    assert elected.pop("id") == answer["vacancy"]["successor"]["id"]
    assert elected == {
        "level": "COUNTY",
        "congress": "中共试验县第十四次代表大会",
        "status": "SERVING",
        "electedOn": "2020-12-25",
        "member": {"id": (await members())[3]},
        "statusHistory": [{"status": "SERVING", "since": "2020-12-25", "decidedBy": BODY}],
    }
    # He is asked about from the quarter of his election on.
    assert len(await cleared(county)) == 4


async def test_a_seat_is_left_vacant(county: Client) -> None:
    assert codes(await end(county, endedOn="2020-12-22")) == []
    (vacancy,) = await listed(county)
    told = (vacancy["resolution"], vacancy["endedOn"], vacancy["decidedBy"], vacancy["reason"])
    assert told == ("LEFT_VACANT", "2020-12-22", BODY, "届末不补选")
    assert codes(await end(county)) == ["ALREADY_ENDED"]


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no reason": ({"reason": " "}, ["REASON_MISSING"]),
    "no body": ({"decidedBy": ""}, ["BODY_MISSING"]),
    "before it opened": ({"endedOn": "2020-12-20"}, ["ENDED_OUT_OF_ORDER"]),
    "tomorrow": ({"endedOn": "2020-12-29"}, ["ENDED_OUT_OF_ORDER"]),
    "an election of nobody": ({"resolution": "BY_ELECTION"}, ["SUCCESSOR_MISSING"]),
    "an election without a day": ({"resolution": "BY_ELECTION", "successorMemberId": 3}, ["SUCCESSOR_MISSING"]),
    "somebody for a seat left vacant": ({"successorMemberId": 3}, ["SUCCESSOR_NOT_ASKED"]),
    "a stranger": (
        {"resolution": "BY_ELECTION", "successorMemberId": "x", "electedOn": "2020-12-25"}, ["MEMBER_NOT_FOUND"]
    ),
    "an election before": (
        {"resolution": "BY_ELECTION", "successorMemberId": 3, "electedOn": "2020-12-20"}, ["ELECTED_OUT_OF_ORDER"]
    ),
    "an election afterwards": (
        {"resolution": "BY_ELECTION", "successorMemberId": 3, "electedOn": "2020-12-23", "endedOn": "2020-12-22"},
        ["ELECTED_OUT_OF_ORDER"],
    ),
    "who is a delegate already": (
        {"resolution": "BY_ELECTION", "successorMemberId": 9, "electedOn": "2020-12-25"}, ["ALREADY_DELEGATE"]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_keeps_nothing(
    county: Client, given: dict[str, Any], expected: list[str]
) -> None:
    if isinstance(given.get("successorMemberId"), int):
        given = {**given, "successorMemberId": (await members())[given["successorMemberId"]]}
    before = await contents()
    answer = await end(county, **given)
    assert (answer["vacancy"], codes(answer)) == (None, expected)
    assert await contents() == before


async def test_a_probationary_member_cannot_be_elected(county: Client) -> None:
    await rows(
        "UPDATE member SET standing = 'PROBATIONARY', confirmed_on = NULL WHERE id = $1", (await members())[4]
    )
    answer = await by_election(county, 4)
    assert codes(answer) == ["SUCCESSOR_PROBATIONARY"]
    assert "第七条" in answer["refusals"][0]["citation"]


async def test_a_settled_seat_keeps_its_decision(county: Client) -> None:
    assert codes(await by_election(county)) == []
    check = (await checks(county))[2]["id"]
    answer = await ask(county, WITHDRAW, "office", check=check)
    assert codes(answer) == ["VACANCY_ENDED"]
    assert "系统管理员" in answer["refusals"][0]["message"]  # what is left to do


async def test_of_several_who_end_it_at_once_one_does(county: Client) -> None:
    answers = await asyncio.gather(*(by_election(county, number) for number in (0, 1, 2, 3)))
    assert sorted(map(codes, answers)) == [[], *[["ALREADY_ENDED"]] * 3]
    assert len(await rows("SELECT id FROM delegate WHERE elected_on = '2020-12-25'")) == 1


async def test_only_the_office_sees_and_ends_vacancies(county: Client) -> None:
    before = await contents()
    for who in ACCOUNTS:
        if who == "office":
            continue
        assert await listed(county, who) == [], who
        answer = await end(county, who)
        assert (answer["vacancy"], codes(answer)) == (None, ["VACANCY_NOT_FOUND"]), who
    assert await contents() == before
