"""The data of an embedded PostgreSQL, the settings it runs with, and why it did not start.

Used by the keeper alone, and so with the standard library alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from runtime.postgres_files import SOCKET_PATH_LIMIT, USER, DatabaseUnavailable, PostgresFiles

INITDB_BYTES = 200_000_000  # a new cluster takes 40 MB, its first WAL segments and our tables the rest
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}

_SETTINGS = {
    "listen_addresses": "",
    "cluster_name": "dangjian",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "TimeZone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] %d ",
    "log_min_duration_statement": "500ms",
    # Personal data stays out of the log: no parameters of slow statements, no "Key (…)=(…)" of refused rows.
    "log_parameter_max_length": "0",
    "log_error_verbosity": "terse",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def create_cluster(files: PostgresFiles, bin_directory: Path, prefix: list[str], durable: bool) -> None:
    """initdb beside, then a rename: an interrupted one leaves nothing that looks like data. Data there stay.

    `prefix` comes before the command. Raises DatabaseUnavailable."""
    for draft in files.home.glob("data.new-*"):
        shutil.rmtree(draft)
    if files.data.exists():
        return
    if shutil.disk_usage(files.home).free < INITDB_BYTES:
        raise DatabaseUnavailable(f"the disk of {files.home} is full")
    draft = files.home / f"data.new-{os.getpid()}"
    command = [*prefix, str(bin_directory / "initdb"), "-D", str(draft), "-U", USER]
    # Any other locale may be missing on the machine; in the plain C locale Chinese text has no trigrams.
    command += ["-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--data-checksums", "--auth-local=trust", "--auth-host=reject"]
    command += [] if durable else ["--no-sync"]
    initdb = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    if initdb.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise DatabaseUnavailable(f"initdb failed: {_in_short(initdb.stderr)}")
    draft.rename(files.data)


def options(socket: Path, bin_directory: Path, durable: bool) -> list[str]:
    """Our settings as arguments of postgres: they follow this file, not the day the data were made."""
    settings = _SETTINGS | (_DURABLE if durable else dict.fromkeys(_DURABLE, "off"))
    settings["unix_socket_directories"] = str(socket)
    if any((bin_directory.parent / "lib").glob("**/pg_stat_statements.so")):
        settings["shared_preload_libraries"] = "pg_stat_statements"
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def socket_directory(files: PostgresFiles) -> Path:
    """Where to listen, remembered in the file `socket`: the directory itself, or, if its path is too long
    or holds a character that would split the setting, a private one."""
    if _fits(files.home) and not set(str(files.home)) & set(",\"'"):
        path = files.home
    else:
        remembered = files.socket_directory()
        if remembered not in (None, files.home):
            return remembered
        path = Path(tempfile.mkdtemp(prefix="dangjian-"))  # mkdtemp: mode 0700
        if not _fits(path):
            path.rmdir()
            path = Path(tempfile.mkdtemp(prefix="dangjian-", dir="/tmp"))
    draft = files.home / "socket.new"
    draft.write_text(f"{path}\n")
    draft.replace(files.home / "socket")
    return path


def reason(log: Path, start: int) -> str:
    """Why the server ended, from what it wrote into the log from that byte on."""
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    return f"{_in_short(text)} (the whole log: {log})"


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_LIMIT


def _in_short(text: str) -> str:
    """The lines that say why; of a long text only the last of them."""
    if "No space left on device" in text:
        return "the disk is full"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = ("FATAL", "PANIC", "error", "could not")
    telling = [line for line in lines if any(word in line for word in words)]
    return " / ".join((telling or lines)[-3:]) or "it ended without a word"
