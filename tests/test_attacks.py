"""What is sent to bring the server down or to learn what it hides: every request is answered soon, and by a code."""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_introspection_query, parse

from resolvers.compiler.document import read_document
from resolvers.compiler.measure import MOST_FIELDS, MOST_LEVELS, measure
from schema.api import core_of, make_schema
from tests.attack_documents import asked_twice, attacks, many, merged_twice, spread_twice
from tests.conftest import Client, Credentials, copied, serving

CORE = core_of(make_schema())
SLOWEST = 1.0  # seconds of this process: those on the clock depend on what else the machine does
ROOT = re.escape(str(Path(__file__).resolve().parents[1]))
INSIDE = re.compile(
    r"Traceback|asyncpg|SELECT |\.py\b|KeyError|RecursionError|psycopg|object at 0x|tortoise|" + ROOT
)


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """As strict as it gets without binding documents, so that each limit answers for itself."""
    var = tmp_path_factory.mktemp("var")
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, var, introspection="officials", trusted_documents=False) as client,
    ):
        yield client


def test_the_corpus_is_large_and_of_different_documents() -> None:
    bodies = [repr(body) for _, body in attacks()]
    assert len(bodies) == len(set(bodies))
    assert len(bodies) >= 300


@pytest.mark.parametrize("who", [None, "member", "office"])
async def test_every_attack_is_answered_soon_and_by_a_code(county: Client, who: str | None) -> None:
    slow, faults = [], []
    for name, body in attacks():
        began = time.thread_time()
        answer = await county.post(body, who)
        seconds = time.thread_time() - began
        if seconds > SLOWEST:
            slow.append((name, seconds))
        errors = answer.json().get("errors", [])
        codes = [error.get("extensions", {}).get("code") for error in errors]
        is_told = all(codes) and "FAULT" not in codes and bool(errors or answer.json()["data"])
        if answer.status_code >= 500 or not is_told or INSIDE.search(answer.text):
            faults.append((name, answer.status_code, answer.text[:300]))
        assert len(answer.content) < 300_000, name
    assert faults == []
    assert slow == []


@pytest.mark.parametrize("bomb", [spread_twice, asked_twice, merged_twice])
def test_doubled_fragments_are_counted_in_as_many_steps_as_there_are_fragments(bomb: Any) -> None:
    for levels in range(9, 61):
        document = read_document(CORE, bomb(levels))
        too_much = document.excess or document.parse_error
        assert too_much is not None, levels
        assert document.errors == []  # validation was not asked


def test_what_is_let_in_is_small_however_it_is_put() -> None:
    """Of the whole corpus, what validation and the compiler get to see is within the limits."""
    for name, body in attacks():
        document = read_document(CORE, body["query"])
        if document.node is not None and document.excess is None:
            assert measure(document.node).excess is None, name
            assert len(document.fragments) <= 20
            assert len(document.text.split("{")) < MOST_FIELDS
    assert MOST_LEVELS < 100


async def test_500_writes_in_one_request_are_refused_whole(county: Client) -> None:
    for count in (11, 20):
        text = "mutation {" + many('a#: signIn(username: "office", password: "#") { token }', count) + "}"
        [error] = (await county.query(text))["errors"]
        assert error["extensions"]["code"] == "TOO_MANY_WRITES"
        assert str(count) in error["message"]


# The twelve checks of graphql-cop, in words of our own: each is a finding when it returns True.


async def cop_alias_overloading(county: Client) -> bool:
    answer = await county.query("{" + many("alias#: __typename", 101) + "}")
    return bool(answer.get("data"))


async def cop_batching(county: Client) -> bool:
    answer = await county.post([{"query": "{ __typename }"}] * 10)
    return answer.status_code == 200 and isinstance(answer.json(), list)


async def cop_directive_overloading(county: Client) -> bool:
    answer = await county.query("{ __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }")
    return len(answer.get("errors", [])) == 10


async def cop_circular_introspection(county: Client) -> bool:
    text = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    return bool((await county.query(text)).get("data"))


async def cop_field_duplication(county: Client) -> bool:
    answer = await county.query("{ " + "__typename " * 500 + " }")
    return bool(answer.get("data"))


async def cop_suggestions(county: Client) -> bool:
    return "Did you mean" in (await county.post({"query": "{ viewe { username } membrs }"})).text


async def cop_get_queries(county: Client) -> bool:
    return "Query" in (await county.http.get("/graphql", params={"query": "{ __typename }"})).text


