from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.floating_members import handovers
from schema.context import Info
from schema.declare import field, root
from schema.enums import HandoverKind, HandoverSide, HandoverStatus
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date, DateTime

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations.organizations import Organization

LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]


@strawberry.type(
    description="A hand-over of a member between his home branch and a host (交接): it takes effect when both have "
    "confirmed. For the two sides, those above them, and the member himself."
)
class Handover:
    id: strawberry.ID = field("Key.")
    kind: HandoverKind = field("What is handed over (交接类别).")
    status: HandoverStatus = field("Where it stands (办理状态).", handovers.status)
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Whom it is about, if the reader may see him.", handovers.member
    )
    member_name: str = field(
        "His name (姓名), which the host reads before he is its guest.", handovers.member_name
    )
    home: LazyOrganization | None = field(
        "The home side (流出党支部), if the reader may see it.", handovers.home
    )
    home_name: str = field("Its name (流出党支部名称).", handovers.home_name)
    host: LazyOrganization | None = field(
        "The host side (接收党支部), if the reader may see it.", handovers.host
    )
    host_name: str = field("Its name (接收党支部名称).", handovers.host_name)
    responsible: LazyOrganization | None = field(
        "Who is responsible for the member (负责党组织): the home side, after a transfer took effect the host "
        "(教育管理条例第二十五条: 接收以前由原党组织继续负责).",
        handovers.responsible,
    )
    note: str | None = field("What the proposal says (说明).")
    proposed_at: DateTime = field("When it was proposed (提出时间).")
    due_on: Date = field("Until when both sides should have answered (办理期限).")
    overdue: bool = field("Whether it is open and that day is past (是否逾期).", handovers.overdue)
    home_confirmed_at: DateTime | None = field("When the home side confirmed (流出方确认时间).")
    host_confirmed_at: DateTime | None = field("When the host confirmed (接收方确认时间).")
    refused_at: DateTime | None = field("When it was refused (退回时间).")
    refusal: str | None = field("Why it was refused (退回理由).")


@strawberry.input(description="Who is to be handed over, and where.")
class ProposeHandoverInput:
    member_id: strawberry.ID = field("Whom.")
    host_organization_id: strawberry.ID = field(
        "The host (接收党支部): a branch of the county, a temporary one only for ATTACHMENT."
    )
    kind: HandoverKind = field("What is handed over (交接类别).")
    note: str | None = field("What the other side should know (说明), at most 400 characters.", default=None)


@strawberry.type(description="The answer to the writes of a hand-over.")
class HandoverPayload:
    handover: Handover | None = field("The hand-over as it is now.", handovers.written)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class HandoverQuery:
    @root(
        "The hand-overs of a county (交接) that the reader has a side in, newest first, at most 100 a page; `openOnly` "
        "keeps those that wait for a side, `overdueOnly` those that have waited too long.",
        handovers.handovers,
    )
    def handovers(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        open_only: bool | None = None,
        overdue_only: bool | None = None,
    ) -> Connection[Handover]: ...


@strawberry.type
class HandoverMutation:
    @strawberry.mutation(
        description="Propose to hand a member over (提出交接); nothing changes before both sides have confirmed. "
        "Refused: MEMBER_NOT_FOUND, HOST_NOT_FOUND, HOST_IS_HOME, HOST_NOT_A_BRANCH, TEMPORARY_BRANCH for a "
        "transfer (支部工作条例), ALREADY_A_GUEST, HOLDS_OFFICE, HANDOVER_OPEN, TEXT_TOO_LONG."
    )
    async def propose_handover(self, info: Info, input: ProposeHandoverInput) -> HandoverPayload:
        return await handovers.propose_handover(
            info.context, str(input.member_id), str(input.host_organization_id), input.kind, input.note
        )

    @strawberry.mutation(
        description="Confirm a hand-over for one side (确认交接). When both have, it takes effect at once: an "
        "attachment takes the place of one where he was a guest, a transfer moves him, ends his attachments and "
        "closes his record of being away. Refused: HANDOVER_NOT_FOUND, HANDOVER_CLOSED, NOT_YOUR_SIDE, "
        "ALREADY_CONFIRMED, HOME_CHANGED, and what refuses a proposal."
    )
    async def confirm_handover(
        self, info: Info, handover_id: strawberry.ID, side: HandoverSide
    ) -> HandoverPayload:
        return await handovers.confirm_handover(info.context, str(handover_id), side)

    @strawberry.mutation(
        description="Refuse a hand-over that is open, with the reason (退回交接; 教育管理条例第二十五条: "
        "无故不得拒绝). Refused: HANDOVER_NOT_FOUND, HANDOVER_CLOSED, REASON_MISSING."
    )
    async def refuse_handover(self, info: Info, handover_id: strawberry.ID, reason: str) -> HandoverPayload:
        return await handovers.refuse_handover(info.context, str(handover_id), reason)
