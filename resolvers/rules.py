"""What the compiler and the writes ask of a county's rule packs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from plugins.timeline import Timeline
from resolvers.compiler.request import Request


class CountyRules:
    """The packs of one county over time, by the names that SQL templates use."""

    def __init__(self, rules: Timeline) -> None:
        self.rules = rules

    def value(self, name: str, on: date) -> float | list[str] | str:
        """A number, or with ".history" behind the name what it was from which day on, as JSON; for a configured
        list its keys, or with ".items" its items as JSON."""
        if name.endswith(".history"):
            return orjson.dumps(self._history(name.removesuffix(".history"), on)).decode()
        if name.endswith(".items"):
            return orjson.dumps(self.items(name.removesuffix(".items"), on)).decode()
        if name in self.rules.values(on).settings:
            return [item["key"] for item in self.items(name, on)]
        return float(self.rules.number(name, on))

    def _history(self, name: str, on: date) -> list[dict[str, Any]]:
        """Up to that day. PackFailed when a version that has counted is not on this server."""
        begun = [stretch.active_from for stretch in self.rules.stretches if stretch.active_from <= on]
        return [{"from": day, "value": float(self.rules.number(name, day))} for day in begun]

    def items(self, name: str, on: date) -> Sequence[dict[str, Any]]:
        """The items of a configured list: key, label, is_required. None where no pack of the county has the list."""
        return [
            {"key": item.key, "label": item.label, "is_required": item.is_required}
            for item in self.rules.values(on).settings.get(name, ())
        ]


def county_rules(request: Request) -> CountyRules:
    """The request's rules, as this module made them."""
    assert isinstance(request.rules, CountyRules)
    return request.rules
