"""A version is activated in one process and counts in the others: over the bus, and without one."""

import asyncio
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from resolvers.rule_packs import county_rules_cache
from runtime.clock import CHINA
from tests.conftest import COUNTY, Client, Credentials, copied, documents
from tests.processes import program
from tests.servers import valkey
from tests.test_activations import PACK, activate, in_force, packs, places, serving_with

__all__ = ["packs"]


async def until_in_force(client: Client, version: str) -> None:
    async with asyncio.timeout(20):
        while (await in_force(client))[0] != version:
            pass


async def test_the_other_process_hears_of_it_over_the_bus(
    server: Credentials, small_template: str, tmp_path: Path, packs: Path
) -> None:
    """Within less than the time after which the table is read again anyway."""
    where = ":".join(map(str, places(packs)))
    async with copied(server, small_template) as credentials:
        with valkey() as bus:
            own = program(tmp_path, credentials, DANGJIAN_PACKS=where, DANGJIAN_REDIS_URL=bus.url)
            async with (
                own.serving() as one,
                own.serving() as two,
                httpx.AsyncClient(base_url=one) as at_one,
                httpx.AsyncClient(base_url=two) as at_two,
            ):
                first, second = Client(at_one, documents()), Client(at_two, documents())
                assert [(await in_force(each))[0] for each in (first, second)] == ["2.0.0", "2.0.0"]
                today = datetime.now(CHINA).date().isoformat()
                assert (await activate(first, activeFrom=today))["refusals"] == []
                assert (await in_force(first))[0] == "1.0.0"
                await until_in_force(second, "1.0.0")
            gone = await program(tmp_path, credentials, DANGJIAN_PACKS=where.split(":")[1])(
                "serve", "--no-demo"
            )
    assert gone.reason.startswith(f"{PACK}: version 1.0.0 counts in county {COUNTY} from ")


async def test_a_command_activates_beside_the_server(
    server: Credentials, small_template: str, tmp_path: Path, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Redis the server reads the table again after a while."""
    monkeypatch.setattr(county_rules_cache, "READ_AGAIN_SECONDS", 0.05)
    async with copied(server, small_template) as credentials:
        dangjian = program(tmp_path, credentials, DANGJIAN_PACKS=":".join(map(str, places(packs))))
        async with serving_with(credentials, tmp_path, packs) as client:
            today = datetime.now(CHINA).date().isoformat()
            given = ("--county", COUNTY, "--from", today, "--decided-by", "中共试验县委员会")
            done = await dangjian("packs", "activate", PACK, *given, "--version", "1.0.0")
            assert f"from {today}: {PACK} 1.0.0" in done.done
            await until_in_force(client, "1.0.0")
            refused = await dangjian("packs", "activate", PACK, *given, "--version", "9.0.0")
            assert "only 1.0.0" in refused.reason
