"""The ordinary server (ordinary_server/) under uvicorn, with the loop and the parser that ours has."""

import os
import sys
from typing import Any

from bench.contestants.contestant import Bench, Requests, contract_bodies
from bench.operations import ROOT
from bench.processes import free_port


class Ordinary:
    name, title = "ordinary", "Strawberry + Tortoise, loaders, caches"
    process = 0

    def start(self, bench: Bench) -> None:
        self.port, self.subjects = free_port(), bench.subjects
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "bench.contestants.ordinary_server.app:app",
            "--port",
            str(self.port),
        ]
        command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--no-access-log"]
        env = os.environ | {"BENCH_SOCKET": bench.socket, "BENCH_MEMBER": bench.subjects.member}
        self.process = bench.processes.start(self.name, command, self.port, ROOT, env)

    def requests(self, operation: str) -> Requests:
        return Requests(self.port, contract_bodies(operation, self.subjects))

    def plain(self, operation: str, data: Any) -> Any:
        return data
