"""Opening the quarterly review of delegates (一季一析): at once for a county, in the background for many."""

from typing import Any
from uuid import UUID

from models import County, QualificationReview
from models.choices import Judging
from plugins.errors import PackFailed, PackTimeout
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.delegates.facts import count_delegates, delegate_facts, first_day_of
from resolvers.delegates.jobs import judge_in_background
from resolvers.delegates.judging import judge, keep_judged
from resolvers.refusals import not_allowed, refused
from runtime.clock import now, today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

AT_ONCE = 2000
"""So many delegates are judged before the mutation answers, more of them in the background."""
WAITING_SECONDS = 20.0  # for somebody else who opens the same review at this moment


async def open_review(request: Request, county_code: str, quarter: str) -> Payload:
    """Open the review of a quarter: ask the agencies, gather the facts, judge every delegate.

    A review that stands is brought up to date: checks that a body has decided stay as they were judged.
    """
    viewer = who_asks(request)
    grant = viewer.may(Act.OPEN_REVIEW, county_code)
    if grant is None or grant.county_id is None:
        return {"review": None, "refusals": not_allowed()}
    if first_day_of(quarter) > today():
        rows = refused(
            "QUARTER_NOT_BEGUN",
            f"{quarter} 尚未开始, 请在该季度开始后开展。",
            f"{quarter} has not begun; open the review once it has.",
        )
        return {"review": None, "refusals": rows}
    county = await County.get(id=grant.county_id)
    delegates = await count_delegates(county.id, quarter)
    if not delegates:
        rows = refused(
            "NO_DELEGATES",
            "该县没有党代表名册, 请先导入党代表表。",
            "The county has no delegates; import their workbook first.",
        )
        return {"review": None, "refusals": rows}
    if delegates > AT_ONCE:
        review = await _begin(viewer, county, quarter, delegates)
        request.app.jobs.start(judge_in_background(request.app, review, viewer))
        return {"review": review, "refusals": []}
    try:
        review = await _judge_now(request.app, viewer, county, quarter)
    except (PackFailed, PackTimeout) as error:
        rows = refused(
            "PACK_FAILED",
            f"规则包运行失败, 没有登记任何结果, 请联系规则包维护人员: {error}",
            f"A rule pack failed and nothing was kept; tell those who maintain it: {error}",
        )
        return {"review": None, "refusals": rows}
    return {"review": review, "refusals": []}


async def _judge_now(app: Any, viewer: AccountViewer, county: County, quarter: str) -> UUID:
    found = await delegate_facts(county.id, quarter)
    judged = await judge(app, county.code, found)
    async with unit_of_work(WAITING_SECONDS, statement_seconds=30):
        review, is_new = await _review(viewer, county.id, quarter)
        changed = await keep_judged(app, county, review, found, judged)
        await _set(review, Judging.DONE, judged=len(found), to_judge=len(found))
        if is_new or changed:
            await append_audit(
                viewer,
                action="OPEN_REVIEW" if is_new else "REFRESH_REVIEW",
                subject_type="QualificationReview",
                subject_id=review.id,
                county_id=county.id,
                detail={"quarter": quarter, "checks": len(found), "changed": changed},
            )
    return review.id


async def _begin(viewer: AccountViewer, county: County, quarter: str, delegates: int) -> UUID:
    """The review, marked as running. One that runs already stays: the job finds out whether somebody is at it."""
    async with unit_of_work(WAITING_SECONDS):
        review, is_new = await _review(viewer, county.id, quarter)
        if is_new or review.judging != Judging.RUNNING:
            await _set(review, Judging.RUNNING, judged=0, to_judge=delegates)
            await append_audit(
                viewer,
                action="OPEN_REVIEW" if is_new else "REFRESH_REVIEW",
                subject_type="QualificationReview",
                subject_id=review.id,
                county_id=county.id,
                detail={"quarter": quarter, "delegates": delegates},
            )
    return review.id


async def _review(viewer: AccountViewer, county_id: UUID, quarter: str) -> tuple[QualificationReview, bool]:
    """The review of the quarter, locked, and whether it is new. Whoever else opens it waits for this one."""
    made = await connection().execute_query_dict(
        "INSERT INTO qualification_review (id, county_id, quarter, opened_at, opened_by_id) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (county_id, quarter) DO NOTHING RETURNING id",
        [new_id(), county_id, quarter, now(), viewer.account_id],
    )
    review = await QualificationReview.select_for_update().get(county_id=county_id, quarter=quarter)
    return review, bool(made)


async def _set(review: QualificationReview, judging: Judging, *, judged: int, to_judge: int) -> None:
    state = (judging.value, judged, to_judge, None)
    if (review.judging, review.judged, review.to_judge, review.failure) != state:
        review.judging, review.judged, review.to_judge, review.failure = state
        await review.save(update_fields=["judging", "judged", "to_judge", "failure"])
