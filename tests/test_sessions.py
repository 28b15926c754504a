"""Where an account is signed in, and that ending a session works at once: over HTTP, on sockets, in other processes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from resolvers.accounts.demo_accounts import PASSWORD
from tests.conftest import Client, Credentials, copied
from tests.servers import valkey
from tests.test_live import ATTENDANCE, Live, acknowledged, hear, live_server, subscribe, village_day

LIST = "{ viewer { sessions(first: 10) { totalCount edges { node { id address program isThisOne } } } } }"
SIGN_OUT = """
mutation($id: ID, $all: Boolean! = false) {
  signOut(sessionId: $id, everywhere: $all) { ended refusals { code } }
}
"""


@pytest.fixture
async def county(server: Credentials, small_template: str) -> AsyncIterator[Live]:
    async with copied(server, small_template) as credentials, live_server(credentials) as opened:
        yield opened


async def sign_in(client: Client, who: str, phone: str) -> str:
    """A token of a session of its own, under the label `phone`."""
    document = {"query": client.documents["SignIn"], "operationName": "SignIn"}
    variables = {"username": who, "password": PASSWORD}
    answer = (await client.post({**document, "variables": variables}, **{"User-Agent": phone})).json()
    client.tokens[phone] = answer["data"]["signIn"]["token"]
    return client.tokens[phone]


async def status(client: Client, phone: str) -> int:
    return (await client.post({"query": "{ viewer { username } }"}, phone)).status_code


async def sign_out(client: Client, phone: str, **variables: Any) -> int:
    answer = (await client.query(SIGN_OUT, phone, **variables))["data"]["signOut"]
    assert answer["refusals"] == []
    ended: int = answer["ended"]
    return ended


async def test_one_sees_where_one_is_signed_in(county: Live) -> None:
    for phone in ("phone", "desk"):
        await sign_in(county, "office", phone)
    await sign_in(county, "town", "elsewhere")
    found = (await county.query(LIST, "desk"))["data"]["viewer"]["sessions"]
    assert found["totalCount"] == 2
    assert [(edge["node"]["program"], edge["node"]["isThisOne"]) for edge in found["edges"]] == [
        ("desk", True),
        ("phone", False),
    ]


async def test_signing_out_ends_this_session_alone(county: Live) -> None:
    for phone in ("phone", "desk"):
        await sign_in(county, "office", phone)
    assert await sign_out(county, "phone") == 1
    assert [await status(county, phone) for phone in ("phone", "desk")] == [401, 200]
    left = (await county.query(LIST, "desk"))["data"]["viewer"]["sessions"]
    assert left["totalCount"] == 1


async def test_ending_another_session_and_all(county: Live) -> None:
    for phone in ("phone", "desk", "home"):
        await sign_in(county, "office", phone)
    await sign_in(county, "town", "elsewhere")
    edges = (await county.query(LIST, "desk"))["data"]["viewer"]["sessions"]["edges"]
    lost = next(edge["node"]["id"] for edge in edges if edge["node"]["program"] == "phone")
    assert await sign_out(county, "elsewhere", id=lost) == 0  # not his
    assert await sign_out(county, "desk", id="not an id") == 0
    assert await sign_out(county, "desk", id=lost) == 1
    assert [await status(county, phone) for phone in ("phone", "desk", "home")] == [401, 200, 200]
    assert await sign_out(county, "desk", all=True) == 2
    assert [await status(county, phone) for phone in ("desk", "home", "elsewhere")] == [401, 401, 200]


async def test_nobody_has_no_session_to_end(county: Live) -> None:
    answer = (await county.query(SIGN_OUT))["data"]["signOut"]
    assert answer == {"ended": 0, "refusals": [{"code": "NOT_SIGNED_IN"}]}


async def test_open_sockets_of_an_ended_session_are_closed(county: Live) -> None:
    lost, kept = [await sign_in(county, "office", phone) for phone in ("phone", "desk")]
    async with county.socket(lost) as closing, county.socket(kept) as open_still:
        for socket in (closing, open_still):
            await acknowledged(socket)
            await subscribe(socket, ATTENDANCE, "ThemeDayAttendance", themeDayId=await village_day())
            assert (await hear(socket))["type"] == "next"
        assert await sign_out(county, "phone") == 1
        with pytest.raises(ConnectionClosed) as closed:
            await hear(closing)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
        await subscribe(open_still, "{ viewer { username } }", None, "2")
        assert (await hear(open_still))["payload"]["data"] == {"viewer": {"username": "office"}}


async def test_an_ended_session_stays_ended_after_a_restart(server: Credentials, small_template: str) -> None:
    async with copied(server, small_template) as credentials:
        async with live_server(credentials) as first:
            for phone in ("phone", "desk"):
                await sign_in(first, "office", phone)
            await sign_out(first, "phone")
        async with live_server(credentials) as second:
            second.tokens = first.tokens
            assert [await status(second, phone) for phone in ("phone", "desk")] == [401, 200]


async def test_other_processes_learn_of_it_over_the_bus(
    server: Credentials, small_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with valkey() as bus:
        monkeypatch.setenv("DANGJIAN_REDIS_URL", bus.url)
        async with (
            copied(server, small_template) as credentials,
            live_server(credentials) as here,
            live_server(credentials) as there,
        ):
            token = await sign_in(here, "office", "phone")
            there.tokens = here.tokens
            assert await status(there, "phone") == 200
            async with there.socket(token) as socket:
                await acknowledged(socket)
                await sign_out(here, "phone")
                with pytest.raises(ConnectionClosed):  # so the event has come
                    await hear(socket)
            assert await status(there, "phone") == 401


async def test_a_hundred_at_once(county: Live) -> None:
    await asyncio.gather(*(sign_in(county, "town", f"phone {number}") for number in range(6)))
    assert sum(await asyncio.gather(*(sign_out(county, f"phone {number}") for number in range(6)))) == 6
