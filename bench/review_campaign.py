"""A review of 26,100 delegates against a running server: how long it takes, what memory it needs, and whether the
mobile app's home page keeps answering meanwhile. Prints figures; nothing passes or fails.

Everything happens in a folder and a database of its own, and is gone afterwards."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from runtime.postgres import database as running_database
from settings import Settings
from tests.workbooks import COUNTY_CODE, small_county, write_county

DELEGATES = int(os.environ.get("CAMPAIGN_DELEGATES", "26100"))  # 100 counties of 261
QUARTER = "2020Q4"
ROOT = Path(__file__).resolve().parent.parent
HOME = (ROOT / "graphiql" / "operations" / "mobile.graphql").read_text(encoding="utf-8")
READERS, PAUSE_SECONDS, IDLE_SECONDS = 2, 0.02, 15.0

MEMBERS = """
INSERT INTO member SELECT (jsonb_populate_record(m, jsonb_build_object(
    'id', gen_random_uuid(), 'id_number_masked', '990*' || n, 'id_number_hash', sha256(n::text::bytea)))).*
FROM member m, generate_series(1, $1::int) n WHERE m.id = (SELECT id FROM member WHERE standing = 'FULL' LIMIT 1)
"""
NEW_DELEGATES = """
INSERT INTO delegate (id, county_id, member_id, level, congress, elected_on, status)
SELECT gen_random_uuid(), county_id, id, 'COUNTY', '中共试验县第十五次代表大会', '2016-07-20', 'SERVING'
FROM member WHERE id_number_masked LIKE '990*_%' AND length(id_number_masked) < 18
"""
ANSWERS = """
UPDATE clearance SET submitted_at = requested_at,
    opinion = CASE WHEN hashtext(id::text) % 20 = 0 THEN 'OBJECTION' ELSE 'NO_OBJECTION' END,
    reason = CASE WHEN hashtext(id::text) % 20 = 0 THEN '因涉嫌犯罪被立案侦查' END
