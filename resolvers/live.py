"""Live answers (实时): an event says that a row has news; the subscriber's selection is then read afresh."""

from collections.abc import AsyncIterator
from typing import Any

from resolvers.access import AccountViewer
from resolvers.compiler.request import Request
from resolvers.compiler.statement import Scope, Statement, as_uuid
from runtime.bus import Bus
from runtime.database import connection


async def announce(bus: Bus, table: str, id: object, *, last: bool = False) -> None:
    """Tell subscribers of a row that it has news, after the commit; `last` ends their subscriptions."""
    await bus.publish(f"{table}:{id}", {"last": last})


async def events(request: Request, table: str, id: str) -> AsyncIterator[Any]:
    """One event at once, one for each announcement; a row that the viewer may not see ends after the first."""
    viewer: AccountViewer = request.viewer  # type: ignore[assignment]
    async with request.app.bus.subscribe(f"{table}:{id}") as announcements:
        yield {}
        if not await _sees(viewer, table, id) or await _is_finished(table, id):
            return
        async for announcement in announcements:
            yield {}
            if announcement.get("last"):
                return


async def _sees(viewer: AccountViewer, table: str, id: str) -> bool:
    statement = Statement()
    scope = Scope(statement, Request(viewer=viewer, rules=None), row="target")  # type: ignore[arg-type]
    identity = statement.bind("id", "uuid", lambda _: as_uuid(id))
    sql = f"SELECT 1 FROM {table} target WHERE target.id = {identity} AND ({scope.write(viewer.visible(table))})"
    return bool(await connection().execute_query_dict(sql, statement.values(scope.request)))


async def _is_finished(table: str, id: str) -> bool:
    if table != "import_job":
        return False
    found = await connection().execute_query_dict(
        "SELECT 1 FROM import_job WHERE id = $1 AND status IN ('DONE', 'FAILED')", [as_uuid(id)]
    )
    return bool(found)
