"""Reading a validated operation: which fields are selected, with which arguments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    value_from_ast,
)
from graphql.type import is_abstract_type
from graphql.utilities import type_from_ast

from resolvers.compiler.errors import refuse

Selected = dict[str, list[FieldNode]]


@dataclass(frozen=True)
class Argument:
    """A given argument: what it says now, and how to evaluate it again with other variables."""

    name: str
    node: ValueNode | None
    type: Any
    default: Any

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        if isinstance(self.node, VariableNode):
            value = variables.get(self.node.name.value, Undefined)
        elif self.node is None:
            value = Undefined
        else:
            value = value_from_ast(self.node, self.type, dict(variables))
        value = self.default if value is Undefined else value
        value = None if value is Undefined else value
        if value is None and isinstance(self.type, GraphQLNonNull):
            raise refuse(
                "BAD_VALUE", f"参数 {self.name} 不能为 null。", f"The argument {self.name} must not be null."
            )
        return value


def _python_name(argument: Any, name: str) -> str:
    """The name that the argument has in the declaring function."""
    declared = (argument.extensions or {}).get("strawberry-definition")
    return str(getattr(declared, "python_name", name))


class Selection:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.variables = variables
        self.fragments = fragments

    def fields(self, on: GraphQLObjectType, sets: list[SelectionSetNode]) -> Selected:
        """Response key -> the field nodes that ask for it, in the order of the document."""
        selected: Selected = {}
        visited: set[str] = set()
        for selection_set in sets:
            self._collect(on, selection_set, selected, visited)
        return selected

    def below(self, nodes: list[FieldNode]) -> list[SelectionSetNode]:
        return [node.selection_set for node in nodes if node.selection_set]

    def arguments(self, definition: GraphQLField, node: FieldNode) -> dict[str, Argument]:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        return {
            argument.name: argument
            for argument in (
                Argument(_python_name(declared, name), given.get(name), declared.type, declared.default_value)
                for name, declared in definition.args.items()
            )
        }

    def _collect(
        self, on: GraphQLObjectType, selection_set: SelectionSetNode, selected: Selected, visited: set[str]
    ) -> None:
        for node in selection_set.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                selected.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition, on):
                    self._collect(on, node.selection_set, selected, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition, on):
                    self._collect(on, fragment.selection_set, selected, visited)

    def _is_included(self, node: Any) -> bool:
        for directive in node.directives or ():
            if directive.name.value in ("skip", "include"):
                condition = directive.arguments[0].value
                holds = (
                    self.variables.get(condition.name.value)
                    if isinstance(condition, VariableNode)
                    else condition.value
                )
                if holds is None:
                    raise refuse(
                        "BAD_VALUE", "@skip 和 @include 的条件不能为 null。", "A switch must not be null."
                    )
                if bool(holds) == (directive.name.value == "skip"):
                    return False
        return True

    def _applies(self, condition: Any, on: GraphQLObjectType) -> bool:
        if condition is None:
            return True
        named = type_from_ast(self.schema, condition)
        if named is on:
            return True
        return bool(is_abstract_type(named) and self.schema.is_sub_type(named, on))


def named(type_: Any) -> Any:
    """The type without NonNull and List around it."""
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_
