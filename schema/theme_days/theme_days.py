from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import federation

from resolvers.theme_days import check_in_codes, check_ins, theme_days
from resolvers.theme_days import evaluations as theme_day_evaluations
from resolvers.theme_days import problems as theme_day_problems
from schema.context import Info
from schema.declare import field, root
from schema.enums import ThemeDayStatus
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date, YearMonth
from schema.theme_days.check_ins import Attendance, CheckInCode
from schema.theme_days.follow_up import Evaluation
from schema.theme_days.problems import ThemeDayProblem

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization

LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]


@strawberry.type(description="An item of a theme day's agenda (议程).")
class AgendaItem:
    kind: str = field("For programs: what kind of item.")
    title: str | None = field("Title (内容).")
    required: bool = field("Whether the rule pack requires it (必备).")
    done: bool = field("Whether it took place (已完成).")


@strawberry.type(description="One of the counters of a theme day (成果统计).")
class Outcome:
    kind: str = field(
        "LECTURES 讲党课, DELIBERATIONS 民主议事, OPEN_AFFAIRS 公开办事, VOLUNTEER_SERVICES 志愿服务, "
        "PRACTICAL_DEEDS 办实事好事, SUGGESTIONS 收集意见建议."
    )
    count: int = field("How many (数量).")


@strawberry.type(
    description="What has to be settled before a theme day (四定). Sources name 四定 and do not define it: the items "
    "are the rule pack's."
)
class SettledItem:
    key: str = field("For programs: held_on, theme, agenda, participants, or a county's own.")
    label: str = field("The item (事项).")
    is_settled: bool | None = field("Whether it is settled (是否已定); null where the system cannot tell.")


@federation.type(keys=["id"], description="A theme day (主题党日) of one organization.")
class ThemeDay:
    id: strawberry.ID = field("Key.")
    organization: LazyOrganization | None = field("Who holds it.", theme_days.organization)
    held_on: Date = field("The day (日期).")
    theme: str = field("Theme (主题).")
    status: ThemeDayStatus = field("Where it stands, by its date.", theme_days.status)
    agenda: list[AgendaItem] = field("Agenda (议程).", theme_days.agenda)
    settled: list[SettledItem] = field("What has to be settled before (四定).", theme_days.settled)
    outcomes: list[Outcome] = field("The six counters (六项统计).", theme_days.outcomes)
    evaluations: list[Evaluation] = field("Evaluations (三评).", theme_day_evaluations.evaluations)
    study_hours: float = field("Hours of training for those who took part (学时), 0 to 24.")
    version: int = field("Grows with every change; give it back with a change so that none is lost (版本号).")
    expected_count: int = field(
        "Members of the organization and those attached to it, without those of whom no firm demand is made "
        "(应到; 党员教育管理工作条例第二十三条).",
        theme_days.expected_count,
    )
    attendance_count: int = field("Who checked in, expected or not (实到).", theme_days.attendance_count)
    attendance_rate: float | None = field(
        "Of those expected the share who came, 0 to 1 (参加率); null where nobody is expected.",
        theme_days.attendance_rate,
    )
    attended: bool = field("Whether the reader himself checked in (本人已签到).", check_ins.attended)
    check_in_code: CheckInCode | None = field(
        "The code of this minute (签到码), for secretaries and offices, until the day is over.",
        check_in_codes.check_in_code_of,
    )

    @root("Who checked in (签到名单), newest first.", check_ins.attendances)
    def attendances(self, first: int, after: str | None = None) -> Connection[Attendance]: ...

    @root(
        "Problems found there (突出问题), newest first: for those who lead and the auditor.",
        theme_day_problems.of_theme_day,
    )
    def problems(self, first: int, after: str | None = None) -> Connection[ThemeDayProblem]: ...


@strawberry.input(description="An item for the agenda.")
class AgendaItemInput:
    kind: str = field("What kind of item.")
    title: str | None = field("Title (内容).", default=None)


