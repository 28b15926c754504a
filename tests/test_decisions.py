"""Decisions about delegates: how they came about, what is refused, what they change, and how one is withdrawn."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.delegates import BODY, CLOSING, QUARTER, ask, checks, cleared, codes, decide, review
from tests.test_access import ACCOUNTS, contents, rows, two_counties

SUSPEND, TERMINATE, QUALIFY = "SUSPENSION_PROPOSED", "TERMINATION_PROPOSED", "QUALIFIED"
WHOLE: dict[str, Any] = {
    "proposedBy": "中共试验县古绛镇委员会",
    "filedWith": "中共试验市委员会",
    "votesFor": 9,
    "votesAgainst": 1,
    "dissent": [{"by": "委员甲", "opinion": "应先核实去向"}],
    "decidedOn": "2020-12-20",
}
WITHDRAW = """mutation($check: ID!, $by: String!, $reason: String!) {
  withdrawDecision(checkId: $check, decidedBy: $by, reason: $reason) {
    check { id outcome decision { outcome }
      withdrawnDecisions { outcome decidedOn withdrawnOn withdrawnBy withdrawalReason dissent { by } }
      delegate { status statusHistory { status since decidedBy reason } } }
    refusals { code message citation } } }"""


@pytest.fixture(scope="module")
async def served(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


@pytest.fixture
async def county(served: Client) -> AsyncIterator[Client]:
    """Three delegates in office, cleared by both agencies; the third has left the county. Nothing is decided yet."""
    await rows("TRUNCATE qualification_review, delegate_status_change, vacancy CASCADE")
    await rows("UPDATE delegate SET status = 'SERVING'")
    await rows("DELETE FROM clearance WHERE quarter <> '2020Q4'")
    with stopped_at(CLOSING):
        await cleared(served)
        yield served


async def withdraw(client: Client, check: str, who: str | None = "office", **given: str) -> Any:
    full = {"check": check, "by": BODY, "reason": "登记错误", **given}
    return await ask(client, WITHDRAW, who, **full)


async def test_a_decision_is_kept_with_how_it_came_about(county: Client) -> None:
    check = (await checks(county))[2]
    assert check["outcome"] == SUSPEND
    answer = await decide(county, check["id"], SUSPEND, **WHOLE)
    assert (codes(answer), answer["findings"]) == ([], [])
    kept = answer["check"]["decision"]
    assert {name: kept[name] for name in WHOLE} == WHOLE
    assert (kept["by"], kept["withdrawnOn"]) == ({"displayName": BODY}, None)
    assert answer["check"]["delegate"]["status"] == "SUSPENDED"


async def test_what_article_28_asks_for_and_the_record_lacks_is_told(county: Client) -> None:
    first, second, third = await checks(county)
    answer = await decide(county, third["id"], SUSPEND)
    assert [finding["code"] for finding in answer["findings"]] == ["PROPOSER_MISSING", "FILING_MISSING"]
    assert {finding["severity"] for finding in answer["findings"]} == {"NOTE"}
    assert all("第二十八条" in finding["citation"] for finding in answer["findings"])
    answer = await decide(county, second["id"], TERMINATE, proposedBy="某选举单位", filedWith=" ")
    # Nothing was found against the second; the termination is kept as the body decided it.
    assert [finding["code"] for finding in answer["findings"]] == ["DECIDED_WITHOUT_GROUND", "FILING_MISSING"]
    assert answer["check"]["delegate"]["status"] == "TERMINATED"
    assert (answer["findings"][0]["severity"], "第二十五条" in answer["findings"][0]["citation"]) == (
        "NOTE",
        True,
    )
    assert (await decide(county, first["id"], QUALIFY))["findings"] == []


async def test_a_termination_that_the_check_proposes_has_its_ground(county: Client) -> None:
    check = (await checks(county))[0]
    await rows(
        "UPDATE qualification_check SET findings = "
        """'[{"code": "DELEGATE_RESIGNED", "proposes": "TERMINATION"}]'::jsonb WHERE id = $1""",
        check["id"],
    )
    assert (await decide(county, check["id"], TERMINATE, **WHOLE))["findings"] == []


async def test_suspending_and_terminating_are_two_things(county: Client) -> None:
    first, second, third = await checks(county)
    for check, outcome, status in (
        (first, QUALIFY, "SERVING"), (second, TERMINATE, "TERMINATED"), (third, SUSPEND, "SUSPENDED"),
    ):  # fmt: skip
        answer = await decide(county, check["id"], outcome, decidedOn="2020-12-21", reason=f"{outcome}的理由")
        history = answer["check"]["delegate"]["statusHistory"]
        # What does not change is no step of the history.
        step = {"status": status, "since": "2020-12-21", "decidedBy": BODY, "reason": f"{outcome}的理由"}
        assert history == ([] if outcome == QUALIFY else [step])
    assert await rows("SELECT delegate_id::text, opened_on::text FROM vacancy") == [
        {"delegate_id": second["delegate"]["id"], "opened_on": "2020-12-21"}
    ]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "tomorrow": ({"decidedOn": "2020-12-29"}, "DECIDED_IN_THE_FUTURE"),
    "before the quarter": ({"decidedOn": "2020-09-30"}, "DECIDED_TOO_EARLY"),
    "votes for alone": ({"votesFor": 9}, "VOTES_INCOMPLETE"),
    "votes below nought": ({"votesFor": 9, "votesAgainst": -1}, "VOTES_INCOMPLETE"),
    "a majority against": ({"votesFor": 4, "votesAgainst": 5}, "VOTE_NOT_CARRIED"),
    "as many against": ({"votesFor": 5, "votesAgainst": 5}, "VOTE_NOT_CARRIED"),
    "no vote at all": ({"votesFor": 0, "votesAgainst": 0}, "VOTE_NOT_CARRIED"),
    "a dissent of nobody": ({"dissent": [{"by": " ", "opinion": "不同意"}]}, "DISSENT_INCOMPLETE"),
    "a dissent without opinion": ({"dissent": [{"by": "甲", "opinion": ""}]}, "DISSENT_INCOMPLETE"),
    "too many dissents": ({"dissent": [{"by": "甲", "opinion": "不"}] * 51}, "DISSENT_INCOMPLETE"),
    "a long name": ({"proposedBy": "某" * 201}, "NAME_TOO_LONG"),
    "another long name": ({"filedWith": "某" * 201}, "NAME_TOO_LONG"),
    "no body": ({"decidedBy": " "}, "BODY_MISSING"),
    "no reason": ({"reason": ""}, "REASON_MISSING"),
}


@pytest.mark.parametrize(("given", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_keeps_nothing(county: Client, given: dict[str, Any], code: str) -> None:
    check = (await checks(county))[2]["id"]
    before = await contents()
    answer = await decide(county, check, SUSPEND, **given)
    assert (answer["check"], codes(answer), answer["findings"]) == (None, [code], [])
    assert await contents() == before


async def test_who_is_terminated_is_decided_about_no_more(county: Client) -> None:
    """An older check that was left open would else bring him back."""
    older = await cleared(county, "2020Q3")
    newer = await checks(county)
    assert codes(await decide(county, newer[0]["id"], TERMINATE)) == []
    assert codes(await decide(county, older[0]["id"], QUALIFY)) == [
        "DELEGATE_TERMINATED",
        "LATER_QUARTER_DECIDED",
    ]
    assert codes(await decide(county, newer[1]["id"], SUSPEND)) == []
    assert codes(await decide(county, older[1]["id"], QUALIFY)) == ["LATER_QUARTER_DECIDED"]
    assert (await checks(county))[1]["delegate"]["status"] == "SUSPENDED"


async def test_who_was_suspended_comes_back_by_the_next_review(county: Client) -> None:
    check = (await checks(county))[0]
    await decide(county, check["id"], SUSPEND)
    with stopped_at(datetime(2021, 1, 20, tzinfo=CHINA)):
        back = (await cleared(county, "2021Q1"))[0]
        assert (back["delegate"]["status"], back["outcome"]) == ("SUSPENDED", QUALIFY)
        too_early = await decide(county, back["id"], QUALIFY, decidedOn="2020-12-27")
        assert codes(too_early) == ["DECIDED_TOO_EARLY"]
        answer = await decide(county, back["id"], QUALIFY, reason="已恢复履职")
    assert [(step["status"], step["since"]) for step in answer["check"]["delegate"]["statusHistory"]] == [
        ("SUSPENDED", "2020-12-28"),
        ("SERVING", "2021-01-20"),
    ]


async def test_a_withdrawn_decision_stays_and_the_status_before_it_stands_again(county: Client) -> None:
    check = (await checks(county))[1]["id"]
    await decide(county, check, TERMINATE, **WHOLE)
    assert (await review(county))["status"] == "AWAITING_DECISIONS"
    answer = await withdraw(county, check)
    assert codes(answer) == []
    assert answer["check"]["decision"] is None
    assert answer["check"]["withdrawnDecisions"] == [
        {
            "outcome": TERMINATE,
            "decidedOn": "2020-12-20",
            "withdrawnOn": "2020-12-28",
            "withdrawnBy": BODY,
            "withdrawalReason": "登记错误",
            "dissent": [{"by": "委员甲"}],
        }
    ]
    steps = answer["check"]["delegate"]["statusHistory"]
    assert [(step["status"], step["since"], step["reason"]) for step in steps] == [
        ("TERMINATED", "2020-12-20", "情况属实"),
        ("SERVING", "2020-12-28", "登记错误"),
    ]
    assert await rows("SELECT * FROM vacancy") == []
    # The check is open again; the right decision can be recorded now.
    assert codes(await withdraw(county, check)) == ["NOT_DECIDED"]
    assert codes(await decide(county, check, SUSPEND)) == []


async def test_after_a_withdrawal_the_true_earlier_day_can_be_recorded(county: Client) -> None:
    """A typing mistake: it was decided on the 10th, not on the 20th."""
    check = (await checks(county))[2]["id"]
    assert codes(await decide(county, check, SUSPEND, decidedOn="2020-12-20")) == []
    assert codes(await withdraw(county, check)) == []
    answer = await decide(county, check, SUSPEND, decidedOn="2020-12-10")
    assert (codes(answer), answer["check"]["delegate"]["status"]) == ([], "SUSPENDED")


async def test_a_motion_that_failed_leaves_him_in_office(county: Client) -> None:
    check = (await checks(county))[0]["id"]
    assert codes(await decide(county, check, TERMINATE, votesFor=4, votesAgainst=5)) == ["VOTE_NOT_CARRIED"]
    answer = await decide(county, check, QUALIFY, votesFor=4, votesAgainst=5)
    assert (codes(answer), answer["check"]["delegate"]["status"]) == ([], "SERVING")


async def test_decisions_are_withdrawn_from_the_last_one(county: Client) -> None:
    first = (await checks(county))[0]["id"]
    await decide(county, first, SUSPEND)
    with stopped_at(datetime(2021, 1, 20, tzinfo=CHINA)):
        second = (await cleared(county, "2021Q1"))[0]["id"]
        await decide(county, second, QUALIFY)
        before = await contents()
        assert codes(await withdraw(county, first)) == ["LATER_DECISION"]
        assert await contents() == before
        assert (await withdraw(county, second))["check"]["delegate"]["status"] == "SUSPENDED"
        assert (await withdraw(county, first))["check"]["delegate"]["status"] == "SERVING"


async def test_a_withdrawn_check_is_judged_with_what_is_known_now(county: Client) -> None:
    check = (await checks(county))[0]
    await decide(county, check["id"], QUALIFY)
    await rows(
        "UPDATE clearance SET opinion = 'OBJECTION', reason = '受到开除党籍处分' WHERE delegate_id = $1 "
        "AND quarter = $2 AND agency = 'DISCIPLINE_INSPECTION'",
        check["delegate"]["id"],
        QUARTER,
    )
    assert (await review(county))["staleCount"] == 0  # decided checks stay as the body saw them
    answer = await withdraw(county, check["id"])
    assert answer["check"]["outcome"] == TERMINATE


async def test_withdrawing_needs_a_body_and_a_reason(county: Client) -> None:
    check = (await checks(county))[0]["id"]
    await decide(county, check, SUSPEND)
    before = await contents()
    assert codes(await withdraw(county, check, by="", reason=" ")) == ["REASON_MISSING", "BODY_MISSING"]
    assert await contents() == before


async def test_of_two_who_withdraw_at_once_one_does(county: Client) -> None:
    check = (await checks(county))[0]["id"]
    await decide(county, check, TERMINATE)
    answers = await asyncio.gather(*(withdraw(county, check) for _ in range(4)))
    assert sorted(map(codes, answers)) == [[], *[["NOT_DECIDED"]] * 3]


@pytest.mark.parametrize("act", [decide, withdraw])
async def test_only_the_office_decides_and_withdraws(county: Client, act: Any) -> None:
    open_check, decided = (await checks(county))[:2]
    await decide(county, decided["id"], SUSPEND)
    before = await contents()
    for who in ACCOUNTS:
        if who == "office":
            continue
        answer = await (
            decide(county, open_check["id"], QUALIFY, who)
            if act is decide
            else withdraw(county, decided["id"], who)
        )
        assert (answer["check"], codes(answer)) == (None, ["CHECK_NOT_FOUND"]), who
    assert await contents() == before
