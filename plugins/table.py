"""A TOML table that is read key by key; a wrong type, a missing or an unknown key is a BrokenPack."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn, TypeVar

from plugins.errors import BrokenPack

T = TypeVar("T")


class Table:
    def __init__(self, pack_id: str, where: str, data: Mapping[str, Any], entry: str = "") -> None:
        self.pack_id, self.where, self.data, self.entry = pack_id, where, data, entry
        self._read: set[str] = set()

    def fail(self, reason: str) -> NoReturn:
        raise BrokenPack(f"{self.pack_id}: {self.where}: {reason}")

    def done(self) -> None:
        if unknown := sorted(set(self.data) - self._read):
            self.fail(f"unknown key {unknown[0]!r}")

    def made(self, value: T) -> T:
        """`value`, once it is sure that nothing in the table was left unread."""
        self.done()
        return value

    def text(self, key: str, optional: bool = False) -> str:
        value = self._get(key, str, "a text", "" if optional else None)
        if not value.strip() and not optional:
            self.fail(f"{key!r} is empty")
        return str(value)

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            self.fail(f"{key!r} is {value!r}, which is none of {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._get(key, list, "a list", [])
        if not all(isinstance(value, str) for value in values):
            self.fail(f"{key!r} is not a list of texts")
        return tuple(values)

    def number(self, key: str) -> int | float:
        value = self._get(key, (int, float), "a number", None)
        if isinstance(value, bool):
            self.fail(f"{key!r} is not a number")
        return value  # type: ignore[no-any-return]

    def flag(self, key: str, default: bool) -> bool:
        return bool(self._get(key, bool, "true or false", default))

    def day(self, key: str, default: date | None = None) -> date:
        value = self._get(key, date, "a date", default)
        if type(value) is not date:
            self.fail(f"{key!r} is not a date without a time")
        return value

    def named(self, key: str) -> list["Table"]:
        """The tables [key.<name>]; their `entry` is the name."""
        tables = self._get(key, dict, "a table", {})
        return [self._inner(f"{key}.{name}", value, name) for name, value in tables.items()]

    def listed(self, key: str, single: bool = False) -> list["Table"]:
        """The tables [[key]]; with `single` the one table [key], if it is there."""
        if single:
            return [self._inner(key, self._get(key, dict, "a table", None))] if key in self.data else []
        tables = self._get(key, list, "a list of tables", [])
        return [self._inner(f"{key}[{number}]", value) for number, value in enumerate(tables, 1)]

    def _inner(self, where: str, value: Any, entry: str = "") -> "Table":
        if not isinstance(value, dict):
            self.fail(f"{where!r} is not a table")
        return Table(self.pack_id, f"{self.where}: {where}", value, entry)

    def _get(self, key: str, kind: Any, what: str, default: Any) -> Any:
        self._read.add(key)
        if key not in self.data and default is None:
            self.fail(f"{key!r} is missing")
        value = self.data.get(key, default)
        if not isinstance(value, kind):
            self.fail(f"{key!r} is not {what}")
        return value
