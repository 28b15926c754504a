"""Comparing what a viewer was answered with the whole truth, cell by cell, by the table of access kept by hand."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLObjectType, GraphQLSchema, is_leaf_type

from resolvers.access import AccountViewer
from resolvers.compiler.request import Request
from runtime.clock import today
from runtime.sealed_text import MARK
from schema.operations import Operations
from tests.access_expected import Section, sections
from tests.access_paths import KEYS, Path, is_page, table_of, target_of
from tests.access_rows import Ground, Row, Who
from tests.keys import KEYRING

OWN = frozenset({"own"})
MOST_TOLD = 12  # of the differences of one test


class AllSeeing(AccountViewer):
    """A reader whom nothing is kept from, for knowing what there is; encrypted values stay encrypted to him."""

    def visible(self, table: str) -> str:
        return "TRUE"

    def shown(self, type: str, field: str) -> str:
        return "TRUE"

    def shows(self, kind: str, table: str) -> str:
        return "FALSE" if kind == "identity" else "TRUE"  # opening a number is told to its owner

    def finds(self, table: str, argument: str) -> str:
        return "TRUE"

    def reads(self, kind: str) -> bool:
        return kind != "identity"  # reading that is kept, with an account that this one does not have

    @property
    def shape(self) -> tuple[Any, ...]:
        return ("all-seeing",)


@dataclass
class Tally:
    """The cells that were compared: (type, viewer, field, path) -> how many of them; and how many were hidden."""

    cells: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    columns: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    hidden: int = 0
    differing: int = 0

    @property
    def total(self) -> int:
        return self.cells.total()


@dataclass
class Truth:
    """What there is, path by path, with the rules of the viewer's county."""

    ground: Ground
    operations: Operations
    known: dict[tuple[str, str | None, str | None], Any] = field(default_factory=dict)

    async def of(self, path: Path, who: Who) -> Any:
        county = next((county for _, county, _ in who.grants if county), None)
        is_own = "viewer" in path.roots.values()
        is_growing = is_own or "auditEntries" in path.roots.values()
        key = (path.text, county, who.account if is_own else None)
        if is_growing or key not in self.known:
            self.known[key] = await self._read(path, county, who if is_own else None)
        return self.known[key]

    async def _read(self, path: Path, county: str | None, own: Who | None) -> Any:
        code = self.ground.world.get("county", county)["code"] if county else None
        viewer = AllSeeing(UUID(int=1))
        if own is not None:
            account, member = own.account, own.member
            viewer = AllSeeing(UUID(account) if account else None, "", UUID(member) if member else None)
        app = self.ground.app
        request = Request(viewer=viewer, rules=app.rules.of(code), app=app, today=today())
        answer = orjson.loads(
            await self.operations.answer({"query": path.text, "variables": path.variables}, request)
        )
        assert "errors" not in answer, (path.name, answer)
        return answer["data"]


