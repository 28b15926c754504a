from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import federation

from resolvers import live, theme_days
from schema.context import Info
from schema.declare import field, root
from schema.enums import CheckInMethod, ThemeDayStatus
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date, DateTime

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations import Organization


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


@strawberry.type(description="What one side thought of a theme day (评价).")
class Evaluation:
    by: str = field("Which side (评价方).")
    score: float | None = field("Score (得分).")
    comment: str | None = field("Comment (评语).")


@strawberry.type(
    description="The rotating code that members scan to check in (签到码); for those who lead it."
)
class CheckInCode:
    svg: str = field("A QR code as SVG; its title is the code in letters.")
    expires_at: DateTime = field("When the next code takes its place.")


@federation.type(keys=["id"], description="A theme day (主题党日) of one organization.")
class ThemeDay:
    id: strawberry.ID = field("Key.")
    organization: Annotated["Organization", strawberry.lazy("schema.organizations")] | None = field(
        "Who holds it.", theme_days.organization
    )
    held_on: Date = field("The day (日期).")
    theme: str = field("Theme (主题).")
    status: ThemeDayStatus = field("Where it stands, by its date.", theme_days.status)
    agenda: list[AgendaItem] = field("Agenda (议程).", theme_days.agenda)
    outcomes: list[Outcome] = field("The six counters (六项统计).", theme_days.outcomes)
    evaluations: list[Evaluation] = field("Evaluations (评价).", theme_days.evaluations)
    expected_count: int = field(
        "Members of the organization, and those away whom it hosts (应到).", theme_days.expected_count
    )
    attendance_count: int = field("Who checked in (实到).", theme_days.attendance_count)
    attendance_rate: float | None = field(
        "Attendance by expected, 0 to 1 (参加率); null where nobody is expected.", theme_days.attendance_rate
    )
    attended: bool = field("Whether the reader himself checked in (本人已签到).", theme_days.attended)
    check_in_code: CheckInCode | None = field(
        "The code of this minute (签到码), for secretaries and offices, until the day is over.",
        theme_days.check_in_code_of,
    )

    @root("Who checked in (签到名单), newest first.", theme_days.attendances)
    def attendances(
        self, first: int, after: str | None = None
    ) -> Connection[Annotated["Attendance", strawberry.lazy("schema.theme_days")]]: ...


@strawberry.type(description="That a member took part in a theme day (签到).")
class Attendance:
    id: strawberry.ID = field("Key.")
    checked_in_at: DateTime = field("When (签到时间).")
    method: CheckInMethod | None = field(
        "How (签到方式); null when it came from the office's file.", theme_days.attendance_method
    )
    theme_day: ThemeDay | None = field("Which theme day.", theme_days.attendance_theme_day)
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Who.", theme_days.attendance_member
    )


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


@strawberry.input(description="A check-in (签到).")
class CheckInInput:
    theme_day_id: strawberry.ID = field("Which theme day.")
    method: CheckInMethod = field("How.")
    code: str | None = field("The code, for CODE.", default=None)
    member_id: strawberry.ID | None = field("Who, for BY_SECRETARY.", default=None)
    checked_in_at: DateTime | None = field("When, for one made offline; the same day only.", default=None)


@strawberry.type(description="The answer to CheckIn.")
class CheckInPayload:
    attendance: Attendance | None = field("The attendance, also when it stood already.", theme_days.recorded)
    theme_day: ThemeDay | None = field("The theme day with its new count.", theme_days.written)
    refusals: list[Refusal] = field("Why nobody was checked in.")


@strawberry.type(description="The live count of a theme day (实时签到).")
class ThemeDayAttendance:
    attendance_count: int = field("Who checked in so far (实到).", theme_days.attendance_count)
    expected_count: int = field("Who is expected (应到).", theme_days.expected_count)
    latest: Attendance | None = field("The newest check-in.", theme_days.latest_attendance)


@strawberry.type
class ThemeDayQuery:
    @root("A theme day by its id.", theme_days.theme_day)
    def theme_day(self, id: strawberry.ID) -> ThemeDay | None: ...


@strawberry.type
class ThemeDayMutation:
    @strawberry.mutation(description="Put a theme day on the calendar (安排主题党日).")
    async def schedule_theme_day(self, info: Info, input: ScheduleThemeDayInput) -> ScheduleThemeDayPayload:
        agenda = [{"kind": item.kind, "title": item.title} for item in input.agenda or []]
        return await theme_days.schedule_theme_day(
            info.context, str(input.organization_id), input.held_on, input.theme, agenda
        )

    @strawberry.mutation(
        description="Check in (签到): once for a member and theme day; a second time answers with the first."
    )
    async def check_in(self, info: Info, input: CheckInInput) -> CheckInPayload:
        return await theme_days.check_in(
            info.context,
            str(input.theme_day_id),
            input.method,
            input.code,
            str(input.member_id) if input.member_id else None,
            input.checked_in_at,
        )


@strawberry.type
class ThemeDaySubscription:
    @strawberry.subscription(
        description="The count of a theme day, now and at every check-in (实时签到); null, and the end, where "
        "the reader may not see it.",
        metadata={"source": theme_days.live_theme_day},
    )
    async def theme_day_attendance(
        self, info: Info, theme_day_id: strawberry.ID
    ) -> AsyncGenerator[ThemeDayAttendance | None, None]:
        async for event in live.events(info.context, "theme_day", str(theme_day_id)):
            yield event
