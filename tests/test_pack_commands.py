"""`dangjian packs` over directories of DANGJIAN_PACKS; none of these commands needs a database."""

import asyncio
import re
from pathlib import Path

import pytest

from plugins.registry import discover
from tests.packs import write_pack
from tests.processes import program

PACK = "test_990101"


async def test_a_new_pack_is_written_where_it_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "county"
    place.mkdir()
    dangjian = program(tmp_path)
    made = await dangjian("packs", "new", "jishan_140824", "--in", place)
    assert f"DANGJIAN_PACKS={place} dangjian packs check jishan_140824" in made.done
    there = dangjian.with_(DANGJIAN_PACKS=str(place))
    unknown, checked = await asyncio.gather(
        dangjian("packs", "check", "jishan_140824"), there("packs", "check", "jishan_140824")
    )
    assert unknown.reason.startswith("there is no pack jishan_140824; ")
    assert checked.done.startswith("jishan_140824: 0 rules, claims draft, reaches draft\n")


async def test_versions_are_listed_and_checked_side_by_side(tmp_path: Path) -> None:
    for version in ("1.0.0", "2.0.0"):
        write_pack(tmp_path / version, version=version)
    places = ":".join(str(tmp_path / version) for version in ("1.0.0", "2.0.0"))
    dangjian = program(tmp_path, DANGJIAN_PACKS=places)
    listed, checked, shown = await asyncio.gather(
        dangjian("packs", "list", "--json"), dangjian("packs", "check", PACK), dangjian("packs", "show", PACK)
    )
    own = [(pack["version"], pack["folder"]) for pack in listed.json if pack["id"] == PACK]
    assert own == [(version, str(tmp_path / version / PACK)) for version in ("1.0.0", "2.0.0")]
    for version in ("1.0.0", "2.0.0"):
        assert f"{PACK} {version}: 1 rules, claims draft, reaches draft" in checked.done
    assert shown.done.splitlines()[0] == f"{PACK} 2.0.0  试验县规则  from 2020-01-01"
    assert "TEST_NOTE (branch, NOTE, from 2020-01-01): 试验, 试验第一条" in shown.done


async def test_the_national_numbers_are_shown_with_their_bounds(tmp_path: Path) -> None:
    dangjian = program(tmp_path)
    shown, unknown = await asyncio.gather(
        dangjian("packs", "show", "national"), dangjian("packs", "show", "atlantis")
    )
    assert re.search(r"^  training.member_hours = 32 \S+, may go up, 0 to 366: ", shown.done, re.MULTILINE)
    assert re.search(r"^  branch.max_members = 50 \S+, may go down, 10 to 50: ", shown.done, re.MULTILINE)
    assert "floating.checklist, open to counties: left_on" in shown.done
    declared = discover().national.manifest
    for name in (*declared.parameters, *declared.settings, *(rule.code for rule in declared.rules)):
        assert f"\n  {name}" in shown.done
    assert unknown.reason.startswith("there is no pack atlantis; ")


async def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    broken = write_pack(tmp_path, rules="while True: pass")
    for place, reason in (
        (tmp_path / "lost", f"DANGJIAN_PACKS cannot be used: {tmp_path / 'lost'} is no directory"),
        (tmp_path / "empty", f"{tmp_path / 'empty'}: holds no rule pack"),
        (broken, f"{PACK}: rules.py, line 1 does not come back within 10 s while it is imported"),
    ):
        refused = await program(tmp_path, DANGJIAN_PACKS=str(place))("packs", "list")
        assert refused.reason.startswith(reason)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("activate", PACK, "--from", "2027-02-30", "--version", "1.0.0"), "there is no day 2027-02-30"),
        (("activate", PACK, "--from", "1.1.2027", "--version", "1.0.0"), "write it as 2027-01-01"),
        (("activate", PACK, "--from", "2027-01-01"), "give --version or --no-pack"),
        (("activate", PACK, "--from", "2027-01-01", "--version", "1.0.0", "--no-pack"), "give --version or"),
        (("try", PACK, "--quarter", "2027Q1", "--version", "1.0.0", "--from-dir", "."), "not both"),
        (("try", PACK, "--quarter", "2027Q1", "--noun", "dues"), "dues"),
    ],
)
async def test_wrong_usage_is_told(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    more = ("--decided-by", "县委") if arguments[0] == "activate" else ()
    ended = await program(tmp_path)("packs", *arguments, "--county", "990101", *more)
    assert ended.status == 2
    assert reason in ended.err
    assert not list(tmp_path.iterdir())
