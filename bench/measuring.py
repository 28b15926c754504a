"""The order of it: everybody answers the same first; then rounds, A B C D A B C D, each operation in turn; then the
quiet client and the half load."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import county, same
from bench.contestants.contestant import Contestant, Requests
from bench.contestants.pgbench import Script
from bench.figures import OURS, Run, medians
from bench.load import Found, Load, over_http, over_pgbench
from bench.processes import BenchFailed
from bench.progress import Progress

CONNECTIONS = 16
PGBENCH = "pgbench"
PGBENCH_WARM_SECONDS = 1.5  # each of its connections plans for itself
SEALING_SECONDS = 6.0  # what our check-ins leave to be sealed must not weigh on who comes next


@dataclass(frozen=True)
class Lengths:
    """Seconds of each kind of run, and how many rounds."""

    rounds: int
    warm: float
    full: float
    quiet: float
    half: float


FULL = Lengths(rounds=5, warm=2.0, full=8.0, quiet=4.0, half=10.0)
SHORT = Lengths(rounds=3, warm=0.4, full=1.6, quiet=1.0, half=3.0)


@dataclass(frozen=True)
class Course:
    """Who is measured, on what, and with what."""

    operations: Sequence[str]
    contestants: Sequence[Contestant]
    scripts: Mapping[str, Script]
    """For pgbench; empty when it does not take part."""
    pgbench: Path
    credentials: Mapping[str, Any]
    postmaster: int
    lengths: Lengths
    progress: Progress

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.contestants] + ([PGBENCH] if self.scripts else [])

    def clear(self, operation: str) -> None:
        if operation == "CheckIn":
            asyncio.run(county.clear_check_ins(dict(self.credentials)))


def check_answers(course: Course) -> None:
    """Each operation's answer of everybody else equals ours, else BenchFailed says where it differs."""
    ours = next(each for each in course.contestants if each.name == OURS)
    for operation in course.operations:
        wanted = _answer(ours, operation)
        for other in course.contestants:
            if other is ours:
                continue
            course.clear(operation)
            found = _answer(other, operation)
            if differs := same.difference(wanted, found):
                raise BenchFailed(f"{other.name} answers {operation} differently: {differs}")
        course.clear(operation)


def _answer(contestant: Contestant, operation: str) -> Any:
    requests = contestant.requests(operation)
    answer = ask(requests)
    if "errors" in answer or answer.get("data") is None:
        raise BenchFailed(f"{contestant.name} does not answer {operation}: {str(answer)[:500]}")
    plain = same.canonical(contestant.plain(operation, answer["data"]))
    if operation != "CheckIn":
        return plain
    if plain["checkIn"]["refusals"]:
        raise BenchFailed(f"{contestant.name} refuses to check in: {plain['checkIn']['refusals']}")
    again = same.canonical(contestant.plain(operation, ask(requests)["data"]))
    if again["checkIn"]["attendance"]["id"] != plain["checkIn"]["attendance"]["id"]:
        raise BenchFailed(f"{contestant.name} checks in twice")
    return same.without_made(plain)


def ask(requests: Requests) -> Any:
    """The answer to the first body."""
    message = urllib.request.Request(
        f"http://127.0.0.1:{requests.port}{requests.path}",
        data=requests.bodies[0].encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json", **requests.headers()},
    )
    try:
        with urllib.request.urlopen(message, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        return {"errors": error.read().decode("utf-8", "replace")[:500]}


def measure_rounds(course: Course) -> list[Run]:
    """16 connections that ask as fast as they are answered."""
    lengths, runs = course.lengths, list[Run]()
    load = Load(CONNECTIONS, lengths.full, lengths.warm)
    total = lengths.rounds * len(course.operations) * len(course.names)
    for number in range(lengths.rounds):
        for operation in course.operations:
            for name in course.names:
                runs.append(_one(course, name, operation, load)(number, operation, name))
                course.progress.at("rounds", len(runs), total, f"{operation} {name}: {runs[-1].rate:,.0f}/s")
    return runs


def measure_quiet(course: Course) -> list[Run]:
    """One connection: how long an answer takes when nobody else asks."""
    runs, load = list[Run](), Load(1, course.lengths.quiet, course.lengths.warm / 2)
    total = len(course.operations) * len(course.names)
    for operation in course.operations:
        for name in course.names:
            runs.append(_one(course, name, operation, load)(0, operation, name))
            course.progress.at("one client", len(runs), total, f"{operation} {name}: {runs[-1].p50:.2f} ms")
    return runs


def measure_half(course: Course, full: Sequence[Run]) -> list[Run]:
    """Everybody is asked half as often as the slowest of them can answer, at even distances."""
    runs, rates = list[Run](), medians(full, lambda run: run.rate)
    total = len(course.operations) * len(course.contestants)
    for operation in course.operations:
        rate = min(rates[operation][each.name] for each in course.contestants) / 2
        for each in course.contestants:
            load = Load(CONNECTIONS, course.lengths.half, rate=rate)
            runs.append(_one(course, each.name, operation, load)(0, operation, each.name))
            course.progress.at(
                "half load", len(runs), total, f"{operation} {each.name}: {runs[-1].p99:.1f} ms"
            )
    return runs


def _one(course: Course, name: str, operation: str, load: Load) -> Found:
    course.clear(operation)
    if name == PGBENCH:
        load = replace(load, warm=max(load.warm, PGBENCH_WARM_SECONDS))
        socket = str(course.credentials["host"])
        return over_pgbench(load, course.scripts[operation], course.pgbench, socket, course.postmaster)
    contestant = next(each for each in course.contestants if each.name == name)
    try:
        found = over_http(load, contestant.requests(operation), contestant.process, course.postmaster)
    except BenchFailed as failed:
        raise BenchFailed(f"{name}, {operation}: {failed}") from None
    if name == OURS and operation == "CheckIn":
        time.sleep(SEALING_SECONDS)
    return found
