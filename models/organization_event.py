from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from models.choices import OrganizationAct, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.organization import Organization


class OrganizationEvent(Model):
    """A recorded act in the life of an organization (组织设置事项): who approved what, and from when."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    act = fields.CharField(max_length=12)
    decided_on = fields.DateField()
    effective_on = fields.DateField()
    approved_by = fields.CharField(max_length=200)
    document = fields.CharField(max_length=120, null=True)
    reason = fields.CharField(max_length=400, null=True)
    until = fields.DateField(null=True)
    into: fields.ForeignKeyNullableRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    into_id: UUID | None
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None
    recorded_at = fields.DatetimeField()

    class Meta:
        table = "organization_event"
        indexes = (
            Index(fields=["organization_id", "effective_on", "id"], name="organization_event_organization"),
            Index(fields=["into_id"], name="organization_event_into"),
            Index(fields=["county_id", "effective_on"], name="organization_event_county"),
            Index(fields=["recorded_by_id"], name="organization_event_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("act", OrganizationAct), name="organization_event_act_known"),
            CheckConstraint(check="approved_by <> ''", name="organization_event_approved"),
            CheckConstraint(check="effective_on >= decided_on", name="organization_event_dates_in_order"),
            CheckConstraint(
                check="(act = 'EXTENDED') = (until IS NOT NULL)", name="organization_event_extended_until"
            ),
            CheckConstraint(
                check="(act = 'MERGED') = (into_id IS NOT NULL)", name="organization_event_merged_into"
            ),
            CheckConstraint(check="into_id <> organization_id", name="organization_event_not_into_itself"),
        )
