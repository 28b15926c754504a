from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.training import courses
from resolvers.training import sessions as course_sessions
from schema.context import Info
from schema.declare import field, root
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization


@strawberry.type(description="A course (课程).")
class Course:
    id: strawberry.ID = field("Key.")
    title: str = field("Title (课程).")
    form: str = field("How it is held (形式): 集中培训, 网络学习 …")
    hours: float = field("What taking it whole counts (学时).")

    @root("When it is or was held (培训班次), newest first.", courses.sessions)
    def sessions(
        self, first: int, after: str | None = None
    ) -> Connection[Annotated["CourseSession", strawberry.lazy("schema.training.courses")]]: ...


@strawberry.type(description="One holding of a course (培训班次).")
class CourseSession:
    id: strawberry.ID = field("Key.")
    course: Course | None = field("The course.", course_sessions.course)
    started_on: Date = field("First day (开始日期).")
    ended_on: Date = field("Last day (结束日期).")
    place: str | None = field("Where (地点).")
    days: float = field("Whole days of training (天).")
    half_days: int = field("Half days of training (半天).")
    hours: float = field(
        "What it counts (学时): days and half days by the numbers of the county's rule pack, training.day_hours and "
        "training.half_day_hours (8 and 4 by default, a local custom that no national text sets); the course's "
        "hours where no days are given.",
        course_sessions.hours,
    )
    organizer: Annotated["Organization", strawberry.lazy("schema.organizations.organizations")] | None = (
        field("Who holds it (主办党组织).", course_sessions.organizer)
    )
    recorded_count: int = field(
        "How many records of it the reader sees (已登记人数).", course_sessions.recorded_count
    )


@strawberry.input(description="A course that is not in the list yet.")
class NewCourseInput:
    title: str = field("Title (课程), at most 120 characters.")
    hours: float = field("Hours (学时), over 0 and at most 1000.")
    form: str = field("How it is held (形式), at most 30 characters.")


@strawberry.input(description="A holding of a course; give `courseId` or `newCourse`.")
class ScheduleCourseInput:
    course_id: strawberry.ID | None = field("A course in the list.", default=None)
    new_course: NewCourseInput | None = field("A new course; one of the same title is used.", default=None)
    started_on: Date = field("First day (开始日期).")
    ended_on: Date = field("Last day (结束日期).")
    place: str | None = field("Where (地点), at most 120 characters.", default=None)
    days: float = field(
        "Whole days of training (天); never more than there are in the calendar.", default=0.0
    )
    half_days: int = field("Half days of training (半天).", default=0)
    organizer_id: strawberry.ID | None = field(
        "Which organization holds it (主办党组织), if one does.", default=None
    )


@strawberry.type(description="The answer to ScheduleCourse.")
class ScheduleCoursePayload:
    session: CourseSession | None = field("The holding.", course_sessions.scheduled)
    refusals: list[Refusal] = field("Why nothing was scheduled.")


@strawberry.type
class CourseQuery:
    @root(
        "The courses of a county by title (课程), at most 100 a page; `search` is a part of the title.",
        courses.courses,
    )
    def courses(
        self, county: strawberry.ID, first: int, after: str | None = None, search: str | None = None
    ) -> Connection[Course]: ...

    @root(
        "The holdings of a county's courses by their first day (培训班次), at most 100 a page; `from` leaves out "
        "those that began before.",
        course_sessions.course_sessions,
    )
    def course_sessions(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        since: Annotated[Date | None, strawberry.argument(name="from")] = None,
    ) -> Connection[CourseSession]: ...


@strawberry.type
class CourseMutation:
    @strawberry.mutation(
        description="Put a holding of a course on the calendar (安排培训班次). Its hours follow from the days by the "
        "county's rule pack and are never typed by hand. Refusals: NOT_ALLOWED, COURSE_MISSING, COURSE_UNNAMED, "
        "COURSE_NOT_FOUND, ORGANIZATION_NOT_FOUND, DATES_OUT_OF_ORDER, DAYS_OUT_OF_BOUNDS, HOURS_OUT_OF_BOUNDS, "
        "TEXT_TOO_LONG."
    )
    async def schedule_course(self, info: Info, input: ScheduleCourseInput) -> ScheduleCoursePayload:
        return await course_sessions.schedule_course(
            info.context,
            course_sessions.Planned(
                course_id=str(input.course_id) if input.course_id else None,
                new_course=course_given(input.new_course),
                started_on=input.started_on,
                ended_on=input.ended_on,
                place=input.place,
                days=input.days,
                half_days=input.half_days,
                organizer_id=str(input.organizer_id) if input.organizer_id else None,
            ),
        )


def course_given(new: NewCourseInput | None) -> dict[str, Any] | None:
    return {"title": new.title, "hours": new.hours, "form": new.form} if new else None
