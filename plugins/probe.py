"""The process behind `plugins.quality`: plugins.probe NATIONAL_FOLDER PACK_FOLDER prints {level: gaps} as JSON."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from plugins.cases import Case, cases_of
from plugins.contract import Level, Parameter, Rule, Source
from plugins.errors import BrokenPack, PackFailed
from plugins.facts import DelegateFacts
from plugins.pack import Pack, load_pack
from plugins.traced import lines_never_run

PLACEHOLDER = "请填写"


def main(national_folder: str, pack_folder: str) -> None:
    with redirect_stdout(sys.stderr):
        national = load_pack(Path(national_folder), None)
        is_national = Path(national_folder) == Path(pack_folder)
        pack = national if is_national else load_pack(Path(pack_folder), national.manifest, is_proven=True)
        try:
            cases = cases_of(pack)
        except BrokenPack as error:
            gaps = {Level.CHECKED: [str(error)]}
        else:
            gaps = {Level.CHECKED: list(checked_gaps(pack, national, cases))}
            if not gaps[Level.CHECKED]:
                gaps[Level.TRUSTED] = list(trusted_gaps(pack, national, cases))
    print(json.dumps(gaps))


def checked_gaps(pack: Pack, national: Pack, cases: list[Case]) -> Iterator[str]:
    for case in cases:
        try:
            if failure := case.failure(national):
                yield failure
        except PackFailed as error:
            yield f"{case.title}: {error}"
    for code in dict.fromkeys(rule.code for rule in pack.manifest.rules):
        if not any(code in case.expect for case in cases):
            yield f"rule {code} has no case that fires"
        if not any(code in case.silent for case in cases):
            yield f"rule {code} has no case that stays silent"
    if not _readme(pack).strip():
        yield "README.md is missing"
    for name in ("manifest.toml", "cases.toml", "README.md"):
        file = pack.folder / name
        if file.exists() and PLACEHOLDER in file.read_text(encoding="utf-8"):
            yield f"{name} still says {PLACEHOLDER}"


def trusted_gaps(pack: Pack, national: Pack, cases: list[Case]) -> Iterator[str]:
    rules = {*pack.manifest.rules, *national.manifest.rules}
    for parameter in pack.manifest.parameters.values():
        if not parameter.is_for_counties:
            yield from _parameter_gaps(parameter, pack, national, cases, rules)
    for rule in pack.manifest.rules:
        if reason := _citation_gap(rule, pack.manifest.sources):
            yield f"rule {rule.code}: {reason}"
    for code in dict.fromkeys(_silent_about_numbers(pack, national, cases)):
        yield f"rule {code}: its message names none of the numbers it compares with"
    yield from _readme_gaps(pack)
    for file, lines in lines_never_run(pack.folder, lambda: [case.failure(national) for case in cases]):
        yield f"{file}: no case runs line {', '.join(map(str, lines))}"


def _parameter_gaps(
    parameter: Parameter, pack: Pack, national: Pack, cases: list[Case], rules: set[Rule]
) -> Iterator[str]:
    """A number that nothing depends on is a mistake, or lacks a case on its edge."""
    nouns = {rule.noun for rule in rules if parameter.name in rule.parameters}
    if not nouns:
        yield f"parameter {parameter.name} is used by no rule"
    if parameter.stricter == "fixed" or not nouns:
        return
    concerned = [case for case in cases if case.noun in nouns]
    for bound in (parameter.minimum, parameter.maximum):
        if bound == parameter.value:
            continue
        changed = replace(parameter, value=bound)
        manifest = replace(pack.manifest, parameters={**pack.manifest.parameters, parameter.name: changed})
        other = replace(pack, manifest=manifest)
        try:
            is_seen = any(_seen(case, pack, national) != _seen(case, other, national) for case in concerned)
        except PackFailed as error:
            yield f"parameter {parameter.name} at {bound:g}: {error}"
            continue
        if not is_seen:
            yield f"parameter {parameter.name} at {bound:g} changes no case"


def _seen(case: Case, pack: Pack, national: Pack) -> object:
    rules = replace(case, pack=pack).rules(national)
    findings = rules.judge(case.noun, case.facts)
    outcome = rules.outcome(case.facts, findings) if isinstance(case.facts, DelegateFacts) else None
    return sorted((each.rule_pack, each.code, str(each.proposes)) for each in findings), outcome


def _citation_gap(rule: Rule, sources: tuple[Source, ...]) -> str | None:
    """A citation holds the title or the short name of a source, or 《…》 of its title; nothing else in 《…》."""
    titles = [source.title for source in sources]
    quoted = re.findall("《(.+?)》", rule.citation)
    if strange := [each for each in quoted if not any(each in title for title in titles)]:
        return f"its citation names 《{strange[0]}》, which is none of the manifest's sources"
    names = [name for source in sources for name in (source.title, source.short) if name]
    if not quoted and not any(name in rule.citation for name in names):
        return "its citation names none of the manifest's sources"
    return None


def _silent_about_numbers(pack: Pack, national: Pack, cases: list[Case]) -> Iterator[str]:
    """An official reads the message, not the manifest: "32学时" has to stand in it."""
    switches = {
        name
        for each in (pack, national)
        for name, parameter in each.manifest.parameters.items()
        if parameter.is_switch
    }
    for case in cases:
        rules = case.rules(national)
        numbers = rules.values(case.facts.on).numbers
        for finding in rules.judge(case.noun, case.facts):
            rule = pack.rule(finding.code, case.facts.on) if finding.rule_pack == pack.id else None
            used = [numbers[name] for name in rule.parameters if name not in switches] if rule else []
            if used and not any(_is_named(number, finding.message) for number in used):
                yield finding.code


def _is_named(number: float, message: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(str(number).removesuffix('.0'))}(?!\.?\d)", message) is not None


def _readme_gaps(pack: Pack) -> Iterator[str]:
    text = _readme(pack)
    for code in dict.fromkeys(rule.code for rule in pack.manifest.rules):
        if code not in text:
            yield f"README.md does not name the rule {code}"
    for name, setting in pack.manifest.settings.items():
        if name not in text:
            yield f"README.md does not name the setting {name}"
        elif lost := [item.label for item in setting.items if item.label not in text]:
            yield f"README.md does not give {lost[0]} of the setting {name}"


def _readme(pack: Pack) -> str:
    file = pack.folder / "README.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
