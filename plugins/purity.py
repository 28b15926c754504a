"""Reads a pack's source and refuses what could reach a clock, a file, a network or another pack."""

import ast
from pathlib import Path

from plugins.errors import BrokenPack

ALLOWED = {"calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools"}
ALLOWED |= {"itertools", "math", "operator", "re", "string", "types", "typing", "unicodedata", "__future__"}
MACHINERY = {"plugins.contract", "plugins.facts", "plugins.months", "plugins.moves", "plugins.places"}
MACHINERY |= {"plugins.dues", "plugins.hours", "plugins.meeting", "plugins.workdays"}
FORBIDDEN_NAMES = {"open", "eval", "exec", "compile", "__import__", "input", "globals", "breakpoint"}
FORBIDDEN_NAMES |= {"setattr", "delattr", "vars"}
CLOCKS = {"today", "now", "utcnow"}


def require_pure(pack_id: str, folder: Path, *, is_ours: bool) -> None:
    """Guards against slips, not against malice: whoever may install a pack may run any code.

    Only `is_ours`, a pack of this folder, may import its own files as plugins.<id>: for one kept elsewhere that
    name would be another version of it.
    """
    own = f"plugins.{pack_id}" if is_ours else None
    for file in sorted(folder.rglob("*.py")):
        depth = len(file.relative_to(folder).parts)  # so many dots are still inside the folder
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), file.name)):
            if reason := _impurity(own, depth, node):
                raise BrokenPack(f"{pack_id}: {file.name}, line {getattr(node, 'lineno', 0)}: {reason}")


def _impurity(own: str | None, depth: int, node: ast.AST) -> str | None:
    if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
        return "a pack does not wait for anything (async, await)"
    if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
        return f"a pack does not use {node.id}"
    if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
        return f"a pack has no clock (.{node.attr}); the date is among the facts"
    if isinstance(node, ast.Attribute) and node.attr in ("__setattr__", "__dict__"):
        return f"a pack does not change what it is given ({node.attr})"
    if isinstance(node, ast.Import):
        return next((why for each in node.names if (why := _refused(own, each.name))), None)
    if isinstance(node, ast.ImportFrom) and node.level > depth:
        return f"a pack may not import from outside its folder ({'.' * node.level}{node.module or ''})"
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return _refused(own, node.module or "")
    return None


def _refused(own: str | None, module: str) -> str | None:
    is_own = own is not None and (module == own or module.startswith(f"{own}."))
    if is_own or module.split(".")[0] in ALLOWED or module in MACHINERY:
        return None
    return f"a pack may not import {module}"
