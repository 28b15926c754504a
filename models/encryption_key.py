from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from runtime.identifiers import new_id


class EncryptionKey(Model):
    """That a key is used with this database, and how to tell whether a process has the same one; never the key.

    `check_value` of a key that encrypts ("values") is a known text under it, of one for hashes ("lookup") its hash.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    kind = fields.CharField(max_length=6)
    number = fields.IntField()
    check_value = fields.BinaryField()

    class Meta:
        table = "encryption_key"
        constraints = (
            UniqueConstraint(fields=("kind", "number"), name="encryption_key_once"),
            CheckConstraint(check="kind IN ('values', 'lookup')", name="encryption_key_kind_known"),
        )
