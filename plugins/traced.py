"""Which lines of a pack's functions no case runs."""

import sys
from collections.abc import Callable, Iterator
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any


def lines_never_run(folder: Path, run: Callable[[], object]) -> Iterator[tuple[str, list[int]]]:
    """(file name, lines), for each file with a line inside a function that `run` does not reach."""
    files = {str(file.resolve()): file for file in sorted(folder.rglob("*.py"))}
    ran: dict[str, set[int]] = {name: set() for name in files}
    names: dict[str, str] = {}  # as code objects write it -> resolved

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        written = frame.f_code.co_filename
        if written not in names:
            names[written] = str(Path(written).resolve())
        if names[written] not in ran:
            return None
        if event == "line":
            ran[names[written]].add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    for name, file in files.items():
        code = compile(file.read_text(encoding="utf-8"), name, "exec")
        if lost := sorted(_lines(code) - ran[name]):
            yield file.name, lost


def _lines(code: CodeType) -> set[int]:
    """Lines inside functions: those of a module or a class run when it is imported."""
    lines: set[int] = set()
    if code.co_name == "__annotate__":  # Python 3.14 keeps annotations as functions that nobody calls
        return lines
    if code.co_flags & CO_OPTIMIZED:
        lines = {line for _, _, line in code.co_lines() if line and line != code.co_firstlineno}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            lines |= _lines(inner)
    return lines
