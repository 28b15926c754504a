"""The frozen facts that rule packs judge, one class per noun. The day of judgement, `on`, is among them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plugins.dues import DuesFacts
from plugins.meeting import MeetingFacts, VoteFacts
from plugins.vocabulary import AGENCIES, KINDS, LEVELS, MEETINGS, OPINIONS, STANDINGS, STATUSES, known

__all__ = [
    "AGENCIES",
    "FACTS",
    "KINDS",
    "LEVELS",
    "MEETINGS",
    "OPINIONS",
    "STANDINGS",
    "STATUSES",
    "BranchFacts",
    "Clearance",
    "DelegateFacts",
    "DuesFacts",
    "Facts",
    "FloatingFacts",
    "MeetingFacts",
    "PostChange",
    "TrainingFacts",
    "TrainingRecord",
    "VoteFacts",
]


@dataclass(frozen=True)
class BranchFacts:
    """A party organization (党组织) on a day. None means: not known, so nothing is concluded from it."""

    on: date
    kind: str  # one of KINDS
    field: str  # 所属领域 as the office writes it: 行政村, 社区, 机关, …
    full_members: int  # 正式党员
    members: int  # all members, probationary ones too
    has_committee: bool | None = None  # 是否设支部委员会
    term_started_on: date | None = None  # 本届换届日期
    last_recruit_on: date | None = None  # the last day somebody was admitted here
    committee_members: int | None = None  # 支委会委员人数
    units: int | None = None  # 联合党支部覆盖的单位数
    term_extended_to: date | None = None  # 经批准延期换届至
    body_ended_on: date | None = None  # a temporary branch's: when the body it was set up in came to its end
    # One of MEETINGS -> the last day of it.
    last_held: Mapping[str, date] = dataclasses.field(default_factory=dict)
    appraised: int = 0  # 本年度参加民主评议的正式党员
    appraised_excellent: int = 0  # of these, 优秀
    reserves: int | None = None  # 后备干部人数
    secretary_reserves: int | None = None  # of these, for the post of secretary
    level: str | None = None  # what the county calls this level: 连, 排, 班, 室
    level_above: str | None = None
    outside_officers: int = 0  # 书记、副书记、委员中组织关系不在本组织的人数

    def __post_init__(self) -> None:
        known("kind", self.kind, KINDS)
        for meeting in self.last_held:
            known("last_held", meeting, MEETINGS)


@dataclass(frozen=True)
class PostChange:
    """A change of post (职务变动) in the office's own words, e.g. 调离绛县, destination 运城市夏县."""

    changed_on: date
    change: str
    destination: str | None = None


@dataclass(frozen=True)
class Clearance:
    """What one agency was asked and answered (联审意见). `opinion` None: not answered yet."""

    agency: str  # one of AGENCIES
    opinion: str | None = None  # one of OPINIONS
    reason: str | None = None
    submitted_on: date | None = None

    def __post_init__(self) -> None:
        known("agency", self.agency, AGENCIES)
        if self.opinion is not None:
            known("opinion", self.opinion, OPINIONS)


@dataclass(frozen=True)
class DelegateFacts:
    """A delegate (党代表) in the review of a quarter."""

    on: date
    quarter: str  # "2020Q4"
    level: str  # one of LEVELS: the congress that the delegate was elected to
    congress: str  # 中共绛县第十四次代表大会
    elected_on: date | None
    status: str  # one of STATUSES
    post_changes: tuple[PostChange, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    is_membership_halted: bool = False  # 被停止党籍
    is_nationality_lost: bool = False  # 丧失中华人民共和国国籍
    resignation_accepted_on: date | None = None  # 辞去代表职务被接受

    def __post_init__(self) -> None:
        known("level", self.level, LEVELS)
        known("status", self.status, STATUSES)


@dataclass(frozen=True)
class TrainingRecord:
    """Hours (学时) of one course (培训记录). With days or half days these count instead of the hours."""

    completed_on: date
    hours: float
    form: str  # 集中培训, 网络学习, …
    started_on: date | None = None  # None: the course took one day
    days: float = 0
    half_days: int = 0
    is_time_spent: bool = True  # False: signed in, but not there for the time
    hours_spent: float | None = None  # the time really spent, where it was kept; more than it never counts


@dataclass(frozen=True)
class TrainingFacts:
    """A member's training in one calendar year, as far as it stood on `on`."""

    year: int
    on: date
    standing: str  # one of STANDINGS
    is_secretary: bool
    is_committee_member: bool
    completed_hours: float  # 学时; counts where no records are given
    records: tuple[TrainingRecord, ...] = ()
    is_excused: bool = False  # 年老体弱、残疾等: no firm demand (党员教育管理工作条例 第二十三条)
    full_since: date | None = None  # 转正日
    intensive_courses: int | None = None  # 本年度参加集中培训的次数; None: not known

    def __post_init__(self) -> None:
        known("standing", self.standing, STANDINGS)


@dataclass(frozen=True)
class FloatingFacts:
    """A floating member's record (流动党员台账). `items`: checklist key -> what is written there."""

    on: date
    left_on: date | None = None
    last_updated_on: date | None = None
    items: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    is_place_fixed: bool | None = None  # 地点相对固定
    went_abroad_on: date | None = None  # 出国（境）
    admitted_on: date | None = None  # 入党日期; its anniversary is the political birthday (政治生日)
    last_greeted_on: date | None = None  # when the last greeting for it was sent

    def written(self, key: str) -> str:
        """What stands for a key of the checklist, "" for nothing or blanks; the day of leaving is a key too."""
        return str((self.left_on if key == "left_on" else self.items.get(key)) or "").strip()


Facts = BranchFacts | DelegateFacts | TrainingFacts | FloatingFacts | MeetingFacts | DuesFacts
FACTS: dict[str, type[Facts]] = {
    "branch": BranchFacts,
    "delegate": DelegateFacts,
    "training": TrainingFacts,
    "floating": FloatingFacts,
    "meeting": MeetingFacts,
    "dues": DuesFacts,
}
"""Noun -> its facts. A pack judges a noun in its function `check_<noun>`."""
