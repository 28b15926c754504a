"""The only way from an id to a row that is to be written."""

from collections.abc import Sequence
from typing import Any, TypeVar

from tortoise.models import Model

from resolvers.access import AccountViewer, Act
from resolvers.compiler.request import Request
from resolvers.compiler.statement import Scope, Statement, as_uuid
from runtime.database import connection

Row = TypeVar("Row", bound=Model)


async def reach(viewer: AccountViewer, act: Act, model: type[Row], id: object) -> Row | None:
    """The row with this id if the viewer may do `act` on it, locked until the transaction ends; else None."""
    found = await reach_values(
        viewer, act, model._meta.db_table, id, "target.id", lock="FOR UPDATE OF target"
    )
    return await model.get(id=found["id"]) if found else None


async def reach_values(
    viewer: AccountViewer, act: Act, table: str, id: object, columns: str, lock: str = ""
) -> dict[str, Any] | None:
    """Columns of the row `target` with this id if the viewer may do `act` on it; else None."""
    return await row_where(viewer, viewer.reach(table, act), table, id, columns, lock)


async def reach_many(
    viewer: AccountViewer, act: Act, table: str, ids: Sequence[object], columns: str, by: str = "id"
) -> list[dict[str, Any]]:
    """Columns of those rows `target` whose `by` is one of the ids and on which the viewer may do `act`.

    They are locked in the order of their ids: two who write to the same rows never wait for each other in a
    circle.
    """
    statement = Statement()
    scope = Scope(statement, Request(viewer=viewer, rules=NO_RULES), row="target")
    wanted = statement.bind("ids", "uuid[]", lambda _: [as_uuid(id) for id in ids])
    found: list[dict[str, Any]] = await connection().execute_query_dict(
        f"SELECT {columns} FROM {table} target WHERE target.{by} = ANY({wanted}) "
        f"AND ({scope.write(viewer.reach(table, act))}) ORDER BY target.id FOR NO KEY UPDATE OF target",
        statement.values(scope.request),
    )
    return found


async def row_where(
    viewer: AccountViewer, condition: str, table: str, id: object, columns: str, lock: str = ""
) -> dict[str, Any] | None:
    """Columns of the row `target` with this id where a condition of access.py holds; else None."""
    statement = Statement()
    scope = Scope(statement, Request(viewer=viewer, rules=NO_RULES), row="target")
    identity = statement.bind("id", "uuid", lambda _: as_uuid(id))
    found: list[dict[str, Any]] = await connection().execute_query_dict(
        f"SELECT {columns} FROM {table} target WHERE target.id = {identity} AND ({scope.write(condition)}) {lock}",
        statement.values(scope.request),
    )
    return found[0] if found else None


class _NoRules:
    def value(self, name: str, on: Any) -> Any:
        raise LookupError(name)


NO_RULES: Any = _NoRules()
