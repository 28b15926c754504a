from typing import TYPE_CHECKING, Annotated, Optional

import strawberry
from strawberry import federation

from resolvers import organizations
from schema import declare
from schema.declare import root
from schema.enums import OrganizationKind
from schema.pages import Connection
from schema.refusals import Finding
from schema.scalars import Date, YearMonth

if TYPE_CHECKING:
    from schema.members import Member

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
    member_count: int = declare.field("Members whose home it is (党员数).", organizations.member_count)
    subtree_member_count: int = declare.field(
        "Members of it and of all below it (含下级党员数).", organizations.subtree_member_count
    )
    floating_count: int = declare.field(
        "Of its members, those away (流动党员数).", organizations.floating_count
    )
    hosted_count: int = declare.field(
        "Members away whom it hosts (接收流动党员数).", organizations.hosted_count
    )
    findings: list[Finding] = declare.field(
        "What the rule packs find today (规则检查).", organizations.findings
    )

    @root(
        "Share of those expected at its theme days of the month who took part, 0 to 1 (参加率); "
        "null where nobody is expected.",
        organizations.attendance_rate,
    )
    def attendance_rate(self, month: YearMonth) -> float | None: ...

    @root("Its members (党员名册) by pinyin, at most 100 a page.", organizations.members)
    def members(
        self, first: int, after: str | None = None, search: str | None = None
    ) -> Connection[LazyMember]: ...


@strawberry.type
class OrganizationQuery:
    @root("An organization by its id.", organizations.organization)
    def organization(self, id: strawberry.ID) -> Organization | None: ...

    @root(
        "The organizations of a county by code, at most 100 a page. `search` takes two characters of the name "
        "or more, or initials of its pinyin (两个汉字或拼音首字母).",
        organizations.organizations,
    )
    def organizations(
        self,
        county: strawberry.ID,
        first: int,
        kind: list[OrganizationKind] | None = None,
        search: str | None = None,
        after: str | None = None,
    ) -> Connection[Organization]: ...
