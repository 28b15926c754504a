from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import OrganizationKind, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.county import County


class Organization(Model):
    """A party organization (党组织).

    `path` is the chain of codes from the county down, each closed by a slash ("140826/JX/JX01/"); a subtree
    is the range from its path to the same path with the last slash replaced by the next character, "0".
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    code = fields.CharField(max_length=40)
    name = fields.CharField(max_length=120)
    kind = fields.CharField(max_length=20)
    field = fields.CharField(max_length=40)
    parent: fields.ForeignKeyNullableRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    parent_id: UUID | None
    path = fields.TextField()
    founded_on = fields.DateField(null=True)
    elected_on = fields.DateField(null=True)
    term_extended_to = fields.DateField(null=True)
    dissolved_on = fields.DateField(null=True)
    # What the county calls this level: 连, 排, 班, 室.
    level_name = fields.CharField(max_length=20, null=True)
    units = fields.IntField(null=True)  # how many units a joint branch covers
    body_ends_on = fields.DateField(null=True)  # a temporary branch's: when the body it was set up in ends
    is_poor_village = fields.BooleanField(null=True)
    village_income = fields.FloatField(null=True)  # 10,000 yuan (万元) a year
    name_initials = fields.CharField(max_length=120)
    search_keys = ArrayField(element_type="text")

    class Meta:
        table = "organization"
        indexes = (
            Index(fields=["parent_id"], name="organization_parent"),
            Index(fields=["county_id", "kind", "code"], name="organization_kind"),
            GinIndex(fields=["search_keys"], name="organization_search"),
        )
        constraints = (
            UniqueConstraint(fields=("county_id", "code"), name="organization_code_unique"),
            UniqueConstraint(fields=("path",), name="organization_path_unique"),
            CheckConstraint(check=one_of("kind", OrganizationKind), name="organization_kind_known"),
            CheckConstraint(check="name <> '' AND code <> ''", name="organization_named"),
            CheckConstraint(check="code !~ '[/[:space:]]'", name="organization_code_plain"),
            CheckConstraint(check="units > 0", name="organization_units_positive"),
            CheckConstraint(check="dissolved_on >= founded_on", name="organization_dissolved_after_founding"),
            CheckConstraint(check="parent_id <> id", name="organization_not_its_own_parent"),
        )
