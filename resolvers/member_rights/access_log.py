"""Who saw masked values of whom (查阅记录): what the member reads as `viewer.accessLog`."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from resolvers.access import AccountViewer
from runtime.clock import now
from runtime.database import connection
from runtime.identifiers import new_id

LONGEST_PURPOSE = 200
KEEP = """
INSERT INTO record_access (id, member_id, account_id, at, purpose, fields_read)
SELECT read.id, read.member_id, $3, $4, $5, $6::jsonb
FROM unnest($1::uuid[], $2::uuid[]) AS read(id, member_id)
"""


async def keep_access(
    viewer: AccountViewer, member_ids: Iterable[UUID], fields: Sequence[str], purpose: str
) -> None:
    """One row a member, in one statement, inside the unit of work of the read that it tells of.

    `fields` are columns (id_number, phone, address, contact); `purpose` is what the member reads.
    """
    ids = list(dict.fromkeys(member_ids))
    if not ids:
        return
    told = [viewer.account_id, now(), purpose[:LONGEST_PURPOSE], orjson.dumps(list(fields)).decode()]
    await connection().execute_query(KEEP, [[new_id() for _ in ids], ids, *told])
