"""The compiler: a selection becomes one SQL statement whose one value is the answer as JSON text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import FieldNode, GraphQLList, GraphQLNonNull, GraphQLObjectType

from resolvers.compiler.cost import Cost
from resolvers.compiler.entities import entities_sql
from resolvers.compiler.errors import refuse
from resolvers.compiler.finish import Finisher, shape_of
from resolvers.compiler.paging import check_page_size, cursor_sql, read_cursor
from resolvers.compiler.request import Request
from resolvers.compiler.selection import Argument, Selected, Selection
from resolvers.compiler.sources import (
    Column,
    Computed,
    Derived,
    Entities,
    Expression,
    Many,
    One,
    Reference,
    Rows,
    SameRow,
    Source,
)
from resolvers.compiler.statement import Scope, Statement, as_uuid

LONGEST_KEY = 60  # PostgreSQL cuts names after 63 bytes, and the answer's keys are column names

Sources = Mapping[tuple[str, str], Source]
PythonName = Callable[[str, str], str]


@dataclass
class Plan:
    """One statement, what is bound into it, what it costs, and what Python adds afterwards."""

    sql: str
    statement: Statement
    cost: Cost
    finishers: list[Finisher] = field(default_factory=list)


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

    def plan(self, on: GraphQLObjectType, selected: Selected) -> Plan:
        cost = Cost()
        columns = self.fields(on, selected, "", (), cost)
        return Plan(
            f"SELECT row_to_json(answer)::text FROM (SELECT {columns}) answer",
            self.statement,
            cost,
            self.finishers,
        )

    def fields(
        self, on: GraphQLObjectType, selected: Selected, row: str, path: tuple[str, ...], cost: Cost
    ) -> str:
        """The columns of one object: `expression AS "response key"`, in the order of the document."""
        return ", ".join(
            f'{self.field(on, key, nodes, row, (*path, key), cost)} AS "{key}"'
            for key, nodes in selected.items()
            if _short_enough(key)
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
        name = nodes[0].name.value
        if name == "__typename":
            return f"'{on.name}'::text"
        definition = on.fields[name]
        source = self.sources.get((on.name, name)) or Column(self.python_name(on.name, name))
        arguments = self.selection.arguments(definition, nodes[0])
        below = _named(definition.type)
        scope = Scope(self.statement, self.request, row=row, parent=row, arguments=arguments)
        match source:
            case Column(column):
                return f"{row}.{column}"
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
                return self.many(source, definition.type, nodes, scope, path, cost)
            case Entities(tables):
                return entities_sql(self, tables, nodes, arguments["representations"], path, cost)
            case Computed(needs, compute):
                shape = shape_of(self.selection, definition.type, nodes, self.python_name)
                self.finishers.append(Finisher(path, compute, shape))
                facts = ", ".join(f'{scope.write(sql)} AS "{need}"' for need, sql in needs.items())
                return f"(SELECT row_to_json(o) FROM (SELECT {facts}) o)"

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

    def many(
        self,
        source: Many,
        type_: Any,
        nodes: list[FieldNode],
        scope: Scope,
        path: tuple[str, ...],
        cost: Cost,
    ) -> str:
        """A connection: the count only when asked for, one row more than the page only when pageInfo is."""
        connection = _named(type_)
        alias = self.statement.alias()
        inner = Scope(self.statement, self.request, alias, scope.row, scope.arguments, source.made)
        conditions = [inner.write(source.on), f"({inner.visible(source.table, alias)})"]
        for name, condition in source.filters.items():
            given = scope.arguments[name].evaluate(self.request.variables)
            if given is not None and given is not False:
                conditions.append(f"({inner.write(condition)})")
        where = " AND ".join(conditions)

        first = scope.arguments["first"]
        page_size = self.statement.bind(
            ("page", path),
            "int",
            lambda request: check_page_size(first.evaluate(request.variables), source.largest_page),
        )
        page_cost = cost.times(lambda variables: int(first.evaluate(variables) or 0))
        cursor = cursor_sql(alias, source.order)

        selected = self.selection.fields(connection, self.selection.below(nodes))
        names = {found[0].name.value for found in selected.values()}
        columns, laterals = [], []
        for key, found in selected.items():
            _short_enough(key)
            match found[0].name.value:
                case "__typename":
                    columns.append(f"'{connection.name}'::text AS \"{key}\"")
                case "totalCount":
                    columns.append(f'(SELECT count(*) FROM {source.table} {alias} WHERE {where}) AS "{key}"')
                case "pageInfo":
                    info = self._page_info(connection, found, page_size, cursor, alias, scope)
                    columns.append(f'{info} AS "{key}"')
                case "edges":
                    edge = self.statement.alias()
                    laterals.append(
                        self._edge(connection, found, alias, edge, cursor, (*path, key), page_cost)
                    )
                    within = f" FILTER (WHERE {alias}.page_row <= {page_size})" if "pageInfo" in names else ""
                    columns.append(f"COALESCE(json_agg({edge}){within}, '[]'::json) AS \"{key}\"")
        if not names & {"edges", "pageInfo"}:
            # The page is not asked for, but its size is still checked.
            return f"(SELECT row_to_json(o) FROM (SELECT {', '.join(columns)} WHERE {page_size} >= 0) o)"

        behind = self._behind(scope.arguments.get("after"), source, alias, path)
        direction = " DESC" if source.descending else ""
        order = ", ".join(f"{alias}.{column}{direction}" for column in source.order)
        numbered, extra = "", ""
        if "pageInfo" in names:
            numbered, extra = f", row_number() OVER (ORDER BY {order}) AS page_row", " + 1"
        page = (
            f"(SELECT {alias}.*{numbered} FROM {source.table} {alias} WHERE {where}{behind} "
            f"ORDER BY {order} LIMIT {page_size}{extra}) {alias}"
        )
        rows = " CROSS JOIN ".join([page, *laterals])
        return f"(SELECT row_to_json(o) FROM (SELECT {', '.join(columns)} FROM {rows}) o)"

    def _edge(
        self,
        connection: GraphQLObjectType,
        nodes: list[FieldNode],
        alias: str,
        edge: str,
        cursor: str,
        path: tuple[str, ...],
        cost: Cost,
    ) -> str:
        type_ = _named(connection.fields["edges"].type)
        columns, laterals = [], []
        for key, found in self.selection.fields(type_, self.selection.below(nodes)).items():
            _short_enough(key)
            match found[0].name.value:
                case "__typename":
                    columns.append(f"'{type_.name}'::text AS \"{key}\"")
                case "cursor":
                    columns.append(f'{cursor} AS "{key}"')
                case "node":
                    node = self.statement.alias()
                    node_type = _named(type_.fields["node"].type)
                    wanted = self.selection.fields(node_type, self.selection.below(found))
                    below = self.fields(node_type, wanted, alias, (*path, key), cost)
                    laterals.append(f"LATERAL (SELECT {below}) {node}")
                    columns.append(f'{node} AS "{key}"')
        source = f" FROM {', '.join(laterals)}" if laterals else ""
        return f"LATERAL (SELECT {', '.join(columns)}{source}) {edge}"

    def _page_info(
        self,
        connection: GraphQLObjectType,
        nodes: list[FieldNode],
        page_size: str,
        cursor: str,
        alias: str,
        scope: Scope,
    ) -> str:
        type_ = _named(connection.fields["pageInfo"].type)
        after = scope.arguments.get("after")
        is_later = after is not None and after.evaluate(self.request.variables) is not None
        within = f"FILTER (WHERE {alias}.page_row <= {page_size})"
        made = {
            "__typename": f"'{type_.name}'::text",
            "hasNextPage": f"count(*) > {page_size}",
            "hasPreviousPage": "true" if is_later else "false",
            "startCursor": f"(array_agg({cursor} ORDER BY {alias}.page_row) {within})[1]",
            "endCursor": f"(array_agg({cursor} ORDER BY {alias}.page_row DESC) {within})[1]",
        }
        # json_build_object, since aggregates may not stand in a subselect of their own level.
        pairs = ", ".join(
            f"'{key}', {made[found[0].name.value]}"
            for key, found in self.selection.fields(type_, self.selection.below(nodes)).items()
        )
        return f"json_build_object({pairs})"

    def _behind(self, after: Argument | None, source: Many, alias: str, path: tuple[str, ...]) -> str:
        if after is None or after.evaluate(self.request.variables) is None:
            return ""
        keys = []
        for position, kind in enumerate(source.order.values()):
            keys.append(
                self.statement.bind(
                    ("after", path, position),
                    kind,
                    partial(_key_behind, after, source, position),
                )
            )
        columns = ", ".join(f"{alias}.{column}" for column in source.order)
        return f" AND ({columns}) {'<' if source.descending else '>'} ({', '.join(keys)})"


def _key_behind(after: Argument, source: Many, position: int, request: Request) -> Any:
    return read_cursor(after.evaluate(request.variables), source.order)[position]


def _named(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_


def _short_enough(key: str) -> bool:
    if len(key) > LONGEST_KEY:
        raise refuse(
            "NAME_TOO_LONG",
            f"别名“{key[:20]}…”超过 {LONGEST_KEY} 个字符, 请改短。",
            f'The alias "{key[:20]}…" is longer than {LONGEST_KEY} characters; shorten it.',
        )
    return True
