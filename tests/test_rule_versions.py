"""Several versions of a pack side by side: which counts on which day, what is refused, and trying one beforehand."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from plugins import importable
from plugins.bulk import Worker
from plugins.errors import BrokenPack, PackFailed
from plugins.facts import BranchFacts, TrainingFacts
from plugins.registry import Registry, discover
from plugins.timeline import Activation
from plugins.trial import Trial
from tests.packs import RULES_PY, tightened, write_pack

Write = Callable[..., Path]
COUNTY, PACK = "990101", "test_990101"
NEW_YEAR = date(2027, 1, 1)
SECOND = RULES_PY.replace("members > 0", "members > 20").replace("有党员", "党员多")


def branch(on: date, members: int = 12) -> BranchFacts:
    return BranchFacts(on, "BRANCH", "机关", full_members=members, members=members)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "first").parent


@pytest.fixture
def second(tmp_path: Path) -> Write:
    """Writes version 2.0.0, by default one that finds only large branches."""
    return lambda **given: (
        partial(write_pack, tmp_path / "second", version="2.0.0", rules=SECOND)(**given).parent
    )


def said(registry: Registry, on: date, *activations: Activation) -> list[str]:
    findings = registry.timeline(COUNTY, activations).judge_branch(branch(on, 30))
    return [f"{each.message} {each.rule_version}" for each in findings if each.rule_pack == PACK]


def test_without_a_decision_the_newest_version_counts_that_has_begun(first: Path, second: Write) -> None:
    found = discover([first, second(effective_from="2027-01-01")])
    assert [pack.manifest.version for pack in found.of_county(COUNTY)] == ["1.0.0", "2.0.0"]
    assert said(found, date(2026, 12, 31)) == ["有党员。 1.0.0"]
    assert said(found, NEW_YEAR) == ["党员多。 2.0.0"]
    assert said(found, date(2019, 12, 31)) == []


def test_a_newer_version_of_the_same_day_takes_the_place_of_the_older(first: Path, second: Write) -> None:
    found = discover([first, second()])
    assert said(found, date(2020, 1, 1)) == ["党员多。 2.0.0"]


def test_1_10_is_newer_than_1_9(tmp_path: Path) -> None:
    places = [write_pack(tmp_path / version, version=version) for version in ("1.10.0", "1.9.0")]
    newest = discover(places).pack(PACK)
    assert newest is not None
    assert newest.manifest.version == "1.10.0"


def test_decisions_count_from_their_days(first: Path, second: Write) -> None:
    found = discover([first, second()])
    decided = [
        (date(2020, 1, 1), PACK, "1.0.0"),
        (NEW_YEAR, PACK, "2.0.0"),
        (date(2027, 7, 1), PACK, None),
        (date(2028, 1, 1), PACK, "1.0.0"),
    ]
    assert said(found, date(2026, 12, 31), *decided) == ["有党员。 1.0.0"]
    assert said(found, NEW_YEAR, *decided) == ["党员多。 2.0.0"]
    assert said(found, date(2027, 7, 1), *decided) == []
    assert said(found, date(2028, 1, 1), *decided) == ["有党员。 1.0.0"]
    timeline = found.timeline(COUNTY, decided)
    assert timeline.span(date(2027, 3, 1)) == (NEW_YEAR, date(2027, 6, 30))
    assert timeline.span(date(2028, 3, 1)) == (date(2028, 1, 1), None)


def test_numbers_and_places_follow_the_day_too(first: Path, second: Write) -> None:
    found = discover([first, second(tables=tightened("training.member_hours", 40))])
    timeline = found.timeline(COUNTY, [(date(2020, 1, 1), PACK, "1.0.0"), (NEW_YEAR, PACK, "2.0.0")])
    assert timeline.number("training.member_hours", date(2026, 12, 31)) == 32
    assert timeline.number("training.member_hours", NEW_YEAR) == 40
    region = timeline.values(date(2019, 1, 1)).region
    assert region is not None
    assert region.county == "试验县"


def test_a_version_that_is_gone_is_named_where_it_counts(first: Path) -> None:
    decided = [(date(2020, 1, 1), PACK, "1.0.0"), (NEW_YEAR, PACK, "2.0.0")]
    timeline = discover([first]).timeline(COUNTY, decided)
    assert len(timeline.judge_branch(branch(date(2026, 12, 31)))) == 1
    assert len(timeline.faults) == 1
    with pytest.raises(
        PackFailed, match=r"test_990101: version 2.0.0 counts in county 990101 from 2027-01-01"
    ):
        timeline.judge_branch(branch(NEW_YEAR))


def test_the_process_that_judges_agrees_about_the_days(first: Path, second: Write) -> None:
    places = [first, second()]
    decided = [(date(2020, 1, 1), PACK, "1.0.0"), (NEW_YEAR, PACK, "2.0.0")]
    facts = [branch(date(2026, 12, 31), 30), branch(NEW_YEAR, 30), branch(NEW_YEAR, 12)]
    timeline = discover(places).timeline(COUNTY, decided)
    worker = Worker(places, {COUNTY: decided}.__getitem__)
    try:
        judged = worker.judge_all("branch", COUNTY, facts, 30)
        decided.append((date(2027, 1, 2), PACK, "3.0.0"))
        with pytest.raises(PackFailed, match=r"version 3.0.0"):
            worker.judge_all("branch", COUNTY, [branch(date(2027, 1, 2))], 30)
    finally:
        worker.close()
    assert judged == [timeline.judge_branch(each) for each in facts]
    assert [len(each) for each in judged] == [1, 1, 0]


def test_the_same_version_twice_must_be_the_same(first: Path, tmp_path: Path) -> None:
    copy = write_pack(tmp_path / "copy")
    (copy / "README.md").write_text("a remark", encoding="utf-8")
    assert len(discover([first, copy]).of_county(COUNTY)) == 1
    other = write_pack(tmp_path / "other", rules=SECOND)
    with pytest.raises(BrokenPack) as refused:
        discover([first, other])
    assert str(refused.value).startswith(f"{PACK}: version 1.0.0 stands in {first / PACK} ")
    assert str(other) in str(refused.value)


def test_a_version_for_another_county_is_refused(first: Path, second: Write) -> None:
    with pytest.raises(
        BrokenPack, match=r"test_990101: version 2.0.0 is for county 990102, version 1.0.0 for 990101"
    ):
        discover([first, second(swap=('county = "990101"', 'county = "990102"'))])


def test_a_place_without_a_pack_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenPack, match="holds no rule pack"):
        discover([tmp_path])


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ("while True:\n    pass\n", "rules.py, line 1|rules.py, line 2"),
        ("VALUES = sum(1 for _ in iter(int, 1))\n", "rules.py, line 1"),
    ],
)
def test_a_pack_that_loops_while_it_is_imported_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str, where: str
) -> None:
    monkeypatch.setattr(importable, "SECONDS", 0.5)
    with pytest.raises(BrokenPack, match=rf"^test_990101: ({where}) does not come back within 0.5 s"):
        discover([write_pack(tmp_path, rules=rules + RULES_PY)])


def test_a_pack_that_ends_the_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenPack, match=r"test_990101: rules.py ends the whole program"):
        discover([write_pack(tmp_path, rules="raise SystemExit(3)\n" + RULES_PY)])


def test_a_pack_kept_elsewhere_imports_its_own_files_by_a_dot(tmp_path: Path) -> None:
    made = write_pack(tmp_path / "dot", rules="from .more import MOST\n" + RULES_PY)
    (made / "more.py").write_text("MOST = 1\n")
    assert discover([made]).pack(PACK) is not None
    made = write_pack(tmp_path / "named", rules="from plugins.test_990101.more import MOST\n" + RULES_PY)
    with pytest.raises(BrokenPack, match=r"rules.py, line 1: a pack may not import plugins.test_990101.more"):
        discover([made])


HOURS = TrainingFacts(2026, date(2026, 12, 31), "FULL", False, False, completed_hours=36)


def test_a_version_is_tried_before_it_counts(first: Path, second: Write) -> None:
    """Over records of before its own effective_from, with another number of it on top."""
    later = {"effective_from": "2027-01-01", "tables": tightened("training.member_hours", 40)}
    found = discover([first, second(**later)])
    timeline = found.timeline(COUNTY, [(date(2020, 1, 1), PACK, "1.0.0")])
    assert timeline.judge_training(HOURS) == ()
    tried = Trial(PACK, version="2.0.0").rules(found, timeline, HOURS.on)
    assert [each.code for each in tried.judge_training(HOURS)] == ["TRAINING_HOURS_SHORT"]
    assert [each.message for each in tried.judge_branch(branch(HOURS.on, 30))][-1] == "党员多。"
    stricter = Trial(PACK, {"training.member_hours": 50}, "2.0.0").rules(found, timeline, HOURS.on)
    assert stricter.number("training.member_hours", HOURS.on) == 50
    assert timeline.judge_training(HOURS) == ()


def test_a_version_is_tried_from_its_folder(first: Path, second: Write) -> None:
    folder = second(tables=tightened("training.member_hours", 40)) / PACK
    worker = Worker([first])
    try:
        assert worker.judge_all("training", COUNTY, [HOURS], 30) == [()]
        (tried,) = worker.judge_all("training", COUNTY, [HOURS], 30, Trial(PACK, folder=folder))
        assert [each.code for each in tried] == ["TRAINING_HOURS_SHORT"]
        assert worker.judge_all("training", COUNTY, [HOURS], 30) == [()]
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("county", "trial", "reason"),
    [
        (
            COUNTY,
            Trial(PACK, version="3.0.0"),
            "test_990101: has no version 3.0.0 on this server, only 1.0.0",
        ),
        ("140826", Trial(PACK, version="1.0.0"), "test_990101: is a rule pack of county 990101"),
        ("140826", Trial(PACK), "test_990101: is not a rule pack of this county"),
        (COUNTY, Trial("national", version="1.0.0"), "national: is the rule pack of every county"),
    ],
)
def test_what_cannot_be_tried_is_told(first: Path, county: str, trial: Trial, reason: str) -> None:
    found = discover([first])
    with pytest.raises(ValueError, match=r"^") as refused:
        trial.rules(found, found.timeline(county), HOURS.on)
    assert reason in str(refused.value)
