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
    from models.theme_day import ThemeDay


class ThemeDayEvaluation(Model):
    """What one side thought of a theme day (三评): the sides are keys of the pack's list theme_day.evaluations."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    theme_day: fields.ForeignKeyRelation["ThemeDay"] = fields.ForeignKeyField(
        "models.ThemeDay", on_delete=fields.CASCADE, related_name=False
    )
    theme_day_id: UUID
    side = fields.CharField(max_length=60)
    account: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    account_id: UUID | None
    score = fields.FloatField(null=True)
    comment = fields.CharField(max_length=400, null=True)
    given_at = fields.DatetimeField()

    class Meta:
        table = "theme_day_evaluation"
        indexes = (
            Index(fields=["account_id"], name="theme_day_evaluation_account"),
            Index(fields=["county_id"], name="theme_day_evaluation_county"),
        )
        constraints = (
            CheckConstraint(check="score BETWEEN 0 AND 100", name="theme_day_evaluation_score_in_bounds"),
            CheckConstraint(
                check="score IS NOT NULL OR comment IS NOT NULL", name="theme_day_evaluation_says_something"
            ),
            UniqueConstraint(fields=("theme_day_id", "side", "account_id"), name="theme_day_evaluation_once"),
        )


class ThemeDayProblem(Model):
    """A problem found at a theme day and what became of it (问题整改)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    theme_day: fields.ForeignKeyRelation["ThemeDay"] = fields.ForeignKeyField(
        "models.ThemeDay", on_delete=fields.CASCADE, related_name=False
    )
    theme_day_id: UUID
    aspect = fields.CharField(max_length=60)
    description = fields.CharField(max_length=400)
    responsible = fields.CharField(max_length=120, null=True)
    found_on = fields.DateField()
    due_on = fields.DateField(null=True)
    resolved_on = fields.DateField(null=True)
    resolution = fields.CharField(max_length=400, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "theme_day_problem"
        indexes = (
            Index(fields=["theme_day_id"], name="theme_day_problem_theme_day"),
            Index(fields=["county_id", "due_on"], name="theme_day_problem_county"),
            Index(fields=["recorded_by_id"], name="theme_day_problem_recorded_by"),
        )
        constraints = (
            CheckConstraint(check="aspect <> '' AND description <> ''", name="theme_day_problem_described"),
            CheckConstraint(
                check="(resolved_on IS NULL) = (resolution IS NULL)",
                name="theme_day_problem_resolved_with_a_result",
            ),
            CheckConstraint(check="resolved_on >= found_on", name="theme_day_problem_dates_in_order"),
        )
