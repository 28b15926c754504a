"""What the registry refuses, and how packs combine; what fails while it judges stands in test_rule_failures.py."""

from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from plugins.contract import Outcome
from plugins.facts import (
    BranchFacts,
    Clearance,
    DelegateFacts,
    TrainingFacts,
)
from plugins.registry import BrokenPack, discover
from tests.packs import RULES_PY, setting, tightened, write_pack

BRANCH = BranchFacts(date(2020, 12, 31), "BRANCH", "机关", full_members=10, members=12)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return partial(write_pack, tmp_path)


def test_a_right_pack_is_accepted_and_adds_up(write: Write) -> None:
    rules = discover([write(tables=tightened("training.member_hours", 40))]).rules_for("990101")
    assert [pack.id for pack in rules.packs] == ["national", "test_990101"]
    assert [each.code for each in rules.judge_branch(BRANCH)] == ["TEST_NOTE"]
    short = TrainingFacts(2020, date(2020, 12, 31), "FULL", False, False, completed_hours=36)
    finding = rules.judge_training(short)[0]
    assert finding.rule_pack == "national"
    assert "40学时" in finding.message


REFUSED = {
    "folder": ({"folder": "wrong_name"}, "wrong_name: the folder's name differs from the id 'test_990101'"),
    "key": ({"head": 'colour = "red"'}, "unknown key 'colour'"),
    "rule key": (
        {"swap": ('title = "试验"\nmodality', 'tilte = "x"\ntitle = "试验"\nmodality')},
        "unknown key 'tilte'",
    ),
    "version": ({"swap": ('"1.0.0"', '"1.0"')}, "version '1.0' is not of the form"),
    "county": ({"swap": ('"990101"', '"绛县"')}, "county '绛县' is not a code of six digits"),
    "no county": ({"swap": ('county = "990101"', "")}, "only national may do without a county"),
    "citation": ({"swap": ('citation = "试验第一条"', "")}, "'citation' is missing"),
    "modality": ({"swap": ('"NOTE"', '"SHALL"')}, "'modality' is 'SHALL'"),
    "noun": ({"swap": ('"branch"', '"cadre"')}, "TEST_NOTE is about 'cadre'"),
    "sources": ({"swap": ("[[sources]]", "[[nothing]]")}, "unknown key 'nothing'"),
    "not TOML": ({"head": "= 1"}, "manifest.toml"),
    "looser": ({"tables": tightened("training.member_hours", 24)}, "training.member_hours: 24 loosens 32"),
    "looser the other way": (
        {"tables": tightened("branch.no_recruit_months", 48)},
        "branch.no_recruit_months: 48 loosens 36",
    ),
    "fixed": ({"tables": tightened("branch.term_years", 4)}, "branch.term_years: 4 loosens 3"),
    "out of bounds": ({"tables": tightened("training.member_hours", 4000)}, "4000 is outside 0 to 366"),
    "half a month": ({"tables": tightened("floating.update_months", 2.5)}, "2.5 is not a whole number"),
    "unknown parameter": ({"tables": tightened("training.minutes", 1)}, "no national parameter of this name"),
    "national number again": (
        {
            "tables": '[parameters."training.member_hours"]\nvalue = 8\nunit = "学时"\nminimum = 0\n'
            'maximum = 9\nstricter = "higher"\ndescription = "松"'
        },
        "'training.member_hours' is the national pack's",
    ),
    "rule names no parameter": (
        {"swap": ('citation = "试验第一条"', 'citation = "试验"\nparameters = ["x.y"]')},
        "TEST_NOTE names the unknown parameter 'x.y'",
    ),
    "dropped item": (
        {"tables": setting("floating.checklist", "contact")},
        "drops 'left_on', which the national pack requires",
    ),
    "setting not left to counties": (
        {"tables": setting("branch.village_fields", "机关")},
        "does not leave this setting to counties",
    ),
    "code twice": (
        {
            "tables": '[[rules]]\ncode = "TEST_NOTE"\nnoun = "branch"\ntitle = "x"\n'
            'modality = "NOTE"\ncitation = "x"',
        },
        "rule TEST_NOTE stands twice",
    ),
    "national code": (
        {"swap": ("TEST_NOTE", "TERM_ENDED")},
        "rule TERM_ENDED is already the national pack's",
    ),
    "syntax": ({"rules": "def check_branch(:"}, "rules.py cannot be imported: SyntaxError"),
    "no function": ({"rules": ""}, "noun 'branch' has rules without a function"),
    "strange function": (
        {"rules": RULES_PY + "\ndef check_cadre(f, v): ...\n"},
        "check_cadre judges no known noun",
    ),
    "clock": ({"rules": "import datetime\nON = datetime.date.today()"}, "a pack has no clock"),
    "network": ({"rules": "import socket"}, "a pack may not import socket"),
    "other pack": (
        {"rules": "from plugins.jiangxian_140826 import rules"},
        "may not import plugins.jiangxian_140826",
    ),
    "other pack by dots": (
        {"rules": "from ..jiangxian_140826 import rules"},
        "rules.py, line 1: a pack may not import from outside its folder (..jiangxian_140826)",
    ),
    "file": ({"rules": "TEXT = open('x')"}, "a pack does not use open"),
    "await": ({"rules": "async def check_branch(facts, values): ..."}, "does not wait"),
    "raises on import": (
        {"rules": "\n1 / 0"},
        "rules.py cannot be imported (rules.py, <module>, line 2): ZeroDivisionError",
    ),
    "changes what it is given": (
        {"rules": RULES_PY + "\n    object.__setattr__(facts, 'members', 0)\n"},
        "a pack does not change what it is given",
    ),
    "rule before the pack": (
        {"swap": ('title = "试验"\nmodality', 'effective_from = 2019-12-31\ntitle = "试验"\nmodality')},
        "rule TEST_NOTE begins before the pack (2020-01-01)",
    ),
    "looser vote": ({"tables": tightened("vote.pass_percent", 40)}, "vote.pass_percent: 40 loosens 50"),
    "even a stricter vote": (
        {"tables": tightened("vote.pass_percent", 66)},
        "vote.pass_percent: 66 loosens 50",
    ),
    "lower dues": ({"tables": tightened("dues.farmer_yuan", 0.1)}, "dues.farmer_yuan: 0.1 is outside"),
    "own number for other counties": (
        {
            "tables": '[parameters."x.y"]\nvalue = 1\nunit = "x"\nminimum = 0\nmaximum = 9\n'
            'stricter = "higher"\ndescription = "x"\nis_for_counties = true'
        },
        "cannot be is_for_counties",
    ),
    "reported": ({"reported": "[[figures]]\nyear = 2020"}, "reported.toml: figures[1]: 'key' is missing"),
}


