"""Revealing a masked value: to whom, what for, how many a day; and that the member reads of it before anybody else."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from models.choices import Role
from resolvers.access import AccountViewer
from resolvers.member_rights.access_log import keep_access
from resolvers.member_rights.reveal import MEMBERS_A_DAY
from runtime.clock import CHINA, stopped_at
from runtime.database import unit_of_work
from tests.conftest import COUNTY, Client, Credentials
from tests.rights import REASON, account_of, grant_in_county
from tests.test_access import ACCOUNTS, OTHER, contents, members, rows, two_counties
from tests.theme_days import answered, codes, last_audit, own_member
from tests.workbooks import PEOPLE

NOON = datetime(2020, 3, 10, 12, tzinfo=CHINA)
REVEAL = """mutation($input: RevealMemberInput!) { revealMember(input: $input) {
  values { value text } refusals { code message citation } } }"""
LOG = "{ viewer { accessLog(first: 20) { totalCount edges { node { at by { displayName } purpose fields } } } } }"
ALL = ["ID_NUMBER", "PHONE", "ADDRESS", "CONTACT"]
PHONE, CONTACT, ADDRESS = "19999025206", "19999036485", "试验县"

# Purpose -> value -> who reads it, by hand.
COMMITTEES = {"office", "town"}
LED_BY = {"office", "town", "secretary"}
OPENS: dict[str, dict[str, set[str]]] = {
    "CONTACT": dict.fromkeys(("PHONE", "ADDRESS", "CONTACT"), LED_BY),
    "CARE": dict.fromkeys(("PHONE", "ADDRESS", "CONTACT"), LED_BY),
    "TRANSFER": {
        "ID_NUMBER": {"office"},
        "PHONE": COMMITTEES,
        "ADDRESS": COMMITTEES,
        "CONTACT": COMMITTEES,
    },
    "VERIFY_IDENTITY": {"ID_NUMBER": {"office"}},
    "QUALIFICATION_REVIEW": {"ID_NUMBER": {"office"}},
    "INSPECTION": {"ID_NUMBER": {"office"}},
    "EMERGENCY": {},
}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def reveal(
    county: Client, who: str | None, member: str, *values: str, purpose: str = "CONTACT", reason: str = REASON
) -> Any:
    given = {"memberId": member, "values": list(values), "purpose": purpose, "reason": reason}
    return await answered(county, REVEAL, who, input=given)


@pytest.mark.parametrize("purpose", OPENS)
async def test_a_purpose_opens_a_value_to_a_role(county: Client, purpose: str) -> None:
    away = await own_member("floating")
    (person,) = [who for number, who in enumerate(PEOPLE) if (await members())[number] == away]
    whole = {"ID_NUMBER": person.id_number, "PHONE": PHONE, "ADDRESS": ADDRESS, "CONTACT": CONTACT}
    for who in ("office", "town", "secretary"):
        for value in ALL:
            told = await reveal(county, who, away, value, purpose=purpose)
            if who in OPENS[purpose].get(value, ()):
                assert codes(told) == []
                assert told["values"] == [{"value": value, "text": whole[value]}], (who, value)
            else:
                assert (codes(told), told["values"]) == (["PURPOSE_NOT_ENOUGH"], []), (who, value)


async def test_all_or_nothing(county: Client) -> None:
    away = await own_member("floating")
    told = await reveal(county, "office", away, *ALL, purpose="CONTACT")
    assert (codes(told), told["values"]) == (["PURPOSE_NOT_ENOUGH"], [])
    told = await reveal(county, "office", away, *ALL, purpose="TRANSFER")
    assert [one["value"] for one in told["values"]] == ALL


async def test_the_member_and_the_auditor_read_of_it(county: Client) -> None:
    own = await own_member("member")
    await rows("DELETE FROM record_access")
    with stopped_at(NOON):
        told = await reveal(county, "secretary", own, "PHONE", "ADDRESS", "PHONE", purpose="CARE")
    assert [one["text"] for one in told["values"]] == [PHONE, ADDRESS]
    log = (await answered(county, LOG, "member"))["accessLog"]
    assert [edge["node"] for edge in log["edges"]] == [
        {
            "at": "2020-03-10T12:00:00+08:00",
            "by": {"displayName": "村党支部书记"},
            "purpose": f"走访慰问: {REASON}",
            "fields": ["phone", "address"],
        }
    ]
    entry = await last_audit("REVEAL")
    assert (entry["subject_type"], entry["subject_id"]) == ("Member", own)
    detail = orjson.loads(entry["detail"])
    assert {"purpose": "CARE", "values": ["PHONE", "ADDRESS"], "reason": REASON}.items() <= detail.items()
    everything = str(await rows("SELECT * FROM audit_entry")) + str(await rows("SELECT * FROM record_access"))
    assert PHONE not in everything


async def test_a_refusal_is_kept_and_nobody_is_told_to_have_read(county: Client) -> None:
    own = await own_member("member")
    before = await rows("SELECT count(*) FROM record_access")
    assert codes(await reveal(county, "town", own, "ID_NUMBER", purpose="CONTACT")) == ["PURPOSE_NOT_ENOUGH"]
    entry = await last_audit("REVEAL_REFUSED")
    assert (entry["actor_name"], entry["subject_id"]) == ("镇党委", own)
    detail = orjson.loads(entry["detail"])
    assert {
        "purpose": "CONTACT",
        "values": ["ID_NUMBER"],
        "why": ["PURPOSE_NOT_ENOUGH"],
    }.items() <= detail.items()
    assert await rows("SELECT count(*) FROM record_access") == before


@pytest.mark.parametrize("reason", ["", "  电话  ", "四个字的", "由" * 181])
async def test_an_occasion_is_told(county: Client, reason: str) -> None:
    own = await own_member("member")
    assert codes(await reveal(county, "secretary", own, "PHONE", reason=reason)) == ["REASON_MISSING"]
    assert codes(await reveal(county, "secretary", own, reason=REASON)) == ["NOTHING_ASKED"]


async def test_denied_looks_exactly_like_missing(county: Client) -> None:
    neighbour, foreign = (await members())[9], (await members(OTHER))[0]
    missing = await reveal(county, "secretary", str(uuid4()), "PHONE")
    assert codes(missing) == ["MEMBER_NOT_FOUND"]
    for id in (neighbour, foreign, "not-an-id"):
        assert await reveal(county, "secretary", id, "PHONE") == missing
        assert (await last_audit("REVEAL_REFUSED"))["subject_id"] == (
            str(UUID(int=0)) if id == "not-an-id" else id
        )


async def test_nobody_else_reveals_anything(county: Client) -> None:
    own = await own_member("member")
    for who in set(ACCOUNTS) - LED_BY:
        told = await reveal(county, who, own, "PHONE")
        assert (codes(told), told["values"]) == (["MEMBER_NOT_FOUND"], []), who
    before = await contents()
    await reveal(county, None, own, "PHONE")
    assert await contents() == before  # nobody cannot fill the trail


async def test_an_emergency_is_a_purpose_of_its_own(county: Client) -> None:
    own = await own_member("member")
    who = await account_of(county, "rescue", None, await grant_in_county(Role.EMERGENCY))
    assert codes(await reveal(county, who, own, "PHONE", purpose="CONTACT")) == ["PURPOSE_NOT_ENOUGH"]
    told = await reveal(county, who, own, "PHONE", purpose="EMERGENCY")
    assert told["values"] == [{"value": "PHONE", "text": PHONE}]


async def test_a_locked_member_is_not_revealed(county: Client) -> None:
    own = await own_member("member")
    who = await account_of(county, "rescue", None, await grant_in_county(Role.EMERGENCY))
    await rows("UPDATE member SET locked_on = $2 WHERE id = $1", own, date(2020, 3, 1))
    told = await reveal(county, "office", own, "PHONE")
    assert codes(told) == ["MEMBER_LOCKED"]
    assert told["refusals"][0]["citation"] == "《中华人民共和国个人信息保护法》第四十七条"
    assert codes(await reveal(county, who, own, "PHONE", purpose="EMERGENCY")) == []
    await rows("UPDATE member SET locked_on = NULL")


async def test_so_many_members_a_day(county: Client) -> None:
    own, other = await own_member("member"), (await members())[5]
    with stopped_at(NOON):
        await rows("DELETE FROM record_access")
        # As if he had looked at as many others, one short of the limit.
        await rows(
            "CREATE TABLE crowd AS SELECT m.* FROM member m, generate_series(1, $1) n WHERE m.id = $2",
            MEMBERS_A_DAY - 1,
            own,
        )
        await rows("UPDATE crowd SET id = gen_random_uuid(), id_number_hash = gen_random_uuid()::text::bytea")
        await rows("INSERT INTO member SELECT * FROM crowd")
        await rows(
            "INSERT INTO record_access (id, member_id, account_id, at, purpose, fields_read) "
            "SELECT gen_random_uuid(), c.id, a.id, $1, '联系党员', '[]' FROM crowd c, account a "
            "WHERE a.username = 'secretary'",
            NOON,
        )
        assert codes(await reveal(county, "secretary", own, "PHONE")) == []
        assert codes(await reveal(county, "secretary", other, "PHONE")) == ["REVEAL_LIMIT"]
        assert orjson.loads((await last_audit("REVEAL_REFUSED"))["detail"])["why"] == ["REVEAL_LIMIT"]
        assert codes(await reveal(county, "secretary", own, "ADDRESS")) == []  # the same member again
        assert codes(await reveal(county, "town", other, "PHONE")) == []
    with stopped_at(NOON + timedelta(hours=12)):
        assert codes(await reveal(county, "secretary", other, "PHONE")) == []
    await rows("DELETE FROM record_access")
    await rows("DELETE FROM member m USING crowd c WHERE m.id = c.id")
    await rows("DROP TABLE crowd")


async def test_many_readings_are_kept_in_one_statement(county: Client) -> None:
    (account,) = await rows("SELECT id FROM account WHERE username = 'discipline'")
    viewer = AccountViewer(account["id"], "纪委监委")
    read = [UUID(one) for one in (await members())[9:]]
    await rows("DELETE FROM record_access")
    async with unit_of_work():
        await keep_access(viewer, [*read, read[0]], ["id_number"], "联审" * 200)
        await keep_access(viewer, [], ["id_number"], "联审")
    kept = await rows("SELECT member_id, account_id, purpose, fields_read FROM record_access")
    assert {row["member_id"] for row in kept} == set(read)
    assert len(kept) == 3
    assert {(row["account_id"], len(row["purpose"])) for row in kept} == {(account["id"], 200)}
    assert {row["fields_read"] for row in kept} == {'["id_number"]'}


async def test_county_of_the_entry(county: Client) -> None:
    """The auditor of the reader's county is told, whomever he asked for."""
    foreign = (await members(OTHER))[0]
    await reveal(county, "secretary", foreign, "PHONE")
    (entry,) = await rows(
        "SELECT c.code FROM audit_entry e JOIN county c ON c.id = e.county_id ORDER BY sequence DESC LIMIT 1"
    )
    assert entry["code"] == COUNTY
