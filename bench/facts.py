"""Where and of what the figures are: the machine, the versions, the day, and whether others worked beside."""

import json
import os
import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bench.measuring import CONNECTIONS, Lengths
from bench.tools import SOURCES, Node
from runtime.clock import CHINA

OURS = (
    "strawberry-graphql",
    "graphql-core",
    "tortoise-orm",
    "asyncpg",
    "uvicorn",
    "uvloop",
    "httptools",
    "starlette",
)
BUSY = 0.5  # load average above which something else was at work


def collect(node: Node, database: tuple[str, str], load_before: float, lengths: Lengths) -> dict[str, str]:
    """What stands at the head of the page, line by line."""
    packages = json.loads((SOURCES / "package.json").read_text("utf-8"))["dependencies"]
    found = {
        "measured": datetime.now(CHINA).strftime("%Y-%m-%d %H:%M"),
        "machine": f"{os.cpu_count()} cores ({_processor()}), {_memory()} GB, {platform.system()} {platform.release()}",
        "database": database[0],
        "county": database[1],
        "python": ", ".join(
            [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in OURS)]
        ),
        "node": ", ".join(
            [f"Node {node.version()}", *(f"{name} {pinned}" for name, pinned in packages.items())]
        ),
        "way": f"{lengths.rounds} rounds, {lengths.full:g} s a run, {CONNECTIONS} connections, medians",
        "load": f"{load_before:.2f}",
    }
    return found


def was_busy(facts: dict[str, str]) -> bool:
    return float(facts["load"]) > BUSY


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    kilobytes = int(Path("/proc/meminfo").read_text("ascii").split()[1])
    return f"{kilobytes / 1024**2:.0f}"
