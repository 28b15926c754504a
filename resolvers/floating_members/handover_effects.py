"""What a hand-over (交接) comes to: which place may take a member, and what changes when both sides have confirmed."""

from datetime import date
from uuid import UUID

from tortoise.queryset import QuerySet

from models import Attachment, FloatingMember, Handover, Member, OfficeTerm, Organization
from models.choices import AttachmentKind, AttachmentRight, HandoverKind, OrganizationKind
from resolvers.refusals import Refusals
from runtime.clock import today

TEMPORARY = "《中国共产党支部工作条例（试行）》第二章（临时党支部）"
# Votes and dues stay at home, and so does the appraisal unless the branches agree on it.
RIGHTS = [AttachmentRight.STUDY.value, AttachmentRight.ACTIVITIES.value, AttachmentRight.SUPERVISION.value]
BRANCHES = (OrganizationKind.BRANCH, OrganizationKind.TEMPORARY_BRANCH)


async def check_place(
    member: Member, place: Organization | None, kind: HandoverKind, refusals: Refusals
) -> None:
    """Refuses a host that cannot take the member: asked when it is proposed, and again before it takes effect."""
    if place is None or place.dissolved_on is not None:
        refusals.add(
            "HOST_NOT_FOUND",
            "没有找到接收党组织, 或者它已撤销; 请选择本县的党支部。",
            "There is no such host, or it was dissolved; choose a branch of the county.",
        )
    elif place.id == member.organization_id:
        refusals.add(
            "HOST_IS_HOME",
            "该党员的组织关系就在这个党支部。",
            "This branch is the member's home already.",
        )
    elif place.kind not in BRANCHES:
        refusals.add(
            "HOST_NOT_A_BRANCH",
            f"{place.name}不是党支部; 请选择党员实际参加的党支部。",
            f"{place.name} is no branch; choose the branch that the member takes part in.",
        )
    elif kind == HandoverKind.TRANSFER:
        await _check_transfer(member, place, refusals)
    elif await _open_attachments(member).filter(organization_id=place.id).exists():
        refusals.add(
            "ALREADY_A_GUEST",
            "该党员已经挂靠在这个党支部。",
            "The member takes part in this branch already.",
        )


async def take_effect(handover: Handover, by: UUID | None, refusals: Refusals) -> None:
    """Inside the unit of work of the second confirmation, which account `by` gives; a refusal changes nothing."""
    member = await Member.select_for_update().get(id=handover.member_id)
    if member.organization_id != handover.home_id:
        refusals.add(
            "HOME_CHANGED",
            "提出交接以后, 该党员的组织关系已经变动; 请退回这项交接, 重新提出。",
            "The member's home has changed since this was proposed; refuse it and propose anew.",
        )
        return
    place = await Organization.get(id=handover.host_id)
    kind = HandoverKind(handover.kind)
    await check_place(member, place, kind, refusals)
    if refusals:
        return
    if kind == HandoverKind.ATTACHMENT:
        await _end(member, f"交接至{place.name}"[:200], kind=AttachmentKind.AWAY.value)
        await Attachment.create(
            county_id=member.county_id,
            member_id=member.id,
            organization_id=place.id,
            kind=AttachmentKind.AWAY.value,
            rights=RIGHTS,
            began_on=today(),
            recorded_by_id=by,
        )
    else:
        # The record before the attachments, in the order in which a return locks them.
        open_record = FloatingMember.filter(member_id=member.id, returned_on__isnull=True)
        record = await open_record.select_for_update().first()
        if record is not None:
            record.returned_on = max(record.left_on or date.min, today())
            record.version += 1
            await record.save(update_fields=["returned_on", "version"])
        await _end(member, "组织关系已转移")
        member.organization_id = place.id
        await member.save(update_fields=["organization_id"])


async def _check_transfer(member: Member, place: Organization, refusals: Refusals) -> None:
    if place.kind == OrganizationKind.TEMPORARY_BRANCH:
        refusals.add(
            "TEMPORARY_BRANCH",
            "临时党支部不转接组织关系; 请改为双向共管, 或者转到正式党支部。",
            "A temporary branch takes over no relations; propose an attachment, or another branch.",
            TEMPORARY,
        )
    if await OfficeTerm.filter(
        member_id=member.id, organization_id=member.organization_id, ended_on__isnull=True
    ).exists():
        refusals.add(
            "HOLDS_OFFICE",
            "该党员在原党支部担任职务; 请先登记免职或者改选。",
            "The member holds an office in his home branch; record the end of the term first.",
        )


async def _end(member: Member, reason: str, **only: str) -> None:
    for attachment in await _open_attachments(member).filter(**only):
        attachment.ended_on = max(attachment.began_on or date.min, today())
        attachment.end_reason = reason
        await attachment.save(update_fields=["ended_on", "end_reason"])


def _open_attachments(member: Member) -> QuerySet[Attachment]:
    return Attachment.filter(member_id=member.id, ended_on__isnull=True)
