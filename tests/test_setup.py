"""From nothing to a serving program, and how it starts, stops and comes back on its embedded database."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from runtime.database import Database
from runtime.postgres_files import PostgresFiles
from tests.conftest import COUNTY
from tests.processes import PATIENCE, ROOT, STOP_SECONDS, Program, address, program, stopped
from tests.servers import wait_until
from tests.workbooks import small_county, write_county


@pytest.fixture
def short() -> Iterator[Path]:
    """Not pytest's directory, whose path is too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="set-up-") as directory:
        yield Path(directory)


async def members(dangjian: Program) -> int:
    """What the office counts after its sign-in. The server ends by force."""
    query = 'mutation { signIn(username: "office", password: "demo-only") { token } }'
    async with dangjian.running("serve", "--no-demo") as server, httpx.AsyncClient() as http:
        place = f"{await address(server)}/graphql"
        token = (await http.post(place, json={"query": query})).json()["data"]["signIn"]["token"]
        query = f'{{ county(code: "{COUNTY}") {{ memberCount }} }}'
        headers = {"Authorization": f"Bearer {token}"}
        answer = await http.post(place, json={"query": query}, headers=headers)
        return int(answer.json()["data"]["county"]["memberCount"])


async def test_the_embedded_database_comes_and_goes_with_the_server(short: Path) -> None:
    var = short / "var"
    files = PostgresFiles(var / "postgres")
    dangjian = program(var, DANGJIAN_PORT="0")
    office = await asyncio.to_thread(write_county, short / "files", small_county())

    async def ended() -> None:
        await asyncio.to_thread(
            wait_until, files.is_abandoned, "PostgreSQL ends with the server", STOP_SECONDS
        )

    async with dangjian.running("serve", "--no-demo") as first:
        await address(first)
        # Beside the server, on the same database.
        imported = await dangjian("import", "--county", COUNTY, office, "--demo-accounts")
        assert imported.status == 0, imported
        assert await stopped(first, signal.SIGTERM) == 0
    await ended()

    for _ in range(2):  # each ends by force, and the next one finds everything
        assert await members(dangjian) == 12

    async with dangjian.running("serve", "--no-demo") as last:
        await address(last)
        assert await stopped(last, signal.SIGINT) == 0
    await ended()
    verified = await dangjian("audit", "verify", "--json")  # starts the database for itself
    assert verified.json["changed"] == []


async def test_a_taken_port_is_one_sentence(database: Database, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        dangjian = program(tmp_path, dict(database.credentials), DANGJIAN_PORT=str(port))
        abroad = dangjian.with_(DANGJIAN_HOST="no.such.host.invalid")
        here, there = await asyncio.gather(dangjian("serve", "--no-demo"), abroad("serve", "--no-demo"))
    assert here.reason.startswith(
        f"cannot listen on 127.0.0.1:{port} (Address already in use); DANGJIAN_PORT"
    )
    assert there.reason.startswith(f"cannot listen on no.such.host.invalid:{port}")
    assert (here.out, there.out) == ("", "")


async def test_several_workers_serve_one_port_and_end_together(database: Database, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    dangjian = program(tmp_path, dict(database.credentials), DANGJIAN_PORT=str(port), DANGJIAN_WORKERS="2")
    async with dangjian.running("serve", "--no-demo") as server:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as http:
            while True:
                try:
                    answer = await http.get(f"http://127.0.0.1:{port}/health/ready")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        assert answer.text == "ready"
        assert await stopped(server, signal.SIGTERM) == 0
    with socket.create_server(("127.0.0.1", port)):
        pass  # nobody holds it any more


if os.environ.get("DANGJIAN_SETUP"):  # a minute and a half, and 400 MB

    async def test_a_fresh_checkout_serves_without_node(short: Path) -> None:
        """As this user, and with the page; a second start takes seconds, and --no-demo leaves the database empty."""
        checkout, tools = short / "a checkout", short / "tools"
        copy_of_the_checkout(checkout)
        tools_without_node(tools)
        # pip's own warnings are not ours
        variables = program(
            checkout / "var", DANGJIAN_PORT="0", PATH=str(tools), PYTHONWARNINGS=""
        ).environment
        setting_up = Program(variables, short, (str(checkout / "scripts" / "serve"),))
        took = []
        for _ in range(2):
            started = time.monotonic()
            async with setting_up.running("--no-demo") as server:
                place = await address(server, seconds=600)
                took.append(time.monotonic() - started)
                async with httpx.AsyncClient() as http:
                    page = await http.get(f"{place}/graphql", headers={"Accept": "text/html"})
                assert page.status_code == 200, page.text
                assert await stopped(server, signal.SIGTERM) == 0
        print(f"first start {took[0]:.1f} s, second start {took[1]:.1f} s")
        assert took[1] < 15

    def copy_of_the_checkout(folder: Path) -> None:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
        )
        for name in listed.stdout.decode().split("\0"):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)

    def tools_without_node(folder: Path) -> None:
        folder.mkdir()
        for place in os.environ["PATH"].split(os.pathsep):
            for tool in Path(place).glob("*"):
                if tool.name not in {"node", "npm", "npx"} and not (folder / tool.name).is_symlink():
                    (folder / tool.name).symlink_to(tool)
