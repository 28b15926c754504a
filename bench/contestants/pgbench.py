"""The limit: pgbench sends the statements that our server sends, prepared, and nobody does anything in Python."""

import math
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import END_SECONDS, BenchFailed, cpu_seconds

PLACEHOLDER = re.compile(r"\$(\d+)")
SESSION = re.compile(r"^\s*(SELECT pg_advisory_unlock_all|SET LOCAL)", re.IGNORECASE)
OPTIONS = "-c TimeZone=Asia/Shanghai -c jit=off"
NEXT_PAIR = ("\\set i :i + 1", "\\set n 1 + (:client_id * {share} + :i) % {pairs}")


@dataclass(frozen=True)
class Script:
    text: str
    values: dict[str, str]


@dataclass(frozen=True)
class Timed:
    """Transactions that ended within the window, and the CPU that the database used in it."""

    milliseconds: list[float]
    cpu: float


def script(
    statements: Sequence[dict[str, Any]],
    pair: Sequence[str] = (),
    pairs: int = 0,
    clients: int = 16,
) -> Script:
    """A pgbench script of the recorded statements; `$n` becomes a variable, sent as a parameter.

    Of a check-in, `pair` is what was recorded: theme day, member, and the branch's range of paths. Those of another
    one take their place each time, and a new id the place of the one that was made. What Tortoise's pool sends between
    uses of a connection is left out, as our server could do."""
    known: dict[str, str] = {}
    fresh: dict[str, str] = {}
    lines = []
    if pair:
        columns = ("theme_day_id", "member_id", "path", "path_end")
        fresh = {
            recorded: f"(SELECT {column} FROM bench_pair WHERE n = :n)"
            for recorded, column in zip(pair, columns, strict=True)
        } | dict.fromkeys(_made(statements, pair), "md5(:client_id || '-' || :i)::uuid")
        lines += [line.format(share=max(1, pairs // clients), pairs=pairs) for line in NEXT_PAIR]
    for statement in statements:
        sql = str(statement["sql"]).strip().rstrip(";")
        if SESSION.match(sql):
            lines += [f"{part.strip()};" for part in sql.split(";")] if sql.startswith("SET") else []
            continue

        def value(match: re.Match[str], values: list[str | None] = statement["values"]) -> str:
            given = values[int(match[1]) - 1]
            if given is None:
                return "NULL"
            if given in fresh:
                return fresh[given]
            return f":{known.setdefault(given, f'v{len(known)}')}"

        if re.search(r"(?<!:):[A-Za-z_]", sql):
            raise BenchFailed("a statement holds what pgbench would take for a variable")
        # One line: a line's end would not end the statement, but a comment's would.
        lines.append(f"{' '.join(PLACEHOLDER.sub(value, sql).split())};")
    return Script("\n".join(lines) + "\n", {name: given for given, name in known.items()})


def _made(statements: Sequence[dict[str, Any]], pair: Sequence[str]) -> list[str]:
    """Ids that the server made: bound into an INSERT first, and read by later on."""
    inserts = [
        each for each in statements if "INSERT INTO" in each["sql"] and "attendance" in each["sql"].lower()
    ]
    return [str(each["values"][0]) for each in inserts if each["values"] and each["values"][0] not in pair]


def run(
    program: Path, socket: str, script: Script, clients: int, warm: float, seconds: float, database: int
) -> Timed:
    """What counts begins after `warm`, when every connection has planned its statements."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script.text, "utf-8")
        command = [str(program), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
        command += [
            "-T",
            str(math.ceil(warm + seconds + 0.5)),
            "-l",
            "--log-prefix",
            f"{folder}/log",
            "-f",
            str(file),
        ]
        for name, given in {**script.values, "i": "0"}.items():
            command += ["-D", f"{name}={given}"]
        command += ["-h", socket, "-U", "dangjian", "dangjian"]
        env = {"PGOPTIONS": OPTIONS, "PATH": os.defpath}
        with subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                time.sleep(warm)
                began, before = time.time(), cpu_seconds(database)
                time.sleep(seconds)
                ended, after = time.time(), cpu_seconds(database)
                said, _ = process.communicate(timeout=END_SECONDS)
            finally:
                process.kill()
        if process.returncode:
            raise BenchFailed(f"pgbench ended with status {process.returncode}: {said.strip()[-400:]}")
        lines = [line for log in Path(folder).glob("log.*") for line in log.read_text("ascii").splitlines()]
    return Timed(within(lines, began, ended), after - before)


def within(lines: Iterable[str], began: float, ended: float) -> list[float]:
    """Of pgbench's log (client, number, microseconds, script, second, microsecond) the times in ms of the window."""
    parts = (line.split() for line in lines)
    return [int(part[2]) / 1000 for part in parts if began <= int(part[4]) + int(part[5]) / 1e6 <= ended]
