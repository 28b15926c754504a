"""What an answer costs: its objects, page sizes multiplied down the tree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Factor = Callable[[Mapping[str, Any]], int]


@dataclass
class Cost:
    """One object, and the objects below it, each as often as its factor says for the given variables."""

    factor: Factor | None = None
    below: list["Cost"] = field(default_factory=list)

    def one(self) -> "Cost":
        return self.times(None)

    def times(self, factor: Factor | None) -> "Cost":
        child = Cost(factor)
        self.below.append(child)
        return child

    def objects(self, variables: Mapping[str, Any]) -> int:
        each = 1 + sum(child.objects(variables) for child in self.below)
        return each if self.factor is None else each * max(self.factor(variables), 0)
