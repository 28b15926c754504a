from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.organizations import attachments
from schema.context import Info
from schema.declare import field
from schema.enums import AttachmentKind, AttachmentRight
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations.organizations import Organization


@strawberry.type(
    description="That a member takes part in another organization while his home branch leads (挂靠). His vote and "
    "his dues stay at home, always (表决权、选举权、党费在组织关系所在党支部)."
)
class Attachment:
    id: strawberry.ID = field("Key.")
    kind: AttachmentKind = field("Why (类别).")
    rights: list[AttachmentRight] = field("What he does there (参加内容); never votes, never dues.")
    began_on: Date | None = field("From when (挂靠日期).")
    ended_on: Date | None = field("Until when (结束日期); null while it lasts.")
    end_reason: str | None = field("Why it ended (结束原因).")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Who, if the reader may see him.", attachments.member
    )
    organization: Annotated["Organization", strawberry.lazy("schema.organizations.organizations")] | None = (
        field("Where, if the reader may see it (挂靠党组织).", attachments.organization)
    )


@strawberry.input(description="A member who is to take part elsewhere (挂靠).")
class AttachMemberInput:
    member_id: strawberry.ID = field("Who.")
    organization_id: strawberry.ID = field("Where: a branch, a temporary branch or a group (党小组).")
    kind: AttachmentKind = field("RESETTLEMENT, PROJECT or NETWORK; AWAY is made by a hand-over.")
    rights: list[AttachmentRight] | None = field(
        "What he does there. Without it STUDY, ACTIVITIES and SUPERVISION; for NETWORK (网络党支部) STUDY and "
        "ACTIVITIES. APPRAISAL is refused in a temporary branch.",
        default=None,
    )
    began_on: Date = field("From when, today or earlier.")


@strawberry.type(description="The answer to AttachMember and EndAttachment.")
class AttachmentPayload:
    attachment: Attachment | None = field("The attachment.", attachments.written)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class AttachmentMutation:
    @strawberry.mutation(
        description="Attach a member to another organization (登记挂靠): a resettlement site's branch or group "
        "(易地搬迁安置点), a project's temporary branch, a network branch. The home branch stays responsible; vote and "
        "dues stay there. Refused: ATTACHED_BY_HANDOVER, BEFORE_FOUNDING, BEFORE_JOINING, "
        "MEMBER_NOT_FOUND, ORGANIZATION_NOT_FOUND, "
        "ORGANIZATION_DISSOLVED, NOT_A_HOST, HOST_IS_HOME, ALREADY_ATTACHED, RIGHTS_MISSING, IN_THE_FUTURE, "
        "TEMPORARY_BRANCH_APPRAISES (支部工作条例第二章). By the office, the town and the secretary who see both."
    )
    async def attach_member(self, info: Info, input: AttachMemberInput) -> AttachmentPayload:
        return await attachments.attach_member(
            info.context,
            str(input.member_id),
            str(input.organization_id),
            input.kind,
            input.rights,
            input.began_on,
        )

    @strawberry.mutation(
        description="Record that an attachment ends (结束挂靠). Refused: ATTACHMENT_NOT_FOUND, ALREADY_ENDED, "
        "BEFORE_BEGINNING, IN_THE_FUTURE, REASON_MISSING."
    )
    async def end_attachment(
        self, info: Info, id: strawberry.ID, ended_on: Date, reason: str
    ) -> AttachmentPayload:
        return await attachments.end_attachment(info.context, str(id), ended_on, reason)
