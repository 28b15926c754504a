"""Our server: one worker, over HTTP, with everything on that a production server has."""

import os
import secrets
import sys
from typing import Any

from bench.contestants.contestant import Bench, Requests, contract_bodies
from bench.operations import ROOT
from bench.processes import free_port

SERVE = "from cli import main; main()"
SECRET = secrets.token_urlsafe(32)  # of this run
# Sign-in, access, registered documents, a budget that is counted and never met, the sealed audit trail.
SETTINGS = {
    "DANGJIAN_SECRET": SECRET,
    "DANGJIAN_WORKERS": "1",
    "DANGJIAN_BUDGET_PER_MINUTE": "1000000000",
    "DANGJIAN_TRUSTED_DOCUMENTS": "true",
    "DANGJIAN_AUDIT_SEAL_SECONDS": "5",
    "DANGJIAN_OFFICIALS_NEED_CODE": "false",  # the bench has no phone to make codes with
    "DANGJIAN_TOKEN_MINUTES": "720",
    "DANGJIAN_SESSION_IDLE_MINUTES": "1440",
    "DANGJIAN_LOG_LEVEL": "WARNING",
}


def environment(data: os.PathLike[str], port: int = 0) -> dict[str, str]:
    """Nothing of the caller's own settings: the figures are of these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DANGJIAN_")}
    return kept | SETTINGS | {"DANGJIAN_VAR": str(data), "DANGJIAN_PORT": str(port)}


class Ours:
    name, title = "ours", "**dangjian-cloud**, one worker, all on"
    process = 0

    def start(self, bench: Bench) -> None:
        self.port, self.subjects = free_port(), bench.subjects
        command = [sys.executable, "-c", SERVE, "serve", "--no-demo"]
        self.process = bench.processes.start(
            self.name, command, self.port, ROOT, environment(bench.data, self.port)
        )

    def requests(self, operation: str) -> Requests:
        return Requests(self.port, contract_bodies(operation, self.subjects), self.subjects.tokens[operation])

    def plain(self, operation: str, data: Any) -> Any:
        return data