WHERE opinion IS NULL
"""
OPEN = """mutation($county: ID!, $quarter: Quarter!) { openQualificationReview(county: $county, quarter: $quarter) {
  review { id } refusals { code message } } }"""
PROGRESS = """query($county: ID!, $quarter: Quarter!) { qualificationReview(county: $county, quarter: $quarter) {
  progress { judging judged toJudge failure } } }"""
STALE = """query($county: ID!, $quarter: Quarter!) { qualificationReview(county: $county, quarter: $quarter) {
  staleCount summary { outcome count } } }"""


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="review-campaign-") as folder:
        environment = os.environ | {"DANGJIAN_VAR": folder, "DANGJIAN_PORT": str(_free_port())}
        files = write_county(Path(folder) / "files", small_county())
        _dangjian(environment, "import", "--county", COUNTY_CODE, str(files), "--demo-accounts")
        async with running_database(Settings(var=Path(folder))) as credentials:
            await _fill(dict(credentials))
            async with _serving(environment) as (http, process):
                await _campaign(http, process, dict(credentials))


async def _campaign(http: httpx.AsyncClient, process: int, credentials: dict[str, Any]) -> None:
    office, member = await _token(http, "office"), await _token(http, "member")
    print(f"{DELEGATES} delegates; MobileHome asked {READERS} at a time, every {PAUSE_SECONDS * 1000:g} ms")
    idle = await _home_while(http, member, asyncio.sleep(IDLE_SECONDS))
    _tell("idle", idle, _megabytes(process), None)
    for what in ("first judging (asks both agencies)", "again, nothing new", "again, everything answered"):
        if what.endswith("answered"):
            await _execute(credentials, ANSWERS)
        began = time.perf_counter()
        watching = _Watched(process)
        seconds = await _home_while(http, member, _review(http, office, watching))
        _tell(what, seconds, watching.most, time.perf_counter() - began)
        print(f"    answered after {watching.answered:.2f} s; progress seen: {watching.steps} steps")
    began = time.perf_counter()
    answer = await _ask(http, office, STALE, county=COUNTY_CODE, quarter=QUARTER)
    print(
        f"staleCount over all: {(time.perf_counter() - began) * 1000:.0f} ms; {answer['qualificationReview']}"
    )


class _Watched:
    def __init__(self, process: int) -> None:
        self.process, self.most, self.steps, self.answered = process, _megabytes(process), 0, 0.0

    def look(self) -> None:
        self.most = {
            name: max(size, self.most.get(name, 0)) for name, size in _megabytes(self.process).items()
        }


async def _review(http: httpx.AsyncClient, token: str, watched: _Watched) -> None:
    began = time.perf_counter()
    opened = (await _ask(http, token, OPEN, county=COUNTY_CODE, quarter=QUARTER))["openQualificationReview"]
    watched.answered = time.perf_counter() - began
    assert not opened["refusals"], opened
    last = -1
    while True:
        found = (await _ask(http, token, PROGRESS, county=COUNTY_CODE, quarter=QUARTER))[
            "qualificationReview"
        ]
        watched.look()
        watched.steps += found["progress"]["judged"] > last
        last = found["progress"]["judged"]
        if found["progress"]["judging"] != "RUNNING":
            assert found["progress"]["judging"] == "DONE", found
            return
        await asyncio.sleep(0.1)


async def _home_while(http: httpx.AsyncClient, token: str, work: Any) -> list[float]:
    """How long each MobileHome took while the work went on, sorted, in seconds."""
    seconds: list[float] = []
    ended = asyncio.Event()

    async def read() -> None:
        while not ended.is_set():
            began = time.perf_counter()
            await _ask(http, token, HOME, name="MobileHome", year=2020)
            seconds.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE_SECONDS)

    readers = [asyncio.create_task(read()) for _ in range(READERS)]
    await work
    ended.set()
    await asyncio.gather(*readers)
    return sorted(seconds)


async def _ask(
    http: httpx.AsyncClient, token: str, text: str, name: str | None = None, **variables: Any
) -> Any:
    body = {"query": text, "operationName": name, "variables": variables}
    answer = (await http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def _token(http: httpx.AsyncClient, username: str) -> str:
    variables = {"username": f"{username}", "password": "demo-only"}
    body = {"query": HOME, "operationName": "SignIn", "variables": variables}
    answer = (await http.post("/graphql", json=body)).json()
    return str(answer["data"]["signIn"]["token"])


async def _fill(credentials: dict[str, Any]) -> None:
    connection = await asyncpg.connect(**credentials)
    await connection.execute(MEMBERS, DELEGATES)
    await connection.execute(NEW_DELEGATES)
    await connection.execute("ANALYZE")
    await connection.close()


async def _execute(credentials: dict[str, Any], sql: str) -> None:
    connection = await asyncpg.connect(**credentials)
    await connection.execute(sql)
    await connection.close()


def _megabytes(process: int) -> dict[str, int]:
    """Resident memory of the server and of the process that judges, which is its child."""
    sizes = {"server": _resident(process)}
    threads = Path(f"/proc/{process}/task").glob("*/children")
    children = [child for thread in threads for child in thread.read_text("ascii").split()]
    for child in children:
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"spawn_main" in command:
            sizes["judging"] = _resident(int(child))
    return sizes


def _resident(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def _tell(what: str, seconds: list[float], memory: dict[str, int], took: float | None) -> None:
    p50, p99 = (seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.99))
    ended = f"{took:6.1f} s, {DELEGATES / took:5.0f} delegates/s" if took else ""
    sizes = ", ".join(f"{name} {size} MB" for name, size in memory.items())
    print(f"{what}: {ended}\n    MobileHome p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {seconds[-1] * 1000:.0f} ms "
          f"({len(seconds)} asked); resident: {sizes}")  # fmt: skip


@asynccontextmanager
async def _serving(environment: dict[str, str]) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    command = [sys.executable, "-m", "uvicorn", "--factory", "app:asgi", "--log-level", "warning"]
    process = subprocess.Popen([*command, "--port", environment["DANGJIAN_PORT"]], cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{environment['DANGJIAN_PORT']}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=60) as http:
            while process.poll() is None:
                try:
                    if (await http.get("/health/ready")).status_code == 200:
                        break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
            yield http, process.pid
    finally:
        process.terminate()
        process.wait()


def _dangjian(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [str(ROOT / ".venv/bin/dangjian"), *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    asyncio.run(main())
