"""The embedded server under what happens to machines. Every test has a directory of its own or leaves the
shared one stopped. The users of the server are real processes, so that they can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from runtime import postgres, postgres_cluster, postgres_files
from runtime.postgres import DatabaseUnavailable, EmbeddedPostgres, database
from runtime.postgres_files import PostgresFiles, programs
from settings import Settings
from tests.servers import wait_until

NOBODY = 65534
USER = """
import asyncio, sys
from pathlib import Path
from runtime.postgres import EmbeddedPostgres
async def main():
    async with EmbeddedPostgres(Path(sys.argv[1]), durable=sys.argv[2] == "durable").running():
        print("up", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@contextmanager
def user_of(var: Path, durable: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the server until its standard input is closed."""
    command = [sys.executable, "-c", USER, str(var), "durable" if durable else "fast"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout
        assert user.stdout.readline() == "up\n"
        try:
            yield user
        finally:
            if user.stdin and not user.stdin.closed:
                user.stdin.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """A `var` whose cluster is made once. Not in pytest's directory, whose path is too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="pg-") as directory:
        yield Path(directory)


@pytest.fixture
def var(shared: Path) -> Iterator[Path]:
    yield shared
    wait_until_stopped(shared)


def files_of(var: Path) -> PostgresFiles:
    return PostgresFiles(var / "postgres")


def wait_until_stopped(var: Path) -> None:
    wait_until(files_of(var).is_abandoned, "the last user has gone, the server ends")


def postmaster(var: Path) -> int:
    return int((files_of(var).data / "postmaster.pid").read_text().split("\n")[0])


def keeper(var: Path) -> int:
    """The parent of the server; in a user namespace or not, the pids are the same."""
    return int(Path(f"/proc/{postmaster(var)}/stat").read_text().rpartition(")")[2].split()[1])


async def query(parameters: dict[str, Any], sql: str) -> Any:
    connection = await asyncpg.connect(**parameters)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_two_users_share_one_server_and_the_last_one_stops_it(var: Path) -> None:
    async with EmbeddedPostgres(var, durable=False).running() as parameters:
        server = postmaster(var)
        with user_of(var):
            assert postmaster(var) == server
        assert await query(parameters, "SELECT 1") == 1
        assert postmaster(var) == server
    wait_until_stopped(var)
    assert not files_of(var).answers()


async def test_users_that_start_at_the_same_moment_start_one_server(var: Path) -> None:
    async def use() -> int:
        async with EmbeddedPostgres(var, durable=False).running() as parameters:
            server = postmaster(var)
            assert await query(parameters, "SELECT 1") == 1
            return server

    # Many rounds: a user also comes while the server of the round before is stopping.
    for _ in range(3):
        assert len(set(await asyncio.gather(*(use() for _ in range(5))))) == 1


async def test_the_server_is_set_up_for_this_program(var: Path) -> None:
    async with EmbeddedPostgres(var, durable=False).running() as parameters:
        for setting, value in {
            "TimeZone": "Asia/Shanghai",
            "server_encoding": "UTF8",
            "data_checksums": "on",
            "listen_addresses": "",
            "log_parameter_max_length": "0",
        }.items():
            assert await query(parameters, f"SHOW {setting}") == value
        await query(parameters, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
        assert await query(parameters, "SELECT cardinality(show_trgm('横水镇')) > 0")
    assert files_of(var).home.stat().st_mode & 0o777 == 0o700


def test_the_server_ends_after_kill_9_of_its_user(var: Path) -> None:
    with user_of(var) as user:
        user.kill()
    wait_until_stopped(var)


async def test_kill_9_of_everything_keeps_what_was_committed() -> None:
    with tempfile.TemporaryDirectory(prefix="pg-") as directory:
        var = Path(directory)
        with user_of(var, durable=True) as user:
            async with EmbeddedPostgres(var).running() as parameters:
                await query(parameters, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
                for process in (keeper(var), postmaster(var), user.pid):
                    os.kill(process, signal.SIGKILL)
        wait_until_stopped(var)
        assert (files_of(var).data / "postmaster.pid").exists()
        async with EmbeddedPostgres(var).running() as parameters:
            assert await query(parameters, "SHOW fsync") == "on"
            assert await query(parameters, "SELECT sum(n) FROM kept") == 500500
        wait_until_stopped(var)


@pytest.mark.parametrize("victim", [keeper, postmaster])
async def test_a_server_killed_under_its_user_comes_back(var: Path, victim: Any) -> None:
    async with EmbeddedPostgres(var, durable=False).running() as parameters:
        server = postmaster(var)
        os.kill(victim(var), signal.SIGKILL)

        async def comes_back() -> None:
            while True:
                try:
                    assert await query(parameters, "SELECT 1") == 1
                    if postmaster(var) != server:
                        return
                except (OSError, asyncpg.PostgresError):
                    pass
                await asyncio.sleep(0.02)

        async with asyncio.timeout(10):
            await comes_back()


async def test_what_a_crash_or_a_reboot_left_behind_is_no_obstacle(var: Path) -> None:
    async with EmbeddedPostgres(var, durable=False).running():
        pass
    wait_until_stopped(var)
    files = files_of(var)
    # The pid of the dead server now belongs to another process that is alive: this one.
    (files.data / "postmaster.pid").write_text(f"{os.getpid()}\n{files.data}\n1\n5432\n{files.home}\n\n1 1\n")
    (files.home / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (files.home / "data.new-1").mkdir()
    async with EmbeddedPostgres(var, durable=False).running() as parameters:
        assert await query(parameters, "SELECT 1") == 1
        assert not (files.home / "data.new-1").exists()


async def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    var = tmp_path / ("横" * 40) / "with space, and comma"
    for _ in range(2):
        async with EmbeddedPostgres(var, durable=False).running() as parameters:
            socket = Path(parameters["host"])
            assert await query(parameters, "SELECT 1") == 1
            assert socket.stat().st_mode & 0o777 == 0o700
        wait_until_stopped(var)
        assert socket == files_of(var).socket_directory()
    socket.chmod(0o755)  # somebody else's directory of that name is not trusted
    assert files_of(var).socket_directory() is None
    socket.rmdir()


async def test_data_of_another_version_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseUnavailable, match="was made by PostgreSQL 9, but only"):
        async with EmbeddedPostgres(tmp_path).running():
            pass


async def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True, mode=0o700)
    major = postgres_files._version_of_programs(programs())
    (data / "PG_VERSION").write_text(f"{major}\n")
    with pytest.raises(DatabaseUnavailable, match=r"postgresql\.conf.*the whole log: "):
        async with EmbeddedPostgres(tmp_path).running():
            pass


async def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="cannot be written to"):
        async with EmbeddedPostgres(tmp_path / "file").running():
            pass


def test_a_full_disk_and_missing_programs_have_their_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = PostgresFiles(tmp_path)
    monkeypatch.setattr(postgres_cluster, "INITDB_BYTES", 1 << 60)
    with pytest.raises(DatabaseUnavailable, match="is full"):
        postgres_cluster.create_cluster(files, programs(), [], durable=True)
    log = tmp_path / "log"
    log.write_text("PANIC: could not write to file: No space left on device\n")
    assert postgres_cluster.reason(log, 0).startswith("the disk is full")
    monkeypatch.setattr(postgres_files, "_candidates", list)
    with pytest.raises(DatabaseUnavailable, match="no PostgreSQL was found"):
        programs()


@pytest.mark.parametrize("how", ["owned by another user", "without user namespaces"])
async def test_root_becomes_somebody_else(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run by an ordinary user this is one more plain start. Where nobody may not even read the programs, as
    in a checkout below /root, it has to say so."""
    with tempfile.TemporaryDirectory(prefix="pg-") as directory:
        var = Path(directory)
        var.chmod(0o755)
        if how == "owned by another user" and os.geteuid() == 0:
            (var / "postgres").mkdir(mode=0o700)
            os.chown(var / "postgres", NOBODY, NOBODY)
        elif how == "without user namespaces":
            monkeypatch.setenv("PATH", "/nowhere")
        if os.geteuid() == 0 and not nobody_can_run(programs() / "postgres"):
            with pytest.raises(DatabaseUnavailable, match="Permission denied"):
                async with EmbeddedPostgres(var, durable=False).running():
                    pass
            return
        async with EmbeddedPostgres(var, durable=False).running() as parameters:
            assert await query(parameters, "SELECT 1") == 1
            assert files_of(var).data.stat().st_uid == (os.geteuid() or NOBODY)
        wait_until_stopped(var)


def nobody_can_run(program: Path) -> bool:
    try:
        subprocess.run([program, "--version"], user=NOBODY, group=NOBODY, extra_groups=[])
    except PermissionError:
        return False
    return True


async def test_a_server_of_the_operators(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with EmbeddedPostgres(var, durable=False).running() as embedded:
        url = f"postgresql://dangjian@/dangjian?host={embedded['host']}&application_name=test"
        async with database(Settings(database_url=url)) as parameters:
            assert await query(parameters, "SHOW application_name") == "test"
        monkeypatch.setattr(postgres, "OLDEST", 99)
        with pytest.raises(DatabaseUnavailable, match="99 or newer is needed"):
            async with database(Settings(database_url=url)):
                pass
    with pytest.raises(DatabaseUnavailable, match=r"^DANGJIAN_DATABASE_URL: .*cannot be reached") as refused:
        async with database(Settings(database_url="postgresql://u:hunter2@127.0.0.1:1/x")):
            pass
    assert "hunter2" not in str(refused.value)


def test_the_parts_of_a_url() -> None:
    url = "postgres://%E5%BC%A0:p%40ss@db.example:6432/party?sslmode=require&search_path=x"
    assert postgres.connection_parameters(url) == {
        "host": "db.example",
        "port": 6432,
        "user": "张",
        "password": "p@ss",
        "database": "party",
        "ssl": "require",
        "server_settings": {"search_path": "x"},
    }
