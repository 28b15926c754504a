from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.migrations._encrypting import encrypt_what_is_stored, forget_what_was_stored
from runtime.identifiers import new_id


class Migration(migrations.Migration):
    """Identity numbers, phones and kept answers are encrypted; what stood in the clear is gone from the tables' files.

    Copies that were made before (backups, the write-ahead log, replicas) are not touched: keep or delete them as such.
    """

    dependencies = [("models", "0005_rights")]

    initial = False

    operations = [
        ops.CreateModel(
            name="EncryptionKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=6)),
                ("number", fields.IntField()),
                ("check_value", fields.BinaryField()),
            ],
            options={
                "table": "encryption_key",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("kind", "number"), name="encryption_key_once"),
                    CheckConstraint(check="kind IN ('values', 'lookup')", name="encryption_key_kind_known"),
                ],
                "pk_attr": "id",
                "table_description": "That a key is used with this database, and how to tell whether a process has the same one; never the key.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="EncryptionKey",
            constraint=UniqueConstraint(fields=("kind", "number"), name="encryption_key_once"),
        ),
        ops.AddConstraint(
            model_name="EncryptionKey",
            constraint=CheckConstraint(
                check="kind IN ('values', 'lookup')", name="encryption_key_kind_known"
            ),
        ),
        ops.AddField(model_name="Member", name="id_number_sealed", field=fields.BinaryField(null=True)),
        ops.AddField(model_name="Member", name="id_number_hash", field=fields.BinaryField(null=True)),
        ops.AddField(
            model_name="Member", name="id_number_masked", field=fields.CharField(null=True, max_length=18)
        ),
        ops.AddField(model_name="Member", name="phone_sealed", field=fields.BinaryField(null=True)),
        ops.AddField(model_name="Member", name="phone_hash", field=fields.BinaryField(null=True)),
        ops.AddField(
            model_name="Member", name="phone_masked", field=fields.CharField(null=True, max_length=20)
        ),
        ops.AddField(model_name="FloatingMember", name="contact_sealed", field=fields.BinaryField(null=True)),
        ops.AddField(model_name="FloatingMember", name="contact_hash", field=fields.BinaryField(null=True)),
        ops.AddField(
            model_name="FloatingMember",
            name="contact_masked",
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.AddField(
            model_name="IdempotentRequest", name="answer_sealed", field=fields.BinaryField(null=True)
        ),
        ops.RunPython(encrypt_what_is_stored),
        ops.RemoveConstraint(model_name="Member", name="member_id_number_unique", fields=None),
        ops.RemoveConstraint(model_name="Member", name="member_id_number_form", fields=None),
        ops.RemoveField(model_name="Member", name="id_number"),
        ops.RemoveField(model_name="Member", name="phone"),
        ops.RemoveField(model_name="FloatingMember", name="contact"),
        ops.RemoveField(model_name="IdempotentRequest", name="answer"),
        ops.AlterField(model_name="Member", name="id_number_sealed", field=fields.BinaryField()),
        ops.AlterField(model_name="Member", name="id_number_hash", field=fields.BinaryField()),
        ops.AlterField(model_name="Member", name="id_number_masked", field=fields.CharField(max_length=18)),
        ops.RunPython(forget_what_was_stored),
        ops.AddConstraint(
            model_name="Member",
            constraint=UniqueConstraint(
                fields=("county_id", "id_number_hash"), name="member_id_number_unique"
            ),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="num_nulls(phone_sealed, phone_hash, phone_masked) IN (0, 3)", name="member_phone_whole"
            ),
        ),
        ops.AddConstraint(
            model_name="FloatingMember",
            constraint=CheckConstraint(
                check="num_nulls(contact_sealed, contact_hash, contact_masked) IN (0, 3)",
                name="floating_member_contact_whole",
            ),
        ),
    ]
