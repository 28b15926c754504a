"""Floating members: keeping the record, what is due when, and two who keep it at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import OTHER, rows, two_counties

NOON = datetime(2021, 3, 1, 12, tzinfo=CHINA)
ITEMS = ["left_on", "destination", "contact", "employment", "organizational_life", "mindset", "contribution"]
RECORD = """
query($id: [_Any!]!) { _entities(representations: $id) { ... on FloatingMember {
  leftOn destination contact employment organizationalLife mindset contribution lastUpdatedOn updateDueOn overdue
  registeredOn clarity { clear total items { key clear } } } } }
"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def record_of(username: str) -> str:
    """The record of the member whose account this is."""
    sql = (
        "SELECT f.id FROM floating_member f JOIN account a ON a.member_id = f.member_id WHERE a.username = $1"
    )
    return str((await rows(sql, username))[0]["id"])


async def record_without_account(county: str) -> str:
    sql = (
        "SELECT f.id FROM floating_member f JOIN county c ON c.id = f.county_id WHERE c.code = $1 "
        "AND NOT EXISTS (SELECT FROM account a WHERE a.member_id = f.member_id) ORDER BY f.id LIMIT 1"
    )
    return str((await rows(sql, county))[0]["id"])


async def update(county: Client, who: str, record: str, **changes: Any) -> Any:
    given = {"floatingMemberId": record, **changes}
    answer = await county.run("UpdateMyFloatingRecord", who, input=given)
    return answer["updateFloatingMember"]


async def read(county: Client, who: str, record: str) -> dict[str, Any]:
    asked = [{"__typename": "FloatingMember", "id": record}]
    answer = await county.query(RECORD, who, id=asked)
    found: dict[str, Any] = answer["data"]["_entities"][0]
    return found


@pytest.mark.parametrize("who", ["floating", "secretary", "town", "office"])
async def test_what_is_left_out_stays_as_it_is(county: Client, who: str) -> None:
    record = await record_of("floating")
    before = await read(county, "floating", record)
    with stopped_at(NOON):
        answer = await update(county, who, record, destination=f"  {who}的去向 ")
        after = await read(county, "floating", record)
    assert answer["refusals"] == []
    assert answer["floatingMember"]["lastUpdatedOn"] == "2021-03-01"
    assert after == before | {
        "destination": f"{who}的去向",
        "lastUpdatedOn": "2021-03-01",
        "updateDueOn": "2021-09-01",
        "overdue": False,
    }


@pytest.mark.parametrize("who", ["member", "app", f"floating@{OTHER}", f"office@{OTHER}"])
async def test_nobody_else_keeps_it(county: Client, who: str) -> None:
    record = await record_of("floating")
    before = await rows("SELECT *, xmin FROM floating_member WHERE id = $1", record)
    answer = await update(county, who, record, destination="别处")
    assert [refusal["code"] for refusal in answer["refusals"]] == ["FLOATING_MEMBER_NOT_FOUND"]
    assert await rows("SELECT *, xmin FROM floating_member WHERE id = $1", record) == before


async def test_who_is_away_keeps_only_his_own_record(county: Client) -> None:
    answer = await update(county, "floating", await record_without_account(COUNTY), destination="别处")
    assert [refusal["code"] for refusal in answer["refusals"]] == ["FLOATING_MEMBER_NOT_FOUND"]


