from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Office, OfficeStart, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class OfficeTerm(Model):
    """That a member holds an office in an organization (任职); the open rows are the present officers.

    `began_on` is null where the office's file does not say it. `duty` is what a committee member is responsible
    for (组织委员, 宣传委员, 纪检委员 …).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.RESTRICT, related_name=False
    )
    member_id: UUID
    office = fields.CharField(max_length=20)
    duty = fields.CharField(max_length=60, null=True)
    start = fields.CharField(max_length=10, null=True)
    began_on = fields.DateField(null=True)
    ended_on = fields.DateField(null=True)
    end_reason = fields.CharField(max_length=200, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "office_term"
        indexes = (
            Index(fields=["organization_id", "office"], name="office_term_organization"),
            Index(fields=["member_id"], name="office_term_member"),
            Index(fields=["county_id", "office"], name="office_term_county"),
            Index(fields=["recorded_by_id"], name="office_term_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("office", Office), name="office_term_office_known"),
            CheckConstraint(check=one_of("start", OfficeStart), name="office_term_start_known"),
            CheckConstraint(check="ended_on >= began_on", name="office_term_dates_in_order"),
            UniqueConstraint(
                fields=("organization_id", "office"),
                name="office_term_one_holder",
                condition="ended_on IS NULL AND office IN ('SECRETARY', 'VILLAGE_HEAD')",
            ),
            UniqueConstraint(
                fields=("organization_id", "office", "member_id"),
                name="office_term_once",
                condition="ended_on IS NULL",
            ),
        )
