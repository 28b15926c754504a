from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import DelegateStatus, VacancyEnd, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.delegate import Delegate
    from models.qualification import QualificationDecision


class DelegateStatusChange(Model):
    """A step in a delegate's status history (代表状态变动)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    delegate: fields.ForeignKeyRelation["Delegate"] = fields.ForeignKeyField(
        "models.Delegate", on_delete=fields.RESTRICT, related_name=False
    )
    delegate_id: UUID
    status = fields.CharField(max_length=12)
    since = fields.DateField()
    decision: fields.ForeignKeyNullableRelation["QualificationDecision"] = fields.ForeignKeyField(
        "models.QualificationDecision", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    decision_id: UUID | None
    decided_by = fields.CharField(max_length=200)
    reason = fields.CharField(max_length=1000)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "delegate_status_change"
        indexes = (
            Index(fields=["delegate_id", "since", "id"], name="delegate_status_change_delegate"),
            Index(fields=["decision_id"], name="delegate_status_change_decision"),
            Index(fields=["county_id"], name="delegate_status_change_county"),
            Index(fields=["recorded_by_id"], name="delegate_status_change_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("status", DelegateStatus), name="delegate_status_change_known"),
            CheckConstraint(
                check="decided_by <> '' AND reason <> ''", name="delegate_status_change_by_a_named_body"
            ),
        )


class Vacancy(Model):
    """A seat that a delegate left (代表空缺), and how it ended: a by-election, or the decision to hold none."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    delegate: fields.ForeignKeyRelation["Delegate"] = fields.ForeignKeyField(
        "models.Delegate", on_delete=fields.RESTRICT, related_name=False
    )
    delegate_id: UUID
    opened_on = fields.DateField()
    resolution = fields.CharField(max_length=12, null=True)
    ended_on = fields.DateField(null=True)
    successor: fields.ForeignKeyNullableRelation["Delegate"] = fields.ForeignKeyField(
        "models.Delegate", on_delete=fields.RESTRICT, null=True, related_name=False
    )
    successor_id: UUID | None
    decided_by = fields.CharField(max_length=200, null=True)
    reason = fields.CharField(max_length=1000, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "vacancy"
        indexes = (
            Index(fields=["county_id", "opened_on"], name="vacancy_county"),
            Index(fields=["successor_id"], name="vacancy_successor"),
            Index(fields=["recorded_by_id"], name="vacancy_recorded_by"),
        )
        constraints = (
            CheckConstraint(check=one_of("resolution", VacancyEnd), name="vacancy_resolution_known"),
            CheckConstraint(
                check="(ended_on IS NULL) = (decided_by IS NULL) AND (ended_on IS NULL) = (resolution IS NULL)",
                name="vacancy_ended_by_a_named_body",
            ),
            CheckConstraint(check="ended_on >= opened_on", name="vacancy_dates_in_order"),
            UniqueConstraint(fields=("delegate_id",), name="vacancy_once"),
        )
