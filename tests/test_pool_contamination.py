"""Viewers who share two connections and one event loop: everybody gets the bytes that he gets when he is alone.

Thousands of requests at once, some of which their senders give up, some of which the database stops; in both languages.
A short run is part of the suite; DANGJIAN_CAMPAIGN=1 makes one of a million requests.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from runtime.database import connection
from runtime.language import reader_language
from runtime.sender import sender
from tests.conftest import COUNTY, Client, Credentials, copied, serving
from tests.test_access import OTHER, sign_everybody_in, two_counties_template

CAMPAIGN = os.environ.get("DANGJIAN_CAMPAIGN") == "1"
REQUESTS = 1_000_000 if CAMPAIGN else 3_000
AT_ONCE = 50
VIEWERS: tuple[str | None, ...] = (
    *("office", "town", "secretary", "member", "floating", "auditor", "app", "discipline", "security-admin"),
    *(f"{name}@{OTHER}" for name in ("office", "secretary", "member")),
    None,
)
LANGUAGES = ("zh", "en")

# A read of one's own, of lists, a refusal in the reader's language, a mistake, and one that graphql-core carries out.
ASKED: dict[str, dict[str, Any]] = {
    "own": {"query": "{ viewer { username roles { role } member { name idNumber phone address } } }"},
    "lists": {
        "query": "query($county: ID!) { county(code: $county) { name memberCount } members(county: $county, first: 20) "
        "{ totalCount edges { node { id name idNumber phone birthDate floating { contact destination } } } } "
        "organizations(county: $county, first: 9) { edges { node { name findings { message } } } } }",
        "variables": {"county": COUNTY},
    },
    "of the other county": {
        "query": "query($county: ID!) { members(county: $county, first: 20) { edges { node { id phone } } } }",
        "variables": {"county": OTHER},
    },
    "refused": {
        "query": 'mutation { stateShortfall(memberId: "x", year: 2020, reason: "y") { refusals { code message } } }'
    },
    "mistaken": {"query": f'{{ members(county: "{COUNTY}", first: 101) {{ totalCount }} }}'},
    "in core": {"query": "{ __schema { queryType { name } } viewer { username member { phone } } }"},
}
SLOW = f'{{ members(county: "{COUNTY}", first: 20) {{ edges {{ node {{ idNumber phone }} }} }} }}'

Question = tuple[str | None, str, str]


@dataclass(repr=False)
class Shared:
    """A server of two connections, and what everybody is told alone."""

    client: Client
    credentials: Credentials
    alone: dict[Question, bytes]

    async def ask(self, question: Question) -> bytes:
        who, name, language = question
        headers = {"Accept-Language": language}
        if who is not None:
            headers["Authorization"] = f"Bearer {self.client.tokens[who]}"
        response = await self.client.http.post("/graphql", json=ASKED[name], headers=headers)
        assert response.status_code == 200
        return response.content


@pytest.fixture(scope="module")
async def shared(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shared]:
    template = await two_counties_template(server, small_template, tmp_path_factory)
    async with (
        copied(server, template) as credentials,
        serving(
            credentials,
            tmp_path_factory.mktemp("var"),
            database_pool=2,
            statement_timeout_seconds=60,
            operation_timeout_seconds=60,
        ) as client,
    ):
        await sign_everybody_in(client)
        opened = Shared(client, credentials, {})
        for who in VIEWERS:
            for name in ASKED:
                for language in LANGUAGES:
                    opened.alone[who, name, language] = await opened.ask((who, name, language))
        yield opened


def test_everybody_has_an_answer_of_his_own(shared: Shared) -> None:
    """Else equal bytes would say nothing."""
    assert len({shared.alone[who, "own", "zh"] for who in VIEWERS}) == len(VIEWERS)
    assert len({shared.alone[who, "lists", "zh"] for who in VIEWERS}) >= 8
    for who in VIEWERS:
        assert shared.alone[who, "mistaken", "zh"] != shared.alone[who, "mistaken", "en"]
        assert shared.alone[who, "refused", "zh"] != shared.alone[who, "refused", "en"]


async def test_nobody_is_told_what_is_anothers(shared: Shared) -> None:
    chance = random.Random(None if CAMPAIGN else 1)
    questions = list(shared.alone)
    told: Counter[str] = Counter()

    async def one() -> None:
        question = chance.choice(questions)
        asking = asyncio.create_task(shared.ask(question))
        if chance.random() < 0.15:  # he gives up, at once or a few turns later
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            asking.cancel()
        try:
            answer = await asking
        except asyncio.CancelledError:
            told["given up"] += 1
            return
        assert answer == shared.alone[question], question
        told["answered"] += 1

    for _ in range(REQUESTS // AT_ONCE):
        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    assert told["given up"] > REQUESTS // 30
    assert told["answered"] > REQUESTS // 2
    assert told.total() == REQUESTS


STOP = (
    "SELECT count(*) FILTER (WHERE pg_cancel_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def test_after_what_the_database_stopped_the_next_gets_his_own(shared: Shared) -> None:
    """Statements end in the middle, as by their timeout, and their connections serve others right after."""
    holding, watch = [await asyncpg.connect(**shared.credentials) for _ in range(2)]
    stopped = 0
    try:
        for _ in range(40 if CAMPAIGN else 4):
            async with holding.transaction():
                await holding.execute("LOCK TABLE member IN ACCESS EXCLUSIVE MODE")
                asking = asyncio.gather(*(shared.client.post({"query": SLOW}, who) for who in VIEWERS[:6]))
                told = await shared.ask(("office", "mistaken", "en"))
                while not asking.done():
                    await watch.fetchval(STOP)
            stopped += sum(b"TOO_SLOW" in one.content for one in await asking)
            assert told == shared.alone["office", "mistaken", "en"]
            again = [(who, name, "en") for who in VIEWERS for name in ("own", "lists", "in core")]
            answers = await asyncio.gather(*map(shared.ask, again))
            assert answers == [shared.alone[question] for question in again]
    finally:
        await holding.close()
        await watch.close()
    assert stopped >= 16


async def test_what_a_request_sets_stays_with_it(shared: Shared) -> None:
    """Also where one task carries out several, as a test's does: the last one's language and address are gone."""
    zh, en = (shared.alone["office", "mistaken", one] for one in LANGUAGES)
    headers = {"Authorization": f"Bearer {shared.client.tokens['office']}"}
    for _ in range(3):
        assert await shared.ask(("office", "mistaken", "en")) == en
        silent = await shared.client.http.post("/graphql", json=ASKED["mistaken"], headers=headers)
        assert silent.content == zh
        assert reader_language.get() == "zh"
        await shared.client.http.post("/graphql", json=ASKED["own"], headers={"User-Agent": "another"})
        assert sender.get().program == "another"


async def test_who_gives_up_takes_no_connection_along(shared: Shared) -> None:
    """Writes that are cancelled at every turn of the loop that they take, twelve at a time."""
    writes = connection()._pool
    for turns in range(60):
        asking = [asyncio.create_task(shared.ask(("office", "refused", "en"))) for _ in range(12)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for one in asking:
            one.cancel()
        await asyncio.wait(asking, timeout=5)
        lost = writes.get_size() - writes.get_idle_size()
        for _ in range(100):  # what is on its way back
            if not lost:
                break
            await shared.client.http.get("/health/ready")
            lost = writes.get_size() - writes.get_idle_size()
        assert lost == 0, f"cancelled after {turns} turns"
