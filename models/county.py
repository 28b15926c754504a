from tortoise import fields
from tortoise.models import Model

from runtime.identifiers import new_id


class County(Model):
    """A county (县) that works on this server; `code` is its administrative division code (GB/T 2260)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=12, unique=True)
    name = fields.CharField(max_length=100)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "county"
