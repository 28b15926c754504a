"""Whether the keys of this process are those of the database, and which lookup key its hashes are under.

The table encryption_key holds a check value for each key that is used. A process with other keys stops at its start,
instead of writing what nobody else can read.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from runtime.encryption import Keyring, NotReadable
from runtime.identifiers import new_id
from runtime.keys import KeysRefused, Kind
from runtime.language import Sentence

KNOWN_TEXT = "dangjian"
LABEL = "encryption_key.check_value"
KEYS_LOCK = 140829
"""Shared by transactions that write hashes, alone for who makes the hashes anew or drops a key."""

Fetch = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]
"""What sends a statement within a transaction and brings its rows."""


async def check_keys(connection: Any, keys: Keyring) -> None:
    """At start, on one connection: compare with what is noted, and only then note what is not. Raises KeysRefused, and
    has noted nothing then."""
    if await connection.fetchval("SELECT to_regclass('encryption_key') IS NULL"):
        return  # nothing was migrated yet
    async with connection.transaction():
        noted = await _noted(connection)
        _compare(keys, noted)
        if ("values", keys.newest) not in noted:  # one that was never the newest has encrypted nothing
            await note_key(connection, keys, "values", keys.newest)
        if not any(kind == "lookup" for kind, _ in noted):
            await note_key(connection, keys, "lookup", keys.keys.lookup[-1].number)
        # Again: another process may have noted its own meanwhile.
        _compare(keys, await _noted(connection))


def _compare(keys: Keyring, noted: Mapping[tuple[str, int], tuple[Any, bytes]]) -> None:
    for (kind, number), (id, check_value) in noted.items():
        if kind == "values":
            _refuse_unless(keys.knows(number), number)
            _refuse_unless(_opens(keys, check_value, id), number)
        else:
            _refuse_unless(keys.use_lookup(number), number)
            _refuse_unless(hmac.compare_digest(keys.lookup(KNOWN_TEXT), check_value), number)


async def note_key(connection: Any, keys: Keyring, kind: Kind, number: int) -> None:
    """That the database uses a key from now on: the newest that encrypts, or the lookup key of all hashes."""
    id = new_id()
    value = keys.encrypt(KNOWN_TEXT, LABEL, id) if kind == "values" else keys.lookup_under(number, KNOWN_TEXT)
    await connection.execute(
        "INSERT INTO encryption_key (id, kind, number, check_value) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (kind, number) DO NOTHING",
        *(id, kind, number, value),
    )


async def hold_hashes(fetch: Fetch, keys: Keyring) -> None:
    """In a transaction that writes hashes, before the first: nobody makes them anew until it is over, and they are
    made with the key that all the others are under. Raises KeysRefused."""
    await fetch(f"SELECT pg_advisory_xact_lock_shared({KEYS_LOCK})")
    # A statement of its own: it sees what was written while the lock was waited for.
    rows = await fetch("SELECT max(number) AS number FROM encryption_key WHERE kind = 'lookup'")
    number = int(rows[0]["number"])
    _refuse_unless(keys.use_lookup(number), number)


async def _noted(connection: Any) -> dict[tuple[str, int], tuple[Any, bytes]]:
    """In order, so that of several lookup keys the newest is the last."""
    rows = await connection.fetch(
        "SELECT kind, number, id, check_value FROM encryption_key ORDER BY kind, number"
    )
    return {(row["kind"], row["number"]): (row["id"], row["check_value"]) for row in rows}


def _opens(keys: Keyring, check_value: bytes, id: Any) -> bool:
    try:
        return keys.decrypt(check_value, LABEL, id) == KNOWN_TEXT
    except NotReadable:
        return False


def _refuse_unless(is_right: bool, number: int) -> None:
    if not is_right:
        raise KeysRefused(
            Sentence(
                f"加密密钥与数据库不符：数据库使用的{number}号密钥缺失或不同。请恢复原来的密钥文件"
                "（默认var/keys.json，或DANGJIAN_KEYS_FILE、DANGJIAN_KEYS）。",
                f"These keys are not those of the database: its key {number} is missing here, or is another one. "
                "Bring back the key file (var/keys.json, unless DANGJIAN_KEYS_FILE or DANGJIAN_KEYS says otherwise).",
            )
        )
