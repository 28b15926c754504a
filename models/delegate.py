from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Agency, ClearanceOpinion, CongressLevel, DelegateStatus, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member


class Delegate(Model):
    """A delegate to a party congress (党代表). Only a recorded decision changes `status`."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    level = fields.CharField(max_length=10)
    congress = fields.CharField(max_length=120)
    elected_on = fields.DateField()
    status = fields.CharField(max_length=12, default=DelegateStatus.SERVING.value)
    membership_halted_on = fields.DateField(null=True)  # 被停止党籍
    nationality_lost_on = fields.DateField(null=True)  # 丧失中华人民共和国国籍
    resignation_accepted_on = fields.DateField(null=True)  # 辞去代表职务被接受

    class Meta:
        table = "delegate"
        indexes = (Index(fields=["county_id", "level"], name="delegate_county"),)
        constraints = (
            UniqueConstraint(fields=("member_id", "level", "congress"), name="delegate_once_a_congress"),
            CheckConstraint(check=one_of("level", CongressLevel), name="delegate_level_known"),
            CheckConstraint(check=one_of("status", DelegateStatus), name="delegate_status_known"),
        )


class PostChange(Model):
    """A change of post of a member (职务变动) as the office reports it; a fact, never a judgement."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    changed_on = fields.DateField()
    change = fields.CharField(max_length=120)
    destination = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "post_change"
        indexes = (Index(fields=["county_id"], name="post_change_county"),)
        constraints = (
            UniqueConstraint(fields=("member_id", "changed_on", "change"), name="post_change_once"),
        )


class Clearance(Model):
    """What an agency is asked, and answers, about a delegate in a quarter (联审意见)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    delegate: fields.ForeignKeyRelation["Delegate"] = fields.ForeignKeyField(
        "models.Delegate", on_delete=fields.RESTRICT, related_name=False
    )
    delegate_id: UUID
    quarter = fields.CharField(max_length=6)
    agency = fields.CharField(max_length=24)
    opinion = fields.CharField(max_length=12, null=True)
    reason = fields.CharField(max_length=400, null=True)
    signature: fields.Field[str | None] = fields.TextField(null=True)  # type: ignore[assignment]
    requested_at = fields.DatetimeField()
    due_on = fields.DateField()
    submitted_at = fields.DatetimeField(null=True)
    submitted_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    submitted_by_id: UUID | None

    class Meta:
        table = "clearance"
        indexes = (
            Index(fields=["county_id", "agency", "due_on", "id"], name="clearance_pending"),
            Index(fields=["submitted_by_id"], name="clearance_submitted_by"),
        )
        constraints = (
            UniqueConstraint(fields=("delegate_id", "quarter", "agency"), name="clearance_once_a_quarter"),
            CheckConstraint(check=one_of("agency", Agency), name="clearance_agency_known"),
            CheckConstraint(check=one_of("opinion", ClearanceOpinion), name="clearance_opinion_known"),
            CheckConstraint(
                check="(opinion IS NULL) = (submitted_at IS NULL)", name="clearance_answered_at_a_time"
            ),
            CheckConstraint(
                check="opinion IS DISTINCT FROM 'OBJECTION' OR reason IS NOT NULL",
                name="clearance_objection_has_a_reason",
            ),
            CheckConstraint(check="quarter ~ '^[0-9]{4}Q[1-4]$'", name="clearance_quarter_form"),
        )
