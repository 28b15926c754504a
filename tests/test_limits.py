"""What whoever asks may send: the schema, registered operations, so much a minute, so much at once, and no longer."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import OperationDefinitionNode, OperationType, get_introspection_query, parse
from redis import asyncio as aioredis

from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.compiler.engine import MOST_OBJECTS
from resolvers.compiler.request import Request
from resolvers.rights.acts import ACTS, Act
from runtime.budget import Budget
from runtime.deadline import Deadline
from runtime.sender import Sender, sender
from schema.limits import BudgetExceeded, Limits
from schema.operations import operations_in
from settings import Settings
from tests.attack_documents import many
from tests.conftest import COUNTY, OPERATIONS, Client, Credentials, copied, serving
from tests.servers import Valkey, valkey

SDL = "{ _service { sdl } }"
SCHEMA = "{ __schema { queryType { name } } }"
OWN = "query Own { viewer { username } }"


@asynccontextmanager
async def served(
    server: Credentials, small_template: str, var: Path, **settings: Any
) -> AsyncIterator[Client]:
    settings = {"introspection": "officials", "trusted_documents": False, **settings}
    async with copied(server, small_template) as credentials, serving(credentials, var, **settings) as client:
        yield client


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with served(server, small_template, tmp_path_factory.mktemp("var")) as client:
        yield client


@pytest.fixture(scope="module")
async def bound(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """Registered operations only; an app's own are registered too."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "own.graphql").write_text(OWN, encoding="utf-8")
    (folder / "old.graphql").write_text("query Old { passwords }", encoding="utf-8")
    var = tmp_path_factory.mktemp("var")
    async with served(server, small_template, var, trusted_documents=True, operations=folder) as client:
        yield client


async def codes(client: Client, body: dict[str, Any], who: str | None) -> set[str]:
    return {error["extensions"]["code"] for error in (await client.post(body, who)).json().get("errors", [])}


# The schema


@pytest.mark.parametrize(
    "text", [SCHEMA, SDL, get_introspection_query(), '{ __type(name: "Member") { name } }']
)
@pytest.mark.parametrize(
    ("who", "allowed"),
    [(None, False), ("member", False), ("secretary", True), ("town", True), ("office", True), ("auditor", True),
     ("admin", True), ("discipline", True), ("security", True), ("app", True)],
)  # fmt: skip
async def test_the_schema_is_for_officials(county: Client, who: str | None, allowed: bool, text: str) -> None:
    assert await codes(county, {"query": text}, who) == (set() if allowed else {"INTROSPECTION_NOT_ALLOWED"})


async def test_nobody_reads_it_through_a_fragment_or_beside_other_things(county: Client) -> None:
    for text in (
        f"{{ viewer {{ username }} ...S }} fragment S on Query {SCHEMA}",
        "{ ... { a: __schema { types { name } } } }",
        "query Used { __typename } query Unused { __schema { types { name } } }",
        "{ __typename ...S } fragment S on Query { ... { _service { sdl } } }",
    ):
        assert await codes(county, {"query": text}, "member") == {"INTROSPECTION_NOT_ALLOWED"}
    assert await county.query("{ __typename }") == {"data": {"__typename": "Query"}}


# Registered operations


def by_hash(text: str, **body: Any) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}, **body}


async def test_who_uses_the_app_sends_what_the_app_sends(bound: Client) -> None:
    for who in (None, "member", "secretary"):
        for body in (
            {"query": "{ viewer { username } }"},
            {"query": SCHEMA},
            {"query": OWN + " "},
            {"query": "{"},
        ):
            assert await codes(bound, body, who) == {"OPERATION_NOT_REGISTERED"}, (who, body)
        home = {"operationName": "MobileHome", "variables": {"year": 2020}}
        document = bound.documents["MobileHome"]
        known: tuple[dict[str, Any], ...] = (
            {"query": OWN}, by_hash(OWN), {"query": document, **home}, by_hash(document, **home),
        )  # fmt: skip
        alone = next(text for text in operations_in(OPERATIONS) if text.startswith("query MobileHome"))
        for good in (*known, {"query": alone, **home}, by_hash(alone, **home)):
            assert await codes(bound, good, who) == set()
    for who in ("office", "town", "auditor", "app", "admin", "discipline"):
        assert await codes(bound, {"query": "{ viewer { displayName } }"}, who) == set()
    # What does not fit the schema any more is not registered, and stops nothing.
    assert await codes(bound, {"query": "query Old { passwords }"}, "member") == {"OPERATION_NOT_REGISTERED"}


