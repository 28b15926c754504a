from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from runtime.identifiers import new_id


class IdempotentRequest(Model):
    """A mutation sent with an Idempotency-Key: the same key and body gets its answer again.

    The answer may hold anything, so it is encrypted; `fingerprint` is a keyed hash of the body.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    sender = fields.CharField(max_length=60)
    key = fields.CharField(max_length=255)
    fingerprint = fields.CharField(max_length=64)
    answer_sealed: fields.Field[bytes | None] = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotent_request"
        constraints = (UniqueConstraint(fields=("sender", "key"), name="idempotent_request_once"),)