@strawberry.input(description="A theme day to schedule.")
class ScheduleThemeDayInput:
    organization_id: strawberry.ID = field("Who holds it.")
    held_on: Date = field("The day, today or later (日期).")
    theme: str = field("Theme (主题), at most 200 characters.")
    agenda: list[AgendaItemInput] | None = field(
        "Agenda; what the rule pack requires is added (议程).", default=None
    )


@strawberry.type(description="The answer to ScheduleThemeDay.")
class ScheduleThemeDayPayload:
    theme_day: ThemeDay | None = field("The theme day.", theme_days.written)
    refusals: list[Refusal] = field("Why it was not scheduled.")


@strawberry.input(description="What to change of a theme day that has not come.")
class AmendThemeDayInput:
    theme_day_id: strawberry.ID = field("Which theme day.")
    theme: str | None = field("The new theme (主题), at most 200 characters.", default=None)
    agenda: list[AgendaItemInput] | None = field(
        "The whole new agenda (议程), at most 30 items; what the rule pack requires is added.", default=None
    )
    version: int | None = field("The version that was read; refuses when another came since.", default=None)


@strawberry.type(description="The answer to AmendThemeDay.")
class AmendThemeDayPayload:
    theme_day: ThemeDay | None = field("The theme day.", theme_days.written)
    refusals: list[Refusal] = field(
        "Why it stays: THEME_DAY_NOT_FOUND, THEME_MISSING, AGENDA_REFUSED, TOO_LATE, CHANGED_MEANWHILE."
    )


@strawberry.type(description="The answer to CancelThemeDay.")
class CancelThemeDayPayload:
    organization: LazyOrganization | None = field("Whose theme day it was.", theme_days.cancelled_of)
    refusals: list[Refusal] = field(
        "Why it stays: THEME_DAY_NOT_FOUND, REASON_MISSING (at most 200 characters), TOO_LATE, "
        "SOMEBODY_CHECKED_IN."
    )


@strawberry.type
class ThemeDayQuery:
    @root("A theme day by its id.", theme_days.theme_day)
    def theme_day(self, id: strawberry.ID) -> ThemeDay | None: ...

    @root(
        "The theme days of a county (主题党日), newest first, at most 100 a page; of one organization, of a month, by "
        "where they stand.",
        theme_days.theme_days,
    )
    def theme_days(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        organization: strawberry.ID | None = None,
        month: YearMonth | None = None,
        status: list[ThemeDayStatus] | None = None,
    ) -> Connection[ThemeDay]: ...


@strawberry.type
class ThemeDayMutation:
    @strawberry.mutation(description="Put a theme day on the calendar (安排主题党日).")
    async def schedule_theme_day(self, info: Info, input: ScheduleThemeDayInput) -> ScheduleThemeDayPayload:
        return await theme_days.schedule_theme_day(
            info.context, str(input.organization_id), input.held_on, input.theme, _items(input.agenda) or []
        )

    @strawberry.mutation(description="Change the theme or the agenda before the day (修改主题党日).")
    async def amend_theme_day(self, info: Info, input: AmendThemeDayInput) -> AmendThemeDayPayload:
        return await theme_days.amend_theme_day(
            info.context, str(input.theme_day_id), input.theme, _items(input.agenda), input.version
        )

    @strawberry.mutation(
        description="Take a theme day off the calendar (取消主题党日), as long as it is not past and nobody checked "
        "in; the audit trail keeps what it said."
    )
    async def cancel_theme_day(self, info: Info, id: strawberry.ID, reason: str) -> CancelThemeDayPayload:
        return await theme_days.cancel_theme_day(info.context, str(id), reason)


def _items(agenda: list[AgendaItemInput] | None) -> list[dict[str, str | None]] | None:
    return None if agenda is None else [{"kind": item.kind, "title": item.title} for item in agenda]