@dataclass
class Reading:
    """One viewer, one path, one answer."""

    ground: Ground
    schema: GraphQLSchema
    tally: Tally
    who: Who
    path: str
    differences: list[str]

    def answer(self, path: Path, actual: Any, truth: Any) -> None:
        query = self.schema.query_type
        assert query is not None
        for key, root in path.roots.items():
            if path.entity:
                for one, found in zip(actual[key], truth[key], strict=True):
                    self._one(path.entity, one, found)
            else:
                self._field(query.fields[root], actual[key], truth[key], root)

    def _field(self, definition: Any, actual: Any, truth: Any, where: str) -> None:
        """A value that may be read: a leaf, a value of several parts, a row, or rows."""
        target = target_of(definition)
        is_of_rows = getattr(target, "name", "") in sections() and not is_leaf_type(target)
        if is_page(definition):
            self._page(target.name, actual, truth, where)
        elif truth is None or actual is None:
            if is_of_rows and not isinstance(truth, list):
                self._one(target.name, actual, truth)
            elif truth != actual:
                self._differs(f"{where}: expected {truth!r}, got {actual!r}")
        elif is_of_rows and isinstance(truth, list):
            self._rows(target.name, actual, truth, where)
        elif is_of_rows:
            self._one(target.name, actual, truth)
        elif isinstance(truth, dict) and isinstance(target, GraphQLObjectType):
            for name, part in truth.items():
                self._field(target.fields[name], actual[name], part, f"{where}.{name}")
        elif isinstance(truth, list) and truth and isinstance(truth[0], dict):
            if len(truth) != len(actual):
                self._differs(f"{where}: expected {truth!r}, got {actual!r}")
            for one, part in zip(actual, truth, strict=False):
                for name, inner in part.items():
                    self._field(target.fields[name], one[name], inner, f"{where}.{name}")
        elif truth != actual:
            self._differs(f"{where}: expected {truth!r}, got {actual!r}")

    # -- rows

    def _page(self, type: str, actual: Any, truth: Any, where: str) -> None:
        found = [edge["node"] for edge in truth["edges"]]
        self._rows(type, [edge["node"] for edge in actual["edges"]], found, where)
        visible = [one for one in found if self._level(type, one) != "-"]
        count = len(visible)
        if len(found) < truth["totalCount"]:  # a list that goes on: all of it, or nothing
            assert len(visible) in (0, len(found)), where
            count = truth["totalCount"] if visible else 0
        if actual["totalCount"] != count:
            self._differs(f"{where}.totalCount: expected {count}, got {actual['totalCount']}")

    def _rows(self, type: str, actual: list[Any], truth: list[Any], where: str) -> None:
        visible = [one for one in truth if self._level(type, one) != "-"]
        for one in truth:
            if self._level(type, one) == "-":
                self._count_hidden(type, one)
        if len(actual) != len(visible):
            more = [one for one in actual if one not in truth or self._level(type, one) == "-"]
            self._differs(
                f"{where}: expected {len(visible)} of {type}, got {len(actual)}, of which not his: {more[:3]!r}"
            )
            return
        for one, found in zip(actual, visible, strict=True):
            self._row(type, one, found)

    def _one(self, type: str, actual: Any, truth: Any) -> None:
        level = "-" if truth is None else self._level(type, truth)
        if level == "-":
            if truth is not None:
                self._count_hidden(type, truth)
            if actual is not None:
                self._differs(f"{type}{self._named(type, truth)}: expected '-', got {actual!r}")
        elif actual is None:
            self._differs(f"{type}{self._named(type, truth)}: expected {level!r}, got '-'")
        else:
            self._row(type, actual, truth)

    def _row(self, type: str, actual: Any, truth: Any) -> None:
        section, row = sections()[type], self._row_of(type, truth)
        columns = self._columns(type, row) if row else OWN
        about = f" of a row that is {'+'.join(sorted(columns))}"
        for name, value in truth.items():
            if name == "__typename":
                continue
            assert name in section.kinds, f"{type}.{name} does not stand in tests/access_table.txt"
            self.tally.cells[type, self.who.name, name, self.path] += 1
            where = f"{type}.{name}{about}"
            if not self._reads(section, name, columns):
                self._hidden_value(section, name, actual[name], value, where)
            elif name in section.varies:
                self._varying(actual[name], value, where)
            else:
                definition = self.schema.type_map[type].fields[name]  # type: ignore[attr-defined]
                self._field(definition, actual[name], self._opened(value, row), where)

    def _hidden_value(self, section: Section, name: str, actual: Any, truth: Any, where: str) -> None:
        if section.kinds[name] != "masked":
            if actual is not None:
                self._differs(f"{where}: expected null, got {actual!r}")
        elif actual is not None and ("*" not in str(actual) or str(actual) == truth):
            self._differs(f"{where}: expected its mask, got {actual!r}")

    def _varying(self, actual: Any, truth: Any, where: str) -> None:
        """Of a number never more than there is; what else it comes to has tests of its own."""
        if isinstance(actual, int) and not isinstance(actual, bool) and truth is not None and actual > truth:
            self._differs(f"{where}: expected at most {truth!r}, got {actual!r}")

    # -- what the table says about them

    def _columns(self, type: str, row: Row) -> frozenset[str]:
        """The columns of the type's grid that hold of the row, worked out once."""
        table = table_of(type)
        key = (self.who.name, type, str(row.get("id", row.get("sequence"))))
        known = self.tally.columns
        if key not in known:
            places = self.ground.world.places(table, row)
            found = {sections()[type].column_of(place) for place in places}
            known[key] = frozenset(found | self.ground.relations(self.who, table, row))
        return known[key]

    def level_of(self, type: str, row: Row) -> str:
        return sections()[type].level(self.who.name, self._columns(type, row))

    def reads(self, type: str, name: str, truth: Any) -> bool:
        """Whether the table lets him read a value of the row."""
        row = self._row_of(type, truth)
        return self._reads(sections()[type], name, self._columns(type, row) if row else OWN)

    def _reads(self, section: Section, name: str, columns: frozenset[str]) -> bool:
        other = section.needs.get(name)
        if other is not None and sections()[other].level(self.who.name, columns) == "-":
            return False
        locked_for_him = "locked" in columns and "own" not in columns
        return section.reads(name, section.level(self.who.name, columns), locked_for_him=locked_for_him)

    def _level(self, type: str, truth: Any) -> str:
        row = self._row_of(type, truth)
        columns = self._columns(type, row) if row else OWN
        return sections()[type].level(self.who.name, columns)

    def _row_of(self, type: str, truth: Any) -> Row | None:
        key, column = KEYS.get(type, ("id", "id"))
        found = self.ground.index(table_of(type), column).get(str(truth[key]))
        # What is kept about readers grows while they read; only who it is about is ever shown it.
        assert found is not None or type == "RecordAccess", (type, truth)
        return found

    def _named(self, type: str, truth: Any) -> str:
        row = self._row_of(type, truth)
        return f" of a row that is {'+'.join(sorted(self._columns(type, row)))}" if row else ""

    def _opened(self, value: Any, row: Row | None) -> Any:
        """An encrypted value in clear, for comparing with what its owner is shown."""
        if not (isinstance(value, str) and value.startswith(MARK)) or row is None:
            return value
        label, sealed = value.strip(MARK).split(":")
        return KEYRING.decrypt(bytes.fromhex(sealed), label, UUID(row.get("member_id") or row["id"]))

    def _count_hidden(self, type: str, truth: Any) -> None:
        for name in truth:
            if name != "__typename":
                self.tally.cells[type, self.who.name, name, self.path] += 1
                self.tally.hidden += 1

    def _differs(self, what: str) -> None:
        self.tally.differing += 1
        if len(self.differences) < MOST_TOLD:
            self.differences.append(f"{self.who.name} sees {what} through {self.path}")
