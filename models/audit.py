from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County


class AuditEntry(Model):
    """Who did what to which row, and when (审计记录); `hash` is the SHA-256 of the entry's own content.

    `position` is the entry's place among the leaves of the sealed log, null until it is sealed.
    """

    sequence = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    actor: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    actor_id: UUID | None
    actor_name = fields.CharField(max_length=120)
    county: fields.ForeignKeyNullableRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    county_id: UUID | None
    action = fields.CharField(max_length=60)
    subject_type = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=60)
    detail: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    hash = fields.CharField(max_length=64)
    position = fields.BigIntField(null=True)

    class Meta:
        table = "audit_entry"
        constraints = (
            UniqueConstraint(fields=("position",), name="audit_entry_position_unique"),
            UniqueConstraint(fields=("sequence",), name="audit_entry_unsealed", condition="position IS NULL"),
        )
        indexes = (
            Index(fields=["county_id", "sequence"], name="audit_entry_county"),
            Index(fields=["actor_id"], name="audit_entry_actor"),
        )


class AuditSeal(Model):
    """The head of the sealed log after a batch (封存): the Merkle root (RFC 6962) over the first `size` entries.

    `peaks` are the roots of its complete subtrees, from which the next batch goes on.
    """

    size = fields.BigIntField(primary_key=True, generated=False)
    root = fields.CharField(max_length=64)
    peaks: fields.Field[list[str]] = fields.JSONField()
    sealed_at = fields.DatetimeField()

    class Meta:
        table = "audit_seal"
        constraints = (CheckConstraint(check="size > 0", name="audit_seal_holds_something"),)