async def test_what_an_official_made_known_by_hash_is_not_registered(bound: Client) -> None:
    text = "{ viewer { username displayName } }"
    assert await codes(bound, by_hash(text, query=text), "office") == set()
    assert await codes(bound, by_hash(text), "office") == set()
    assert await codes(bound, by_hash(text), "member") == {"OPERATION_NOT_REGISTERED"}
    assert await codes(bound, by_hash("{ a }", query="{ a }"), None) == {"OPERATION_NOT_REGISTERED"}


async def test_only_documents_that_fit_are_kept_by_hash(county: Client) -> None:
    for text in ("{ passwords }", "{", "{ " + many("a#: __typename", 21) + " }", SCHEMA):
        await county.post(by_hash(text, query=text))
        assert await codes(county, by_hash(text), None) == {"PERSISTED_QUERY_NOT_FOUND"}


def test_limits_follow_from_where_the_server_listens() -> None:
    here, open_to_all = Settings(host="127.0.0.1"), Settings(host="0.0.0.0")
    assert (here.points_per_minute, here.binds_documents) == (0, False)
    assert (open_to_all.points_per_minute, open_to_all.binds_documents) == (60_000, True)
    chosen = Settings(host="0.0.0.0", budget_per_minute=0, trusted_documents=False)
    assert (chosen.points_per_minute, chosen.binds_documents) == (0, False)


def test_every_role_is_decided_on() -> None:
    limits = Limits(is_introspection_open=False, binds_documents=True)

    def asking(*roles: Role) -> Request:
        grants = tuple(Grant(role) for role in roles)
        return Request(viewer=AccountViewer(grants=grants), rules=cast(Any, None))

    assert set(Role) - ACTS[Act.READ_SCHEMA] == {Role.MEMBER}
    assert not limits.may_inspect(asking())
    assert limits.is_bound(asking())
    assert limits.is_bound(asking(Role.MEMBER, Role.SECRETARY))
    assert not limits.is_bound(asking(Role.MEMBER, Role.TOWN))


# Prices


VARIABLES: dict[str, Any] = {
    "county": COUNTY, "month": "2020-12", "year": 2020, "quarter": "2020Q4", "id": "1", "jobId": "1", "first": 100,
    "representations": [{"__typename": "Organization", "id": "1"}] * 100,
}  # fmt: skip
LARGER = {"QualificationReview": 1000}  # whose list of checks takes larger pages
READS = [
    node.name.value
    for file in sorted(OPERATIONS.glob("*.graphql"))
    for node in parse(file.read_text(encoding="utf-8")).definitions
    if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY and node.name
]


