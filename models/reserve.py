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


class Reserve(Model):
    """Somebody on a village's reserve list (后备力量), resolved by its assembly; not only members stand there."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    member: fields.ForeignKeyNullableRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    member_id: UUID | None
    name = fields.CharField(max_length=60)
    is_for_secretary = fields.BooleanField(default=False)
    listed_on = fields.DateField()
    removed_on = fields.DateField(null=True)
    removal_reason = fields.CharField(max_length=200, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "reserve"
        indexes = (
            Index(fields=["organization_id"], name="reserve_organization"),
            Index(fields=["member_id"], name="reserve_member"),
            Index(fields=["county_id"], name="reserve_county"),
            Index(fields=["recorded_by_id"], name="reserve_recorded_by"),
        )
        constraints = (
            CheckConstraint(check="name <> ''", name="reserve_named"),
            CheckConstraint(check="removed_on >= listed_on", name="reserve_dates_in_order"),
            UniqueConstraint(
                fields=("organization_id", "name"), name="reserve_once", condition="removed_on IS NULL"
            ),
        )
