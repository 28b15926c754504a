"""What the bench needs to know of a contestant that answers over HTTP."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench.operations import Subjects, contract, variables
from bench.processes import Processes
from bench.tools import Node


@dataclass(frozen=True)
class Bench:
    """What everybody gets: the database's socket, the data's directory, Node, and who keeps the processes."""

    processes: Processes
    data: Path
    socket: str
    subjects: Subjects
    node: Node


@dataclass(frozen=True)
class Requests:
    """Bodies to be sent one after the other, over and over."""

    port: int
    bodies: Sequence[str]
    tokens: Sequence[str] = ()
    """None, one for all bodies, or one for each."""
    path: str = "/graphql"

    def headers(self, at: int = 0) -> dict[str, str]:
        if not self.tokens:
            return {}
        return {"Authorization": f"Bearer {self.tokens[at % len(self.tokens)]}"}


class Contestant(Protocol):
    name: str
    title: str
    """For tables."""
    process: int
    """Of the server; CPU is counted with all that is below it."""

    def start(self, bench: Bench) -> None: ...

    def requests(self, operation: str) -> Requests: ...

    def plain(self, operation: str, data: Any) -> Any:
        """The answer's data in the form of ours."""


def contract_bodies(operation: str, subjects: Subjects) -> list[str]:
    """The operation as the contract has it."""
    return bodies(contract()[operation], operation, variables(operation, subjects))


def bodies(text: str, operation: str, given: list[dict[str, Any]]) -> list[str]:
    return [json.dumps({"query": text, "operationName": operation, "variables": each}) for each in given]
