"""How far a pack can be relied on: draft, checked or trusted, each verified and never just claimed.

draft: it loads. checked: every rule has a case that fires and one that stays silent, all cases pass, nothing of the
skeleton is left. trusted: what `plugins.probe` asks for besides. The cases run in a process of their own, so that
a pack that loops is only a gap.
"""

import json
import os
import subprocess
import sys

from plugins.contract import Level
from plugins.pack import HERE, Pack

SECONDS = 120.0


def quality_of(pack: Pack, national: Pack, seconds: float = SECONDS) -> tuple[Level, tuple[str, ...]]:
    """The level reached, and what is missing for the next one; nothing is missing for a trusted pack."""
    gaps = _gaps(pack, national, seconds)
    for reached, asked in ((Level.DRAFT, Level.CHECKED), (Level.CHECKED, Level.TRUSTED)):
        if missing := tuple(gaps.get(asked, ())):
            return reached, missing
    return Level.TRUSTED, ()


def refused_claim(pack: Pack, reached: Level, missing: tuple[str, ...]) -> str | None:
    """Why the quality that the manifest claims does not hold, naming three of what is missing; or None."""
    levels = list(Level)
    claimed = pack.manifest.quality
    if levels.index(reached) >= levels.index(claimed):
        return None
    more = f"; and {len(missing) - 3} more" if len(missing) > 3 else ""
    return f"{pack.id}: claims {claimed} and is {reached}: {'; '.join(missing[:3])}{more}"


def _gaps(pack: Pack, national: Pack, seconds: float) -> dict[str, list[str]]:
    path = os.pathsep.join([str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-P", "-m", "plugins.probe", str(national.folder), str(pack.folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds, env={**os.environ, "PYTHONPATH": path}
        )
        answer: dict[str, list[str]] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {Level.CHECKED: [f"its cases do not end within {seconds:g} s"]}
    except json.JSONDecodeError:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no answer"]
        return {Level.CHECKED: [f"its cases cannot be run: {last[0]}"]}
    return answer
