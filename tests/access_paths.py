"""Every way to a row that the schema offers: by an id, in a list, as an entity, and through each field of another row.

The documents are made from the schema, so that a new field or list is asked for without anybody thinking of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_leaf_type,
)

from tests.access_rows import World
from tests.conftest import COUNTY
from tests.test_access import OTHER

# GraphQL type -> the table of its rows, where the name does not say it.
OTHER_NAMES = {"GrantedRole": "role_grant", "Viewer": "account"}
# GraphQL type -> the field, and the column, that tells its rows apart, where that is no id.
KEYS = {
    "AuditEntry": ("sequence", "sequence"),
    "County": ("code", "code"),
    "DelegateStatusChange": ("reason", "reason"),
    "ImportProblem": ("value", "value"),
    "QualificationDecision": ("reason", "reason"),
    "RecordAccess": ("purpose", "purpose"),
    "RulePackActivation": ("reason", "reason"),
    "Viewer": ("username", "username"),
}
# Argument -> what is asked for.
ARGUMENTS = {"first": "12", "year": "2020", "month": '"2020-01"', "quarter": '"2020Q2"'}
LARGEST = {"first": "16"}
IDS_AT_ONCE = 3  # in one document, since its length has a limit


@cache
def table_of(type: str) -> str:
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type)
    return OTHER_NAMES.get(type, snake[1:])


@dataclass(frozen=True)
class Path:
    """A document that reaches rows; the name says through what."""

    name: str
    text: str
    roots: dict[str, str] = field(hash=False)
    """Key of the answer -> root field."""
    variables: dict[str, Any] = field(hash=False)
    entity: str = ""
    """Of which type the `_entities` are."""


@dataclass
class Paths:
    """The ways through a schema to rows of these types, whose ids are the world's."""

    schema: GraphQLSchema
    row_types: frozenset[str]
    world: World

    known: dict[str, list[Path]] = field(default_factory=dict)

    def of(self, type: str) -> list[Path]:
        """Everything of the type's rows by every root field, then what each of their fields leads to."""
        if type not in self.known:
            self.known[type] = list(self._of(type))
        return self.known[type]

    def _of(self, type: str) -> Iterator[Path]:
        for name, begin in self._roots_to(type):
            yield self._path(name, begin, self.everything(type))
        start_name, start = self._start(type)
        if not list(self._roots_to(type)):
            yield self._path(start_name, start, self.everything(type))
        for steps, target in self.edges(self._object(type)):
            inner = self.most(target)
            for step in reversed(steps):
                inner = f"{{ {self._call(step[1], step[0])} {_paged(step[1], inner)} }}"
            text = "{ " + self.key(type) + " " + inner[1:]
            yield self._path(".".join((start_name, *(name for name, _ in steps))), start, text)

    # -- what is selected

    def key(self, type: str) -> str:
        return KEYS.get(type, ("id", "id"))[0]

    def everything(self, type: str) -> str:
        """All values of a row; of the rows that it leads to, their keys."""
        parts = [self._selected(name, one) for name, one in self._object(type).fields.items()]
        return "{ " + " ".join(parts) + " }"

    def most(self, type: str) -> str:
        """The same without lists and values of several parts, which take the database long."""
        parts = [
            self._selected(name, one)
            for name, one in self._object(type).fields.items()
            if not is_page(one) and (is_leaf_type(target_of(one)) or target_of(one).name in self.row_types)
        ]
        return "{ " + " ".join(parts) + " }"

    def _selected(self, name: str, field: GraphQLField) -> str:
        call, target = self._call(field, name), target_of(field)
        if is_leaf_type(target):
            return call
        if target.name in self.row_types:
            return f"{call} {_paged(field, '{ ' + self.key(target.name) + ' }')}"
        below = [self._selected(inner, one) for inner, one in target.fields.items()]
        return f"{call} {{ {' '.join(below)} }}"

    def _call(self, field: GraphQLField, name: str, given: dict[str, str] | None = None) -> str:
        arguments = {**ARGUMENTS, **(given or {})}
        required = [one for one, declared in field.args.items() if _is_required(declared)]
        inner = ", ".join(f"{one}: {arguments[one]}" for one in required)
        return f"{name}({inner})" if inner else name

    # -- where it begins

    def edges(self, type: GraphQLObjectType) -> Iterator[tuple[list[tuple[str, GraphQLField]], str]]:
        """The fields of a type that lead to rows, through values that are none."""
        for name, one in type.fields.items():
            target = target_of(one)
            if is_leaf_type(target):
                continue
            if target.name in self.row_types:
                yield [(name, one)], target.name
            else:
                yield from (([(name, one), *steps], end) for steps, end in self.edges(target))

    @cached_property
    def entities(self) -> set[str]:
        union: Any = self.schema.type_map["_Entity"]
        return {one.name for one in union.types}

    def _roots_to(self, type: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Name and beginnings (key -> call) of each root field that leads to rows of the type."""
        if type in self.entities:
            yield (
                f"_entities({type})",
                {"_entities": f"_entities(representations: $all) {{ ... on {type} ~ }}"},
            )
        assert self.schema.query_type is not None
        for name, one in self.schema.query_type.fields.items():
            if name != "_entities" and getattr(target_of(one), "name", "") == type:
                calls = list(self._calls(name, one, type))
                for begin in range(0, len(calls), IDS_AT_ONCE):
                    yield name, dict(calls[begin : begin + IDS_AT_ONCE])

    def _calls(self, name: str, field: GraphQLField, type: str) -> Iterator[tuple[str, str]]:
        """One call of the root field, or as many as there are counties or rows to name."""
        taken = {one for one, declared in field.args.items() if _is_required(declared)} - {"first", "quarter"}
        assert taken in (set(), {"county"}, {"code"}, {"id"}), f"Query.{name} asks for {taken}"
        values = [COUNTY, OTHER]
        if taken == {"id"}:
            values = [row["id"] for row in self.world.of(table_of(type))]
        for number, value in enumerate(values if taken else [""]):
            call = self._call(field, name, {**LARGEST, **dict.fromkeys(taken, f'"{value}"')})
            yield f"r{number}", f"r{number}: {call} {_paged(field, '~')}"

    def _start(self, type: str) -> tuple[str, dict[str, str]]:
        """The shortest way to many rows of the type."""
        for found in self._roots_to(type):
            return found
        known = {one: begin for one in sorted(self.row_types) for begin in list(self._roots_to(one))[:1]}
        while type not in known:
            for one, (name, begin) in list(known.items()):
                for steps, target in self.edges(self._object(one)):
                    inner = "~"
                    for step in reversed(steps):
                        inner = f"{{ {self._call(step[1], step[0])} {_paged(step[1], inner)} }}"
                    inner = "{ " + self.key(one) + " " + inner[1:]
                    longer = {key: call.replace("~", inner) for key, call in begin.items()}
                    known.setdefault(target, (".".join((name, *(step[0] for step in steps))), longer))
        return known[type]

    def _path(self, name: str, begin: dict[str, str], selected: str) -> Path:
        text = " ".join(call.replace("~", selected) for call in begin.values())
        if "_entities" not in begin:
            roots = {key: call.partition(": ")[2].partition("(")[0].split()[0] for key, call in begin.items()}
            return Path(name, f"{{ {text} }}", roots, {})
        entity = name.partition("(")[2].partition(")")[0]
        every = [{"__typename": entity, "id": row["id"]} for row in self.world.of(table_of(entity))]
        return Path(
            name, f"query($all: [_Any!]!) {{ {text} }}", {"_entities": "_entities"}, {"all": every}, entity
        )

    def _object(self, name: str) -> GraphQLObjectType:
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        return found


def target_of(field: GraphQLField) -> Any:
    """What a field leads to: of a page, what its nodes are."""
    found: Any = get_named_type(field.type)
    return get_named_type(found.fields["edges"].type).fields["node"].type.of_type if is_page(field) else found


def is_page(field: GraphQLField) -> bool:
    name: str = getattr(get_named_type(field.type), "name", "")
    return name.endswith("Connection")


def _is_required(argument: Any) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined


def _paged(field: GraphQLField, inner: str) -> str:
    return f"{{ totalCount edges {{ node {inner} }} }}" if is_page(field) else inner
