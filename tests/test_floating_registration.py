"""Registering that a member is away, who looks after him, and his return."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.floating import codes, give, member_of, newcomer, read, write
from tests.test_access import OTHER, contents, ids, rows, two_counties

OFFICE, TOWN, SECRETARY = f"office@{OTHER}", f"town@{OTHER}", f"secretary@{OTHER}"
NOON = datetime(2021, 3, 1, 12, tzinfo=CHINA)


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def register(county: Client, member: str, who: str = SECRETARY, **given: Any) -> Any:
    given = {"memberId": member, "leftOn": "2021-02-20", **given}
    return await give(county, "registerFloatingMember", who, **given)


async def back(county: Client, record: str, on: str, who: str = SECRETARY) -> Any:
    return await write(county, "recordReturn", who, id=record, on=on)


async def test_who_is_registered_has_a_record_kept_today(county: Client) -> None:
    contact = await member_of(f"member@{OTHER}")
    known: dict[str, Any] = {
        "destination": " 西安市 ",
        "contact": "19999036485",
        "isPlaceFixed": True,
        "mindset": "",
    }
    with stopped_at(NOON):
        member = await newcomer()
        answer = await register(county, member, **known, contactPersonId=contact)
    assert codes(answer) == []
    record = answer["floatingMember"]
    branch = (await ids("organization", "t.code", OTHER))["SY01001"]
    assert (record["homeBranch"], record["contactPerson"]) == ({"id": branch}, {"id": contact})
    assert (record["leftOn"], record["registeredOn"], record["lastUpdatedOn"]) == (
        "2021-02-20",
        "2021-03-01",
        "2021-03-01",
    )
    assert record["isPlaceFixed"] is True
    assert record["clarity"] == {"clear": 3, "total": 7}
    done = {one["key"]: one["lastOn"] for one in record["systems"] if one["count"]}
    assert done == {"notice": "2021-03-01"}  # the registration is the record of 外出报备
    listed = await county.run("FloatingMembers", OFFICE, county=OTHER, first=100, overdueOnly=False)
    assert record["id"] in {edge["node"]["id"] for edge in listed["floatingMembers"]["edges"]}


async def test_of_many_who_register_him_at_once_one_does(county: Client) -> None:
    with stopped_at(NOON):
        member = await newcomer()
        answers = await asyncio.gather(
            *(register(county, member, who) for who in (OFFICE, TOWN, SECRETARY) * 2)
        )
    assert sorted(map(codes, answers)) == [[], *[["ALREADY_AWAY"]] * 5]
    assert len(await rows("SELECT 1 FROM floating_member WHERE member_id = $1", member)) == 1


async def test_registrations_that_are_refused(county: Client) -> None:
    foreign = await member_of("member")
    with stopped_at(NOON):
        member = await newcomer()
        before = await contents()
        cases: tuple[tuple[dict[str, Any], str], ...] = (
            ({"leftOn": "2021-03-02"}, "LEFT_IN_THE_FUTURE"),
            ({"wentAbroadOn": "2021-03-02"}, "IN_THE_FUTURE"),
            ({"destination": "远" * 201}, "TEXT_TOO_LONG"),
            ({"items": [{"key": "group", "value": "第一小组"}]}, "UNKNOWN_ITEM"),
            ({"contactPersonId": member}, "CONTACT_PERSON_IS_HIMSELF"),
            ({"contactPersonId": foreign}, "CONTACT_PERSON_NOT_FOUND"),
            ({"contactPersonId": str(uuid4())}, "CONTACT_PERSON_NOT_FOUND"),
            ({"contactPersonId": "nobody"}, "CONTACT_PERSON_NOT_FOUND"),
        )
        for given, code in cases:
            answer = await register(county, member, **given)
            assert (answer["floatingMember"], codes(answer)) == (None, [code])
        assert codes(await register(county, foreign)) == ["MEMBER_NOT_FOUND"]
        assert await contents() == before


async def test_a_return_closes_the_record_and_ends_the_visit(county: Client) -> None:
    """Who was resettled or sent to a project stays there: only being away is over."""
    with stopped_at(NOON):
        member = await newcomer()
        record = (await register(county, member))["floatingMember"]["id"]
        places = await ids("organization", "t.code", OTHER)
        for code, kind in (("SYL01", "AWAY"), ("SY01002", "RESETTLEMENT")):
            await rows(
                "INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on) "
                "SELECT gen_random_uuid(), county_id, $1, id, $3, ARRAY['STUDY'], '2021-02-20' "
                "FROM organization WHERE id = $2",
                *(member, places[code], kind),
            )
        before = await contents()
        assert codes(await back(county, record, "2021-03-02")) == ["IN_THE_FUTURE"]
        assert codes(await back(county, record, "2021-02-19")) == ["RETURNED_BEFORE_LEAVING"]
        assert await contents() == before
        answer = await back(county, record, "2021-02-28")
        assert answer["floatingMember"] == {"id": record, "returnedOn": "2021-02-28", "hostBranch": None}
        found = await rows(
            "SELECT kind, ended_on::text AS ended, end_reason FROM attachment WHERE member_id = $1 ORDER BY kind",
            member,
        )
        assert found == [
            {"kind": "AWAY", "ended": "2021-02-28", "end_reason": "已返回"},
            {"kind": "RESETTLEMENT", "ended": None, "end_reason": None},
        ]
        # The record stays, as it was; nobody keeps it any more, and he may leave again.
        assert codes(await back(county, record, "2021-02-28")) == ["FLOATING_MEMBER_NOT_FOUND"]
        assert (await read(county, SECRETARY, record, "returnedOn"))["returnedOn"] == "2021-02-28"
        assert codes(await register(county, member, leftOn="2021-03-01")) == []


async def test_who_looks_after_somebody_sees_him_until_he_returns(county: Client) -> None:
    contact = f"member@{OTHER}"
    own = await member_of(contact)
    text = "query($id: [_Any!]!) { _entities(representations: $id) { ... on Member { floating { destination } } } }"
    with stopped_at(NOON):
        member = await newcomer()
        asked = [{"__typename": "Member", "id": member}]
        assert (await county.query(text, contact, id=asked))["data"]["_entities"] == [None]
        record = (await register(county, member, destination="西安", contactPersonId=own))["floatingMember"][
            "id"
        ]
        seen = (await county.query(text, contact, id=asked))["data"]["_entities"][0]
        assert seen["floating"] == {"destination": "西安"}
        assert codes(await back(county, record, "2021-03-01")) == []
        assert (await county.query(text, contact, id=asked))["data"]["_entities"] == [None]
