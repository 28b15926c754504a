"""Writes rule packs that are right but for what a test asks for."""

from pathlib import Path

MANIFEST = """
id = "{id}"
name = "试验县规则"
county = "{county}"
version = "{version}"
effective_from = {effective_from}
{head}
[[sources]]
title = "试验"
section = "全文"
checked_on = 2026-11-21
[region]
province = "试验省"
city = "试验市"
county = "试验县"
{tables}
[[rules]]
code = "TEST_NOTE"
noun = "{noun}"
title = "试验"
modality = "NOTE"
citation = "试验第一条"
"""
RULES_PY = """
from plugins.contract import Observation

def check_branch(facts, values):
    if facts.members > 0:
        yield Observation("TEST_NOTE", "有党员。")
"""


def write_pack(
    place: Path,
    folder: str = "test_990101",
    head: str = "",
    tables: str = "",
    rules: str = RULES_PY,
    swap: tuple[str, str] = ("", ""),
    version: str = "1.0.0",
    effective_from: str = "2020-01-01",
    county: str = "990101",
    noun: str = "branch",
    **extra: str,
) -> Path:
    """The pack's folder, made in `place`."""
    made = place / folder
    made.mkdir(parents=True)
    manifest = MANIFEST.format(
        id="test_990101" if folder.startswith("wrong") else folder,
        head=head,
        tables=tables,
        version=version,
        effective_from=effective_from,
        county=county,
        noun=noun,
    )
    (made / "manifest.toml").write_text(manifest.replace(*swap) if swap[0] else manifest, encoding="utf-8")
    (made / "rules.py").write_text(rules, encoding="utf-8")
    (made / "__init__.py").write_text("", encoding="utf-8")
    for name, text in extra.items():
        (made / f"{name}.toml").write_text(text, encoding="utf-8")
    return made


def tightened(name: str, value: object) -> str:
    return f'[tightened."{name}"]\nvalue = {value}\ndescription = "更严"'


def setting(name: str, key: str) -> str:
    return f'[settings."{name}"]\ndescription = "另定"\nitems = [{{ key = "{key}", label = "x" }}]'
