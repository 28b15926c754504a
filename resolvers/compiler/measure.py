"""How much a document asks for, counted without recursion and before anything else looks at it.

A fragment counts as often as it is spread, so that fragments in fragments cannot hide what they amount to.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
)

MOST_OPERATIONS = 50
MOST_VARIABLES = 50
MOST_FRAGMENTS = 20
MOST_SPREADS = 50
MOST_DIRECTIVES = 20
MOST_TWINS = 20  # the same field at the root, under however many names
# The same response key in an operation and the fragments: validation compares each with each.
MOST_REPEATS = 100
MOST_LEVELS = 40  # of selection sets, inline fragments among them; the compiler counts those of the answer
MOST_FIELDS = 1500
MOST_INTROSPECTED_LISTS = 20  # GraphiQL's own query has nine

INTROSPECTION = frozenset({"__schema", "__type", "_service"})
INTROSPECTED_LISTS = frozenset(
    {"types", "fields", "args", "inputFields", "interfaces", "enumValues", "possibleTypes", "directives"}
)

Definition = OperationDefinitionNode | FragmentDefinitionNode


class Excess(NamedTuple):
    """The limit that a document is over, as its sender is told."""

    code: str
    zh: str
    en: str


@dataclass
class Part:
    """One operation or fragment, counted by itself; `spreads` are the fragments that it names, with the level."""

    name: str
    root: list[str]
    variables: int
    fields: int = 0
    levels: int = 0
    lists: int = 0
    directives: int = 0
    is_introspective: bool = False
    keys: Counter[str] = field(default_factory=Counter)
    spreads: list[tuple[str, int]] = field(default_factory=list)


class Total(NamedTuple):
    """Of a part with its fragments."""

    fields: int
    levels: int
    lists: int


@dataclass(frozen=True)
class Measured:
    """`excess` is None for a document that is within every limit."""

    excess: Excess | None
    is_introspective: bool


def measure(document: DocumentNode) -> Measured:
    fragments = {
        one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    }
    operations = [
        _part(one, fragments) for one in document.definitions if isinstance(one, OperationDefinitionNode)
    ]
    spread = [
        _part(one, fragments) for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    ]
    found = _counted(operations, spread) or _expanded(operations, {part.name: part for part in spread})
    return Measured(found, any(part.is_introspective for part in (*operations, *spread)))


def root_fields(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> list[str]:
    """The names of the fields at the root, those of fragments among them; spread twice, they are the same fields."""
    names, seen, waiting = [], set(), [operation.selection_set]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                names.append(node.name.value)
            elif not isinstance(node, FragmentSpreadNode):
                waiting.append(node.selection_set)  # type: ignore[attr-defined]
            elif node.name.value not in seen and node.name.value in fragments:
                seen.add(node.name.value)
                waiting.append(fragments[node.name.value].selection_set)
    return names


def _part(definition: Definition, fragments: Mapping[str, FragmentDefinitionNode]) -> Part:
    variables = definition.variable_definitions or ()
    part = Part(
        definition.name.value if definition.name else "",
        root_fields(definition, fragments) if isinstance(definition, OperationDefinitionNode) else [],
        len(variables),
        directives=sum(len(node.directives or ()) for node in (definition, *variables)),
    )
    for level, node in _nodes(definition):
        part.fields += 1
        part.levels = max(part.levels, level)
        part.directives += len(node.directives or ())
        if isinstance(node, FragmentSpreadNode):
            part.spreads.append((node.name.value, level))
        elif isinstance(node, FieldNode):
            name = node.name.value
            part.keys[node.alias.value if node.alias else name] += 1
            part.lists += name in INTROSPECTED_LISTS
            part.is_introspective |= name in INTROSPECTION
    return part


def _nodes(definition: Definition) -> Iterator[tuple[int, Any]]:
    """Everything that is selected, with the level of its selection set, the outermost being 1."""
    waiting = [(1, definition.selection_set)]
    while waiting:
        level, selection_set = waiting.pop()
        for node in selection_set.selections:
            yield level, node
            below = getattr(node, "selection_set", None)
            if below is not None:
                waiting.append((level + 1, below))


def _counted(operations: Sequence[Part], fragments: Sequence[Part]) -> Excess | None:
    parts = (*operations, *fragments)
    twins, repeats = Counter[str](), Counter[str]()
    for part in operations:
        twins |= Counter(part.root)
        repeats |= part.keys
    for part in fragments:
        repeats += part.keys
    counts = (
        (len(operations), MOST_OPERATIONS, "个操作", "operations"),
        (max((part.variables for part in parts), default=0), MOST_VARIABLES, "个变量", "variables"),
        (len(fragments), MOST_FRAGMENTS, "个片段", "fragments"),
        (sum(len(part.spreads) for part in parts), MOST_SPREADS, "处片段引用", "fragment spreads"),
        (sum(part.directives for part in parts), MOST_DIRECTIVES, "个指令", "directives"),
        (max(twins.values(), default=0), MOST_TWINS, "个同名根字段", "root fields of one name"),
        (max(repeats.values(), default=0), MOST_REPEATS, "个同名字段", "fields under one name"),
    )
    for count, most, zh, en in counts:
        if count > most:
            return Excess(
                "DOCUMENT_TOO_LARGE",
                f"文档含有 {count} {zh}, 最多 {most}, 请分开查询。",
                f"The document has {count} {en}, more than {most}; ask in parts.",
            )
    return None


def _expanded(operations: Sequence[Part], fragments: Mapping[str, Part]) -> Excess | None:
    """As often as the longest chain of fragments could be long, each is summed up from what it spreads."""
    totals: dict[str, Total] = {}
    for _ in range(len(fragments) + 1):
        before, totals = totals, {name: _total(part, totals) for name, part in fragments.items()}
    if before != totals:
        return None  # fragments in a circle, which validation names
    is_introspective = any(part.is_introspective for part in (*operations, *fragments.values()))
    for part in operations:
        total = _total(part, totals)
        if total.levels > MOST_LEVELS:
            return Excess(
                "TOO_DEEP",
                f"查询嵌套 {total.levels} 层, 最多 {MOST_LEVELS} 层, 请分开查询。",
                f"The query is nested {total.levels} levels deep, more than {MOST_LEVELS}; ask in parts.",
            )
        if total.fields > MOST_FIELDS:
            return Excess(
                "TOO_COSTLY",
                f"查询展开后超过 {MOST_FIELDS} 个字段, 请分开查询。",
                f"The query has more than {MOST_FIELDS} fields with its fragments; ask in parts.",
            )
        if is_introspective and total.lists > MOST_INTROSPECTED_LISTS:
            return Excess(
                "TOO_COSTLY",
                f"查询读取结构的列表超过 {MOST_INTROSPECTED_LISTS} 个, 请分开查询。",
                f"The query reads more than {MOST_INTROSPECTED_LISTS} lists of the schema; ask in parts.",
            )
    return None


def _total(part: Part, totals: Mapping[str, Total]) -> Total:
    fields, levels, lists = part.fields, part.levels, part.lists
    for name, level in part.spreads:
        if name in totals:  # an unknown one is validation's to name
            below = totals[name]
            fields += below.fields
            levels = max(levels, level + below.levels)
            lists += below.lists
    return Total(fields, levels, lists)
