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


class Session(Model):
    """That an account signed in somewhere (会话): its token works until the session ends, by time or by somebody."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.CASCADE, related_name=False
    )
    account_id: UUID
    began_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=64, null=True)
    program = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "session"
        indexes = (
            Index(fields=["account_id", "began_at", "id"], name="session_account"),
            Index(fields=["ends_at"], name="session_ends"),
        )
        constraints = (CheckConstraint(check="ends_at > began_at", name="session_ends_after_its_beginning"),)


class SignInGuard(Model):
    """Tries to sign in under a name since the last one that went well (登录失败次数).

    `name_hash` is the SHA-256 of whatever was given as a name, since people type passwords there; names of nobody are
    counted like others, so that being locked tells nothing.
    """

    name_hash = fields.CharField(max_length=64, primary_key=True)
    tries = fields.IntField()
    last_tried_at = fields.DatetimeField()
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_guard"
        constraints = (CheckConstraint(check="tries >= 0", name="sign_in_guard_tries_not_negative"),)


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
