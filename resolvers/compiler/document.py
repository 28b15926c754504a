"""A document as sent: parsed once, measured, and only then validated, since validation compares fields in pairs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)

from resolvers.compiler.errors import refuse
from resolvers.compiler.measure import Excess, measure

MOST_TOKENS = 1000
MOST_ERRORS = 5


@dataclass(frozen=True)
class Document:
    """What is wrong with it is one of three: it is no GraphQL, it is too much, or it does not fit the schema."""

    text: str
    node: DocumentNode | None
    parse_error: GraphQLError | None = None
    excess: Excess | None = None
    is_introspective: bool = False
    errors: list[GraphQLError] = field(default_factory=list)
    operations: Mapping[str | None, OperationDefinitionNode] = field(default_factory=dict)
    fragments: Mapping[str, FragmentDefinitionNode] = field(default_factory=dict)

    @cached_property
    def is_valid(self) -> bool:
        return self.node is not None and self.excess is None and not self.errors

    @cached_property
    def is_plain(self) -> bool:
        """Whether everybody may send it."""
        return self.is_valid and not self.is_introspective

    def operation(self, name: str | None) -> OperationDefinitionNode:
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise refuse(
                "UNKNOWN_OPERATION",
                f"文档中没有名为“{name}”的操作。" if name else "文档含有多个操作, 请给出 operationName。",
                f'The document has no operation named "{name}".'
                if name
                else "The document holds several operations; name one with operationName.",
            )
        return self.operations[name]


def read_document(schema: GraphQLSchema, text: str) -> Document:
    try:
        node = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return Document(text, None, parse_error=error)
    operations = {
        (found.name.value if found.name else None): found
        for found in node.definitions
        if isinstance(found, OperationDefinitionNode)
    }
    fragments = {
        found.name.value: found for found in node.definitions if isinstance(found, FragmentDefinitionNode)
    }
    measured = measure(node)
    return Document(
        text,
        node,
        excess=measured.excess,
        is_introspective=measured.is_introspective,
        errors=[] if measured.excess else validate(schema, node, max_errors=MOST_ERRORS),
        operations=operations,
        fragments=fragments,
    )
