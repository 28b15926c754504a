"""Idempotency-Key: the same key and body gets the first answer again, another body is refused."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import orjson

from resolvers.compiler.errors import refuse
from runtime.clock import now
from runtime.database import connection
from runtime.identifiers import new_id

ABANDONED = timedelta(
    minutes=1
)  # an answer that never came: the server died on it, and it may be tried again


def fingerprint(query: str, operation: str | None, variables: dict[str, Any]) -> str:
    """What makes a body the same: the document, which of its operations, and the variables, uploads by content."""
    plain = orjson.dumps([query, operation, variables], default=_digest, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


async def once(sender: str, key: str, body: str, act: Callable[[], Awaitable[bytes]]) -> bytes:
    """The answer of the first request of `sender` with this key; `act` runs for that one only."""
    if not 0 < len(key) <= 255:
        raise refuse(
            "BAD_IDEMPOTENCY_KEY",
            "Idempotency-Key 须为 1 到 255 个字符。",
            "An Idempotency-Key has 1 to 255 characters.",
        )
    begun = await connection().execute_query_dict(
        "INSERT INTO idempotent_request (id, sender, key, fingerprint, created_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (sender, key) DO UPDATE SET created_at = excluded.created_at "
        "WHERE idempotent_request.answer IS NULL AND idempotent_request.fingerprint = excluded.fingerprint "
        "AND idempotent_request.created_at < $6 RETURNING id",
        [new_id(), sender, key, body, now(), now() - ABANDONED],
    )
    if not begun:
        return await _first_answer(sender, key, body)
    answer = await act()
    await connection().execute_query(
        "UPDATE idempotent_request SET answer = $2 WHERE id = $1", [begun[0]["id"], answer.decode()]
    )
    return answer


async def _first_answer(sender: str, key: str, body: str) -> bytes:
    rows = await connection().execute_query_dict(
        "SELECT fingerprint, answer FROM idempotent_request WHERE sender = $1 AND key = $2", [sender, key]
    )
    if rows[0]["fingerprint"] != body:
        raise refuse(
            "IDEMPOTENCY_KEY_REUSED",
            "这个 Idempotency-Key 已用于另一个请求, 请换一个。",
            "This Idempotency-Key was used for another request; take a new one.",
        )
    if rows[0]["answer"] is None:
        raise refuse(
            "IN_PROGRESS",
            "同一个请求正在处理, 请稍后再试。",
            "The same request is being carried out; try again in a moment.",
        )
    return str(rows[0]["answer"]).encode()


def _digest(value: Any) -> str:
    """Uploads, which have no JSON form, by the hash of their content."""
    file = value.file
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1024 * 1024):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
