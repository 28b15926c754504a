import strawberry

from resolvers import training
from schema.context import Info
from schema.declare import field, root
from schema.pages import Connection
from schema.refusals import Finding, Refusal
from schema.scalars import Date


@strawberry.type(description="A course (课程).")
class Course:
    id: strawberry.ID = field("Key.")
    title: str = field("Title (课程).")
    form: str = field("How it is held (形式): 集中培训, 网络学习 …")
    hours: float = field("What taking it whole counts (学时).")


@strawberry.type(description="Hours that a member completed (培训记录).")
class TrainingRecord:
    id: strawberry.ID = field("Key.")
    completed_on: Date = field("When (日期).")
    hours: float = field("Hours (学时).")
    form: str = field("How (形式).")
    course: Course | None = field("The course.", training.course)


@strawberry.type(description="The hours of a member in one calendar year (年度学时).")
class TrainingYear:
    year: int = field("The year.")
    required_hours: float = field(
        "What the rule packs ask for (应完成学时): 32 for members, 56 for secretaries; the 56 hours stand in the "
        "training plan 2019-2023, not in the regulation."
    )
    completed_hours: float = field("What was completed (已完成学时).")
    shortfall_hours: float = field("What is missing (缺少学时).", training.shortfall_hours)
    met: bool = field("Whether nothing is missing (是否达标).", training.met)
    findings: list[Finding] = field("What the rule packs find (规则检查).", training.findings)

    @root("The records of the year (培训记录), newest first.", training.records)
    def records(self, first: int, after: str | None = None) -> Connection[TrainingRecord]: ...


@strawberry.input(description="A course that is not in the list yet.")
class NewCourseInput:
    title: str = field("Title (课程).")
    hours: float = field("Hours (学时), over 0 and at most 1000.")
    form: str = field("How it is held (形式).")


@strawberry.input(description="A course taken by many; give `courseId` or `newCourse`.")
class RecordTrainingInput:
    course_id: strawberry.ID | None = field("A course in the list.", default=None)
    new_course: NewCourseInput | None = field("A new course; one of the same title is used.", default=None)
    completed_on: Date = field("When it was completed (日期).")
    member_ids: list[strawberry.ID] = field("Who took it, at most 500.")


@strawberry.type(description="The answer to RecordTraining.")
class RecordTrainingPayload:
    recorded: int = field("How many records are new (新登记数).")
    course: Course | None = field("The course.", training.recorded_course)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class TrainingMutation:
    @strawberry.mutation(description="Record a course for many members at once (批量登记培训).")
    async def record_training(self, info: Info, input: RecordTrainingInput) -> RecordTrainingPayload:
        new = input.new_course
        return await training.record_training(
            info.context,
            str(input.course_id) if input.course_id else None,
            {"title": new.title, "hours": new.hours, "form": new.form} if new else None,
            input.completed_on,
            [str(one) for one in input.member_ids],
        )
