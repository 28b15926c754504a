from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Gender, Standing, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.county import County
    from models.organization import Organization


class Member(Model):
    """A party member (党员), held by exactly one home branch (所在党支部).

    Identity number and phone are three columns each: encrypted for their owner, hashed for looking them up, masked
    for showing them.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    organization_id: UUID
    name = fields.CharField(max_length=60)
    id_number_sealed = fields.BinaryField()
    id_number_hash = fields.BinaryField()
    id_number_masked = fields.CharField(max_length=18)
    gender = fields.CharField(max_length=6)
    ethnicity = fields.CharField(max_length=30, null=True)
    birth_date = fields.DateField()
    education = fields.CharField(max_length=30, null=True)
    standing = fields.CharField(max_length=12)
    phone_sealed: fields.Field[bytes | None] = fields.BinaryField(null=True)
    phone_hash: fields.Field[bytes | None] = fields.BinaryField(null=True)
    phone_masked = fields.CharField(max_length=20, null=True)
    joined_on = fields.DateField()
    confirmed_on = fields.DateField(null=True)
    occupation = fields.CharField(max_length=60, null=True)
    address = fields.CharField(max_length=200, null=True)
    lost_contact = fields.BooleanField(default=False)
    declared_floating = fields.BooleanField(default=False)
    # 限制处理: his personal values are kept, and shown to nobody else.
    locked_on = fields.DateField(null=True)
    name_sort = fields.CharField(max_length=120)
    name_initials = fields.CharField(max_length=60)
    search_keys = ArrayField(element_type="text")

    class Meta:
        table = "member"
        indexes = (
            Index(fields=["organization_id", "name_sort", "id"], name="member_roster"),
            Index(fields=["county_id", "name_sort", "id"], name="member_county"),
            GinIndex(fields=["search_keys"], name="member_search"),
        )
        constraints = (
            UniqueConstraint(fields=("county_id", "id_number_hash"), name="member_id_number_unique"),
            CheckConstraint(check=one_of("gender", Gender), name="member_gender_known"),
            CheckConstraint(check=one_of("standing", Standing), name="member_standing_known"),
            CheckConstraint(check="name <> ''", name="member_named"),
            CheckConstraint(
                check="num_nulls(phone_sealed, phone_hash, phone_masked) IN (0, 3)", name="member_phone_whole"
            ),
            CheckConstraint(check="confirmed_on >= joined_on", name="member_confirmed_after_joining"),
            CheckConstraint(
                check="(standing = 'FULL') = (confirmed_on IS NOT NULL)", name="member_confirmed_when_full"
            ),
            CheckConstraint(
                check="joined_on >= (birth_date + interval '18 years')", name="member_joined_as_an_adult"
            ),
        )
