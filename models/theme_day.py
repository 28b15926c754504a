from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import CheckInMethod, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member
    from models.organization import Organization

COUNTERS = (
    "lectures",
    "deliberations",
    "open_affairs",
    "volunteer_services",
    "practical_deeds",
    "suggestions",
)


class ThemeDay(Model):
    """A theme day (主题党日) of one organization, with the six counters that the county reports.

    `agenda` is a list of {"kind", "title", "required", "done"}. `study_hours` (学时) count as training for those who
    took part, so that nothing is recorded twice.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    held_on = fields.DateField()
    theme = fields.CharField(max_length=200)
    agenda: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    study_hours = fields.FloatField(default=0, db_default=0)
    lectures = fields.IntField(default=0)  # 讲党课
    deliberations = fields.IntField(default=0)  # 民主议事
    open_affairs = fields.IntField(default=0)  # 公开办事
    volunteer_services = fields.IntField(default=0)  # 志愿服务
    practical_deeds = fields.IntField(default=0)  # 办实事好事
    suggestions = fields.IntField(default=0)  # 收集意见建议
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "theme_day"
        indexes = (Index(fields=["county_id", "held_on"], name="theme_day_county"),)
        constraints = (
            UniqueConstraint(fields=("organization_id", "held_on"), name="theme_day_once_a_day"),
            CheckConstraint(check="theme <> ''", name="theme_day_named"),
            CheckConstraint(check="study_hours BETWEEN 0 AND 24", name="theme_day_study_hours_in_bounds"),
            CheckConstraint(
                check=" AND ".join(f"{counter} >= 0" for counter in COUNTERS),
                name="theme_day_counters_not_negative",
            ),
        )


class Attendance(Model):
    """That a member took part in a theme day (签到): one row per member and theme day, whatever happens.

    `hours` are the theme day's study hours, kept here by the same write, so that a year's sum reads one index.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    theme_day: fields.ForeignKeyRelation["ThemeDay"] = fields.ForeignKeyField(
        "models.ThemeDay", on_delete=fields.CASCADE, related_name=False
    )
    theme_day_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    checked_in_at = fields.DatetimeField()
    method = fields.CharField(max_length=12)
    hours = fields.FloatField(default=0, db_default=0)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "attendance"
        indexes = (
            Index(fields=["member_id", "checked_in_at", "id"], name="attendance_member"),
            Index(fields=["recorded_by_id"], name="attendance_recorded_by"),
        )
        constraints = (
            UniqueConstraint(fields=("theme_day_id", "member_id"), name="attendance_once"),
            CheckConstraint(check=one_of("method", CheckInMethod), name="attendance_method_known"),
        )
