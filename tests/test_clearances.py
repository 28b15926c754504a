"""Clearances: an agency answers what it is asked, once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.delegates import ask, decide
from tests.test_access import ACCOUNTS, OTHER, contents, rows, two_counties

QUARTER = "2021Q1"
MARCH = datetime(2021, 3, 1, 9, tzinfo=CHINA)
CORRECT = """mutation($id: ID!, $opinion: ClearanceOpinion!, $reason: String, $signature: String) {
  correctClearance(clearanceId: $id, opinion: $opinion, reason: $reason, signature: $signature) {
    clearance { id opinion reason submittedAt } refusals { code message } } }"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """Both agencies of both counties are asked about three delegates each."""
    async with two_counties(server, small_template, tmp_path_factory) as client:
        with stopped_at(MARCH):
            for who, code in (("office", COUNTY), (f"office@{OTHER}", OTHER)):
                await client.run("OpenQualificationReview", who, county=code, quarter=QUARTER)
        yield client


async def pending(county: Client, who: str, first: int = 100, after: str | None = None) -> Any:
    return (await county.run("PendingClearances", who, first=first, after=after))["pendingClearances"]


async def submit(county: Client, who: str, id: str, opinion: str = "NO_OBJECTION", **given: Any) -> Any:
    full = {"clearanceId": id, "opinion": opinion, **given}
    return (await county.run("SubmitClearance", who, input=full))["submitClearance"]


def codes(answer: Any) -> list[str]:
    return [refusal["code"] for refusal in answer["refusals"]]


async def test_what_is_asked_comes_page_by_page_until_it_is_answered(county: Client) -> None:
    page = await pending(county, "discipline", 2)
    rest = await pending(county, "discipline", 2, page["pageInfo"]["endCursor"])
    asked = [edge["node"] for edge in page["edges"] + rest["edges"]]
    assert page["totalCount"] == len({one["id"] for one in asked}) == 3
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert {one["dueOn"] for one in asked} == {"2021-03-31"}
    assert {one["quarter"] for one in asked} == {QUARTER}
    with stopped_at(MARCH):
        answer = await submit(county, "discipline", asked[0]["id"], signature="MEUCIQ…")
    assert answer["clearance"]["submittedAt"] == "2021-03-01T09:00:00+08:00"
    assert answer["clearance"]["agency"] == "DISCIPLINE_INSPECTION"
    left = await pending(county, "discipline")
    assert {edge["node"]["id"] for edge in left["edges"]} == {one["id"] for one in asked[1:]}
    kept = await rows("SELECT signature FROM clearance WHERE id = $1", asked[0]["id"])
    assert kept == [{"signature": "MEUCIQ…"}]


async def test_what_is_refused_keeps_nothing(county: Client) -> None:
    mine = (await pending(county, "security"))["edges"][0]["node"]["id"]
    theirs = (await pending(county, "discipline"))["edges"][0]["node"]["id"]
    foreign = (await pending(county, f"security@{OTHER}"))["edges"][0]["node"]["id"]
    cases: list[tuple[str, dict[str, Any], list[str]]] = [
        (mine, {"opinion": "OBJECTION"}, ["REASON_MISSING"]),
        (mine, {"opinion": "OBJECTION", "reason": " "}, ["REASON_MISSING"]),
        (mine, {"reason": "因" * 401}, ["REASON_TOO_LONG"]),
        (theirs, {}, ["CLEARANCE_NOT_FOUND"]),
        (foreign, {}, ["CLEARANCE_NOT_FOUND"]),
        (str(uuid4()), {}, ["CLEARANCE_NOT_FOUND"]),
        ("1", {}, ["CLEARANCE_NOT_FOUND"]),
    ]
    before = await contents()
    for id, given, expected in cases:
        answer = await submit(county, "security", id, **given)
        assert (answer["clearance"], codes(answer)) == (None, expected), (id, given)
    assert await contents() == before


async def test_an_answer_stays(county: Client) -> None:
    """Ten tries at once, with different answers: one is taken, and it is the one that is kept."""
    mine = (await pending(county, "security"))["edges"][0]["node"]["id"]
    reasons = [f"第{number}次" for number in range(10)]
    answers = await asyncio.gather(
        *(submit(county, "security", mine, "OBJECTION", reason=reason) for reason in reasons)
    )
    assert sorted(map(codes, answers)) == [[], *[["ALREADY_ANSWERED"]] * 9]
    taken = reasons[[codes(answer) for answer in answers].index([])]
    assert (await rows("SELECT reason FROM clearance WHERE id = $1", mine)) == [{"reason": taken}]


async def test_an_answer_without_a_review_is_kept_all_the_same(county: Client) -> None:
    """The request may have come with an office's file; there is nothing to judge then."""
    await rows(
        "INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, requested_at, due_on) "
        "SELECT gen_random_uuid(), county_id, id, '2019Q4', 'PUBLIC_SECURITY', now(), '2019-12-31' "
        "FROM delegate WHERE county_id = (SELECT id FROM county WHERE code = $1) LIMIT 1",
        COUNTY,
    )
    oldest = (await pending(county, "security"))["edges"][0]["node"]
    assert oldest["quarter"] == "2019Q4"  # by due date
    assert codes(await submit(county, "security", oldest["id"])) == []


