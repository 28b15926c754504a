"""What goes wrong with rule packs. Each message begins with the pack's id."""

import traceback
from pathlib import Path


class BrokenPack(Exception):
    """A pack that cannot be used; the program does not start with it. "<id>: reason"."""


class PackFailed(Exception):
    """A pack raised, or answered nonsense, while judging."""


class PackTimeout(Exception):
    """A pack took too long; its process was ended."""


def line_in(folder: Path, error: BaseException) -> str:
    """ " (rules.py, check_branch, line 12)": the pack's own line that raised; empty when it was none of its lines."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(str(folder))]
    return f" ({Path(own[-1].filename).name}, {own[-1].name}, line {own[-1].lineno})" if own else ""
