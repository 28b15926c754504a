from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from runtime.identifiers import new_id

ENDS = CheckConstraint(check="ends_at > began_at", name="session_ends_after_its_beginning")
TRIES = CheckConstraint(check="tries >= 0", name="sign_in_guard_tries_not_negative")


class Migration(migrations.Migration):
    dependencies = [("models", "0003_sealed_audit")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Session",
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
                ("began_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("address", fields.CharField(null=True, max_length=64)),
                ("program", fields.CharField(null=True, max_length=200)),
            ],
            options={
                "table": "session",
                "app": "models",
                "indexes": [
                    Index(fields=["account_id", "began_at", "id"], name="session_account"),
                    Index(fields=["ends_at"], name="session_ends"),
                ],
                "constraints": [ENDS],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(model_name="Session", constraint=ENDS),
        ops.CreateModel(
            name="SignInGuard",
            fields=[
                ("name_hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("tries", fields.IntField()),
                ("last_tried_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("locked_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sign_in_guard",
                "app": "models",
                "constraints": [TRIES],
                "pk_attr": "name_hash",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(model_name="SignInGuard", constraint=TRIES),
    ]
