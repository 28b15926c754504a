"""`dangjian review open` and `review replay`: the quarterly check from the command line."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app import open_application
from commands.outcome import CommandRefused, tell, tell_json
from models import County, QualificationReview
from models.choices import Judging, Role
from resolvers.access import AccountViewer, Grant
from resolvers.application import Application
from resolvers.compiler.request import Request
from resolvers.delegates.replay import Replayed, differences, replay_review, versions
from resolvers.delegates.reviews import open_review
from runtime.database import connection, migrate
from runtime.postgres import database as running_database
from settings import Settings

SUMMARY = (
    "SELECT k.outcome, count(*) AS count FROM qualification_check k "
    "WHERE k.review_id = $1 GROUP BY k.outcome ORDER BY k.outcome"
)
LOOK_SECONDS = 0.2  # at the review's row, since another process may be judging it
SHOWN_DIFFERENCES = 50
console = Console(stderr=True)


async def open_review_now(settings: Settings, county_code: str, quarter: str, *, as_json: bool) -> None:
    async with _county(settings, county_code) as (app, county):
        # Who may run the command may do what the county's office may; the audit names the command.
        operator = AccountViewer(
            display_name="dangjian review open", grants=(Grant(Role.OFFICE, county.id, county_code),)
        )
        request = Request(viewer=operator, rules=app.rules.of(county_code), app=app)
        answer = await open_review(request, county_code, quarter)
        if answer["refusals"]:
            raise CommandRefused("; ".join(refusal["message"] for refusal in answer["refusals"]))
        await _follow(answer["review"], quietly=as_json)
        counts: list[dict[str, Any]] = await connection().execute_query_dict(SUMMARY, [answer["review"]])
    summary = {row["outcome"]: row["count"] for row in counts}
    if as_json:
        tell_json(
            {
                "review": answer["review"],
                "quarter": quarter,
                "checks": sum(summary.values()),
                "summary": summary,
            }
        )
        return
    tell(f"{county.name} {quarter}: {sum(summary.values())} delegates checked")
    for outcome, count in summary.items():
        tell(f"  {outcome}: {count}")


async def replay_review_now(settings: Settings, county_code: str, quarter: str, *, as_json: bool) -> None:
    """Says how many checks give the same findings as they were kept, and which differ."""
    differing: list[Replayed] = []
    same, kept_by = 0, Counter[str]()
    async with _county(settings, county_code) as (app, county):
        if not await QualificationReview.exists(county_id=county.id, quarter=quarter):
            raise CommandRefused(f"there is no review of {quarter} in county {county_code}; open it first")
        async for one in replay_review(app, county, quarter):
            kept_by.update(versions(one.kept))
            same += one.is_same
            if not one.is_same:
                differing.append(one)
    if as_json:
        tell_json(
            {
                "quarter": quarter,
                "checks": same + len(differing),
                "same": same,
                "kept_by": dict(kept_by),
                "differing": [
                    {"check": one.check_id, "delegate": one.name, "differences": differences(one)}
                    for one in differing
                ],
            }
        )
        return
    tell(f"{county.name} {quarter}: {same + len(differing)} checks replayed, {same} the same")
    for version, count in sorted(kept_by.items()):
        tell(f"  findings of {version} in {count} checks")
    for one in differing[:SHOWN_DIFFERENCES]:
        tell(f"  differs: {one.name} ({one.check_id})")
        for line in differences(one):
            tell(f"    {line}")
    if len(differing) > SHOWN_DIFFERENCES:
        tell(f"  … and {len(differing) - SHOWN_DIFFERENCES} more (--json tells all)")


@asynccontextmanager
async def _county(settings: Settings, county_code: str) -> AsyncIterator[tuple[Application, County]]:
    async with running_database(settings) as credentials:
        await migrate(credentials, settings.keyring())
        async with open_application(settings) as app:
            county = await County.get_or_none(code=county_code)
            if county is None:
                raise CommandRefused(f"there is no county {county_code}; import its files first")
            yield app, county


async def _follow(review_id: UUID, *, quietly: bool) -> None:
    """Until the judging has ended: what is judged in the background goes on in this process, or in a server."""
    with _showing(quietly=quietly) as show:
        while (review := await QualificationReview.get(id=review_id)).judging == Judging.RUNNING:
            show(review)
            await asyncio.sleep(LOOK_SECONDS)
        show(review)
    if review.failure is not None:
        raise CommandRefused(
            f"the judging stopped after {review.judged} of {review.to_judge}: {review.failure}"
        )


@contextmanager
def _showing(*, quietly: bool) -> Iterator[Callable[[QualificationReview], None]]:
    """A bar on a terminal; elsewhere a line for each tenth, unless `quietly`."""
    if not console.is_terminal:
        told = 0

        def tell_tenths(review: QualificationReview) -> None:
            nonlocal told
            tenth = review.judged * 10 // max(review.to_judge, 1)
            if review.judging == Judging.RUNNING and tenth > told and not quietly:
                told = tenth
                tell(f"{review.judged} of {review.to_judge} delegates judged")

        yield tell_tenths
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task("delegates judged")

        def show(review: QualificationReview) -> None:
            bars.update(task, completed=review.judged, total=max(review.to_judge, 1))

        yield show
