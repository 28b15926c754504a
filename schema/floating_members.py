from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET, federation

from resolvers import floating_members
from schema.context import Info
from schema.declare import field, root
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations import Organization

LazyMember = Annotated["Member", strawberry.lazy("schema.members")]
LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations")]


@strawberry.type(description="One item of the checklist (清楚项目).")
class ClarityItem:
    key: str = field("For programs: the field that it is about.")
    label: str = field("The item (项目).")
    clear: bool = field("Whether it is filled in (是否清楚).")


@strawberry.type(
    description="How clear a floating member's situation is, by the county's checklist (七个清楚)."
)
class Clarity:
    clear: int = field("Items that are filled in.", floating_members.clear)
    total: int = field("Items that the rule pack asks for: seven in Jiangxian.", floating_members.total)
    items: list[ClarityItem] = field("The items.", floating_members.items)


@federation.type(
    keys=["id"],
    description="The record of a member who is away (流动党员). Whereabouts are for the member himself and for "
    "those who work with them.",
)
class FloatingMember:
    id: strawberry.ID = field("Key.")
    member: LazyMember | None = field("Who is away.", floating_members.member)
    home_branch: LazyOrganization | None = field(
        "The branch that stays responsible (流出党支部).", floating_members.home_branch
    )
    host_branch: LazyOrganization | None = field(
        "The temporary branch where the member is (所在流动党支部).", floating_members.host_branch
    )
    left_on: Date | None = field("Left (流动时间).", floating_members.left_on)
    destination: str | None = field("Whereabouts (去向住址).", floating_members.destination)
    contact: str | None = field("Contact (联系方式), masked: 199****5485.", floating_members.contact)
    employment: str | None = field("Employment (就业情况).", floating_members.employment)
    organizational_life: str | None = field(
        "Organizational life (组织生活).", floating_members.organizational_life
    )
    mindset: str | None = field("State of mind (思想动态).", floating_members.mindset)
    contribution: str | None = field("Contribution (作用发挥).", floating_members.contribution)
    registered_on: Date | None = field("Registered (登记日期).")
    last_updated_on: Date | None = field("Last kept up to date (最近更新日期).")
    update_due_on: Date = field(
        "When it is due to be kept again (应更新日期).", floating_members.update_due_on
    )
    overdue: bool = field("Whether that day is past (是否逾期).", floating_members.overdue)
    clarity: Clarity = field("How clear the situation is (七个清楚).", floating_members.clarity)


@strawberry.input(description="What is known anew; what is left out stays as it is.")
class UpdateFloatingMemberInput:
    floating_member_id: strawberry.ID = field("The record.")
    destination: str | None = field("Whereabouts (去向住址).", default=UNSET)
    contact: str | None = field("Contact (联系方式).", default=UNSET)
    employment: str | None = field("Employment (就业情况).", default=UNSET)
    organizational_life: str | None = field("Organizational life (组织生活).", default=UNSET)
    mindset: str | None = field("State of mind (思想动态).", default=UNSET)
    contribution: str | None = field("Contribution (作用发挥).", default=UNSET)
    left_on: Date | None = field("Left (流动时间).", default=UNSET)

    def changes(self) -> dict[str, Any]:
        """The fields that were given; an empty text clears one. Null counts as left out: many clients send it so."""
        given = {name: value for name, value in vars(self).items() if name != "floating_member_id"}
        return {
            name: (value.strip() or None) if isinstance(value, str) else value
            for name, value in given.items()
            if value is not UNSET and value is not None
        }


@strawberry.type(description="The answer to UpdateFloatingMember.")
class UpdateFloatingMemberPayload:
    floating_member: FloatingMember | None = field("The record as it is now.", floating_members.updated)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class FloatingMemberQuery:
    @root(
        "The members of a county who are away (流动党员台账), at most 100 a page; `overdueOnly` keeps those "
        "whose record was not kept in time.",
        floating_members.floating_members,
    )
    def floating_members(
        self, county: strawberry.ID, first: int, after: str | None = None, overdue_only: bool | None = None
    ) -> Connection[FloatingMember]: ...


@strawberry.type
class FloatingMemberMutation:
    @strawberry.mutation(
        description="Keep a floating member's record: the member himself, his secretary or the office (更新流动信息)."
    )
    async def update_floating_member(
        self, info: Info, input: UpdateFloatingMemberInput
    ) -> UpdateFloatingMemberPayload:
        return await floating_members.update_floating_member(
            info.context, str(input.floating_member_id), input.changes()
        )
