from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Role, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.county import County
    from models.member import Member
    from models.organization import Organization


class Account(Model):
    """Someone who signs in (账号); `is_demo` accounts are refused when the server listens beyond loopback."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    username = fields.CharField(max_length=60, unique=True)
    display_name = fields.CharField(max_length=120)
    password_hash = fields.TextField()
    member: fields.ForeignKeyNullableRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    member_id: UUID | None
    is_demo = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account"
        indexes = (Index(fields=["member_id"], name="account_member"),)
        constraints = (CheckConstraint(check="username <> ''", name="account_named"),)


class RoleGrant(Model):
    """A role that an account holds in a county, for some roles in one organization and what is below it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.CASCADE, related_name=False
    )
    account_id: UUID
    role = fields.CharField(max_length=24)
    county: fields.ForeignKeyNullableRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.CASCADE, null=True, related_name=False
    )
    county_id: UUID | None
    organization: fields.ForeignKeyNullableRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.CASCADE, null=True, related_name=False
    )
    organization_id: UUID | None

    class Meta:
        table = "role_grant"
        indexes = (
            Index(fields=["county_id"], name="role_grant_county"),
            Index(fields=["organization_id"], name="role_grant_organization"),
        )
        constraints = (
            UniqueConstraint(
                fields=("account_id", "role", "county_id", "organization_id"), name="role_grant_once"
            ),
            CheckConstraint(check=one_of("role", Role), name="role_grant_role_known"),
            CheckConstraint(check="role = 'ADMIN' OR county_id IS NOT NULL", name="role_grant_in_a_county"),
            CheckConstraint(
                check="role NOT IN ('TOWN', 'SECRETARY') OR organization_id IS NOT NULL",
                name="role_grant_in_an_organization",
            ),
        )


class RecordAccess(Model):
    """That somebody saw values of a member's record that are masked by default (查阅记录)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    member: fields.ForeignKeyRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.CASCADE, related_name=False
    )
    member_id: UUID
    account: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    account_id: UUID | None
    at = fields.DatetimeField()
    purpose = fields.CharField(max_length=200)
    fields_read: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "record_access"
        indexes = (
            Index(fields=["member_id", "at", "id"], name="record_access_member"),
            Index(fields=["account_id"], name="record_access_account"),
        )
