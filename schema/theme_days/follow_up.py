from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.theme_days import evaluations as theme_day_evaluations
from resolvers.theme_days import follow_up as theme_day_follow_up
from schema.context import Info
from schema.declare import field
from schema.enums import OutcomeKind
from schema.refusals import Finding, Refusal

if TYPE_CHECKING:
    from schema.theme_days.theme_days import ThemeDay

LazyThemeDay = Annotated["ThemeDay", strawberry.lazy("schema.theme_days.theme_days")]


@strawberry.type(
    description="What one side thought of a theme day (评价). The members' answers are one, without names; the others "
    "stand for themselves."
)
class Evaluation:
    by: str = field("Which side (评价方): branch, members, superior, or a county's own.")
    label: str = field("The side in the rule pack's words: 支部自评, 党员互评, 上级点评.")
    score: float | None = field("Score, 0 to 100 (得分); of the members the average, to a hundredth.")
    comment: str | None = field(
        "Comment (评语). Those of members stand together, without names and only from three answers on."
    )
    count: int = field("How many answers it is made of (评价人数).")


@strawberry.input(description="A counter of a theme day (成果统计).")
class OutcomeInput:
    kind: OutcomeKind = field("Which counter.")
    count: int = field("How many, 0 to 100,000 (数量).")


@strawberry.input(description="What took place at a theme day (活动纪实); what is left out stays as it is.")
class RecordThemeDayInput:
    theme_day_id: strawberry.ID = field("Which theme day, today's or a past one.")
    agenda_done: list[str] | None = field(
        "The kinds of the agenda's items that took place (已完成的议程): all of them, the others count as not done.",
        default=None,
    )
    outcomes: list[OutcomeInput] | None = field("Counters; those left out stay (六项统计).", default=None)
    study_hours: float | None = field(
        "Hours of training for everybody who took part, 0 to 24 (学时); they change with it.", default=None
    )
    version: int | None = field("The version that was read; refuses when another came since.", default=None)


@strawberry.type(description="The answer to RecordThemeDay.")
class RecordThemeDayPayload:
    theme_day: LazyThemeDay | None = field("The theme day.", theme_day_follow_up.written)
    findings: list[Finding] = field(
        "AGENDA_ITEM_NOT_DONE for each required item that did not take place (必备议程未完成)."
    )
    refusals: list[Refusal] = field(
        "Why nothing was recorded: THEME_DAY_NOT_FOUND, TOO_EARLY, AGENDA_ITEM_UNKNOWN, OUTCOMES_REFUSED, "
        "STUDY_HOURS_OUT_OF_BOUNDS, CHANGED_MEANWHILE."
    )


@strawberry.input(description="What one side thinks of a theme day (评价): a score, a comment, or both.")
class EvaluateThemeDayInput:
    theme_day_id: strawberry.ID = field("Which theme day, today's or a past one.")
    side: str = field(
        "For whom: `branch` by its secretary, `members` by who takes part there, `superior` by who stands above; the "
        "office may speak for the branch and the superior. A county's own side is for those who lead."
    )
    score: float | None = field("Score, 0 to 100 (得分).", default=None)
    comment: str | None = field("Comment, at most 400 characters (评语).", default=None)


@strawberry.type(description="The answer to EvaluateThemeDay.")
class EvaluateThemeDayPayload:
    theme_day: LazyThemeDay | None = field("The theme day.", theme_day_evaluations.evaluated)
    refusals: list[Refusal] = field(
        "Why nothing was kept: THEME_DAY_NOT_FOUND, SIDE_UNKNOWN, NOT_YOUR_SIDE, TOO_EARLY, EVALUATION_EMPTY, "
        "SCORE_OUT_OF_BOUNDS, TEXT_TOO_LONG."
    )


@strawberry.type
class ThemeDayFollowUpMutation:
    @strawberry.mutation(
        description="Record what took place at a theme day (登记开展情况); again to correct. Required items "
        "that did not take place are findings."
    )
    async def record_theme_day(self, info: Info, input: RecordThemeDayInput) -> RecordThemeDayPayload:
        counted = input.outcomes
        return await theme_day_follow_up.record_theme_day(
            info.context,
            str(input.theme_day_id),
            input.agenda_done,
            None if counted is None else [(outcome.kind.value, outcome.count) for outcome in counted],
            input.study_hours,
            input.version,
        )

    @strawberry.mutation(
        description="Evaluate a theme day (三评), once for an account and side; a second time replaces the first."
    )
    async def evaluate_theme_day(self, info: Info, input: EvaluateThemeDayInput) -> EvaluateThemeDayPayload:
        return await theme_day_evaluations.evaluate_theme_day(
            info.context, str(input.theme_day_id), input.side, input.score, input.comment
        )
