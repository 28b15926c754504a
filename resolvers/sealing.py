"""Keeping the audit trail sealed while the server runs, and stopping writes when that fails for an hour."""

from asyncio import sleep
from datetime import timedelta
from pathlib import Path

import structlog

from resolvers.audit_seals import seal_pending
from resolvers.compiler.errors import refuse
from runtime.clock import now
from runtime.database import Database, connection

BEHIND = timedelta(hours=1)
log = structlog.get_logger()


class Sealing:
    """`seconds` between two batches; 0 leaves sealing off, which is for tests."""

    def __init__(self, database: Database, anchor: Path, seconds: float) -> None:
        self._database, self._anchor, self._seconds = database, anchor, seconds
        self._is_behind = False

    async def keep(self) -> None:
        """Until it is cancelled. A batch that fails is tried again: what is not sealed waits."""
        while self._seconds:
            try:
                if sealed := await seal_pending(self._database, self._anchor):
                    log.debug("audit trail sealed", entries=sealed)
            except Exception as error:
                log.error("audit trail not sealed", exc_info=error)
            await self.look()
            await sleep(self._seconds)

    async def look(self) -> None:
        """Whether the oldest entry that is not sealed is over an hour old, whichever process should have sealed it."""
        oldest = await connection().execute_query_dict(
            "SELECT at FROM audit_entry WHERE position IS NULL ORDER BY sequence LIMIT 1"
        )
        self._is_behind = bool(oldest) and now() - oldest[0]["at"] > BEHIND

    def require(self) -> None:
        """Raises while sealing is behind: what is written then could be changed unseen."""
        if self._is_behind:
            raise refuse(
                "AUDIT_NOT_SEALED",
                "审计记录已超过一小时没有封存, 暂停一切写入; 请联系系统管理员。",
                "The audit trail has not been sealed for over an hour, so nothing is written; tell the administrator.",
            )
