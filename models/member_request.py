from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from models.choices import RequestKind, RequestOutcome, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member


class MemberRequest(Model):
    """What a member asks about his own record (本人申请): to correct, to look again, to delete or to lock.

    `subject_type` and `subject_id` say what it is about: his own record ("Member") or a finding's row; `field` which
    value of it. `proposed` is encrypted, since it may be a phone number. An official answers until `due_on`.
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
    subject_type = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    field = fields.CharField(max_length=40, null=True)
    finding_code = fields.CharField(max_length=80, null=True)
    proposed: fields.Field[bytes | None] = fields.BinaryField(null=True)
    reason = fields.CharField(max_length=500)
    made_at = fields.DatetimeField()
    due_on = fields.DateField()
    withdrawn_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=10, null=True)
    answer = fields.CharField(max_length=500, null=True)
    answered_at = fields.DatetimeField(null=True)
    answered_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    answered_by_id: UUID | None

    class Meta:
        table = "member_request"
        indexes = (
            Index(fields=["county_id", "due_on", "id"], name="member_request_county"),
            Index(fields=["member_id", "made_at", "id"], name="member_request_member"),
            Index(fields=["answered_by_id"], name="member_request_answered_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("kind", RequestKind), name="member_request_kind_known"),
            CheckConstraint(check=one_of("outcome", RequestOutcome), name="member_request_outcome_known"),
            CheckConstraint(check="reason <> ''", name="member_request_has_a_reason"),
            CheckConstraint(
                check="(answered_at IS NULL) = (outcome IS NULL) AND (outcome IS NULL OR answer <> '')",
                name="member_request_answered_whole",
            ),
        )
