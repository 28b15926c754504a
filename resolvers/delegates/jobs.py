"""A review in the background: batch after batch, each a short unit of work, with progress over the bus.

Whoever judges a review holds an advisory lock on it, on a connection of his own. PostgreSQL gives the lock back when
that connection ends, however it ends: a review that says RUNNING while its lock is free was left by a server that
died, and the next who opens it takes it up again, from the beginning. Checks that stand and do not differ are not
written twice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from models import County, QualificationReview
from models.choices import Judging
from plugins.errors import PackFailed, PackTimeout
from resolvers.access import AccountViewer
from resolvers.audit import append_audit
from resolvers.delegates.facts import delegate_facts
from resolvers.delegates.judging import judge, keep_judged
from resolvers.live import announce
from runtime.database import Database, in_session, unit_of_work

BATCH = 100
"""Small, so that the event loop is never busy for long: with 500 the p99 of the mobile app's home page was four times
that of an idle server, with 100 it stays (scripts/review-campaign)."""
TABLE = "qualification_review"

log = structlog.get_logger()


async def judge_in_background(app: Any, review_id: UUID, viewer: AccountViewer) -> None:
    """Judges a review that is RUNNING to its end, unless somebody does already. Never raises for a pack's fault."""
    # Once more afterwards: it may have been opened anew just before the lock was given back.
    while await _judge_once(app, review_id, viewer):
        await announce(app.bus, TABLE, review_id, last=True)


async def _judge_once(app: Any, review_id: UUID, viewer: AccountViewer) -> bool:
    async with _alone(app.database, review_id) as is_mine:
        review = await QualificationReview.get(id=review_id)
        if not is_mine or review.judging != Judging.RUNNING:
            return False
        county = await County.get(id=review.county_id)
        failure = None
        try:
            await _judge_all(app, county, review)
        except (PackFailed, PackTimeout) as error:
            failure = str(error)
        except Exception as error:
            failure = type(error).__name__
            log.error("a review failed", review=str(review_id), exc_info=error)
        await _end(viewer, review, failure)
    return True


async def _judge_all(app: Any, county: County, review: QualificationReview) -> None:
    after, review.judged = None, 0
    while found := await delegate_facts(county.id, review.quarter, after=after, at_most=BATCH):
        judged = await judge(app, county.code, found)
        so_far = review.judged + len(found)
        async with unit_of_work(statement_seconds=15):
            await keep_judged(app, county, review, found, judged)
            await QualificationReview.filter(id=review.id).update(judged=so_far)
        review.judged, after = so_far, found[-1][0]
        await announce(app.bus, TABLE, review.id)


async def _end(viewer: AccountViewer, review: QualificationReview, failure: str | None) -> None:
    async with unit_of_work():
        review.judging = (Judging.FAILED if failure else Judging.DONE).value
        review.failure = failure[:400] if failure else None
        if not failure:
            review.to_judge = review.judged  # delegates may have come and gone meanwhile
        await review.save(update_fields=["judging", "judged", "to_judge", "failure"])
        await append_audit(
            viewer,
            action="JUDGE_REVIEW",
            subject_type="QualificationReview",
            subject_id=review.id,
            county_id=review.county_id,
            detail={"quarter": review.quarter, "judged": review.judged, "failure": review.failure},
        )


@asynccontextmanager
async def _alone(database: Database, review_id: UUID) -> AsyncIterator[bool]:
    connection = await asyncpg.connect(**in_session(database.credentials))
    try:
        yield await connection.fetchval(
            "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"{TABLE}:{review_id}"
        )
    finally:
        await connection.close()
