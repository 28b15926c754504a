from collections.abc import AsyncGenerator

import strawberry

from resolvers import live
from resolvers.delegates import qualification, reviews
from schema.context import Info
from schema.declare import field, root
from schema.delegates.qualification import QualificationCheck
from schema.enums import Judging, QualificationOutcome, ReviewStatus
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Quarter


@strawberry.type(description="How many checks come to an outcome.")
class OutcomeCount:
    outcome: QualificationOutcome = field("The outcome.")
    count: int = field("How many (数量).")


@strawberry.type(description="How far the judging of a review is (核查进度).")
class ReviewProgress:
    status: ReviewStatus = field("Where the review stands.", qualification.status)
    judging: Judging = field("How far the judging is.")
    judged: int = field("Delegates judged so far (已核查人数).")
    to_judge: int = field("Delegates to be judged (应核查人数).")
    failure: str | None = field("Why the judging stopped, and what to do (中断原因).", qualification.failure)


@strawberry.type(description="The quarterly check of a county's delegates (一季一析).")
class QualificationReview:
    id: strawberry.ID = field("Key.")
    quarter: Quarter = field("The quarter (季度).")
    status: ReviewStatus = field("Where it stands.", qualification.status)
    progress: ReviewProgress = field("How far the judging is (核查进度).", qualification.progress)
    check_count: int = field("Delegates checked (核查人数).", qualification.check_count)
    awaiting_clearance: int = field(
        "Delegates about whom an agency has not answered (待答复人数).", qualification.awaiting_clearance
    )
    overdue_clearances: int = field(
        "Requests that an agency has not answered in time (逾期未答复数).", qualification.overdue_clearances
    )
    stale_count: int = field(
        "Delegates whose facts have changed since they were judged, or who were not judged yet (待重新核查人数); "
        "opening the review again brings them up to date. Decided checks stay as the body saw them.",
        qualification.stale_count,
    )
    summary: list[OutcomeCount] = field("How many checks come to what (汇总).", qualification.summary)

    @root("The checks, at most 1,000 a page; `outcome` keeps those that come to it.", qualification.checks)
    def checks(
        self, first: int, after: str | None = None, outcome: list[QualificationOutcome] | None = None
    ) -> Connection[QualificationCheck]: ...


@strawberry.type(description="The answer to OpenQualificationReview.")
class OpenQualificationReviewPayload:
    review: QualificationReview | None = field("The review.", qualification.opened)
    refusals: list[Refusal] = field("Why it was not opened.")


@strawberry.type
class ReviewQuery:
    @root("The review of a county's delegates in a quarter, once it was opened.", qualification.review)
    def qualification_review(self, county: strawberry.ID, quarter: Quarter) -> QualificationReview | None: ...


@strawberry.type
class ReviewMutation:
    @strawberry.mutation(
        description="Open the review of a quarter, or bring it up to date (开展一季一析): asks the agencies and "
        "judges every delegate. Changes nobody's status. Up to 2,000 delegates are judged before the answer; of "
        "more the answer comes at once with `progress.judging` RUNNING, and `reviewProgress` tells how it goes on. "
        "Refused with NOT_ALLOWED, QUARTER_NOT_BEGUN, NO_DELEGATES, PACK_FAILED."
    )
    async def open_qualification_review(
        self, info: Info, county: strawberry.ID, quarter: Quarter
    ) -> OpenQualificationReviewPayload:
        return await reviews.open_review(info.context, str(county), quarter)


@strawberry.type
class ReviewSubscription:
    @strawberry.subscription(
        description="How far the judging of a review is, now and as it goes on, until it ends (核查进度). One whose "
        "server died stays RUNNING until somebody opens the review again, which takes it up.",
        metadata={"source": qualification.live_review},
    )
    async def review_progress(
        self, info: Info, review_id: strawberry.ID
    ) -> AsyncGenerator[ReviewProgress | None, None]:
        async for event in live.events(info.context, "qualification_review", str(review_id)):
            yield event
