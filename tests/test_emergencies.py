"""Emergencies: two persons, an hour at most, and nothing is read that is not in the audit trail before."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from resolvers.accounts import emergency_reads
from resolvers.accounts.emergency_reads import masked
from runtime.clock import now, stopped_at
from tests.administration import audit, codes, do, grant, granted, id_of, new_account, roles, status
from tests.conftest import COUNTY, Client, Credentials, copied
from tests.test_access import ACCOUNTS, OTHER, contents, members, rows, two_counties
from tests.test_live import ATTENDANCE, acknowledged, hear, live_server, subscribe, village_day

LIST = """
query($county: ID!, $open: Boolean! = false) {
  emergencyRequests(county: $county, first: 20, openOnly: $open) {
    totalCount edges { node { id status minutes endsAt askedBy { username } answeredBy { username } } }
  }
}
"""
MEMBERS = "query Names($county: ID!) { members(county: $county, first: 20) { totalCount } }"
MAY_ASK = {"admin", "auditor", "town", "secretary"}
MAY_ANSWER = {"security-admin", "office"}


async def ask(client: Client, who: str | None, **given: Any) -> Any:
    given = {"county": COUNTY, "reason": "汛情核对党员去向", "minutes": 30} | given
    return await do(client, who, "askForEmergency", **given)


async def answer(client: Client, who: str | None, request: str, *, approve: bool = True) -> Any:
    return await do(client, who, "answerEmergency", requestId=request, approve=approve)


async def running(client: Client, who: str = "auditor") -> str:
    """The id of an approved request, its asker signed in again."""
    request = str((await ask(client, who))["request"]["id"])
    assert codes(await answer(client, "office", request)) == []
    client.tokens.pop(who)
    await client.token(who)
    return request


async def listed(client: Client, who: str | None, **given: Any) -> list[Any]:
    found = (await client.query(LIST, who, **{"county": COUNTY} | given))["data"]["emergencyRequests"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


async def names(client: Client, who: str) -> Any:
    return await client.query(MEMBERS, who, county=COUNTY)


@pytest.mark.parametrize("who", ["auditor", "admin", "secretary"])
async def test_a_second_person_agrees_and_the_asker_signs_in_again(client: Client, who: str) -> None:
    seen = (await names(client, who))["data"]["members"]["totalCount"]
    asked = await ask(client, who)
    assert (asked["refusals"], asked["request"]["status"]) == ([], "OPEN")
    request = asked["request"]["id"]
    assert [one["id"] for one in await listed(client, "office", open=True)] == [request]
    agreed = await answer(client, "office", request)
    assert agreed["refusals"] == []
    assert (agreed["request"]["status"], agreed["request"]["answeredBy"]["username"]) == ("RUNNING", "office")
    assert await status(client, who) == 401
    assert "EMERGENCY" in await roles(client, who)
    assert (await names(client, who))["data"]["members"]["totalCount"] == 12 > seen
    assert await listed(client, "office", open=True) == []
    told = await audit("ASK_FOR_EMERGENCY", "EMERGENCY_APPROVED")
    assert [(one["action"], one["has_county"]) for one in told] == [
        ("ASK_FOR_EMERGENCY", True),
        ("EMERGENCY_APPROVED", True),
    ]
    entries = await client.query(
        f'{{ auditEntries(county: "{COUNTY}", first: 9) {{ edges {{ node {{ action }} }} }} }}', "auditor"
    )
    actions = [edge["node"]["action"] for edge in entries["data"]["auditEntries"]["edges"]]
    assert "EMERGENCY_APPROVED" in actions


async def test_an_emergency_writes_nothing_of_the_county(client: Client) -> None:
    await running(client)
    found = await rows("SELECT id FROM organization WHERE code = 'SY01001'")
    given = {"organizationId": str(found[0]["id"]), "heldOn": "2099-01-01", "theme": "植树"}
    made = (await client.run("ScheduleThemeDay", "auditor", input=given))["scheduleThemeDay"]
    assert [one["code"] for one in made["refusals"]] == ["ORGANIZATION_NOT_FOUND"]


async def test_it_is_over_when_its_time_is(client: Client) -> None:
    """Whatever the clock does: also when it jumps far ahead, and for the token that was made before."""
    before = now()
    await running(client)
    late = now() + timedelta(minutes=30, seconds=1)
    (kept,) = await rows("SELECT valid_from, valid_until FROM role_grant WHERE role = 'EMERGENCY'")
    assert kept["valid_from"] >= before
    assert kept["valid_until"] - kept["valid_from"] == timedelta(minutes=30)
    with stopped_at(kept["valid_until"] - timedelta(seconds=1)):
        assert (await names(client, "auditor"))["data"]["members"]["totalCount"] == 12
    for moment in (kept["valid_until"], late, now() + timedelta(days=3650)):
        with stopped_at(moment):
            answered = await client.post({"query": MEMBERS, "variables": {"county": COUNTY}}, "auditor")
            assert answered.status_code == 401 or answered.json()["data"]["members"]["totalCount"] == 0
            signed_in = Client(client.http, client.documents)
            assert (await names(signed_in, "auditor"))["data"]["members"]["totalCount"] == 0
            assert [one["status"] for one in await listed(signed_in, "security-admin")] == ["ENDED"]


@pytest.mark.parametrize("who", ["auditor", "office", "security-admin"])
async def test_it_is_ended_before_its_time(client: Client, who: str) -> None:
    request = await running(client)
    ended = await do(client, who, "endEmergency", requestId=request)
    assert (ended["refusals"], ended["request"]["status"]) == ([], "ENDED")
    assert await status(client, "auditor") == 401
    assert await roles(client, "auditor") == ["AUDITOR"]
    assert codes(await do(client, who, "endEmergency", requestId=request)) == ["NOT_RUNNING"]
    assert [one["has_county"] for one in await audit("EMERGENCY_ENDED")] == [True]
    assert codes(await ask(client, "auditor")) == []  # and may be asked for again


async def test_it_is_taken_like_any_role(client: Client) -> None:
    await running(client)
    (found,) = await rows("SELECT id FROM role_grant WHERE role = 'EMERGENCY'")
    taken = await do(client, "security-admin", "revokeRole", grantId=str(found["id"]), reason="结束")
    assert taken["refusals"] == []
    assert await status(client, "auditor") == 401


async def test_nobody_answers_his_own_request(client: Client) -> None:
    """Not through another role, and not through another account of the same member."""
    people = await members()
    both = await new_account(client, "zhang.san", memberId=people[4])
    for role, place in (("TOWN", {"organizationCode": "SY01"}), ("OFFICE", {})):
        await granted(client, both, role, **place)
    other = await new_account(client, "zhang.san.2", memberId=people[4])
    await granted(client, other, "OFFICE")
    request = (await ask(client, "zhang.san"))["request"]["id"]
    for who in ("zhang.san", "zhang.san.2"):
        for approve in (True, False):
            assert codes(await answer(client, who, request, approve=approve)) == ["OWN_REQUEST"]
    assert codes(await answer(client, "security-admin", request)) == []


async def test_what_is_not_asked_for(client: Client) -> None:
    await client.token("auditor")
    before = await contents()
    for given, expected in (
        ({"minutes": 0}, "MINUTES_OUT_OF_RANGE"),
        ({"minutes": 61}, "MINUTES_OUT_OF_RANGE"),
        ({"reason": " "}, "REASON_MISSING"),
        ({"reason": "长" * 201}, "REASON_MISSING"),
        ({"county": OTHER}, "NOT_ALLOWED"),
    ):
        assert codes(await ask(client, "auditor", **given)) == [expected]
    assert await contents() == before
    assert codes(await ask(client, "auditor", minutes=60)) == []
    assert codes(await ask(client, "auditor")) == ["ALREADY_ASKED"]
    assert codes(await ask(client, "admin", county="999999")) == ["NOT_ALLOWED"]


async def test_two_at_once_are_one(client: Client) -> None:
    await client.token("auditor")
    answers = await asyncio.gather(*(ask(client, "auditor") for _ in range(4)))
    assert sorted(codes(one) for one in answers) == [[], *[["ALREADY_ASKED"]] * 3]
    request = next(one["request"]["id"] for one in answers if one["request"])
    for who in MAY_ANSWER:
        await client.token(who)
    answers = await asyncio.gather(*(answer(client, who, request) for who in MAY_ANSWER))
    assert sorted(codes(one) for one in answers) == [[], ["ALREADY_ANSWERED"]]
    assert len(await rows("SELECT 1 FROM role_grant WHERE role = 'EMERGENCY'")) == 1


async def test_what_is_not_agreed_to(client: Client) -> None:
    request = (await ask(client, "town"))["request"]["id"]
    refused = await answer(client, "office", request, approve=False)
    assert (refused["request"]["status"], refused["request"]["isApproved"]) == ("REFUSED", False)
    assert await status(client, "town") == 200
    assert codes(await answer(client, "security-admin", request)) == ["ALREADY_ANSWERED"]
    assert codes(await do(client, "office", "endEmergency", requestId=request)) == ["NOT_RUNNING"]

    request = (await ask(client, "town"))["request"]["id"]
    with stopped_at(now() + timedelta(hours=24)):
        fresh = Client(client.http, client.documents)
        assert [one["status"] for one in await listed(fresh, "office")] == ["LAPSED", "REFUSED"]
        assert codes(await answer(fresh, "office", request)) == ["REQUEST_LAPSED"]

    town = await id_of("town")
    await do(client, "security-admin", "disableAccount", accountId=town, reason="停用")
    assert codes(await answer(client, "office", request)) == ["ACCOUNT_DISABLED"]
    await do(client, "security-admin", "enableAccount", accountId=town)
    await rows("UPDATE role_grant SET revoked_at = now() WHERE account_id = $1", town)
    assert codes(await answer(client, "office", request)) == ["ASKER_LOST_HIS_ROLE"]
    assert await rows("SELECT 1 FROM role_grant WHERE role = 'EMERGENCY'") == []


async def test_an_emergency_is_no_role_of_ones_own(client: Client) -> None:
    """It neither comes by granting nor stands in the way of what one may be."""
    await running(client, "town")
    assert codes(await grant(client, await id_of("town"), "OFFICE")) == []


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        client.tokens = {}  # of sessions of this database
        for who in (*ACCOUNTS[:-1], f"security-admin@{OTHER}"):
            await client.token(str(who))
        yield client


@pytest.mark.parametrize("who", [*ACCOUNTS, f"security-admin@{OTHER}"])
async def test_who_may_ask_and_answer(county: Client, who: str | None) -> None:
    """What is denied looks like what is missing."""
    asker = f"auditor@{OTHER}"
    known = await listed(county, f"office@{OTHER}", county=OTHER)
    theirs = known[0]["id"] if known else (await ask(county, asker, county=OTHER))["request"]["id"]
    before = await contents()
    for request in (theirs, str(uuid4()), "x"):
        if who in (f"office@{OTHER}", f"security-admin@{OTHER}") and request == theirs:
            continue
        assert codes(await answer(county, who, request)) == ["EMERGENCY_NOT_FOUND"]
        assert codes(await do(county, who, "endEmergency", requestId=request)) == ["EMERGENCY_NOT_FOUND"]
    if who not in MAY_ASK:
        assert codes(await ask(county, who)) == ["NOT_ALLOWED"]
    sees = who in (f"office@{OTHER}", f"security-admin@{OTHER}")
    assert bool(await listed(county, who, county=OTHER)) == sees
    assert await contents() == before


# ---- what is read


async def test_every_read_is_in_the_trail_before_it_is_answered(client: Client) -> None:
    await names(client, "auditor")
    assert await audit("EMERGENCY_READ") == []
    await running(client)
    search = "query Find($county: ID!, $s: String) { members(county: $county, first: 1, search: $s) { totalCount } }"
    await client.query(search, "auditor", county=COUNTY, s="14010519800101123X 13912345678")
    await client.query("{ __schema { queryType { name } } viewer { username } }", "auditor")
    first, second = await audit("EMERGENCY_READ")
    assert (first["actor_name"], first["has_county"]) == ("试验县审计员", True)
    assert first["detail"] | {"from": None} == {
        "operation": "Find",
        "document": hashlib.sha256(search.encode()).hexdigest(),
        "variables": {"county": COUNTY, "s": "140*************3X 139******78"},
        "text": search,
        "from": None,
    }
    assert second["detail"]["operation"] is None


async def test_the_trail_tells_what_was_read_by_a_document_of_ones_own(client: Client) -> None:
    """Its ids stay readable; the numbers in it do not, however they are written, and a long one is cut."""
    await running(client)
    person = "0190a0a0-1391-7234-9678-139123456780"
    text = (
        f'{{ themeDay(id: "{person}") {{ id }} '
        f'members(county: "{COUNTY}", first: 1, search: "１３９１２３４５６７８, 140105 19800101 1234") '
        "{ totalCount } }"
    )
    await client.query(text, "auditor")
    await client.query("{ viewer { username } } #" + "长" * 5000, "auditor")
    await client.run("CountyDashboard", "auditor", county=COUNTY, month="2020-03")
    own, long, registered = (one["detail"] for one in await audit("EMERGENCY_READ"))
    assert f'themeDay(id: "{person}")' in own["text"]
    assert "139******78, 140***************34" in own["text"]
    others = own["text"].replace(person, "")
    assert not [number for number in ("13912345678", "１３９", "19800101") if number in others]
    assert "text_cut_from" not in own
    assert (len(long["text"]), long["text_cut_from"]) == (4000, 5025)
    assert registered["operation"] == "CountyDashboard"
    assert "text" not in registered
    assert len(registered["document"]) == 64


async def test_what_cannot_be_logged_is_not_answered(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await running(client)

    async def broken(*_: Any, **__: Any) -> None:
        raise OSError("no room left")

    monkeypatch.setattr(emergency_reads, "append_audit", broken)
    failed = await names(client, "auditor")
    assert failed["data"] is None
    assert failed["errors"][0]["extensions"]["code"] == "FAULT"
    assert (await names(client, "office"))["data"]["members"]["totalCount"] == 12  # of no emergency


async def test_sockets_are_logged_too(
    server: Credentials, small_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with copied(server, small_template) as credentials, live_server(credentials) as live:
        await running(live)
        async with live.socket(await live.token("auditor")) as socket:
            await acknowledged(socket)
            await subscribe(socket, "query Who { viewer { username } }", "Who")
            assert (await hear(socket))["type"] == "next"
            assert (await hear(socket))["type"] == "complete"
            logged = await audit("EMERGENCY_READ")
            assert [one["detail"]["operation"] for one in logged] == ["Who"]

            async def broken(*_: Any, **__: Any) -> None:
                raise OSError("no room left")

            monkeypatch.setattr(emergency_reads, "append_audit", broken)
            await subscribe(socket, "query Who { viewer { username } }", "Who", "2")
            failed = await hear(socket)
            assert failed["payload"]["errors"][0]["extensions"]["code"] == "FAULT"


async def test_nothing_is_pushed_in_an_emergency(server: Credentials, small_template: str) -> None:
    """Each event would be a read that no entry tells; the socket stays open for queries."""
    async with copied(server, small_template) as credentials, live_server(credentials) as live:
        await running(live, "town")
        async with live.socket(await live.token("town")) as socket:
            await acknowledged(socket)
            await subscribe(socket, ATTENDANCE, "ThemeDayAttendance", themeDayId=await village_day())
            refused = await hear(socket)
            assert refused["type"] == "error"
            (error,) = refused["payload"]
            assert error["extensions"]["code"] == "SUBSCRIPTION_IN_EMERGENCY"
            assert "query" in error["message"]
            await subscribe(socket, "query Who { viewer { username } }", "Who", "2")
            assert (await hear(socket))["type"] == "next"
        (request,) = await listed(live, "town")
        assert codes(await do(live, "town", "endEmergency", requestId=request["id"])) == []
        live.tokens.pop("town")
        async with live.socket(await live.token("town")) as socket:
            await acknowledged(socket)
            await subscribe(socket, ATTENDANCE, "ThemeDayAttendance", themeDayId=await village_day())
            assert (await hear(socket))["type"] == "next"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("140105198001011234", "140*************34"),
        ("编号140105800101123。", "编号140**********23。"),
        ("139 1234 5678", "139********78"),
        ("+86-13912345678", "+86**********78"),
        (13912345678, "139******78"),
        ("１３９１２３４５６７８", "139******78"),
        ("2020-01-01", "2020-01-01"),
        (20200101, 20200101),
        (1.5, 1.5),
        (None, None),
        (True, True),
        ("140105 19800101 1234", "140***************34"),
        ({"a": ["13912345678"]}, {"a": ["139******78"]}),
        ("长" * 300, "长" * 200),
        ("0190a0a0-0000-7000-8000-000000000000", "0190a0a0-0000-7000-8000-000000000000"),
        ("0190a0ab-1391-7345-8678-a13912345678", "0190a0ab-1391-7345-8678-a13912345678"),
        ("a-0190a0ab-13912345678", "a-0190a0ab-139******78"),
    ],
)
def test_numbers_of_people_are_masked_in_the_trail(given: Any, kept: Any) -> None:
    assert masked(given) == kept
