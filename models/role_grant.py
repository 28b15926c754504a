from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Role, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.organization import Organization

LONGEST_EMERGENCY = 60  # minutes


class RoleGrant(Model):
    """A role that an account holds in a county (授权), for some roles in one organization and what is below it.

    It counts from `valid_from` until `valid_until`, where they are set, and until it is revoked; who gave it and
    what for is kept with it. A revoked grant keeps its row.
    """

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
    valid_from = fields.DatetimeField(null=True)
    valid_until = fields.DatetimeField(null=True)
    purpose = fields.CharField(max_length=200, default="", db_default="")
    granted_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    granted_by_id: UUID | None
    granted_at = fields.DatetimeField(null=True)
    revoked_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    revoked_by_id: UUID | None
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "role_grant"
        indexes = (
            Index(fields=["account_id"], name="role_grant_account"),
            Index(fields=["county_id"], name="role_grant_county"),
            Index(fields=["organization_id"], name="role_grant_organization"),
            Index(fields=["granted_by_id"], name="role_grant_granted_by"),
            Index(fields=["revoked_by_id"], name="role_grant_revoked_by"),
        )
        constraints = (
            UniqueConstraint(
                fields=("account_id", "role", "county_id", "organization_id"),
                name="role_grant_once",
                condition="revoked_at IS NULL",
            ),
            CheckConstraint(check=one_of("role", Role), name="role_grant_role_known"),
            CheckConstraint(check="role = 'ADMIN' OR county_id IS NOT NULL", name="role_grant_in_a_county"),
            CheckConstraint(
                check="role NOT IN ('TOWN', 'SECRETARY') OR organization_id IS NOT NULL",
                name="role_grant_in_an_organization",
            ),
            CheckConstraint(check="valid_until > valid_from", name="role_grant_ends_after_its_beginning"),
            CheckConstraint(
                check="role <> 'EMERGENCY' OR (valid_from IS NOT NULL AND valid_until IS NOT NULL "
                f"AND valid_until <= valid_from + interval '{LONGEST_EMERGENCY} minutes' AND purpose <> '')",
                name="role_grant_emergency_is_short",
            ),
        )


class EmergencyRequest(Model):
    """That somebody asks to read in an emergency (应急授权), and whether a second person agreed.

    Agreeing makes a role grant of EMERGENCY for `minutes`, at most 60; whoever asks never agrees himself.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    account: fields.ForeignKeyRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.CASCADE, related_name=False
    )
    account_id: UUID
    reason = fields.CharField(max_length=500)
    minutes = fields.IntField()
    asked_at = fields.DatetimeField()
    answered_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    answered_by_id: UUID | None
    answered_at = fields.DatetimeField(null=True)
    is_approved = fields.BooleanField(null=True)
    grant: fields.ForeignKeyNullableRelation["RoleGrant"] = fields.ForeignKeyField(
        "models.RoleGrant", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    grant_id: UUID | None

    class Meta:
        table = "emergency_request"
        indexes = (
            Index(fields=["county_id", "asked_at", "id"], name="emergency_request_county"),
            Index(fields=["account_id"], name="emergency_request_account"),
            Index(fields=["answered_by_id"], name="emergency_request_answered_by"),
            Index(fields=["grant_id"], name="emergency_request_grant"),
        )
        constraints = (
            CheckConstraint(
                check=f"minutes BETWEEN 1 AND {LONGEST_EMERGENCY}", name="emergency_request_is_short"
            ),
            CheckConstraint(check="reason <> ''", name="emergency_request_has_a_reason"),
            CheckConstraint(check="answered_by_id <> account_id", name="emergency_request_takes_two"),
            CheckConstraint(
                check="(answered_at IS NULL) = (is_approved IS NULL)", name="emergency_request_answered_whole"
            ),
        )
