"""Federation's `_entities`: representations in, the same rows in the same order out, in the same one statement."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from graphql import FieldNode, GraphQLObjectType

from resolvers.compiler.cost import Cost
from resolvers.compiler.request import Request
from resolvers.compiler.selection import Argument
from resolvers.compiler.statement import NOWHERE, Scope, as_uuid

if TYPE_CHECKING:
    from resolvers.compiler.plan import Compiler


def entities_sql(
    compiler: "Compiler",
    tables: Mapping[str, tuple[str, str]],
    nodes: list[FieldNode],
    representations: Argument,
    path: tuple[str, ...],
    cost: Cost,
) -> str:
    """One branch of a UNION for each type. What is unknown, or not the viewer's, is null in its place."""
    statement = compiler.statement
    branches = []
    # The marker tells graphql-core which type of the union a value is; a plain read has no use for it.
    mark = f"'{{}}'::text AS \"{TYPE_MARK}\"" if compiler.marked else ""
    count = cost.times(lambda variables: len(representations.evaluate(variables) or ()))
    for name, (table, find) in tables.items():
        type_ = compiler.selection.schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        given = statement.bind(
            ("representations", id(representations.node), name),
            "text",
            partial(_of_type, representations, name),
        )
        alias = statement.alias()
        inner = Scope(statement, compiler.request, row=alias)
        selected = compiler.selection.fields(type_, compiler.selection.below(nodes))
        columns = compiler.fields(type_, selected, alias, path, count)
        marked = ", ".join(filter(None, (columns, mark.format(name))))
        branches.append(
            f"SELECT r.place, (SELECT row_to_json(o) FROM (SELECT {marked} FROM {table} {alias} "
            f"WHERE {inner.write(find)} AND ({inner.visible(table, alias)}) LIMIT 1) o) AS entity "
            f"FROM jsonb_to_recordset({given}::jsonb) AS r(place int, id uuid, code text)"
        )
    unknown = statement.bind(
        ("representations", id(representations.node), None),
        "text",
        lambda request: _unknown(request, representations, tables),
    )
    branches.append(
        f"SELECT r.place, NULL::json AS entity FROM jsonb_to_recordset({unknown}::jsonb) AS r(place int)"
    )
    union = " UNION ALL ".join(branches)
    return f"COALESCE((SELECT json_agg(u.entity ORDER BY u.place) FROM ({union}) u), '[]'::json)"


TYPE_MARK = "~type"


def _of_type(representations: Argument, name: str, request: Request) -> str:
    rows = []
    for place, one in enumerate(representations.evaluate(request.variables) or ()):
        if isinstance(one, dict) and one.get("__typename") == name:
            identity = as_uuid(one.get("id")) if "id" in one or "code" not in one else None
            rows.append({"place": place, "id": identity, "code": _text(one.get("code"))})
            if identity is None and "code" not in one:
                rows[-1]["id"] = NOWHERE
    return orjson.dumps(rows).decode()


def _unknown(request: Request, representations: Argument, tables: Mapping[str, Any]) -> str:
    return orjson.dumps(
        [
            {"place": place}
            for place, one in enumerate(representations.evaluate(request.variables) or ())
            if not isinstance(one, dict) or str(one.get("__typename")) not in tables
        ]
    ).decode()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
