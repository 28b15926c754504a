"""/graphql over HTTP: what is no request, what costs too much, hashes, faults and languages."""

import hashlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from graphql import get_introspection_query, parse
from httpx import ASGITransport

from app import make_asgi
from settings import Settings
from tests.conftest import COUNTY, OPERATIONS, Client, Credentials
from tests.test_access import members, rows, two_counties

JSON = "application/json"
ROOT = b'{"query": "{ __typename }"}'


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


def doc(**body: Any) -> bytes:
    return json.dumps(body).encode()


MALFORMED: dict[str, tuple[str, str, bytes, int, str]] = {
    "an empty body": ("POST", JSON, b"", 400, "BAD_JSON"),
    "no JSON": ("POST", JSON, b"query { viewer }", 400, "BAD_JSON"),
    "half a JSON": ("POST", JSON, b'{"query": "{', 400, "BAD_JSON"),
    "two JSONs": ("POST", JSON, ROOT + ROOT, 400, "BAD_JSON"),
    "invalid UTF-8": ("POST", JSON, b'{"query": "\xff\xfe"}', 400, "BAD_JSON"),
    "half a surrogate": ("POST", JSON, b'{"query": "\\ud800"}', 400, "BAD_JSON"),
    "UTF-16": ("POST", JSON, ROOT.decode().encode("utf-16"), 400, "BAD_JSON"),
    "a number that is none": ("POST", JSON, b'{"query": "{x}", "variables": {"a": NaN}}', 400, "BAD_JSON"),
    "depth of arrays": ("POST", JSON, b"[" * 60_000, 400, "BAD_JSON"),
    "depth of objects": ("POST", JSON, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, "BAD_JSON"),
    "a batch": ("POST", JSON, b"[" + ROOT + b"]", 400, "BAD_REQUEST"),
    "a text": ("POST", JSON, b'"{ viewer { username } }"', 400, "BAD_REQUEST"),
    "null": ("POST", JSON, b"null", 400, "BAD_REQUEST"),
    "a number for the query": ("POST", JSON, doc(query=5), 400, "BAD_REQUEST"),
    "a list of variables": ("POST", JSON, doc(query="{ __typename }", variables=[]), 400, "BAD_REQUEST"),
    "a text of variables": ("POST", JSON, doc(query="{ __typename }", variables="{}"), 400, "BAD_REQUEST"),
    "a number for the name": ("POST", JSON, doc(query="{ __typename }", operationName=1), 400, "BAD_REQUEST"),
    "extensions in a list": ("POST", JSON, doc(query="{ __typename }", extensions=[]), 400, "BAD_REQUEST"),
    "a hash in a list": (
        "POST", JSON, doc(extensions={"persistedQuery": {"sha256Hash": ["a"]}}), 400, "BAD_REQUEST",
    ),
    "a persisted query in a text": ("POST", JSON, doc(extensions={"persistedQuery": "a"}), 400, "BAD_REQUEST"),
    "64 kB and one byte": ("POST", JSON, ROOT.ljust(64 * 1024 + 1), 413, "BODY_TOO_LARGE"),
    "GET": ("GET", JSON, b"", 405, "METHOD_NOT_ALLOWED"),
    "PUT": ("PUT", JSON, ROOT, 405, "METHOD_NOT_ALLOWED"),
    "DELETE": ("DELETE", JSON, b"", 405, "METHOD_NOT_ALLOWED"),
    "a text as plain text": ("POST", "text/plain", ROOT, 415, "UNSUPPORTED_MEDIA_TYPE"),
    "a form": ("POST", "application/x-www-form-urlencoded", b"query={x}", 415, "UNSUPPORTED_MEDIA_TYPE"),
    "no content type": ("POST", "", ROOT, 415, "UNSUPPORTED_MEDIA_TYPE"),
    "GraphQL as such": ("POST", "application/graphql", b"{ __typename }", 415, "UNSUPPORTED_MEDIA_TYPE"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "kind", "body", "status", "code"), MALFORMED.values(), ids=MALFORMED)
async def test_what_is_no_request(
    county: Client, method: str, kind: str, body: bytes, status: int, code: str
) -> None:
    answer = await county.http.request(method, "/graphql", content=body, headers={"Content-Type": kind})
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert error["message"]


