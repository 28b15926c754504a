"""Building one SQL statement: parameters and placeholders. Values never enter the text."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from resolvers.compiler.errors import refuse
from resolvers.compiler.request import Request
from resolvers.compiler.selection import Argument
from resolvers.compiler.sources import Made
from runtime.clock import now
from runtime.language import reader_language

Bound = Callable[[Request], Any]

SQL_TYPES = {
    "ID": "uuid",
    "String": "text",
    "Int": "int",
    "Float": "float8",
    "Boolean": "bool",
    "Date": "date",
    "DateTime": "timestamptz",
    "YearMonth": "date",
    "Quarter": "text",
    "Code": "text",
    "JSON": "jsonb",
}
LONGEST_KEY = 60  # PostgreSQL cuts names after 63 bytes, and the answer's keys are column names
NOWHERE = uuid.UUID(int=0)  # an id of another form is an id that no row has


@dataclass
class Statement:
    """The parameters of the statement being built; `bind` gives the placeholder to write into the SQL."""

    bound: list[Bound] = field(default_factory=list)
    _known: dict[Any, str] = field(default_factory=dict)
    _aliases: int = 0

    def bind(self, key: Any, sql_type: str, value: Bound) -> str:
        """`$n` for a value; the same key is bound once."""
        if key not in self._known:
            self.bound.append(value)
            self._known[key] = f"${len(self.bound)}::{sql_type}"
        return self._known[key]

    def alias(self) -> str:
        self._aliases += 1
        return f"t{self._aliases}"

    def values(self, request: Request) -> list[Any]:
        return [value(request) for value in self.bound]


@dataclass(frozen=True)
class Scope:
    """What the placeholders of a template mean at one place of the statement."""

    statement: Statement
    request: Request
    row: str = ""
    parent: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    made: Mapping[str, Made] = field(default_factory=dict)

    def write(self, template: str) -> str:
        return "".join(
            text if name is None else text + self._placeholder(name, spec or "")
            for text, name, spec, _ in Formatter().parse(template)
        )

    def visible(self, table: str, row: str) -> str:
        """The condition that the viewer may see `row`; "TRUE" where no row is kept from him."""
        condition = self.request.viewer.visible(table)
        return Scope(self.statement, self.request, row=row).write(condition)

    def _placeholder(self, name: str, spec: str) -> str:
        if name in ("row", "parent"):
            return self.row if name == "row" else self.parent
        if name == "language":
            return reader_language.get()
        if name == "today":
            return self.statement.bind("today", "date", lambda request: request.today)
        if name == "now":
            return self.statement.bind("now", "timestamptz", lambda _: now())
        if name == "viewer":
            kind = "text" if spec.startswith("path") else "uuid"
            return self.statement.bind(("viewer", spec), kind, lambda request: request.viewer.value(spec))
        if name == "rule":
            rule, _, kind = spec.partition(" ")
            return self.statement.bind(
                ("rule", spec), kind or "float8", lambda request: request.rules.value(rule, request.today)
            )
        if name == "visible":
            table, _, row = spec.partition(" ")
            return self.visible(table, row)
        if name == "reads":
            return "TRUE" if self.request.viewer.reads(spec) else "FALSE"
        if name == "shows":
            kind, _, table = spec.partition(" ")
            return f"({self.write(self.request.viewer.shows(kind, table))})"
        if name in self.made:
            return self._made(self.made[name])
        return self.argument(self.arguments[name], spec)

    def _made(self, made: Made) -> str:
        argument = self.arguments[made.argument]
        return self.statement.bind(
            (made, id(argument.node)),
            made.sql_type,
            lambda request: made.make(argument.evaluate(request.variables)),
        )

    def argument(self, argument: Argument, given_type: str = "") -> str:
        sql_type, convert = (given_type, _unchanged) if given_type else sql_form(argument.type)
        key = ("argument", id(argument.node), argument.name, sql_type) if argument.node else id(argument)
        return self.statement.bind(
            key, sql_type, lambda request: convert(argument.evaluate(request.variables))
        )


def sql_form(kind: GraphQLInputType) -> tuple[str, Callable[[Any], Any]]:
    """The SQL type of an argument, and how its value becomes one of asyncpg's."""
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        inner, convert = sql_form(kind.of_type)
        return f"{inner}[]", lambda value: None if value is None else [convert(item) for item in value]
    if isinstance(kind, GraphQLEnumType):
        return "text", lambda value: None if value is None else str(value)
    assert isinstance(kind, GraphQLScalarType)
    return SQL_TYPES[kind.name], as_uuid if kind.name == "ID" else _unchanged


def as_uuid(value: Any) -> uuid.UUID | None:
    if value is None:
        return None
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return NOWHERE


def _unchanged(value: Any) -> Any:
    return value


def short_enough(key: str) -> bool:
    if len(key) > LONGEST_KEY:
        raise refuse(
            "NAME_TOO_LONG",
            f"别名“{key[:20]}…”超过 {LONGEST_KEY} 个字符, 请改短。",
            f'The alias "{key[:20]}…" is longer than {LONGEST_KEY} characters; shorten it.',
        )
    return True
