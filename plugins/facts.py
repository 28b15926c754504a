"""The frozen facts that rule packs judge, one class per noun. The day of judgement, `on`, is among them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

KINDS = ("COMMITTEE", "GENERAL_BRANCH", "BRANCH", "TEMPORARY_BRANCH", "GROUP")
LEVELS = ("COUNTY", "CITY", "PROVINCE")
STATUSES = ("SERVING", "SUSPENDED", "TERMINATED")
STANDINGS = ("FULL", "PROBATIONARY")
AGENCIES = ("DISCIPLINE_INSPECTION", "PUBLIC_SECURITY")
OPINIONS = ("NO_OBJECTION", "OBJECTION")


def _known(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """A misspelt value would make rules silent, so it is an error at once."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}, which is none of {', '.join(allowed)}")


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

    def __post_init__(self) -> None:
        _known("kind", self.kind, KINDS)


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
        _known("agency", self.agency, AGENCIES)
        if self.opinion is not None:
            _known("opinion", self.opinion, OPINIONS)


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
        _known("level", self.level, LEVELS)
        _known("status", self.status, STATUSES)


@dataclass(frozen=True)
class TrainingRecord:
    """Hours (学时) of one course (培训记录); county packs may weigh forms differently."""

    completed_on: date
    hours: float
    form: str  # 集中培训, 网络学习, …


@dataclass(frozen=True)
class TrainingFacts:
    """A member's training in one calendar year, as far as it stood on `on`."""

    year: int
    on: date
    standing: str  # one of STANDINGS
    is_secretary: bool
    is_committee_member: bool
    completed_hours: float  # 学时
    records: tuple[TrainingRecord, ...] = ()
    is_excused: bool = False  # 年老体弱、残疾等: no firm demand (党员教育管理工作条例 第二十三条)

    def __post_init__(self) -> None:
        _known("standing", self.standing, STANDINGS)


@dataclass(frozen=True)
class FloatingFacts:
    """A floating member's record (流动党员台账). `items`: checklist key -> what is written there."""

    on: date
    left_on: date | None
    last_updated_on: date | None
    items: Mapping[str, str | None] = field(default_factory=dict)


Facts = BranchFacts | DelegateFacts | TrainingFacts | FloatingFacts
FACTS: dict[str, type[Facts]] = {
    "branch": BranchFacts,
    "delegate": DelegateFacts,
    "training": TrainingFacts,
    "floating": FloatingFacts,
}
"""Noun -> its facts. A pack judges a noun in its function `check_<noun>`."""
