"""Reads and runs a pack's cases.toml: rows of facts, the findings expected of it, the source paragraph.

A row names in `expect` every code of the pack that must be found, in `silent` those it shows not to be found.
National codes may be named too, in a county's row: what its tightened numbers do. Those not named are not looked at.
[defaults.<noun>] gives facts that the rows of that noun share; `without` names those that a row leaves out.
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

    def rules(self, national: Pack) -> Rules:
        """The rules that judge this row: the national ones, and the county's."""
        is_national = self.pack.manifest.county is None
        return Rules([self.pack], self.region) if is_national else Rules([national, self.pack])

    def failure(self, national: Pack) -> str | None:
        """How the pack's answer differs from the row, or None."""
        own = {rule.code for rule in self.pack.manifest.rules}
        named = {*self.expect, *self.silent}
        if strange := sorted(named - own - {rule.code for rule in national.manifest.rules}):
            return f"{self.pack.id}: {self.title}: {strange[0]} is no rule of this pack or of {national.id}"
        rules = self.rules(national)
        findings = rules.judge(self.noun, self.facts)
        found = sorted({each.code for each in findings if each.code in own | named})
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
    noun, expect, silent = row.text("noun"), row.texts("expect"), row.texts("silent")
    if both := sorted(set(expect) & set(silent)):
        row.fail(f"{both[0]} is expected and silent")
    facts, without = row.listed("facts", single=True), row.texts("without")
    try:
        common = {name: value for name, value in shared.get(noun, {}).items() if name not in without}
        made = from_record(noun, {**common, **(facts[0].data if facts else {})})
    except (TypeError, ValueError) as error:
        raise BrokenPack(f"{pack.id}: {row.where}: {error}") from error
    texts = row.text("title"), row.text("source"), noun
    return row.made(Case(pack, *texts, made, expect, silent, row.text("outcome", optional=True), region))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
