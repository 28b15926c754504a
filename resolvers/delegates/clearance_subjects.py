"""About whom an agency is asked (联审对象). It needs his identity number; that it read it, he can see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from resolvers.access import who_asks
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.member_rights.access_log import keep_access
from runtime.database import unit_of_work


def _of_delegate(column: str) -> str:
    return f"(SELECT {column} FROM delegate d JOIN member m ON m.id = d.member_id WHERE d.id = {{row}}.delegate_id)"


SEALED = _of_delegate("encode(m.id_number_sealed, 'hex')")
NEEDS = {
    "name": _of_delegate("m.name"),
    "member": _of_delegate("m.id"),
    "quarter": "{row}.quarter",
    "masked": _of_delegate("m.id_number_masked"),
    "sealed": f"CASE WHEN {{shows:identity clearance}} THEN {SEALED} END",
}


async def _subjects(rows: Sequence[Row], request: Request) -> list[dict[str, Any]]:
    asked = [row for row in rows if row["sealed"]]
    if asked:
        async with unit_of_work():
            for quarter in sorted({row["quarter"] for row in asked}):
                members = [UUID(row["member"]) for row in asked if row["quarter"] == quarter]
                await keep_access(who_asks(request), members, ["id_number"], f"代表资格联审 {quarter}")
    return [{"name": row["name"], "id_number": _id_number(row, request)} for row in rows]


def _id_number(row: Row, request: Request) -> str:
    if not row["sealed"]:
        return str(row["masked"])
    opened: str = request.app.database.keys.decrypt(
        bytes.fromhex(row["sealed"]), "member.id_number", UUID(row["member"])
    )
    return opened


subject = Computed(NEEDS, _subjects)
