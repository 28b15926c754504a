"""After the statement: fields made in Python, computed in one batch each and put where the SQL left their facts."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType

from resolvers.compiler.request import Request
from resolvers.compiler.selection import Argument, Selected, Selection
from resolvers.compiler.sources import Compute, Row

MARK = "~field"


@dataclass(frozen=True)
class Shape:
    """How a Python value becomes the response: None for a leaf, else response key -> (Python name, shape below)."""

    typename: str = ""
    fields: tuple[tuple[str, str, "Shape | None", tuple[Argument, ...]], ...] = ()

    def project(self, value: Any, variables: Mapping[str, Any]) -> Any:
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return [self.project(item, variables) for item in value]
        return {
            key: self.typename
            if name == "__typename"
            else _value(value.get(name), below, arguments, variables)
            for key, name, below, arguments in self.fields
        }


def _value(
    value: Any, below: Shape | None, arguments: tuple[Argument, ...], variables: Mapping[str, Any]
) -> Any:
    """A list that is paged in Python is given as a function of the field's arguments."""
    if callable(value):
        value = value(**{argument.name: argument.evaluate(variables) for argument in arguments})
    return below.project(value, variables) if below else value


def shape_of(selection: Selection, type_: Any, nodes: list[Any], python_name: Any) -> Shape | None:
    """The shape that a selection gives to values of `type_`; `python_name(type, field)` names dict keys."""
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    if not isinstance(type_, GraphQLObjectType):
        return None
    return object_shape(selection, type_, selection.fields(type_, selection.below(nodes)), python_name)


def object_shape(
    selection: Selection, type_: GraphQLObjectType, selected: Selected, python_name: Any
) -> Shape:
    fields: list[tuple[str, str, Shape | None, tuple[Argument, ...]]] = []
    for key, found in selected.items():
        name = found[0].name.value
        if name == "__typename":
            fields.append((key, "__typename", None, ()))
        else:
            below = shape_of(selection, type_.fields[name].type, found, python_name)
            arguments = tuple(selection.arguments(type_.fields[name], found[0]).values())
            fields.append((key, python_name(type_.name, name), below, arguments))
    return Shape(type_.name, tuple(fields))


@dataclass(frozen=True)
class Finisher:
    """A computed field of a plan: where its facts stand in the answer, and what becomes of them."""

    path: tuple[str, ...]
    mark: int
    compute: Compute
    shape: Shape | None

    async def finish(self, answer: Row, request: Request) -> None:
        places = [place for place in _places(answer, self.path) if self._is_mine(place[self.path[-1]])]
        if not places:
            return
        key = self.path[-1]
        values = self.compute([place[key] for place in places], request)
        if inspect.isawaitable(values):
            values = await values
        for place, value in zip(places, values, strict=True):
            place[key] = self.shape.project(value, request.variables) if self.shape else value

    def _is_mine(self, facts: Any) -> bool:
        """Types of a union may have different fields at one path, so the facts say which field they are for."""
        return isinstance(facts, dict) and facts.get(MARK) == self.mark


def _places(value: Any, path: tuple[str, ...]) -> Iterator[Row]:
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from _places(item, path)
    elif path[0] not in value:  # a type of a union that has no such field
        return
    elif len(path) == 1:
        yield value
    else:
        yield from _places(value[path[0]], path[1:])
