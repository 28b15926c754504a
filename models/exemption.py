from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import ExemptionGround, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member


class Exemption(Model):
    """That no firm demand is made of a member for a while (不作硬性要求): he is left out of denominators.

    党员教育管理工作条例 第二十三条. `ended_on` null: until further notice.
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
    ground = fields.CharField(max_length=10)
    began_on = fields.DateField()
    ended_on = fields.DateField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    approved_by = fields.CharField(max_length=200)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "exemption"
        indexes = (
            Index(fields=["member_id"], name="exemption_member"),
            Index(fields=["county_id"], name="exemption_county"),
            Index(fields=["recorded_by_id"], name="exemption_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("ground", ExemptionGround), name="exemption_ground_known"),
            CheckConstraint(check="ended_on >= began_on", name="exemption_dates_in_order"),
            CheckConstraint(check="approved_by <> ''", name="exemption_approved"),
            UniqueConstraint(fields=("member_id",), name="exemption_one_open", condition="ended_on IS NULL"),
        )
