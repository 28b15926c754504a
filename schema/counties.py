from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import counties, reported_figures
from resolvers.delegates import delegates
from resolvers.rule_packs import rule_packs
from resolvers.theme_days import problems as theme_day_problems
from schema.declare import field, root
from schema.delegates.delegates import DelegateCount
from schema.pages import Connection
from schema.reported_figures import ReportedFigure
from schema.rule_packs.activations import RulePackActivation
from schema.rule_packs.rule_packs import RulePack
from schema.scalars import Date, YearMonth
from schema.theme_days.problems import ProblemSummary

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization


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
    delegate_counts: list[DelegateCount] = field(
        "Delegates by level and status (各级党代表数), as far as the reader sees them.", delegates.figures
    )
    village_count: int | None = field(
        "Branches of administrative villages (行政村党支部数), those that were dissolved left out.",
        counties.village_count,
    )
    one_shoulder_count: int | None = field(
        "Villages where one person is secretary and village head (一肩挑村数); null where no village head was ever "
        "recorded.",
        counties.one_shoulder_count,
    )
    one_shoulder_share: float | None = field(
        "Their share of the villages, 0 to 1, four decimals: 88 of 133 is 0.6617 (一肩挑占比).",
        counties.one_shoulder_share,
    )

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
    ) -> Connection[Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]]: ...

    @root(
        "The problems found at theme days in a year (问题整改): those that the reader sees, null for who sees none.",
        theme_day_problems.summary,
    )
    def problem_summary(self, year: int) -> ProblemSummary | None: ...

    @root(
        "What publications report for a year beside what the records give (公开数字与系统数字对照).",
        reported_figures.reported_figures,
    )
    def reported_figures(self, year: int) -> list[ReportedFigure]: ...

    rule_pack_activations: list[RulePackActivation] = field(
        "Which version of the county's pack counts from which day on, and who decided it (规则包启用记录); the newest "
        "day first. Without any the newest version counts whose effectiveFrom has come.",
        rule_packs.rule_pack_activations,
    )

    @root("The rule packs in force on a day (规则包); today without one.", rule_packs.rule_packs)
    def rule_packs(self, on: Date | None = None) -> list[RulePack]: ...


@strawberry.type
class CountyQuery:
    @root("A county by its code, if the reader has a role there.", counties.county)
    def county(self, code: strawberry.ID) -> County | None: ...
