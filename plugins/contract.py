"""What a rule pack declares and answers. The facts it is given stand in `plugins.facts`,
what it declares in `plugins.declared`.

A pack is a directory with a manifest.toml (what it decides, with sources) and a rules.py (how): plain
functions `check_<noun>(facts, values)` that yield observations. They are pure: no await, no database, no
clock, no network. Modality and citation stand once, in the manifest; the engine adds them and the pack's
version to each observation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from plugins.declared import (
    Item,
    Level,
    Manifest,
    Parameter,
    Region,
    ReportedFigure,
    Rule,
    Setting,
    Severity,
    Source,
)
from plugins.facts import (
    BranchFacts,
    DelegateFacts,
    DuesFacts,
    FloatingFacts,
    MeetingFacts,
    TrainingFacts,
)

__all__ = [
    "Finding",
    "Item",
    "Level",
    "Manifest",
    "Observation",
    "Outcome",
    "Parameter",
    "Proposal",
    "Region",
    "ReportedFigure",
    "Rule",
    "RulePack",
    "Setting",
    "Severity",
    "Source",
    "Values",
]


class Proposal(StrEnum):
    """What a finding proposes for a delegate; a named body decides."""

    SUSPENSION = "SUSPENSION"  # 停止执行代表职务
    TERMINATION = "TERMINATION"  # 终止代表资格


class Outcome(StrEnum):
    """What a review of a delegate comes to, before anybody decides."""

    QUALIFIED = "QUALIFIED"
    SUSPENSION_PROPOSED = "SUSPENSION_PROPOSED"
    TERMINATION_PROPOSED = "TERMINATION_PROPOSED"
    AWAITING_CLEARANCE = "AWAITING_CLEARANCE"


@dataclass(frozen=True)
class Observation:
    """What a pack's function yields: the code of one of its rules, and a Chinese sentence for officials."""

    code: str
    message: str
    proposes: Proposal | None = None


@dataclass(frozen=True)
class Finding:
    """An observation with all that is needed to read and replay it years later."""

    code: str
    severity: Severity
    message: str
    citation: str
    proposes: Proposal | None
    rule_pack: str
    rule_version: str


@dataclass(frozen=True)
class Values:
    """What a pack's functions use besides the facts: the strictest numbers, the county's lists."""

    numbers: Mapping[str, int | float]
    settings: Mapping[str, tuple[Item, ...]]
    region: Region | None


class RulePack(Protocol):
    """The functions of a rules.py. A pack leaves out the nouns it has no rule for."""

    def check_branch(self, facts: BranchFacts, values: Values) -> Iterable[Observation]: ...

    def check_delegate(self, facts: DelegateFacts, values: Values) -> Iterable[Observation]: ...

    def check_training(self, facts: TrainingFacts, values: Values) -> Iterable[Observation]: ...

    def check_floating(self, facts: FloatingFacts, values: Values) -> Iterable[Observation]: ...

    def check_meeting(self, facts: MeetingFacts, values: Values) -> Iterable[Observation]: ...

    def check_dues(self, facts: DuesFacts, values: Values) -> Iterable[Observation]: ...
