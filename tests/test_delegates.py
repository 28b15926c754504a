"""Delegates: the list, the facts that the office records about them, and one statement for what is read of them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from runtime.clock import stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.delegates import CLOSING, IN_COUNTY, OPEN, ask, checks, cleared, codes, decide
from tests.keys import hash_of
from tests.test_access import ACCOUNTS, contents, rows, two_counties
from tests.test_statements import Watched, watched  # noqa: F401
from tests.workbooks import PEOPLE

LIST = """query($county: ID!, $first: Int!, $after: String, $level: [CongressLevel!], $status: [DelegateStatus!],
  $search: String) { delegates(county: $county, first: $first, after: $after, level: $level, status: $status,
  search: $search) { totalCount pageInfo { hasNextPage endCursor }
  edges { node { id level status congress electedOn member { name } statusHistory { status } } } } }"""
RECORD = """mutation($id: ID!, $halted: Date, $lost: Date, $resigned: Date) { recordDelegateFact(delegateId: $id,
  membershipHaltedOn: $halted, nationalityLostOn: $lost, resignationAcceptedOn: $resigned) {
  delegate { id status } refusals { code message citation } } }"""
COUNTS = "query($code: ID!) { county(code: $code) { delegateCounts { level status count } } }"


@pytest.fixture(scope="module")
async def served(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        await rows(
            f"UPDATE delegate SET level = 'CITY' WHERE {IN_COUNTY} AND member_id = "
            f"(SELECT id FROM member WHERE id_number_hash = $2 AND {IN_COUNTY})",
            COUNTY,
            hash_of(PEOPLE[9].id_number),
        )
        yield client


@pytest.fixture
async def county(served: Client) -> AsyncIterator[Client]:
    """The county's three delegates in office, cleared by both agencies, the one of them delegate to the city's."""
    await rows("TRUNCATE qualification_review, delegate_status_change, vacancy CASCADE")
    await rows(
        "UPDATE delegate SET status = 'SERVING', membership_halted_on = NULL, nationality_lost_on = NULL, "
        "resignation_accepted_on = NULL"
    )
    with stopped_at(CLOSING):
        await cleared(served)
        yield served


async def listed(client: Client, who: str | None = "office", **given: Any) -> Any:
    return await ask(client, LIST, who, **{"county": COUNTY, "first": 100, **given})


def names(page: Any) -> set[str]:
    return {edge["node"]["member"]["name"] for edge in page["edges"]}


async def record(client: Client, delegate: str, who: str | None = "office", **given: Any) -> Any:
    return await ask(client, RECORD, who, id=delegate, **given)


async def test_the_list_by_level_status_and_name(county: Client) -> None:
    everybody = {who.name for who in PEOPLE[9:]}
    assert names(await listed(county)) == everybody
    assert names(await listed(county, level=["CITY"])) == {PEOPLE[9].name}
    assert names(await listed(county, level=["CITY", "COUNTY"])) == everybody
    assert (await listed(county, level=["PROVINCE"]))["totalCount"] == 0
    assert names(await listed(county, search=PEOPLE[10].name[:2])) == {PEOPLE[10].name}
    await decide(county, (await checks(county))[2]["id"], "SUSPENSION_PROPOSED")
    suspended = await listed(county, status=["SUSPENDED"])
    assert names(suspended) == {PEOPLE[11].name}
    assert suspended["edges"][0]["node"]["statusHistory"] == [{"status": "SUSPENDED"}]
    assert names(await listed(county, level=["COUNTY"], status=["SERVING"])) == {PEOPLE[10].name}


async def test_the_list_page_by_page(county: Client) -> None:
    first = await listed(county, first=2)
    rest = await listed(county, first=2, after=first["pageInfo"]["endCursor"])
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert first["totalCount"] == len(names(first) | names(rest)) == 3


async def test_who_sees_delegates_and_their_history(county: Client) -> None:
    await decide(county, (await checks(county))[2]["id"], "SUSPENSION_PROPOSED")
    seen = {who: await listed(county, who) for who in ACCOUNTS}
    whole = {"office", "town", "app", "discipline", "security"}
    assert {who for who, page in seen.items() if page["totalCount"] == 3} == whole
    assert {who for who, page in seen.items() if page["totalCount"] == 0} == set(ACCOUNTS) - whole
    with_history = {
        who for who, page in seen.items() if any(edge["node"]["statusHistory"] for edge in page["edges"])
    }
    assert with_history == {"office"}


async def test_how_many_there_are_of_each_level_and_status(county: Client) -> None:
    await decide(county, (await checks(county))[2]["id"], "TERMINATION_PROPOSED")
    counts = [
        {"level": "CITY", "status": "SERVING", "count": 1},
        {"level": "COUNTY", "status": "SERVING", "count": 1},
        {"level": "COUNTY", "status": "TERMINATED", "count": 1},
    ]
    for who, expected in (("office", counts), ("auditor", counts), ("town", counts), ("member", [])):
        answer = await ask(county, COUNTS, who, code=COUNTY)
        assert answer["delegateCounts"] == expected, who


FACTS = [
    ("halted", "2020-11-02", "DELEGATE_STANDING_LOST"),
    ("lost", "2020-12-28", "DELEGATE_STANDING_LOST"),
    ("resigned", "2020-10-01", "DELEGATE_RESIGNED"),
]


@pytest.mark.parametrize(("name", "day", "code"), FACTS)
async def test_a_fact_is_judged_and_taken_back(county: Client, name: str, day: str, code: str) -> None:
    delegate = (await checks(county))[0]["delegate"]["id"]
    answer = await record(county, delegate, **{name: day})
    assert (codes(answer), answer["delegate"]["status"]) == (
        [],
        "SERVING",
    )  # a fact takes nobody's standing away
    check = (await checks(county))[0]
    assert (check["outcome"], check["findings"]) == ("TERMINATION_PROPOSED", [{"code": code}])
    before = await contents()
    await record(county, delegate, **{name: day})
    assert await contents() == before  # what is known already is no news
    assert codes(await record(county, delegate, **{name: None})) == []
    assert (await checks(county))[0]["outcome"] == "QUALIFIED"


async def test_a_fact_counts_from_its_quarter_on(county: Client) -> None:
    """What happened in the fourth quarter says nothing about the third; a decided check stays as it was."""
    await cleared(county, "2020Q3")
    first, second, _ = await checks(county)
    await decide(county, second["id"], "QUALIFIED")
    for check in (first, second):
        await record(county, check["delegate"]["id"], resigned="2020-10-01")
    assert [one["outcome"] for one in await checks(county)][:2] == ["TERMINATION_PROPOSED", "QUALIFIED"]
    assert [one["outcome"] for one in await checks(county, "2020Q3")][:2] == ["QUALIFIED", "QUALIFIED"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "NOTHING_GIVEN"),
    ({"halted": "2020-12-29"}, "IN_THE_FUTURE"),
    ({"resigned": "2016-07-19"}, "BEFORE_ELECTION"),
]


@pytest.mark.parametrize(("given", "code"), REFUSED)
async def test_a_fact_that_is_refused(county: Client, given: dict[str, Any], code: str) -> None:
    delegate = (await checks(county))[0]["delegate"]["id"]
    before = await contents()
    answer = await record(county, delegate, **given)
    assert (answer["delegate"], codes(answer)) == (None, [code])
    assert await contents() == before


async def test_only_the_office_records_facts(county: Client) -> None:
    delegate = (await checks(county))[0]["delegate"]["id"]
    before = await contents()
    for who in ACCOUNTS:
        if who != "office":
            answer = await record(county, delegate, who, halted="2020-11-02")
            assert (answer["delegate"], codes(answer)) == (None, ["DELEGATE_NOT_FOUND"]), who
    assert await contents() == before


async def test_who_was_elected_afterwards_is_not_asked_about(county: Client) -> None:
    await rows(f"UPDATE delegate SET elected_on = '2020-11-15' WHERE level = 'CITY' AND {IN_COUNTY}", COUNTY)
    answer = await ask(county, OPEN, "office", county=COUNTY, quarter="2020Q2")
    assert answer["review"]["checkCount"] == 2
    await rows(f"UPDATE delegate SET elected_on = '2016-07-20' WHERE level = 'CITY' AND {IN_COUNTY}", COUNTY)


READS = {
    "delegates": f'{{ delegates(county: "{COUNTY}", first: 5, status: [SERVING], search: "文浩") {{ totalCount '
    "edges { node { id status member { name } statusHistory { status since decidedBy } } } } }",
    "vacancies": f'{{ vacancies(county: "{COUNTY}", first: 5, open: true) {{ totalCount edges {{ node {{ id openedOn '
    "delegate { congress member { name } } successor { id } } } } }",
    "counts": f'{{ county(code: "{COUNTY}") {{ delegateCounts {{ level status count }} }} }}',
    "review": f'{{ qualificationReview(county: "{COUNTY}", quarter: "2020Q4") {{ status staleCount overdueClearances '
    "progress { status judging judged toJudge failure } checks(first: 5) { edges { node { withdrawnDecisions "
    "{ outcome } decision { dissent { by } } replayed { isSame findings { code } } } } } } }",
}


@pytest.mark.parametrize("read", READS)
async def test_a_read_is_one_statement(watched: Watched, read: str) -> None:  # noqa: F811
    await watched.reset()
    answer = await watched.client.query(READS[read], "office")
    assert "errors" not in answer
    assert [calls for _, calls in await watched.executed()] == [1]
