"""Reserves: lists of names, what the packs find on them, and that nothing is found where no list is kept."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Client, Credentials
from tests.organizations import codes, do, end, of_code, read
from tests.test_access import OTHER, contents, members, rows, two_counties

ON = "2020-05-01"
LIST = (
    "reserveCount secretaryReserveCount "
    "reserves(first: 50) { totalCount edges { node { id name isForSecretary member { id } } } }"
)


@pytest.fixture
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def add(client: Client, organization: str, names: list[Any], who: str = "office", on: str = ON) -> Any:
    listed = [{"name": name} if isinstance(name, str) else name for name in names]
    return await do(client, who, "addReserves", organizationId=organization, listedOn=on, reserves=listed)


async def test_a_list_is_kept(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    # No list was ever kept: nothing is known, and nothing is said.
    assert await read(client, branch, "reserveCount") == {"reserveCount": None}
    answer = await add(
        client,
        branch,
        [{"name": "王一", "isForSecretary": True}, {"memberId": people[1]}, " 李 二 "],
        "secretary",
    )
    assert (codes(answer), answer["added"]) == ([], 3)
    assert answer["organization"] == {"code": "SY01001", "reserveCount": 3, "secretaryReserveCount": 1}
    page = await read(client, branch, LIST, "town")
    nodes = {edge["node"]["name"]: edge["node"] for edge in page["reserves"]["edges"]}
    assert set(nodes) == {"王一", "沈新晨", "李 二"}
    assert nodes["沈新晨"]["member"] == {"id": people[1]}
    removed = await end(client, "secretary", "removeReserve", nodes["王一"]["id"], "2020-06-01", "外出")
    assert removed["reserve"] | {"id": ""} == {
        "id": "",
        "name": "王一",
        "removedOn": "2020-06-01",
        "removalReason": "外出",
    }
    assert await read(client, branch, "reserveCount secretaryReserveCount") == {
        "reserveCount": 2,
        "secretaryReserveCount": 0,
    }
    counts = (
        "all: reserves(first: 1, includeRemoved: true) { totalCount } "
        "for: reserves(first: 1, forSecretary: true) { totalCount }"
    )
    assert await read(client, branch, counts) == {"all": {"totalCount": 3}, "for": {"totalCount": 0}}
    assert codes(await add(client, branch, ["王一"])) == []  # he who was taken off may be listed again
    # Neither members nor the auditor read the list.
    for who in ("member", "auditor"):
        page = await read(client, branch, "reserveCount reserves(first: 5) { totalCount }", who)
        assert page == {"reserveCount": None, "reserves": {"totalCount": 0}}


async def test_lists_that_are_refused(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    await add(client, branch, ["王一"])
    before = await contents()
    cases: list[tuple[list[Any], list[str]]] = [
        ([], ["TOO_MANY_NAMES"]),
        ([f"人{n}" for n in range(101)], ["TOO_MANY_NAMES"]),
        (["李二", "王一"], ["ALREADY_LISTED"]),
        (["李二", "李二 "], ["ALREADY_LISTED"]),
        (["  "], ["NAME_MISSING"]),
        ([{"isForSecretary": True}], ["NAME_MISSING"]),
        (["长" * 61], ["NAME_MISSING"]),
        ([{"memberId": str(uuid4()), "name": "李二"}], ["MEMBER_NOT_FOUND"]),
        ([{"memberId": people[1]}, "沈新晨"], ["ALREADY_LISTED"]),
    ]
    for names, expected in cases:
        answer = await add(client, branch, names)
        assert (codes(answer), answer["added"], answer["organization"]) == (expected, 0, None), names
    assert codes(await add(client, branch, ["李二"], on="2099-01-01")) == ["IN_THE_FUTURE"]
    (edge,) = (await read(client, branch, LIST))["reserves"]["edges"]
    for on, reason, code in (
        ("2020-04-30", "外出", "BEFORE_BEGINNING"),
        ("2099-01-01", "外出", "IN_THE_FUTURE"),
        ("2020-06-01", "", "REASON_MISSING"),
    ):
        assert codes(await end(client, "office", "removeReserve", edge["node"]["id"], on, reason)) == [code]
    assert codes(await end(client, "office", "removeReserve", str(uuid4()), ON)) == ["RESERVE_NOT_FOUND"]
    assert await contents() == before


async def test_a_list_begins_after_the_founding(client: Client) -> None:
    branch = (await of_code())["SY01001"]
    await rows("UPDATE organization SET founded_on = '2020-05-02' WHERE code = 'SY01001'")
    assert codes(await add(client, branch, ["王一"])) == ["BEFORE_FOUNDING"]
    assert codes(await add(client, branch, ["王一"], on="2020-05-02")) == []


async def test_a_village_of_jiangxian_lists_five(county: Client) -> None:
    """每村后备力量总数不少于5名, 其中1至2名党组织书记后备: the county's own pack."""
    village = (await of_code(OTHER))["SY01001"]
    office = f"office@{OTHER}"
    short = {"VILLAGE_RESERVES_SHORT", "VILLAGE_SECRETARY_RESERVE_MISSING"}

    async def found() -> set[str]:
        return short & set(codes(await read(county, village, "findings { code }", office), "findings"))

    assert await found() == set()
    assert codes(await add(county, village, ["一", "二", "三", "四"], office)) == []
    assert await found() == short
    assert codes(await add(county, village, [{"name": "五", "isForSecretary": True}], office)) == []
    assert await found() == set()
