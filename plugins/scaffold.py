"""The skeleton of a new pack: files that load before a rule is written, with one example to uncomment."""

import re
from datetime import date
from pathlib import Path

MANIFEST = """# What this county decides; docs/new-county.md explains every line. Replace each 请填写.
# Raise `version` with every change after it is in force.
id = "{id}"
name = "{id} 规则包"
county = "{county}"
version = "0.1.0"
quality = "draft" # raise to checked, then trusted, when `dangjian packs check {id}` says so
effective_from = {today} # the day from which the county is judged by these rules, not today's date

# One block for each document. `short` is how citations name it.
[[sources]]
title = "请填写依据文件名称"
section = "请填写条款"
checked_on = {today} # the day you last read it
short = "请填写简称"

# Names in full, as on the map; the lists tell a place inside the city or province from one outside.
[region]
province = "请填写省"
city = "请填写市"
county = "请填写县"
counties_of_city = []
cities_of_province = []

# Example, three parts (here, rules.py, cases.toml): take the "# " away in all three, put your rule in its place.
# [parameters."village.reserves"]
# value = 5
# unit = "名"
# minimum = 1
# maximum = 20
# stricter = "higher"
# description = "每村后备力量不少于5名。"
#
# [[rules]]
# code = "EXAMPLE_RESERVES_SHORT"
# noun = "branch"
# title = "村后备力量不足"
# modality = "GENERALLY"
# citation = "请填写简称第X条"
# parameters = ["village.reserves"]
"""
RULES = '''"""The rules of this county: functions check_<noun>(facts, values) that yield observations."""

# Example, see manifest.toml.
# from collections.abc import Iterator
#
# from plugins.contract import Observation, Values
# from plugins.facts import BranchFacts
#
#
# def check_branch(facts: BranchFacts, values: Values) -> Iterator[Observation]:
#     least = values.numbers["village.reserves"]
#     if facts.field == "行政村" and facts.reserves is not None and facts.reserves < least:
#         yield Observation(
#             "EXAMPLE_RESERVES_SHORT",
#             f"村后备力量{facts.reserves}名，要求不少于{least}名。",
#         )
'''
CASES = """# Rows of facts and the findings expected of them. `expect`: found; `silent`: shown not to be found.

# Example, see manifest.toml. `on` lies on or after effective_from; what a row leaves out comes from [defaults.branch].
# [defaults.branch]
# on = {today}
# kind = "BRANCH"
# field = "行政村"
# full_members = 20
# members = 21
#
# [[cases]]
# noun = "branch"
# title = "后备4名"
# source = "请填写简称第X条"
# facts = {{ reserves = 4 }}
# expect = ["EXAMPLE_RESERVES_SHORT"]
#
# [[cases]]
# noun = "branch"
# title = "后备5名：正好达到"
# source = "请填写简称第X条"
# facts = {{ reserves = 5 }}
# expect = []
# silent = ["EXAMPLE_RESERVES_SHORT"]
"""
README = """# {id}

What this county decides, where its documents say so, and which defaults stand where they do not.

## What it finds

| code | Chinese term | strictness | source |
|---|---|---|---|
| 请填写 | | | |

## Terms that the documents name without defining, and the default that stands

| term | setting | default |
|---|---|---|
| 请填写 | | |
"""


def write_pack(plugins: Path, pack_id: str) -> Path:
    """The new folder. ValueError when the id is no name ending in a county's code, or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*_[0-9]{6}", pack_id):
        raise ValueError(f"{pack_id}: write it as a name and the county's code, such as jishan_140824")
    folder = plugins / pack_id
    if folder.exists():
        raise ValueError(f"{folder} exists already")
    given = {"id": pack_id, "county": pack_id[-6:], "today": date.today().isoformat()}
    folder.mkdir()
    for name, text in {
        "__init__.py": "",
        "manifest.toml": MANIFEST.format(**given),
        "rules.py": RULES,
        "cases.toml": CASES.format(**given),
        "README.md": README.format(**given),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
