from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import counties, reported_figures, rule_packs
from schema.declare import field, root
from schema.pages import Connection
from schema.reported_figures import ReportedFigure
from schema.rule_packs import RulePack
from schema.scalars import YearMonth

if TYPE_CHECKING:
    from schema.organizations import Organization


@strawberry.type(
    description="A county (县). Its figures are whole for its office and auditor, those of their rows for towns and "
    "secretaries, and null for everybody else."
)
class County:
    code: strawberry.ID = field("Administrative division code (行政区划代码, GB/T 2260).")
    name: str = field("Name (名称).")
    organization_count: int | None = field("Party organizations (党组织数).", counties.organization_count)
    member_count: int | None = field("Members (党员数).", counties.member_count)
    floating_count: int | None = field(
        "Members away with an open record (流动党员数).", counties.floating_count
    )
    delegate_count: int | None = field("Delegates of all levels (党代表数).", counties.delegate_count)

    @root(
        "Share of the expected attendances at the month's theme days, 0 to 1 (主题党日参加率); "
        "each member is expected at his home branch. Null without theme days.",
        counties.attendance_rate,
    )
    def attendance_rate(self, month: YearMonth) -> float | None: ...

    @root(
        "The county's party organizations (基层党组织), each of which holds its own theme day; "
        "by code; at most 1,000 a page.",
        counties.branches,
    )
    def branches(
        self, first: int, after: str | None = None
    ) -> Connection[Annotated["Organization", strawberry.lazy("schema.organizations")]]: ...

    @root(
        "What publications report for a year beside what the records give (公开数字与系统数字对照).",
        reported_figures.reported_figures,
    )
    def reported_figures(self, year: int) -> list[ReportedFigure]: ...

    rule_packs: list[RulePack] = field("The rule packs in force (规则包).", rule_packs.rule_packs)


@strawberry.type
class CountyQuery:
    @root("A county by its code, if the reader has a role there.", counties.county)
    def county(self, code: strawberry.ID) -> County | None: ...
