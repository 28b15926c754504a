from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.theme_days import problems as theme_day_problems
from schema.context import Info
from schema.declare import field, root
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.theme_days.theme_days import ThemeDay


@strawberry.type(description="A problem found at a theme day (突出问题), and what became of it (整改).")
class ThemeDayProblem:
    id: strawberry.ID = field("Key.")
    theme_day: Annotated["ThemeDay", strawberry.lazy("schema.theme_days.theme_days")] | None = field(
        "Where it was found.", theme_day_problems.theme_day
    )
    aspect: str = field("What it is about (方面), in the branch's words.")
    description: str = field("The problem (问题).")
    responsible: str | None = field("Who puts it right (责任人).")
    found_on: Date = field("When it was found (发现日期).")
    due_on: Date | None = field("Until when (整改期限).")
    resolved_on: Date | None = field("When it was put right (整改完成日期); null while it is open.")
    resolution: str | None = field("How it was put right (整改情况).")
    overdue: bool = field("Open, and the time limit is past (是否逾期).", theme_day_problems.overdue)


@strawberry.type(description="A county's problems of a year (问题整改统计): those that the reader sees.")
class ProblemSummary:
    aspect_count: int = field("Different aspects (方面数).")
    problem_count: int = field("Problems found in the year (问题数).")
    resolved_count: int = field("Of these, put right until now (已整改数).")


@strawberry.input(description="A problem to record (问题).")
class RecordProblemInput:
    theme_day_id: strawberry.ID = field("Where it was found: a theme day of today or before.")
    aspect: str = field(
        "What it is about (方面), at most 60 characters; equal words are counted as one aspect."
    )
    description: str = field("The problem (问题), at most 400 characters.")
    responsible: str | None = field("Who puts it right (责任人), at most 120 characters.", default=None)
    due_on: Date | None = field("Until when (整改期限), today or later.", default=None)


@strawberry.type(description="The answer to RecordProblem and ResolveProblem.")
class ProblemPayload:
    problem: ThemeDayProblem | None = field("The problem.", theme_day_problems.written)
    refusals: list[Refusal] = field(
        "Why nothing was written: THEME_DAY_NOT_FOUND, PROBLEM_NOT_FOUND, TEXT_REFUSED, TOO_EARLY, DUE_IN_THE_PAST, "
        "DATE_REFUSED, ALREADY_RESOLVED."
    )


@strawberry.type
class ThemeDayProblemQuery:
    @root(
        "Problems found at the theme days of a county (问题清单), newest first, at most 100 a page: all, those open, "
        "or those overdue.",
        theme_day_problems.problems,
    )
    def theme_day_problems(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        open_only: bool = False,
        overdue_only: bool = False,
    ) -> Connection[ThemeDayProblem]: ...


@strawberry.type
class ThemeDayProblemMutation:
    @strawberry.mutation(description="Record a problem found at a theme day (登记问题).")
    async def record_problem(self, info: Info, input: RecordProblemInput) -> ProblemPayload:
        return await theme_day_problems.record_problem(
            info.context,
            str(input.theme_day_id),
            input.aspect,
            input.description,
            input.responsible,
            input.due_on,
        )

    @strawberry.mutation(
        description="Record that a problem was put right (整改销号), with how, at most 400 characters."
    )
    async def resolve_problem(
        self, info: Info, id: strawberry.ID, resolved_on: Date, resolution: str
    ) -> ProblemPayload:
        return await theme_day_problems.resolve_problem(info.context, str(id), resolved_on, resolution)
