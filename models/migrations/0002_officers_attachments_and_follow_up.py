from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from runtime.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0001_the_first_tables")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Appraisal",
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
                ("year", fields.IntField()),
                ("grade", fields.CharField(max_length=22)),
                ("decided_by", fields.CharField(max_length=200)),
                ("decided_on", fields.DateField()),
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
                "table": "appraisal",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="grade IN ('EXCELLENT', 'QUALIFIED', 'BASICALLY_QUALIFIED', 'UNQUALIFIED')",
                        name="appraisal_grade_known",
                    ),
                    CheckConstraint(check="year BETWEEN 1921 AND 9999", name="appraisal_year_in_bounds"),
                    CheckConstraint(check="decided_by <> ''", name="appraisal_by_a_named_body"),
                    UniqueConstraint(fields=("member_id", "year"), name="appraisal_once_a_year"),
                ],
                "indexes": [
                    Index(fields=["organization_id", "year"], name="appraisal_organization"),
                    Index(fields=["county_id", "year"], name="appraisal_county"),
                    Index(fields=["recorded_by_id"], name="appraisal_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "The grade that a member's branch gave him for a year (民主评议); probationary members are not graded.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Appraisal",
            constraint=CheckConstraint(
                check="grade IN ('EXCELLENT', 'QUALIFIED', 'BASICALLY_QUALIFIED', 'UNQUALIFIED')",
                name="appraisal_grade_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Appraisal",
            constraint=CheckConstraint(check="year BETWEEN 1921 AND 9999", name="appraisal_year_in_bounds"),
        ),
        ops.AddConstraint(
            model_name="Appraisal",
            constraint=CheckConstraint(check="decided_by <> ''", name="appraisal_by_a_named_body"),
        ),
        ops.AddConstraint(
            model_name="Appraisal",
            constraint=UniqueConstraint(fields=("member_id", "year"), name="appraisal_once_a_year"),
        ),
        ops.CreateModel(
            name="Attachment",
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
                ("kind", fields.CharField(max_length=14)),
                ("rights", ArrayField(element_type="TEXT")),
                ("began_on", fields.DateField(null=True)),
                ("ended_on", fields.DateField(null=True)),
                ("end_reason", fields.CharField(null=True, max_length=200)),
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
                "table": "attachment",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('AWAY', 'RESETTLEMENT', 'PROJECT', 'NETWORK')",
                        name="attachment_kind_known",
                    ),
                    CheckConstraint(check="ended_on >= began_on", name="attachment_dates_in_order"),
                    CheckConstraint(
                        check="rights <@ ARRAY['STUDY', 'ACTIVITIES', 'SUPERVISION', 'APPRAISAL']",
                        name="attachment_rights_known",
                    ),
                    UniqueConstraint(
                        fields=("member_id", "organization_id"),
                        name="attachment_once",
                        condition="ended_on IS NULL",
                    ),
                ],
                "indexes": [
                    Index(fields=["member_id"], name="attachment_member"),
                    Index(fields=["organization_id"], name="attachment_organization"),
                    Index(fields=["county_id", "kind"], name="attachment_county"),
                    Index(fields=["recorded_by_id"], name="attachment_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "That a member takes part in another organization while his home branch leads (挂靠): one home, many attachments.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Attachment",
            constraint=CheckConstraint(
                check="kind IN ('AWAY', 'RESETTLEMENT', 'PROJECT', 'NETWORK')", name="attachment_kind_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Attachment",
            constraint=CheckConstraint(check="ended_on >= began_on", name="attachment_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="Attachment",
            constraint=CheckConstraint(
                check="rights <@ ARRAY['STUDY', 'ACTIVITIES', 'SUPERVISION', 'APPRAISAL']",
                name="attachment_rights_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Attachment",
            constraint=UniqueConstraint(
                fields=("member_id", "organization_id"), name="attachment_once", condition="ended_on IS NULL"
            ),
        ),
        ops.CreateModel(
            name="CourseSession",
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
                (
                    "organizer",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="organizer_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("started_on", fields.DateField()),
                ("ended_on", fields.DateField()),
                ("place", fields.CharField(null=True, max_length=120)),
                ("days", fields.FloatField(default=0)),
                ("half_days", fields.IntField(default=0)),
            ],
            options={
                "table": "course_session",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="ended_on >= started_on", name="course_session_dates_in_order"),
                    CheckConstraint(
                        check="days >= 0 AND half_days >= 0", name="course_session_days_not_negative"
                    ),
                ],
                "indexes": [
                    Index(fields=["course_id", "started_on"], name="course_session_course"),
                    Index(fields=["organizer_id"], name="course_session_organizer"),
                    Index(fields=["county_id", "started_on"], name="course_session_county"),
                ],
                "pk_attr": "id",
                "table_description": "One holding of a course (培训班次), over one day or several; `days` and `half_days` are converted to hours.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="CourseSession",
            constraint=CheckConstraint(check="ended_on >= started_on", name="course_session_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="CourseSession",
            constraint=CheckConstraint(
                check="days >= 0 AND half_days >= 0", name="course_session_days_not_negative"
            ),
        ),
        ops.CreateModel(
            name="DelegateStatusChange",
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
                ("status", fields.CharField(max_length=12)),
                ("since", fields.DateField()),
                (
                    "decision",
                    fields.ForeignKeyField(
                        "models.QualificationDecision",
                        source_field="decision_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_by", fields.CharField(max_length=200)),
                ("reason", fields.CharField(max_length=1000)),
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
                "table": "delegate_status_change",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="status IN ('SERVING', 'SUSPENDED', 'TERMINATED')",
                        name="delegate_status_change_known",
                    ),
                    CheckConstraint(
                        check="decided_by <> '' AND reason <> ''",
                        name="delegate_status_change_by_a_named_body",
                    ),
                ],
                "indexes": [
                    Index(fields=["delegate_id", "since", "id"], name="delegate_status_change_delegate"),
                    Index(fields=["decision_id"], name="delegate_status_change_decision"),
                    Index(fields=["county_id"], name="delegate_status_change_county"),
                    Index(fields=["recorded_by_id"], name="delegate_status_change_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "A step in a delegate's status history (代表状态变动).",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="DelegateStatusChange",
            constraint=CheckConstraint(
                check="status IN ('SERVING', 'SUSPENDED', 'TERMINATED')", name="delegate_status_change_known"
            ),
        ),
        ops.AddConstraint(
            model_name="DelegateStatusChange",
            constraint=CheckConstraint(
                check="decided_by <> '' AND reason <> ''", name="delegate_status_change_by_a_named_body"
            ),
        ),
        ops.CreateModel(
            name="Exemption",
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
                ("ground", fields.CharField(max_length=10)),
                ("began_on", fields.DateField()),
                ("ended_on", fields.DateField(null=True)),
                ("reason", fields.CharField(null=True, max_length=200)),
                ("approved_by", fields.CharField(max_length=200)),
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
                "table": "exemption",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="ground IN ('OLD', 'ILL', 'DISABLED', 'OTHER')", name="exemption_ground_known"
                    ),
                    CheckConstraint(check="ended_on >= began_on", name="exemption_dates_in_order"),
                    CheckConstraint(check="approved_by <> ''", name="exemption_approved"),
                    UniqueConstraint(
                        fields=("member_id",), name="exemption_one_open", condition="ended_on IS NULL"
                    ),
                ],
                "indexes": [
                    Index(fields=["member_id"], name="exemption_member"),
                    Index(fields=["county_id"], name="exemption_county"),
                    Index(fields=["recorded_by_id"], name="exemption_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "That no firm demand is made of a member for a while (不作硬性要求): he is left out of denominators.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Exemption",
            constraint=CheckConstraint(
                check="ground IN ('OLD', 'ILL', 'DISABLED', 'OTHER')", name="exemption_ground_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Exemption",
            constraint=CheckConstraint(check="ended_on >= began_on", name="exemption_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="Exemption",
            constraint=CheckConstraint(check="approved_by <> ''", name="exemption_approved"),
        ),
        ops.AddConstraint(
            model_name="Exemption",
            constraint=UniqueConstraint(
                fields=("member_id",), name="exemption_one_open", condition="ended_on IS NULL"
            ),
        ),
        ops.CreateModel(
            name="FloatingDecision",
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
                    "floating_member",
                    fields.ForeignKeyField(
                        "models.FloatingMember",
                        source_field="floating_member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("measure", fields.CharField(max_length=20)),
                ("reason", fields.CharField(max_length=1000)),
                ("decided_by", fields.CharField(max_length=200)),
                ("decided_on", fields.DateField()),
                ("findings", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("facts", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
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
                "table": "floating_decision",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="measure IN ('KEEP_LOOKING', 'CONTACT_RESTORED', 'SUSPEND_MEMBERSHIP', 'REMOVE')",
                        name="floating_decision_measure_known",
                    ),
                    CheckConstraint(
                        check="reason <> '' AND decided_by <> ''", name="floating_decision_by_a_named_body"
                    ),
                ],
                "indexes": [
                    Index(fields=["floating_member_id"], name="floating_decision_member"),
                    Index(fields=["county_id"], name="floating_decision_county"),
                    Index(fields=["recorded_by_id"], name="floating_decision_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "What a body decided about a member out of contact (失联党员处理), with the findings and facts it rests on.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="FloatingDecision",
            constraint=CheckConstraint(
                check="measure IN ('KEEP_LOOKING', 'CONTACT_RESTORED', 'SUSPEND_MEMBERSHIP', 'REMOVE')",
                name="floating_decision_measure_known",
            ),
        ),
        ops.AddConstraint(
            model_name="FloatingDecision",
            constraint=CheckConstraint(
                check="reason <> '' AND decided_by <> ''", name="floating_decision_by_a_named_body"
            ),
        ),
        ops.CreateModel(
            name="Handover",
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
                (
                    "home",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="home_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "host",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="host_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("note", fields.CharField(null=True, max_length=400)),
                ("proposed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "proposed_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="proposed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("due_on", fields.DateField()),
                ("home_confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "home_confirmed_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="home_confirmed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("host_confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "host_confirmed_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="host_confirmed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("refused_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "refused_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="refused_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("refusal", fields.CharField(null=True, max_length=400)),
            ],
            options={
                "table": "handover",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="kind IN ('ATTACHMENT', 'TRANSFER')", name="handover_kind_known"),
                    CheckConstraint(check="home_id <> host_id", name="handover_between_two"),
                    CheckConstraint(
                        check="(refused_at IS NULL) = (refusal IS NULL)",
                        name="handover_refused_with_a_reason",
                    ),
                    UniqueConstraint(
                        fields=("member_id",),
                        name="handover_one_open",
                        condition="refused_at IS NULL AND (home_confirmed_at IS NULL OR host_confirmed_at IS NULL)",
                    ),
                ],
                "indexes": [
                    Index(fields=["member_id"], name="handover_member"),
                    Index(fields=["home_id"], name="handover_home"),
                    Index(fields=["host_id"], name="handover_host"),
                    Index(fields=["county_id", "proposed_at"], name="handover_county"),
                    Index(fields=["proposed_by_id"], name="handover_proposed_by"),
                    Index(fields=["home_confirmed_by_id"], name="handover_home_confirmed_by"),
                    Index(fields=["host_confirmed_by_id"], name="handover_host_confirmed_by"),
                    Index(fields=["refused_by_id"], name="handover_refused_by"),
                ],
                "pk_attr": "id",
                "table_description": "A hand-over of a member between home and host (交接): it takes effect when both sides have confirmed.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Handover",
            constraint=CheckConstraint(
                check="kind IN ('ATTACHMENT', 'TRANSFER')", name="handover_kind_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Handover",
            constraint=CheckConstraint(check="home_id <> host_id", name="handover_between_two"),
        ),
        ops.AddConstraint(
            model_name="Handover",
            constraint=CheckConstraint(
                check="(refused_at IS NULL) = (refusal IS NULL)", name="handover_refused_with_a_reason"
            ),
        ),
        ops.AddConstraint(
            model_name="Handover",
            constraint=UniqueConstraint(
                fields=("member_id",),
                name="handover_one_open",
                condition="refused_at IS NULL AND (home_confirmed_at IS NULL OR host_confirmed_at IS NULL)",
            ),
        ),
        ops.CreateModel(
            name="Homecoming",
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
                    "floating_member",
                    fields.ForeignKeyField(
                        "models.FloatingMember",
                        source_field="floating_member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("came_on", fields.DateField()),
                ("left_again_on", fields.DateField(null=True)),
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
                "table": "homecoming",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="left_again_on >= came_on", name="homecoming_dates_in_order"),
                    UniqueConstraint(fields=("floating_member_id", "came_on"), name="homecoming_once_a_day"),
                ],
                "indexes": [
                    Index(fields=["county_id"], name="homecoming_county"),
                    Index(fields=["recorded_by_id"], name="homecoming_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "That a member who is away came home for a while (返乡): the items of 六个一 are worked through then.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Homecoming",
            constraint=CheckConstraint(check="left_again_on >= came_on", name="homecoming_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="Homecoming",
            constraint=UniqueConstraint(
                fields=("floating_member_id", "came_on"), name="homecoming_once_a_day"
            ),
        ),
        ops.CreateModel(
            name="FloatingActivity",
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
                    "floating_member",
                    fields.ForeignKeyField(
                        "models.FloatingMember",
                        source_field="floating_member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "homecoming",
                    fields.ForeignKeyField(
                        "models.Homecoming",
                        source_field="homecoming_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("list", fields.CharField(max_length=12)),
                ("key", fields.CharField(max_length=60)),
                ("done_on", fields.DateField()),
                ("note", fields.CharField(null=True, max_length=400)),
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
                "table": "floating_activity",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="list IN ('HOMECOMING', 'SYSTEM')", name="floating_activity_list_known"
                    ),
                    CheckConstraint(check="key <> ''", name="floating_activity_keyed"),
                    CheckConstraint(
                        check="(list = 'HOMECOMING') = (homecoming_id IS NOT NULL)",
                        name="floating_activity_of_a_homecoming",
                    ),
                    UniqueConstraint(
                        fields=("homecoming_id", "key"),
                        name="floating_activity_once_a_homecoming",
                        condition="homecoming_id IS NOT NULL",
                    ),
                ],
                "indexes": [
                    Index(fields=["floating_member_id", "list", "done_on"], name="floating_activity_member"),
                    Index(fields=["homecoming_id"], name="floating_activity_homecoming"),
                    Index(fields=["county_id"], name="floating_activity_county"),
                    Index(fields=["recorded_by_id"], name="floating_activity_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "That an item of one of the pack's two lists was done with a member away (六个一, 八项制度).",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="FloatingActivity",
            constraint=CheckConstraint(
                check="list IN ('HOMECOMING', 'SYSTEM')", name="floating_activity_list_known"
            ),
        ),
        ops.AddConstraint(
            model_name="FloatingActivity",
            constraint=CheckConstraint(check="key <> ''", name="floating_activity_keyed"),
        ),
        ops.AddConstraint(
            model_name="FloatingActivity",
            constraint=CheckConstraint(
                check="(list = 'HOMECOMING') = (homecoming_id IS NOT NULL)",
                name="floating_activity_of_a_homecoming",
            ),
        ),
        ops.AddConstraint(
            model_name="FloatingActivity",
            constraint=UniqueConstraint(
                fields=("homecoming_id", "key"),
                name="floating_activity_once_a_homecoming",
                condition="homecoming_id IS NOT NULL",
            ),
        ),
        ops.CreateModel(
            name="Meeting",
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
                ("kind", fields.CharField(max_length=20)),
                ("held_on", fields.DateField()),
                ("subject", fields.CharField(max_length=200)),
                ("entitled", fields.IntField()),
                ("present", fields.IntField()),
                ("left_out", fields.IntField(default=0)),
                ("is_leaving_out_approved", fields.BooleanField(null=True)),
                ("votes", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
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
                "table": "meeting",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('BRANCH_MEETING', 'COMMITTEE_MEETING', 'GROUP_MEETING', 'LIFE_MEETING', 'LEADING_GROUP')",
                        name="meeting_kind_known",
                    ),
                    CheckConstraint(check="subject <> ''", name="meeting_named"),
                    CheckConstraint(
                        check="present >= 0 AND present <= entitled AND left_out >= 0",
                        name="meeting_counts_in_order",
                    ),
                    UniqueConstraint(
                        fields=("organization_id", "kind", "held_on"), name="meeting_once_a_day"
                    ),
                ],
                "indexes": [
                    Index(fields=["organization_id", "held_on", "id"], name="meeting_organization"),
                    Index(fields=["county_id", "held_on"], name="meeting_county"),
                    Index(fields=["recorded_by_id"], name="meeting_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "A meeting of an organization (会议) with its votes; `votes` are the facts of plugins.meeting.VoteFacts.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Meeting",
            constraint=CheckConstraint(
                check="kind IN ('BRANCH_MEETING', 'COMMITTEE_MEETING', 'GROUP_MEETING', 'LIFE_MEETING', 'LEADING_GROUP')",
                name="meeting_kind_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Meeting",
            constraint=CheckConstraint(check="subject <> ''", name="meeting_named"),
        ),
        ops.AddConstraint(
            model_name="Meeting",
            constraint=CheckConstraint(
                check="present >= 0 AND present <= entitled AND left_out >= 0", name="meeting_counts_in_order"
            ),
        ),
        ops.AddConstraint(
            model_name="Meeting",
            constraint=UniqueConstraint(
                fields=("organization_id", "kind", "held_on"), name="meeting_once_a_day"
            ),
        ),
        ops.CreateModel(
            name="OfficeTerm",
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
                ("office", fields.CharField(max_length=20)),
                ("duty", fields.CharField(null=True, max_length=60)),
                ("start", fields.CharField(null=True, max_length=10)),
                ("began_on", fields.DateField(null=True)),
                ("ended_on", fields.DateField(null=True)),
                ("end_reason", fields.CharField(null=True, max_length=200)),
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
                "table": "office_term",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER', 'GROUP_LEADER', 'VILLAGE_HEAD')",
                        name="office_term_office_known",
                    ),
                    CheckConstraint(
                        check="start IN ('ELECTED', 'APPOINTED')", name="office_term_start_known"
                    ),
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
                ],
                "indexes": [
                    Index(fields=["organization_id", "office"], name="office_term_organization"),
                    Index(fields=["member_id"], name="office_term_member"),
                    Index(fields=["county_id", "office"], name="office_term_county"),
                    Index(fields=["recorded_by_id"], name="office_term_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "That a member holds an office in an organization (任职); the open rows are the present officers.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="OfficeTerm",
            constraint=CheckConstraint(
                check="office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER', 'GROUP_LEADER', 'VILLAGE_HEAD')",
                name="office_term_office_known",
            ),
        ),
        ops.AddConstraint(
            model_name="OfficeTerm",
            constraint=CheckConstraint(
                check="start IN ('ELECTED', 'APPOINTED')", name="office_term_start_known"
            ),
        ),
        ops.AddConstraint(
            model_name="OfficeTerm",
            constraint=CheckConstraint(check="ended_on >= began_on", name="office_term_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="OfficeTerm",
            constraint=UniqueConstraint(
                fields=("organization_id", "office"),
                name="office_term_one_holder",
                condition="ended_on IS NULL AND office IN ('SECRETARY', 'VILLAGE_HEAD')",
            ),
        ),
        ops.AddConstraint(
            model_name="OfficeTerm",
            constraint=UniqueConstraint(
                fields=("organization_id", "office", "member_id"),
                name="office_term_once",
                condition="ended_on IS NULL",
            ),
        ),
        ops.CreateModel(
            name="OrganizationEvent",
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
                ("act", fields.CharField(max_length=12)),
                ("decided_on", fields.DateField()),
                ("effective_on", fields.DateField()),
                ("approved_by", fields.CharField(max_length=200)),
                ("document", fields.CharField(null=True, max_length=120)),
                ("reason", fields.CharField(null=True, max_length=400)),
                ("until", fields.DateField(null=True)),
                (
                    "into",
                    fields.ForeignKeyField(
                        "models.Organization",
                        source_field="into_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
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
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "organization_event",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="act IN ('FOUNDED', 'RENEWED', 'EXTENDED', 'MERGED', 'DISSOLVED')",
                        name="organization_event_act_known",
                    ),
                    CheckConstraint(check="approved_by <> ''", name="organization_event_approved"),
                    CheckConstraint(
                        check="effective_on >= decided_on", name="organization_event_dates_in_order"
                    ),
                    CheckConstraint(
                        check="(act = 'EXTENDED') = (until IS NOT NULL)",
                        name="organization_event_extended_until",
                    ),
                    CheckConstraint(
                        check="(act = 'MERGED') = (into_id IS NOT NULL)",
                        name="organization_event_merged_into",
                    ),
                    CheckConstraint(
                        check="into_id <> organization_id", name="organization_event_not_into_itself"
                    ),
                ],
                "indexes": [
                    Index(
                        fields=["organization_id", "effective_on", "id"],
                        name="organization_event_organization",
                    ),
                    Index(fields=["into_id"], name="organization_event_into"),
                    Index(fields=["county_id", "effective_on"], name="organization_event_county"),
                    Index(fields=["recorded_by_id"], name="organization_event_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "A recorded act in the life of an organization (组织设置事项): who approved what, and from when.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="OrganizationEvent",
            constraint=CheckConstraint(
                check="act IN ('FOUNDED', 'RENEWED', 'EXTENDED', 'MERGED', 'DISSOLVED')",
                name="organization_event_act_known",
            ),
        ),
        ops.AddConstraint(
            model_name="OrganizationEvent",
            constraint=CheckConstraint(check="approved_by <> ''", name="organization_event_approved"),
        ),
        ops.AddConstraint(
            model_name="OrganizationEvent",
            constraint=CheckConstraint(
                check="effective_on >= decided_on", name="organization_event_dates_in_order"
            ),
        ),
        ops.AddConstraint(
            model_name="OrganizationEvent",
            constraint=CheckConstraint(
                check="(act = 'EXTENDED') = (until IS NOT NULL)", name="organization_event_extended_until"
            ),
        ),
        ops.AddConstraint(
            model_name="OrganizationEvent",
            constraint=CheckConstraint(
                check="(act = 'MERGED') = (into_id IS NOT NULL)", name="organization_event_merged_into"
            ),
        ),
        ops.AddConstraint(
            model_name="OrganizationEvent",
            constraint=CheckConstraint(
                check="into_id <> organization_id", name="organization_event_not_into_itself"
            ),
        ),
        ops.CreateModel(
            name="Reserve",
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
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("is_for_secretary", fields.BooleanField(default=False)),
                ("listed_on", fields.DateField()),
                ("removed_on", fields.DateField(null=True)),
                ("removal_reason", fields.CharField(null=True, max_length=200)),
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
                "table": "reserve",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="name <> ''", name="reserve_named"),
                    CheckConstraint(check="removed_on >= listed_on", name="reserve_dates_in_order"),
                    UniqueConstraint(
                        fields=("organization_id", "name"),
                        name="reserve_once",
                        condition="removed_on IS NULL",
                    ),
                ],
                "indexes": [
                    Index(fields=["organization_id"], name="reserve_organization"),
                    Index(fields=["member_id"], name="reserve_member"),
                    Index(fields=["county_id"], name="reserve_county"),
                    Index(fields=["recorded_by_id"], name="reserve_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "Somebody on a village's reserve list (后备力量), resolved by its assembly; not only members stand there.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Reserve",
            constraint=CheckConstraint(check="name <> ''", name="reserve_named"),
        ),
        ops.AddConstraint(
            model_name="Reserve",
            constraint=CheckConstraint(check="removed_on >= listed_on", name="reserve_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="Reserve",
            constraint=UniqueConstraint(
                fields=("organization_id", "name"), name="reserve_once", condition="removed_on IS NULL"
            ),
        ),
        ops.CreateModel(
            name="RulePackActivation",
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
                ("pack", fields.CharField(max_length=60)),
                ("version", fields.CharField(null=True, max_length=20)),
                ("active_from", fields.DateField()),
                ("decided_by", fields.CharField(max_length=200)),
                ("reason", fields.CharField(null=True, max_length=400)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
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
                "table": "rule_pack_activation",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="pack <> '' AND decided_by <> ''", name="rule_pack_activation_by_a_named_body"
                    ),
                    UniqueConstraint(
                        fields=("county_id", "pack", "active_from"), name="rule_pack_activation_once_a_day"
                    ),
                ],
                "indexes": [Index(fields=["recorded_by_id"], name="rule_pack_activation_recorded_by")],
                "pk_attr": "id",
                "table_description": "That a version of a rule pack counts in a county from a day on (规则包启用); the newest that has begun counts.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="RulePackActivation",
            constraint=CheckConstraint(
                check="pack <> '' AND decided_by <> ''", name="rule_pack_activation_by_a_named_body"
            ),
        ),
        ops.AddConstraint(
            model_name="RulePackActivation",
            constraint=UniqueConstraint(
                fields=("county_id", "pack", "active_from"), name="rule_pack_activation_once_a_day"
            ),
        ),
        ops.CreateModel(
            name="ShortfallReason",
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
                ("year", fields.IntField()),
                ("reason", fields.CharField(max_length=400)),
                ("stated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
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
                "table": "shortfall_reason",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("member_id", "year"), name="shortfall_reason_once_a_year"),
                    CheckConstraint(check="reason <> ''", name="shortfall_reason_given"),
                ],
                "indexes": [
                    Index(fields=["county_id"], name="shortfall_reason_county"),
                    Index(fields=["recorded_by_id"], name="shortfall_reason_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "Why a member did not reach the hours of a year (未达标原因), as his branch or he himself states it.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ShortfallReason",
            constraint=UniqueConstraint(fields=("member_id", "year"), name="shortfall_reason_once_a_year"),
        ),
        ops.AddConstraint(
            model_name="ShortfallReason",
            constraint=CheckConstraint(check="reason <> ''", name="shortfall_reason_given"),
        ),
        ops.CreateModel(
            name="ThemeDayEvaluation",
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
                ("side", fields.CharField(max_length=60)),
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
                ("score", fields.FloatField(null=True)),
                ("comment", fields.CharField(null=True, max_length=400)),
                ("given_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "theme_day_evaluation",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="score BETWEEN 0 AND 100", name="theme_day_evaluation_score_in_bounds"
                    ),
                    CheckConstraint(
                        check="score IS NOT NULL OR comment IS NOT NULL",
                        name="theme_day_evaluation_says_something",
                    ),
                    UniqueConstraint(
                        fields=("theme_day_id", "side", "account_id"), name="theme_day_evaluation_once"
                    ),
                ],
                "indexes": [
                    Index(fields=["account_id"], name="theme_day_evaluation_account"),
                    Index(fields=["county_id"], name="theme_day_evaluation_county"),
                ],
                "pk_attr": "id",
                "table_description": "What one side thought of a theme day (三评): the sides are keys of the pack's list theme_day.evaluations.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ThemeDayEvaluation",
            constraint=CheckConstraint(
                check="score BETWEEN 0 AND 100", name="theme_day_evaluation_score_in_bounds"
            ),
        ),
        ops.AddConstraint(
            model_name="ThemeDayEvaluation",
            constraint=CheckConstraint(
                check="score IS NOT NULL OR comment IS NOT NULL", name="theme_day_evaluation_says_something"
            ),
        ),
        ops.AddConstraint(
            model_name="ThemeDayEvaluation",
            constraint=UniqueConstraint(
                fields=("theme_day_id", "side", "account_id"), name="theme_day_evaluation_once"
            ),
        ),
        ops.CreateModel(
            name="ThemeDayProblem",
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
                ("aspect", fields.CharField(max_length=60)),
                ("description", fields.CharField(max_length=400)),
                ("responsible", fields.CharField(null=True, max_length=120)),
                ("found_on", fields.DateField()),
                ("due_on", fields.DateField(null=True)),
                ("resolved_on", fields.DateField(null=True)),
                ("resolution", fields.CharField(null=True, max_length=400)),
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
                "table": "theme_day_problem",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="aspect <> '' AND description <> ''", name="theme_day_problem_described"
                    ),
                    CheckConstraint(
                        check="(resolved_on IS NULL) = (resolution IS NULL)",
                        name="theme_day_problem_resolved_with_a_result",
                    ),
                    CheckConstraint(check="resolved_on >= found_on", name="theme_day_problem_dates_in_order"),
                ],
                "indexes": [
                    Index(fields=["theme_day_id"], name="theme_day_problem_theme_day"),
                    Index(fields=["county_id", "due_on"], name="theme_day_problem_county"),
                    Index(fields=["recorded_by_id"], name="theme_day_problem_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "A problem found at a theme day and what became of it (问题整改).",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ThemeDayProblem",
            constraint=CheckConstraint(
                check="aspect <> '' AND description <> ''", name="theme_day_problem_described"
            ),
        ),
        ops.AddConstraint(
            model_name="ThemeDayProblem",
            constraint=CheckConstraint(
                check="(resolved_on IS NULL) = (resolution IS NULL)",
                name="theme_day_problem_resolved_with_a_result",
            ),
        ),
        ops.AddConstraint(
            model_name="ThemeDayProblem",
            constraint=CheckConstraint(
                check="resolved_on >= found_on", name="theme_day_problem_dates_in_order"
            ),
        ),
        ops.CreateModel(
            name="Vacancy",
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
                ("opened_on", fields.DateField()),
                ("resolution", fields.CharField(null=True, max_length=12)),
                ("ended_on", fields.DateField(null=True)),
                (
                    "successor",
                    fields.ForeignKeyField(
                        "models.Delegate",
                        source_field="successor_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_by", fields.CharField(null=True, max_length=200)),
                ("reason", fields.CharField(null=True, max_length=1000)),
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
                "table": "vacancy",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="resolution IN ('BY_ELECTION', 'LEFT_VACANT')", name="vacancy_resolution_known"
                    ),
                    CheckConstraint(
                        check="(ended_on IS NULL) = (decided_by IS NULL) AND (ended_on IS NULL) = (resolution IS NULL)",
                        name="vacancy_ended_by_a_named_body",
                    ),
                    CheckConstraint(check="ended_on >= opened_on", name="vacancy_dates_in_order"),
                    UniqueConstraint(fields=("delegate_id",), name="vacancy_once"),
                ],
                "indexes": [
                    Index(fields=["county_id", "opened_on"], name="vacancy_county"),
                    Index(fields=["successor_id"], name="vacancy_successor"),
                    Index(fields=["recorded_by_id"], name="vacancy_recorded_by"),
                ],
                "pk_attr": "id",
                "table_description": "A seat that a delegate left (代表空缺), and how it ended: a by-election, or the decision to hold none.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Vacancy",
            constraint=CheckConstraint(
                check="resolution IN ('BY_ELECTION', 'LEFT_VACANT')", name="vacancy_resolution_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Vacancy",
            constraint=CheckConstraint(
                check="(ended_on IS NULL) = (decided_by IS NULL) AND (ended_on IS NULL) = (resolution IS NULL)",
                name="vacancy_ended_by_a_named_body",
            ),
        ),
        ops.AddConstraint(
            model_name="Vacancy",
            constraint=CheckConstraint(check="ended_on >= opened_on", name="vacancy_dates_in_order"),
        ),
        ops.AddConstraint(
            model_name="Vacancy",
            constraint=UniqueConstraint(fields=("delegate_id",), name="vacancy_once"),
        ),
        ops.AddField(
            model_name="Attendance",
            name="hours",
            field=fields.FloatField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Delegate",
            name="membership_halted_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Delegate",
            name="nationality_lost_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Delegate",
            name="resignation_accepted_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="FloatingMember",
            name="contact_person",
            field=fields.ForeignKeyField(
                "models.Member",
                source_field="contact_person_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddField(
            model_name="FloatingMember",
            name="is_place_fixed",
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name="FloatingMember",
            name="items",
            field=fields.JSONField(default=dict, db_default={}, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="FloatingMember",
            name="last_greeted_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="FloatingMember",
            name="went_abroad_on",
            field=fields.DateField(null=True),
        ),
        ops.AddIndex(
            model_name="FloatingMember",
            index=Index(fields=["contact_person_id"], name="floating_member_contact_person"),
        ),
        ops.AddField(
            model_name="Organization",
            name="body_ends_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Organization",
            name="dissolved_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Organization",
            name="level_name",
            field=fields.CharField(null=True, max_length=20),
        ),
        ops.AddField(
            model_name="Organization",
            name="term_extended_to",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Organization",
            name="units",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="dissent",
            field=fields.JSONField(default=list, db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="filed_with",
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="proposed_by",
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="votes_against",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="votes_for",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="withdrawal_reason",
            field=fields.CharField(null=True, max_length=1000),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="withdrawn_by",
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name="QualificationDecision",
            name="withdrawn_on",
            field=fields.DateField(null=True),
        ),
        # A withdrawn decision stays, so a check may have several rows, one of which counts.
        ops.AlterField(
            model_name="QualificationDecision",
            name="qualification_check",
            field=fields.ForeignKeyField(
                "models.QualificationCheck",
                source_field="qualification_check_id",
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddIndex(
            model_name="QualificationDecision",
            index=Index(fields=["qualification_check_id"], name="qualification_decision_check"),
        ),
        ops.AddField(
            model_name="QualificationReview",
            name="failure",
            field=fields.CharField(null=True, max_length=400),
        ),
        ops.AddField(
            model_name="QualificationReview",
            name="judged",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="QualificationReview",
            name="judging",
            field=fields.CharField(default="DONE", db_default="DONE", max_length=8),
        ),
        ops.AddField(
            model_name="QualificationReview",
            name="to_judge",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="ThemeDay",
            name="study_hours",
            field=fields.FloatField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="ThemeDay",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name="TrainingRecord",
            name="hours_spent",
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name="TrainingRecord",
            name="session",
            field=fields.ForeignKeyField(
                "models.CourseSession",
                source_field="session_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="TrainingRecord",
            name="started_on",
            field=fields.DateField(null=True),
        ),
        ops.AddIndex(
            model_name="TrainingRecord",
            index=Index(fields=["session_id"], name="training_record_session"),
        ),
        ops.RemoveIndex(
            model_name="TrainingRecord",
            name="training_record_member",
            fields=None,
        ),
        ops.AddIndex(
            model_name="TrainingRecord",
            index=Index(
                fields=["member_id", "completed_on", "id", "hours", "started_on", "hours_spent"],
                name="training_record_hours",
            ),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=CheckConstraint(check="units > 0", name="organization_units_positive"),
        ),
        ops.AddConstraint(
            model_name="Organization",
            constraint=CheckConstraint(
                check="dissolved_on >= founded_on", name="organization_dissolved_after_founding"
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationDecision",
            constraint=CheckConstraint(
                check="votes_for >= 0 AND votes_against >= 0",
                name="qualification_decision_votes_not_negative",
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationDecision",
            constraint=UniqueConstraint(
                fields=("qualification_check_id",),
                name="qualification_decision_once_a_check",
                condition="withdrawn_on IS NULL",
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationDecision",
            constraint=CheckConstraint(
                check="(withdrawn_on IS NULL) = (withdrawn_by IS NULL) "
                "AND (withdrawn_on IS NULL) = (withdrawal_reason IS NULL)",
                name="qualification_decision_withdrawn_by_a_named_body",
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationReview",
            constraint=CheckConstraint(
                check="judging IN ('RUNNING', 'DONE', 'FAILED')", name="qualification_review_judging_known"
            ),
        ),
        ops.AddConstraint(
            model_name="QualificationReview",
            constraint=CheckConstraint(
                check="(judging = 'FAILED') = (failure IS NOT NULL)",
                name="qualification_review_failed_for_a_reason",
            ),
        ),
        ops.AddConstraint(
            model_name="ThemeDay",
            constraint=CheckConstraint(
                check="study_hours BETWEEN 0 AND 24", name="theme_day_study_hours_in_bounds"
            ),
        ),
        ops.AddConstraint(
            model_name="TrainingRecord",
            constraint=CheckConstraint(
                check="started_on <= completed_on", name="training_record_dates_in_order"
            ),
        ),
        ops.AddConstraint(
            model_name="TrainingRecord",
            constraint=CheckConstraint(
                check="hours_spent BETWEEN 0 AND 1000", name="training_record_time_in_bounds"
            ),
        ),
        # What a year's hours are summed from beside the records that ended in it: theme days with study hours, and
        # courses that ran over several days; few of all. Tortoise knows partial indexes on equality alone.
        ops.RunSQL(
            "CREATE INDEX attendance_study ON attendance (member_id, checked_in_at, hours) WHERE hours > 0",
            "DROP INDEX attendance_study",
        ),
        ops.RunSQL(
            "CREATE INDEX training_record_over_days ON training_record (member_id, started_on) "
            "WHERE started_on IS NOT NULL",
            "DROP INDEX training_record_over_days",
        ),
        # Officers and attachments become rows of their own; a second truth beside them would go stale.
        ops.RunSQL(
            """
            INSERT INTO office_term (id, county_id, organization_id, member_id, office, began_on)
            SELECT gen_random_uuid(), county_id, id, secretary_id, 'SECRETARY', elected_on
            FROM organization WHERE secretary_id IS NOT NULL;
            INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on)
            SELECT gen_random_uuid(), county_id, member_id, host_branch_id, 'AWAY',
                   ARRAY['STUDY', 'ACTIVITIES', 'SUPERVISION'], registered_on
            FROM floating_member WHERE host_branch_id IS NOT NULL AND returned_on IS NULL;
            INSERT INTO theme_day_evaluation (id, county_id, theme_day_id, side, score, comment, given_at)
            SELECT gen_random_uuid(), d.county_id, d.id, e."by", e.score, left(e.comment, 400), now()
            FROM theme_day d, jsonb_to_recordset(d.evaluations) AS e("by" text, score float8, comment text);
            """,
            "SELECT 1",
        ),
        ops.RemoveIndex(
            model_name="FloatingMember",
            name="floating_member_host",
            fields=None,
        ),
        ops.RemoveField(model_name="FloatingMember", name="host_branch"),
        ops.RemoveIndex(
            model_name="Organization",
            name="organization_secretary",
            fields=None,
        ),
        ops.RemoveField(model_name="Organization", name="secretary"),
        ops.RemoveField(model_name="ThemeDay", name="evaluations"),
    ]
