"""Runs a pack's cases.toml: rows of facts, the findings expected of this pack, the source paragraph.

A row names in `expect` every code of the pack that must be found, in `silent` those it shows not to be found.
[defaults.<noun>] gives facts that the rows of that noun share.
"""

from dataclasses import dataclass
from typing import Any

from plugins.contract import Region
from plugins.errors import BrokenPack
from plugins.facts import DelegateFacts, Facts
from plugins.judging import Rules
from plugins.pack import Pack, read_toml
from plugins.recorded import from_record
from plugins.table import Table


@dataclass(frozen=True)
class Case:
    pack: Pack
    title: str
    source: str
    noun: str
    facts: Facts
    expect: tuple[str, ...]
    silent: tuple[str, ...]
    outcome: str  # "" where the row does not say
    region: Region | None

    def failure(self, national: Pack) -> str | None:
        """How the pack's answer differs from the row, or None."""
        is_national = self.pack.manifest.county is None
        rules = Rules([national], self.region) if is_national else Rules([national, self.pack])
        findings = rules.judge(self.noun, self.facts)
        found = sorted({each.code for each in findings if each.rule_pack == self.pack.id})
        if found != sorted(self.expect):
            return f"{self.pack.id}: {self.title}: expected {sorted(self.expect)}, found {found}"
        if self.outcome and isinstance(self.facts, DelegateFacts):
            outcome = rules.outcome(self.facts, findings)
            if outcome != self.outcome:
                return f"{self.pack.id}: {self.title}: expected {self.outcome}, came to {outcome}"
        return None


def cases_of(pack: Pack) -> list[Case]:
    """BrokenPack when a row cannot be read."""
    table = Table(pack.id, "cases.toml", read_toml(pack.folder / "cases.toml"))
    shared = {
        noun: facts for each in table.listed("defaults", single=True) for noun, facts in each.data.items()
    }
    regions = table.listed("region", single=True)
    region = Region(**{key: _tuple(value) for key, value in regions[0].data.items()}) if regions else None
    cases = [_case(pack, row, shared, region) for row in table.listed("cases")]
    table.done()
    return cases


def uncovered(pack: Pack) -> list[str]:
    """Rule codes without a row in which they are found, or without one that shows them silent."""
    cases = cases_of(pack)
    found = {code for case in cases for code in case.expect}
    silent = {code for case in cases for code in case.silent}
    codes = dict.fromkeys(rule.code for rule in pack.manifest.rules)
    return [code for code in codes if code not in found or code not in silent]


def _case(pack: Pack, row: Table, shared: dict[str, dict[str, Any]], region: Region | None) -> Case:
    noun, codes = row.text("noun"), {rule.code for rule in pack.manifest.rules}
    expect, silent = row.texts("expect"), row.texts("silent")
    if strange := sorted({*expect, *silent} - codes):
        row.fail(f"{strange[0]} is no rule of this pack")
    if both := sorted(set(expect) & set(silent)):
        row.fail(f"{both[0]} is expected and silent")
    facts = row.listed("facts", single=True)
    try:
        made = from_record(noun, {**shared.get(noun, {}), **(facts[0].data if facts else {})})
    except (TypeError, ValueError) as error:
        raise BrokenPack(f"{pack.id}: {row.where}: {error}") from error
    texts = row.text("title"), row.text("source"), noun
    return row.made(Case(pack, *texts, made, expect, silent, row.text("outcome", optional=True), region))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
