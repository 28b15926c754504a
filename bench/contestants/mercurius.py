"""Mercurius with JIT over pg (bench/node/mercurius.mjs). It serves the contract's own documents."""

from pathlib import Path
from typing import Any

from bench.contestants.contestant import Bench, Requests, contract_bodies
from bench.processes import free_port

HERE = Path(__file__).resolve().parent


class Mercurius:
    name, title = "mercurius", "Mercurius with JIT + pg"
    process = 0

    def start(self, bench: Bench) -> None:
        self.port, self.subjects = free_port(), bench.subjects
        arguments = [bench.socket, str(self.port), str(HERE), bench.subjects.member]
        self.process = bench.node.start(bench.processes, self.name, "mercurius.mjs", arguments, self.port)

    def requests(self, operation: str) -> Requests:
        return Requests(self.port, contract_bodies(operation, self.subjects))

    def plain(self, operation: str, data: Any) -> Any:
        return data
