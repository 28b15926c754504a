from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import AttachmentKind, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class Attachment(Model):
    """That a member takes part in another organization while his home branch leads (挂靠): one home, many attachments.

    `rights` are values of AttachmentRight; the vote and the dues stay at home.
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
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    kind = fields.CharField(max_length=14)
    rights = ArrayField(element_type="text")
    began_on = fields.DateField(null=True)
    ended_on = fields.DateField(null=True)
    end_reason = fields.CharField(max_length=200, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "attachment"
        indexes = (
            Index(fields=["member_id"], name="attachment_member"),
            Index(fields=["organization_id"], name="attachment_organization"),
            Index(fields=["county_id", "kind"], name="attachment_county"),
            Index(fields=["recorded_by_id"], name="attachment_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("kind", AttachmentKind), name="attachment_kind_known"),
            CheckConstraint(check="ended_on >= began_on", name="attachment_dates_in_order"),
            CheckConstraint(
                check="rights <@ ARRAY['STUDY', 'ACTIVITIES', 'SUPERVISION', 'APPRAISAL']",
                name="attachment_rights_known",
            ),
            UniqueConstraint(
                fields=("member_id", "organization_id"), name="attachment_once", condition="ended_on IS NULL"
            ),
        )
