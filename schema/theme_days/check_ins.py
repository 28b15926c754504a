from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import live
from resolvers.theme_days import check_ins, theme_days
from schema.context import Info
from schema.declare import field
from schema.enums import CheckInMethod
from schema.refusals import Refusal
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.members import Member
    from schema.theme_days.theme_days import ThemeDay

LazyThemeDay = Annotated["ThemeDay", strawberry.lazy("schema.theme_days.theme_days")]


@strawberry.type(
    description="The rotating code that members scan to check in (签到码); for those who lead it."
)
class CheckInCode:
    svg: str = field("A QR code as SVG; its title is the code in letters.")
    expires_at: DateTime = field("When the next code takes its place.")


@strawberry.type(description="That a member took part in a theme day (签到).")
class Attendance:
    id: strawberry.ID = field("Key.")
    checked_in_at: DateTime = field("When (签到时间).")
    method: CheckInMethod | None = field(
        "How (签到方式); null when it came from the office's file.", check_ins.attendance_method
    )
    hours: float = field("Hours of training that it counts for (计入学时).")
    theme_day: LazyThemeDay | None = field("Which theme day.", check_ins.attendance_theme_day)
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Who.", check_ins.attendance_member
    )


@strawberry.input(description="A check-in (签到).")
class CheckInInput:
    theme_day_id: strawberry.ID = field("Which theme day.")
    method: CheckInMethod = field("How.")
    code: str | None = field("The code, for CODE.", default=None)
    member_id: strawberry.ID | None = field("Who, for BY_SECRETARY.", default=None)
    checked_in_at: DateTime | None = field(
        "When, for one made offline: a moment of the theme day. A CODE may be sent some days later, 3 where the county "
        "sets nothing stricter (补传), with the code of that minute.",
        default=None,
    )


@strawberry.type(description="The answer to CheckIn.")
class CheckInPayload:
    attendance: Attendance | None = field("The attendance, also when it stood already.", check_ins.recorded)
    theme_day: LazyThemeDay | None = field("The theme day with its new count.", check_ins.theme_day)
    refusals: list[Refusal] = field("Why nobody was checked in.")


@strawberry.type(description="The answer to WithdrawCheckIn.")
class WithdrawCheckInPayload:
    theme_day: LazyThemeDay | None = field("The theme day with its new count.", check_ins.theme_day)
    refusals: list[Refusal] = field(
        "Why nothing was withdrawn: ATTENDANCE_NOT_FOUND, REASON_MISSING (at most 200 characters)."
    )


@strawberry.type(description="The live count of a theme day (实时签到).")
class ThemeDayAttendance:
    attendance_count: int = field("Who checked in so far (实到).", theme_days.attendance_count)
    expected_count: int = field("Who is expected (应到).", theme_days.expected_count)
    latest: Attendance | None = field("The newest check-in.", check_ins.latest_attendance)


@strawberry.type
class CheckInMutation:
    @strawberry.mutation(
        description="Check in (签到): once for a member and theme day; a second time answers with the first. "
        "Exempt members may check in, too. Refusals: THEME_DAY_NOT_FOUND, NOT_EXPECTED, TOO_EARLY, TOO_LATE, "
        "IN_THE_FUTURE, CODE_INVALID, ONLINE_FOR_THOSE_AWAY (where the county's rule pack says so)."
    )
    async def check_in(self, info: Info, input: CheckInInput) -> CheckInPayload:
        return await check_ins.check_in(
            info.context,
            str(input.theme_day_id),
            input.method,
            input.code,
            str(input.member_id) if input.member_id else None,
            input.checked_in_at,
        )

    @strawberry.mutation(
        description="Take back a mistaken check-in (撤回签到), for those who lead the organization that held the "
        "theme day; the audit trail keeps it."
    )
    async def withdraw_check_in(
        self, info: Info, attendance_id: strawberry.ID, reason: str
    ) -> WithdrawCheckInPayload:
        return await check_ins.withdraw_check_in(info.context, str(attendance_id), reason)


@strawberry.type
class CheckInSubscription:
    @strawberry.subscription(
        description="The count of a theme day, now and at every check-in (实时签到); null, and the end, where "
        "the reader may not see it.",
        metadata={"source": check_ins.live_theme_day},
    )
    async def theme_day_attendance(
        self, info: Info, theme_day_id: strawberry.ID
    ) -> AsyncGenerator[ThemeDayAttendance | None, None]:
        async for event in live.events(info.context, "theme_day", str(theme_day_id)):
            yield event
