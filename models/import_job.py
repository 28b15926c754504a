from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from models.choices import ImportStatus, WorkbookKind, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County


class ImportJob(Model):
    """The import of one office file (导入任务): what was read, what went in, what was kept out."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    kind = fields.CharField(max_length=20)
    status = fields.CharField(max_length=10, default=ImportStatus.QUEUED.value)
    file_name = fields.CharField(max_length=255)
    rows_total = fields.IntField(default=0)
    rows_read = fields.IntField(default=0)
    rows_accepted = fields.IntField(default=0)
    rows_refused = fields.IntField(default=0)
    rows_changed = fields.IntField(default=0)
    failure_zh = fields.TextField(null=True)
    failure_en = fields.TextField(null=True)
    created_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    created_by_id: UUID | None
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "import_job"
        indexes = (
            Index(fields=["county_id", "created_at"], name="import_job_county"),
            Index(fields=["created_by_id"], name="import_job_created_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("kind", WorkbookKind), name="import_job_kind_known"),
            CheckConstraint(check=one_of("status", ImportStatus), name="import_job_status_known"),
        )


class ImportProblem(Model):
    """One wrong cell of an office file: sheet row (1 is the title), column, value as read, code, sentence."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    job: fields.ForeignKeyRelation["ImportJob"] = fields.ForeignKeyField(
        "models.ImportJob", on_delete=fields.CASCADE, related_name=False
    )
    job_id: UUID
    row = fields.IntField()
    column = fields.CharField(max_length=60)
    value = fields.TextField()
    code = fields.CharField(max_length=60)
    message_zh = fields.TextField()
    message_en = fields.TextField()

    class Meta:
        table = "import_problem"
        indexes = (Index(fields=["job_id", "row", "id"], name="import_problem_job"),)
