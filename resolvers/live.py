"""Live answers (实时): an event says that a row has news; the subscriber's selection is then read afresh."""

from collections.abc import AsyncIterator
from typing import Any

from resolvers.access import AccountViewer, who_asks
from resolvers.compiler.request import Request
from resolvers.compiler.statement import as_uuid
from resolvers.reach import row_where
from runtime.bus import Bus
from runtime.database import connection

# Table -> when a row of it has no more news.
FINISHED = {
    "import_job": "status IN ('DONE', 'FAILED')",
    "qualification_review": "judging <> 'RUNNING'",
}


async def announce(bus: Bus, table: str, id: object, *, last: bool = False) -> None:
    """Tell subscribers of a row that it has news, after the commit; `last` ends their subscriptions."""
    await bus.publish(f"{table}:{id}", {"last": last})


async def events(request: Request, table: str, id: str) -> AsyncIterator[Any]:
    """One event at once, one for each announcement; a row that the viewer may not see ends after the first."""
    viewer = who_asks(request)
    async with request.app.bus.subscribe(f"{table}:{id}") as announcements:
        # Asked before the row is read: what ends in between is announced, and read once more.
        is_over = not await _sees(viewer, table, id) or await _is_finished(table, id)
        yield {}
        if is_over:
            return
        async for announcement in announcements:
            is_his = await _sees(viewer, table, id)  # when it moved away, that there is news is no more his
            yield {}
            if announcement.get("last") or not is_his:
                return


async def _sees(viewer: AccountViewer, table: str, id: str) -> bool:
    return await row_where(viewer, viewer.visible(table), table, id, "1 AS seen") is not None


async def _is_finished(table: str, id: str) -> bool:
    if table not in FINISHED:
        return False
    found = await connection().execute_query_dict(
        f"SELECT 1 FROM {table} WHERE id = $1 AND {FINISHED[table]}", [as_uuid(id)]
    )
    return bool(found)
