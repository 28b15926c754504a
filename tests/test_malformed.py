"""Whatever is sent, the answer is never a fault of the server: thousands of broken requests and messages.

A short run with a fixed seed is part of the suite; `scripts/attack-campaign` makes a long one (MALFORMED=20000).
"""

import asyncio
import os
import re
import resource
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.conftest import Client, Credentials, copied, serving
from tests.malformed_inputs import messages, requests

COUNT = int(os.environ.get("MALFORMED", "2000"))
SEED = int(os.environ.get("MALFORMED_SEED", "7"))
MOST_GROWTH = 50 * 1024  # kB of memory
ROOT = re.escape(str(Path(__file__).resolve().parents[1]).encode())
INSIDE = re.compile(rb"Traceback|asyncpg|SELECT |\.py\b|Error\(|object at 0x|tortoise|" + ROOT)


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    var = tmp_path_factory.mktemp("var")
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, var, introspection="officials") as client,
    ):
        yield client


def app_of(client: Client) -> Any:
    return client.http._transport.app  # type: ignore[attr-defined]


async def answered(
    app: Any, method: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[int, bytes]:
    """Straight into the application: an HTTP client would not let half of it through."""
    heard: list[Any] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        heard.append(message)

    scope = {
        "type": "http", "method": method, "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 5), "server": ("x", 80), "scheme": "http",
        "http_version": "1.1",
    }  # fmt: skip
    await app(scope, receive, send)
    return heard[0]["status"], b"".join(message.get("body", b"") for message in heard[1:])


def is_told(status: int, body: bytes) -> bool:
    """A clear answer: of the page, or JSON whose every error has a code that is no fault."""
    if status == 503:  # the page, which was not built for tests
        return b"graphiql/build.py" in body
    if status >= 500 or INSIDE.search(body):
        return False
    if not body:
        return True
    errors = orjson.loads(body).get("errors", [])
    return all(error["extensions"]["code"] not in ("FAULT", None) for error in errors)


# Starlette leaves the half-read file of a broken form to the garbage collector, which closes it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_broken_requests_are_the_senders_fault(county: Client) -> None:
    app, authorization = (
        app_of(county),
        [(b"authorization", f"Bearer {await county.token(who)}".encode()) for who in ("office", "member")],
    )
    wrong, before = [], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number, (method, headers, body) in enumerate(requests(SEED, COUNT)):
        given = headers if number % 4 == 3 else [authorization[number % 2], *headers]
        status, answer = await answered(app, method, given, body)
        if not is_told(status, answer):
            wrong.append((number, status, method, headers, body[:300], answer[:300]))
    assert wrong[:5] == []
    if COUNT >= 10_000:
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"{COUNT} requests, memory grown by {grown // 1024} MB")
        assert grown <= MOST_GROWTH


class Socket:
    """One WebSocket straight into the application."""

    def __init__(self, app: Any, authorization: str) -> None:
        self.heard: list[Any] = []
        self._in: asyncio.Queue[Any] = asyncio.Queue()
        scope = {
            "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": "",
            "headers": [(b"authorization", authorization.encode())], "client": ("127.0.0.1", 5),
            "server": ("x", 80), "scheme": "ws", "subprotocols": ["graphql-transport-ws"],
        }  # fmt: skip
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self._in.get, self._send))

    async def _send(self, message: Any) -> None:
        self.heard.append(message)

    def say(self, text: str | bytes) -> None:
        key = "text" if isinstance(text, str) else "bytes"
        self._in.put_nowait({"type": "websocket.receive", key: text})

    @property
    def is_closed(self) -> bool:
        return any(message["type"] == "websocket.close" for message in self.heard)

    async def leave(self) -> None:
        """Raises what the application raised."""
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(20):
            await self.task