async def test_a_body_without_a_length_is_cut_off(county: Client) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 1024

    answer = await county.http.post("/graphql", content=endless(), headers={"Content-Type": JSON})
    assert answer.status_code == 413
    assert read <= 66


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_64_kilobytes_of_json_are_taken(county: Client, kind: str) -> None:
    answer = await county.http.post("/graphql", content=ROOT.ljust(64 * 1024), headers={"Content-Type": kind})
    assert answer.json() == {"data": {"__typename": "Query"}}


SEVERAL = "query A { __typename } query B { __typename }"
BY_MEMBER = 'query($n: Int!) { members(county: "1", first: $n) { totalCount } }'
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no query": ({}, "NO_QUERY"),
    "an empty query": ({"query": ""}, "NO_QUERY"),
    "a query that cannot be parsed": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "spaces": ({"query": "   "}, "GRAPHQL_PARSE_FAILED"),
    "a NUL": ({"query": "{ \0 }"}, "GRAPHQL_PARSE_FAILED"),
    "an unknown field": ({"query": "{ passwords }"}, "GRAPHQL_VALIDATION_FAILED"),
    "an unknown fragment": ({"query": "{ ...Nope }"}, "GRAPHQL_VALIDATION_FAILED"),
    "a fragment in a circle": (
        {"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "only a fragment": ({"query": "fragment A on Query { __typename }"}, "GRAPHQL_VALIDATION_FAILED"),
    "a type": ({"query": "type Query { a: Int }"}, "GRAPHQL_VALIDATION_FAILED"),
    "an unknown operation": ({"query": SEVERAL, "operationName": "C"}, "UNKNOWN_OPERATION"),
    "one of several": ({"query": SEVERAL}, "UNKNOWN_OPERATION"),
    "a variable left out": ({"query": BY_MEMBER}, "BAD_USER_INPUT"),
    "a variable of another type": ({"query": BY_MEMBER, "variables": {"n": "many"}}, "BAD_USER_INPUT"),
    "too large a page": ({"query": BY_MEMBER, "variables": {"n": 101}}, "BAD_PAGE_SIZE"),
    "a negative page": ({"query": BY_MEMBER, "variables": {"n": -1}}, "BAD_PAGE_SIZE"),
    "a huge page": ({"query": BY_MEMBER, "variables": {"n": 2**31 - 1}}, "TOO_COSTLY"),
    "a subscription": (
        {"query": 'subscription { themeDayAttendance(themeDayId: "1") { attendanceCount } }'},
        "SUBSCRIPTION_OVER_HTTP",
    ),
    "a cursor of another list": (
        {"query": f'{{ members(county: "{COUNTY}", first: 1, after: "WzFd") {{ edges {{ cursor }} }} }}'},
        "BAD_CURSOR",
    ),
    "a cursor that is none": (
        {"query": f'{{ members(county: "{COUNTY}", first: 1, after: "签") {{ edges {{ cursor }} }} }}'},
        "BAD_CURSOR",
    ),
    "a search of one letter": (
        {"query": f'{{ members(county: "{COUNTY}", first: 1, search: "a") {{ totalCount }} }}'},
        "SEARCH_TOO_SHORT",
    ),
    "a search for NUL": (
        {"query": f'{{ members(county: "{COUNTY}", first: 1, search: "a\\u0000b") {{ totalCount }} }}'},
        "BAD_VALUE",
    ),
    "an alias too long": ({"query": f"{{ {'a' * 61}: viewer {{ username }} }}"}, "NAME_TOO_LONG"),
    "400 aliases": (
        {"query": "{" + " ".join(f"a{n}: __typename" for n in range(400)) + "}"},
        "GRAPHQL_PARSE_FAILED",
    ),
    "many sign-ins at once": (
        {
            "query": "mutation {"
            + " ".join(f'a{n}: signIn(username: "a", password: "b") {{ token }}' for n in range(11))
            + "}"
        },
        "TOO_MANY_WRITES",
    ),
    "a depth of fields": (
        {"query": '{ organization(id: "1") ' + "{ parent " * 200 + "{ id }" + "}" * 201},
        "GRAPHQL_PARSE_FAILED",
    ),
    "a quarter of no year": (
        {"query": '{ qualificationReview(county: "1", quarter: "0000Q1") { id } }'},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "a day of another calendar": (
        {"query": "query($d: Date!) { viewer { username } }", "variables": {"d": "2020-W53-4"}},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "30 February": (
        {
            "query": "mutation($i: ScheduleThemeDayInput!) { scheduleThemeDay(input: $i) { themeDay { id } } }",
            "variables": {"i": {"organizationId": "1", "heldOn": "2020-02-30", "theme": "a"}},
        },
        "BAD_USER_INPUT",
    ),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
async def test_requests_that_are_refused(county: Client, body: dict[str, Any], code: str) -> None:
    answer = await county.post(body, "office")
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}


def spreads(levels: int) -> str:
    """Each fragment spreads the next one twice: two to the power of `levels` when it is walked naively."""
    fragments = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return "{ ...F0 } " + " ".join(fragments) + f" fragment F{levels} on Query {{ __typename }}"


def fields(levels: int) -> str:
    """Each fragment asks for the next one under two names: the answer itself would be that large."""
    fragments = [
        f"fragment F{n} on Organization {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}"
        for n in range(levels)
    ]
    return (
        '{ organization(id: "1") { ...F0 } } '
        + " ".join(fragments)
        + f" fragment F{levels} on Organization {{ id }}"
    )


def conflicts(levels: int) -> str:
    """As above under one name: validation compares each pair of fields."""
    fragments = [
        f"fragment F{n} on Organization {{ parent {{ ...F{n + 1} }} parent {{ ...F{n + 1} }} }}"
        for n in range(levels)
    ]
    return (
        '{ organization(id: "1") { ...F0 } } '
        + " ".join(fragments)
        + f" fragment F{levels} on Organization {{ id }}"
    )


@pytest.mark.parametrize("bomb", [spreads, fields, conflicts])
@pytest.mark.parametrize("levels", [5, 15, 30])
async def test_doubled_fragments_are_answered_in_no_time(county: Client, bomb: Any, levels: int) -> None:
    text = bomb(levels)
    began = time.perf_counter()
    answer = await county.post({"query": text}, "office")
    seconds = time.perf_counter() - began
    assert answer.status_code == 200
    assert seconds < 1, f"{seconds:.2f} s"  # naively 30 levels would take hours
    for error in answer.json().get("errors", []):
        assert error["extensions"]["code"] in (
            "DOCUMENT_TOO_LARGE",
            "TOO_COSTLY",
            "TOO_DEEP",
            "GRAPHQL_PARSE_FAILED",
            "GRAPHQL_VALIDATION_FAILED",
        )


async def test_lists_in_lists_are_priced_before_they_are_read(county: Client) -> None:
    deep = "members(first: 100) { edges { node { organization { members(first: 100) { edges { node { name } } } } } } }"
    text = f'{{ organizations(county: "{COUNTY}", first: 100) {{ edges {{ node {{ {deep} }} }} }} }}'
    [error] = (await county.query(text, "office"))["errors"]
    assert error["extensions"]["code"] == "TOO_COSTLY"
    assert "20000" in error["message"]


async def test_introspection(county: Client) -> None:
    answer = await county.query(get_introspection_query(input_value_deprecation=True))
    names = {one["name"] for one in answer["data"]["__schema"]["types"]}
    assert {"Query", "Member", "CheckInInput", "YearMonth"} <= names
    mixed = await county.query("{ __schema { queryType { name } } viewer { username } }", "office")
    assert mixed["data"] == {"__schema": {"queryType": {"name": "Query"}}, "viewer": {"username": "office"}}
    sdl = await county.query("{ _service { sdl } }")
    assert "@key" in sdl["data"]["_service"]["sdl"]


def by_hash(text: str, **body: Any) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}, **body}


async def test_a_hash_is_known_once_its_text_has_come(county: Client) -> None:
    text = "{ viewer { username displayName } }"
    unknown = (await county.post(by_hash(text), "office")).json()
    # Apollo's clients look for this message.
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    first = (await county.post(by_hash(text, query=text), "office")).content
    assert (await county.post(by_hash(text), "office")).content == first
    mismatch = (await county.post(by_hash(text, query="{ __typename }"), "office")).json()
    assert mismatch["errors"][0]["extensions"]["code"] == "HASH_MISMATCH"


def contract_operations() -> dict[str, str]:
    """Name -> the text of that operation alone, out of the contract's files."""
    found = {}
    for name in ("admin", "mobile", "partner"):
        text = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
        for node in parse(text).definitions:
            assert node.loc is not None
            found[node.name.value] = text[node.loc.start : node.loc.end]  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("name", contract_operations())
async def test_the_contracts_operations_are_known_by_their_hash_alone(county: Client, name: str) -> None:
    operation = contract_operations()[name]
    answers = []
    for text in (operation, county.documents[name]):
        answer = (await county.post(by_hash(text, operationName=name), "office")).json()
        assert not [
            error for error in answer.get("errors", []) if error["message"] == "PersistedQueryNotFound"
        ]
        answers.append(answer)
    # What is missing are the variables, not the operation.
    for answer in answers:
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert codes <= {"BAD_USER_INPUT", "SUBSCRIPTION_OVER_HTTP"}


async def test_a_fault_is_told_by_a_number_only(county: Client) -> None:
    asked = [{"__typename": "Member", "id": (await members())[0]}]
    read = (
        "query($m: [_Any!]!) { _entities(representations: $m) { ... on Member { trainingYear(year: 2020) "
        "{ records(first: 1) { edges { node { course { title } } } } } } } }"
    )
    write = {"input": {"newCourse": {"title": "甲", "hours": 1, "form": "乙"}, "completedOn": "2020-01-01",
                       "memberIds": [asked[0]["id"]]}}  # fmt: skip
    await rows("ALTER TABLE course RENAME TO course_gone")
    try:
        answers = [
            (await county.post({"query": read, "variables": {"m": asked}}, "office", **{"Accept-Language": "en"})),
            (await county.post({"query": county.documents["RecordTraining"], "operationName": "RecordTraining",
                                "variables": write}, "office")),
        ]  # fmt: skip
    finally:
        await rows("ALTER TABLE course_gone RENAME TO course")
    for answer in answers:
        assert answer.status_code == 200
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "FAULT"
        number = error["extensions"]["correlationId"]
        assert number in error["message"]
        assert len(number) == 32
        for inside in ("course", "relation", "SELECT", "asyncpg", "Traceback"):
            assert inside not in error["message"]
    assert answers[0].json()["errors"][0]["message"].startswith("An internal error")
    # And the next request is answered as ever.
    assert "errors" not in await county.query(read, "office", m=asked)


@pytest.mark.parametrize(
    ("language", "english"),
    [
        (None, False), ("", False), ("zh-CN", False), ("en", True), ("en-GB,zh;q=0.8", True), ("zh,en", False),
        ("fr, de", False), ("fr, EN;q=0.1", True), ("*", False), (";;;,", False),
    ],
)  # fmt: skip
async def test_refusals_speak_the_readers_language(
    county: Client, language: str | None, english: bool
) -> None:
    headers = {} if language is None else {"Accept-Language": language}
    wrong = {"query": county.documents["SignIn"], "operationName": "SignIn"}
    wrong["variables"] = {"username": "x", "password": "x"}  # type: ignore[assignment]
    refusal = (await county.post(wrong, **headers)).json()["data"]["signIn"]["refusals"][0]["message"]
    request = (await county.post({"query": BY_MEMBER, "variables": {"n": 500}}, **headers)).json()
    body = (
        await county.http.post("/graphql", content=b"{", headers={"Content-Type": JSON, **headers})
    ).json()
    for message in (refusal, request["errors"][0]["message"], body["errors"][0]["message"]):
        assert message.isascii() == english, message


async def test_the_other_addresses(county: Client) -> None:
    assert (await county.http.get("/health/live")).text == "live"
    assert (await county.http.get("/health/ready")).text == "ready"
    assert "python_info" in (await county.http.get("/metrics")).text
    assert (await county.http.get("/nothing")).status_code == 404
    page = await county.http.get("/graphql", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("metrics", "client", "status"),
    [
        ("loopback", ("127.0.0.1", 1), 200),
        ("loopback", ("::1", 1), 200),
        ("loopback", None, 200),
        ("loopback", ("10.0.0.1", 1), 404),
        ("everybody", ("10.0.0.1", 1), 200),
    ],
)
async def test_metrics_are_for_this_machine(
    tmp_path: Path, metrics: Literal["loopback", "everybody"], client: tuple[str, int] | None, status: int
) -> None:
    transport = ASGITransport(make_asgi(Settings(var=tmp_path, metrics=metrics)), client=client)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.get("/metrics")
        assert answer.status_code == status
        assert ("python_info" in answer.text) is (status == 200)
        assert status == 200 or answer.text == (await http.get("/nothing")).text


async def test_operations_are_counted_by_names_that_are_known(county: Client) -> None:
    await county.run("MobileHome", "member", year=2020)
    await county.post({"query": "query Unheard { __typename }", "operationName": "Unheard"})
    metrics = (await county.http.get("/metrics")).text
    assert 'dangjian_operation_seconds_count{operation="MobileHome"}' in metrics
    assert 'dangjian_operation_seconds_count{operation="other"}' in metrics
    assert "Unheard" not in metrics
