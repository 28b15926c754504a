"""`dangjian review open`: the quarterly check from the command line."""

from typing import Any

from app import open_application
from commands.outcome import CommandRefused, tell, tell_json
from models import County
from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.compiler.request import Request
from resolvers.qualification import open_review
from runtime.database import connection, migrate
from runtime.postgres import database as running_database
from settings import Settings

SUMMARY = (
    "SELECT k.outcome, count(*) AS count FROM qualification_check k "
    "WHERE k.review_id = $1 GROUP BY k.outcome ORDER BY k.outcome"
)


async def open_review_now(settings: Settings, county_code: str, quarter: str, *, as_json: bool) -> None:
    async with running_database(settings) as credentials:
        await migrate(credentials)
        async with open_application(settings) as app:
            county = await County.get_or_none(code=county_code)
            if county is None:
                raise CommandRefused(f"there is no county {county_code}; import its files first")
            # Who may run the command may do what the county's office may; the audit names the command.
            operator = AccountViewer(
                display_name="dangjian review open", grants=(Grant(Role.OFFICE, county.id, county_code),)
            )
            request = Request(viewer=operator, rules=app.rules.of(county_code), app=app)
            answer = await open_review(request, county_code, quarter)
            if answer["refusals"]:
                raise CommandRefused("; ".join(refusal["message"] for refusal in answer["refusals"]))
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
