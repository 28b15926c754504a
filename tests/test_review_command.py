"""`dangjian review`: many delegates are followed to the end, a failing pack is told, and a review is replayed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from commands.outcome import CommandRefused
from commands.reviews import open_review_now, replay_review_now
from plugins.bulk import Worker
from plugins.errors import PackTimeout
from resolvers.delegates import jobs as qualification_jobs
from resolvers.delegates import reviews
from settings import Settings
from tests.conftest import COUNTY, Credentials, copied, settings_for
from tests.delegates import QUARTER


@pytest.fixture
async def settings(
    server: Credentials, small_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Settings]:
    """Three delegates; more than one is many, and one is a batch."""
    monkeypatch.setattr(reviews, "AT_ONCE", 1)
    monkeypatch.setattr(qualification_jobs, "BATCH", 1)
    async with copied(server, small_template) as credentials:
        yield settings_for(credentials, tmp_path)


async def test_many_are_followed_to_the_end_and_replayed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_review_now(settings, COUNTY, QUARTER, as_json=False)
    told = capsys.readouterr().out.splitlines()
    assert told[-3:] == [
        "试验县 2020Q4: 3 delegates checked",
        "  QUALIFIED: 2",
        "  SUSPENSION_PROPOSED: 1",
    ]
    assert all(line.endswith(" of 3 delegates judged") for line in told[:-3])
    await replay_review_now(settings, COUNTY, QUARTER, as_json=False)
    assert capsys.readouterr().out.splitlines()[0] == "试验县 2020Q4: 3 checks replayed, 3 the same"
    await replay_review_now(settings, COUNTY, QUARTER, as_json=True)
    report = orjson.loads(capsys.readouterr().out)
    assert (report["checks"], report["same"], report["differing"]) == (3, 3, [])


async def test_a_pack_that_fails_is_told_with_how_far_it_came(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_all, calls = Worker.judge_all_async, 0

    async def twice(self: Worker, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise PackTimeout("slow_140829: no answer in 60 s")
        return await judge_all(self, *args)

    with monkeypatch.context() as broken:
        broken.setattr(Worker, "judge_all_async", twice)
        with pytest.raises(CommandRefused, match="stopped after 2 of 3: slow_140829: no answer in 60 s"):
            await open_review_now(settings, COUNTY, QUARTER, as_json=True)
    await open_review_now(settings, COUNTY, QUARTER, as_json=True)


async def test_a_review_that_was_never_opened_is_not_replayed(settings: Settings) -> None:
    with pytest.raises(CommandRefused, match="there is no review of 2019Q4"):
        await replay_review_now(settings, COUNTY, "2019Q4", as_json=True)
