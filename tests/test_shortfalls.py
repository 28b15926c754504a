"""Why hours of a year are short: stated by the member himself or those who lead his branch, and asked for."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import ACCOUNTS, OTHER, contents, members, rows, two_counties
from tests.test_training import NOON
from tests.test_training_hours import EXEMPTION

STATE = """mutation($member: ID!, $year: Int!, $reason: String!) {
  stateShortfall(memberId: $member, year: $year, reason: $reason) {
    shortfallReason { year reason } refusals { code message citation } } }"""
REASON = """query($all: [_Any!]!) { _entities(representations: $all) { ... on Member {
  trainingYear(year: 2019) { shortfallReason { reason statedAt } } } } }"""
BELOW = """query($county: ID!, $without: Boolean!) {
  members(county: $county, belowTrainingHours: 2019, withoutReason: $without, first: 100) {
    totalCount edges { node { id } } } }"""


@pytest.fixture
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def state(
    county: Client, who: str | None, member: str, year: int = 2019, reason: str = "住院治疗"
) -> Any:
    with stopped_at(NOON):
        answer = await county.query(STATE, who, member=member, year=year, reason=reason)
    assert "errors" not in answer, answer
    return answer["data"]["stateShortfall"]


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer["refusals"]]


async def own(who: str) -> str:
    (found,) = await rows("SELECT member_id FROM account WHERE username = $1", who)
    return str(found["member_id"])


async def reason_seen_by(county: Client, who: str, member: str) -> Any:
    answer = await county.query(REASON, who, all=[{"__typename": "Member", "id": member}])
    found = answer["data"]["_entities"][0]
    year = found and found["trainingYear"]
    return year and year["shortfallReason"] and year["shortfallReason"]["reason"]


async def below(county: Client, without: bool) -> set[str]:
    answer = await county.query(BELOW, "office", county=COUNTY, without=without)
    found = {edge["node"]["id"] for edge in answer["data"]["members"]["edges"]}
    assert answer["data"]["members"]["totalCount"] == len(found)
    return found


async def test_a_reason_is_kept_and_replaced(county: Client) -> None:
    member = await own("member")
    assert await below(county, without=True) == await below(county, without=False) == set(await members())
    first = await state(county, "member", member, reason=" 外出务工 ")
    assert first == {"shortfallReason": {"year": 2019, "reason": "外出务工"}, "refusals": []}
    assert (await state(county, "secretary", member))["refusals"] == []
    assert await reason_seen_by(county, "member", member) == "住院治疗"
    assert await below(county, without=True) == set(await members()) - {member}
    assert member in await below(county, without=False)
    entries = await rows(
        "SELECT detail::text FROM audit_entry WHERE action = 'STATE_SHORTFALL' ORDER BY sequence"
    )
    assert ["true" in one["detail"] for one in entries] == [False, True]
    assert not any("住院" in one["detail"] for one in entries)  # an illness is nothing for the auditor
    for who in ("office", "town"):
        assert await reason_seen_by(county, who, member) == "住院治疗"
    for who in ("app", "auditor", "floating", f"office@{OTHER}"):
        assert await reason_seen_by(county, who, member) is None


async def test_who_may_state_a_reason(county: Client) -> None:
    member = await own("member")
    before = await contents()
    for who in ACCOUNTS:
        if who not in ("office", "town", "secretary", "member"):
            assert codes(await state(county, who, member)) == ["MEMBER_NOT_FOUND"], who
    # A member sees who leads his branch, and a secretary another branch's members not at all.
    assert codes(await state(county, "member", await own("secretary"))) == ["MEMBER_NOT_FOUND"]
    assert codes(await state(county, "secretary", (await members())[9])) == ["MEMBER_NOT_FOUND"]
    # A contact person works with whom he looks after; he explains nothing for him.
    away = await own("floating")
    assert await contents() == before
    await rows("UPDATE floating_member SET contact_person_id = $1 WHERE member_id = $2", member, away)
    assert codes(await state(county, "member", away)) == ["MEMBER_NOT_FOUND"]
    for who in ("office", "town", "secretary", "member"):
        assert codes(await state(county, who, member)) == [], who


async def test_what_cannot_be_stated_keeps_nothing(county: Client) -> None:
    met, exempt = (await members())[2], (await members())[4]
    await rows(EXEMPTION, uuid4(), exempt, date(2019, 3, 1), date(2020, 9, 1))
    cases: dict[str, tuple[tuple[Any, ...], str, str | None]] = {
        "met": ((met, 2020), "HOURS_MET", "第二十条"),
        "exempt": ((exempt,), "EXEMPT", "第二十三条"),
        "next year": ((met, 2021), "YEAR_OUT_OF_BOUNDS", None),
        "before the party": ((met, 1920), "YEAR_OUT_OF_BOUNDS", None),
        "a year of no calendar": ((met, 2**31 - 1), "YEAR_OUT_OF_BOUNDS", None),
        "no reason": ((met, 2019, "  "), "REASON_MISSING", "第二十条"),
        "a long reason": ((met, 2019, "因" * 401), "REASON_MISSING", "第二十条"),
        "nobody": ((str(uuid4()),), "MEMBER_NOT_FOUND", None),
        "no id": (("x",), "MEMBER_NOT_FOUND", None),
    }
    before = await contents()
    for name, (given, code, citation) in cases.items():
        answer = await state(county, "office", *given)
        assert codes(answer) == [code], name
        (refusal,) = answer["refusals"]
        assert (citation or "") in (refusal["citation"] or ""), name
        assert bool(refusal["citation"]) == bool(citation), name
    assert await contents() == before
