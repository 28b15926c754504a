"""The Node packages of these tests: installed once for each lock file, beside what pytest caches."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from graphiql.build import INSTALL, environment, run, toolchain


@dataclass(frozen=True)
class Installed:
    """`folder` holds the scripts beside their packages."""

    folder: Path
    node: str

    def command(self, script: str, *arguments: str | Path) -> list[str]:
        return [self.node, str(self.folder / script), *map(str, arguments)]

    def run(self, script: str, *arguments: str | Path) -> str:
        command = self.command(script, *arguments)
        ended = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, env=self.environment
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.node, self.folder)


def installed(sources: Path, cache: Path) -> Installed:
    """Without a Node on PATH the one that also builds the page is brought from PyPI."""
    files = [
        path
        for path in sorted(sources.iterdir())
        if path.suffix in {".json", ".mjs"} or path.name == ".npmrc"
    ]
    log = cache / "install.log"
    node, npm = toolchain(cache / "node", log)
    version = hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache / version
    if not folder.is_dir():
        draft = cache / f"{version}.{os.getpid()}"
        draft.mkdir()
        for file in files:
            shutil.copy(file, draft)
        run(
            "installing the packages of the federation tests",
            [*npm, *INSTALL],
            log,
            cwd=draft,
            env=environment(node, cache),
        )
        try:
            draft.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(draft)
    for file in files:  # scripts may be newer than the packages
        shutil.copy(file, folder)
    return Installed(folder, node)
