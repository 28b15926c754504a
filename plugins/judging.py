"""The rules of one county: the national pack, then the county's own. Findings are added up."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from plugins.contract import (
    Finding,
    Item,
    Observation,
    Outcome,
    Parameter,
    Proposal,
    Region,
    ReportedFigure,
    Rule,
    Values,
)
from plugins.errors import PackFailed, line_in
from plugins.facts import AGENCIES, DelegateFacts, Facts
from plugins.judge import Judge
from plugins.manifest import tighten
from plugins.pack import Pack

MOST_OBSERVATIONS = 1000  # a pack that yields for ever is stopped before the memory is full


class Rules(Judge):
    """Immutable. The first pack is the national one."""

    def __init__(self, packs: Iterable[Pack], region: Region | None = None) -> None:
        """`region`: only to judge without a county pack; a county pack brings its own."""
        self.packs = tuple(packs)
        national, *county = self.packs
        self._county_from = county[0].manifest.effective_from if county else None
        self._baseline = _values((national,), region)
        self._all = _values(self.packs, county[0].manifest.region if county else region)

    def values(self, on: date | None = None) -> Values:
        """Numbers and lists in force on that day; without a day those of all packs."""
        if on is None or self._county_from is None or self._county_from <= on:
            return self._all
        return replace(self._baseline, region=self._all.region)

    def number(self, name: str, on: date | None = None) -> int | float:
        """The strictest of the national and the county's value. KeyError for an unknown name."""
        return self.values(on).numbers[name]

    def setting(self, name: str) -> tuple[Item, ...]:
        """A configured list: the county's where the national pack allows it. KeyError for an unknown name."""
        return self._all.settings[name]

    def reported(self, year: int) -> tuple[ReportedFigure, ...]:
        """Figures that publications claim for the year, in the order of the pack's file."""
        return tuple(each for pack in self.packs for each in pack.reported if each.year == year)

    def parameters_of(self, rule: Rule) -> tuple[Parameter, ...]:
        """The rule's parameters with the value that counts in this county."""
        declared = {name: each for pack in self.packs for name, each in pack.manifest.parameters.items()}
        return tuple(replace(declared[name], value=self._all.numbers[name]) for name in rule.parameters)

    def judge(self, noun: str, facts: Facts) -> tuple[Finding, ...]:
        return tuple(finding for pack in self.packs for finding in self.judge_with(pack, noun, facts))

    def judge_with(self, pack: Pack, noun: str, facts: Facts) -> tuple[Finding, ...]:
        check = pack.checks.get(noun)
        # Before its day a county's pack is not asked: its own numbers are not in force either.
        if check is None or (pack.manifest.county and facts.on < pack.manifest.effective_from):
            return ()
        findings = []
        try:
            for number, seen in enumerate(check(facts, self.values(facts.on))):
                if number == MOST_OBSERVATIONS:
                    raise ValueError(f"more than {MOST_OBSERVATIONS} observations about one {noun}")
                _require_observation(seen)
                rule = pack.rule(seen.code, facts.on)
                if rule is not None:
                    manifest = pack.manifest
                    stamp = (seen.proposes, manifest.id, manifest.version)
                    findings.append(Finding(rule.code, rule.modality, seen.message, rule.citation, *stamp))
        except (Exception, SystemExit) as error:  # a pack must not end the server either
            what = f"check_{noun}{line_in(pack.folder, error)}: {type(error).__name__}: {error}"
            raise PackFailed(f"{pack.id}: {what}") from error
        return tuple(findings)

    def outcome(self, facts: DelegateFacts, findings: Iterable[Finding]) -> Outcome:
        """What the findings come to. Nothing is proposed while an agency has not answered."""
        answered = {each.agency for each in facts.clearances if each.opinion is not None}
        if not answered.issuperset(AGENCIES):
            return Outcome.AWAITING_CLEARANCE
        proposed = {finding.proposes for finding in findings}
        if Proposal.TERMINATION in proposed:
            return Outcome.TERMINATION_PROPOSED
        return Outcome.SUSPENSION_PROPOSED if Proposal.SUSPENSION in proposed else Outcome.QUALIFIED

    def with_parameters(self, pack_id: str, numbers: Mapping[str, Any]) -> "Rules":
        """The same rules with other values in one pack. ValueError names what cannot be tried."""
        if pack_id not in [pack.id for pack in self.packs]:
            raise ValueError(f"{pack_id}: is not a rule pack of this county")
        return Rules(
            [self._with(pack, numbers) if pack.id == pack_id else pack for pack in self.packs],
            region=self._all.region,
        )

    def _with(self, pack: Pack, numbers: Mapping[str, Any]) -> Pack:
        national = self.packs[0].manifest.parameters
        parameters = dict(pack.manifest.parameters)
        for name, value in numbers.items():
            known = parameters.get(name) or national.get(name)
            if known is None:
                raise ValueError(f"{name}: {pack.id} has no parameter of this name")
            if name in national and pack is not self.packs[0]:
                parameters[name] = replace(known, value=tighten(national[name], value).value)
            elif reason := known.refusal(value):
                raise ValueError(reason)
            else:
                parameters[name] = replace(known, value=value)
        return replace(pack, manifest=replace(pack.manifest, parameters=parameters))


def _values(packs: tuple[Pack, ...], region: Region | None) -> Values:
    numbers: dict[str, int | float] = {}
    settings: dict[str, tuple[Item, ...]] = {}
    for pack in packs:
        for name, parameter in pack.manifest.parameters.items():
            if name not in numbers or parameter.stricter != "fixed":
                strictest = max if parameter.stricter == "higher" else min
                numbers[name] = strictest(numbers.get(name, parameter.value), parameter.value)
        settings |= {name: setting.items for name, setting in pack.manifest.settings.items()}
    # Packs share these, so none may write into them.
    return Values(MappingProxyType(numbers), MappingProxyType(settings), region)


def _require_observation(seen: object) -> None:
    if not (isinstance(seen, Observation) and isinstance(seen.message, str) and seen.message):
        raise TypeError(f"{seen!r} is no Observation with a message")
    if seen.proposes is not None and not isinstance(seen.proposes, Proposal):
        raise TypeError(f"{seen.code} proposes {seen.proposes!r}, which is no Proposal")
