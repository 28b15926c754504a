"""The database that everybody is measured on: our demo county, and theme days of today for checking in."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from bench.contestants.ours import SERVE, environment
from bench.operations import ROOT, Subjects
from bench.processes import BenchFailed
from runtime.clock import today

MADE_OF = ("models", "demo", "resolvers/imports")  # whatever changes in these may change the county
THEME = "bench"
SECRETARY = "bench-secretary"

# A secretary of the whole county, so that one token can check everybody in; like the demo's, but for its place.
ACCOUNT = """
INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object(
    'id', gen_random_uuid(), 'username', $1::text))).*
FROM account a WHERE a.username = 'secretary' AND NOT EXISTS (SELECT FROM account WHERE username = $1)
"""
GRANT = """
INSERT INTO role_grant SELECT (jsonb_populate_record(g, jsonb_build_object(
    'id', gen_random_uuid(), 'account_id', b.id,
    'organization_id', (SELECT o.id FROM organization o WHERE o.parent_id IS NULL ORDER BY o.path LIMIT 1)))).*
FROM role_grant g JOIN account a ON a.id = g.account_id AND a.username = 'secretary'
CROSS JOIN (SELECT id FROM account WHERE username = $1) b
WHERE NOT EXISTS (SELECT FROM role_grant x WHERE x.account_id = b.id)
"""
THEME_DAYS = """
INSERT INTO theme_day SELECT (jsonb_populate_record(t, jsonb_build_object(
    'id', gen_random_uuid(), 'organization_id', o.id, 'held_on', $1::date, 'theme', $2::text))).*
FROM organization o CROSS JOIN (SELECT d AS t FROM theme_day d ORDER BY d.id LIMIT 1) sample
WHERE EXISTS (SELECT FROM member m WHERE m.organization_id = o.id)
ON CONFLICT (organization_id, held_on) DO NOTHING
"""
# In an order that has nothing to do with branches: who checks in at a time seldom shares a theme day.
PAIRS = """
CREATE TABLE bench_pair AS
SELECT row_number() OVER (ORDER BY md5(m.id::text))::int AS n, d.id AS theme_day_id, m.id AS member_id, o.path,
       left(o.path, -1) || '0' AS path_end
FROM theme_day d JOIN member m ON m.organization_id = d.organization_id JOIN organization o ON o.id = d.organization_id
WHERE d.theme = 'bench'
"""
CLEAR = "DELETE FROM attendance a USING theme_day d WHERE d.id = a.theme_day_id AND d.theme = 'bench'"


def make_county(data: Path) -> bool:
    """Makes the demo county in `data`, unless the present program's stands there already. Whether it did."""
    stamp, wanted = data / "bench.sha256", _digest()
    if stamp.is_file() and stamp.read_text("ascii") == wanted:
        return False
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    log = data / "demo.log"
    with log.open("wb") as output:
        command = [sys.executable, "-c", SERVE, "demo"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(data), stdout=output, stderr=subprocess.STDOUT
        )
    if done.returncode:
        raise BenchFailed(f"`dangjian demo` ended with status {done.returncode}, see {log}")
    stamp.write_text(wanted, "ascii")
    return True


async def prepare(credentials: dict[str, Any]) -> Subjects:
    """Puts into the county what the bench needs beyond it, and chooses who is asked about."""
    connection = await asyncpg.connect(**credentials)
    try:
        await connection.execute("DROP TABLE IF EXISTS bench_pair")
        await connection.execute("DELETE FROM theme_day WHERE theme = $1", THEME)
        await connection.execute(ACCOUNT, SECRETARY)
        await connection.execute(GRANT, SECRETARY)
        await connection.execute(THEME_DAYS, today(), THEME)
        await connection.execute(PAIRS)
        await connection.execute("ALTER TABLE bench_pair ADD PRIMARY KEY (n)")
        await connection.execute((ROOT / "bench" / "node" / "postgraphile.sql").read_text("utf-8"))
        await connection.execute("VACUUM ANALYZE")
        pairs = await connection.fetch("SELECT theme_day_id, member_id, path FROM bench_pair ORDER BY n")
        member = await connection.fetchrow(
            "SELECT m.id, m.organization_id FROM account a JOIN member m ON m.id = a.member_id "
            "WHERE a.username = 'member'"
        )
    finally:
        await connection.close()
    if member is None or not pairs:
        raise BenchFailed("the demo county has no account `member`, or nobody to check in")
    return Subjects(
        member=str(member[0]),
        branch=str(member[1]),
        pairs=[(str(day), str(who)) for day, who, _ in pairs],
        paths=[path for _, _, path in pairs],
    )


async def clear_check_ins(credentials: dict[str, Any]) -> None:
    """So that every contestant begins with the same table."""
    connection = await asyncpg.connect(**credentials)
    try:
        await connection.execute(CLEAR)
        await connection.execute("VACUUM attendance")
    finally:
        await connection.close()


async def describe(credentials: dict[str, Any]) -> tuple[str, str]:
    """PostgreSQL's version and settings, and the county's size."""
    connection = await asyncpg.connect(**credentials)
    try:
        version, buffers, fsync = await connection.fetchrow(
            "SELECT current_setting('server_version'), current_setting('shared_buffers'), current_setting('fsync')"
        )
        counts = [
            f"{await connection.fetchval(f'SELECT count(*) FROM {table}'):,} {name}"  # names of our own
            for table, name in (
                ("organization", "organizations"), ("member", "members"), ("floating_member", "floating records"),
                ("theme_day", "theme days"), ("attendance", "attendances"), ("training_record", "training records"),
            )
        ]  # fmt: skip
    finally:
        await connection.close()
    return f"PostgreSQL {version} (shared_buffers {buffers}, fsync {fsync})", ", ".join(counts)


def _digest() -> str:
    total = hashlib.sha256()
    for folder in MADE_OF:
        for file in sorted((ROOT / folder).rglob("*.py")):
            total.update(file.read_bytes())
    return total.hexdigest()
