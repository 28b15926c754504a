from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import MeetingKind, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.organization import Organization


class Meeting(Model):
    """A meeting of an organization (会议) with its votes; `votes` are the facts of plugins.meeting.VoteFacts."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    kind = fields.CharField(max_length=20)
    held_on = fields.DateField()
    subject = fields.CharField(max_length=200)
    entitled = fields.IntField()
    present = fields.IntField()
    left_out = fields.IntField(default=0)
    is_leaving_out_approved = fields.BooleanField(null=True)
    votes: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "meeting"
        indexes = (
            Index(fields=["organization_id", "held_on", "id"], name="meeting_organization"),
            Index(fields=["county_id", "held_on"], name="meeting_county"),
            Index(fields=["recorded_by_id"], name="meeting_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("kind", MeetingKind), name="meeting_kind_known"),
            CheckConstraint(check="subject <> ''", name="meeting_named"),
            CheckConstraint(
                check="present >= 0 AND present <= entitled AND left_out >= 0", name="meeting_counts_in_order"
            ),
            UniqueConstraint(fields=("organization_id", "kind", "held_on"), name="meeting_once_a_day"),
        )
