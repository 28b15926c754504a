from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class FloatingMember(Model):
    """The record of a member who is away (流动党员): the seven items of 七个清楚 and when they were kept.

    How to reach him (联系方式) is encrypted with the member as its owner, beside its hash and its masked form.
    The home branch stays responsible; the branch where he is now is an attachment. `items` holds what a county's
    checklist asks for beside the seven columns. A record that ended with a return keeps its row (`returned_on`);
    a member has at most one open record.
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
    home_branch: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    home_branch_id: UUID
    contact_person: fields.ForeignKeyNullableRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    contact_person_id: UUID | None
    left_on = fields.DateField(null=True)
    destination = fields.CharField(max_length=200, null=True)
    contact_sealed: fields.Field[bytes | None] = fields.BinaryField(null=True)
    contact_hash: fields.Field[bytes | None] = fields.BinaryField(null=True)
    contact_masked = fields.CharField(max_length=40, null=True)
    employment = fields.CharField(max_length=200, null=True)
    organizational_life = fields.CharField(max_length=200, null=True)
    mindset = fields.CharField(max_length=200, null=True)
    contribution = fields.CharField(max_length=200, null=True)
    items: fields.Field[dict[str, str]] = fields.JSONField(default=dict, db_default={})
    is_place_fixed = fields.BooleanField(null=True)  # 地点相对固定
    went_abroad_on = fields.DateField(null=True)  # 出国（境）
    last_greeted_on = fields.DateField(null=True)  # when a greeting for the political birthday was last sent
    registered_on = fields.DateField(null=True)
    last_updated_on = fields.DateField(null=True)
    returned_on = fields.DateField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "floating_member"
        indexes = (
            Index(fields=["member_id"], name="floating_member_member"),
            Index(fields=["home_branch_id"], name="floating_member_home"),
            Index(fields=["contact_person_id"], name="floating_member_contact_person"),
            Index(fields=["county_id", "last_updated_on", "id"], name="floating_member_county"),
        )
        constraints = (
            UniqueConstraint(
                fields=("member_id",), name="floating_member_one_open_record", condition="returned_on IS NULL"
            ),
            CheckConstraint(check="last_updated_on >= registered_on", name="floating_member_dates_in_order"),
            CheckConstraint(
                check="num_nulls(contact_sealed, contact_hash, contact_masked) IN (0, 3)",
                name="floating_member_contact_whole",
            ),
            CheckConstraint(check="returned_on >= left_on", name="floating_member_returned_after_leaving"),
        )
