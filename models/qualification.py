from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.choices import Judging, QualificationOutcome, one_of
from runtime.identifiers import new_id

if TYPE_CHECKING:
    from models.account import Account
    from models.county import County
    from models.delegate import Delegate


class QualificationReview(Model):
    """The quarterly check of a county's delegates (一季一析)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    county: fields.ForeignKeyRelation["County"] = fields.ForeignKeyField(
        "models.County", on_delete=fields.RESTRICT, related_name=False
    )
    county_id: UUID
    quarter = fields.CharField(max_length=6)
    opened_at = fields.DatetimeField()
    opened_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    opened_by_id: UUID | None
    judging = fields.CharField(max_length=8, default=Judging.DONE.value, db_default=Judging.DONE.value)
    judged = fields.IntField(default=0, db_default=0)
    to_judge = fields.IntField(default=0, db_default=0)
    failure = fields.CharField(max_length=400, null=True)

    class Meta:
        table = "qualification_review"
        indexes = (Index(fields=["opened_by_id"], name="qualification_review_opened_by"),)
        constraints = (
            UniqueConstraint(fields=("county_id", "quarter"), name="qualification_review_once_a_quarter"),
            CheckConstraint(check="quarter ~ '^[0-9]{4}Q[1-4]$'", name="qualification_review_quarter_form"),
            CheckConstraint(check=one_of("judging", Judging), name="qualification_review_judging_known"),
            CheckConstraint(
                check="(judging = 'FAILED') = (failure IS NOT NULL)",
                name="qualification_review_failed_for_a_reason",
            ),
        )


class QualificationCheck(Model):
    """What the rule packs found about one delegate in one review: a proposal, with the facts it rests on.

    `facts` is what the packs were given and `findings` what they answered, each finding with its pack and
    version, so that the same answer can be computed again years later.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    review: fields.ForeignKeyRelation["QualificationReview"] = fields.ForeignKeyField(
        "models.QualificationReview", on_delete=fields.CASCADE, related_name=False
    )
    review_id: UUID
    delegate: fields.ForeignKeyRelation["Delegate"] = fields.ForeignKeyField(
        "models.Delegate", on_delete=fields.RESTRICT, related_name=False
    )
    delegate_id: UUID
    outcome = fields.CharField(max_length=24)
    findings: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    facts: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    evaluated_at = fields.DatetimeField()

    class Meta:
        table = "qualification_check"
        indexes = (Index(fields=["delegate_id"], name="qualification_check_delegate"),)
        constraints = (
            UniqueConstraint(fields=("review_id", "delegate_id"), name="qualification_check_once"),
            CheckConstraint(
                check=one_of("outcome", QualificationOutcome), name="qualification_check_outcome_known"
            ),
        )


class QualificationDecision(Model):
    """What a named body decided about a check; the only thing that changes a delegate's status.

    A record that was a mistake is withdrawn and stays; a check has at most one that was not withdrawn.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    qualification_check: fields.ForeignKeyRelation["QualificationCheck"] = fields.ForeignKeyField(
        "models.QualificationCheck", on_delete=fields.RESTRICT, related_name=False
    )
    qualification_check_id: UUID
    outcome = fields.CharField(max_length=24)
    reason = fields.CharField(max_length=1000)
    decided_by = fields.CharField(max_length=200)
    decided_on = fields.DateField()
    status_before = fields.CharField(max_length=12)
    proposed_by = fields.CharField(max_length=200, null=True)  # the electing unit or base organization
    filed_with = fields.CharField(max_length=200, null=True)  # the committee above
    votes_for = fields.IntField(null=True)
    votes_against = fields.IntField(null=True)
    # {"by", "opinion"}
    dissent: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list, db_default=[])
    withdrawn_on = fields.DateField(null=True)
    withdrawn_by = fields.CharField(max_length=200, null=True)  # the body that withdrew it
    withdrawal_reason = fields.CharField(max_length=1000, null=True)
    recorded_by: fields.ForeignKeyNullableRelation["Account"] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.SET_NULL, null=True, related_name=False
    )
    recorded_by_id: UUID | None

    class Meta:
        table = "qualification_decision"
        indexes = (
            Index(fields=["qualification_check_id"], name="qualification_decision_check"),
            Index(fields=["recorded_by_id"], name="qualification_decision_recorded_by"),
        )
        constraints = (
            CheckConstraint(
                check="outcome IN ('QUALIFIED', 'SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED')",
                name="qualification_decision_outcome_known",
            ),
            CheckConstraint(
                check="reason <> '' AND decided_by <> ''", name="qualification_decision_by_a_named_body"
            ),
            CheckConstraint(
                check="votes_for >= 0 AND votes_against >= 0",
                name="qualification_decision_votes_not_negative",
            ),
            UniqueConstraint(
                fields=("qualification_check_id",),
                name="qualification_decision_once_a_check",
                condition="withdrawn_on IS NULL",
            ),
            CheckConstraint(
                check="(withdrawn_on IS NULL) = (withdrawn_by IS NULL) "
                "AND (withdrawn_on IS NULL) = (withdrawal_reason IS NULL)",
                name="qualification_decision_withdrawn_by_a_named_body",
            ),
        )
