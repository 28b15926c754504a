from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from runtime.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0004_sessions")]

    initial = False

    operations = [
        ops.CreateModel(
            name="EmergencyRequest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "county",
                    fields.ForeignKeyField(
                        "models.County",
                        source_field="county_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("reason", fields.CharField(max_length=500)),
                ("minutes", fields.IntField()),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "answered_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="answered_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("is_approved", fields.BooleanField(null=True)),
                (
                    "grant",
                    fields.ForeignKeyField(
                        "models.RoleGrant",
                        source_field="grant_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "emergency_request",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="minutes BETWEEN 1 AND 60", name="emergency_request_is_short"),
                    CheckConstraint(check="reason <> ''", name="emergency_request_has_a_reason"),
                    CheckConstraint(check="answered_by_id <> account_id", name="emergency_request_takes_two"),
                    CheckConstraint(
                        check="(answered_at IS NULL) = (is_approved IS NULL)",
                        name="emergency_request_answered_whole",
                    ),
                ],
                "indexes": [
                    Index(fields=["county_id", "asked_at", "id"], name="emergency_request_county"),
                    Index(fields=["account_id"], name="emergency_request_account"),
                    Index(fields=["answered_by_id"], name="emergency_request_answered_by"),
                    Index(fields=["grant_id"], name="emergency_request_grant"),
                ],
                "pk_attr": "id",
                "table_description": "That somebody asks to read in an emergency (应急授权), and whether a second person agreed.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="EmergencyRequest",
            constraint=CheckConstraint(check="minutes BETWEEN 1 AND 60", name="emergency_request_is_short"),
        ),
        ops.AddConstraint(
            model_name="EmergencyRequest",
            constraint=CheckConstraint(check="reason <> ''", name="emergency_request_has_a_reason"),
        ),
        ops.AddConstraint(
            model_name="EmergencyRequest",
            constraint=CheckConstraint(
                check="answered_by_id <> account_id", name="emergency_request_takes_two"
            ),
        ),
        ops.AddConstraint(
            model_name="EmergencyRequest",
            constraint=CheckConstraint(
                check="(answered_at IS NULL) = (is_approved IS NULL)", name="emergency_request_answered_whole"
            ),
        ),
        ops.CreateModel(
            name="ExternalIdentity",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("issuer", fields.CharField(max_length=200)),
                ("subject", fields.CharField(max_length=255)),
                ("linked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "external_identity",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("issuer", "subject"), name="external_identity_once"),
                    CheckConstraint(check="subject <> ''", name="external_identity_named"),
                ],
                "indexes": [Index(fields=["account_id"], name="external_identity_account")],
                "pk_attr": "id",
                "table_description": "That an identity service's subject is an account (统一身份认证): `issuer` and `subject` of OpenID Connect.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ExternalIdentity",
            constraint=UniqueConstraint(fields=("issuer", "subject"), name="external_identity_once"),
        ),
        ops.AddConstraint(
            model_name="ExternalIdentity",
            constraint=CheckConstraint(check="subject <> ''", name="external_identity_named"),
        ),
        ops.CreateModel(
            name="MemberRequest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "county",
                    fields.ForeignKeyField(
                        "models.County",
                        source_field="county_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                ("subject_type", fields.CharField(max_length=40)),
                ("subject_id", fields.UUIDField()),
                ("field", fields.CharField(null=True, max_length=40)),
                ("finding_code", fields.CharField(null=True, max_length=80)),
                ("proposed", fields.BinaryField(null=True)),
                ("reason", fields.CharField(max_length=500)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_on", fields.DateField()),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("outcome", fields.CharField(null=True, max_length=10)),
                ("answer", fields.CharField(null=True, max_length=500)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "answered_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="answered_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "member_request",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('CORRECTION', 'OBJECTION', 'DELETION', 'LOCK')",
                        name="member_request_kind_known",
                    ),
                    CheckConstraint(
                        check="outcome IN ('GRANTED', 'PARTLY', 'REFUSED')",
                        name="member_request_outcome_known",
                    ),
                    CheckConstraint(check="reason <> ''", name="member_request_has_a_reason"),
                    CheckConstraint(
                        check="(answered_at IS NULL) = (outcome IS NULL) AND (outcome IS NULL OR answer <> '')",
                        name="member_request_answered_whole",
                    ),
                ],
                "indexes": [
                    Index(fields=["county_id", "due_on", "id"], name="member_request_county"),
                    Index(fields=["member_id", "made_at", "id"], name="member_request_member"),
                    Index(fields=["answered_by_id"], name="member_request_answered_by"),
                ],
                "pk_attr": "id",
                "table_description": "What a member asks about his own record (本人申请): to correct, to look again, to delete or to lock.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="MemberRequest",
            constraint=CheckConstraint(
                check="kind IN ('CORRECTION', 'OBJECTION', 'DELETION', 'LOCK')",
                name="member_request_kind_known",
            ),
        ),
        ops.AddConstraint(
            model_name="MemberRequest",
            constraint=CheckConstraint(
                check="outcome IN ('GRANTED', 'PARTLY', 'REFUSED')", name="member_request_outcome_known"
            ),
        ),
        ops.AddConstraint(
            model_name="MemberRequest",
            constraint=CheckConstraint(check="reason <> ''", name="member_request_has_a_reason"),
        ),
        ops.AddConstraint(
            model_name="MemberRequest",
            constraint=CheckConstraint(
                check="(answered_at IS NULL) = (outcome IS NULL) AND (outcome IS NULL OR answer <> '')",
                name="member_request_answered_whole",
            ),
        ),
        ops.AddField(
            model_name="Account",
            name="county",
            field=fields.ForeignKeyField(
                "models.County",
                source_field="county_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddIndex(
            model_name="Account",
            index=Index(fields=["county_id", "username"], name="account_county"),
        ),
        ops.AddField(
            model_name="Account",
            name="disabled_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Account",
            name="must_change_password",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Account",
            name="one_time_confirmed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Account",
            name="one_time_secret",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="Account",
            name="one_time_step",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Account",
            name="recovery_codes",
            field=fields.JSONField(default=list, db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="Member",
            name="locked_on",
            field=fields.DateField(null=True),
        ),
        ops.RemoveConstraint(
            model_name="RoleGrant",
            name="role_grant_once",
            fields=None,
        ),
        ops.RemoveConstraint(
            model_name="RoleGrant",
            name="role_grant_role_known",
            fields=None,
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="granted_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="granted_by",
            field=fields.ForeignKeyField(
                "models.Account",
                source_field="granted_by_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="purpose",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="revoked_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="revoked_by",
            field=fields.ForeignKeyField(
                "models.Account",
                source_field="revoked_by_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="valid_from",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="RoleGrant",
            name="valid_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        # Sessions of before were never to be renewed: they end with this.
        ops.AddField(
            model_name="Session",
            name="renew_by",
            field=fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Session",
            name="way",
            field=fields.CharField(default="PASSWORD", db_default="PASSWORD", max_length=8),
        ),
        ops.AddField(
            model_name="Session",
            name="next_step",
            field=fields.CharField(null=True, max_length=24),
        ),
        ops.AddConstraint(
            model_name="Session",
            constraint=CheckConstraint(check="way IN ('PASSWORD', 'OIDC')", name="session_way_known"),
        ),
        ops.AddConstraint(
            model_name="Session",
            constraint=CheckConstraint(
                check="next_step IN ('CHANGE_PASSWORD', 'ENROL_ONE_TIME_CODE')",
                name="session_next_step_known",
            ),
        ),
        ops.AddIndex(
            model_name="RoleGrant",
            index=Index(fields=["account_id"], name="role_grant_account"),
        ),
        ops.AddIndex(
            model_name="RoleGrant",
            index=Index(fields=["granted_by_id"], name="role_grant_granted_by"),
        ),
        ops.AddIndex(
            model_name="RoleGrant",
            index=Index(fields=["revoked_by_id"], name="role_grant_revoked_by"),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=UniqueConstraint(
                fields=("account_id", "role", "county_id", "organization_id"),
                name="role_grant_once",
                condition="revoked_at IS NULL",
            ),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=CheckConstraint(
                check="role IN ('ADMIN', 'OFFICE', 'AUDITOR', 'TOWN', 'SECRETARY', 'MEMBER', 'DISCIPLINE_INSPECTION', 'PUBLIC_SECURITY', 'PARTNER_APP', 'SECURITY_ADMIN', 'EMERGENCY')",
                name="role_grant_role_known",
            ),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=CheckConstraint(
                check="valid_until > valid_from", name="role_grant_ends_after_its_beginning"
            ),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=CheckConstraint(
                check="role <> 'EMERGENCY' OR (valid_from IS NOT NULL AND valid_until IS NOT NULL AND valid_until <= valid_from + interval '60 minutes' AND purpose <> '')",
                name="role_grant_emergency_is_short",
            ),
        ),
        ops.RunSQL(
            "UPDATE account a SET county_id = g.county_id FROM role_grant g "
            "WHERE g.account_id = a.id AND g.county_id IS NOT NULL",
            reverse_sql=ops.RunSQL.noop,
        ),
    ]
