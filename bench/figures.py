"""From runs to figures: medians over rounds, ratios within rounds. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

OURS = "ours"


@dataclass(frozen=True)
class Run:
    """One contestant under one load. Times in milliseconds."""

    round: int
    operation: str
    contestant: str
    rate: float
    """Requests a second."""
    p50: float
    p99: float
    server_ms: float
    """CPU of the server's processes for one request."""
    database_ms: float
    client_ms: float
    """CPU of the load generator for one request."""
    requests: int


def percentile(sorted_times: list[float], share: float) -> float:
    """The smallest time that `share` of them do not exceed."""
    if not sorted_times:
        raise ValueError("nothing was answered")
    place = max(0, -(-len(sorted_times) * round(share * 1000) // 1000) - 1)
    return sorted_times[place]


def medians(runs: Iterable[Run], figure: Callable[[Run], float]) -> dict[str, dict[str, float]]:
    """operation -> contestant -> the median of the rounds."""
    found: dict[str, dict[str, list[float]]] = {}
    for run in runs:
        found.setdefault(run.operation, {}).setdefault(run.contestant, []).append(figure(run))
    return {
        operation: {contestant: median(values) for contestant, values in by.items()}
        for operation, by in found.items()
    }


def ratios(runs: Iterable[Run]) -> dict[str, dict[str, float]]:
    """How often we answer while another answers once; each ratio within a round, then the median of the rounds."""
    rates = {(run.operation, run.round, run.contestant): run.rate for run in runs}
    found: dict[str, dict[str, list[float]]] = {}
    for (operation, number, contestant), rate in rates.items():
        mine = rates.get((operation, number, OURS))
        if contestant != OURS and mine is not None and rate > 0:
            found.setdefault(operation, {}).setdefault(contestant, []).append(mine / rate)
    return {
        operation: {contestant: median(values) for contestant, values in by.items()}
        for operation, by in found.items()
    }


@dataclass(frozen=True)
class Measured:
    """Everything that a run of the bench found, and where."""

    facts: dict[str, str]
    full: list[Run]
    quiet: list[Run]
    half: list[Run]
    extra: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        server, database = (
            medians(self.full, lambda run: run.server_ms),
            medians(self.full, lambda run: run.database_ms),
        )
        return {
            "ratios": _rounded(ratios(self.full)),
            "p99_at_half_load": _rounded(medians(self.half, lambda run: run.p99)),
            "cpu_ms": {
                operation: {
                    contestant: {
                        "server": round(server[operation][contestant], 3),
                        "database": round(database[operation][contestant], 3),
                    }
                    for contestant in by
                }
                for operation, by in server.items()
            },
        }

    def kept(self) -> dict[str, Any]:
        """All of it, to be kept and read again."""
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Measured":
        lists = {name: [Run(**run) for run in kept[name]] for name in ("full", "quiet", "half")}
        return cls(facts=kept["facts"], extra=kept["extra"], **lists)


def _rounded(figures: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        operation: {name: float(f"{value:.3g}") for name, value in by.items()}
        for operation, by in figures.items()
    }
