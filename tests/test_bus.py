import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from redis import asyncio as aioredis

from runtime.bus import QUEUE_LENGTH, Bus, open_bus
from tests.servers import Valkey, valkey


@pytest.fixture(scope="module")
def server() -> Iterator[Valkey]:
    with valkey() as running:
        yield running


@pytest.fixture(params=["local", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    url = request.getfixturevalue("server").url if request.param == "redis" else None
    async with open_bus(url) as opened:
        yield opened


async def next_of(events: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    async with asyncio.timeout(5):
        return await anext(events)


async def test_every_subscriber_of_the_channel_gets_every_event_in_order(bus: Bus) -> None:
    town = "横水镇"
    async with bus.subscribe(town) as first, bus.subscribe(town) as second, bus.subscribe("c") as other:
        await bus.publish(town, {"n": 1, "text": "签到"})
        await bus.publish(town, {"n": 2})
        await bus.publish("c", {"n": 3})
        for events in (first, second):
            assert await next_of(events) == {"n": 1, "text": "签到"}
            assert await next_of(events) == {"n": 2}
        assert await next_of(other) == {"n": 3}


async def test_a_subscriber_may_change_its_event_without_others_seeing_it(bus: Bus) -> None:
    async with bus.subscribe("c") as first, bus.subscribe("c") as second:
        await bus.publish("c", {"list": [1]})
        (await next_of(first))["list"].append(2)
        assert await next_of(second) == {"list": [1]}


async def test_a_slow_subscriber_loses_the_oldest_events(bus: Bus) -> None:
    async with bus.subscribe("c") as slow, bus.subscribe("c") as quick:
        for number in range(QUEUE_LENGTH + 5):
            await bus.publish("c", {"n": number})
            assert await next_of(quick) == {"n": number}
        assert await next_of(slow) == {"n": 5}


async def test_nothing_is_kept_for_those_who_left(bus: Bus) -> None:
    async with bus.subscribe("c"):
        pass
    async with bus.subscribe("witness") as witness:
        await bus.publish("c", {"n": 1})
        await bus.publish("witness", {})
        await next_of(witness)
    async with bus.subscribe("c") as events:
        await bus.publish("c", {"n": 2})
        assert await next_of(events) == {"n": 2}


async def test_a_payload_that_is_not_json_is_a_mistake_of_the_caller(bus: Bus) -> None:
    with pytest.raises(TypeError):
        await bus.publish("c", {"n": object()})


async def test_a_bus_can_be_closed_at_any_moment(server: Valkey) -> None:
    for turns in range(20):
        async with asyncio.timeout(5), open_bus(server.url):
            for _ in range(turns):
                await asyncio.sleep(0)


async def test_a_strangers_message_is_ignored(server: Valkey) -> None:
    async with open_bus(server.url) as bus, bus.subscribe("c") as events:
        async with aioredis.from_url(server.url) as stranger:
            await stranger.publish("dangjian:c", "{")
        await bus.publish("c", {"n": 1})
        assert await next_of(events) == {"n": 1}


async def test_two_processes_meet_over_redis(server: Valkey) -> None:
    async with open_bus(server.url) as here, open_bus(server.url) as there, there.subscribe("c") as events:
        await here.publish("c", {"n": 1})
        assert await next_of(events) == {"n": 1}


async def test_publishing_goes_on_without_redis_and_events_flow_after_its_return() -> None:
    with valkey() as server:
        async with open_bus(server.url) as bus, bus.subscribe("c") as events:
            await bus.publish("c", {"n": 1})
            assert await next_of(events) == {"n": 1}
            server.kill()
            await bus.publish("c", {"n": 2})  # lost, and no exception
            async with asyncio.timeout(5):
                while bus.is_connected:
                    await asyncio.sleep(0.01)
            server.start()
            async with asyncio.timeout(5):
                while not bus.is_connected:
                    await asyncio.sleep(0.01)
            await bus.publish("c", {"n": 3})
            assert await next_of(events) == {"n": 3}
