"""Reads a pack's manifest.toml and refuses whatever is not exactly right."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from plugins.contract import (
    Item,
    Level,
    Manifest,
    Parameter,
    Region,
    Rule,
    Setting,
    Severity,
    Source,
)
from plugins.errors import BrokenPack
from plugins.facts import FACTS
from plugins.table import Table

STRICTER = ("higher", "lower", "fixed")


def read_manifest(folder_name: str, data: Mapping[str, Any], national: Manifest | None) -> Manifest:
    """`national`: the manifest to tighten or add to; None when this is the national pack itself."""
    table = Table(folder_name, "manifest.toml", data)
    pack_id, version = table.text("id"), table.text("version")
    county = table.text("county", optional=True) or None
    effective_from = table.day("effective_from")
    if pack_id != folder_name:
        raise BrokenPack(f"{folder_name}: the folder's name differs from the id {pack_id!r}")
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        table.fail(f"version {version!r} is not of the form 1.2.3")
    if county is not None and not re.fullmatch(r"\d{6}", county):
        table.fail(f"county {county!r} is not a code of six digits")
    if county is None and national is not None:
        table.fail(f"only {national.id} may do without a county")
    parameters = {each.entry: _parameter(each) for each in table.named("parameters")}
    tightened = {each.entry: _tightened(each, national) for each in table.named("tightened")}
    settings = {each.entry: _setting(each, national) for each in table.named("settings")}
    sources = tuple(_source(each) for each in table.listed("sources"))
    rules = tuple(_rule(each, effective_from) for each in table.listed("rules"))
    regions = table.listed("region", single=True)
    manifest = Manifest(
        id=pack_id,
        name=table.text("name"),
        county=county,
        version=version,
        effective_from=effective_from,
        sources=sources,
        parameters=parameters | tightened,
        settings=settings,
        rules=rules,
        region=_region(regions[0]) if regions else None,
        quality=Level(table.one_of("quality", tuple(Level)) if "quality" in data else Level.DRAFT),
    )
    table.done()
    _check_together(table, manifest, parameters, national)
    return manifest


def tighten(parameter: Parameter, value: Any) -> Parameter:
    """The parameter with another value. ValueError when out of bounds or looser than it was."""
    if reason := parameter.refusal(value):
        raise ValueError(reason)
    if parameter.loosened_by(value):
        raise ValueError(
            f"{parameter.name}: {value:g} loosens {parameter.value:g} {parameter.unit}"
            f" (stricter: {parameter.stricter})"
        )
    return replace(parameter, value=value)


def _check_together(
    table: Table, manifest: Manifest, own: Mapping[str, Parameter], national: Manifest | None
) -> None:
    """What only shows when the parts, or both packs, are seen side by side."""
    if not manifest.sources:
        table.fail("has no sources")
    if manifest.county and manifest.region is None:
        table.fail("a county's pack needs a [region]")
    known = dict(manifest.parameters) | (dict(national.parameters) if national else {})
    foreign = {rule.code for rule in national.rules} if national else set()
    for name in own:
        if national and name in national.parameters:
            table.fail(f"parameter {name!r} is the national pack's; tighten it under [tightened]")
        if national and own[name].is_for_counties:
            table.fail(f"parameter {name!r} is a county's own and cannot be is_for_counties")
    for rule in manifest.rules:
        if rule.code in foreign:
            table.fail(f"rule {rule.code} is already the national pack's")
        if manifest.county and rule.effective_from < manifest.effective_from:
            table.fail(f"rule {rule.code} begins before the pack ({manifest.effective_from})")
        if missing := [name for name in rule.parameters if name not in known]:
            table.fail(f"rule {rule.code} names the unknown parameter {missing[0]!r}")
        for other in manifest.rules:
            if other is not rule and other.code == rule.code and other.in_force(rule.effective_from):
                table.fail(f"rule {rule.code} stands twice for {rule.effective_from}")


def _source(table: Table) -> Source:
    texts, checked_on = (table.text("title"), table.text("section")), table.day("checked_on")
    return table.made(Source(*texts, checked_on, table.text("short", optional=True)))


def _region(table: Table) -> Region:
    return table.made(
        Region(
            province=table.text("province"),
            city=table.text("city"),
            county=table.text("county"),
            counties_of_city=table.texts("counties_of_city"),
            cities_of_province=table.texts("cities_of_province"),
        )
    )


def _parameter(table: Table) -> Parameter:
    parameter = Parameter(
        name=table.entry,
        value=table.number("value"),
        unit=table.text("unit"),
        minimum=table.number("minimum"),
        maximum=table.number("maximum"),
        stricter=table.text("stricter"),
        description=table.text("description"),
        is_for_counties=table.flag("is_for_counties", default=False),
    )
    if parameter.stricter not in STRICTER:
        table.fail(f"stricter is {parameter.stricter!r}, which is none of {', '.join(STRICTER)}")
    if reason := parameter.refusal(parameter.value):
        table.fail(reason)
    return table.made(parameter)


def _tightened(table: Table, national: Manifest | None) -> Parameter:
    """A county's stricter value for a national number; unit, bounds and direction stay the national ones."""
    if national is None or table.entry not in national.parameters:
        table.fail("there is no national parameter of this name to tighten")
    try:
        parameter = tighten(national.parameters[table.entry], table.number("value"))
    except ValueError as reason:
        table.fail(str(reason))
    return table.made(replace(parameter, description=table.text("description"), is_for_counties=False))


def _setting(table: Table, national: Manifest | None) -> Setting:
    items = tuple(
        each.made(Item(each.text("key"), each.text("label"), each.flag("is_required", default=True)))
        for each in table.listed("items")
    )
    keys = {item.key for item in items}
    if not items or len(keys) != len(items):
        table.fail("items are missing or a key stands twice")
    if national and (above := national.settings.get(table.entry)):
        if not above.is_configurable:
            table.fail("the national pack does not leave this setting to counties")
        required = {item.key for item in items if item.is_required}
        if lost := [each.key for each in above.items if each.is_required and each.key not in required]:
            how = "makes optional" if lost[0] in keys else "drops"
            table.fail(f"{how} {lost[0]!r}, which the national pack requires")
    is_configurable = table.flag("is_configurable", default=False)
    return table.made(Setting(table.entry, items, is_configurable, table.text("description")))


def _rule(table: Table, effective_from: date) -> Rule:
    rule = Rule(
        code=table.text("code"),
        noun=table.text("noun"),
        title=table.text("title"),
        modality=Severity(table.one_of("modality", tuple(Severity))),
        citation=table.text("citation"),
        parameters=table.texts("parameters"),
        effective_from=table.day("effective_from", default=effective_from),
        effective_to=table.day("effective_to") if "effective_to" in table.data else None,
    )
    if rule.noun not in FACTS:
        table.fail(f"rule {rule.code} is about {rule.noun!r}, which is none of {', '.join(FACTS)}")
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", rule.code):
        table.fail(f"rule code {rule.code!r} is not in capitals")
    return table.made(rule)
