"""The skeleton of a new pack: four files that load and pass `packs check` before a rule is written."""

import re
from datetime import date
from pathlib import Path

MANIFEST = """id = "{id}"
name = "{id} 规则包"
county = "{county}"
version = "0.1.0"
effective_from = {today}

[[sources]]
title = "请填写依据文件名称"
section = "请填写条款"
checked_on = {today}

[region]
province = "请填写省"
city = "请填写市"
county = "请填写县"
"""
RULES = '"""The rules of this county: functions check_<noun>(facts, values) that yield observations."""\n'
CASES = "# Rows of facts and the findings expected of them; see plugins/jiangxian_140826/cases.toml.\n"
README = "# {id}\n\nWhat this county decides, where its texts say so, and which defaults stand where they do not.\n"


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
        "cases.toml": CASES,
        "README.md": README.format(**given),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
