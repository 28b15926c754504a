"""`dangjian backup` and `restore`: pg_dump's custom format, by the programs of the database server."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
from tortoise.exceptions import OperationalError

from commands.outcome import CommandRefused, tell
from models import County
from runtime.database import connection, open_database
from runtime.postgres import database as running_database
from runtime.postgres_files import programs
from settings import Settings


async def backup(settings: Settings, file: Path) -> None:
    async with running_database(settings) as credentials:
        draft = file.with_name(f"{file.name}.part")
        try:
            await _run(credentials, "pg_dump", "--format=custom", "--no-owner", f"--file={draft}")
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    kept = settings.keys_file or settings.var / "keys.json"
    tell(f"{file}: {file.stat().st_size // 1024} kB")
    tell(
        "the keys of encryption are not in it; keep "
        + ("DANGJIAN_KEYS" if settings.keys else str(kept))
        + " elsewhere, since without them identity numbers and phones cannot be read"
    )


async def restore(settings: Settings, file: Path) -> None:
    """Into an empty database only, so that nothing is ever overwritten by mistake."""
    if not file.is_file():
        raise CommandRefused(f"{file} does not exist")
    async with running_database(settings) as credentials:
        async with open_database(credentials, settings.keyring()):
            try:
                is_empty = not await County.exists()
            except OperationalError:  # no tables yet
                is_empty = True
        if not is_empty:
            raise CommandRefused("the database holds a county already; restore into an empty one")
        await _run(
            credentials,
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={credentials['database']}",
            str(file),
        )
        # Refuses other keys than those under which the backup was made.
        async with open_database(credentials, settings.keyring()):
            # A backup holds no statistics, and the planner must know the rows before the first query comes.
            await connection().execute_script("ANALYZE")
    tell(f"{file}: restored")


async def _run(credentials: dict[str, Any], program: str, *arguments: str) -> None:
    environment = {
        **os.environ,
        "PGHOST": str(credentials["host"]),
        "PGPORT": str(credentials.get("port", 5432)),
        "PGUSER": str(credentials.get("user", "")),
        "PGPASSWORD": str(credentials.get("password") or ""),
        "PGDATABASE": str(credentials["database"]),
    }
    if "ssl" in credentials:
        environment["PGSSLMODE"] = str(credentials["ssl"])
    file = _program(program, await _server_version(credentials))
    process = await asyncio.create_subprocess_exec(
        file, *arguments, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    if process.returncode:
        lines = errors.decode(errors="replace").strip().splitlines() or [f"{program}: no reason given"]
        raise CommandRefused(lines[-1])


async def _server_version(credentials: dict[str, Any]) -> int:
    connection = await asyncpg.connect(**credentials)
    try:
        return int(connection.get_server_version().major)
    finally:
        await connection.close()


def _program(name: str, server: int) -> Path:
    """The oldest that is as new as the server: older ones refuse, and what newer ones write may not go back in."""
    places = [programs() / name, *Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    if on_path := shutil.which(name):
        places.append(Path(on_path))
    found = {version: place for place in places if (version := _version(place)) >= server}
    if not found:
        raise CommandRefused(f"the server is PostgreSQL {server}, and no {name} of that version was found")
    return found[min(found)]


def _version(program: Path) -> int:
    """Its major version; 0 when it does not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", answer)
    return int(number.group()) if number else 0
