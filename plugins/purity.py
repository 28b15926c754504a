"""Reads a pack's source and refuses what could reach a clock, a file, a network or another pack."""

import ast
from pathlib import Path

from plugins.errors import BrokenPack

ALLOWED = {"calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools"}
ALLOWED |= {"itertools", "math", "operator", "re", "string", "types", "typing", "unicodedata", "__future__"}
MACHINERY = {"plugins.contract", "plugins.facts", "plugins.months", "plugins.moves", "plugins.places"}
MACHINERY |= {"plugins.dues", "plugins.hours", "plugins.meeting"}
FORBIDDEN_NAMES = {"open", "eval", "exec", "compile", "__import__", "input", "globals", "breakpoint"}
FORBIDDEN_NAMES |= {"setattr", "delattr", "vars"}
CLOCKS = {"today", "now", "utcnow"}


def require_pure(pack_id: str, folder: Path) -> None:
    """Guards against slips, not against malice: whoever may install a pack may run any code."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), file.name)):
            if reason := _impurity(pack_id, node):
                raise BrokenPack(f"{pack_id}: {file.name}, line {getattr(node, 'lineno', 0)}: {reason}")


def _impurity(pack_id: str, node: ast.AST) -> str | None:
    if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
        return "a pack does not wait for anything (async, await)"
    if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
        return f"a pack does not use {node.id}"
    if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
        return f"a pack has no clock (.{node.attr}); the date is among the facts"
    if isinstance(node, ast.Attribute) and node.attr in ("__setattr__", "__dict__"):
        return f"a pack does not change what it is given ({node.attr})"
    if isinstance(node, ast.Import):
        return next((why for each in node.names if (why := _refused(pack_id, each.name))), None)
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return _refused(pack_id, node.module or "")
    return None


def _refused(pack_id: str, module: str) -> str | None:
    own = f"plugins.{pack_id}"
    if (
        module.split(".")[0] in ALLOWED
        or module in MACHINERY
        or module == own
        or module.startswith(f"{own}.")
    ):
        return None
    return f"a pack may not import {module}"
