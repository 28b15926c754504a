"""Sealing the audit trail (审计封存): entries become leaves of a Merkle tree, whose head is also kept outside.

Entries are sealed in batches, since a chain from row to row would make all writes wait for each other. The head of
each batch is appended to a file, the anchor; on a medium that only grows, or on another machine, it shows what was
cut off from the tables.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from models import AuditEntry, AuditSeal
from resolvers.audit import entry_hash
from runtime.clock import now
from runtime.database import Connection, Database
from runtime.merkle import Tree

BATCH = 10_000
LOCK = 140827
CONTENT = ("at", "actor_id", "actor_name", "county_id", "action", "subject_type", "subject_id", "detail")


async def seal_pending(database: Database, anchor: Path) -> int:
    """Seal all that is not sealed yet and anchor the head. Returns how many entries were sealed."""
    sealed = 0
    while True:
        async with database.bulk() as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                return sealed  # another process does it
            entries = await _seal_batch(connection)
            head = await connection.fetchrow(
                "SELECT size, root, sealed_at FROM audit_seal ORDER BY size DESC LIMIT 1"
            )
            if head is not None:
                # Before the commit: a head that is anchored and not stored shows itself, the reverse would not.
                _anchor(anchor, dict(head))
        sealed += entries
        if entries < BATCH:
            return sealed


async def _seal_batch(connection: Connection) -> int:
    last = await connection.fetchrow("SELECT size, peaks FROM audit_seal ORDER BY size DESC LIMIT 1")
    tree = Tree(last["size"], tuple(orjson.loads(last["peaks"]))) if last else Tree()
    found = await connection.fetch(
        "SELECT sequence, hash FROM audit_entry WHERE position IS NULL ORDER BY sequence LIMIT $1", BATCH
    )
    if not found:
        return 0
    grown = tree.append(row["hash"] for row in found)
    await connection.execute(
        "UPDATE audit_entry SET position = n.position FROM unnest($1::bigint[], $2::bigint[]) "
        "AS n(sequence, position) WHERE audit_entry.sequence = n.sequence",
        [row["sequence"] for row in found],
        list(range(tree.size, grown.size)),
    )
    await connection.execute(
        "INSERT INTO audit_seal (size, root, peaks, sealed_at) VALUES ($1, $2, $3, $4)",
        grown.size,
        grown.root,
        orjson.dumps(grown.peaks).decode(),
        now(),
    )
    return len(found)


def _anchor(anchor: Path, head: dict[str, Any]) -> None:
    """Append the head unless it is the last one there; on the disk before anybody relies on it."""
    heads = anchored(anchor)
    if heads and heads[-1]["size"] == head["size"]:
        return
    anchor.parent.mkdir(parents=True, exist_ok=True)
    with anchor.open("ab") as file:
        file.write(orjson.dumps(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def anchored(anchor: Path) -> list[dict[str, Any]]:
    """The heads that the anchor holds, the oldest first."""
    if not anchor.exists():
        return []
    return [orjson.loads(line) for line in anchor.read_bytes().splitlines() if line.strip()]


@dataclass
class Verdict:
    """What a look through the whole trail found: the entries whose content was edited, by sequence, and a sentence
    for whatever else is wrong."""

    entries: int = 0
    sealed: int = 0
    heads: int = 0
    changed: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()


async def verify(anchor: Path) -> Verdict:
    """Recompute every entry's hash and every head, in the tables and in the anchor.

    A head that is anchored and not among the seals is what a crash before the commit leaves: it is right when the
    entries that are there have it, those among them that wait to be sealed in their order."""
    heads = [(seal.size, seal.root) async for seal in AuditSeal.all().order_by("size")]
    stored, outside = dict(heads), anchored(anchor)
    faults = [
        f"the head of {one['size']} entries is anchored with another root"
        for one in outside
        if one["root"] != stored.get(one["size"], one["root"])
    ]
    unstored = {one["size"] for one in outside} - stored.keys()
    found: dict[int, str] = {}
    tree, waiting, sealed, entries, changed = Tree(), list(reversed(heads)), 0, 0, []
    async for entry in entries_in_order():
        entries += 1
        if entry_hash({name: getattr(entry, name) for name in CONTENT}) != entry.hash:
            changed.append(entry.sequence)
        if entry.position is not None and entry.position != tree.size:
            faults.append(f"{entry.position - tree.size} entries are missing before entry {entry.sequence}")
            break
        if entry.position is None and not unstored:
            continue
        tree = tree.append([entry.hash])
        if tree.size in unstored:
            found[tree.size] = tree.root
        if entry.position is None:
            continue
        sealed = tree.size
        if waiting and waiting[-1][0] == tree.size:
            size, root = waiting.pop()
            if root != tree.root:
                faults.append(f"the first {size} entries are not those that were sealed")
                break
    else:
        if waiting:
            faults.append(f"{waiting[0][0] - sealed} sealed entries are missing at the end")
        elif sealed and not await AuditSeal.exists(
            size__gte=sealed
        ):  # a batch may have been sealed meanwhile
            faults.append(f"the seal of {sealed} entries is missing")
    faults += [
        f"the head of {one['size']} entries is anchored, and not among the seals, and the entries are not those"
        for one in outside
        if one["size"] in unstored and found.get(one["size"]) != one["root"]
    ]
    return Verdict(entries, sealed, len(heads), tuple(changed), tuple(faults))


async def entries_in_order() -> AsyncIterator[AuditEntry]:
    """Sealed entries in the order of their positions, then those that are not sealed yet."""
    last = -1
    while page := await AuditEntry.filter(position__gt=last).order_by("position").limit(5000):
        for entry in page:
            yield entry
        last = page[-1].position or 0
    last = 0
    while page := await AuditEntry.filter(position=None, sequence__gt=last).order_by("sequence").limit(5000):
        for entry in page:
            yield entry
        last = page[-1].sequence
