"""That every value has a class, and that classes and types fit together; what does not stops the start."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLSchema
from strawberry.utils.str_converters import to_camel_case

from models.choices import Role
from resolvers.compiler.selection import named
from resolvers.compiler.sources import Entities, Many, Masked, One, Reference, Sealed, Source
from resolvers.rights.classes import CLASSES, FINDS, TABLES, Class, class_of, is_read_by
from resolvers.rights.relations import Relation
from resolvers.rights.rows import ROWS, SQL

# Not of the domain: pages, answers of writes (which hold what the writer is told), and the roots.
FRAMES = ("Connection", "Edge", "Payload")
ROOTS = {"Query", "Mutation", "Subscription", "PageInfo", "_Service"}
GUARDS = ("{shows:", "{visible:", "{reads:", "{viewer:")
ORDER = list(Class)
SORT_KEYS = {"name_sort": "name"}


class Unclassed(Exception):
    """The schema holds values that nobody has decided about; the message names them."""


def check_classes(schema: GraphQLSchema, sources: Mapping[tuple[str, str], Source]) -> None:
    """Raises Unclassed with every fault: values without a class, lists without a decision about their arguments."""
    # What has no class cannot be looked at further.
    faults = [*_unclassed(schema), *_unknown_relations(), *_unlisted(schema, sources)] or [
        *_unfitting(schema, sources),
        *_loose_lists(sources),
    ]
    if faults:
        raise Unclassed("; ".join(faults))


def types_of(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not (
            type_.name.startswith("__") or type_.name in ROOTS or type_.name.endswith(FRAMES)
        ):
            yield type_


def _unclassed(schema: GraphQLSchema) -> Iterator[str]:
    present = {(type_.name, name) for type_ in types_of(schema) for name in type_.fields}
    listed = {
        (type, field)
        for type, kinds in CLASSES.items()
        for named in kinds.values()
        for field in named.split()
    }
    for type, field in sorted(present - listed):
        yield f"{type}.{field} has no class (resolvers/rights/classes.py)"
    for type, field in sorted(listed - present):
        yield f"{type}.{field} has a class and is no field"


def _unfitting(schema: GraphQLSchema, sources: Mapping[tuple[str, str], Source]) -> Iterator[str]:
    """What cannot be null is read by all who see the row, or has a mask; parts are behind a guard of their class."""
    for type_ in types_of(schema):
        table = TABLES.get(type_.name)
        for name, field in type_.fields.items():
            kind = class_of(type_.name, name)
            source = sources.get((type_.name, name))
            if table is not None:
                is_bound = isinstance(field.type, GraphQLNonNull) and not isinstance(source, Sealed | Masked)
                value = f"{type_.name}.{name}"
                if is_bound and not all(is_read_by(kind, value, *way) for way in _ways(table)):
                    yield f"{type_.name}.{name} is {kind} and cannot be null for who may not read it"
            for part in _parts_above(kind, named(field.type)):
                if not any(guard in repr(source) + repr(sources.get(part)) for guard in GUARDS):
                    yield f"{type_.name}.{name} is {kind} and leads to {'.'.join(part)}, which is more"


def _parts_above(kind: Class, part: Any) -> Iterator[tuple[str, str]]:
    """The values of a type without rows of its own that are of a higher class than the field that leads to it."""
    if isinstance(part, GraphQLObjectType) and part.name in CLASSES and part.name not in TABLES:
        for name in part.fields:
            if ORDER.index(class_of(part.name, name)) > max(ORDER.index(kind), ORDER.index(Class.INTERNAL)):
                yield part.name, name


def _unlisted(schema: GraphQLSchema, sources: Mapping[tuple[str, str], Source]) -> Iterator[str]:
    """Rows of a type that has no table here would be shown whole, so a type is its table's or the start stops."""
    for (type, field), source in sources.items():
        # An event says what its own type says, and is sent to who sees the row.
        if type == "Subscription" or not isinstance(source, One | Many | Reference | Entities):
            continue
        shown = (
            source.tables
            if isinstance(source, Entities)
            else {_row_type(schema, type, field): (source.table,)}
        )
        for name, (table, *_) in shown.items():
            if TABLES.get(name) != table:
                yield f"{type}.{field} shows rows of {table} as {name}, which TABLES does not say (classes.py)"


def _row_type(schema: GraphQLSchema, type: str, field: str) -> str:
    """What the field leads to: of a connection, the type of its nodes."""
    shown = named(schema.type_map[type].fields[field].type)  # type: ignore[attr-defined]
    if "edges" in shown.fields and "pageInfo" in shown.fields:
        shown = named(named(shown.fields["edges"].type).fields["node"].type)
    return str(shown.name)


def _unknown_relations() -> Iterator[str]:
    for table in sorted(set(TABLES.values()) - set(ROWS)):
        yield f"{table} has no rows (resolvers/rights/rows.py)"
    for table, roles in ROWS.items():
        for relation in {one for relations in roles.values() for one in relations}:
            if relation not in SQL.get(table, {}):
                yield f"the rows of {table} have no SQL for {relation}"


def _loose_lists(sources: Mapping[tuple[str, str], Source]) -> Iterator[str]:
    for (type, field), source in sources.items():
        if isinstance(source, Many):
            for argument in source.filters:
                if (source.table, argument) not in FINDS:
                    yield f"{type}.{field}({argument}) tells of a value that FINDS does not name"
            for column in source.order:
                if column != "id" and not _is_read_by_all(source.table, column):
                    yield f"{type}.{field} is sorted by {column}, which not all who see its rows may read"


def _is_read_by_all(table: str, column: str) -> bool:
    """A place in an order tells about the value: whoever sees the row reads it, or it may not be sorted by."""
    type = next(name for name, its_table in TABLES.items() if its_table == table)
    field = to_camel_case(SORT_KEYS.get(column, column))
    return all(is_read_by(class_of(type, field), f"{type}.{field}", *way) for way in _ways(table))


def _ways(table: str) -> Iterator[tuple[Role | None, Relation]]:
    for role, relations in ROWS.get(table, {}).items():
        yield from ((role, relation) for relation in relations)
