"""Requests and messages that are broken in every way, made from good ones by a generator with a seed."""

import json
import random
from collections.abc import Iterator
from typing import Any

JSON = b"application/json"
BOUNDARY = b"x7"
GOOD: tuple[dict[str, Any], ...] = (
    {"query": "{ __typename }"},
    {
        "query": 'query($n: Int!) { members(county: "140829", first: $n) { totalCount } }',
        "variables": {"n": 1},
    },
    {"query": "{ viewer { username member { name } } }", "operationName": None, "variables": None},
    {
        "query": "mutation($i: CheckInInput!) { checkIn(input: $i) { refusals { code } } }",
        "variables": {"i": {"themeDayId": "01a1fd39-1ad3-716e-ba5e-8d903a862e74", "method": "ONLINE"}},
    },
    {
        "query": "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
        "variables": {"r": [{"__typename": "Organization", "code": "SY01001"}]},
    },
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
    {
        "query": 'mutation($f: Upload!) { importWorkbook(county: "1", kind: MEMBERS, file: $f) { refusals { code } } }',
        "variables": {"f": None},
    },
)
STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**53 + 1,
    2**63,
    2**64 - 1,
    1e308,
    -0.0,
    0.1,
    "",
    "\0",
    "a" * 5000,
    "\u202e",
    "😀",
    "\ud7ff",
    "01a1fd39",
    [],
    {},
    [[]],
    [None],
    [[[[[[]]]]]],
    {"": None},
    {"__typename": "Member", "id": {"a": []}},
    "NaN",
    {"__proto__": {}},
    ["x"] * 200,
    {"query": "{ __typename }"},
    "2020-02-30",
    "0000-00-00",
    "9" * 400,
    "{}",
)
BYTES = (
    b"\0",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xef\xbb\xbf",
    b"NaN",
    b"Infinity",
    b"1e999",
    b"9" * 400,
    b"[" * 40,
    b"{" * 40,
    b'{"a":' * 40,
    b"\\ud800",
    b"\\u0000",
    b'"',
    b"}",
    b"]",
    b",",
    b"//x\n",
    b"'",
)
LENGTHS = (b"-1", b"x", b"1e3", b"0x10", b"", b"9" * 30, b" 5", "٣".encode(), b"1, 1", b"+5", b"0", b"5")
HEADERS = (
    b"authorization",
    b"accept-language",
    b"idempotency-key",
    b"user-agent",
    b"content-type",
    b"cookie",
    b"origin",
    b"content-length",
    b"transfer-encoding",
    b"x-forwarded-for",
    b"accept",
    b"content-encoding",
    b"expect",
)

Sent = tuple[str, list[tuple[bytes, bytes]], bytes]
"""Method, headers, body."""


def requests(seed: int, count: int) -> Iterator[Sent]:
    chance = random.Random(seed)
    makers = (_bytes_changed, _values_changed, _shape_changed, _headers_changed, _form)
    for _ in range(count):
        yield chance.choice(makers)(chance)


def messages(seed: int, count: int) -> Iterator[str | bytes]:
    """What comes over a WebSocket."""
    chance = random.Random(seed)
    for _ in range(count):
        message: Any = {"id": "1", "type": "subscribe", "payload": dict(chance.choice(GOOD))}
        match chance.randrange(6):
            case 0:
                message[chance.choice(("id", "type", "payload", "x"))] = chance.choice(STRANGE)
            case 1:
                message["payload"][chance.choice(("query", "variables", "operationName", "extensions"))] = (
                    chance.choice(STRANGE)
                )
            case 2:
                message["type"] = chance.choice(
                    ("ping", "pong", "complete", "connection_init", "next", "error", "start")
                )
            case 3:
                message.pop(chance.choice(("id", "type", "payload")))
            case 4:
                message = chance.choice(STRANGE)
            case _:
                yield _mutated(chance, json.dumps(message).encode()).decode("utf-8", "replace")
                continue
        text = json.dumps(message)
        yield text.encode() if chance.random() < 0.05 else text


