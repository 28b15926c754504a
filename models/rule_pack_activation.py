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


class RulePackActivation(Model):
    """That a version of a rule pack counts in a county from a day on (规则包启用); the newest that has begun counts.

    `version` null: from that day on the county does without a pack of its own. What was decided before stays
    judged by what was in force.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    pack = fields.CharField(max_length=60)
    version = fields.CharField(max_length=20, null=True)
    active_from = fields.DateField()
    decided_by = fields.CharField(max_length=200)
    reason = fields.CharField(max_length=400, null=True)
    recorded_at = fields.DatetimeField()
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "rule_pack_activation"
        indexes = (Index(fields=["recorded_by_id"], name="rule_pack_activation_recorded_by"),)
        constraints = (
            CheckConstraint(
                check="pack <> '' AND decided_by <> ''", name="rule_pack_activation_by_a_named_body"
            ),
            UniqueConstraint(
                fields=("county_id", "pack", "active_from"), name="rule_pack_activation_once_a_day"
            ),
        )
