"""The quality scale (draft, checked, trusted), the skeleton of a new pack, and the page that explains it."""

import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from plugins.contract import Level
from plugins.facts import FACTS
from plugins.pack import Pack
from plugins.quality import quality_of, refused_claim
from plugins.registry import BrokenPack, discover
from plugins.scaffold import write_pack

REGISTRY = discover()
NATIONAL = REGISTRY.national
PAGE = Path(__file__).parent.parent / "docs" / "new-county.md"
MANIFEST = """
id = "test_990101"
name = "试验县规则"
county = "990101"
version = "1.0.0"
quality = "trusted"
effective_from = 2020-01-01
[[sources]]
title = "试验办法"
section = "第一条"
checked_on = 2026-11-21
[region]
province = "试验省"
city = "试验市"
county = "试验县"
[parameters."test.most"]
value = 10
unit = "人"
minimum = 5
maximum = 20
stricter = "lower"
description = "试验"
[settings."test.items"]
description = "试验"
items = [{ key = "one", label = "第一项" }]
[[rules]]
code = "TEST_LARGE"
noun = "branch"
title = "试验"
modality = "NOTE"
citation = "《试验办法》第一条"
parameters = ["test.most"]
"""
RULES = """
from plugins.contract import Observation

def check_branch(facts, values):
    most = values.numbers["test.most"]
    if facts.members > most:
        yield Observation("TEST_LARGE", f"超过{most}人。")
"""
CASES = """
[defaults.branch]
on = 2020-06-30
kind = "BRANCH"
field = "机关"
full_members = 3
[[cases]]
noun = "branch"
title = "11人"
source = "第一条"
facts = { members = 11 }
expect = ["TEST_LARGE"]
[[cases]]
noun = "branch"
title = "10人"
source = "第一条"
facts = { members = 10 }
silent = ["TEST_LARGE"]
"""
FILES = {
    "__init__.py": "",
    "manifest.toml": MANIFEST,
    "rules.py": RULES,
    "cases.toml": CASES,
    "README.md": "`TEST_LARGE`; `test.items`: 第一项。",
}
Write = Callable[[str, str, str], Pack]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a trusted pack with one change in one file, and loads it."""

    def write_changed(name: str = "", old: str = "", new: str = "") -> Pack:
        folder = tmp_path / "test_990101"
        folder.mkdir()
        for each, text in FILES.items():
            assert each != name or old in text
            changed = text.replace(old, new) if each == name else text
            (folder / each).write_text(changed, encoding="utf-8")
        pack = discover([folder]).pack("test_990101")
        assert pack is not None
        return pack

    return write_changed


@pytest.mark.parametrize("pack", REGISTRY.packs, ids=lambda pack: pack.id)
def test_every_pack_of_the_repository_holds_what_it_claims(pack: Pack) -> None:
    reached, missing = quality_of(pack, NATIONAL)
    assert refused_claim(pack, reached, missing) is None
    assert (reached, missing) == (Level.TRUSTED, ())


def test_a_small_pack_can_be_trusted(write: Write) -> None:
    assert quality_of(write("", "", ""), NATIONAL) == (Level.TRUSTED, ())


DRAFTS = {
    "no firing case": ("cases.toml", 'expect = ["TEST_LARGE"]', "", "expected [], found ['TEST_LARGE']"),
    "no silent case": (
        "cases.toml",
        'silent = ["TEST_LARGE"]',
        "",
        "rule TEST_LARGE has no case that stays silent",
    ),
    "a wrong rule": ("rules.py", "> most", ">= most", "10人: expected [], found ['TEST_LARGE']"),
    "a rule that raises": ("rules.py", "facts.members", "facts.memberz", "has no attribute 'memberz'"),
    "a rule that loops": (
        "rules.py",
        "    if facts",
        "    while True:\n        pass\n    if facts",
        "do not end",
    ),
    "a rule that ends the process": (
        "rules.py",
        "    if facts",
        "    raise KeyboardInterrupt\n    if facts",
        "its cases cannot be run",
    ),
    "a misspelt fact": ("cases.toml", "members = 11", "memberz = 11", "BranchFacts has no field 'memberz'"),
    "a code of nobody": (
        "cases.toml",
        'silent = ["TEST_LARGE"]',
        'silent = ["T"]',
        "T is no rule of this pack",
    ),
    "an empty README": ("README.md", FILES["README.md"], "", "README.md is missing"),
    "the skeleton's words": ("README.md", "第一项", "第一项 请填写", "README.md still says 请填写"),
}


@pytest.mark.parametrize(("name", "old", "new", "gap"), DRAFTS.values(), ids=DRAFTS)
def test_what_keeps_a_pack_a_draft(write: Write, name: str, old: str, new: str, gap: str) -> None:
    pack = write(name, old, new)
    reached, missing = quality_of(pack, NATIONAL, seconds=5)
    assert reached is Level.DRAFT
    assert any(gap in each for each in missing), missing
    refused = refused_claim(pack, reached, missing)
    assert refused is not None
    assert refused.startswith("test_990101: claims trusted and is draft: ")


CHECKED = {
    "a citation of nothing": (
        "manifest.toml",
        'citation = "《试验办法》第一条"',
        'citation = "惯例"',
        "TEST_LARGE: its citation names none of the manifest's sources",
    ),
    "a citation of something else": (
        "manifest.toml",
        "《试验办法》第一条",
        "《另一办法》第一条",
        "names 《另一办法》, which is none",
    ),
    "a silent message": (
        "rules.py",
        "超过{most}人",
        "人数太多{facts.on}",
        "its message names none of the numbers",
    ),
    "no case at the edge": ("cases.toml", "members = 10", "members = 4", "test.most at 5 changes no case"),
    "no case far out": ("cases.toml", "members = 11", "members = 99", "test.most at 20 changes no case"),
    "an idle number": (
        "manifest.toml",
        'parameters = ["test.most"]',
        "",
        "parameter test.most is used by no rule",
    ),
    "a tightened number without a case": (
        "manifest.toml",
        "[[rules]]",
        '[tightened."training.member_hours"]\nvalue = 40\ndescription = "x"\n[[rules]]',
        "training.member_hours at 0 changes no case",
    ),
    "a line that no case runs": (
        "rules.py",
        "    if facts",
        '    if facts.field == "社区":\n        return\n    if facts',
        "rules.py: no case runs line 7",
    ),
    "a rule the README leaves out": ("README.md", "`TEST_LARGE`; ", "", "does not name the rule TEST_LARGE"),
    "a setting the README leaves out": ("README.md", "test.items", "", "name the setting test.items"),
    "a default the README leaves out": (
        "README.md",
        "第一项",
        "",
        "does not give 第一项 of the setting test.items",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "gap"), CHECKED.values(), ids=CHECKED)
def test_what_keeps_a_pack_from_trust(write: Write, name: str, old: str, new: str, gap: str) -> None:
    pack = write(name, old, new)
    reached, missing = quality_of(pack, NATIONAL)
    assert reached is Level.CHECKED
    assert any(gap in each for each in missing), missing
    assert refused_claim(pack, reached, missing) is not None


def test_a_pack_may_claim_less_than_it_holds(write: Write) -> None:
    pack = write("manifest.toml", 'quality = "trusted"', "")
    assert pack.manifest.quality is Level.DRAFT
    assert refused_claim(pack, *quality_of(pack, NATIONAL)) is None


def test_a_level_that_does_not_exist_is_refused(write: Write) -> None:
    with pytest.raises(BrokenPack, match="'quality' is 'perfect'"):
        write("manifest.toml", '"trusted"', '"perfect"')


def test_the_skeleton_loads_as_a_draft(tmp_path: Path) -> None:
    pack = discover([write_pack(tmp_path, "jishan_140824")]).pack("jishan_140824")
    assert pack is not None
    reached, missing = quality_of(pack, NATIONAL)
    assert reached is Level.DRAFT
    assert [each for each in missing if "请填写" not in each] == []


def test_the_skeletons_example_works_when_uncommented(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "jishan_140824")
    for name in ("manifest.toml", "rules.py", "cases.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        head, mark, example = text.partition("# Example")
        line, _, rest = example.partition("\n")
        rest = re.sub(r"^# ?", "", rest, flags=re.MULTILINE)
        filled = f"{head}{mark}{line}\n{rest}".replace("请填写", "试验")
        (folder / name).write_text(filled, encoding="utf-8")
    (folder / "README.md").write_text("`EXAMPLE_RESERVES_SHORT`", encoding="utf-8")
    pack = discover([folder]).pack("jishan_140824")
    assert pack is not None
    assert quality_of(pack, NATIONAL) == (Level.TRUSTED, ())


def test_the_page_gives_the_numbers_as_they_are() -> None:
    """Not all of them: `packs show national` prints every one, and tests/test_pack_commands.py holds it to that."""
    page = PAGE.read_text(encoding="utf-8")
    assert "`dangjian packs show national`" in page
    rows = [
        line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `") and "facts" not in line
    ]
    named = {
        (name, value, side)
        for cells in rows
        for side, cell in zip(("higher", "lower"), cells, strict=True)
        for name, value in re.findall(r"`([a-z_]+\.[a-z_]+)` ([\d.]+\d|\d)", cell)
    }
    assert len(named) > 15
    for name, value, side in named:
        parameter = NATIONAL.manifest.parameters[name]
        assert (str(parameter.value), parameter.stricter) == (value, side), name


@pytest.mark.parametrize("noun", FACTS)
def test_the_page_names_every_fact_that_must_be_given(noun: str) -> None:
    row = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{noun}`")
    )
    for field in fields(FACTS[noun]):
        is_required = field.default is MISSING and field.default_factory is MISSING
        if field.name != "on":
            assert (f"**{field.name}**" in row) == is_required
