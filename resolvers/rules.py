"""What the compiler and the writes ask of a county's rule packs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from plugins.contract import Finding
from plugins.facts import BranchFacts, TrainingFacts
from plugins.registry import Registry, Rules
from resolvers.compiler.request import Request


class CountyRules:
    """The packs in force for one county, by the names that SQL templates use."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def value(self, name: str, on: date) -> float | list[str] | str:
        """A number; for a configured list its keys, or with ".items" behind the name its items as JSON."""
        if name.endswith(".items"):
            return orjson.dumps(self.items(name.removesuffix(".items"), on)).decode()
        if name in self.rules.values(on).settings:
            return [item["key"] for item in self.items(name, on)]
        return float(self.rules.number(name, on))

    def items(self, name: str, on: date) -> Sequence[dict[str, Any]]:
        """The items of a configured list: key, label, is_required."""
        return [
            {"key": item.key, "label": item.label, "is_required": item.is_required}
            for item in self.rules.values(on).settings[name]
        ]

    def judge_branch(self, facts: BranchFacts) -> tuple[Finding, ...]:
        return self.rules.judge_branch(facts)

    def judge_training(self, facts: TrainingFacts) -> tuple[Finding, ...]:
        return self.rules.judge_training(facts)


def county_rules(request: Request) -> CountyRules:
    """The request's rules, as this module made them."""
    assert isinstance(request.rules, CountyRules)
    return request.rules


class CountyRulesCache:
    """One CountyRules a county, since packs do not change while the process runs."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made: dict[str | None, CountyRules] = {}

    def of(self, county_code: str | None) -> CountyRules:
        if county_code not in self._made:
            self._made[county_code] = CountyRules(self._registry.rules_for(county_code or ""))
        return self._made[county_code]
