"""Asking the rule packs for an answer: in the process for judging, with a limit, never at the reader's cost.

A pack that loops or raises costs its findings: in their place stands one that says so, and everything else is answered.
"""

import time
from collections.abc import Sequence
from typing import Any

import structlog

from plugins.contract import Finding, Severity
from plugins.errors import PackFailed, PackTimeout
from plugins.facts import Facts
from resolvers.compiler.request import Request
from resolvers.findings import as_row
from resolvers.rules import county_rules

SECONDS = 5.0  # for one answer's facts, at most some hundred; a pack takes milliseconds for them
REST = 30.0  # after a pack did not come back, its county is not asked again for so long

_resting: dict[str, tuple[float, PackTimeout]] = {}
log = structlog.get_logger()


async def judged(
    request: Request, noun: str, facts: Sequence[Facts], county: str | None = None
) -> list[tuple[Finding, ...]]:
    """The findings for each of the facts, in order; PACK_FAILED for each when a pack cannot answer. By the rules of
    the reader's county unless another is asked for."""
    if not facts:
        return []
    county = county_rules(request).rules.county if county is None else county
    until, last = _resting.get(county, (0.0, None))
    try:
        if last is not None and time.monotonic() < until:
            raise last
        found: list[tuple[Finding, ...]] = await request.app.judging.judge_all_async(
            noun, county, facts, SECONDS
        )
        return found
    except (PackFailed, PackTimeout) as error:
        if isinstance(error, PackTimeout) and error is not last:
            _resting[county] = (time.monotonic() + REST, error)
        log.error("rule pack failed", county=county, noun=noun, reason=str(error))
        return [(_failed(error),)] * len(facts)


async def judged_rows(request: Request, noun: str, facts: Sequence[Facts]) -> list[list[dict[str, Any]]]:
    """The same as they are answered."""
    return [[as_row(finding) for finding in found] for found in await judged(request, noun, facts)]


def _failed(error: Exception) -> Finding:
    return Finding(
        code="PACK_FAILED",
        severity=Severity.NOTE,
        message=f"规则包运行失败，没有作出判断，请联系规则包的维护人员：{error}",
        citation="",
        proposes=None,
        rule_pack=str(error).partition(":")[0],
        rule_version="",
    )