@pytest.mark.parametrize("name", READS)
async def test_every_shipped_read_is_within_the_limits(
    county: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with the largest page that its list takes."""
    engine = operations_of(county).engine
    document = engine.document(county.documents[name])
    assert document.is_plain
    declared = document.operation(name).variable_definitions
    variables = {
        one.variable.name.value: VARIABLES[one.variable.name.value]
        for one in declared or ()
        if one.variable.name.value in VARIABLES
    }
    if name in LARGER:
        variables["first"] = LARGER[name]
    prices: list[int] = []
    monkeypatch.setattr(engine, "on_read", lambda _request, objects: prices.append(objects))
    await county.run(name, "office", **variables)
    assert prices
    assert 0 < sum(prices) <= MOST_OBJECTS
    for one in operations_in(OPERATIONS):
        assert engine.document(one).is_plain


async def test_what_is_too_dear_is_told_its_cost(county: Client) -> None:
    text = f'{{ county(code: "{COUNTY}") {{ branches(first: 300) {{ edges {{ node {{ ROWS }} }} }} }} }}'
    for who in (None, "office"):
        dear = text.replace("ROWS", "members(first: 100) { totalCount }")
        [error] = (await county.query(dear, who))["errors"]
        assert error["extensions"]["code"] == "TOO_COSTLY"
        assert f"上限 {MOST_OBJECTS}" in error["message"]
        assert "30302" in error["message"]
        cheap = text.replace("ROWS", "members(first: 5) { totalCount }")
        assert "errors" not in await county.query(cheap, who)


# Budgets


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_up_by_the_minute() -> None:
    clock = Clock()
    budget = Budget(60, clock)
    assert [budget.wait("a", 20) for _ in range(3)] == [0, 0, 0]
    assert budget.wait("a", 20) == 20
    assert budget.wait("b", 60) == 0  # everybody has his own
    clock.now += 19
    assert budget.wait("a", 20) == 1
    clock.now += 1
    assert budget.wait("a", 20) == 0
    clock.now += 3600
    assert budget.wait("a", 60) == 0
    assert budget.wait("a", 1) > 0  # never more than a minute's points at once


def test_what_is_charged_afterwards_is_missed_later() -> None:
    clock = Clock()
    budget = Budget(60, clock)
    budget.charge("a", 100)
    assert budget.wait("a", 1) == 41
    assert budget.wait("b", 1000) == 0  # dearer than a full bucket: once, and then not for long
    assert budget.wait("b", 1) == 941


def test_no_limit_costs_no_memory_and_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.budget.BUCKETS_KEPT", 100)
    free, budget = Budget(0), Budget(60)
    for number in range(1000):
        assert free.wait(str(number), 10**9) == 0
        assert budget.wait(str(number), 1) == 0
    assert (len(free._buckets), len(budget._buckets), len(budget._used)) == (0, 100, 100)


@pytest.fixture
def redis() -> Any:
    with valkey() as running:
        yield running


async def test_processes_share_what_was_used(redis: Valkey) -> None:
    clock = Clock()
    here, there = Budget(600, clock), Budget(600, clock)
    client = aioredis.Redis.from_url(redis.url)
    try:
        assert here.wait("a", 500) == 0
        assert there.wait("a", 1) == 0  # not told yet
        await here.share(client)
        await there.share(client)
        assert there.wait("a", 200) > 0
        assert there.wait("b", 200) == 0
        await there.share(client)
        await here.share(client)
        await here.share(client)
        assert here.wait("a", 99) == 0  # counted once, not with each exchange
        for key in await client.keys("*"):
            assert b"budget" in key
            assert 0 < await client.ttl(key) <= 120
        redis.kill()
        assert here.wait("c", 5) == 0
        with pytest.raises((aioredis.RedisError, OSError)):
            await here.share(client)
        assert here.wait("c", 5) == 0
        redis.start()
        await here.share(client)
        there.charge("c", 1)
        await there.share(client)
        assert there.wait("c", 595) > 0  # what was used while Redis was away is told when it is back
    finally:
        await client.aclose()


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False), ("2001:db8::1", "2001:db8::ffff", True), (None, None, True),
        ("2001:db8::1", "2001:db8:0:1::1", False), ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::1", True), ("x:y", "x:z", False),
    ],
)  # fmt: skip
def test_strangers_are_told_apart_by_their_network(first: str | None, second: str | None, same: bool) -> None:
    limits, rules = Limits(Budget(60)), cast(Any, None)
    request = Request(viewer=AccountViewer(), rules=rules)
    sender.set(Sender(first))
    limits.spend(request, 60)
    sender.set(Sender(second))
    if same:
        with pytest.raises(BudgetExceeded):
            limits.spend(request, 60)
    else:
        limits.spend(request, 60)


async def test_over_the_budget_is_429_with_the_seconds(
    server: Credentials, small_template: str, tmp_path: Path
) -> None:
    async with served(server, small_template, tmp_path, budget_per_minute=3000) as client:
        await client.token("office")  # 1,001 points of the address
        tries = "mutation { " + many('a#: signIn(username: "office", password: "#") { token }', 3) + " }"
        answer = await client.post({"query": tries}, **{"Accept-Language": "en"})
        assert answer.status_code == 429  # three tries are three, in however few requests
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
        assert int(answer.headers["retry-after"]) == error["extensions"]["retryAfterSeconds"] > 0
        assert f"{error['extensions']['retryAfterSeconds']} seconds" in error["message"]
        for _ in range(30):
            assert (await client.post({"query": "{ viewer { username } }"}, "office")).status_code == 200
        answers = [await client.post({"query": f"{{ a{n}: __typename }}"}, "office") for n in range(160)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429  # each document has to be read first


# Time


async def test_what_takes_too_long_is_stopped() -> None:
    with pytest.raises(TimeoutError), Deadline(0.001):
        await asyncio.Event().wait()
    with Deadline(60):
        await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_who_cancels_is_not_told_that_it_was_the_time() -> None:
    async def work() -> None:
        with Deadline(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_slow_read_is_answered_with_too_slow(
    server: Credentials, small_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(server, small_template, tmp_path, operation_timeout_seconds=0.001) as client:

        async def never(*_: Any) -> str:
            await asyncio.Event().wait()
            return ""

        monkeypatch.setattr(operations_of(client).engine._reader, "fetch_json", never)
        for text in (
            f'{{ organizations(county: "{COUNTY}", first: 1) {{ totalCount }} }}',
            "{ viewer { username } }",
        ):
            assert await codes(client, {"query": text}, None) == {"TOO_SLOW"}


def operations_of(client: Client) -> Any:
    return client.http._transport.app.state.graphql._operations  # type: ignore[attr-defined]
