"""Keeping the audit trail sealed while the server runs, and stopping writes when that fails for an hour."""

from asyncio import sleep
from datetime import datetime, timedelta
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
        self._looked_at: datetime | None = None

    async def keep(self) -> None:
        """Until it is cancelled. A batch or a look that fails is tried again: what is not sealed waits."""
        self._looked_at = now()
        while self._seconds:
            try:
                if sealed := await seal_pending(self._database, self._anchor):
                    log.debug("audit trail sealed", entries=sealed)
            except Exception as error:
                log.error("audit trail not sealed", exc_info=error)
            try:
                await self.look()
            except Exception as error:
                log.error("nobody knows whether the audit trail is sealed", exc_info=error)
            await sleep(self._seconds)

    async def look(self) -> None:
        """Whether the oldest entry that is not sealed is over an hour old, whichever process should have sealed it."""
        oldest = await connection().execute_query_dict(
            "SELECT at FROM audit_entry WHERE position IS NULL ORDER BY sequence LIMIT 1"
        )
        self._looked_at = now()
        self._is_behind = bool(oldest) and self._looked_at - oldest[0]["at"] > BEHIND

    def require(self) -> None:
        """Raises while sealing is behind, or nobody could look for as long: what is written then could be changed
        unseen."""
        if self._is_behind or self._looked_too_long_ago():
            raise refuse(
                "AUDIT_NOT_SEALED",
                "审计记录已超过一小时没有封存, 暂停一切写入; 请联系系统管理员。",
                "The audit trail has not been sealed for over an hour, so nothing is written; tell the administrator.",
            )

    def _looked_too_long_ago(self) -> bool:
        return bool(self._seconds and self._looked_at and now() - self._looked_at > BEHIND)