async def cop_get_mutations(county: Client) -> bool:
    text = 'mutation { signIn(username: "office", password: "demo-only") { token } }'
    return "token" in (await county.http.get("/graphql", params={"query": text})).text


async def cop_urlencoded_post(county: Client) -> bool:
    return "data" in (await county.http.post("/graphql", data={"query": "{ __typename }"})).text


async def cop_page_for_everybody(county: Client) -> bool:
    """The page itself holds nothing; what counts is that it needs no schema without an account."""
    return bool((await county.query(get_introspection_query())).get("data"))


async def cop_introspection(county: Client) -> bool:
    return bool((await county.query("{ __schema { types { name } } }")).get("data"))


async def cop_traces(county: Client) -> bool:
    answer = await county.query("{ a(: ) __typename")
    return "tracing" in str(answer) or "exception" in str(answer).lower() or "extensions" in answer


COP = {name: check for name, check in list(globals().items()) if name.startswith("cop_")}


@pytest.mark.parametrize("check", COP.values(), ids=COP)
async def test_a_check_of_graphql_cop_finds_nothing(county: Client, check: Any) -> None:
    assert len(COP) == 12
    assert await check(county) is False


def words() -> list[str]:
    """The best word list there can be: every name of the schema, and each with a letter less."""
    names: set[str] = set()
    for type_ in CORE.type_map.values():
        names.add(type_.name)
        if isinstance(type_, GraphQLObjectType):
            names |= set(type_.fields)
            names |= {argument for one in type_.fields.values() for argument in one.args}
    return sorted(names | {name[:-1] for name in names if len(name) > 3})


async def test_no_name_of_the_schema_is_learnt_from_errors(county: Client) -> None:
    """As clairvoyance does: hundreds of names at once, in every place that an error could name or leave out."""
    places = ("{ # }", "mutation { # }", "{ viewer { # } }", "{ viewer(#: 1) { username } }", "{ ... on # { id } }",
              "query($a: #) { __typename }", 'mutation { signIn(username: "a", password: "b") { # } }')  # fmt: skip
    found, heard = set(), set()
    all_words = words()
    for place in places:
        single = "on #" in place or "$a" in place
        step = 1 if single else 60
        for start in range(0, len(all_words), 40 if single else step):
            batch = all_words[start : start + step]
            given = batch[0] if single else ": 1 ".join(batch) if "(#" in place else " ".join(batch)
            answer = await county.query(place.replace("#", given))
            for error in answer.get("errors", []):
                heard.add(error["message"])
                assert "locations" not in error
            if answer.get("data") and answer["data"] != {"__typename": "Query"}:
                found.add((place, given))
    assert found == set()
    assert len(heard) <= 3  # each sentence says that it does not fit, and nothing of why
    for sentence in heard:
        assert not re.search(r"[a-z]+[A-Z]\w+|viewer|member\b", sentence), sentence


async def test_values_tell_strangers_no_names(county: Client) -> None:
    text = "mutation($i: CheckInInput!) { checkIn(input: $i) { refusals { code } } }"
    for value in (
        {},
        {"themeDayI": "1"},
        {"method": "ONLIN"},
        5,
        None,
        {"themeDayId": "1", "method": "ONLIN"},
    ):
        for who, silent in ((None, True), ("member", False)):
            answer = (await county.post({"query": text, "variables": {"i": value}}, who)).text
            assert "Did you mean" not in answer
            assert not silent or not re.search("themeDayId|ONLINE|memberId", answer)
    official = await county.post(
        {"query": text, "variables": {"i": {"themeDayId": "1", "method": "ONLIN"}}}, "office"
    )
    assert "Did you mean" in official.text


async def test_an_official_is_told_what_a_stranger_is_not(county: Client) -> None:
    wrong = {"query": "{ viewer { usernam } }"}
    for who, told in ((None, False), ("office", True), (None, False), ("member", False), ("town", True)):
        answer = (await county.post(wrong, who)).text  # cached for both by now
        assert ("Did you mean" in answer) is told
        assert ("usernam" in answer) is told
        assert "GRAPHQL_VALIDATION_FAILED" in answer


def test_the_corpus_holds_documents_that_are_none() -> None:
    """So that the tests above see refusals of every kind: of the parser, of the limits, of the schema."""
    kinds = {"parse": 0, "excess": 0, "invalid": 0, "valid": 0}
    for _, body in attacks():
        document = read_document(CORE, body["query"])
        kind = "parse" if document.parse_error else "excess" if document.excess else "invalid"
        kinds["valid" if document.is_valid else kind] += 1
    assert min(kinds.values()) >= 20, kinds
    assert parse("{ __typename }")
