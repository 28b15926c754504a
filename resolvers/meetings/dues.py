"""Membership dues (党费): what is due for a month. A calculator only: nothing is kept, and there is no ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from plugins.dues import dues_of
from plugins.facts import DuesFacts
from plugins.timeline import Timeline
from resolvers.calculations import ON, SEEN_COUNTY, is_signed_in, rules_asked_for, texts_in_force
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.findings import as_row
from resolvers.judging import judged
from resolvers.refusals import Refusals

HIGHEST_BASE = 10_000_000  # yuan a month; more is a slip, and fen are exact far beyond it
RULE = "DUES_SHORT"  # the rule that says how much is due


async def _dues(rows: Sequence[Row], request: Request) -> list[dict[str, Any] | None]:
    if not is_signed_in(request):
        return [None] * len(rows)
    return [await _due(request, row, rules_asked_for(request, row["county"])) for row in rows]


async def _due(request: Request, row: Row, rules: Timeline) -> dict[str, Any]:
    on = date.fromisoformat(row["on"])
    citation = texts_in_force(rules, on).get(RULE)
    answer: dict[str, Any] = {"amount": None, "reason": None, "citation": citation, "findings": []}
    refusals = _faults(row, citation)
    if refusals:
        return {**answer, "refusals": refusals.rows}
    facts = DuesFacts(
        on=on,
        payer=row["payer"],
        base=row["base"],
        allowances=row["allowances"] or 0,
        paid=row["paid"],
    )
    due = dues_of(facts, rules.values(on).numbers)
    if due is None:
        refusals.add(
            "BASE_MISSING",
            "请填写计算基数 base: 税后固定工资、养老金或者上季度月平均纯收入, 单位元。",
            "Give `base`: the regular pay after tax, the pension, or last quarter's mean net income a month, in yuan.",
            citation,
        )
        return {**answer, "refusals": refusals.rows}
    [found] = await judged(request, "dues", [facts], rules.county)
    return {
        **answer,
        "amount": str(due.amount),
        "reason": due.reason,
        "findings": [as_row(finding) for finding in found],
        "refusals": [],
    }


due = Computed(
    {
        "county": SEEN_COUNTY,
        "on": ON,
        **{name: f"{{{name}}}" for name in ("payer", "base", "allowances", "paid")},
    },
    _dues,
)


def _faults(row: Row, citation: str | None) -> Refusals:
    refusals = Refusals()
    if any(not 0 <= (row[name] or 0) <= HIGHEST_BASE for name in ("base", "allowances", "paid")):
        refusals.add(
            "AMOUNT_OUT_OF_BOUNDS",
            f"金额须在 0 到 {HIGHEST_BASE} 元之间, 请按月填写。",
            f"Amounts are from 0 to {HIGHEST_BASE} yuan; give those of one month.",
        )
    if citation is None:
        refusals.add(
            "NO_TEXT_IN_FORCE",
            f"系统没有收录 {row['on']} 有效的党费标准 (自2008年4月起), 请查阅当时的规定。",
            f"The system holds no text on dues that was in force on {row['on']} (from April 2008 on); see the rules of "
            "that time.",
        )
    return refusals
