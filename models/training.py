from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class Course(Model):
    """A course (课程) of a county; `hours` is what taking it whole counts (学时), `form` how it is held."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    title = fields.CharField(max_length=120)
    form = fields.CharField(max_length=30)
    hours = fields.FloatField()

    class Meta:
        table = "course"
        constraints = (
            UniqueConstraint(fields=("county_id", "title"), name="course_title_unique"),
            CheckConstraint(check="title <> '' AND form <> ''", name="course_named"),
            CheckConstraint(check="hours > 0 AND hours <= 1000", name="course_hours_in_bounds"),
        )


class CourseSession(Model):
    """One holding of a course (培训班次), over one day or several; `days` and `half_days` are converted to hours."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    course: fields.ForeignKeyRelation["Course"] = fields.ForeignKeyField(
        "models.Course", on_delete=fields.RESTRICT, related_name=False
    )
    course_id: UUID
    organizer: fields.ForeignKeyNullableRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    organizer_id: UUID | None
    started_on = fields.DateField()
    ended_on = fields.DateField()
    place = fields.CharField(max_length=120, null=True)
    days = fields.FloatField(default=0)
    half_days = fields.IntField(default=0)

    class Meta:
        table = "course_session"
        indexes = (
            Index(fields=["course_id", "started_on"], name="course_session_course"),
            Index(fields=["organizer_id"], name="course_session_organizer"),
            Index(fields=["county_id", "started_on"], name="course_session_county"),
        )
        constraints = (
            CheckConstraint(check="ended_on >= started_on", name="course_session_dates_in_order"),
            CheckConstraint(check="days >= 0 AND half_days >= 0", name="course_session_days_not_negative"),
        )


class TrainingRecord(Model):
    """Hours that a member completed in a course (培训记录); `hours` may differ from the course's.

    A course that began on `started_on` is split over the years by its days. `hours_spent` is the time really
    spent, where somebody kept it; null: the hours are as recorded.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    course: fields.ForeignKeyRelation["Course"] = fields.ForeignKeyField(
        "models.Course", on_delete=fields.RESTRICT, related_name=False
    )
    course_id: UUID
    form = fields.CharField(max_length=30)
    hours = fields.FloatField()
    completed_on = fields.DateField()
    session: fields.ForeignKeyNullableRelation["CourseSession"] = fields.ForeignKeyField(
        "models.CourseSession", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    session_id: UUID | None
    started_on = fields.DateField(null=True)
    hours_spent = fields.FloatField(null=True)

    class Meta:
        table = "training_record"
        indexes = (
            Index(fields=["session_id"], name="training_record_session"),
            # Holds all that a year's hours are summed from, so that the rows themselves need not be read.
            Index(
                fields=["member_id", "completed_on", "id", "hours", "started_on", "hours_spent"],
                name="training_record_hours",
            ),
            Index(fields=["course_id"], name="training_record_course"),
            Index(fields=["county_id"], name="training_record_county"),
        )
        constraints = (
            UniqueConstraint(fields=("member_id", "course_id", "completed_on"), name="training_record_once"),
            CheckConstraint(check="hours > 0 AND hours <= 1000", name="training_record_hours_in_bounds"),
            CheckConstraint(check="started_on <= completed_on", name="training_record_dates_in_order"),
            CheckConstraint(check="hours_spent BETWEEN 0 AND 1000", name="training_record_time_in_bounds"),
        )


class ShortfallReason(Model):
    """Why a member did not reach the hours of a year (未达标原因), as his branch or he himself states it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    year = fields.IntField()
    reason = fields.CharField(max_length=400)
    stated_at = fields.DatetimeField()
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "shortfall_reason"
        indexes = (
            Index(fields=["county_id"], name="shortfall_reason_county"),
            Index(fields=["recorded_by_id"], name="shortfall_reason_recorded_by"),
        )
        constraints = (
            UniqueConstraint(fields=("member_id", "year"), name="shortfall_reason_once_a_year"),
            CheckConstraint(check="reason <> ''", name="shortfall_reason_given"),
        )
