"""Documents of the tests, taken apart and put together again: the same question in another form, and wider."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    ConstDirectiveNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NamedTypeNode,
    NameNode,
    Node,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    is_composite_type,
    parse,
    parse_type,
    print_ast,
    value_from_ast_untyped,
)

from resolvers.compiler.measure import MOST_DIRECTIVES, MOST_FRAGMENTS, MOST_VARIABLES
from resolvers.compiler.selection import named

ROW = "row_id"
RENAMED = "zz_"


def remade(node: Any, **changes: Any) -> Any:
    """A node of the same kind, some of its parts changed."""
    return type(node)(**{**{key: getattr(node, key) for key in node.keys}, **changes})


def name(text: str) -> NameNode:
    return NameNode(value=text)


def operation_of(text: str) -> OperationDefinitionNode:
    return next(one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode))


def widened(schema: GraphQLSchema, text: str, page: int) -> str:
    """The same query over whole lists, most of them without filters, with the key of every row beside what is asked
    of it and without switches."""
    operation = operation_of(text)
    root = schema.query_type
    return print_ast(remade(operation, selection_set=_widened(schema, root, operation.selection_set, page)))


def _widened(schema: GraphQLSchema, on: Any, selected: SelectionSetNode, page: int) -> SelectionSetNode:
    parts: list[Any] = []
    for one in selected.selections:
        if isinstance(one, FieldNode):
            parts.append(_wide_field(schema, on, one, page))
        elif isinstance(one, InlineFragmentNode):
            below = schema.type_map[one.type_condition.name.value] if one.type_condition else on
            inner = _widened(schema, below, one.selection_set, page)
            parts.append(remade(one, selection_set=inner, directives=()))
    if "id" in getattr(on, "fields", {}):
        parts.append(FieldNode(alias=name(ROW), name=name("id")))
    return SelectionSetNode(selections=tuple(parts))


def _wide_field(schema: GraphQLSchema, on: Any, one: FieldNode, page: int) -> Any:
    if one.name.value == "__typename":
        return remade(one, directives=())
    definition = on.fields[one.name.value]
    below = named(definition.type)
    is_whole = crc32(print_ast(one).encode()) % 3 > 0
    given = [
        remade(argument, value=IntValueNode(value=str(page))) if argument.name.value == "first" else argument
        for argument in one.arguments or ()
        if argument.name.value != "after"
        and not (is_whole and not isinstance(definition.args[argument.name.value].type, GraphQLNonNull))
    ]
    inner = _widened(schema, below, one.selection_set, page) if one.selection_set else None
    return remade(one, arguments=tuple(given), selection_set=inner, directives=())


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Path -> value of an answer. A row in a list goes by its key, whatever else by what it says."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for one in value:
            row = _row_of(one)
            if row:
                yield from leaves(one, (*path, row))
            elif one is not None:
                yield (*path, repr(one)), True
    else:
        yield path, value


def _row_of(one: Any) -> str | None:
    if not isinstance(one, dict):
        return None
    if ROW in one:
        return str(one[ROW])
    rows = [value for value in one.values() if isinstance(value, dict) and ROW in value]
    return str(rows[0][ROW]) if rows else None


@dataclass
class Disguise:
    """The same question in another form: names, aliases, fragments, order, switches and variables.

    `mapped` gives the answer back its old keys."""

    schema: GraphQLSchema
    chance: random.Random
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[FragmentDefinitionNode] = field(default_factory=list)
    declared: list[VariableDefinitionNode] = field(default_factory=list)
    given: dict[str, ArgumentNode] = field(default_factory=dict)
    switches: int = 0

    def of(self, text: str) -> str:
        self.switches = text.count("@")
        selected = self._below(self.schema.query_type, operation_of(text).selection_set)
        operation = OperationDefinitionNode(
            operation=OperationType.QUERY,
            name=name(f"Asked{self.chance.randrange(1000)}"),
            variable_definitions=tuple(self.declared),
            directives=(),
            selection_set=selected,
        )
        order: list[Node] = [operation, *self.fragments]
        self.chance.shuffle(order)
        return print_ast(DocumentNode(definitions=tuple(order)))  # type: ignore[arg-type]

    def _below(self, on: Any, selected: SelectionSetNode) -> SelectionSetNode:
        parts: list[Any] = [self._part(on, one) for one in selected.selections]
        self.chance.shuffle(parts)
        if getattr(on, "name", "") in ("Query", "") or self.chance.random() < 0.5:
            return SelectionSetNode(selections=tuple(parts))
        cut = self.chance.randrange(len(parts) + 1)
        apart, kept = parts[:cut], parts[cut:]
        if apart:
            kept.append(self._wrapped(on, SelectionSetNode(selections=tuple(apart))))
        return SelectionSetNode(selections=tuple(kept))

    def _wrapped(self, on: Any, selected: SelectionSetNode) -> Any:
        """Inside an inline fragment, a named one, or one in the other."""
        kind = NamedTypeNode(name=name(on.name))
        if self.chance.random() < 0.5 or len(self.fragments) >= MOST_FRAGMENTS:
            return InlineFragmentNode(
                type_condition=kind if self.chance.random() < 0.5 else None,
                directives=self._switch(),
                selection_set=selected,
            )
        title = f"Part{len(self.fragments)}"
        if self.chance.random() < 0.3:
            inner = InlineFragmentNode(type_condition=kind, directives=(), selection_set=selected)
            selected = SelectionSetNode(selections=(inner,))
        self.fragments.append(
            FragmentDefinitionNode(
                name=name(title), type_condition=kind, directives=(), selection_set=selected
            )
        )
        return FragmentSpreadNode(name=name(title), directives=self._switch())

    def _part(self, on: Any, one: Any) -> Any:
        if isinstance(one, InlineFragmentNode):
            below = self.schema.type_map[one.type_condition.name.value] if one.type_condition else on
            return remade(one, selection_set=self._below(below, one.selection_set))
        assert isinstance(one, FieldNode)
        key = one.alias.value if one.alias else one.name.value
        definition = getattr(on, "fields", {}).get(one.name.value)
        below = named(definition.type) if definition else None
        return FieldNode(
            alias=name(RENAMED + key),
            name=one.name,
            arguments=tuple(self._given(definition, argument) for argument in one.arguments or ()),
            directives=(*(one.directives or ()), *(() if one.directives else self._switch())),
            selection_set=self._below(below, one.selection_set)
            if one.selection_set and is_composite_type(below)
            else None,
        )

    def _given(self, definition: Any, argument: ArgumentNode) -> ArgumentNode:
        """As it is, or a variable of the argument's own type; the same everywhere, so that fields still merge."""
        kind = definition.args[argument.name.value].type
        known = f"{kind} {print_ast(argument)}"
        if known not in self.given:
            self.given[known] = (
                self._variable(kind, argument) if self._is_chosen(kind, argument) else argument
            )
        return self.given[known]

    def _is_chosen(self, kind: Any, argument: ArgumentNode) -> bool:
        is_bad = isinstance(argument.value, NullValueNode) and isinstance(kind, GraphQLNonNull)
        return not is_bad and len(self.variables) < MOST_VARIABLES and self.chance.random() < 0.5

    def _variable(self, kind: Any, argument: ArgumentNode) -> ArgumentNode:
        title = f"v{len(self.variables)}"
        self.variables[title] = value_from_ast_untyped(argument.value)
        variable = VariableNode(name=name(title))
        self.declared.append(
            VariableDefinitionNode(variable=variable, type=parse_type(str(kind)), directives=())
        )
        return ArgumentNode(name=argument.name, value=variable)

    def _switch(self) -> tuple[ConstDirectiveNode | DirectiveNode, ...]:
        which = self.chance.choice([None, None, ("include", True), ("skip", False)])
        if which is None or self.switches >= MOST_DIRECTIVES:
            return ()
        self.switches += 1
        given = ArgumentNode(name=name("if"), value=BooleanValueNode(value=which[1]))
        return (DirectiveNode(name=name(which[0]), arguments=(given,)),)


def mapped(value: Any) -> Any:
    """An answer to a disguised question under its old keys."""
    if isinstance(value, dict):
        return {key.removeprefix(RENAMED): mapped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [mapped(one) for one in value]
    return value
