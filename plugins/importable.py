"""Whether a pack kept elsewhere comes back when it is imported.

It is tried in a process of its own first: a file that loops outside its functions would hang the start, and the
operator would not learn which pack it is. As a program: plugins.importable FOLDER SECONDS.
"""

import faulthandler
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from plugins.errors import BrokenPack
from plugins.found import content_of

SECONDS = 10.0
START_SECONDS = 60.0  # for the process to begin, on a machine that has much to do
_proven: set[str] = set()  # what has come back once in this process; the same files need no second process


def require_importable(pack_id: str, folder: Path, seconds: float | None = None) -> None:
    """BrokenPack with the file and line at which the import stays. What it raises is left to the import itself."""
    limit = SECONDS if seconds is None else seconds
    content = content_of(folder, ".py")
    if content in _proven:
        return
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-P", "-m", "plugins.importable", str(folder), str(limit)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=limit + START_SECONDS,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired as error:
        raise BrokenPack(f"{pack_id}: rules.py does not come back while it is imported") from error
    said = done.stderr.decode(errors="replace")
    if said.startswith("Timeout"):
        raise BrokenPack(
            f"{pack_id}: {_where(said, folder)} does not come back within {limit:g} s while it is imported; "
            "a pack does its work in functions"
        )
    if done.returncode != 0:
        raise BrokenPack(f"{pack_id}: rules.py ends the whole program while it is imported")
    _proven.add(content)


def _where(said: str, folder: Path) -> str:
    """The innermost line of the pack in the traceback that faulthandler wrote."""
    for file, line in re.findall(r'File "(.+?)", line (\d+)', said):
        if Path(file).is_relative_to(folder):
            return f"{Path(file).name}, line {line}"
    return "rules.py"


def _main(folder: str, seconds: str) -> None:
    from plugins.pack import import_rules

    faulthandler.dump_traceback_later(float(seconds), exit=True)
    with suppress(Exception):
        import_rules(Path(folder))
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    _main(*sys.argv[1:])
