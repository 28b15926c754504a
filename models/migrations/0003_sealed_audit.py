from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("models", "0002_officers_attachments_and_follow_up")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuditSeal",
            fields=[
                ("size", fields.BigIntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("root", fields.CharField(max_length=64)),
                ("peaks", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("sealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "audit_seal",
                "app": "models",
                "constraints": [CheckConstraint(check="size > 0", name="audit_seal_holds_something")],
                "pk_attr": "size",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="AuditSeal",
            constraint=CheckConstraint(check="size > 0", name="audit_seal_holds_something"),
        ),
        ops.AddField(model_name="AuditEntry", name="position", field=fields.BigIntField(null=True)),
        ops.AddConstraint(
            model_name="AuditEntry",
            constraint=UniqueConstraint(fields=("position",), name="audit_entry_position_unique"),
        ),
        ops.AddConstraint(
            model_name="AuditEntry",
            constraint=UniqueConstraint(
                fields=("sequence",), name="audit_entry_unsealed", condition="position IS NULL"
            ),
        ),
    ]