def _mutated(chance: random.Random, body: bytes) -> bytes:
    whole = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        place = chance.randrange(len(whole) + 1)
        match chance.randrange(5):
            case 0:
                whole[place:place] = chance.choice(BYTES)
            case 1:
                del whole[place : place + chance.randrange(1, 9)]
            case 2 if place < len(whole):
                whole[place] = chance.randrange(256)
            case 3:
                whole[place:place] = whole[: chance.randrange(1, 40)]
            case _:
                whole = whole[:place] or bytearray(b"{")
    return bytes(whole)


def _bytes_changed(chance: random.Random) -> Sent:
    return "POST", [(b"content-type", JSON)], _mutated(chance, json.dumps(chance.choice(GOOD)).encode())


def _values_changed(chance: random.Random) -> Sent:
    body = json.loads(json.dumps(chance.choice(GOOD)))
    variables = body.get("variables") or {}
    for name in list(variables):
        if isinstance(variables[name], dict) and chance.random() < 0.7:
            variables[name][chance.choice(("themeDayId", "method", "memberId", "x"))] = chance.choice(STRANGE)
        else:
            variables[name] = chance.choice(STRANGE)
    body["variables"] = variables
    return "POST", [(b"content-type", JSON)], json.dumps(body).encode()


def _shape_changed(chance: random.Random) -> Sent:
    body = json.loads(json.dumps(chance.choice(GOOD)))
    for _ in range(chance.randrange(1, 3)):
        key = chance.choice(("query", "variables", "operationName", "extensions", "x"))
        body[key] = chance.choice(STRANGE)
    whole = chance.choice((body, body, body, [body], chance.choice(STRANGE)))
    return "POST", [(b"content-type", JSON)], json.dumps(whole).encode()


def _headers_changed(chance: random.Random) -> Sent:
    body = json.dumps(chance.choice(GOOD)).encode()
    headers = [
        (
            b"content-type",
            chance.choice(
                (
                    JSON,
                    JSON,
                    b"application/json; charset=utf-16",
                    b"",
                    b"multipart/form-data",
                    b"text/plain",
                    b"application/graphql",
                    b"\xff/\xfe",
                )
            ),
        )
    ]
    for _ in range(chance.randrange(1, 4)):
        value = bytes(chance.randrange(256) for _ in range(chance.choice((0, 3, 40, 3000))))
        headers.append(
            (chance.choice(HEADERS), chance.choice((value, b"Bearer " + value, b"Bearer a.b.c", b"*")))
        )
    if chance.random() < 0.5:
        headers += [(b"content-length", chance.choice(LENGTHS)) for _ in range(chance.randrange(1, 3))]
    return chance.choice(("POST", "POST", "POST", "GET", "PUT", "HEAD", "OPTIONS", "BREW")), headers, body


def _form(chance: random.Random) -> Sent:
    operations = json.dumps(chance.choice((GOOD[-1], *GOOD))).encode()
    places = json.dumps(chance.choice(({"0": ["variables.f"]}, *STRANGE))).encode()
    parts = [
        (b"operations", operations),
        (b"map", places),
        (b'0"; filename="a.xlsx', b"PK\x03\x04" + b"x" * 50),
    ]
    chance.shuffle(parts)
    body = b"".join(
        b"--"
        + BOUNDARY
        + b'\r\nContent-Disposition: form-data; name="'
        + name
        + b'"\r\n\r\n'
        + value
        + b"\r\n"
        for name, value in parts[: chance.randrange(1, 4)]
    )
    body += b"--" + BOUNDARY + b"--\r\n"
    if chance.random() < 0.6:
        body = _mutated(chance, body)
    kind = b"multipart/form-data; boundary=" + chance.choice(
        (BOUNDARY, BOUNDARY, b"", b"y" * 300, b'"', b"\xff")
    )
    length = chance.choice((str(len(body)).encode(), str(len(body)).encode(), *LENGTHS))
    return "POST", [(b"content-type", kind), (b"content-length", length)], body