@pytest.mark.parametrize(("change", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_broken_pack_stops_the_start(write: Write, change: dict[str, str], reason: str) -> None:
    folder = write(**change)
    with pytest.raises(BrokenPack) as refused:
        discover([folder])
    assert str(refused.value).startswith(f"{folder.name}: ")
    assert reason in str(refused.value)
    assert str(folder.parent) not in str(refused.value)


def test_a_county_has_one_pack(write: Write) -> None:
    with pytest.raises(BrokenPack, match="other_990101: county 990101 already has the pack test_990101"):
        discover([write(), write("other_990101")])


def test_an_installed_pack_is_found_by_its_entry_point(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(write("installed_990102", swap=("990101", "990102")).parent)
    point = EntryPoint("installed", "installed_990102", "dangjian.packs")
    monkeypatch.setattr(
        "plugins.found.entry_points", lambda group: [point] if group == "dangjian.packs" else []
    )
    assert [pack.id for pack in discover().rules_for("990102").packs] == ["national", "installed_990102"]


def test_an_entry_point_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("lost", "no_such_package", "dangjian.packs")
    monkeypatch.setattr("plugins.found.entry_points", lambda group: [point])
    with pytest.raises(BrokenPack, match="lost: no_such_package cannot be imported"):
        discover()


def test_packs_of_other_counties_do_not_leak(write: Write) -> None:
    found = discover([write(tables=tightened("training.member_hours", 40))])
    assert [pack.id for pack in found.rules_for("140826").packs] == ["national", "jiangxian_140826"]
    assert found.rules_for("140826").number("training.member_hours") == 32
    assert [pack.id for pack in found.rules_for("000000").packs] == ["national"]
    assert found.rules_for("000000").reported(2020) == ()
    assert len(found.rules_for("140826").setting("floating.checklist")) == 7
    assert len(found.rules_for("000000").setting("floating.checklist")) == 3


def test_the_strictest_number_counts_from_the_day_the_county_pack_does() -> None:
    rules = discover().rules_for("140826")
    assert rules.number("floating.update_months") == 3
    assert rules.number("floating.update_months", date(2020, 1, 1)) == 3
    assert rules.number("floating.update_months", date(2019, 12, 31)) == 6
    with pytest.raises(KeyError):
        rules.number("floating.weeks")


def test_rules_show_their_parameters_with_the_value_in_force() -> None:
    rules = discover().rules_for("140826")
    rule = next(each for each in rules.packs[1].manifest.rules if each.code == "FLOATING_UPDATE_OVERDUE")
    assert [(each.name, each.value) for each in rules.parameters_of(rule)] == [("floating.update_months", 3)]


def test_other_values_can_be_tried_without_touching_the_rules() -> None:
    rules = discover().rules_for("140826")
    trial = rules.with_parameters("national", {"training.member_hours": 40})
    facts = TrainingFacts(2020, date(2020, 12, 31), "FULL", False, False, completed_hours=36)
    assert [each.code for each in trial.judge_training(facts)] == ["TRAINING_HOURS_SHORT"]
    assert rules.judge_training(facts) == ()
    assert (
        rules.with_parameters("jiangxian_140826", {"training.member_hours": 40}).number(
            "training.member_hours"
        )
        == 40
    )
    assert trial.values().region == rules.values().region


@pytest.mark.parametrize(
    ("pack", "name", "value", "reason"),
    [
        ("national", "training.hours", 40, "training.hours: national has no parameter of this name"),
        ("national", "training.member_hours", 400, "training.member_hours: 400 is outside 0 to 366"),
        ("national", "training.member_hours", "40", "training.member_hours: '40' is not a number"),
        ("national", "training.member_hours", True, "training.member_hours: True is not a number"),
        ("jiangxian_140826", "floating.update_months", 9, "floating.update_months: 9 is outside"),
        ("jiangxian_140826", "training.member_hours", 8, "training.member_hours: 8 loosens 32"),
        ("elsewhere_1", "training.member_hours", 40, "elsewhere_1: is not a rule pack of this county"),
    ],
)
def test_what_cannot_be_tried_is_named(pack: str, name: str, value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        discover().rules_for("140826").with_parameters(pack, {name: value})
    assert reason in str(refused.value)


def test_a_trial_changes_outcomes() -> None:
    rules = discover().rules_for("140826")
    clearances = (
        Clearance("DISCIPLINE_INSPECTION", "OBJECTION", "受警告处分"),
        Clearance("PUBLIC_SECURITY", "NO_OBJECTION"),
    )
    facts = DelegateFacts(
        date(2020, 12, 31),
        "2020Q4",
        "COUNTY",
        "中共绛县第十四次代表大会",
        None,
        "SERVING",
        clearances=clearances,
    )
    trial = rules.with_parameters("jiangxian_140826", {"delegate.lighter_sanction_suspends": 1})
    assert rules.outcome(facts, rules.judge_delegate(facts)) is Outcome.QUALIFIED
    assert trial.outcome(facts, trial.judge_delegate(facts)) is Outcome.SUSPENSION_PROPOSED