async def test_broken_messages_end_a_socket_at_most(county: Client) -> None:
    app, token = app_of(county), f"Bearer {await county.token('office')}"
    codes: set[int] = set()
    sent = iter(messages(SEED, COUNT // 4))
    for batch in iter(lambda: [one for _, one in zip(range(8), sent, strict=False)], []):
        opened = Socket(app, token)
        opened.say('{"type": "connection_init"}')
        for message in batch:
            opened.say(message)
        for _ in range(3):
            await asyncio.sleep(0)
        await opened.leave()
        for message in opened.heard:
            if message["type"] == "websocket.close":
                codes.add(message["code"])
            text = (message.get("text") or "").encode()
            assert not INSIDE.search(text), text
            assert b"FAULT" not in text
    assert codes <= {4400, 4401, 4403, 4409, 4429, 1009}, codes
    assert 4400 in codes


async def test_a_good_message_is_answered_after_all_that(county: Client) -> None:
    opened = Socket(app_of(county), f"Bearer {await county.token('office')}")
    opened.say('{"type": "connection_init"}')
    opened.say('{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}')
    async with asyncio.timeout(20):
        while len(opened.heard) < 4:
            await asyncio.sleep(0)
    await opened.leave()
    said = [orjson.loads(message["text"]) for message in opened.heard[1:]]
    assert said == [
        {"type": "connection_ack"},
        {"id": "1", "type": "next", "payload": {"data": {"__typename": "Query"}}},
        {"id": "1", "type": "complete"},
    ]


async def said(opened: Socket, count: int) -> list[Any]:
    """The messages heard so far, as soon as there are so many behind the acknowledgement, or it is closed."""
    async with asyncio.timeout(20):
        while len(opened.heard) < count + 2 and not opened.is_closed:
            await asyncio.sleep(0)
    return [orjson.loads(message["text"]) for message in opened.heard[2:] if "text" in message]


def subscribe(query: str, id: str = "1") -> str:
    return orjson.dumps({"type": "subscribe", "id": id, "payload": {"query": query}}).decode()


@pytest.mark.parametrize(
    ("who", "query", "code"),
    [
        ("member", "{ __schema { types { name } } }", "INTROSPECTION_NOT_ALLOWED"),
        ("member", "{ viewe { usernam } }", "GRAPHQL_VALIDATION_FAILED"),
        ("office", "{ " + "...F " * 60 + "} fragment F on Query { __typename }", "DOCUMENT_TOO_LARGE"),
        ("office", "{ __typename " + "@skip(if: false) " * 30 + "}", "DOCUMENT_TOO_LARGE"),
        ("office", "mutation {" + " ".join(f"a{n}: signOut {{ ended }}" for n in range(11)) + "}", "TOO_MANY_WRITES"),
        ("office", "subscription { importProgress(jobId: 1) { statu } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)  # fmt: skip
async def test_a_socket_has_the_limits_of_http(county: Client, who: str, query: str, code: str) -> None:
    opened = Socket(app_of(county), f"Bearer {await county.token(who)}")
    opened.say('{"type": "connection_init"}')
    opened.say(subscribe(query))
    [answer] = await said(opened, 1)
    await opened.leave()
    assert answer["type"] == "error"
    assert {error["extensions"]["code"] for error in answer["payload"]} == {code}


async def test_messages_too_large_and_sockets_that_say_nothing_are_closed(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, token = app_of(county), f"Bearer {await county.token('office')}"
    opened = Socket(app, token)
    opened.say('{"type": "connection_init"}')
    opened.say(subscribe("{ __typename }" + " " * 70_000))
    await said(opened, 9)
    await opened.leave()
    assert opened.heard[-1]["code"] == 1009
    monkeypatch.setattr(app.state.graphql._sockets, "connection_init_wait_timeout", _Moment())
    silent = Socket(app, token)
    async with asyncio.timeout(20):
        while not silent.is_closed:
            await asyncio.sleep(0)
    assert silent.heard[-1]["code"] == 4408
    with suppress(asyncio.CancelledError):
        await silent.leave()


class _Moment:
    def total_seconds(self) -> float:
        return 0.001
