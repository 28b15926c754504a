"""Migrations make what the models say, under the names that they give, and making it twice changes nothing."""

import asyncio
import json
import sys
from typing import Any

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.models import Model

from runtime.database import Database, uncreated_migrations
from tests.conftest import Credentials, copied

MISSING_INDEXES = """
SELECT format('%s.%s', c.conrelid::regclass, a.attname)
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND i.indpred IS NULL
)
"""
MIGRATE = (
    "import asyncio, json, sys; from runtime.database import migrate; from tests.keys import KEYRING; "
    "print(*asyncio.run(migrate(json.loads(sys.argv[1]), KEYRING)))"
)
CATALOGUE = """
SELECT 'column' AS kind, table_name || '.' || column_name AS name,
       concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default) AS definition
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
ORDER BY 1, 2
"""


async def test_the_migrations_make_all_that_the_models_hold(database: Database) -> None:
    assert await uncreated_migrations() == []


async def test_every_named_constraint_and_index_exists(database: Database) -> None:
    found = await _names(database.credentials)
    declared = [
        (model._meta.db_table, one.name)
        for model in _models()
        for one in (*getattr(model.Meta, "constraints", ()), *getattr(model.Meta, "indexes", ()))
    ]
    assert len(declared) > 50
    assert all(name for _, name in declared), "a name of its own for each"
    assert [one for one in declared if one not in found] == []


async def test_every_table_of_the_models_exists_and_no_other(database: Database) -> None:
    tables = await _column(
        database.credentials, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    modelled = sorted(model._meta.db_table for model in _models())
    assert [table for table in tables if not table.startswith("tortoise")] == modelled


async def test_every_foreign_key_leads_an_index(database: Database) -> None:
    assert await _column(database.credentials, MISSING_INDEXES) == []


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        (
            "an index that is not valid",
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
        ),
        ("a constraint that is not validated", "SELECT conname FROM pg_constraint WHERE NOT convalidated"),
        (
            "a table without a primary key",
            "SELECT t.tablename FROM pg_tables t WHERE t.schemaname = 'public' AND NOT EXISTS (SELECT FROM "
            "pg_constraint c WHERE c.conrelid = t.tablename::regclass AND c.contype = 'p')",
        ),
        (
            "an index that another one holds",
            "SELECT a.indexrelid::regclass::text FROM pg_index a JOIN pg_index b ON a.indrelid = b.indrelid "
            "AND a.indexrelid <> b.indexrelid AND a.indkey::text = b.indkey::text "
            "AND a.indclass::text = b.indclass::text AND a.indpred IS NULL AND b.indpred IS NULL "
            "AND NOT a.indisunique WHERE a.indrelid > 16384",
        ),
    ],
)
async def test_there_is_no(database: Database, what: str, sql: str) -> None:
    assert await _column(database.credentials, sql) == [], what


async def test_migrating_again_changes_nothing(database: Database) -> None:
    before = await _rows(database.credentials, CATALOGUE)
    assert len(before) > 200
    assert await _migrate_elsewhere(database.credentials) == ""
    assert await _rows(database.credentials, CATALOGUE) == before


async def test_of_two_processes_that_migrate_at_once_one_does_it(
    server: Credentials, database: Database
) -> None:
    async with copied(server, "template0") as credentials:
        applied = await asyncio.gather(*(_migrate_elsewhere(credentials) for _ in range(2)))
        assert sorted(map(bool, applied)) == [False, True]
        assert await _rows(credentials, CATALOGUE) == await _rows(database.credentials, CATALOGUE)


async def _migrate_elsewhere(credentials: Any) -> str:
    """The migrations that a process of its own applied, as it prints them."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        MIGRATE,
        json.dumps(dict(credentials)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return printed.decode().strip()


def _models() -> list[type[Model]]:
    return [model for app in Tortoise.apps.values() for model in app.values()]


async def _names(credentials: Any) -> set[tuple[str, str]]:
    rows = await _rows(
        credentials,
        "SELECT conrelid::regclass::text, conname::text FROM pg_constraint "
        "UNION SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index",
    )
    return {(row[0], row[1]) for row in rows}


async def _column(credentials: Any, sql: str) -> list[Any]:
    return [row[0] for row in await _rows(credentials, sql)]


async def _rows(credentials: Any, sql: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(**credentials)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()
