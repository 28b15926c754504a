"""The parts that a running application consists of; writes and computed fields find them in `request.app`."""

from dataclasses import dataclass, field
from typing import Any

from plugins.bulk import Worker
from resolvers.accounts.sessions import EndedSessions
from resolvers.rule_packs.county_rules_cache import CountyRulesCache
from resolvers.sealing import Sealing
from runtime.bus import Bus
from runtime.database import Database
from runtime.identity_service import IdentityService
from runtime.jobs import Jobs
from runtime.tokens import Tokens


@dataclass
class Application:
    settings: Any
    database: Database
    bus: Bus
    rules: CountyRulesCache
    judging: Worker
    tokens: Tokens
    signing_secret: str
    sealing: Sealing
    sessions: EndedSessions
    identity: IdentityService | None = None
    jobs: Jobs = field(default_factory=Jobs)
