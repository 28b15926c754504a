"""The county that an import works on, which its organizations' file may found."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from models.county import County
from resolvers.imports.refusals import RefusalCode, WorkbookRefused
from runtime.clock import now
from runtime.database import Database
from runtime.identifiers import new_id

IMPORT_LOCK = 140827

_COMMITTEE = re.compile(r"(?:中国共产党|中共)?(.+?)(?:县委|委员会)?")


@dataclass
class ImportedCounty:
    """`is_stored`: other connections see it, so that jobs can refer to it."""

    id: UUID
    code: str
    is_stored: bool


async def county_by_code(code: str) -> ImportedCounty:
    county = await County.get_or_none(code=code)
    return ImportedCounty(county.id, code, True) if county else ImportedCounty(new_id(), code, False)


async def county_by_id(id: UUID) -> ImportedCounty:
    county = await County.get_or_none(id=id)
    if county is None:
        raise WorkbookRefused(RefusalCode.COUNTY_UNKNOWN)
    return ImportedCounty(county.id, county.code, True)


@asynccontextmanager
async def one_import_at_a_time(database: Database, county_code: str) -> AsyncIterator[None]:
    """Imports of the same county wait for each other, in other processes too."""
    async with database.bulk() as guard:
        await guard.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", IMPORT_LOCK, county_code)
        yield


async def is_there(connection: Connection, county: ImportedCounty) -> bool:
    """Founded, if only within this transaction."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM county WHERE id = $1)", county.id))


async def found_county(connection: Connection, county: ImportedCounty) -> None:
    """Its name follows once its organizations are there."""
    await connection.execute(
        "INSERT INTO county (id, code, name, created_at) VALUES ($1, $2, $2, $3)",
        county.id,
        county.code,
        now(),
    )


async def name_county(connection: Connection, county: ImportedCounty) -> None:
    """After its top committee: 中共绛县委员会 makes 绛县. Raises WorkbookRefused when there is none."""
    committee = await connection.fetchval(
        "SELECT name FROM organization WHERE county_id = $1 AND parent_id IS NULL", county.id
    )
    if committee is None:
        raise WorkbookRefused(RefusalCode.COUNTY_UNNAMED)
    await connection.execute("UPDATE county SET name = $2 WHERE id = $1", county.id, name_in(committee))


def name_in(committee: str) -> str:
    match = _COMMITTEE.fullmatch(committee)
    return match[1] if match else committee
