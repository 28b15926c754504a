"""What one operation is executed with."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from runtime.clock import today

Payload = Any
"""What a write answers: values, and ids of rows to read, keyed by the Python names of its payload's fields."""


class Viewer(Protocol):
    """Who asks. `shape` is what a plan depends on, `value` what is bound into it."""

    @property
    def shape(self) -> Hashable: ...

    def value(self, name: str) -> Any:
        """A value by its name: "member", "account", "county:0" (of the first grant), "path:0", "path_end:0"."""

    def reads(self, kind: str) -> bool:
        """Whether any of the viewer's roles is told an aggregate ("counts", "figures") of rows that he sees."""

    def shown(self, type: str, field: str) -> str:
        """An SQL condition on {row}: the rows, of those that he sees, whose field the viewer reads as it is."""

    def shows(self, kind: str, table: str) -> str:
        """The same for a class of values."""

    def finds(self, table: str, argument: str) -> str:
        """The rows that an argument of a list may find: those of which the viewer reads what it tells of."""

    def visible(self, table: str) -> str:
        """An SQL condition on {row}, with {viewer:…} placeholders: the rows of `table` that the viewer may see."""


class Rules(Protocol):
    """The rule packs in force for the viewer's county."""

    def value(self, name: str, on: date) -> Any: ...


@dataclass
class Request:
    viewer: Viewer
    rules: Rules
    variables: dict[str, Any] = field(default_factory=dict)
    today: date = field(default_factory=today)
    payload: dict[str, Any] = field(default_factory=dict)
    """What a write returned: ids and plain values by the Python names of the payload's fields."""
    connection_params: Any = None
    """What a WebSocket's connection_init brought."""
    until: datetime | None = None
    """When the token that it came with is over, or some of its rights are."""
    socket: Any = None
    """The WebSocket that it came over, if one."""
    app: Any = None
    """The application's parts (database, bus, registry, settings), for fields made in Python."""
