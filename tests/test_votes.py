"""What a vote takes, before it is held: the formulas that look alike and differ."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from plugins.vocabulary import VOTES
from schema.enums import VoteKind
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import ACCOUNTS, OTHER, two_counties
from tests.test_statements import Watched, watched  # noqa: F401


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


# What is planned, and what it takes: quorum, votes, enough there, passed.
PLANNED: list[tuple[dict[str, Any], tuple[int | None, int | None, bool | None, bool | None]]] = [
    ({"kind": "ORDINARY", "entitled": 16, "present": 8, "yes": 8}, (8, 9, True, False)),
    ({"kind": "ORDINARY", "entitled": 16, "present": 9, "yes": 9}, (8, 9, True, True)),
    ({"kind": "ADMISSION", "entitled": 16, "present": 8, "yes": 8, "writtenYes": 2}, (9, 9, False, False)),
    ({"kind": "ADMISSION", "entitled": 16, "present": 9, "yes": 8, "writtenYes": 1}, (9, 9, True, True)),
    ({"kind": "ADMISSION", "entitled": 16, "present": 9, "yes": 8}, (9, 9, True, False)),
    ({"kind": "ELECTION", "entitled": 15, "present": 12, "yes": 8}, (12, 8, True, True)),
    ({"kind": "ELECTION", "entitled": 15, "present": 11, "yes": 11}, (12, 8, False, False)),
    ({"kind": "ELECTION", "entitled": 15, "present": 12, "yes": 7}, (12, 8, True, False)),
    ({"kind": "LEADING_GROUP", "entitled": 8, "present": 6, "yes": 4, "writtenYes": 2}, (None, 5, None, False)),
    ({"kind": "LEADING_GROUP", "entitled": 8, "present": 6, "yes": 5}, (None, 5, None, True)),
    ({"kind": "CADRE", "entitled": 9, "present": 9, "yes": 9}, (None, None, None, None)),
    # Before the regulation of 2018 the system has no text for it.
    ({"kind": "ORDINARY", "entitled": 16, "present": 8, "yes": 8, "on": "2018-10-27"}, (None, None, None, None)),
]  # fmt: skip
PLAN = """query ($county: ID!, $kind: VoteKind!, $entitled: Int!, $present: Int!, $yes: Int!, $writtenYes: Int! = 0,
  $on: Date = "2026-06-30") {
  plan: voteArithmetic(county: $county, kind: $kind, entitled: $entitled, present: $present, yes: $yes,
    writtenYes: $writtenYes, on: $on) {
    quorumNeeded votesNeeded isValidMeeting isPassed arithmetic citations refusals { code } } }"""


@pytest.mark.parametrize(("planned", "expected"), PLANNED)
async def test_what_a_vote_takes(county: Client, planned: dict[str, Any], expected: tuple[Any, ...]) -> None:
    plan = (await county.query(PLAN, "member", county=COUNTY, **planned))["data"]["plan"]
    found = tuple(plan[name] for name in ("quorumNeeded", "votesNeeded", "isValidMeeting", "isPassed"))
    assert (found, plan["refusals"]) == (expected, [])
    assert bool(plan["citations"]) == (expected[1] is not None)


async def test_a_plan_that_cannot_be_is_refused(county: Client) -> None:
    for impossible in (
        {"kind": "ORDINARY", "entitled": 8, "present": 9, "yes": 1},
        {"kind": "ORDINARY", "entitled": 9, "present": 8, "yes": 9},
        {"kind": "ADMISSION", "entitled": 9, "present": 8, "yes": 8, "writtenYes": 2},
    ):
        plan = (await county.query(PLAN, "member", county=COUNTY, **impossible))["data"]["plan"]
        assert [one["code"] for one in plan["refusals"]] == ["NUMBERS_IMPOSSIBLE"]
        assert plan["isPassed"] is plan["arithmetic"] is None


async def test_whoever_is_signed_in_may_plan_a_vote(county: Client) -> None:
    planned = {"kind": "ORDINARY", "entitled": 16, "present": 8, "yes": 8}
    for who in ACCOUNTS:
        answers = [
            await county.query(PLAN, who, county=code, **planned) for code in (COUNTY, OTHER, "999999")
        ]
        plans = [answer["data"]["plan"] for answer in answers]
        assert all((plan is None) == (who is None) for plan in plans), who


async def test_it_is_one_statement(watched: Watched) -> None:  # noqa: F811
    planned = {"county": COUNTY, "kind": "ORDINARY", "entitled": 16, "present": 8, "yes": 8}
    await watched.client.query(PLAN, "member", **planned)
    await watched.reset()
    await watched.client.query(PLAN, "member", **planned)
    assert [calls for _, calls in await watched.executed()] == [1]


def test_clients_see_the_words_that_the_packs_know() -> None:
    assert tuple(VoteKind) == VOTES
