"""A flame graph of our server under MobileHome, by py-spy."""

import subprocess
import threading
import time
from pathlib import Path

from bench.contestants.contestant import Contestant
from bench.load import Load, over_http
from bench.measuring import CONNECTIONS
from bench.operations import ROOT
from bench.processes import BenchFailed
from bench.progress import Progress
from bench.tools import install_py_spy

OUT = ROOT / "docs" / "performance" / "flame.svg"
SECONDS, RATE = 12, 250  # samples a second


def profile(ours: Contestant, kept: Path, progress: Progress) -> None:
    """Twice: as the picture that is kept in docs, and as folded stacks for counting."""
    program = install_py_spy(kept)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    progress.step(f"MobileHome under py-spy, twice {SECONDS} s")
    command = [
        str(program),
        "record",
        "--pid",
        str(ours.process),
        "--duration",
        str(SECONDS),
        "--rate",
        str(RATE),
    ]
    for kind, file in (("flamegraph", OUT), ("raw", kept / "mobile-home.folded")):
        load = Load(CONNECTIONS, SECONDS + 3, warm=1)
        asking = threading.Thread(
            target=over_http, args=(load, ours.requests("MobileHome"), ours.process, ours.process)
        )
        asking.start()
        time.sleep(1)
        done = subprocess.run(
            [*command, "--format", kind, "--output", str(file)], capture_output=True, text=True
        )
        asking.join()
        if done.returncode:
            raise BenchFailed(f"py-spy ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
        file.write_text(file.read_text().replace(str(ROOT), "."))
        progress.step(f"{file.relative_to(ROOT)} is written")
