from typing import TYPE_CHECKING, Annotated, Optional

import strawberry
from strawberry import federation

from resolvers.floating_members import handovers
from resolvers.meetings import appraisals, meetings
from resolvers.organizations import attachments, officers, organizations, reserves
from resolvers.organizations import events as organization_events
from resolvers.organizations import facts as organization_facts
from resolvers.theme_days import duties, theme_days
from schema import declare
from schema.declare import root
from schema.enums import AttachmentKind, MeetingKind, OrganizationKind
from schema.floating_members.handovers import Handover
from schema.meetings.appraisals import GradeCount
from schema.organizations.events import OrganizationEvent
from schema.organizations.officers import OfficeTerm
from schema.organizations.reserves import Reserve
from schema.pages import Connection
from schema.refusals import Finding
from schema.scalars import Date, YearMonth
from schema.theme_days.duties import Duty

if TYPE_CHECKING:
    from schema.meetings.meetings import Meeting
    from schema.members import Member
    from schema.theme_days.theme_days import ThemeDay

LazyMember = Annotated["Member", strawberry.lazy("schema.members")]


@federation.type(keys=["id", "code"], description="A party organization (党组织).")
class Organization:
    id: strawberry.ID = declare.field("Key.")
    code: str = declare.field("The office's code (组织代码), unique within the county.")
    name: str = declare.field("Name (组织名称).")
    kind: OrganizationKind = declare.field("Kind (组织类别).")
    field: str = declare.field(
        "Field that it works in (所属领域), as the office writes it: 行政村, 社区, 机关 …"
    )
    parent: Optional["Organization"] = declare.field(
        "The organization above (上级组织), if the reader may see it.", organizations.parent
    )
    secretary: LazyMember | None = declare.field("The secretary (书记).", organizations.secretary)
    founded_on: Date | None = declare.field("Founded (成立日期).")
    elected_on: Date | None = declare.field("When the present term began (本届换届日期).")
    term_ends_on: Date | None = declare.field(
        "When the present term ends (届满日期): villages and communities 5 years, others 3; "
        "none for a temporary branch.",
        organizations.term_ends_on,
    )
    term_extended_to: Date | None = declare.field(
        "Until when the election was put off with approval (延期换届至); null without an extension."
    )
    dissolved_on: Date | None = declare.field(
        "When it was merged or dissolved (撤销日期); it is then only read."
    )
    level_name: str | None = declare.field("What the county calls its level (层级名称): 连, 排, 班, 室.")
    level_depth: int = declare.field(
        "How deep it stands (层级): 1 for the county's committee.", organizations.level_depth
    )
    units: int | None = declare.field("Of a joint branch (联合党支部): how many units it covers.")
    body_ends_on: Date | None = declare.field(
        "Of a temporary branch: when the body that it was set up in ends (机构撤销日期)."
    )
    officer_history: list[OfficeTerm] = declare.field(
        "The terms that ended (历任), the last first; at most 200.", officers.officer_history
    )
    officers: list[OfficeTerm] = declare.field(
        "Who holds its offices now (现任班子), the secretary first; at most 100.", officers.officers
    )
    is_one_shoulder: bool | None = declare.field(
        "Of an administrative village: whether its secretary is the village head, too (一肩挑); null elsewhere, and "
        "where one of the two is not recorded.",
        organizations.is_one_shoulder,
    )
    member_count: int = declare.field("Members whose home it is (党员数).", organizations.member_count)
    subtree_member_count: int = declare.field(
        "Members of it and of all below it (含下级党员数).", organizations.subtree_member_count
    )
    floating_count: int | None = declare.field(
        "Of its members, those away (流动党员数); null under five for who may not read about its members.",
        organizations.floating_count,
    )
    hosted_count: int | None = declare.field(
        "Members away whom it hosts (接收流动党员数), other attachments left out.", organizations.hosted_count
    )
    attached_count: int | None = declare.field(
        "Members who take part here while their home is elsewhere (挂靠党员数), of every kind.",
        attachments.attached_count,
    )
    reserve_count: int | None = declare.field(
        "Names on its reserve list (后备力量人数); null where none was ever kept, and for who does not see it.",
        reserves.reserve_count,
    )
    secretary_reserve_count: int | None = declare.field(
        "Of these, for the post of secretary (书记后备人数).", reserves.secretary_reserve_count
    )
    findings: list[Finding] = declare.field(
        "What the rule packs find today (规则检查): none once it was dissolved, and nothing on what is not recorded "
        "(officers besides an imported secretary, reserves where no list was ever kept).",
        organization_facts.findings,
    )

    @root(
        "Share of those expected at its theme days of the month who took part, 0 to 1 (参加率); "
        "null where nobody is expected.",
        organizations.attendance_rate,
    )
    def attendance_rate(self, month: YearMonth) -> float | None: ...

    @root(
        "The hand-overs that it is a side of (交接), newest first; `openOnly` keeps those that wait for a side.",
        handovers.of_organization,
    )
    def handovers(
        self, first: int, after: str | None = None, open_only: bool | None = None
    ) -> Connection[Handover]: ...

    @root("Its theme days (主题党日), newest first, at most 100 a page.", theme_days.of_organization)
    def theme_days(
        self, first: int, after: str | None = None
    ) -> Connection[Annotated["ThemeDay", strawberry.lazy("schema.theme_days.theme_days")]]: ...

    @root(
        "What is open for it in a month, by due date (党组织待办): no theme day, one that is not recorded, problems "
        "due until then. For those who lead it, else empty.",
        duties.organization_duties,
    )
    def duties(self, month: YearMonth) -> list[Duty]: ...

    @root("Its members (党员名册) by pinyin, at most 100 a page.", organizations.members)
    def members(
        self, first: int, after: str | None = None, search: str | None = None
    ) -> Connection[LazyMember]: ...

    @root(
        "How many of its members were given which grade for the year (民主评议等次汇总): for those who lead it, since "
        "in a small branch a count tells who it was; else empty.",
        appraisals.summary,
    )
    def appraisal_summary(self, year: int) -> list[GradeCount]: ...

    @root(
        "Members who take part here while their home is elsewhere (挂靠党员), by pinyin, at most 100 a page.",
        attachments.attached_members,
    )
    def attached_members(
        self,
        first: int,
        after: str | None = None,
        search: str | None = None,
        kind: AttachmentKind | None = None,
    ) -> Connection[LazyMember]: ...

    @root(
        "The organizations directly below it (下级组织) by code, at most 100 a page; dissolved ones only with "
        "`includeDissolved`.",
        organizations.children,
    )
    def children(
        self, first: int, after: str | None = None, include_dissolved: bool = False
    ) -> Connection[Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]]: ...

    @root(
        "What was recorded of it (组织设置事项), mergers into it, too; newest first, at most 100 a page.",
        organization_events.events,
    )
    def events(self, first: int, after: str | None = None) -> Connection[OrganizationEvent]: ...

    @root(
        "Its reserve list (后备力量), in the order of listing, at most 100 a page; those taken off only with "
        "`includeRemoved`.",
        reserves.reserves,
    )
    def reserves(
        self,
        first: int,
        after: str | None = None,
        for_secretary: bool | None = None,
        include_removed: bool = False,
    ) -> Connection[Reserve]: ...

    @root("Its meetings (会议记录), newest first, at most 100 a page.", meetings.meetings)
    def meetings(
        self, first: int, after: str | None = None, kind: list[MeetingKind] | None = None
    ) -> Connection[Annotated["Meeting", strawberry.lazy("schema.meetings.meetings")]]: ...


@strawberry.type
class OrganizationQuery:
    @root("An organization by its id.", organizations.organization)
    def organization(self, id: strawberry.ID) -> Organization | None: ...

    @root(
        "The organizations of a county by code, at most 100 a page. `search` takes two characters of the name "
        "or more, or initials of its pinyin (两个汉字或拼音首字母). Dissolved ones only with `includeDissolved`.",
        organizations.organizations,
    )
    def organizations(
        self,
        county: strawberry.ID,
        first: int,
        kind: list[OrganizationKind] | None = None,
        search: str | None = None,
        after: str | None = None,
        include_dissolved: bool = False,
    ) -> Connection[Organization]: ...
