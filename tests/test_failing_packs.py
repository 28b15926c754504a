"""A pack that raises or never comes back costs its findings, and nobody's page: not the server's, not the reader's."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx import ASGITransport

from app import make_asgi
from tests.conftest import COUNTY, Client, Credentials, copied, documents, settings_for
from tests.packs import write_pack

CHECK = """
from plugins.contract import Observation

def check_branch(facts, values):
    {body}
    yield Observation("TEST_NOTE", "支部。")

def check_floating(facts, values):
    {body}
    yield Observation("TEST_FLOATING", "流动。")
"""
SECOND = """
[[rules]]
code = "TEST_FLOATING"
noun = "floating"
title = "试验"
modality = "NOTE"
citation = "试验第一条"
"""
BRANCHES = (
    f'{{ organizations(county: "{COUNTY}", first: 5) '
    "{ edges { node { name findings { code message } } } } }"
)
OWN = "{ viewer { member { name floating { findings { code } } } } }"
Open = Callable[[str], AbstractAsyncContextManager[Client]]


@pytest.fixture
def opened(server: Credentials, small_template: str, tmp_path: Path) -> Open:
    """A server with a pack of the county whose checks have `body` before their answer."""

    @asynccontextmanager
    async def opening(body: str) -> AsyncIterator[Client]:
        pack = write_pack(
            tmp_path / "packs",
            folder=f"test_{COUNTY}",
            county=COUNTY,
            tables=SECOND,
            rules=CHECK.format(body=body),
        )
        async with copied(server, small_template) as credentials:
            settings = settings_for(credentials, tmp_path).model_copy(update={"packs": (pack.parent,)})
            asgi = make_asgi(settings)
            async with asgi.router.lifespan_context(asgi):
                transport = ASGITransport(app=asgi)
                async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                    yield Client(http, documents())

    return opening


def codes(found: Any) -> set[str]:
    return {one["code"] for one in found}


async def test_a_pack_that_is_right_is_heard(opened: Open) -> None:
    async with opened("pass") as county:
        branches = (await county.query(BRANCHES, "office"))["data"]["organizations"]["edges"]
        assert any("TEST_NOTE" in codes(edge["node"]["findings"]) for edge in branches)
        member = (await county.query(OWN, "floating"))["data"]["viewer"]["member"]
        assert "TEST_FLOATING" in codes(member["floating"]["findings"])


@pytest.mark.parametrize(
    "body", ["raise ValueError('no')", "while facts.on.year: pass"], ids=["raises", "loops"]
)
async def test_the_rest_is_answered(opened: Open, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr("resolvers.judging.SECONDS", 1.0)
    monkeypatch.setattr("resolvers.judging._resting", {})
    async with opened(body) as county:
        answer = await county.query(BRANCHES, "office")
        assert "errors" not in answer
        for edge in answer["data"]["organizations"]["edges"]:
            assert edge["node"]["name"]
            [finding] = edge["node"]["findings"]
            assert finding["code"] == "PACK_FAILED"
            assert f"test_{COUNTY}" in finding["message"]
        member = (await county.query(OWN, "floating"))["data"]["viewer"]["member"]
        assert member["name"]
        assert codes(member["floating"]["findings"]) == {"PACK_FAILED"}
        assert (await county.http.get("/health/live")).status_code == 200


async def test_a_pack_that_loops_is_waited_for_once(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.judging.SECONDS", 1.0)
    monkeypatch.setattr("resolvers.judging._resting", {})
    async with opened("while facts.on.year: pass") as county:
        await county.query(BRANCHES, "office")
        monkeypatch.setattr("resolvers.judging.SECONDS", 600.0)  # asked again, it would take this long
        again = await county.query(BRANCHES, "office")
        assert codes(again["data"]["organizations"]["edges"][0]["node"]["findings"]) == {"PACK_FAILED"}
