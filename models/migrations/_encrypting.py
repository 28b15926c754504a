"""What migration 0006 does with rows that are there already."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from orjson import dumps, loads

from runtime.encryption import migrating_keys
from runtime.masks import masked_id_number, masked_in, masked_phone

BATCH = 2_000

# Table, column in the clear, owner's column, label, mask.
PERSONAL: tuple[tuple[str, str, str, str, Callable[[str], str]], ...] = (
    ("member", "id_number", "id", "member.id_number", masked_id_number),
    ("member", "phone", "id", "member.phone", masked_phone),
    ("floating_member", "contact", "member_id", "floating_member.contact", masked_phone),
)
# A column of each whose new value the planner cannot see to be the old one, so that the table is written anew.
REWRITTEN = (
    ("member", "lost_contact", "boolean", "lost_contact IS TRUE"),
    ("floating_member", "version", "int", "version + 0"),
    ("idempotent_request", "fingerprint", "varchar(64)", "fingerprint || ''"),
    ("import_problem", "column", "varchar(60)", "\"column\" || ''"),
    ("floating_decision", "reason", "varchar(1000)", "reason || ''"),
)


async def encrypt_what_is_stored(_apps: Any, editor: Any) -> None:
    for personal in PERSONAL:
        await _encrypt_personal(editor.client, *personal)
    await _encrypt_answers(editor.client)
    await _mask_problems(editor.client)
    await _mask_decisions(editor.client)


async def forget_what_was_stored(_apps: Any, editor: Any) -> None:
    """A dropped column stays in the rows, and a changed row's old form in the file, until the table is rewritten."""
    for table, column, type, expression in REWRITTEN:
        await editor.client.execute_query(
            f'ALTER TABLE {table} ALTER COLUMN "{column}" TYPE {type} USING ({expression})'
        )


async def _encrypt_personal(
    client: Any, table: str, column: str, owner: str, label: str, mask: Callable[[str], str]
) -> None:
    keys = migrating_keys.get()
    sql = f"SELECT id, {owner} AS owner, {column} AS value FROM {table} WHERE {column} IS NOT NULL"
    async for rows in _batches(client, sql):
        sealed = [keys.seal(row["value"], label, row["owner"], mask) for row in rows]
        await client.execute_query(
            f"UPDATE {table} t SET ({column}_sealed, {column}_hash, {column}_masked) = (n.sealed, n.hash, n.masked) "
            "FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[]) AS n(id, sealed, hash, masked) "
            "WHERE t.id = n.id",
            [[row["id"] for row in rows], *(list(values) for values in zip(*sealed, strict=True))],
        )


async def _encrypt_answers(client: Any) -> None:
    keys = migrating_keys.get()
    sql = "SELECT id, fingerprint, answer FROM idempotent_request WHERE true"
    async for rows in _batches(client, sql):
        await client.execute_query(
            "UPDATE idempotent_request t SET (answer_sealed, fingerprint) = (n.sealed, n.fingerprint) "
            "FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS n(id, sealed, fingerprint) WHERE t.id = n.id",
            [
                [row["id"] for row in rows],
                [
                    row["answer"] and keys.encrypt(row["answer"], "idempotent_request.answer", row["id"])
                    for row in rows
                ],
                [keys.lookup(row["fingerprint"]).hex() for row in rows],
            ],
        )


async def _mask_problems(client: Any) -> None:
    async for rows in _batches(
        client, "SELECT id, value, message_zh, message_en FROM import_problem WHERE true"
    ):
        texts = [[masked_in(row[name]) for row in rows] for name in ("value", "message_zh", "message_en")]
        await client.execute_query(
            "UPDATE import_problem t SET (value, message_zh, message_en) = (n.value, n.zh, n.en) "
            "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS n(id, value, zh, en) "
            "WHERE t.id = n.id",
            [[row["id"] for row in rows], *texts],
        )


async def _mask_decisions(client: Any) -> None:
    """The facts of a decision held the contact; the rules ask no more than whether there is one."""
    sql = "SELECT id, facts FROM floating_decision WHERE facts #>> '{items,contact}' IS NOT NULL"
    async for rows in _batches(client, sql):
        for row in rows:
            facts = row["facts"] if isinstance(row["facts"], dict) else loads(row["facts"])
            facts["items"]["contact"] = masked_phone(facts["items"]["contact"])
            await client.execute_query(
                "UPDATE floating_decision SET facts = $2 WHERE id = $1", [row["id"], dumps(facts).decode()]
            )


async def _batches(client: Any, sql: str) -> AsyncIterator[list[Any]]:
    after = "00000000-0000-0000-0000-000000000000"
    while rows := await client.execute_query_dict(f"{sql} AND id > $1 ORDER BY id LIMIT {BATCH}", [after]):
        after = rows[-1]["id"]
        yield rows
