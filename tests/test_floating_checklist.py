"""A record whose pack asks for more than the seven items: the mine's network branch (网络党支部)."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from resolvers.accounts.demo_accounts import make_demo_accounts
from resolvers.imports.run import import_directory
from runtime.clock import CHINA, stopped_at
from runtime.database import open_database
from tests.conftest import Client, Credentials, copied, serving
from tests.floating import codes, give, read, record_of
from tests.keys import KEYRING
from tests.test_access import rows
from tests.workbooks import small_county, write_county

MINE = "500110"
OFFICE, FLOATING = f"office@{MINE}", f"floating@{MINE}"
NOON = datetime(2021, 7, 2, 12, tzinfo=CHINA)
"""The day after everybody's political birthday: they were admitted on 1 July 2001."""
STEPS = ["study", "management", "mutual_help", "exchange"]


@pytest.fixture(scope="module")
async def mine(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """The small county, once under its own code and once under the mine's."""
    async with copied(server, small_template) as credentials:
        folder = write_county(tmp_path_factory.mktemp("mine") / "files", small_county())
        async with open_database(credentials, KEYRING) as database:
            await import_directory(database, MINE, folder)
            await make_demo_accounts(MINE)
        async with serving(credentials, tmp_path_factory.mktemp("var")) as client:
            for who in (OFFICE, FLOATING, f"app@{MINE}", f"secretary@{MINE}", "office"):
                await client.token(who)
            yield client


async def items(client: Client, who: str, *pairs: tuple[str, str], **changes: Any) -> Any:
    given = [{"key": key, "value": value} for key, value in pairs]
    record = await record_of("floating" if who == "office" else FLOATING)
    return await give(client, "updateFloatingMember", who, floatingMemberId=record, items=given, **changes)


async def clarity(client: Client) -> tuple[int, int, dict[str, bool]]:
    fields = "clarity { clear total items { key clear } }"
    found = (await read(client, OFFICE, await record_of(FLOATING), fields))["clarity"]
    return found["clear"], found["total"], {item["key"]: item["clear"] for item in found["items"]}


async def findings(client: Client, who: str = OFFICE) -> set[str]:
    with stopped_at(NOON):
        found = await read(client, who, await record_of(FLOATING), "findings { code citation rulePack }")
    assert all(one["citation"] for one in found["findings"])
    return {one["code"] for one in found["findings"]}


async def test_items_of_the_pack_are_kept_and_counted(mine: Client) -> None:
    assert await clarity(mine) == (
        3,
        5,
        {"left_on": True, "destination": True, "contact": True, "real_name": False, "group": False},
    )
    answer = await items(mine, FLOATING, ("real_name", " 已登记 "), ("study", "参加6月学习"))
    assert codes(answer) == []
    assert (await clarity(mine))[:2] == (4, 5)  # the steps are kept, and no part of the checklist
    assert codes(await items(mine, OFFICE, ("group", "第二小组"))) == []
    assert (await clarity(mine))[:2] == (5, 5)
    record = await record_of(FLOATING)
    shown = (await read(mine, OFFICE, record, "items { key label value }"))["items"]
    assert [item["key"] for item in shown] == ["real_name", "group", *STEPS]
    values = {item["key"]: item["value"] for item in shown if item["value"]}
    assert values == {"real_name": "已登记", "group": "第二小组", "study": "参加6月学习"}
    assert codes(await items(mine, OFFICE, ("group", "  "))) == []
    assert (await clarity(mine))[:2] == (4, 5)
    stored = (await rows("SELECT items FROM floating_member WHERE id = $1", record))[0]["items"]
    assert "group" not in str(stored)


@pytest.mark.parametrize(
    ("who", "sees"), [(FLOATING, True), (f"secretary@{MINE}", True), (f"app@{MINE}", False)]
)
async def test_what_is_written_there_is_personal(mine: Client, who: str, sees: bool) -> None:
    assert codes(await items(mine, OFFICE, ("real_name", "已登记"))) == []
    shown = (await read(mine, who, await record_of(FLOATING), "items { key value }"))["items"]
    assert {"key": "real_name", "value": "已登记" if sees else None} in shown


@pytest.mark.parametrize(
    ("who", "key", "code", "named"),
    [
        (OFFICE, "colour", "UNKNOWN_ITEM", "group（所在小组）"),
        (OFFICE, "destination", "ITEM_HAS_A_FIELD", "destination"),
        (OFFICE, "organizational_life", "ITEM_HAS_A_FIELD", "organizational_life"),
        ("office", "real_name", "UNKNOWN_ITEM", "无"),  # a county with the national three
    ],
)
async def test_items_that_are_refused(mine: Client, who: str, key: str, code: str, named: str) -> None:
    before = await rows("SELECT * FROM floating_member ORDER BY id")
    answer = await items(mine, who, (key, "内容"), employment="厨师")
    assert (answer["floatingMember"], codes(answer)) == (None, [code])
    assert named in answer["refusals"][0]["message"]
    assert await rows("SELECT * FROM floating_member ORDER BY id") == before


async def test_an_item_that_is_too_long(mine: Client) -> None:
    assert codes(await items(mine, OFFICE, ("group", "长" * 201))) == ["TEXT_TOO_LONG"]


async def test_the_findings_follow_the_record(mine: Client) -> None:
    with stopped_at(NOON):
        cleared = [(key, "") for key in ("real_name", "group", *STEPS)]
        assert codes(await items(mine, OFFICE, *cleared, lastGreetedOn="2020-07-01")) == []
        network = {"NETWORK_NOT_REAL_NAME", "NETWORK_GROUP_MISSING", "NETWORK_OUT_OF_STEP"}
        assert await findings(mine) == network | {"NETWORK_GREETING_MISSED"}
        assert await findings(mine, f"app@{MINE}") == set()  # sentences tell what the record says
        assert codes(await items(mine, OFFICE, ("real_name", "已登记"), lastGreetedOn="2021-07-01")) == []
        assert await findings(mine, FLOATING) == network - {"NETWORK_NOT_REAL_NAME"}
        assert (
            codes(await items(mine, OFFICE, ("group", "第一小组"), *((step, "有") for step in STEPS))) == []
        )
        assert await findings(mine) == set()  # the fifth step is a column, and filled from the office's file
        assert codes(await items(mine, OFFICE, isPlaceFixed=True)) == []
        assert await findings(mine) == {"FLOATING_TRANSFER_DUE"}
        assert codes(await items(mine, OFFICE, isPlaceFixed=False, wentAbroadOn="2016-07-01")) == []
        assert await findings(mine) == {"FLOATING_ABROAD_LONG"}
