from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import HandoverKind, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class Handover(Model):
    """A hand-over of a member between home and host (交接): it takes effect when both sides have confirmed.

    The home side stays responsible until then (党员教育管理工作条例 第二十五条).
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
    kind = fields.CharField(max_length=12)
    home: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    home_id: UUID
    host: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    host_id: UUID
    note = fields.CharField(max_length=400, null=True)
    proposed_at = fields.DatetimeField()
    proposed_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    proposed_by_id: UUID | None
    due_on = fields.DateField()
    home_confirmed_at = fields.DatetimeField(null=True)
    home_confirmed_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    home_confirmed_by_id: UUID | None
    host_confirmed_at = fields.DatetimeField(null=True)
    host_confirmed_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    host_confirmed_by_id: UUID | None
    refused_at = fields.DatetimeField(null=True)
    refused_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    refused_by_id: UUID | None
    refusal = fields.CharField(max_length=400, null=True)

    class Meta:
        table = "handover"
        indexes = (
            Index(fields=["member_id"], name="handover_member"),
            Index(fields=["home_id"], name="handover_home"),
            Index(fields=["host_id"], name="handover_host"),
            Index(fields=["county_id", "proposed_at"], name="handover_county"),
            Index(fields=["proposed_by_id"], name="handover_proposed_by"),
            Index(fields=["home_confirmed_by_id"], name="handover_home_confirmed_by"),
            Index(fields=["host_confirmed_by_id"], name="handover_host_confirmed_by"),
            Index(fields=["refused_by_id"], name="handover_refused_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("kind", HandoverKind), name="handover_kind_known"),
            CheckConstraint(check="home_id <> host_id", name="handover_between_two"),
            CheckConstraint(
                check="(refused_at IS NULL) = (refusal IS NULL)", name="handover_refused_with_a_reason"
            ),
            UniqueConstraint(
                fields=("member_id",),
                name="handover_one_open",
                condition="refused_at IS NULL AND (home_confirmed_at IS NULL OR host_confirmed_at IS NULL)",
            ),
        )
