"""The compiler: a selection becomes one SQL statement whose one value is the answer as JSON text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphql import FieldNode, GraphQLObjectType

from resolvers.compiler.connections import connection_sql
from resolvers.compiler.cost import Cost
from resolvers.compiler.entities import entities_sql
from resolvers.compiler.errors import refuse
from resolvers.compiler.finish import MARK, Finisher, shape_of
from resolvers.compiler.request import Request
from resolvers.compiler.selection import Selected, Selection, named
from resolvers.compiler.sources import (
    Column,
    Computed,
    Derived,
    Entities,
    Expression,
    Many,
    Masked,
    One,
    Reference,
    Rows,
    SameRow,
    Sealed,
    Source,
)
from resolvers.compiler.statement import Scope, Statement, as_uuid, short_enough
from runtime.sealed_text import MARK as SEALED

MOST_LEVELS = 30
MOST_FIELDS = 1500  # with every fragment counted as often as it is spread

Sources = Mapping[tuple[str, str], Source]
PythonName = Callable[[str, str], str]


@dataclass
class Plan:
    """One statement, what is bound into it, what it costs, and what Python adds afterwards."""

    sql: str
    statement: Statement
    cost: Cost
    finishers: list[Finisher] = field(default_factory=list)
    is_sealed: bool = False
    """Whether the answer may hold encrypted values, to be opened for the viewer."""


class Compiler:
    """Compiles one operation for one shape of viewer and variables. Used once, then thrown away."""

    def __init__(
        self,
        selection: Selection,
        request: Request,
        sources: Sources,
        python_name: PythonName,
        *,
        marked: bool = False,
    ) -> None:
        self.marked = marked
        self.selection = selection
        self.request = request
        self.sources = sources
        self.python_name = python_name
        self.statement = Statement()
        self.finishers: list[Finisher] = []
        self.compiled = 0
        self.is_sealed = False

    def plan(self, on: GraphQLObjectType, selected: Selected) -> Plan:
        cost = Cost()
        columns = self.fields(on, selected, "", (), cost)
        return Plan(
            f"SELECT row_to_json(answer)::text FROM (SELECT {columns}) answer",
            self.statement,
            cost,
            self.finishers,
            self.is_sealed,
        )

    def fields(
        self, on: GraphQLObjectType, selected: Selected, row: str, path: tuple[str, ...], cost: Cost
    ) -> str:
        """The columns of one object: `expression AS "response key"`, in the order of the document."""
        return ", ".join(
            f'{self.field(on, key, nodes, row, (*path, key), cost)} AS "{key}"'
            for key, nodes in selected.items()
            if short_enough(key)
        )

    def field(
        self,
        on: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
        row: str,
        path: tuple[str, ...],
        cost: Cost,
    ) -> str:
        self._count(path)
        name = nodes[0].name.value
        if name == "__typename":
            return f"'{on.name}'::text"
        source = self.sources.get((on.name, name)) or Column(self.python_name(on.name, name))
        shown = self.request.viewer.shown(on.name, name) if row else "TRUE"
        scope = Scope(self.statement, self.request, row=row)
        mask = scope.write(source.mask) if isinstance(source, Sealed | Masked) else "NULL"
        if shown == "FALSE":
            return f"{mask}::text"
        value = self.value(on, name, source, nodes, row, path, cost)
        return value if shown == "TRUE" else f"CASE WHEN {scope.write(shown)} THEN {value} ELSE {mask} END"

    def value(
        self,
        on: GraphQLObjectType,
        name: str,
        source: Source,
        nodes: list[FieldNode],
        row: str,
        path: tuple[str, ...],
        cost: Cost,
    ) -> str:
        """The value as it is, for whoever may read it."""
        definition = on.fields[name]
        arguments = self.selection.arguments(definition, nodes[0])
        below = named(definition.type)
        scope = Scope(self.statement, self.request, row=row, parent=row, arguments=arguments)
        match source:
            case Column(column) | Masked(column):
                return f"{row}.{column}"
            case Sealed(column, label):
                self.is_sealed = True
                return f"'{SEALED}{label}:' || encode({row}.{column}_sealed, 'hex') || '{SEALED}'"
            case Expression(sql):
                return f"({scope.write(sql)})"
            case SameRow():
                columns = self.objects(below, nodes, row, path, cost)
                return f"(SELECT row_to_json(o) FROM (SELECT {columns}) o)"
            case One(table, on_sql, order):
                return self.one(table, on_sql, order, below, nodes, scope, path, cost)
            case Reference(table):
                reference = self._reference(self.python_name(on.name, name))
                return self.one(table, f"{{row}}.id = {reference}", "", below, nodes, scope, path, cost)
            case Derived(select):
                alias = self.statement.alias()
                columns = self.objects(below, nodes, alias, path, cost)
                # OFFSET 0 keeps the planner from computing the inner columns once for every use of them.
                inner = f"({scope.write(select)} OFFSET 0) {alias}"
                return f"(SELECT row_to_json(o) FROM (SELECT {columns} FROM {inner}) o)"
            case Rows(select, at_most):
                alias = self.statement.alias()
                columns = self.objects(below, nodes, alias, path, cost.times(lambda _: 3))
                inner = f"({scope.write(select)} LIMIT {at_most}) {alias}"
                return f"COALESCE((SELECT json_agg(o) FROM (SELECT {columns} FROM {inner}) o), '[]'::json)"
            case Many():
                return connection_sql(self, source, definition.type, nodes, scope, path, cost)
            case Entities(tables):
                return entities_sql(self, tables, nodes, arguments["representations"], path, cost)
            case Computed(needs, compute):
                shape = shape_of(self.selection, definition.type, nodes, self.python_name)
                mark = len(self.finishers)
                self.finishers.append(Finisher(path, mark, compute, shape))
                facts = ", ".join(f'{scope.write(sql)} AS "{need}"' for need, sql in needs.items())
                return f'(SELECT row_to_json(o) FROM (SELECT {facts}, {mark} AS "{MARK}") o)'

    def _count(self, path: tuple[str, ...]) -> None:
        """Stops before fragments in fragments make a statement without end."""
        self.compiled += 1
        if len(path) > MOST_LEVELS:
            raise refuse(
                "TOO_DEEP",
                f"查询嵌套超过 {MOST_LEVELS} 层, 请分开查询。",
                f"The query is nested more than {MOST_LEVELS} levels deep; ask in parts.",
            )
        if self.compiled > MOST_FIELDS:
            raise refuse(
                "TOO_COSTLY",
                f"查询展开后超过 {MOST_FIELDS} 个字段, 请分开查询。",
                f"The query has more than {MOST_FIELDS} fields with its fragments; ask in parts.",
            )

    def _reference(self, name: str) -> str:
        """The id that a write returned under this name."""
        return self.statement.bind(
            ("payload", name), "uuid", lambda request: as_uuid(request.payload.get(name))
        )

    def objects(
        self, on: GraphQLObjectType, nodes: list[FieldNode], row: str, path: tuple[str, ...], cost: Cost
    ) -> str:
        return self.fields(on, self.selection.fields(on, self.selection.below(nodes)), row, path, cost.one())

    def one(
        self,
        table: str,
        on_sql: str,
        order: str,
        below: GraphQLObjectType,
        nodes: list[FieldNode],
        scope: Scope,
        path: tuple[str, ...],
        cost: Cost,
    ) -> str:
        alias = self.statement.alias()
        inner = Scope(self.statement, self.request, alias, scope.row, scope.arguments)
        columns = self.objects(below, nodes, alias, path, cost)
        where = f"{inner.write(on_sql)} AND ({inner.visible(table, alias)})"
        last = f" ORDER BY {inner.write(order)} LIMIT 1" if order else ""
        return f"(SELECT row_to_json(o) FROM (SELECT {columns} FROM {table} {alias} WHERE {where}{last}) o)"
