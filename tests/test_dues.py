"""Membership dues: the calculator, exact to the fen at the edges of the brackets."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from plugins.vocabulary import PAYERS
from schema.enums import Payer
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import ACCOUNTS, OTHER, two_counties
from tests.test_statements import Watched, watched  # noqa: F401

DUE = """query ($county: ID!, $payer: Payer!, $base: Float, $allowances: Float, $paid: Float,
  $on: Date = "2020-12-10") {
  due: duesDue(county: $county, payer: $payer, base: $base, allowances: $allowances, paid: $paid, on: $on) {
    amount reason citation findings { code severity message } refusals { code citation } } }"""
CITATION = "《关于中国共产党党费收缴、使用和管理的规定》第一章"


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def due(
    client: Client, payer: str = "SALARIED", who: str | None = "member", place: str = COUNTY, **more: Any
) -> Any:
    answer = await client.query(DUE, who, county=place, payer=payer, **more)
    assert "errors" not in answer, answer
    return answer["data"]["due"]


@pytest.mark.parametrize(
    ("payer", "base", "amount"),
    [
        ("SALARIED", 0, "0.00"),
        ("SALARIED", 3000, "15.00"),
        ("SALARIED", 3000.01, "30.00"),
        ("SALARIED", 5000, "50.00"),
        ("SALARIED", 5000.01, "75.00"),
        ("SALARIED", 10000, "150.00"),
        ("SALARIED", 10000.01, "200.00"),
        ("SALARIED", 2999.99, "15.00"),
        ("SALARIED", 1001, "5.01"),  # 5.005: half a fen goes up, which no binary fraction would do
        ("SALARIED", 10_000_000, "200000.00"),
        ("SELF_EMPLOYED", 3000.01, "30.00"),
        ("RETIRED", 5000, "25.00"),
        ("RETIRED", 5000.01, "50.00"),
        ("FARMER", None, "0.20"),
        ("SUBSIDIZED", None, "0.20"),
    ],
)
async def test_what_is_due(county: Client, payer: str, base: float | None, amount: str) -> None:
    answer = await due(county, payer, base=base)
    assert (answer["amount"], answer["citation"]) == (amount, CITATION)
    assert answer["refusals"] == answer["findings"] == []


async def test_a_pensioners_allowances_are_part_of_the_base(county: Client) -> None:
    answer = await due(county, "RETIRED", base=4500, allowances=600)
    assert (answer["amount"], answer["reason"]) == ("51.00", "基数5100元的1%")


async def test_what_was_paid_is_judged(county: Client) -> None:
    [finding] = (await due(county, base=3000, paid=14.99))["findings"]
    assert (finding["code"], finding["severity"]) == ("DUES_SHORT", "MUST")
    assert "还差0.01元" in finding["message"]
    assert (await due(county, base=3000, paid=15))["findings"] == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "BASE_MISSING"),
        ({"base": -0.01}, "AMOUNT_OUT_OF_BOUNDS"),
        ({"base": 10_000_000.01}, "AMOUNT_OUT_OF_BOUNDS"),
        ({"base": 1e300}, "AMOUNT_OUT_OF_BOUNDS"),
        ({"base": 1, "paid": -1}, "AMOUNT_OUT_OF_BOUNDS"),
        ({"base": 1, "allowances": -1}, "AMOUNT_OUT_OF_BOUNDS"),
        ({"base": 3000, "on": "2008-03-31"}, "NO_TEXT_IN_FORCE"),
    ],
)
async def test_what_has_no_answer_is_refused(county: Client, more: dict[str, Any], expected: str) -> None:
    answer = await due(county, **more)
    assert [one["code"] for one in answer["refusals"]] == [expected]
    assert (answer["amount"], answer["reason"]) == (None, None)


async def test_the_first_day_of_the_brackets(county: Client) -> None:
    assert (await due(county, base=3000, on="2008-04-01"))["amount"] == "15.00"


async def test_whoever_is_signed_in_may_ask(county: Client) -> None:
    for who in ACCOUNTS:
        for code in (COUNTY, OTHER, "999999"):
            answer = await due(county, who=who, place=code, base=3000)
            assert (answer["amount"] if answer else None) == ("15.00" if who else None), who


async def test_it_is_one_statement(watched: Watched) -> None:  # noqa: F811
    given = {"county": COUNTY, "payer": "SALARIED", "base": 3000.01}
    await watched.client.query(DUE, "member", **given)
    await watched.reset()
    await watched.client.query(DUE, "member", **given)
    assert [calls for _, calls in await watched.executed()] == [1]


def test_clients_see_the_words_that_the_packs_know() -> None:
    assert tuple(Payer) == PAYERS
