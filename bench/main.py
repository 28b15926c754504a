"""scripts/bench: starts everybody on loopback, compares, measures, writes docs/performance.md. See --help."""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt

from bench import county, facts, measuring, profiling, report, tools
from bench.contestants.contestant import Bench, Contestant, Requests, bodies
from bench.contestants.mercurius import Mercurius
from bench.contestants.ordinary import Ordinary
from bench.contestants.ours import SECRET, Ours, environment
from bench.contestants.pgbench import Script
from bench.contestants.pgbench import script as pgbench_script
from bench.contestants.postgraphile import PostGraphile
from bench.figures import OURS, Measured, Run
from bench.measuring import PGBENCH, Course
from bench.operations import OPERATIONS, ROOT, Subjects, contract
from bench.processes import BenchFailed, Processes
from bench.progress import Progress
from runtime.postgres import EmbeddedPostgres, programs

KEPT = ROOT / "var" / "bench"
CONTESTANTS: dict[str, type[Contestant]] = {
    OURS: Ours,
    "postgraphile": PostGraphile,
    "mercurius": Mercurius,
    "ordinary": Ordinary,
}
SIGNED_IN = {
    "MobileHome": "member",
    "BranchRoster": "town",  # the secretary himself would read his own phone whole
    "FloatingMembers": "office",
    "CountyDashboard": "office",
    "CheckIn": county.SECRETARY,
}
PASSWORD = "demo-only"
UNSEALED = {
    "DANGJIAN_AUDIT_SEAL_SECONDS": "0"
}  # while recording: sealing goes on beside, and is nobody's request


def main() -> int:
    options = _options()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it starts beside
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    progress = Progress()
    try:
        measured = run(options, progress)
    except BenchFailed as failed:
        print(f"\nbench: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbench: stopped; everything that it started has ended", file=sys.stderr)
        return 130
    if measured is None:
        return 0
    if options.json:
        print(json.dumps(measured.as_json(), indent=2))
    else:
        print(report.tables(measured))
    return 0


def run(options: argparse.Namespace, progress: Progress) -> Measured | None:
    """Everything, from nothing to the page. None after --profile."""
    load_before = os.getloadavg()[0]
    progress.step("Node and the contestants' packages (var/bench; the first time they are fetched)")
    node = tools.install_node(KEPT)
    progress.step("the demo county (var/bench/data; made when the program changed)")
    county.make_county(KEPT / "data")
    with asyncio.Runner() as runner, Processes(KEPT / "logs") as processes:
        stack = AsyncExitStack()
        try:
            server = EmbeddedPostgres(KEPT / "data").running()
            credentials = runner.run(stack.enter_async_context(server))
            progress.step("theme days of today, functions for PostGraphile")
            subjects = runner.run(county.prepare(credentials))
            bench = Bench(processes, KEPT / "data", str(credentials["host"]), subjects, node)
            contestants = _started(options.contestants, bench, progress)
            if options.profile:
                profiling.profile(contestants[0], KEPT, progress)
                return None
            course = _course(options, contestants, subjects, credentials, progress)
            versions = runner.run(county.describe(credentials))
            measured = _measured(course, facts.collect(node, versions, load_before, course.lengths))
        finally:
            processes.__exit__()
            runner.run(stack.aclose())
    if set(options.only) == set(OPERATIONS) and set(options.contestants) == {*CONTESTANTS, PGBENCH}:
        report.write(measured)
        (KEPT / "measured.json").write_text(json.dumps(measured.kept()), "utf-8")
        progress.step("docs/performance.md is written")
    return measured


def _started(names: list[str], bench: Bench, progress: Progress) -> list[Contestant]:
    """Ours first, which also tells who may ask."""
    contestants: list[Contestant] = []
    for name, kind in CONTESTANTS.items():
        if name in names or name == OURS:  # the others' answers are compared with ours
            progress.step(f"starting {name}")
            contestant = kind()
            contestant.start(bench)
            contestants.append(contestant)
            if name == OURS:
                bench.subjects.tokens.update(_tokens(contestant, bench.subjects))
    return contestants


def _tokens(ours: Contestant, subjects: Subjects) -> dict[str, list[str]]:
    """Signed in as whoever sends the operation: a member's app, a town's, the office's page, the branches' secretaries.

    There is one account of a secretary, of the whole county; its token is signed anew for the place of each branch,
    since signing in five hundred times would take longer than all the rest."""
    port = getattr(ours, "port", 0)
    text, by_name = contract()["SignIn"], dict[str, str]()
    for username in set(SIGNED_IN.values()):
        given = {"username": username, "password": PASSWORD}
        answer = measuring.ask(Requests(port, bodies(text, "SignIn", [given])))
        found = ((answer.get("data") or {}).get("signIn") or {}).get("token")
        if found is None:
            raise BenchFailed(f"{username} cannot sign in: {str(answer)[:300]}")
        by_name[username] = found
    tokens = {operation: [by_name[username]] for operation, username in SIGNED_IN.items()}
    claims = jwt.decode(by_name[county.SECRETARY], SECRET, algorithms=["HS256"])
    whole = min(subjects.paths, key=len).partition("/")[0] + "/"
    by_path = {path: _placed(claims, whole, path) for path in set(subjects.paths)}
    return tokens | {"CheckIn": [by_path[path] for path in subjects.paths]}


