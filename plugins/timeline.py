"""The rules of one county over time: which version of its pack counts from which day on.

Facts are judged by what is in force on their own day, so that a new version changes nothing about the days before.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plugins.contract import Finding, Item, Outcome, ReportedFigure, Values
from plugins.errors import PackFailed
from plugins.facts import DelegateFacts, Facts
from plugins.judge import Judge
from plugins.judging import Rules

Activation = tuple[date, str, str | None]
"""From that day, pack id, version; without a version the county has no pack of its own. Plain, for another process."""


@dataclass(frozen=True)
class Stretch:
    active_from: date  # date.min: from the beginning
    rules: Rules
    fault: str | None = None  # why these days cannot be judged: a version that is activated and not there


class Timeline(Judge):
    """Immutable. The first stretch is the national pack alone, from the beginning."""

    def __init__(self, county: str, stretches: Sequence[Stretch]) -> None:
        self.county, self.stretches = county, tuple(stretches)
        self._starts = [stretch.active_from for stretch in self.stretches]

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(stretch.fault for stretch in self.stretches if stretch.fault)

    def on(self, day: date) -> Rules:
        """The rules in force on that day. PackFailed when the version that counts then is not on this server."""
        stretch = self.stretches[bisect_right(self._starts, day) - 1]
        if stretch.fault:
            raise PackFailed(stretch.fault)
        return stretch.rules

    def span(self, day: date) -> tuple[date | None, date | None]:
        """First and last day of what is in force on that day; None: from the beginning, without an end."""
        place = bisect_right(self._starts, day)
        first = self._starts[place - 1]
        last = self._starts[place] - timedelta(days=1) if place < len(self._starts) else None
        return None if first == date.min else first, last

    def values(self, on: date) -> Values:
        return self.on(on).values(on)

    def number(self, name: str, on: date) -> int | float:
        return self.on(on).number(name, on)

    def setting(self, name: str, on: date) -> tuple[Item, ...]:
        return self.values(on).settings[name]

    def judge(self, noun: str, facts: Facts) -> tuple[Finding, ...]:
        return self.on(facts.on).judge(noun, facts)

    def outcome(self, facts: DelegateFacts, findings: Iterable[Finding]) -> Outcome:
        return self.on(facts.on).outcome(facts, findings)

    def reported(self, year: int) -> tuple[ReportedFigure, ...]:
        """Claims of the pack in force at the end of the year; for years before the first one, of the first."""
        end = date(min(max(year, 1), 9999), 12, 31)
        first = self._starts[1] if len(self._starts) > 1 else date.min
        return self.on(max(end, first)).reported(year)
