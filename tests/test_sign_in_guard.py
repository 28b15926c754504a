"""Guessing passwords: whoever tries too often waits, whether the name is somebody's or not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from resolvers.accounts.demo_accounts import PASSWORD
from runtime.clock import stopped_at
from tests.conftest import Client, Credentials, copied, serving


@pytest.fixture
async def county(server: Credentials, small_template: str, tmp_path: Path) -> AsyncIterator[Client]:
    async with copied(server, small_template) as credentials, serving(credentials, tmp_path) as client:
        yield client


async def tried(client: Client, username: str, password: str = "wrong") -> str:
    """What a try to sign in comes to: "" for a token, else the refusal's code."""
    answer = (await client.run("SignIn", username=username, password=password))["signIn"]
    return answer["refusals"][0]["code"] if answer["refusals"] else ""


async def test_after_five_tries_a_name_waits_longer_and_longer(county: Client) -> None:
    """Names of nobody wait alike, so that waiting tells nothing."""
    start = datetime(2026, 1, 5, 8, tzinfo=UTC)
    for username in ("auditor", "nobody"):
        moment = start
        with stopped_at(moment):
            assert [await tried(county, username) for _ in range(5)] == ["WRONG_PASSWORD"] * 5
            assert await tried(county, username, PASSWORD) == "TOO_MANY_TRIES"
        for minutes in (5, 10, 20, 40, 60, 60):
            with stopped_at(moment + timedelta(minutes=minutes, seconds=-1)):
                assert await tried(county, username, PASSWORD) == "TOO_MANY_TRIES", minutes
            moment += timedelta(minutes=minutes)
            with stopped_at(moment):
                # The wait is over: one try, and the next wait.
                assert await tried(county, username) == "WRONG_PASSWORD", minutes
                assert await tried(county, username, PASSWORD) == "TOO_MANY_TRIES", minutes
    with stopped_at(moment + timedelta(hours=25)):
        assert await tried(county, "auditor", PASSWORD) == ""
        assert [await tried(county, "auditor") for _ in range(5)] == ["WRONG_PASSWORD"] * 5


async def test_who_signs_in_starts_afresh(county: Client) -> None:
    for _ in range(3):
        assert [await tried(county, "town") for _ in range(4)] == ["WRONG_PASSWORD"] * 4
        assert await tried(county, "town", PASSWORD) == ""


async def test_who_signs_in_often_at_once_is_let_in(county: Client) -> None:
    assert await asyncio.gather(*(tried(county, "town", PASSWORD) for _ in range(12))) == [""] * 12


async def test_many_tries_at_once_are_five_guesses(county: Client) -> None:
    codes = await asyncio.gather(*(tried(county, "town") for _ in range(30)))
    assert sorted(codes) == ["TOO_MANY_TRIES"] * 25 + ["WRONG_PASSWORD"] * 5
