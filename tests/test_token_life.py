"""Short tokens: renewed while the session stands, with the roles of the moment; and sockets that end with them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from models import Account, RoleGrant, Session
from models.choices import Role
from resolvers.accounts.sessions import end_sessions_of
from runtime.clock import now, stopped_at
from runtime.database import unit_of_work
from tests.accounts import application, make_account, refusal, sign_in, status, tried, who
from tests.conftest import Client, Credentials, copied, serving
from tests.test_live import Live, acknowledged, hear, live_server, subscribe

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def county(server: Credentials, small_template: str, tmp_path: Path) -> AsyncIterator[Client]:
    """Officials without codes, so that the tests need none."""
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path, officials_need_code=False) as client,
    ):
        yield client


async def renewed(client: Client, name: str | None, token: str | None = None) -> Any:
    payload = (await client.run("RenewToken", name, token=token))["renewToken"]
    if name and payload["token"]:
        client.tokens[name] = payload["token"]
    return payload


def end_of(token: str) -> datetime:
    return datetime.fromtimestamp(jwt.decode(token, options={"verify_signature": False})["exp"], UTC)


async def test_a_token_works_for_half_an_hour(county: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        first = await sign_in(county, "cadre")
    assert datetime.fromisoformat(first["expiresAt"]) == end_of(first["token"]) == MORNING + 30 * MINUTE
    with stopped_at(MORNING + 29 * MINUTE):
        assert await status(county, "cadre") == 200
    with stopped_at(MORNING + 30 * MINUTE):
        assert await status(county, "cadre") == 401


async def test_renewing_goes_on_until_the_session_ends(county: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        await sign_in(county, "cadre")
    moment, end = MORNING, MORNING + timedelta(hours=12)
    while moment < end - 25 * MINUTE:
        moment += 25 * MINUTE
        with stopped_at(moment):
            assert refusal(await renewed(county, "cadre")) == ""
            assert end_of(county.tokens["cadre"]) == min(moment + 30 * MINUTE, end)
    with stopped_at(end):
        assert await status(county, "cadre") == 401
        assert refusal(await renewed(county, None, county.tokens["cadre"])) == "SESSION_ENDED"


async def test_a_session_left_alone_for_two_hours_has_ended(county: Client) -> None:
    """A phone that was in a pocket renews with the token that has expired meanwhile."""
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        token = (await sign_in(county, "cadre"))["token"]
    with stopped_at(MORNING + 119 * MINUTE):
        answer = await renewed(county, None, token)
        assert refusal(answer) == ""
    for minutes, expected in ((119 + 119, ""), (119 + 119 + 120, "SESSION_ENDED")):
        with stopped_at(MORNING + minutes * MINUTE):
            answer = await renewed(county, None, answer["token"])
            assert refusal(answer) == expected


@pytest.mark.parametrize("ending", ["sign out", "disabled", "gone", "ended elsewhere"])
async def test_an_ended_session_gives_no_token(county: Client, ending: str) -> None:
    id = await make_account("cadre", Role.OFFICE)
    token = (await sign_in(county, "cadre"))["token"]
    if ending == "sign out":
        await county.run("SignOut", "cadre")
    elif ending == "disabled":
        await Account.filter(id=id).update(disabled_at=now())
    elif ending == "gone":
        await Account.filter(id=id).delete()
    else:  # and the bus has not brought it
        await Session.filter(account_id=id).update(ended_at=now())
    assert refusal(await renewed(county, None, token)) == "SESSION_ENDED"


async def test_who_has_no_session_renews_nothing(county: Client) -> None:
    other = jwt.encode({"sid": "0190a0a0-0000-7000-8000-000000000000", "exp": 1}, "x" * 40, algorithm="HS256")
    for token in (None, "", "a.b.c", other, "令牌"):
        assert refusal(await renewed(county, None, token)) == "NOT_SIGNED_IN"


async def test_a_renewed_token_carries_the_roles_of_the_moment(county: Client) -> None:
    id = await make_account("cadre", Role.OFFICE)
    place = (await RoleGrant.get(account_id=id)).county_id
    await sign_in(county, "cadre")
    await RoleGrant.filter(account_id=id).update(revoked_at=now())
    await RoleGrant.create(account_id=id, role="AUDITOR", county_id=place)
    audit = '{ auditEntries(county: "140829", first: 1) { edges { node { action } } } }'

    async def reads_audit() -> bool:
        return bool((await county.query(audit, "cadre"))["data"]["auditEntries"]["edges"])

    assert not await reads_audit()  # as the token says
    await renewed(county, "cadre")
    assert (await who(county, "cadre"))[0]["roles"] == [{"role": "AUDITOR"}]
    assert await reads_audit()


async def test_a_grant_counts_from_its_day_until_its_end(county: Client) -> None:
    id = await make_account("cadre", Role.MEMBER)
    place = (await RoleGrant.get(account_id=id)).county_id
    await RoleGrant.create(
        account_id=id,
        role="OFFICE",
        county_id=place,
        valid_from=MORNING + 10 * MINUTE,
        valid_until=MORNING + 35 * MINUTE,
    )

    async def sees() -> bool:
        return bool((await who(county, "cadre"))[1])

    with stopped_at(MORNING):
        await sign_in(county, "cadre")
    with stopped_at(MORNING + 20 * MINUTE):
        assert not await sees()  # it counts from the next token on
        await renewed(county, "cadre")
        assert await sees()
    with stopped_at(MORNING + 35 * MINUTE):
        assert await status(county, "cadre") == 200
        assert not await sees()


async def test_who_becomes_an_official_enrols_at_the_next_renewal(client: Client) -> None:
    id = await make_account("villager", Role.MEMBER)
    await sign_in(client, "villager")
    place = (await RoleGrant.get(account_id=id)).county_id
    await RoleGrant.create(account_id=id, role="OFFICE", county_id=place)
    assert (await renewed(client, "villager"))["next"] == "ENROL_ONE_TIME_CODE"
    assert (await who(client, "villager"))[0]["roles"] == []


async def test_roles_taken_away_while_somebody_signs_in(county: Client) -> None:
    """Whichever is first, no session is left that has the role."""
    id = await make_account("cadre", Role.OFFICE)

    async def take_away() -> None:
        async with unit_of_work():
            await RoleGrant.filter(account_id=id).update(revoked_at=now())
            ended = await end_sessions_of(id)
        await application(county).sessions.end(ended)

    for _ in range(5):
        await RoleGrant.filter(account_id=id).update(revoked_at=None)
        await asyncio.gather(sign_in(county, "cadre"), take_away())
        if await status(county, "cadre") == 200:
            assert (await who(county, "cadre"))[1] == 0
        county.tokens.clear()


async def test_ending_the_sessions_of_an_account_but_one(county: Client) -> None:
    id = await make_account("cadre", Role.OFFICE)
    for name in ("desk", "phone"):
        await sign_in(county, "cadre")
        county.tokens[name] = county.tokens["cadre"]
    kept = (await Session.filter(account_id=id).order_by("id").first()).id  # type: ignore[union-attr]
    async with unit_of_work():
        ended = await end_sessions_of(id, kept)
    await application(county).sessions.end(ended)
    assert [await status(county, name) for name in ("desk", "phone")] == [200, 401]


@pytest.fixture
async def live(server: Credentials, small_template: str) -> AsyncIterator[Live]:
    async with copied(server, small_template) as credentials, live_server(credentials) as opened:
        yield opened


async def closed(at: Any) -> int:
    """The code with which a socket is closed."""
    with pytest.raises(ConnectionClosed) as ended:
        await hear(at)
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code


async def test_an_idle_socket_ends_with_its_token(live: Live) -> None:
    with stopped_at(MORNING):
        token = await live.token("office")
        async with live.socket(token) as idle, live.socket() as nobody:
            for one in (idle, nobody):
                await acknowledged(one)
            with stopped_at(MORNING + 29 * MINUTE):
                await live.app.sessions.sockets.close_due()
                await subscribe(idle, "{ viewer { username } }", None)
                assert (await hear(idle))["type"] == "next"
                assert (await hear(idle))["type"] == "complete"
            with stopped_at(MORNING + 30 * MINUTE):
                await live.app.sessions.sockets.close_due()
                assert await closed(idle) == 4403
            await subscribe(nobody, "{ __typename }", None)
            assert (await hear(nobody))["type"] == "next"


async def test_a_socket_ends_when_a_grant_ends(live: Live) -> None:
    id = await make_account("cadre", Role.MEMBER)
    place = (await RoleGrant.get(account_id=id)).county_id
    with stopped_at(MORNING):
        await RoleGrant.create(
            account_id=id, role="OFFICE", county_id=place, valid_until=MORNING + 10 * MINUTE
        )
        await Account.filter(id=id).update(is_demo=True)  # so that it needs no code
        assert await tried(live, "cadre") == ""
        async with live.socket(live.tokens["cadre"]) as opened:
            await acknowledged(opened)
            with stopped_at(MORNING + 10 * MINUTE):
                await live.app.sessions.sockets.close_due()
                assert await closed(opened) == 4403


async def test_nobody_has_to_look_for_that(server: Credentials, small_template: str) -> None:
    """By the real clock, with tokens of a second or two."""
    async with (
        copied(server, small_template) as credentials,
        live_server(credentials, token_minutes=2 / 60) as live,
        live.socket(await live.token("office")) as opened,
    ):
        await acknowledged(opened)
        assert await closed(opened) == 4403
