from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import FloatingList, Measure, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.floating_member import FloatingMember


class Homecoming(Model):
    """That a member who is away came home for a while (返乡): the items of 六个一 are worked through then."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    floating_member: fields.ForeignKeyRelation["FloatingMember"] = fields.ForeignKeyField(
        "models.FloatingMember", on_delete=fields.CASCADE, related_name=False
    )
    floating_member_id: UUID
    came_on = fields.DateField()
    left_again_on = fields.DateField(null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "homecoming"
        indexes = (
            Index(fields=["county_id"], name="homecoming_county"),
            Index(fields=["recorded_by_id"], name="homecoming_recorded_by"),
        )
        constraints = (
            CheckConstraint(check="left_again_on >= came_on", name="homecoming_dates_in_order"),
            UniqueConstraint(fields=("floating_member_id", "came_on"), name="homecoming_once_a_day"),
        )


class FloatingActivity(Model):
    """That an item of one of the pack's two lists was done with a member away (六个一, 八项制度)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    floating_member: fields.ForeignKeyRelation["FloatingMember"] = fields.ForeignKeyField(
        "models.FloatingMember", on_delete=fields.CASCADE, related_name=False
    )
    floating_member_id: UUID
    homecoming: fields.ForeignKeyNullableRelation["Homecoming"] = fields.ForeignKeyField(
        "models.Homecoming", on_delete=fields.CASCADE, null=True, related_name=False
    )
    homecoming_id: UUID | None
    list = fields.CharField(max_length=12)
    key = fields.CharField(max_length=60)
    done_on = fields.DateField()
    note = fields.CharField(max_length=400, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "floating_activity"
        indexes = (
            Index(fields=["floating_member_id", "list", "done_on"], name="floating_activity_member"),
            Index(fields=["homecoming_id"], name="floating_activity_homecoming"),
            Index(fields=["county_id"], name="floating_activity_county"),
            Index(fields=["recorded_by_id"], name="floating_activity_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("list", FloatingList), name="floating_activity_list_known"),
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
        )


class FloatingDecision(Model):
    """What a body decided about a member out of contact (失联党员处理), with the findings and facts it rests on.

    It is a record; nobody's standing changes by it.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    floating_member: fields.ForeignKeyRelation["FloatingMember"] = fields.ForeignKeyField(
        "models.FloatingMember", on_delete=fields.RESTRICT, related_name=False
    )
    floating_member_id: UUID
    measure = fields.CharField(max_length=20)
    reason = fields.CharField(max_length=1000)
    decided_by = fields.CharField(max_length=200)
    decided_on = fields.DateField()
    findings: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    facts: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "floating_decision"
        indexes = (
            Index(fields=["floating_member_id"], name="floating_decision_member"),
            Index(fields=["county_id"], name="floating_decision_county"),
            Index(fields=["recorded_by_id"], name="floating_decision_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("measure", Measure), name="floating_decision_measure_known"),
            CheckConstraint(
                check="reason <> '' AND decided_by <> ''", name="floating_decision_by_a_named_body"
            ),
        )
