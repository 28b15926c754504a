from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import UNSET, federation

from resolvers.floating_members import activities as floating_activities
from resolvers.floating_members import checklist as floating_checklist
from resolvers.floating_members import decisions as floating_decisions
from resolvers.floating_members import findings as floating_findings
from resolvers.floating_members import floating_members, handovers, homecomings
from schema.context import Info
from schema.declare import field, root
from schema.floating_members.activities import FloatingActivity, FloatingSystem
from schema.floating_members.decisions import FloatingDecision
from schema.floating_members.handovers import Handover
from schema.floating_members.homecomings import Homecoming
from schema.floating_members.values import RecordValues
from schema.pages import Connection
from schema.refusals import Finding, Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations.organizations import Organization

LazyMember = Annotated["Member", strawberry.lazy("schema.members")]
LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]


@strawberry.type(description="One item of the checklist (清楚项目).")
class ClarityItem:
    key: str = field("For programs: the field that it is about.")
    label: str = field("The item (项目).")
    clear: bool = field("Whether it is filled in (是否清楚).")


@strawberry.type(
    description="How clear a floating member's situation is, by the county's checklist (七个清楚)."
)
class Clarity:
    clear: int = field("Items that are filled in.", floating_checklist.clear)
    total: int = field("Items that the rule pack asks for: seven in Jiangxian.", floating_checklist.total)
    items: list[ClarityItem] = field("The items.", floating_checklist.clarity_items)


@strawberry.type(description="What a county keeps on the record beside the fields (台账项目).")
class RecordItem:
    key: str = field("For programs, and to write it.")
    label: str = field("The item (项目): 实名登记, 所在小组 …")
    value: str | None = field("What stands there (内容).")


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
    host_name: str | None = field(
        "Its name (所在流动党支部名称), also for the home side, which does not see the host's own row.",
        floating_members.host_name,
    )
    left_on: Date | None = field("Left (流动时间).")
    destination: str | None = field("Whereabouts (去向住址).")
    contact: str | None = field("Contact (联系方式), masked: 199****5485.", floating_members.contact)
    employment: str | None = field("Employment (就业情况).")
    organizational_life: str | None = field("Organizational life (组织生活).")
    mindset: str | None = field("State of mind (思想动态).")
    contribution: str | None = field("Contribution (作用发挥).")
    registered_on: Date | None = field("Registered (登记日期).")
    last_updated_on: Date | None = field("Last kept up to date (最近更新日期).")
    update_due_on: Date = field(
        "When it is due to be kept again (应更新日期).", floating_members.update_due_on
    )
    overdue: bool = field("Whether that day is past (是否逾期).", floating_members.overdue)
    clarity: Clarity = field("How clear the situation is (七个清楚).", floating_checklist.clarity)
    items: list[RecordItem] = field(
        "What the county keeps beside these fields; empty where its rule pack asks for nothing more.",
        floating_checklist.items,
    )
    is_place_fixed: bool | None = field(
        "Whether he stays in one place (地点相对固定): after six months relations are transferred "
        "(教育管理条例第二十五条).",
    )
    went_abroad_on: Date | None = field("Went abroad (出国（境）日期).")
    last_greeted_on: Date | None = field(
        "When a greeting for the political birthday was last sent (政治生日祝福日期).",
    )
    returned_on: Date | None = field("Returned for good (返回日期); null while the record is open.")
    contact_person: LazyMember | None = field(
        "The member who looks after him (专人联系).", floating_members.contact_person
    )
    homecomings: list[Homecoming] = field("When he came home (返乡), newest first.", homecomings.homecomings)
    systems: list[FloatingSystem] = field(
        "The county's systems for members away (八项制度) and what came of each; empty where its rule pack has no "
        "list.",
        floating_activities.systems,
    )
    decisions: list[FloatingDecision] = field(
        "What bodies decided about him while out of contact (处理决定), newest first.",
        floating_decisions.decisions,
    )
    open_handover: Handover | None = field(
        "The hand-over that waits for a side (未办结的交接).", handovers.open_of_floating_member
    )
    findings: list[Finding] = field(
        "What the rule packs find today (规则检查); empty for who may not read the record's values.",
        floating_findings.findings,
    )

    @root("What was done with him (流动党员活动), newest first.", floating_activities.activities)
    def activities(self, first: int, after: str | None = None) -> Connection[FloatingActivity]: ...


@strawberry.input(description="What is known anew; what is left out stays as it is.")
class UpdateFloatingMemberInput(RecordValues):
    floating_member_id: strawberry.ID = field("The record.")
    left_on: Date | None = field("Left (流动时间).", default=UNSET)
    last_greeted_on: Date | None = field(
        "When a greeting for the political birthday was last sent (政治生日祝福日期).", default=UNSET
    )


@strawberry.type(description="The answer to UpdateFloatingMember.")
class UpdateFloatingMemberPayload:
    floating_member: FloatingMember | None = field("The record as it is now.", floating_members.updated)
    refusals: list[Refusal] = field("Why nothing was changed.")


@strawberry.type
class FloatingMemberQuery:
    @root(
        "The members of a county who are away (流动党员台账), at most 100 a page; `overdueOnly` keeps those "
        "whose record was not kept in time, `outOfContact` those whose record was not kept for six months "
        "(教育管理条例第二十四条), about whom a body decides.",
        floating_members.floating_members,
    )
    def floating_members(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        overdue_only: bool | None = None,
        out_of_contact: bool | None = None,
    ) -> Connection[FloatingMember]: ...


@strawberry.type
class FloatingMemberMutation:
    @strawberry.mutation(
        description="Keep a floating member's record (更新流动信息): the member himself, his contact person, his "
        "secretary or those above. Refused: FLOATING_MEMBER_NOT_FOUND, LEFT_IN_THE_FUTURE, IN_THE_FUTURE, "
        "TEXT_TOO_LONG, UNKNOWN_ITEM, ITEM_HAS_A_FIELD, NAMED_BY_LEADERS, "
        "CONTACT_PERSON_NOT_FOUND, CONTACT_PERSON_IS_HIMSELF."
    )
    async def update_floating_member(
        self, info: Info, input: UpdateFloatingMemberInput
    ) -> UpdateFloatingMemberPayload:
        changes = input.values()
        floating_member_id = str(changes.pop("floating_member_id"))
        return await floating_members.update_floating_member(info.context, floating_member_id, changes)
