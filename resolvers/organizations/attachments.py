"""Attachments (挂靠): members who take part elsewhere while their home branch leads. One home, many attachments.

Those away (流动党员) are attached by the hand-over of home and host and by the office's files, not here.
"""

from datetime import date
from typing import Any

from models import Attachment, Member, Organization
from models.choices import AttachmentKind, AttachmentRight, OrganizationKind
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Many, One, Reference, Rows
from resolvers.organizations.approvals import (
    refuse_before_founding,
    refuse_before_joining,
    refuse_future,
    refuse_without_reason,
)
from resolvers.organizations.organizations import refuse_dissolved, refuse_unknown
from resolvers.reach import reach
from resolvers.refusals import Refusals
from resolvers.search import MATCHES, SEARCH
from resolvers.small_counts import people_counted
from runtime.database import unit_of_work

CITATION_TEMPORARY = "《中国共产党支部工作条例（试行）》第二章（临时党支部）"
HOSTS = (OrganizationKind.BRANCH, OrganizationKind.TEMPORARY_BRANCH, OrganizationKind.GROUP)

STUDY, ACTIVITIES, SUPERVISION = (
    AttachmentRight.STUDY,
    AttachmentRight.ACTIVITIES,
    AttachmentRight.SUPERVISION,
)
# What a member does where he is attached when nothing else is said. Appraisal stays at home unless it is given.
DEFAULTS = {
    AttachmentKind.RESETTLEMENT: (STUDY, ACTIVITIES, SUPERVISION),
    AttachmentKind.PROJECT: (STUDY, ACTIVITIES, SUPERVISION),
    AttachmentKind.NETWORK: (STUDY, ACTIVITIES),
}

attached_members = Many(
    "member",
    "{row}.id IN (SELECT a.member_id FROM attachment a "
    "WHERE a.organization_id = {parent}.id AND a.ended_on IS NULL AND ({visible:attachment a}))",
    order={"name_sort": "text", "id": "uuid"},
    filters={
        "search": MATCHES,
        "kind": "EXISTS (SELECT FROM attachment k WHERE k.member_id = {row}.id "
        "AND k.organization_id = {parent}.id AND k.ended_on IS NULL AND k.kind = {kind} "
        "AND ({visible:attachment k}))",
    },
    made=SEARCH,
)
attached_count = people_counted("attachment a WHERE a.organization_id = {row}.id AND a.ended_on IS NULL")
attachments = Rows(
    "SELECT a.* FROM attachment a WHERE a.member_id = {row}.id AND a.ended_on IS NULL "
    "AND ({visible:attachment a}) ORDER BY a.began_on, a.id"
)
member = One("member", "{row}.id = {parent}.member_id")
organization = One("organization", "{row}.id = {parent}.organization_id")
written = Reference("attachment")


async def attach_member(
    request: Request,
    member_id: str,
    organization_id: str,
    kind: AttachmentKind,
    rights: list[AttachmentRight] | None,
    began_on: date,
) -> Payload:
    """Let a member take part in another organization; his home branch stays responsible."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, began_on)
    if kind == AttachmentKind.AWAY:
        refusals.add(
            "ATTACHED_BY_HANDOVER",
            "流动党员由流出地和流入地双方交接挂靠, 请发起交接。",
            "Members away are attached by the hand-over between home and host; propose one.",
        )
    async with unit_of_work():
        host = await reach(viewer, Act.ATTACH, Organization, organization_id)
        member = await reach(viewer, Act.ATTACH, Member, member_id)
        if host is None:
            refuse_unknown(refusals)
        if member is None or (host is not None and member.county_id != host.county_id):
            refusals.add(
                "MEMBER_NOT_FOUND",
                "没有找到您可以办理挂靠的党员。",
                "There is no such member whom you may attach.",
            )
        if host is None or member is None or refusals:
            return _refused(refusals)
        granted = sorted(set(DEFAULTS[kind] if rights is None else rights))
        refuse_dissolved(refusals, host)
        refuse_before_founding(refusals, host, began_on)
        refuse_before_joining(refusals, member, began_on)
        _refuse_host(refusals, host, member, granted)
        if await Attachment.exists(member_id=member.id, organization_id=host.id, ended_on=None):
            refusals.add(
                "ALREADY_ATTACHED",
                "该党员已挂靠在此。",
                "The member is attached to this organization already.",
            )
        if refusals:
            return _refused(refusals)
        made = await Attachment.create(
            county_id=host.county_id,
            member_id=member.id,
            organization_id=host.id,
            kind=kind.value,
            rights=[right.value for right in granted],
            began_on=began_on,
            recorded_by_id=viewer.account_id,
        )
        await append_audit(
            viewer,
            action="ATTACH_MEMBER",
            subject_type="Attachment",
            subject_id=made.id,
            county_id=made.county_id,
            detail={"kind": made.kind, "rights": made.rights},
        )
    return {"attachment": made.id, "refusals": []}


async def end_attachment(request: Request, attachment_id: str, ended_on: date, reason: str) -> Payload:
    """Record that a member no longer takes part there; all rights are at home again."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, ended_on)
    refuse_without_reason(refusals, reason)
    async with unit_of_work():
        found = await reach(viewer, Act.ATTACH, Attachment, attachment_id)
        if found is None:
            refusals.add(
                "ATTACHMENT_NOT_FOUND",
                "没有找到您可以办理的挂靠记录。",
                "There is no such attachment for you to end.",
            )
        elif found.ended_on is not None:
            refusals.add(
                "ALREADY_ENDED", f"挂靠已于 {found.ended_on} 结束。", f"It ended on {found.ended_on}."
            )
        elif found.began_on is not None and ended_on < found.began_on:
            refusals.add(
                "BEFORE_BEGINNING", f"挂靠自 {found.began_on} 起。", f"It began on {found.began_on}."
            )
        if refusals or found is None:
            return _refused(refusals)
        await Attachment.filter(id=found.id).update(ended_on=ended_on, end_reason=reason.strip())
        await append_audit(
            viewer,
            action="END_ATTACHMENT",
            subject_type="Attachment",
            subject_id=found.id,
            county_id=found.county_id,
            detail={"ended_on": ended_on.isoformat()},
        )
    return {"attachment": found.id, "refusals": []}


def _refuse_host(refusals: Refusals, host: Organization, member: Member, rights: list[Any]) -> None:
    if host.kind not in HOSTS:
        refusals.add(
            "NOT_A_HOST",
            "党员只能挂靠党支部、临时党支部或者党小组。",
            "A member is attached to a branch, a temporary branch or a group.",
        )
    if member.organization_id == host.id:
        refusals.add(
            "HOST_IS_HOME", "该党员的组织关系就在此处, 无需挂靠。", "The member's home is here already."
        )
    if not rights:
        refusals.add(
            "RIGHTS_MISSING",
            "请至少选择一项挂靠后参加的内容。",
            "Say at least one thing that the member does there.",
        )
    if host.kind == OrganizationKind.TEMPORARY_BRANCH and AttachmentRight.APPRAISAL in rights:
        refusals.add(
            "TEMPORARY_BRANCH_APPRAISES",
            "条例列举的临时党支部职责是组织学习、教育管理监督党员等, 没有民主评议, 请在组织关系所在党支部进行。",
            "A temporary branch lets its members study and supervises them; they are appraised at home.",
            CITATION_TEMPORARY,
        )


def _refused(refusals: Refusals) -> Payload:
    return {"attachment": None, "refusals": refusals.rows}
