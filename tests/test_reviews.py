"""Reviews of many delegates: judged in the background in batches, watched, interrupted, and taken up again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from plugins.bulk import Worker
from plugins.errors import PackFailed, PackTimeout
from resolvers.delegates import jobs as qualification_jobs
from resolvers.delegates import reviews
from runtime.clock import stopped_at
from tests.conftest import COUNTY, Credentials, copied
from tests.delegates import CLOSING, IN_COUNTY, OPEN, ask, checks, codes, review
from tests.test_access import ACCOUNTS, contents, rows, sign_everybody_in, two_counties_template
from tests.test_live import Live, acknowledged, hear, live_server, subscribe

PROGRESS = "subscription($review: ID!) { reviewProgress(reviewId: $review) { status judging judged toJudge failure } }"
DELEGATES = 12
ENDED = {"judging": "DONE", "judged": DELEGATES, "toJudge": DELEGATES, "failure": None}


@pytest.fixture(scope="module")
async def served(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Live, Credentials]]:
    """A county whose twelve members are all delegates to its congress."""
    template = await two_counties_template(server, small_template, tmp_path_factory)
    async with copied(server, template) as credentials, live_server(credentials) as live:
        await sign_everybody_in(live)
        await rows(
            "INSERT INTO delegate (id, county_id, member_id, level, congress, elected_on, status) "
            "SELECT gen_random_uuid(), m.county_id, m.id, d.level, d.congress, d.elected_on, 'SERVING' "
            f"FROM member m, (SELECT * FROM delegate LIMIT 1) d WHERE m.{IN_COUNTY} ON CONFLICT DO NOTHING",
            COUNTY,
        )
        yield live, credentials


@pytest.fixture
async def live(served: tuple[Live, Credentials], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    """More than two delegates are many, five are a batch. No review stands yet."""
    monkeypatch.setattr(reviews, "AT_ONCE", 2)
    monkeypatch.setattr(qualification_jobs, "BATCH", 5)
    await rows("TRUNCATE qualification_review CASCADE")
    await rows("DELETE FROM clearance WHERE quarter <> '2020Q4'")
    with stopped_at(CLOSING):
        yield served[0]


async def opened(live: Live, quarter: str = "2020Q3", who: str | None = "office") -> Any:
    return await ask(live, OPEN, who, county=COUNTY, quarter=quarter)


async def watched(live: Live, review_id: str, who: str = "office") -> list[Any]:
    """What a subscriber hears until the review's judging ends."""
    heard = []
    async with live.socket(live.tokens[who]) as socket:
        await acknowledged(socket)
        await subscribe(socket, PROGRESS, None, review=review_id)
        while (message := await hear(socket))["type"] == "next":
            heard.append(message["payload"]["data"]["reviewProgress"])
        assert message["type"] == "complete"
    return heard


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, *, after: int) -> None:
    """Calls of the process that judges fail, once so many have been answered."""
    judge_all, calls = Worker.judge_all_async, 0

    async def judged(self: Worker, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise error
        return await judge_all(self, *args)

    monkeypatch.setattr(Worker, "judge_all_async", judged)


async def test_many_are_judged_in_batches_and_watched_until_the_end(live: Live) -> None:
    answer = await opened(live)
    assert codes(answer) == []
    assert (answer["review"]["status"], answer["review"]["progress"]["judging"]) == ("JUDGING", "RUNNING")
    assert answer["review"]["progress"]["toJudge"] == DELEGATES
    heard = await watched(live, answer["review"]["id"])
    steps = [one["judged"] for one in heard]
    assert steps == sorted(steps)
    assert set(steps) <= {0, 5, 10, 12}
    assert heard[-1] == {"status": "AWAITING_CLEARANCES", **ENDED}
    ended = await review(live, "2020Q3")
    assert (ended["checkCount"], ended["staleCount"], ended["progress"]) == (DELEGATES, 0, ENDED)
    asked = await rows(f"SELECT count(*) FROM clearance WHERE quarter = '2020Q3' AND {IN_COUNTY}", COUNTY)
    assert asked == [{"count": 2 * DELEGATES}]
    # Who comes later hears how it ended, and no more.
    assert await watched(live, answer["review"]["id"]) == [heard[-1]]


async def test_the_result_is_the_one_of_judging_at_once(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    first = (await opened(live))["review"]["id"]
    await watched(live, first)
    before = await rows("SELECT xmin::text, * FROM qualification_check ORDER BY id")
    monkeypatch.setattr(reviews, "AT_ONCE", 2000)
    again = await opened(live)
    assert (again["review"]["id"], again["review"]["progress"]) == (first, ENDED)
    assert await rows("SELECT xmin::text, * FROM qualification_check ORDER BY id") == before


async def test_many_at_once_open_one_review(live: Live) -> None:
    answers = await asyncio.gather(*(opened(live) for _ in range(5)))
    assert [codes(answer) for answer in answers] == [[]] * 5
    ids = {answer["review"]["id"] for answer in answers}
    assert len(ids) == 1
    await watched(live, ids.pop())
    assert (await review(live, "2020Q3"))["progress"] == ENDED


async def test_what_somebody_is_judging_is_left_to_him(live: Live, served: tuple[Live, Credentials]) -> None:
    """Another server's lock on the review; when that server dies, the next who opens it takes it up."""
    review_id = (await opened(live))["review"]["id"]
    await watched(live, review_id)
    other = await asyncpg.connect(**served[1])
    lock = "SELECT pg_advisory_lock(hashtextextended($1, 0))"
    await other.execute(lock, f"qualification_review:{review_id}")
    await rows("DELETE FROM qualification_check")
    await rows("UPDATE qualification_review SET judging = 'RUNNING', judged = 5")
    again = await opened(live)
    assert (again["review"]["id"], again["review"]["progress"]["judging"]) == (review_id, "RUNNING")
    assert again["review"]["progress"]["judged"] == 5
    assert (await review(live, "2020Q3"))["checkCount"] == 0
    await other.close()
    assert (await opened(live))["review"]["id"] == review_id
    assert (await watched(live, review_id))[-1]["judging"] == "DONE"
    assert (await review(live, "2020Q3"))["checkCount"] == DELEGATES


@pytest.mark.parametrize(
    "error", [PackFailed("slow_140829: ValueError"), PackTimeout("slow_140829: no answer")]
)
async def test_a_pack_that_fails_ends_the_review_with_the_reason(
    live: Live, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as broken:
        failing(broken, error, after=1)
        review_id = (await opened(live))["review"]["id"]
        last = (await watched(live, review_id))[-1]
    assert (last["status"], last["judging"], last["judged"]) == ("JUDGING", "FAILED", 5)
    assert str(error) in last["failure"]
    stopped = await review(live, "2020Q3")
    assert (stopped["checkCount"], stopped["staleCount"]) == (5, DELEGATES - 5)
    # The pack is repaired: opening again judges all of them.
    assert (await opened(live))["review"]["id"] == review_id
    await watched(live, review_id)
    assert (await review(live, "2020Q3"))["progress"] == ENDED


async def test_a_pack_that_fails_at_once_is_a_refusal_that_keeps_nothing(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "AT_ONCE", 2000)
    before = await contents()
    failing(monkeypatch, PackFailed("slow_140829: check_delegate: ValueError"), after=0)
    answer = await opened(live)
    assert (answer["review"], codes(answer)) == (None, ["PACK_FAILED"])
    assert "slow_140829" in answer["refusals"][0]["message"]
    assert await contents() == before


async def test_what_is_stale_is_told_and_brought_up_to_date(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "AT_ONCE", 2000)
    await opened(live)
    assert (await review(live, "2020Q3"))["staleCount"] == 0
    await rows(
        "INSERT INTO post_change (id, county_id, member_id, changed_on, change, destination) "
        "SELECT gen_random_uuid(), county_id, id, '2020-09-01', '调离试验县', '运城市' FROM member "
        f"WHERE {IN_COUNTY} ORDER BY birth_date LIMIT 2",
        COUNTY,
    )
    assert (await review(live, "2020Q3"))["staleCount"] == 2
    await opened(live)
    assert (await review(live, "2020Q3"))["staleCount"] == 0
    found = [one["findings"] for one in await checks(live, "2020Q3")]
    assert found.count([{"code": "DELEGATE_LEFT_AREA"}]) == 3
    await rows("DELETE FROM post_change WHERE changed_on = '2020-09-01'")


async def test_an_answer_is_taken_though_the_pack_fails(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "AT_ONCE", 2000)
    await opened(live)
    asked = (await live.run("PendingClearances", "security", first=100))["pendingClearances"]["edges"]
    with monkeypatch.context() as broken:
        failing(broken, PackTimeout("slow_140829: no answer"), after=0)
        given = {"clearanceId": asked[0]["node"]["id"], "opinion": "NO_OBJECTION"}
        answer = (await live.run("SubmitClearance", "security", input=given))["submitClearance"]
    assert (codes(answer), answer["clearance"]["opinion"]) == ([], "NO_OBJECTION")
    assert (await review(live, "2020Q3"))["staleCount"] == 1
    await opened(live)
    assert (await review(live, "2020Q3"))["staleCount"] == 0


async def test_who_may_not_open_or_watch(live: Live) -> None:
    review_id = (await opened(live))["review"]["id"]
    await watched(live, review_id)
    before = await contents()
    for who in ACCOUNTS:
        if who != "office":
            answer = await opened(live, "2020Q2", who)
            assert (answer["review"], codes(answer)) == (None, ["NOT_ALLOWED"]), who
    assert await contents() == before
    for who in ("town", "discipline", "auditor"):
        assert await watched(live, review_id, who) == await watched(live, str(uuid4()), who) == [None]


async def test_answers_that_are_late_are_counted(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "AT_ONCE", 2000)
    await opened(live)
    assert (await review(live, "2020Q3"))["overdueClearances"] == 0
    with stopped_at(CLOSING.replace(day=29)):  # asked on the 28th, for the quarter was over: due at once
        assert (await review(live, "2020Q3"))["overdueClearances"] == 2 * DELEGATES
        text = "{ pendingClearances(first: 1) { edges { node { overdue dueOn } } } }"
        page = await ask(live, text, "discipline")
        assert page["edges"][0]["node"] == {"overdue": True, "dueOn": "2020-12-28"}
