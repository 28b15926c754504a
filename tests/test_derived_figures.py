"""What is computed from rows is for those who may read the rows, by whatever path they come."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import two_counties

DERIVED = "trainingYear(year: 2020) { completedHours } duties { kind }"
SECRETARY = f"{{ viewer {{ member {{ organization {{ secretary {{ id {DERIVED} }} }} }} }} }}"
ENTITY = f"query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on Member {{ id {DERIVED} }} }} }}"
LACKING = """query ($county: ID!, $first: Int!) {
  members(county: $county, first: $first, belowTrainingHours: 2020) { totalCount }
}"""
FIGURES = 'organizationCount memberCount floatingCount delegateCount attendanceRate(month: "2020-01")'
COUNTS = f'{{ county(code: "{COUNTY}") {{ {FIGURES} }} }}'


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def hours_of_the_secretary(client: Client, who: str) -> Any:
    own = (await client.query(SECRETARY, "secretary"))["data"]["viewer"]["member"]["organization"][
        "secretary"
    ]
    assert own["trainingYear"] is not None
    assert own["duties"]
    given = {"r": [{"__typename": "Member", "id": own["id"]}]}
    [seen] = (await client.query(ENTITY, who, **given))["data"]["_entities"]
    return seen and (seen["trainingYear"], seen["duties"])


@pytest.mark.parametrize("who", ["member", "app"])
async def test_who_may_not_read_records_gets_nothing_made_of_them(county: Client, who: str) -> None:
    assert await hours_of_the_secretary(county, who) == (None, [])


@pytest.mark.parametrize("who", ["office", "town"])
async def test_who_may_read_records_gets_what_is_made_of_them(county: Client, who: str) -> None:
    hours, duties = await hours_of_the_secretary(county, who)
    assert hours["completedHours"] >= 0
    assert duties


@pytest.mark.parametrize(("who", "finds_some"), [("office", True), ("app", False)])
async def test_nobody_filters_by_what_he_may_not_read(county: Client, who: str, finds_some: bool) -> None:
    found = (await county.query(LACKING, who, county=COUNTY, first=10))["data"]["members"]["totalCount"]
    assert bool(found) == finds_some


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("office", "whole"), ("auditor", "whole"), ("town", "part"), ("secretary", "part"), ("app", "whole"),
        ("member", "nothing"), ("discipline", "nothing"), ("security", "nothing"),
    ],
)  # fmt: skip
async def test_a_count_is_whole_or_of_ones_own_or_not_given(county: Client, who: str, sees: str) -> None:
    whole = (await county.query(COUNTS, "office"))["data"]["county"]
    seen = (await county.query(COUNTS, who))["data"]["county"]
    if sees == "whole":
        assert seen == whole
    elif sees == "nothing":
        assert set(seen.values()) == {None}
    else:
        assert 0 < seen["memberCount"] <= whole["memberCount"]
        assert seen["organizationCount"] < whole["organizationCount"]