async def test_an_empty_text_clears_null_does_not_and_the_seven_items_are_counted(county: Client) -> None:
    """In Jiangxian, whose pack asks for all seven; elsewhere the national three are counted."""
    who = f"floating@{OTHER}"
    record = await record_of(who)
    with stopped_at(NOON):
        full = await update(county, who, record, contribution="在西安带动三名同乡就业", mindset="稳定")
        cleared = await update(county, who, record, mindset="", employment="   ", leftOn=None)
        after = await read(county, who, record)
        national = await update(county, "floating", await record_of("floating"), mindset="")
    assert [item["key"] for item in full["floatingMember"]["clarity"]["items"]] == ITEMS
    assert (full["floatingMember"]["clarity"]["clear"], full["floatingMember"]["clarity"]["total"]) == (7, 7)
    unclear = [item["key"] for item in cleared["floatingMember"]["clarity"]["items"] if not item["clear"]]
    assert unclear == ["employment", "mindset"]
    assert cleared["floatingMember"]["clarity"]["clear"] == 5
    assert (after["mindset"], after["employment"]) == (None, None)
    assert after["leftOn"] is not None
    assert national["floatingMember"]["clarity"]["total"] == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"leftOn": "2021-03-02"}, "LEFT_IN_THE_FUTURE"),
        ({"destination": "远" * 201}, "TEXT_TOO_LONG"),
        ({"contact": "1" * 41}, "TEXT_TOO_LONG"),
    ],
)
async def test_values_that_are_refused(county: Client, changes: dict[str, str], code: str) -> None:
    record = await record_of("floating")
    before = await read(county, "floating", record)
    with stopped_at(NOON):
        answer = await update(county, "floating", record, employment="木工", **changes)
        after = await read(county, "floating", record)
    assert [refusal["code"] for refusal in answer["refusals"]] == [code]
    assert answer["floatingMember"] is None
    assert after["employment"] == before["employment"]


@pytest.mark.parametrize(
    ("kept_on", "asked_on", "due_on", "overdue"),
    [
        # A quarter is three natural months in Jiangxian; the last day itself is in time.
        ("2020-11-30", "2021-02-28", "2021-02-28", False),
        ("2020-11-30", "2021-03-01", "2021-02-28", True),
        ("2020-12-17", "2021-03-17", "2021-03-17", False),
        ("2020-12-17", "2021-03-18", "2021-03-17", True),
        (None, "2020-08-01", "2020-08-01", False),  # never kept: it counts from the leaving, 2020-05-01
        (None, "2020-08-02", "2020-08-01", True),
        (
            "2019-06-01",
            "2019-12-01",
            "2019-12-01",
            False,
        ),  # before the county's pack: the national six months
    ],
)
async def test_when_an_update_is_due(
    county: Client, kept_on: str | None, asked_on: str, due_on: str, overdue: bool
) -> None:
    record = await record_without_account(OTHER)
    await rows(
        "UPDATE floating_member SET last_updated_on = ($2::text)::date, left_on = '2020-05-01', "
        "registered_on = LEAST(registered_on, ($2::text)::date) WHERE id = $1",
        record,
        kept_on,
    )
    with stopped_at(datetime.fromisoformat(f"{asked_on}T23:59:00+08:00")):
        found = await read(county, f"office@{OTHER}", record)
        late = await county.run(
            "FloatingMembers", f"office@{OTHER}", county=OTHER, first=100, overdueOnly=True
        )
    assert (found["updateDueOn"], found["overdue"]) == (due_on, overdue)
    assert (record in {edge["node"]["id"] for edge in late["floatingMembers"]["edges"]}) == overdue


async def test_two_who_keep_the_record_at_once_lose_nothing(county: Client) -> None:
    """Six fields, three accounts, all at the same moment: every field is written, every update counted."""
    record = await record_of("floating")
    fields = ["destination", "contact", "employment", "organizationalLife", "mindset", "contribution"]
    version = (await rows("SELECT version FROM floating_member WHERE id = $1", record))[0]["version"]
    with stopped_at(NOON):
        answers = await asyncio.gather(
            *(
                update(county, who, record, **{name: f"{name} {turn}"})
                for turn in range(4)
                for who, name in zip(("floating", "secretary", "office") * 2, fields, strict=True)
            )
        )
        after = await read(county, "floating", record)
    assert {str(answer["refusals"]) for answer in answers} == {"[]"}
    assert all(after[name].startswith(name) for name in fields)
    now_at = (await rows("SELECT version FROM floating_member WHERE id = $1", record))[0]["version"]
    assert now_at == version + len(answers)


async def test_a_record_that_ended_is_kept_no_more(county: Client) -> None:
    record = await record_without_account(COUNTY)
    await rows("UPDATE floating_member SET returned_on = '2021-02-28' WHERE id = $1", record)
    answer = await update(county, "office", record, destination="别处")
    assert [refusal["code"] for refusal in answer["refusals"]] == ["FLOATING_MEMBER_NOT_FOUND"]
