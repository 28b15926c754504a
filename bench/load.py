"""One contestant under one load, and what it cost."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.contestants.contestant import Requests
from bench.contestants.pgbench import Script
from bench.contestants.pgbench import run as run_pgbench
from bench.figures import Run, percentile
from bench.operations import ROOT
from bench.processes import BenchFailed

Found = Callable[[int, str, str], Run]
"""What makes the Run, once its round, operation and contestant are known."""


@dataclass(frozen=True)
class Load:
    """How it is asked: `rate` a second, or as fast as it answers."""

    connections: int
    seconds: float
    warm: float = 0
    rate: float | None = None


def over_http(load: Load, requests: Requests, server: int, database: int) -> Found:
    """`server` and `database` are processes whose CPU, with that of all below them, is what a request costs."""
    plan = {"host": "127.0.0.1", "port": requests.port, "path": requests.path,
            "headers": [requests.headers(at) for at in range(len(requests.bodies))],
            "bodies": list(requests.bodies), "processes": [server, database], **asdict(load)}  # fmt: skip
    result = _generate(plan)
    if result["wrong"]:
        raise BenchFailed(f"{result['wrong']} wrong answers; the first: {result['first_wrong'][:300]}")
    if not result["times"]:
        raise BenchFailed("nothing was answered")
    times = [each * 1000 for each in result["times"]]
    before, after = result["cpu"]
    return _found(
        times, len(times) / result["seconds"], [now - then for then, now in zip(before, after, strict=True)]
    )


def over_pgbench(load: Load, script: Script, program: Path, socket: str, database: int) -> Found:
    """With a longer window where a busy machine answered too little in the one that was asked for."""
    seconds = load.seconds
    for _ in range(4):
        timed = run_pgbench(program, socket, script, load.connections, load.warm, seconds, database)
        if len(timed.milliseconds) >= load.connections:
            return _found(timed.milliseconds, len(timed.milliseconds) / seconds, [0.0, timed.cpu, 0.0])
        seconds *= 2
    raise BenchFailed(f"pgbench answers fewer than {load.connections} times in {seconds / 2:g} s")


def _found(times: list[float], rate: float, cpu: list[float]) -> Found:
    times = sorted(times)
    server, database, client = (seconds * 1000 / len(times) for seconds in cpu)
    return lambda number, operation, contestant: Run(
        round=number, operation=operation, contestant=contestant, rate=rate, p50=percentile(times, 0.5),
        p99=percentile(times, 0.99), server_ms=server, database_ms=database, client_ms=client, requests=len(times),
    )  # fmt: skip


def _generate(plan: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if done.returncode:
        raise BenchFailed(f"the load generator ended with status {done.returncode}: {done.stderr[-400:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
