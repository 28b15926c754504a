"""docs/performance.md and its plot: every figure from the run, none typed by hand."""

from collections.abc import Callable, Iterable
from pathlib import Path

from bench.facts import was_busy
from bench.figures import OURS, Measured, Run, medians, ratios
from bench.operations import ROOT
from bench.plot import ratios_plot

PAGE = ROOT / "docs" / "performance.md"
PLOT = Path("performance") / "ratios.svg"
LIMIT = "pgbench with our statements, prepared (the limit)"

TEXT = """# Performance

Made by `scripts/bench`; no figure is typed by hand. Measured {measured} (China): {way}.
{busy}
| | |
|---|---|
| machine | {machine} |
| database | {database}, embedded; everybody over its socket, 10 connections each |
| data | our demo county: {county} |
| Python | {python} |
| Node | {node} |

Five operations of the contract. Before anything is timed, each answer of everybody else is compared with ours, value
by value. Then rounds: for each operation everybody in turn, each one process (pgbench: {connections} clients).
Ratios are made within a round, then the median of the rounds is taken.

**What everybody does, and does not.** Ours checks the token, puts what the reader may see into each FROM, masks
values, counts a budget, takes registered documents only; a check-in, by the secretary of each member's branch, asks
the rule pack, writes an audit entry in the same transaction and announces itself. The others do none of that: they
answer the same values for whoever asks, with the rule's numbers written into them, and a check-in is one INSERT. So of
CheckIn the column of pgbench is the fairer one. pgbench sends the statements that ours sends, its values as
parameters; of a check-in it leaves out the reset that Tortoise's pool sends afterwards. What is sealed later of the
audit trail is in nobody's figures.

![How often ours answers while another answers once]({plot})

## How often ours answers while another answers once
{ratios}
Of pgbench: which share of the limit is reached.

## Requests per second
{rates}
## Time of an answer at 16 connections, p50 / p99 in ms
{times}
## Time of an answer for one quiet client, p50 / p99 in ms
{quiet}
## p99 at half load, in ms
Everybody is asked, at even distances, half as often as the slowest of them can answer; an answer's time counts from
when its request was due.
{half}
## CPU for one request, server + PostgreSQL, in ms
{cpu}
From `/proc/<pid>/stat`, of the server with its children and of PostgreSQL with all its processes. The load generator
(`bench/client.py`, uvloop) used {client} ms a request itself.

## Doing it again
`scripts/bench` (about half an hour), `scripts/bench --short` (under eight minutes), `scripts/bench --only MobileHome
--contestants ours,pgbench` for quick work (writes nothing here), `scripts/bench --profile` for
[a flame graph](performance/flame.svg) of our server under MobileHome. The first run fetches Node from PyPI and the
contestants from npm (`bench/node/package-lock.json`) into `var/bench`.
"""


def write(measured: Measured) -> None:
    plot = PAGE.parent / PLOT
    plot.parent.mkdir(parents=True, exist_ok=True)
    title = "How often ours answers while another answers once"
    plot.write_text(ratios_plot(ratios(measured.full), title), "utf-8")
    PAGE.write_text(page(measured), "utf-8")


def page(measured: Measured) -> str:
    clients = [run.client_ms for run in measured.full if run.client_ms]
    busy = (
        f"\n**Measured beside other work**: the load average before the start was {measured.facts['load']}; ratios "
        "within a round bear that better than the figures themselves.\n"
        if was_busy(measured.facts)
        else ""
    )
    facts = {name: text for name, text in measured.facts.items() if name != "load"}
    client = f"{min(clients):.2f} to {max(clients):.2f}" if clients else "no"
    return TEXT.format(**facts, **_sections(measured), busy=busy, plot=PLOT, client=client, connections=16)


def tables(measured: Measured) -> str:
    """The same tables for a terminal."""
    parts = _sections(measured)
    if was_busy(measured.facts):
        parts["busy"] = (
            f"Measured beside other work (load average {measured.facts['load']} before the start)."
        )
    return "\n".join(f"{name}\n{text}" for name, text in parts.items())


def _sections(measured: Measured) -> dict[str, str]:
    full, titles = measured.full, {**measured.extra, "pgbench": LIMIT}
    others = {name: title for name, title in titles.items() if name != OURS}

    def both(
        first: Callable[[Run], float], second: Callable[[Run], float], joint: str, runs: list[Run]
    ) -> str:
        return table(
            titles, medians(runs, first), lambda *pair: joint.join(map(number, pair)), medians(runs, second)
        )

    return {
        "ratios": table(others, ratios(full), number),
        "rates": table(titles, medians(full, lambda run: run.rate), number),
        "times": both(lambda run: run.p50, lambda run: run.p99, " / ", full),
        "quiet": both(lambda run: run.p50, lambda run: run.p99, " / ", measured.quiet),
        "half": table(
            titles,
            medians(measured.half, lambda run: run.p99),
            number,
            head=lambda operation: f"{operation} ({number(_asked(measured.half, operation))}/s)",
        ),
        "cpu": both(lambda run: run.server_ms, lambda run: run.database_ms, " + ", full),
    }


def _asked(runs: Iterable[Run], operation: str) -> float:
    return next(run.rate for run in runs if run.operation == operation)


def table(
    titles: dict[str, str],
    figures: dict[str, dict[str, float]],
    spell: Callable[..., str],
    *more: dict[str, dict[str, float]],
    head: Callable[[str], str] = str,
) -> str:
    """A contestant a line, an operation a column; contestants without any figure are left out."""
    lines = [
        "",
        f"| | {' | '.join(head(operation) for operation in figures)} |",
        f"|---|{'---|' * len(figures)}",
    ]
    for name, title in titles.items():
        cells = [
            spell(*(each[operation][name] for each in (figures, *more))) if name in figures[operation] else ""
            for operation in figures
        ]
        if any(cells):
            lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def number(value: float) -> str:
    """Three digits, thousands apart: 2,440, 81.3, 0.18."""
    if value >= 100:
        return f"{float(f'{value:.3g}') if value < 1000 else round(value):,.0f}"
    return f"{value:.3g}" if value >= 0.1 or value == 0 else f"{value:.2f}"
