"""The audit trail (审计): who did what to which row. Every write appends one entry in its own transaction."""

import hashlib
from datetime import UTC
from typing import Any
from uuid import UUID

import orjson

from models import AuditEntry
from resolvers.access import AccountViewer
from runtime.clock import now
from runtime.database import Connection
from runtime.sender import sender


def audit_entry(
    *,
    action: str,
    subject_type: str,
    subject_id: object,
    actor_id: UUID | None,
    actor_name: str,
    county_id: UUID | None,
    detail: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of one entry; `hash` is the SHA-256 of all the others as canonical JSON."""
    entry: dict[str, Any] = {
        "at": now(),
        "actor_id": actor_id,
        "actor_name": actor_name,
        "county_id": county_id,
        "action": action,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "detail": detail or {},
    }
    return {**entry, "hash": entry_hash(entry)}


def entry_hash(entry: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(entry)).hexdigest()


def canonical(entry: dict[str, Any]) -> bytes:
    """The text that is hashed: the same for an entry as it is written and as it is read back, in whatever zone."""
    entry = {**entry, "at": entry["at"].astimezone(UTC)}
    return orjson.dumps(entry, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def with_sender(detail: dict[str, Any]) -> dict[str, Any]:
    """The detail with the address that the request came from, if it came from one."""
    address = sender.get().address
    return {**detail, "from": address} if address else detail


async def insert_audit(connection: Connection, entry: dict[str, Any]) -> None:
    """An entry in the transaction of a plain connection; what writes through Tortoise uses `append_audit`."""
    columns = ("at", "actor_id", "actor_name", "county_id", "action", "subject_type", "subject_id")
    await connection.execute(
        f"INSERT INTO audit_entry ({', '.join(columns)}, detail, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *(entry[column] for column in columns),
        orjson.dumps(entry["detail"]).decode(),
        entry["hash"],
    )


async def append_audit(viewer: AccountViewer, **entry: Any) -> None:
    """Append an entry inside the unit of work of the write that it tells of."""
    entry["detail"] = with_sender(entry.get("detail", {}))
    await AuditEntry.create(
        **audit_entry(actor_id=viewer.account_id, actor_name=viewer.display_name or "dangjian", **entry)
    )
