"""The rules of each county in this process, brought up to date when a version is activated anywhere."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
from tortoise.exceptions import BaseORMException

from plugins.errors import BrokenPack
from plugins.registry import Registry
from plugins.timeline import Activation
from resolvers.rules import CountyRules
from runtime.bus import Bus
from runtime.database import connection

CHANNEL = "rule_pack_activation"
# An event may be lost, and without Redis it stays in its own process: the table is what counts, read again so often.
READ_AGAIN_SECONDS = 30.0
ACTIVATIONS = (
    "SELECT c.code, a.active_from, a.pack, a.version FROM rule_pack_activation a "
    "JOIN county c ON c.id = a.county_id ORDER BY c.code, a.active_from, a.recorded_at"
)
_log = structlog.get_logger()


class CountyRulesCache:
    """One CountyRules a county, made when it is first asked for."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._activations: Mapping[str, Sequence[Activation]] = {}
        self._made: dict[str | None, CountyRules] = {}
        self._reading = asyncio.Lock()  # so that what was read last is what stays

    def of(self, county_code: str | None) -> CountyRules:
        if county_code not in self._made:
            code = county_code or ""
            self._made[county_code] = CountyRules(self.registry.timeline(code, self.activations_of(code)))
        return self._made[county_code]

    def activations_of(self, county_code: str) -> Sequence[Activation]:
        """What was decided for the county, in the order of days; nothing where nobody decided."""
        return self._activations.get(county_code, ())

    def faults(self) -> list[str]:
        """Versions that count in a county, today or some day, and are not on this server."""
        return [fault for code in self._activations for fault in self.of(code).rules.faults]

    async def read(self) -> None:
        """Take over what the table says now."""
        async with self._reading:
            found: defaultdict[str, list[Activation]] = defaultdict(list)
            for row in await connection().execute_query_dict(ACTIVATIONS):
                found[row["code"]].append((row["active_from"], row["pack"], row["version"]))
            if found != self._activations:
                self._activations, self._made = found, {}

    async def read_at_start(self) -> None:
        """BrokenPack when a version that counts is not here: nobody is judged by less than what was decided."""
        await self.read()
        if faults := self.faults():
            raise BrokenPack("; ".join(faults))

    @asynccontextmanager
    async def following(self, bus: Bus) -> AsyncIterator[None]:
        """For as long as the context is open, activations of other processes come in."""
        task = asyncio.create_task(self._follow(bus))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self, bus: Bus) -> None:
        async with bus.subscribe(CHANNEL) as events:
            news = asyncio.ensure_future(anext(events))
            try:
                while True:
                    await asyncio.wait({news}, timeout=READ_AGAIN_SECONDS)
                    if news.done():
                        news = asyncio.ensure_future(anext(events))
                    try:
                        await self.read()
                    except (OSError, TimeoutError, BaseORMException) as error:
                        _log.warning("activations could not be read", reason=str(error))
                    for fault in self.faults():  # activated elsewhere, on a server that has it
                        _log.error("a rule pack is missing", reason=fault)
            finally:
                news.cancel()