def _placed(claims: dict[str, Any], whole: str, path: str) -> str:
    """A token with the branch's path in the place of the county's."""

    def moved(value: Any) -> Any:
        if isinstance(value, list):
            return [moved(each) for each in value]
        if isinstance(value, dict):
            return {key: moved(each) for key, each in value.items()}
        return path if isinstance(value, str) and value.startswith(whole) else value

    return jwt.encode(moved(claims), SECRET, algorithm="HS256")


def _course(
    options: argparse.Namespace,
    contestants: list[Contestant],
    subjects: Subjects,
    credentials: dict[str, Any],
    progress: Progress,
) -> Course:
    postmaster = int((KEPT / "data/postgres/data/postmaster.pid").read_text("ascii").split()[0])
    lengths = measuring.SHORT if options.short else measuring.FULL
    lengths = replace(lengths, rounds=options.rounds or lengths.rounds, full=options.seconds or lengths.full)
    course = Course(options.only, contestants, {}, _pgbench(), credentials, postmaster, lengths, progress)
    progress.step("comparing the answers")
    measuring.check_answers(course)
    if PGBENCH not in options.contestants:
        return course
    progress.step("recording our statements for pgbench")
    scripts = _recorded(contestants[0], options.only, subjects)
    course.clear("CheckIn")
    return replace(course, scripts=scripts)


def _pgbench() -> Path:
    """Of the embedded PostgreSQL, else the system's."""
    beside = programs() / "pgbench"
    found = str(beside) if beside.is_file() else shutil.which("pgbench")
    if found is None:
        raise BenchFailed(
            "there is no pgbench beside PostgreSQL nor on PATH; leave it out with --contestants"
        )
    return Path(found)


def _recorded(ours: Contestant, operations: list[str], subjects: Subjects) -> dict[str, Script]:
    requests = {}
    for operation in operations:
        asked = ours.requests(operation)
        sent = list(asked.bodies[:2])
        requests[operation] = {"bodies": sent, "headers": [asked.headers(at) for at in range(len(sent))]}
    done = subprocess.run(
        [sys.executable, "-m", "bench.recorder"], input=json.dumps(requests), capture_output=True, text=True,
        cwd=ROOT, env=environment(KEPT / "data") | UNSEALED,
    )  # fmt: skip
    if done.returncode:
        raise BenchFailed(f"our statements could not be recorded: {done.stderr.strip()[-600:]}")
    path = subjects.paths[1]
    pair = (*subjects.pairs[1], path, f"{path[:-1]}0")
    return {
        operation: pgbench_script(
            statements, *((pair, len(subjects.pairs)) if operation == "CheckIn" else ())
        )
        for operation, statements in json.loads(done.stdout).items()
    }


def _measured(course: Course, found: dict[str, str]) -> Measured:
    progress = course.progress
    progress.step(f"{course.lengths.rounds} rounds of {', '.join(course.names)}")
    full: list[Run] = measuring.measure_rounds(course)
    progress.step("one quiet client")
    quiet = measuring.measure_quiet(course)
    progress.step("half load")
    half = measuring.measure_half(course, full)
    return Measured(found, full, quiet, half, {each.name: each.title for each in course.contestants})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Our server beside PostGraphile 5, Mercurius and an ordinary Strawberry + Tortoise server, on one "
        "database; pgbench with our own statements is the limit. A run of everything writes docs/performance.md.",
    )
    parser.add_argument("--short", action="store_true", help="under eight minutes: fewer and shorter rounds")
    parser.add_argument(
        "--json", action="store_true", help="print the figures as JSON; progress goes to standard error"
    )
    parser.add_argument("--only", type=_list(OPERATIONS), default=list(OPERATIONS), metavar="OPERATION,…")
    everybody = (*CONTESTANTS, PGBENCH)
    parser.add_argument("--contestants", type=_list(everybody), default=list(everybody), metavar="NAME,…")
    parser.add_argument("--rounds", type=int, help="how many; else 5, or 3 with --short")
    parser.add_argument("--seconds", type=float, help="of each run; else 8, or 2 with --short")
    parser.add_argument("--profile", action="store_true",
                        help="only a flame graph of our server under MobileHome, in docs/performance/")  # fmt: skip
    options = parser.parse_args()
    if options.profile:
        options.contestants = [OURS]
    return options


def _list(known: tuple[str, ...]) -> Any:
    def read(text: str) -> list[str]:
        asked = text.split(",")
        if unknown := [each for each in asked if each not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(known)}")
        return [each for each in known if each in asked]

    return read


if __name__ == "__main__":
    sys.exit(main())
