from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.training import corrections as training_corrections
from resolvers.training import records as training_records
from resolvers.training.taken_courses import Taken
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal
from schema.scalars import Date
from schema.training.courses import Course, NewCourseInput, course_given
from schema.training.training import TrainingRecord

if TYPE_CHECKING:
    from schema.members import Member


@strawberry.input(description="The time that a member really spent (实际学时).")
class HoursSpentInput:
    member_id: strawberry.ID = field("Who; one of those recorded for.")
    hours: float = field("Hours (学时), 0 to 1000.")


@strawberry.input(
    description="A course taken by many; give `courseId`, `newCourse` or `sessionId`, and `memberIds` or "
    "`organizationId`."
)
class RecordTrainingInput:
    course_id: strawberry.ID | None = field("A course in the list.", default=None)
    new_course: NewCourseInput | None = field("A new course; one of the same title is used.", default=None)
    session_id: strawberry.ID | None = field(
        "A holding (培训班次): its course, its first day and its days count.", default=None
    )
    completed_on: Date = field("When it was completed (日期).")
    started_on: Date | None = field("First day of a course over several days (开始日期).", default=None)
    days: float | None = field(
        "Whole days of training (天). With days or half days the hours are converted by the numbers of the county's "
        "rule pack (training.day_hours, training.half_day_hours: 8 and 4 by default, a half day is 4 hours) and "
        "never typed by hand; without them the course's hours count.",
        default=None,
    )
    half_days: int | None = field("Half days of training (半天).", default=None)
    member_ids: list[strawberry.ID] | None = field("Who took it, at most 500.", default=None)
    organization_id: strawberry.ID | None = field(
        "All members whose home this organization is took it (全体党员), at most 500.", default=None
    )
    hours_spent: list[HoursSpentInput] | None = field(
        "The time really spent, of those of whom it was kept (实际学时); less than the course's hours counts as less.",
        default=None,
    )


@strawberry.type(description="The answer to RecordTraining.")
class RecordTrainingPayload:
    recorded: int = field("How many records are new (新登记数).")
    course: Course | None = field("The course.", training_records.recorded_course)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type(description="The answer to CorrectTrainingRecord.")
class CorrectTrainingRecordPayload:
    record: TrainingRecord | None = field("The record as it is now.", training_corrections.corrected)
    refusals: list[Refusal] = field("Why nothing was corrected.")


@strawberry.type(description="The answer to WithdrawTrainingRecord.")
class WithdrawTrainingRecordPayload:
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Whose record it was.", training_corrections.withdrawn_from
    )
    refusals: list[Refusal] = field("Why nothing was withdrawn.")


@strawberry.type
class TrainingMutation:
    @strawberry.mutation(
        description="Record a course for many members at once (批量登记培训), all or none; who has it already on that "
        "day keeps the first record. Refusals: COURSE_MISSING, COURSE_UNNAMED, COURSE_NOT_FOUND, SESSION_NOT_FOUND, "
        "OUTSIDE_THE_SESSION, TEXT_TOO_LONG, HOURS_OUT_OF_BOUNDS, DAYS_OUT_OF_BOUNDS, DATES_OUT_OF_ORDER, "
        "IN_THE_FUTURE, TOO_MANY_MEMBERS, MEMBERS_NAMED_TWICE, MEMBER_NOT_FOUND, ORGANIZATION_NOT_FOUND, "
        "NOT_AMONG_THE_MEMBERS, SEVERAL_COUNTIES."
    )
    async def record_training(self, info: Info, input: RecordTrainingInput) -> RecordTrainingPayload:
        return await training_records.record_training(
            info.context,
            Taken(
                completed_on=input.completed_on,
                course_id=str(input.course_id) if input.course_id else None,
                new_course=course_given(input.new_course),
                session_id=str(input.session_id) if input.session_id else None,
                started_on=input.started_on,
                days=input.days,
                half_days=input.half_days,
                member_ids=None if input.member_ids is None else [str(one) for one in input.member_ids],
                organization_id=str(input.organization_id) if input.organization_id else None,
                hours_spent=[(str(one.member_id), one.hours) for one in input.hours_spent or ()],
            ),
        )

    @strawberry.mutation(
        description="Correct a training record (更正培训记录): what is given of hours, day and time spent takes the "
        "place of what was, which the audit trail keeps with the reason (1 to 400 characters). Refusals: "
        "RECORD_NOT_FOUND, NOTHING_CHANGED, ALREADY_RECORDED, DATES_OUT_OF_ORDER, IN_THE_FUTURE, "
        "HOURS_OUT_OF_BOUNDS, REASON_MISSING."
    )
    async def correct_training_record(
        self,
        info: Info,
        id: strawberry.ID,
        reason: str,
        hours: float | None = None,
        completed_on: Date | None = None,
        hours_spent: float | None = None,
    ) -> CorrectTrainingRecordPayload:
        return await training_corrections.correct_training_record(
            info.context, str(id), hours, completed_on, hours_spent, reason
        )

    @strawberry.mutation(
        description="Withdraw a training record that should not be there (撤回培训记录); the audit trail keeps it with "
        "the reason (1 to 400 characters). Refusals: RECORD_NOT_FOUND, REASON_MISSING."
    )
    async def withdraw_training_record(
        self, info: Info, id: strawberry.ID, reason: str
    ) -> WithdrawTrainingRecordPayload:
        return await training_corrections.withdraw_training_record(info.context, str(id), reason)
