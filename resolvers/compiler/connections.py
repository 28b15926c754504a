"""Connections: the rows of a table in keyset pages, with what is asked of the page in one subselect."""

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLObjectType

from resolvers.compiler.cost import Cost
from resolvers.compiler.paging import check_page_size, cursor_sql, read_cursor
from resolvers.compiler.request import Request
from resolvers.compiler.selection import Argument, named
from resolvers.compiler.sources import Many
from resolvers.compiler.statement import Scope, short_enough

if TYPE_CHECKING:
    from resolvers.compiler.plan import Compiler


def connection_sql(
    compiler: "Compiler",
    source: Many,
    type_: Any,
    nodes: list[FieldNode],
    scope: Scope,
    path: tuple[str, ...],
    cost: Cost,
) -> str:
    """A connection: the count only when asked for, one row more than the page only when pageInfo is."""
    statement, connection = compiler.statement, named(type_)
    alias = statement.alias()
    first = scope.arguments["first"]
    page_size = statement.bind(
        ("page", id(first.node)),
        "int",
        lambda request: check_page_size(first.evaluate(request.variables), source.largest_page),
    )
    page_cost = cost.times(lambda variables: int(first.evaluate(variables) or 0))
    cursor = cursor_sql(alias, source.table, source.order)

    selected = compiler.selection.fields(connection, compiler.selection.below(nodes))
    names = {found[0].name.value for found in selected.values()}
    # A parameter that stands nowhere in the SQL has no type, so there are no conditions without rows to find.
    asks_for_rows = names & {"totalCount", "edges", "pageInfo"}
    where = _conditions(compiler, source, alias, scope) if asks_for_rows else ""
    columns, laterals = [], []
    for key, found in selected.items():
        short_enough(key)
        match found[0].name.value:
            case "__typename":
                columns.append(f"'{connection.name}'::text AS \"{key}\"")
            case "totalCount":
                columns.append(f'(SELECT count(*) FROM {source.table} {alias} WHERE {where}) AS "{key}"')
            case "pageInfo":
                info = _page_info(compiler, connection, found, page_size, cursor, alias, scope)
                columns.append(f'{info} AS "{key}"')
            case "edges":
                edge = statement.alias()
                laterals.append(
                    _edge(compiler, connection, found, alias, edge, cursor, (*path, key), page_cost)
                )
                within = f" FILTER (WHERE {alias}.page_row <= {page_size})" if "pageInfo" in names else ""
                columns.append(f"COALESCE(json_agg({edge}){within}, '[]'::json) AS \"{key}\"")
    if not names & {"edges", "pageInfo"}:
        # The page is not asked for, but its size is still checked.
        return f"(SELECT row_to_json(o) FROM (SELECT {', '.join(columns)} WHERE {page_size} >= 0) o)"

    behind = _behind(compiler, scope.arguments.get("after"), source, alias)
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
    # HAVING makes one row of it, also when nothing that is asked of the page is an aggregate.
    return f"(SELECT row_to_json(o) FROM (SELECT {', '.join(columns)} FROM {rows} HAVING true) o)"


def _conditions(compiler: "Compiler", source: Many, alias: str, scope: Scope) -> str:
    """The rows of the list: of the parent, the viewer's, and those that the given filters keep."""
    inner = Scope(compiler.statement, compiler.request, alias, scope.row, scope.arguments, source.made)
    conditions = [inner.write(source.on), f"({inner.visible(source.table, alias)})"]
    for name, condition in source.filters.items():
        given = scope.arguments[name].evaluate(compiler.request.variables)
        if given is not None and given is not False:
            conditions.append(f"({inner.write(condition)})")
            if (found := compiler.request.viewer.finds(source.table, name)) != "TRUE":
                conditions.append(f"({inner.write(found)})")
    return " AND ".join(conditions)


def _edge(
    compiler: "Compiler",
    connection: GraphQLObjectType,
    nodes: list[FieldNode],
    alias: str,
    edge: str,
    cursor: str,
    path: tuple[str, ...],
    cost: Cost,
) -> str:
    type_ = named(connection.fields["edges"].type)
    columns, laterals = [], []
    for key, found in compiler.selection.fields(type_, compiler.selection.below(nodes)).items():
        short_enough(key)
        match found[0].name.value:
            case "__typename":
                columns.append(f"'{type_.name}'::text AS \"{key}\"")
            case "cursor":
                columns.append(f'{cursor} AS "{key}"')
            case "node":
                node = compiler.statement.alias()
                node_type = named(type_.fields["node"].type)
                wanted = compiler.selection.fields(node_type, compiler.selection.below(found))
                below = compiler.fields(node_type, wanted, alias, (*path, key), cost)
                laterals.append(f"LATERAL (SELECT {below}) {node}")
                columns.append(f'{node} AS "{key}"')
    source = f" FROM {', '.join(laterals)}" if laterals else ""
    return f"LATERAL (SELECT {', '.join(columns)}{source}) {edge}"


def _page_info(
    compiler: "Compiler",
    connection: GraphQLObjectType,
    nodes: list[FieldNode],
    page_size: str,
    cursor: str,
    alias: str,
    scope: Scope,
) -> str:
    type_ = named(connection.fields["pageInfo"].type)
    after = scope.arguments.get("after")
    is_later = after is not None and after.evaluate(compiler.request.variables) is not None
    within = f"FILTER (WHERE {alias}.page_row <= {page_size})"
    made = {
        "__typename": f"'{type_.name}'::text",
        "hasNextPage": f"count({alias}.page_row) > {page_size}",
        "hasPreviousPage": "true" if is_later else "false",
        "startCursor": f"(array_agg({cursor} ORDER BY {alias}.page_row) {within})[1]",
        "endCursor": f"(array_agg({cursor} ORDER BY {alias}.page_row DESC) {within})[1]",
    }
    # Aggregates over the page's row alone, so that they belong to the page's query and not to this subselect.
    columns = ", ".join(
        f'{made[found[0].name.value]} AS "{key}"'
        for key, found in compiler.selection.fields(type_, compiler.selection.below(nodes)).items()
        if short_enough(key)
    )
    return f"(SELECT row_to_json(o) FROM (SELECT {columns}) o)"


def _behind(compiler: "Compiler", after: Argument | None, source: Many, alias: str) -> str:
    """The condition that continues behind the cursor; empty on the first page."""
    if after is None or after.evaluate(compiler.request.variables) is None:
        return ""
    keys = ", ".join(
        compiler.statement.bind(
            ("after", id(after.node), position), kind, partial(_key_behind, after, source, position)
        )
        for position, kind in enumerate(source.order.values())
    )
    columns = ", ".join(f"{alias}.{column}" for column in source.order)
    return f" AND ({columns}) {'<' if source.descending else '>'} ({keys})"


def _key_behind(after: Argument, source: Many, position: int, request: Request) -> Any:
    return read_cursor(after.evaluate(request.variables), source.table, source.order)[position]
