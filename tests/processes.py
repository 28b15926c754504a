"""The program as operators run it: processes of its own, whose environment holds only what a test sets."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.conftest import Credentials, settings_for
from tests.keys import KEYS

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
STOP_SECONDS = 10.0
_two_at_a_time = asyncio.Semaphore(2)


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)

    @property
    def reason(self) -> str:
        """What a refused command says: one line on standard error, and nothing else there."""
        assert self.status == 1, self
        assert self.err.startswith("dangjian: "), self
        assert self.err.count("\n") == 1, self
        return self.err.removeprefix("dangjian: ").rstrip("\n")

    @property
    def done(self) -> str:
        """What a command that did its work says, with nothing on standard error."""
        assert (self.status, self.err) == (0, ""), self
        return self.out


@dataclass(frozen=True)
class Program:
    """The command `dangjian` over one database; `checkout` is where its sources are."""

    environment: dict[str, str]
    checkout: Path = ROOT
    command: tuple[str, ...] = (sys.executable, "-m", "cli")

    def with_(self, **variables: str) -> "Program":
        return Program(self.environment | variables, self.checkout, self.command)

    async def __call__(self, *arguments: str | Path) -> Ended:
        async with _two_at_a_time:
            process = await self.start(*arguments)
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate()
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode())

    async def start(self, *arguments: str | Path) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.command,
            *map(str, arguments),
            cwd=self.checkout,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    @asynccontextmanager
    async def running(self, *arguments: str | Path) -> AsyncIterator[asyncio.subprocess.Process]:
        """A process that is gone afterwards, however the test ends."""
        process = await self.start(*arguments)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()  # as the kernel does when memory is short
                await process.communicate()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The server's address, while it serves; it ends in order afterwards."""
        async with self.with_(DANGJIAN_PORT="0").running("serve", "--no-demo") as process:
            yield await address(process)
            assert await stopped(process, signal.SIGTERM) == 0


async def stopped(process: asyncio.subprocess.Process, by: int) -> int:
    """The status with which a server ends on that signal, which it does within seconds."""
    process.send_signal(by)
    async with asyncio.timeout(STOP_SECONDS):
        await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def address(process: asyncio.subprocess.Process, seconds: float = PATIENCE) -> str:
    """Where a starting server serves, as soon as it says so; the server is ready then."""
    assert process.stdout
    assert process.stderr
    async with asyncio.timeout(seconds):
        async for line in process.stdout:
            if found := re.fullmatch(r"serving on (http://[^/]+)/graphql\n", line.decode()):
                async with httpx.AsyncClient() as http:
                    assert (await http.get(f"{found[1]}/health/ready")).text == "ready"
                return found[1]
        raise AssertionError((await process.stderr.read()).decode())


def program(var: Path, credentials: Credentials | None = None, **variables: str) -> Program:
    """Over the test server's database with these credentials; without them over the embedded one in `var`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DANGJIAN_")}
    own |= {"DANGJIAN_VAR": str(var), "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error"}
    if credentials is not None:
        settings = settings_for(credentials, var)
        assert settings.database_url
        assert settings.secret
        own |= {
            "DANGJIAN_DATABASE_URL": settings.database_url,
            "DANGJIAN_SECRET": settings.secret.get_secret_value(),
            "DANGJIAN_KEYS": KEYS,
        }
    return Program(own | variables)
