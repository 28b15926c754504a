"""Who approved an act in the life of an organization, and from when it holds (审批); what every record needs."""

from dataclasses import dataclass
from datetime import date

from models import Member, Organization
from resolvers.refusals import Refusals
from runtime.clock import today

LONGEST = {"approved_by": 200, "document": 120, "reason": 400}  # what the columns hold


@dataclass(frozen=True)
class Approval:
    approved_by: str
    decided_on: date
    effective_on: date
    document: str | None = None
    reason: str | None = None


def refusals_of(approval: Approval) -> Refusals:
    refusals = Refusals()
    if not approval.approved_by.strip():
        refusals.add(
            "APPROVAL_MISSING",
            "请写明批准的党组织, 如“中共绛县古绛镇委员会”。",
            "Name the organization that approved it.",
            "《中国共产党支部工作条例（试行）》第二章（设立、调整、撤销的审批）",
        )
    if any(len(getattr(approval, name) or "") > most for name, most in LONGEST.items()):
        refusals.add(
            "TEXT_TOO_LONG",
            "批准机关不超过 200 个字, 文号不超过 120 个字, 理由不超过 400 个字。",
            "The approving body has at most 200 characters, the document 120, the reason 400.",
        )
    if approval.effective_on < approval.decided_on:
        refusals.add(
            "EFFECTIVE_BEFORE_DECIDED",
            f"生效日期 {approval.effective_on} 早于决定日期 {approval.decided_on}。",
            f"It takes effect on {approval.effective_on}, before it was decided on {approval.decided_on}.",
        )
    refuse_future(refusals, approval.effective_on)
    return refusals


def refuse_future(refusals: Refusals, day: date) -> None:
    """What has not happened yet is not recorded."""
    if day > today():
        refusals.add(
            "IN_THE_FUTURE",
            f"{day} 还没有到, 请在当天或之后登记。",
            f"{day} is to come; record it on that day or later.",
        )


def refuse_before_founding(refusals: Refusals, organization: Organization, day: date) -> None:
    """Nothing happens in an organization before it stands; where its founding is not known, nothing is said."""
    if organization.founded_on is not None and day < organization.founded_on:
        refusals.add(
            "BEFORE_FOUNDING",
            f"“{organization.name}” {organization.founded_on} 成立, {day} 早于成立日期, 请填写成立当天或之后的日期。",
            f"{organization.name} was founded on {organization.founded_on}, after {day}; give that day or a later one.",
        )


def refuse_before_joining(refusals: Refusals, member: Member, day: date) -> None:
    if day < member.joined_on:
        refusals.add(
            "BEFORE_JOINING",
            f"{member.name} {member.joined_on} 入党, {day} 早于入党日期, 请填写入党当天或之后的日期。",
            f"{member.name} joined the party on {member.joined_on}, after {day}; give that day or a later one.",
        )


def refuse_without_reason(refusals: Refusals, reason: str) -> None:
    """Whatever is ended or removed says why."""
    if not 0 < len(reason.strip()) <= 200:
        refusals.add(
            "REASON_MISSING", "请填写原因, 不超过 200 个字。", "Give the reason, in at most 200 characters."
        )
