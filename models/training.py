from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.county import County
    from models.member import Member


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


class TrainingRecord(Model):
    """Hours that a member completed in a course (培训记录); `hours` may differ from the course's."""

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

    class Meta:
        table = "training_record"
        indexes = (
            Index(fields=["member_id", "completed_on", "id"], name="training_record_member"),
            Index(fields=["course_id"], name="training_record_course"),
            Index(fields=["county_id"], name="training_record_county"),
        )
        constraints = (
            UniqueConstraint(fields=("member_id", "course_id", "completed_on"), name="training_record_once"),
            CheckConstraint(check="hours > 0 AND hours <= 1000", name="training_record_hours_in_bounds"),
        )
