"""`dangjian backup` and `restore`: pg_dump's custom format, by the programs of the database server."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

from commands.outcome import CommandRefused, tell
from models import County
from runtime.database import open_database
from runtime.postgres import database as running_database
from runtime.postgres_files import programs
from settings import Settings


async def backup(settings: Settings, file: Path) -> None:
    async with running_database(settings) as credentials:
        draft = file.with_name(f"{file.name}.part")
        await _run(settings, credentials, "pg_dump", "--format=custom", "--no-owner", f"--file={draft}")
        draft.replace(file)
    tell(f"{file}: {file.stat().st_size // 1024} kB")


async def restore(settings: Settings, file: Path) -> None:
    """Into an empty database only, so that nothing is ever overwritten by mistake."""
    if not file.is_file():
        raise CommandRefused(f"{file} does not exist")
    async with running_database(settings) as credentials:
        async with open_database(credentials):
            try:
                is_empty = not await County.exists()
            except Exception:  # no tables yet
                is_empty = True
        if not is_empty:
            raise CommandRefused("the database holds a county already; restore into an empty one")
        await _run(
            settings,
            credentials,
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={credentials['database']}",
            str(file),
        )
    tell(f"{file}: restored")


async def _run(settings: Settings, credentials: dict[str, Any], program: str, *arguments: str) -> None:
    environment = {
        **os.environ,
        "PGHOST": str(credentials["host"]),
        "PGPORT": str(credentials.get("port", 5432)),
        "PGUSER": str(credentials.get("user", "")),
        "PGPASSWORD": str(credentials.get("password") or ""),
        "PGDATABASE": str(credentials["database"]),
    }
    process = await asyncio.create_subprocess_exec(
        _program(settings, program), *arguments, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    if process.returncode:
        lines = errors.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise CommandRefused(f"{program}: {lines[-1]}")


def _program(settings: Settings, name: str) -> str:
    """Of the embedded server; for a real one the system's, which is at least as new as that server, if there is one."""
    found = shutil.which(name) if settings.database_url else None
    return found or str(programs() / name)
