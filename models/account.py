from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import SignInStep, SignInWay, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.county import County
    from models.member import Member


class Account(Model):
    """Someone who signs in (账号); `is_demo` accounts are refused when the server listens beyond loopback."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    username = fields.CharField(max_length=60, unique=True)
    display_name = fields.CharField(max_length=120)
    password_hash = fields.TextField()
    must_change_password = fields.BooleanField(default=False, db_default=False)
    disabled_at = fields.DatetimeField(null=True)
    one_time_secret: fields.Field[bytes | None] = fields.BinaryField(null=True)  # encrypted (TOTP, RFC 6238)
    one_time_confirmed_at = fields.DatetimeField(null=True)
    one_time_step = fields.BigIntField(null=True)  # of the last code that was taken; no code counts twice
    recovery_codes: fields.Field[list[str]] = fields.JSONField(default=list, db_default=[])  # SHA-256 of each
    member: fields.ForeignKeyNullableRelation["Member"] = fields.ForeignKeyField(
        "models.Member", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    member_id: UUID | None
    # Whose security administrator keeps the account; none for the system's own, which the command line keeps.
    county: fields.ForeignKeyNullableRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    county_id: UUID | None
    is_demo = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account"
        indexes = (
            Index(fields=["member_id"], name="account_member"),
            Index(fields=["county_id", "username"], name="account_county"),
        )
        constraints = (CheckConstraint(check="username <> ''", name="account_named"),)


class ExternalIdentity(Model):
    """That an identity service's subject is an account (统一身份认证): `issuer` and `subject` of OpenID Connect."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.CASCADE, related_name=False
    )
    account_id: UUID
    issuer = fields.CharField(max_length=200)
    subject = fields.CharField(max_length=255)
    linked_at = fields.DatetimeField()

    class Meta:
        table = "external_identity"
        indexes = (Index(fields=["account_id"], name="external_identity_account"),)
        constraints = (
            UniqueConstraint(fields=("issuer", "subject"), name="external_identity_once"),
            CheckConstraint(check="subject <> ''", name="external_identity_named"),
        )


class Session(Model):
    """That an account signed in somewhere (会话): it ends by time, by not being renewed, or by somebody.

    While `next_step` is set its tokens carry no rights but to do that step.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.CASCADE, related_name=False
    )
    account_id: UUID
    began_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    renew_by = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)
    way = fields.CharField(max_length=8, default=SignInWay.PASSWORD, db_default=SignInWay.PASSWORD.value)
    next_step = fields.CharField(max_length=24, null=True)
    address = fields.CharField(max_length=64, null=True)
    program = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "session"
        indexes = (
            Index(fields=["account_id", "began_at", "id"], name="session_account"),
            Index(fields=["ends_at"], name="session_ends"),
        )
        constraints = (
            CheckConstraint(check="ends_at > began_at", name="session_ends_after_its_beginning"),
            CheckConstraint(check=one_of("way", SignInWay), name="session_way_known"),
            CheckConstraint(check=one_of("next_step", SignInStep), name="session_next_step_known"),
        )


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
