"""Every small change of the decision is noticed: each mutant of `decide` and of what it rests on fails a case.

A mutant is the source with one comparison, connective, condition, constant or statement changed. It is loaded as a
module of its own and put before the cases of decision_cases.py.
"""

import ast
import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest

from resolvers import access
from resolvers.rights import classes
from tests.decision_cases import cases

# Module -> the functions that decide.
DECIDING: dict[ModuleType, set[str]] = {
    access: {"decide", "_holds", "_readers", "_is_lockable", "_end", "ways"},
    classes: {"class_of", "is_read_by"},
}
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
}


def places(module: ModuleType) -> Iterator[tuple[str, ast.AST]]:
    """Every node inside the deciding functions, annotations left out."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in DECIDING[module]:
            for node in _statements(function):
                yield function.name, node


def _statements(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Every node of its body, the docstring left out."""
    for statement in function.body[1:] if ast.get_docstring(function) else function.body:
        yield from ast.walk(statement)


def changes(node: Any) -> Iterator[tuple[str, Any]]:
    """Name and attributes of each change of one node."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                other = SWAPPED[type(operator)]
                yield (
                    f"{type(operator).__name__} -> {other.__name__}",
                    {"ops": [other() if at == place else one for at, one in enumerate(node.ops)]},
                )
        case ast.BoolOp():
            yield f"{type(node.op).__name__} swapped", {"op": SWAPPED[type(node.op)]()}
            for place in range(len(node.values)):
                rest = [one for at, one in enumerate(node.values) if at != place]
                yield f"condition {place} left out", {"values": rest if len(rest) > 1 else [*rest, *rest]}
        case ast.IfExp():
            yield "always the first", {"test": ast.Constant(True)}
            yield "always the second", {"test": ast.Constant(False)}
        case ast.If():
            yield "always", {"test": ast.Constant(True)}
            yield "never", {"test": ast.Constant(False)}
        case ast.comprehension(ifs=[_, *_]):
            yield "unfiltered", {"ifs": []}
            yield "all filtered out", {"ifs": [ast.Constant(False)]}
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            yield f"{value} -> {value + 1}", {"value": value + 1}
        case ast.Constant(value=str(value)) if value:
            yield f"{value!r} -> empty", {"value": ""}
        case ast.Attribute(value=ast.Name(id="Answer"), attr=answer):
            for wrong in sorted({"WHOLE", "MASKED", "DENIED"} - {answer}):
                yield f"{answer} -> {wrong}", {"attr": wrong}
        case ast.Attribute(value=ast.Name(id="Act" | "Relation" | "Role"), attr=word):
            yield f"{word} -> another", {"attr": "__doc__"}
        case ast.Name(id="MASKED"):
            yield "MASKED -> DENIED", {"id": "DENIED"}
        case ast.Name(id="DENIED"):
            yield "DENIED -> MASKED", {"id": "MASKED"}


def mutants() -> Iterator[tuple[str, ModuleType, int, int]]:
    for module in DECIDING:
        for number, (function, node) in enumerate(places(module)):
            for which, (name, _) in enumerate(changes(node)):
                yield f"{function}:{getattr(node, 'lineno', 0)} {name}", module, number, which


def mutated(module: ModuleType, number: int, which: int) -> Any:
    """resolvers.access with one change, in it or in what it rests on."""
    source = Path(str(module.__file__)).read_text("utf-8")
    tree = ast.parse(source)
    nodes = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name in DECIDING[module]
        for node in _statements(function)
    ]
    _, attributes = list(changes(copy.deepcopy(nodes[number])))[which]
    for name, value in attributes.items():
        setattr(nodes[number], name, value)
    changed = _load(module.__name__, compile(ast.fix_missing_locations(tree), module.__name__, "exec"))
    if module is access:
        return changed
    with patch.dict(sys.modules, {module.__name__: changed}):
        text = Path(str(access.__file__)).read_text("utf-8")
        return _load(access.__name__, compile(text, access.__name__, "exec"))


def _load(name: str, code: Any) -> ModuleType:
    loaded = ModuleType(name)
    # Dataclasses look their module up.
    with patch.dict(sys.modules, {name: loaded}):
        exec(code, loaded.__dict__)
    return loaded


MUTANTS = list(mutants())


def test_there_are_mutants_of_every_function() -> None:
    names = {name.partition(":")[0] for name, *_ in MUTANTS}
    assert names >= {"decide", "_holds", "_readers", "_end", "ways", "is_read_by"}
    assert len(MUTANTS) >= 50


@pytest.mark.parametrize(("name", "module", "number", "which"), MUTANTS, ids=[one[0] for one in MUTANTS])
def test_the_mutant_is_noticed(name: str, module: ModuleType, number: int, which: int) -> None:
    changed = mutated(module, number, which)
    for _, check in cases():
        try:
            check(changed)
        except Exception:  # a mutant that cannot even decide is noticed, too
            return
    pytest.fail(f"no case notices: {name}")
