"""A copy of everything that is held about a member, for himself (查阅复制本人信息): PIPL 45."""

from base64 import b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from models import AuditEntry, Member
from resolvers.access import AccountViewer, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.member_rights.export_scope import EXCEPTIONS, IN_PART, WITHHELD, WITHOUT_A_KEY
from resolvers.member_rights.export_statement import SEALED_MARK, export_statement, exported_tables
from resolvers.member_rights.requests import own_record
from resolvers.refusals import Refusals
from runtime.clock import CHINA, now, today
from runtime.database import unit_of_work
from runtime.encryption import Keyring

ACTION = "EXPORT_MY_RECORD"
ONCE_IN = timedelta(minutes=1)


async def export_my_record(request: Request) -> Payload:
    """Numbers decrypted, other people by name where the member may see them; the trail says that it was made."""
    viewer, refusals = who_asks(request), Refusals()
    async with unit_of_work():
        record = await own_record(viewer, refusals)
        if record is not None and await _has_just_been_made(viewer):
            refusals.add(
                "TOO_SOON",
                "一分钟内只能导出一次, 请稍后再试。",
                "A copy can be made once a minute; try again in a moment.",
            )
        if refusals or record is None:
            return {"file_name": None, "content": None, "refusals": refusals.rows}
        await append_audit(
            viewer,
            action=ACTION,
            subject_type="Member",
            subject_id=record["id"],
            county_id=record["county_id"],
        )
    statement = export_statement(request)
    rows = orjson.loads(await request.app.database.fetch_json(statement.sql, statement.values))
    content = {
        "madeAt": now().astimezone(CHINA).isoformat(timespec="seconds"),
        "tables": [
            {
                "table": one.name,
                "title": one.title,
                "rows": _opened(request.app.database.keys, rows[one.name]),
            }
            for one in exported_tables().values()
        ],
        "leftOut": [
            {"what": what, "why": why.for_reader()}
            for what, why in sorted({**EXCEPTIONS, **WITHOUT_A_KEY, **IN_PART, **WITHHELD}.items())
        ],
    }
    name = (await Member.get(id=record["id"])).name
    return {"file_name": f"本人信息-{name}-{today()}.json", "content": content, "refusals": []}


async def _has_just_been_made(viewer: AccountViewer) -> bool:
    return await AuditEntry.exists(actor_id=viewer.account_id, action=ACTION, at__gt=now() - ONCE_IN)


def _opened(keys: Keyring, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their sealed values decrypted."""

    def opened(value: Any) -> Any:
        if not isinstance(value, dict) or SEALED_MARK not in value:
            return value
        return keys.decrypt(b64decode(value["value"]), value[SEALED_MARK], UUID(value["owner"]))

    return [{column: opened(value) for column, value in row.items()} for row in rows]