async def answered(county: Client) -> tuple[str, str]:
    """Somebody whom both agencies have cleared in the quarter: the discipline agency's answer, and his check."""
    found = await rows(
        "SELECT k.id, k.delegate_id FROM qualification_check k JOIN qualification_review r ON r.id = k.review_id "
        "WHERE r.quarter = $1 AND r.county_id = (SELECT id FROM county WHERE code = $2) "
        "AND k.facts->>'post_changes' = '[]' ORDER BY k.id DESC LIMIT 1",
        QUARTER,
        COUNTY,
    )
    for who in ("discipline", "security"):
        for edge in (await pending(county, who))["edges"]:
            one = await rows("SELECT delegate_id FROM clearance WHERE id = $1", edge["node"]["id"])
            if one[0]["delegate_id"] == found[0]["delegate_id"]:
                assert codes(await submit(county, who, edge["node"]["id"], signature="MEUCIQ…")) == []
    mine = await rows(
        "SELECT id FROM clearance WHERE delegate_id = $1 AND quarter = $2 AND agency = 'DISCIPLINE_INSPECTION'",
        found[0]["delegate_id"],
        QUARTER,
    )
    return str(mine[0]["id"]), str(found[0]["id"])


async def correct(county: Client, who: str | None, id: str, opinion: str = "OBJECTION", **given: Any) -> Any:
    return await ask(county, CORRECT, who, id=id, opinion=opinion, **{"reason": "受到开除党籍处分", **given})


async def outcome(check: str) -> str:
    return str((await rows("SELECT outcome FROM qualification_check WHERE id = $1", check))[0]["outcome"])


async def test_an_answer_is_corrected_until_it_was_decided_upon(county: Client) -> None:
    with stopped_at(MARCH):
        mine, check = await answered(county)
        before = await outcome(check)
    with stopped_at(MARCH.replace(day=2)):
        answer = await correct(county, "discipline", mine)
    assert codes(answer) == []
    assert answer["clearance"]["reason"] == "受到开除党籍处分"
    assert answer["clearance"]["submittedAt"] == "2021-03-02T09:00:00+08:00"
    assert (before, await outcome(check)) == ("QUALIFIED", "TERMINATION_PROPOSED")
    # The signature was over the first answer, which the audit keeps.
    assert await rows("SELECT signature FROM clearance WHERE id = $1", mine) == [{"signature": None}]
    kept = await rows("SELECT detail->'before' AS before FROM audit_entry WHERE action = 'CORRECT_CLEARANCE'")
    assert [orjson.loads(row["before"]) for row in kept] == [
        {"opinion": "NO_OBJECTION", "reason": None, "signature": "MEUCIQ…"}
    ]
    with stopped_at(MARCH.replace(day=3)):
        assert codes(await decide(county, check, "TERMINATION_PROPOSED")) == []
        unchanged = await contents()
        assert codes(await correct(county, "discipline", mine, "NO_OBJECTION")) == ["CHECK_DECIDED"]
        assert await contents() == unchanged


async def test_a_correction_that_is_refused_keeps_nothing(county: Client) -> None:
    taken = await rows(
        "SELECT id::text FROM clearance WHERE agency = 'PUBLIC_SECURITY' AND quarter = $1 AND opinion IS NOT NULL "
        "AND county_id = (SELECT id FROM county WHERE code = $2)",
        QUARTER,
        COUNTY,
    )
    mine, waiting = taken[0]["id"], (await pending(county, "discipline"))["edges"][0]["node"]["id"]
    before = await contents()
    cases: list[tuple[str | None, str, dict[str, Any], list[str]]] = [
        ("discipline", waiting, {}, ["NOT_ANSWERED"]),
        ("security", mine, {"reason": " "}, ["REASON_MISSING"]),
        ("security", mine, {"reason": "因" * 401}, ["REASON_TOO_LONG"]),
        ("security", str(uuid4()), {}, ["CLEARANCE_NOT_FOUND"]),
        *((who, mine, {}, ["CLEARANCE_NOT_FOUND"]) for who in ACCOUNTS if who != "security"),
    ]
    for who, id, given, expected in cases:
        answer = await correct(county, who, id, **given)
        assert (answer["clearance"], codes(answer)) == (None, expected), (who, given)
    assert await contents() == before
