"""Keeps one embedded PostgreSQL running as long as anybody uses it: `python -m runtime.postgres_keeper DIR`.

The command returns when the server answers (status 0) or has failed to start (status 1, the reason on
standard error). The keeper itself goes on in the background, in a session of its own, until nobody holds
users.lock any more, however the users ended; then it stops the server. When the server ends by itself the
keeper ends too, and a user that is still there starts a new one.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from runtime.postgres_cluster import ENVIRONMENT, create_cluster, options, reason, socket_directory
from runtime.postgres_files import SOCKET_NAME, DatabaseUnavailable, PostgresFiles, programs, try_lock

START_SECONDS = 300  # recovery after a crash replays up to max_wal_size
STOP_SECONDS = 60
LOG_BYTES = 20_000_000
_NOBODY = 65534
_AS_NOBODY = ["unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}", "--"]
_PR_SET_PDEATHSIG = 1


def main() -> None:
    files = PostgresFiles(Path(sys.argv[1]).absolute())
    durable = "--not-durable" not in sys.argv[2:]
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader) as report:
            message = report.read()
        if message != "ready":
            sys.exit(message or f"the embedded PostgreSQL's keeper ended without a word; see {files.log}")
        return
    os.close(reader)
    os.setsid()

    def report_once(message: str) -> None:
        nonlocal writer
        if writer >= 0:
            os.write(writer, message.encode(errors="replace"))
            os.close(writer)
            writer = -1

    try:
        _keep(files, durable, ready=lambda: report_once("ready"))
    except (DatabaseUnavailable, OSError) as error:
        report_once(f"the embedded PostgreSQL cannot be used: {error}")
        sys.exit(1)


def _keep(files: PostgresFiles, durable: bool, ready: Callable[[], None]) -> None:
    prefix = _leave_root(files)
    _detach(files.log)
    deadline = time.monotonic() + START_SECONDS
    server_lock = files.open_lock("server")
    while not try_lock(server_lock, fcntl.LOCK_EX):
        if files.answers():  # another keeper is at work
            return ready()
        if time.monotonic() > deadline:
            raise DatabaseUnavailable("an earlier server is neither answering nor ending")
        time.sleep(0.02)
    bin_directory = programs(files.data)
    create_cluster(files, bin_directory, prefix, durable)
    socket = socket_directory(files)
    # We hold server.lock, so nobody is left whom these could name; their pids may be other programs' by now.
    for stale in (files.data / "postmaster.pid", socket / f"{SOCKET_NAME}.lock"):
        stale.unlink(missing_ok=True)
    start_of_log = files.log.stat().st_size
    postgres = subprocess.Popen(
        [*prefix, bin_directory / "postgres", "-D", files.data, *options(socket, bin_directory, durable)],
        env=ENVIRONMENT,
        pass_fds=[server_lock],
        start_new_session=True,  # a signal to the keeper's group must not reach it
        preexec_fn=_end_with_parent,
    )
    while not files.answers():
        if postgres.poll() is not None or time.monotonic() > deadline:
            postgres.kill()
            raise DatabaseUnavailable(reason(files.log, start_of_log))
        time.sleep(0.02)
    ready()
    users = files.open_lock("users")
    # Polled, not awaited in a thread: for PR_SET_PDEATHSIG the parent is the thread that started the server.
    while postgres.poll() is None:
        if try_lock(users, fcntl.LOCK_EX):
            _stop(postgres)
        else:
            time.sleep(0.1)


def _leave_root(files: PostgresFiles) -> list[str]:
    """PostgreSQL refuses to run as root. Returns what to put before its commands.

    A directory of an ordinary user is served as that user. Root's own is served from a user namespace in
    which root's files seem to be nobody's, without changing an owner; where there are no user namespaces (in
    most containers), nobody becomes the owner of the directory."""
    if os.geteuid() != 0:
        return []
    home = files.home.stat()
    user, group = home.st_uid, home.st_gid
    if user == 0:
        if _has_user_namespaces():
            return _AS_NOBODY
        user = group = _NOBODY
        for path in [files.home, *files.home.rglob("*")]:
            os.chown(path, user, group, follow_symlinks=False)
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    return []


def _has_user_namespaces() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_AS_NOBODY, "true"], capture_output=True).returncode == 0


def _detach(path: Path) -> None:
    """Standard output goes to the log; an old log of more than LOG_BYTES is put aside as log.1."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".1"))
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir("/")


def _end_with_parent() -> None:
    """The server gets a fast shutdown (SIGINT) when the keeper dies, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _stop(postgres: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, at last by force
        postgres.send_signal(how)
        try:
            postgres.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    main()
