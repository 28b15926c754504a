"""Processes that the bench starts: each ended by its id, whatever happens; and what CPU their trees used."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS, END_SECONDS = 60.0, 10.0


class BenchFailed(Exception):
    """One sentence for whoever runs the bench."""


class Processes:
    """Ends what it started, the last first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[subprocess.Popen[bytes]] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        while self._running:
            end(self._running.pop())

    def start(self, name: str, command: list[str], port: int, cwd: Path, env: Mapping[str, str]) -> int:
        """Its process id, once it listens on the port. In a session of its own, so that Ctrl-C is ours to handle."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._running.append(process)
        until = time.monotonic() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None:
                raise BenchFailed(f"{name} ended with status {process.returncode} at its start, see {log}")
            if time.monotonic() > until:
                raise BenchFailed(f"{name} does not listen after {START_SECONDS:g} s, see {log}")
            time.sleep(0.1)
        return process.pid


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in reversed(tree(process.pid)):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def tree(root: int) -> list[int]:
    """The process and all below it."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(_stat(place)[1])
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(place.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of the process, of all below it, and of those of them that ended."""
    ticks = 0
    for pid in tree(root):
        try:
            ticks += sum(int(field) for field in _stat(Path(f"/proc/{pid}/stat"))[11:15])
        except OSError:
            continue
    return ticks / TICKS


def _stat(place: Path) -> list[str]:
    """The fields after the name, which may hold spaces: state, parent, …; utime is the twelfth of them."""
    return place.read_text("utf-8", "replace").rpartition(")")[2].split()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
