from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from runtime.identifiers import new_id


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="County",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("code", fields.CharField(unique=True, max_length=12)),
                ("name", fields.CharField(max_length=100)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "county", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Organization",
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
                ("code", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=120)),
                ("kind", fields.CharField(max_length=20)),
                ("field", fields.CharField(max_length=40)),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("path", fields.TextField(unique=False)),
                ("founded_on", fields.DateField(null=True)),
                ("elected_on", fields.DateField(null=True)),
                ("is_poor_village", fields.BooleanField(null=True)),
                ("village_income", fields.FloatField(null=True)),
                ("name_initials", fields.CharField(max_length=120)),
                ("search_keys", ArrayField(element_type="TEXT")),
            ],
            options={
                "table": "organization",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("county_id", "code"), name="organization_code_unique"),
                    UniqueConstraint(fields=("path",), name="organization_path_unique"),
                    CheckConstraint(
                        check="kind IN ('COMMITTEE', 'GENERAL_BRANCH', 'BRANCH', 'TEMPORARY_BRANCH', 'GROUP')",
                        name="organization_kind_known",
                    ),
                    CheckConstraint(check="name <> '' AND code <> ''", name="organization_named"),
                    CheckConstraint(check="code !~ '[/[:space:]]'", name="organization_code_plain"),
                    CheckConstraint(check="parent_id <> id", name="organization_not_its_own_parent"),
                ],
                "indexes": [
                    Index(fields=["parent_id"], name="organization_parent"),
                    Index(fields=["county_id", "kind", "code"], name="organization_kind"),
                    GinIndex(fields=["search_keys"], name="organization_search"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=UniqueConstraint(fields=("county_id", "code"), name="organization_code_unique"),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=UniqueConstraint(fields=("path",), name="organization_path_unique"),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=CheckConstraint(
                check="kind IN ('COMMITTEE', 'GENERAL_BRANCH', 'BRANCH', 'TEMPORARY_BRANCH', 'GROUP')",
                name="organization_kind_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=CheckConstraint(check="name <> '' AND code <> ''", name="organization_named"),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=CheckConstraint(check="code !~ '[/[:space:]]'", name="organization_code_plain"),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=CheckConstraint(check="parent_id <> id", name="organization_not_its_own_parent"),
        ),
        ops.CreateModel(
            name="Member",
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
                    "organization",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("id_number", fields.CharField(max_length=18)),
                ("gender", fields.CharField(max_length=6)),
                ("ethnicity", fields.CharField(null=True, max_length=30)),
                ("birth_date", fields.DateField()),
                ("education", fields.CharField(null=True, max_length=30)),
                ("standing", fields.CharField(max_length=12)),
                ("phone", fields.CharField(null=True, max_length=20)),
                ("joined_on", fields.DateField()),
                ("confirmed_on", fields.DateField(null=True)),
                ("occupation", fields.CharField(null=True, max_length=60)),
                ("address", fields.CharField(null=True, max_length=200)),
                ("lost_contact", fields.BooleanField(default=False)),
                ("declared_floating", fields.BooleanField(default=False)),
                ("name_sort", fields.CharField(max_length=120)),
                ("name_initials", fields.CharField(max_length=60)),
                ("search_keys", ArrayField(element_type="TEXT")),
            ],
            options={
                "table": "member",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("county_id", "id_number"), name="member_id_number_unique"),
                    CheckConstraint(check="gender IN ('MALE', 'FEMALE')", name="member_gender_known"),
                    CheckConstraint(
                        check="standing IN ('FULL', 'PROBATIONARY')", name="member_standing_known"
                    ),
                    CheckConstraint(check="name <> ''", name="member_named"),
                    CheckConstraint(check="id_number ~ '^[0-9]{17}[0-9X]$'", name="member_id_number_form"),
                    CheckConstraint(check="confirmed_on >= joined_on", name="member_confirmed_after_joining"),
                    CheckConstraint(
                        check="(standing = 'FULL') = (confirmed_on IS NOT NULL)",
                        name="member_confirmed_when_full",
                    ),
                    CheckConstraint(
                        check="joined_on >= (birth_date + interval '18 years')",
                        name="member_joined_as_an_adult",
                    ),
                ],
                "indexes": [
                    Index(fields=["organization_id", "name_sort", "id"], name="member_roster"),
                    Index(fields=["county_id", "name_sort", "id"], name="member_county"),
                    GinIndex(fields=["search_keys"], name="member_search"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Organization",
            name="secretary",
            field=fields.ForeignKeyField(
                "models.Member",
                source_field="secretary_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddIndex(
            model_name="Organization",
            index=Index(fields=["secretary_id"], name="organization_secretary"),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=UniqueConstraint(fields=("county_id", "id_number"), name="member_id_number_unique"),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(check="gender IN ('MALE', 'FEMALE')", name="member_gender_known"),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="standing IN ('FULL', 'PROBATIONARY')", name="member_standing_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(check="name <> ''", name="member_named"),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(check="id_number ~ '^[0-9]{17}[0-9X]$'", name="member_id_number_form"),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="confirmed_on >= joined_on", name="member_confirmed_after_joining"
            ),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="(standing = 'FULL') = (confirmed_on IS NOT NULL)", name="member_confirmed_when_full"
            ),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="joined_on >= (birth_date + interval '18 years')", name="member_joined_as_an_adult"
            ),
        ),
        ops.CreateModel(
            name="Account",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("username", fields.CharField(unique=True, max_length=60)),
                ("display_name", fields.CharField(max_length=120)),
                ("password_hash", fields.TextField(unique=False)),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("is_demo", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "account",
                "app": "models",
                "constraints": [CheckConstraint(check="username <> ''", name="account_named")],
                "indexes": [Index(fields=["member_id"], name="account_member")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Account",
            constraint=CheckConstraint(check="username <> ''", name="account_named"),
        ),
        ops.CreateModel(
            name="RoleGrant",
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
                ("role", fields.CharField(max_length=24)),
                (
                    "county",
                    fields.ForeignKeyField(
                        "models.County",
                        source_field="county_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="organization_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "role_grant",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id", "role", "county_id", "organization_id"), name="role_grant_once"
                    ),
                    CheckConstraint(
                        check="role IN ('ADMIN', 'OFFICE', 'AUDITOR', 'TOWN', 'SECRETARY', 'MEMBER', 'DISCIPLINE_INSPECTION', 'PUBLIC_SECURITY', 'PARTNER_APP')",
                        name="role_grant_role_known",
                    ),
                    CheckConstraint(
                        check="role = 'ADMIN' OR county_id IS NOT NULL", name="role_grant_in_a_county"
                    ),
                    CheckConstraint(
                        check="role NOT IN ('TOWN', 'SECRETARY') OR organization_id IS NOT NULL",
                        name="role_grant_in_an_organization",
                    ),
                ],
                "indexes": [
                    Index(fields=["county_id"], name="role_grant_county"),
                    Index(fields=["organization_id"], name="role_grant_organization"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=UniqueConstraint(
                fields=("account_id", "role", "county_id", "organization_id"), name="role_grant_once"
            ),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=CheckConstraint(
                check="role IN ('ADMIN', 'OFFICE', 'AUDITOR', 'TOWN', 'SECRETARY', 'MEMBER', 'DISCIPLINE_INSPECTION', 'PUBLIC_SECURITY', 'PARTNER_APP')",
                name="role_grant_role_known",
            ),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=CheckConstraint(
                check="role = 'ADMIN' OR county_id IS NOT NULL", name="role_grant_in_a_county"
            ),
        ),
        ops.AddConstraint(
            model_name="RoleGrant",
            constraint=CheckConstraint(
                check="role NOT IN ('TOWN', 'SECRETARY') OR organization_id IS NOT NULL",
                name="role_grant_in_an_organization",
            ),
        ),
        ops.CreateModel(
            name="RecordAccess",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("purpose", fields.CharField(max_length=200)),
                ("fields_read", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "record_access",
                "app": "models",
                "indexes": [
                    Index(fields=["member_id", "at", "id"], name="record_access_member"),
                    Index(fields=["account_id"], name="record_access_account"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FloatingMember",
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
                (
                    "home_branch",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="home_branch_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "host_branch",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="host_branch_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("left_on", fields.DateField(null=True)),
                ("destination", fields.CharField(null=True, max_length=200)),
                ("contact", fields.CharField(null=True, max_length=40)),
                ("employment", fields.CharField(null=True, max_length=200)),
                ("organizational_life", fields.CharField(null=True, max_length=200)),
                ("mindset", fields.CharField(null=True, max_length=200)),
                ("contribution", fields.CharField(null=True, max_length=200)),
                ("registered_on", fields.DateField(null=True)),
                ("last_updated_on", fields.DateField(null=True)),
                ("returned_on", fields.DateField(null=True)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "floating_member",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("member_id",),
                        name="floating_member_one_open_record",
                        condition="returned_on IS NULL",
                    ),
                    CheckConstraint(
                        check="last_updated_on >= registered_on", name="floating_member_dates_in_order"
                    ),
                    CheckConstraint(
                        check="returned_on >= left_on", name="floating_member_returned_after_leaving"
                    ),
                ],
                "indexes": [
                    Index(fields=["member_id"], name="floating_member_member"),
                    Index(fields=["home_branch_id"], name="floating_member_home"),
                    Index(fields=["host_branch_id"], name="floating_member_host"),
                    Index(fields=["county_id", "last_updated_on", "id"], name="floating_member_county"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="FloatingMember",
            constraint=UniqueConstraint(
                fields=("member_id",), name="floating_member_one_open_record", condition="returned_on IS NULL"
            ),
        ),
        ops.AddConstraint(
            model_name="FloatingMember",
            constraint=CheckConstraint(
                check="last_updated_on >= registered_on", name="floating_member_dates_in_order"
            ),
        ),
        ops.AddConstraint(
            model_name="FloatingMember",
            constraint=CheckConstraint(
                check="returned_on >= left_on", name="floating_member_returned_after_leaving"
            ),
        ),
        ops.CreateModel(
            name="ThemeDay",
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
                    "organization",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("held_on", fields.DateField()),
                ("theme", fields.CharField(max_length=200)),
                ("agenda", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("evaluations", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("lectures", fields.IntField(default=0)),
                ("deliberations", fields.IntField(default=0)),
                ("open_affairs", fields.IntField(default=0)),
                ("volunteer_services", fields.IntField(default=0)),
                ("practical_deeds", fields.IntField(default=0)),
                ("suggestions", fields.IntField(default=0)),
            ],
            options={
                "table": "theme_day",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("organization_id", "held_on"), name="theme_day_once_a_day"),
                    CheckConstraint(check="theme <> ''", name="theme_day_named"),
                    CheckConstraint(
                        check="lectures >= 0 AND deliberations >= 0 AND open_affairs >= 0 AND volunteer_services >= 0 AND practical_deeds >= 0 AND suggestions >= 0",
                        name="theme_day_counters_not_negative",
                    ),
                ],
                "indexes": [Index(fields=["county_id", "held_on"], name="theme_day_county")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ThemeDay",
            constraint=UniqueConstraint(fields=("organization_id", "held_on"), name="theme_day_once_a_day"),
        ),
        ops.AddConstraint(
            model_name="ThemeDay",
            constraint=CheckConstraint(check="theme <> ''", name="theme_day_named"),
        ),
        ops.AddConstraint(
            model_name="ThemeDay",
            constraint=CheckConstraint(
                check="lectures >= 0 AND deliberations >= 0 AND open_affairs >= 0 AND volunteer_services >= 0 AND practical_deeds >= 0 AND suggestions >= 0",
                name="theme_day_counters_not_negative",
            ),
        ),
        ops.CreateModel(
            name="Attendance",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "theme_day",
                    fields.ForeignKeyField(
                        "models.ThemeDay",
                        source_field="theme_day_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
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
                ("checked_in_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("method", fields.CharField(max_length=12)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="recorded_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "attendance",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("theme_day_id", "member_id"), name="attendance_once"),
                    CheckConstraint(
                        check="method IN ('CODE', 'ONLINE', 'BY_SECRETARY', 'IMPORTED')",
                        name="attendance_method_known",
                    ),
                ],
                "indexes": [
                    Index(fields=["member_id", "checked_in_at", "id"], name="attendance_member"),
                    Index(fields=["recorded_by_id"], name="attendance_recorded_by"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Attendance",
            constraint=UniqueConstraint(fields=("theme_day_id", "member_id"), name="attendance_once"),
        ),
        ops.AddConstraint(
            model_name="Attendance",
            constraint=CheckConstraint(
                check="method IN ('CODE', 'ONLINE', 'BY_SECRETARY', 'IMPORTED')",
                name="attendance_method_known",
            ),
        ),
        ops.CreateModel(
            name="Course",
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
                ("title", fields.CharField(max_length=120)),
                ("form", fields.CharField(max_length=30)),
                ("hours", fields.FloatField()),
            ],
            options={
                "table": "course",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("county_id", "title"), name="course_title_unique"),
                    CheckConstraint(check="title <> '' AND form <> ''", name="course_named"),
                    CheckConstraint(check="hours > 0 AND hours <= 1000", name="course_hours_in_bounds"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Course",
            constraint=UniqueConstraint(fields=("county_id", "title"), name="course_title_unique"),
        ),
        ops.AddConstraint(
            model_name="Course",
            constraint=CheckConstraint(check="title <> '' AND form <> ''", name="course_named"),
        ),
        ops.AddConstraint(
            model_name="Course",
            constraint=CheckConstraint(check="hours > 0 AND hours <= 1000", name="course_hours_in_bounds"),
        ),
        ops.CreateModel(
            name="TrainingRecord",
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
                (
                    "course",
                    fields.ForeignKeyField(
                        "models.Course",
                        source_field="course_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("form", fields.CharField(max_length=30)),
                ("hours", fields.FloatField()),
                ("completed_on", fields.DateField()),
            ],
            options={
                "table": "training_record",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("member_id", "course_id", "completed_on"), name="training_record_once"
                    ),
                    CheckConstraint(
                        check="hours > 0 AND hours <= 1000", name="training_record_hours_in_bounds"
                    ),
                ],
                "indexes": [
                    Index(fields=["member_id", "completed_on", "id"], name="training_record_member"),
                    Index(fields=["course_id"], name="training_record_course"),
                    Index(fields=["county_id"], name="training_record_county"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="TrainingRecord",
            constraint=UniqueConstraint(
                fields=("member_id", "course_id", "completed_on"), name="training_record_once"
            ),
        ),
        ops.AddConstraint(
            model_name="TrainingRecord",
            constraint=CheckConstraint(
                check="hours > 0 AND hours <= 1000", name="training_record_hours_in_bounds"
            ),
        ),
        ops.CreateModel(
            name="Delegate",
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
                ("level", fields.CharField(max_length=10)),
                ("congress", fields.CharField(max_length=120)),
                ("elected_on", fields.DateField()),
                ("status", fields.CharField(default="SERVING", max_length=12)),
            ],
            options={
                "table": "delegate",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("member_id", "level", "congress"), name="delegate_once_a_congress"
                    ),
                    CheckConstraint(
                        check="level IN ('COUNTY', 'CITY', 'PROVINCE')", name="delegate_level_known"
                    ),
                    CheckConstraint(
                        check="status IN ('SERVING', 'SUSPENDED', 'TERMINATED')", name="delegate_status_known"
                    ),
                ],
                "indexes": [Index(fields=["county_id", "level"], name="delegate_county")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Delegate",
            constraint=UniqueConstraint(
                fields=("member_id", "level", "congress"), name="delegate_once_a_congress"
            ),
        ),
        ops.AddConstraint(
            model_name="Delegate",
            constraint=CheckConstraint(
                check="level IN ('COUNTY', 'CITY', 'PROVINCE')", name="delegate_level_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Delegate",
            constraint=CheckConstraint(
                check="status IN ('SERVING', 'SUSPENDED', 'TERMINATED')", name="delegate_status_known"
            ),
        ),
        ops.CreateModel(
            name="PostChange",
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
                ("changed_on", fields.DateField()),
                ("change", fields.CharField(max_length=120)),
                ("destination", fields.CharField(null=True, max_length=200)),
            ],
            options={
                "table": "post_change",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("member_id", "changed_on", "change"), name="post_change_once")
                ],
                "indexes": [Index(fields=["county_id"], name="post_change_county")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="PostChange",
            constraint=UniqueConstraint(
                fields=("member_id", "changed_on", "change"), name="post_change_once"
            ),
        ),
        ops.CreateModel(
            name="Clearance",
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
                    "delegate",
                    fields.ForeignKeyField(
                        "models.Delegate",
                        source_field="delegate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("quarter", fields.CharField(max_length=6)),
                ("agency", fields.CharField(max_length=24)),
                ("opinion", fields.CharField(null=True, max_length=12)),
                ("reason", fields.CharField(null=True, max_length=400)),
                ("signature", fields.TextField(null=True, unique=False)),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_on", fields.DateField()),
                ("submitted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "submitted_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="submitted_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "clearance",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("delegate_id", "quarter", "agency"), name="clearance_once_a_quarter"
                    ),
                    CheckConstraint(
                        check="agency IN ('DISCIPLINE_INSPECTION', 'PUBLIC_SECURITY')",
                        name="clearance_agency_known",
                    ),
                    CheckConstraint(
                        check="opinion IN ('NO_OBJECTION', 'OBJECTION')", name="clearance_opinion_known"
                    ),
                    CheckConstraint(
                        check="(opinion IS NULL) = (submitted_at IS NULL)",
                        name="clearance_answered_at_a_time",
                    ),
                    CheckConstraint(
                        check="opinion IS DISTINCT FROM 'OBJECTION' OR reason IS NOT NULL",
                        name="clearance_objection_has_a_reason",
                    ),
                    CheckConstraint(check="quarter ~ '^[0-9]{4}Q[1-4]$'", name="clearance_quarter_form"),
                ],
                "indexes": [
                    Index(fields=["county_id", "agency", "due_on", "id"], name="clearance_pending"),
                    Index(fields=["submitted_by_id"], name="clearance_submitted_by"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Clearance",
            constraint=UniqueConstraint(
                fields=("delegate_id", "quarter", "agency"), name="clearance_once_a_quarter"
            ),
        ),
        ops.AddConstraint(
            model_name="Clearance",
            constraint=CheckConstraint(
                check="agency IN ('DISCIPLINE_INSPECTION', 'PUBLIC_SECURITY')", name="clearance_agency_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Clearance",
            constraint=CheckConstraint(
                check="opinion IN ('NO_OBJECTION', 'OBJECTION')", name="clearance_opinion_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Clearance",
            constraint=CheckConstraint(
                check="(opinion IS NULL) = (submitted_at IS NULL)", name="clearance_answered_at_a_time"
            ),
        ),
        ops.AddConstraint(
            model_name="Clearance",
            constraint=CheckConstraint(
                check="opinion IS DISTINCT FROM 'OBJECTION' OR reason IS NOT NULL",
                name="clearance_objection_has_a_reason",
            ),
        ),
        ops.AddConstraint(
            model_name="Clearance",
            constraint=CheckConstraint(check="quarter ~ '^[0-9]{4}Q[1-4]$'", name="clearance_quarter_form"),
        ),
        ops.CreateModel(
            name="QualificationReview",
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
                ("quarter", fields.CharField(max_length=6)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "opened_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="opened_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "qualification_review",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("county_id", "quarter"), name="qualification_review_once_a_quarter"
                    ),
                    CheckConstraint(
                        check="quarter ~ '^[0-9]{4}Q[1-4]$'", name="qualification_review_quarter_form"
                    ),
                ],
                "indexes": [Index(fields=["opened_by_id"], name="qualification_review_opened_by")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="QualificationReview",
            constraint=UniqueConstraint(
                fields=("county_id", "quarter"), name="qualification_review_once_a_quarter"
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationReview",
            constraint=CheckConstraint(
                check="quarter ~ '^[0-9]{4}Q[1-4]$'", name="qualification_review_quarter_form"
            ),
        ),
        ops.CreateModel(
            name="QualificationCheck",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "review",
                    fields.ForeignKeyField(
                        "models.QualificationReview",
                        source_field="review_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "delegate",
                    fields.ForeignKeyField(
                        "models.Delegate",
                        source_field="delegate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("outcome", fields.CharField(max_length=24)),
                ("findings", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("facts", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("evaluated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "qualification_check",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("review_id", "delegate_id"), name="qualification_check_once"),
                    CheckConstraint(
                        check="outcome IN ('QUALIFIED', 'SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED', 'AWAITING_CLEARANCE')",
                        name="qualification_check_outcome_known",
                    ),
                ],
                "indexes": [Index(fields=["delegate_id"], name="qualification_check_delegate")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="QualificationCheck",
            constraint=UniqueConstraint(fields=("review_id", "delegate_id"), name="qualification_check_once"),
        ),
        ops.AddConstraint(
            model_name="QualificationCheck",
            constraint=CheckConstraint(
                check="outcome IN ('QUALIFIED', 'SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED', 'AWAITING_CLEARANCE')",
                name="qualification_check_outcome_known",
            ),
        ),
        ops.CreateModel(
            name="QualificationDecision",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "qualification_check",
                    fields.OneToOneField(
                        "models.QualificationCheck",
                        source_field="qualification_check_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("outcome", fields.CharField(max_length=24)),
                ("reason", fields.CharField(max_length=1000)),
                ("decided_by", fields.CharField(max_length=200)),
                ("decided_on", fields.DateField()),
                ("status_before", fields.CharField(max_length=12)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="recorded_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "qualification_decision",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="outcome IN ('QUALIFIED', 'SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED')",
                        name="qualification_decision_outcome_known",
                    ),
                    CheckConstraint(
                        check="reason <> '' AND decided_by <> ''",
                        name="qualification_decision_by_a_named_body",
                    ),
                ],
                "indexes": [Index(fields=["recorded_by_id"], name="qualification_decision_recorded_by")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="QualificationDecision",
            constraint=CheckConstraint(
                check="outcome IN ('QUALIFIED', 'SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED')",
                name="qualification_decision_outcome_known",
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationDecision",
            constraint=CheckConstraint(
                check="reason <> '' AND decided_by <> ''", name="qualification_decision_by_a_named_body"
            ),
        ),
        ops.CreateModel(
            name="ImportJob",
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
                ("kind", fields.CharField(max_length=20)),
                ("status", fields.CharField(default="QUEUED", max_length=10)),
                ("file_name", fields.CharField(max_length=255)),
                ("rows_total", fields.IntField(default=0)),
                ("rows_read", fields.IntField(default=0)),
                ("rows_accepted", fields.IntField(default=0)),
                ("rows_refused", fields.IntField(default=0)),
                ("rows_changed", fields.IntField(default=0)),
                ("failure_zh", fields.TextField(null=True, unique=False)),
                ("failure_en", fields.TextField(null=True, unique=False)),
                (
                    "created_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="created_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "import_job",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('ORGANIZATIONS', 'MEMBERS', 'FLOATING_MEMBERS', 'THEME_DAYS', 'ATTENDANCES', 'TRAINING_RECORDS', 'DELEGATES', 'POST_CHANGES', 'CLEARANCES')",
                        name="import_job_kind_known",
                    ),
                    CheckConstraint(
                        check="status IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')",
                        name="import_job_status_known",
                    ),
                ],
                "indexes": [
                    Index(fields=["county_id", "created_at"], name="import_job_county"),
                    Index(fields=["created_by_id"], name="import_job_created_by"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ImportJob",
            constraint=CheckConstraint(
                check="kind IN ('ORGANIZATIONS', 'MEMBERS', 'FLOATING_MEMBERS', 'THEME_DAYS', 'ATTENDANCES', 'TRAINING_RECORDS', 'DELEGATES', 'POST_CHANGES', 'CLEARANCES')",
                name="import_job_kind_known",
            ),
        ),
        ops.AddConstraint(
            model_name="ImportJob",
            constraint=CheckConstraint(
                check="status IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')", name="import_job_status_known"
            ),
        ),
        ops.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "job",
                    fields.ForeignKeyField(
                        "models.ImportJob",
                        source_field="job_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("row", fields.IntField()),
                ("column", fields.CharField(max_length=60)),
                ("value", fields.TextField(unique=False)),
                ("code", fields.CharField(max_length=60)),
                ("message_zh", fields.TextField(unique=False)),
                ("message_en", fields.TextField(unique=False)),
            ],
            options={
                "table": "import_problem",
                "app": "models",
                "indexes": [Index(fields=["job_id", "row", "id"], name="import_problem_job")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "sequence",
                    fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "actor",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="actor_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("actor_name", fields.CharField(max_length=120)),
                (
                    "county",
                    fields.ForeignKeyField(
                        "models.County",
                        source_field="county_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("action", fields.CharField(max_length=60)),
                ("subject_type", fields.CharField(max_length=40)),
                ("subject_id", fields.CharField(max_length=60)),
                ("detail", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "audit_entry",
                "app": "models",
                "indexes": [
                    Index(fields=["county_id", "sequence"], name="audit_entry_county"),
                    Index(fields=["actor_id"], name="audit_entry_actor"),
                ],
                "pk_attr": "sequence",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotentRequest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("sender", fields.CharField(max_length=60)),
                ("key", fields.CharField(max_length=255)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("answer", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotent_request",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("sender", "key"), name="idempotent_request_once")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="IdempotentRequest",
            constraint=UniqueConstraint(fields=("sender", "key"), name="idempotent_request_once"),
        ),
        # A subtree is a range of paths, so paths must compare byte by byte in every database.
        ops.RunSQL(
            'ALTER TABLE organization ALTER COLUMN path TYPE text COLLATE "C"',
            "ALTER TABLE organization ALTER COLUMN path TYPE text",
        ),
    ]
