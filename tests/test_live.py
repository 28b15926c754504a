"""Live answers over a real WebSocket: what subscribers get, who may listen, and that nobody stays behind."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, NegotiationError
from websockets.typing import Subprotocol

from app import make_asgi
from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials, copied, documents, settings_for
from tests.test_access import OTHER, THEME_DAY, ids, members, rows, sign_everybody_in, two_counties_template

PROTOCOL = "graphql-transport-ws"
NOON = datetime(2020, 2, 10, 12, tzinfo=CHINA)
ATTENDANCE = documents()["ThemeDayAttendance"]
SECONDS = 20


@dataclass
class Live(Client):
    """A server on a socket of its own, spoken to over HTTP and WebSockets."""

    path: str = ""
    bus: Any = None
    app: Any = None

    @asynccontextmanager
    async def socket(
        self, token: str | None = None, *, protocol: str = PROTOCOL, **headers: str
    ) -> AsyncIterator[ClientConnection]:
        """A WebSocket whose connection_init has been sent, with the token in it."""
        async with unix_connect(
            self.path,
            "ws://localhost/graphql",
            subprotocols=[Subprotocol(protocol)],
            additional_headers=headers,
        ) as opened:
            payload = {"authorization": f"Bearer {token}"} if token else {}
            await say(opened, type="connection_init", payload=payload)
            yield opened


async def say(to: ClientConnection, **message: Any) -> None:
    await to.send(json.dumps(message))


async def hear(at: ClientConnection) -> Any:
    async with asyncio.timeout(SECONDS):
        return json.loads(await at.recv())


async def subscribe(
    to: ClientConnection, query: str, name: str | None, id: str = "1", **variables: Any
) -> None:
    payload = {"query": query, "operationName": name, "variables": variables}
    await say(to, id=id, type="subscribe", payload=payload)


async def acknowledged(at: ClientConnection) -> None:
    assert (await hear(at))["type"] == "connection_ack"


@asynccontextmanager
async def live_server(credentials: Credentials, **settings: Any) -> AsyncIterator[Live]:
    # Not in pytest's directory: its path may be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="live-") as directory:
        path = str(Path(directory) / "http")
        asgi = make_asgi(settings_for(credentials, Path(directory), **settings))
        config = uvicorn.Config(asgi, ws="websockets-sansio", log_level="critical")
        server = uvicorn.Server(config)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()  # so that whoever comes before it is ready waits
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                transport = httpx.AsyncHTTPTransport(uds=path)
                async with httpx.AsyncClient(
                    transport=transport, base_url="http://localhost", timeout=60
                ) as http:
                    live = Live(http, documents(), path=path)
                    assert (await http.get("/health/ready")).status_code == 200
                    live.app = asgi.state.app
                    live.bus = live.app.bus
                    yield live
            finally:
                server.should_exit = True
                await serving


@pytest.fixture(scope="module")
async def live(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Live]:
    template = await two_counties_template(server, small_template, tmp_path_factory)
    async with copied(server, template) as credentials, live_server(credentials) as opened:
        await sign_everybody_in(opened)
        yield opened


async def village_day() -> str:
    return (await ids("theme_day", THEME_DAY))["SY01001 02-10"]


async def come(live: Live, number: int) -> Any:
    """The secretary notes that a member is there."""
    given = {
        "themeDayId": await village_day(),
        "method": "BY_SECRETARY",
        "memberId": (await members())[number],
    }
    return (await live.run("CheckIn", "secretary", input=given))["checkIn"]


async def test_the_count_moves_when_somebody_checks_in(live: Live) -> None:
    with stopped_at(NOON):
        async with (
            live.socket(live.tokens["office"]) as at_office,
            live.socket(live.tokens["member"]) as at_home,
        ):
            for one in (at_office, at_home):
                await acknowledged(one)
                await subscribe(one, ATTENDANCE, "ThemeDayAttendance", themeDayId=await village_day())
                first = (await hear(one))["payload"]["data"]["themeDayAttendance"]
                assert (first["expectedCount"], first["attendanceCount"]) == (9, 0)
            for count, number in enumerate((3, 4), 1):
                assert (await come(live, number))["refusals"] == []
                news = [
                    (await hear(one))["payload"]["data"]["themeDayAttendance"] for one in (at_office, at_home)
                ]
                assert [one["attendanceCount"] for one in news] == [count, count]
                # The office sees who came; the member only how many.
                assert news[0]["latest"]["member"]["name"] == ("曾涛勇", "单晓红")[count - 1]
                assert news[1]["latest"] is None
            # A check-in that stands already is no news: the next to come is the next that is told.
            await come(live, 3)
            await come(live, 5)
            assert (await hear(at_office))["payload"]["data"]["themeDayAttendance"]["attendanceCount"] == 3


async def test_the_count_goes_back_when_a_check_in_is_withdrawn(live: Live) -> None:
    withdraw = (
        'mutation($id: ID!) { withdrawCheckIn(attendanceId: $id, reason: "签错") '
        "{ themeDay { attendanceCount } refusals { code } } }"
    )
    with stopped_at(NOON):
        id = (await come(live, 7))["attendance"]["id"]
        async with live.socket(live.tokens["member"]) as at_home:
            await acknowledged(at_home)
            await subscribe(at_home, ATTENDANCE, "ThemeDayAttendance", themeDayId=await village_day())
            count = (await hear(at_home))["payload"]["data"]["themeDayAttendance"]["attendanceCount"]
            answer = await live.query(withdraw, "secretary", id=id)
            assert answer["data"]["withdrawCheckIn"] == {
                "themeDay": {"attendanceCount": count - 1},
                "refusals": [],
            }
            news = (await hear(at_home))["payload"]["data"]["themeDayAttendance"]
            assert news["attendanceCount"] == count - 1


async def test_a_cancelled_theme_day_ends_its_subscriptions(live: Live) -> None:
    branch = (await ids("organization", "t.code"))["SY01001"]
    cancel = 'mutation($id: ID!) { cancelThemeDay(id: $id, reason: "防汛") { refusals { code } } }'
    with stopped_at(NOON):
        given = {"organizationId": branch, "heldOn": "2020-03-10", "theme": "植树"}
        day = (await live.run("ScheduleThemeDay", "secretary", input=given))["scheduleThemeDay"]["themeDay"]
        async with live.socket(live.tokens["member"]) as at_home:
            await acknowledged(at_home)
            await subscribe(at_home, ATTENDANCE, "ThemeDayAttendance", themeDayId=day["id"])
            assert (await hear(at_home))["payload"]["data"]["themeDayAttendance"]["expectedCount"] == 9
            assert (await live.query(cancel, "town", id=day["id"]))["data"]["cancelThemeDay"][
                "refusals"
            ] == []
            assert (await hear(at_home))["payload"]["data"] == {"themeDayAttendance": None}
            assert (await hear(at_home))["type"] == "complete"


@pytest.mark.parametrize("who", ["discipline", "admin", f"office@{OTHER}", None])
async def test_what_one_may_not_see_is_null_and_complete(live: Live, who: str | None) -> None:
    answers = []
    for id in (await village_day(), str(uuid4()), "not-an-id"):
        async with live.socket(live.tokens[who] if who else None) as opened:
            await acknowledged(opened)
            await subscribe(opened, ATTENDANCE, "ThemeDayAttendance", themeDayId=id)
            answers.append([await hear(opened), await hear(opened)])
    assert answers[0] == answers[1] == answers[2]
    assert answers[0] == [
        {"id": "1", "type": "next", "payload": {"data": {"themeDayAttendance": None}}},
        {"id": "1", "type": "complete"},
    ]


async def test_the_token_may_come_with_the_header(live: Live) -> None:
    async with live.socket(Authorization=f"Bearer {live.tokens['office']}") as opened:
        await acknowledged(opened)
        await subscribe(opened, "{ viewer { username } }", None)
        assert (await hear(opened))["payload"]["data"] == {"viewer": {"username": "office"}}


async def test_a_token_that_is_not_ours_is_rejected(live: Live) -> None:
    async with live.socket("a.b.c") as opened:
        with pytest.raises(ConnectionClosed) as closed:
            await hear(opened)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
    with pytest.raises(InvalidStatus) as refused:
        async with live.socket(Authorization="Bearer a.b.c"):
            pass
    assert refused.value.response.status_code in (401, 403)


async def test_the_old_protocol_is_refused(live: Live) -> None:
    """graphql-ws is the protocol with the authentication bypass of CVE-2026-35523."""
    with pytest.raises((ConnectionClosed, NegotiationError, InvalidStatus)):
        async with live.socket(live.tokens["office"], protocol="graphql-ws") as opened:
            await hear(opened)


async def test_before_connection_init_nothing_is_answered(live: Live) -> None:
    async with unix_connect(
        live.path, "ws://localhost/graphql", subprotocols=[Subprotocol(PROTOCOL)]
    ) as opened:
        await subscribe(opened, "{ viewer { username } }", None)
        with pytest.raises(ConnectionClosed):
            await hear(opened)


@pytest.mark.parametrize("ending", ["complete", "close", "abort"])
async def test_who_leaves_is_gone(live: Live, ending: str) -> None:
    """However a subscriber ends, the bus forgets him."""
    channel = f"theme_day:{await village_day()}"
    async with live.socket(live.tokens["office"]) as opened:
        await acknowledged(opened)
        for number in range(10):
            await subscribe(
                opened, ATTENDANCE, "ThemeDayAttendance", str(number), themeDayId=await village_day()
            )
        for _ in range(10):
            assert (await hear(opened))["type"] == "next"
        assert len(live.bus._queues[channel]) == 10
        if ending == "complete":
            for number in range(10):
                await say(opened, id=str(number), type="complete")
        elif ending == "close":
            await opened.close()
        else:
            opened.transport.abort()
        async with asyncio.timeout(SECONDS):
            while channel in live.bus._queues:
                await live.http.get("/health/live")  # a turn of the server, not a wait


async def test_a_hundred_subscriptions_a_socket_and_no_more(live: Live) -> None:
    async with live.socket(live.tokens["office"]) as opened:
        await acknowledged(opened)
        for number in range(101):
            await subscribe(
                opened, ATTENDANCE, "ThemeDayAttendance", str(number), themeDayId=await village_day()
            )
        heard = [await hear(opened) for _ in range(101)]
    assert [one["id"] for one in heard if one["type"] == "error"] == ["100"]


async def test_a_fault_over_a_socket_tells_nothing_of_the_inside(live: Live) -> None:
    await rows("ALTER TABLE course RENAME TO course_gone")
    try:
        async with live.socket(live.tokens["office"]) as opened:
            await acknowledged(opened)
            text = (
                "query($m: [_Any!]!) { _entities(representations: $m) { ... on Member { trainingYear(year: 2020) "
                "{ records(first: 1) { edges { node { course { id } } } } } } } }"
            )
            asked = [{"__typename": "Member", "id": (await members())[0]}]
            await subscribe(opened, text, None, m=asked)
            error = (await hear(opened))["payload"]["errors"][0]
    finally:
        await rows("ALTER TABLE course_gone RENAME TO course")
    assert error["extensions"]["code"] == "FAULT"
    assert error["extensions"]["correlationId"] in error["message"]
    assert "course" not in error["message"]


async def test_a_socket_takes_no_larger_document_than_http(live: Live) -> None:
    async with live.socket(live.tokens["office"]) as opened:
        await acknowledged(opened)
        await subscribe(opened, "{" + " ".join(f"a{n}: __typename" for n in range(400)) + "}", None)
        with pytest.raises(ConnectionClosed):  # the protocol's way of refusing what cannot be parsed: 4400
            await hear(opened)


async def test_many_sign_ins_in_one_message_are_refused(live: Live) -> None:
    async with live.socket() as opened:
        await acknowledged(opened)
        tries = " ".join(f'a{n}: signIn(username: "office", password: "{n}") {{ token }}' for n in range(11))
        await subscribe(opened, f"mutation {{ {tries} }}", None)
        answer = await hear(opened)
    errors = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
    assert [error["extensions"]["code"] for error in errors] == ["TOO_MANY_WRITES"]


async def test_a_write_over_a_socket(live: Live) -> None:
    """GraphiQL may send everything over its socket."""
    text = live.documents["OpenQualificationReview"]
    async with live.socket(live.tokens["member"]) as opened:
        await acknowledged(opened)
        await subscribe(opened, text, "OpenQualificationReview", county=COUNTY, quarter="2020Q1")
        answer = (await hear(opened))["payload"]["data"]["openQualificationReview"]
    assert [refusal["code"] for refusal in answer["refusals"]] == ["NOT_ALLOWED"]
