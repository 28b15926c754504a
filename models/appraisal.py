from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Grade, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class Appraisal(Model):
    """The grade that a member's branch gave him for a year (民主评议); probationary members are not graded."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    year = fields.IntField()
    grade = fields.CharField(max_length=22)
    decided_by = fields.CharField(max_length=200)
    decided_on = fields.DateField()
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "appraisal"
        indexes = (
            Index(fields=["organization_id", "year"], name="appraisal_organization"),
            Index(fields=["county_id", "year"], name="appraisal_county"),
            Index(fields=["recorded_by_id"], name="appraisal_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("grade", Grade), name="appraisal_grade_known"),
            CheckConstraint(check="year BETWEEN 1921 AND 9999", name="appraisal_year_in_bounds"),
            CheckConstraint(check="decided_by <> ''", name="appraisal_by_a_named_body"),
            UniqueConstraint(fields=("member_id", "year"), name="appraisal_once_a_year"),
        )
