"""Idempotency-Key: the same key and body gets the first answer again, another body is refused."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import orjson

from models import sealed_columns
from resolvers.access import AccountViewer
from resolvers.compiler.errors import refuse
from runtime.clock import now
from runtime.database import connection
from runtime.encryption import Keyring
from runtime.identifiers import new_id

# An answer that never came: the server died on it, and it may be tried again.
ABANDONED = timedelta(minutes=1)


def fingerprint(query: str, operation: str | None, variables: dict[str, Any], viewer: AccountViewer) -> str:
    """What makes a request the same: the document, which of its operations, the variables, uploads by content, and
    the sender's roles. Who lost one is not told again what he was told under it."""
    roles = [[grant.role, str(grant.county_id), grant.path] for grant in viewer.grants]
    plain = orjson.dumps([query, operation, variables, roles], default=_digest, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


async def once(keys: Keyring, sender: str, key: str, body: str, act: Callable[[], Awaitable[bytes]]) -> bytes:
    """The answer of the first request of `sender` with this key; `act` runs for that one only. What is kept of the
    body is a keyed hash, and the answer is encrypted: both may be about a phone."""
    if not 0 < len(key) <= 255:
        raise refuse(
            "BAD_IDEMPOTENCY_KEY",
            "Idempotency-Key 须为 1 到 255 个字符。",
            "An Idempotency-Key has 1 to 255 characters.",
        )
    begun = await connection().execute_query_dict(
        "INSERT INTO idempotent_request (id, sender, key, fingerprint, created_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (sender, key) DO UPDATE SET created_at = excluded.created_at "
        "WHERE idempotent_request.answer_sealed IS NULL AND idempotent_request.fingerprint = ANY($7) "
        "AND idempotent_request.created_at < $6 RETURNING id",
        [new_id(), sender, key, keys.lookup(body).hex(), now(), now() - ABANDONED, _kept_as(keys, body)],
    )
    if not begun:
        return await _first_answer(keys, sender, key, body)
    answer = await act()
    id = begun[0]["id"]
    await connection().execute_query(
        "UPDATE idempotent_request SET answer_sealed = $2 WHERE id = $1",
        [id, keys.encrypt_bytes(answer, sealed_columns.ANSWER.label, id)],
    )
    return answer


async def _first_answer(keys: Keyring, sender: str, key: str, body: str) -> bytes:
    rows = await connection().execute_query_dict(
        "SELECT id, fingerprint, answer_sealed FROM idempotent_request WHERE sender = $1 AND key = $2",
        [sender, key],
    )
    if rows[0]["fingerprint"] not in _kept_as(keys, body):
        raise refuse(
            "IDEMPOTENCY_KEY_REUSED",
            "这个 Idempotency-Key 已用于另一个请求, 请换一个。",
            "This Idempotency-Key was used for another request; take a new one.",
        )
    if rows[0]["answer_sealed"] is None:
        raise refuse(
            "IN_PROGRESS",
            "同一个请求正在处理, 请稍后再试。",
            "The same request is being carried out; try again in a moment.",
        )
    return keys.decrypt_bytes(rows[0]["answer_sealed"], sealed_columns.ANSWER.label, rows[0]["id"])


def _kept_as(keys: Keyring, body: str) -> list[str]:
    """The fingerprint under every lookup key: a request may be sent again after the hashes were made anew."""
    return [each.hex() for each in keys.lookups(body)]


def _digest(value: Any) -> str:
    """Uploads, which have no JSON form, by the hash of their content."""
    file = value.file
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1024 * 1024):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
