"""What the registry refuses, how packs combine, and what happens to a pack that raises or never ends."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from plugins import registry
from plugins.bulk import Worker
from plugins.contract import Outcome
from plugins.facts import (
    BranchFacts,
    Clearance,
    DelegateFacts,
    DuesFacts,
    MeetingFacts,
    TrainingFacts,
    VoteFacts,
)
from plugins.registry import BrokenPack, PackFailed, PackTimeout, discover

MANIFEST = """
id = "{id}"
name = "试验县规则"
county = "990101"
version = "1.0.0"
effective_from = 2020-01-01
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
noun = "branch"
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
BRANCH = BranchFacts(date(2020, 12, 31), "BRANCH", "机关", full_members=10, members=12)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a pack that is right but for what the test asks for, and returns its folder."""

    def write_pack(
        folder: str = "test_990101",
        head: str = "",
        tables: str = "",
        rules: str = RULES_PY,
        swap: tuple[str, str] = ("", ""),
        **extra: str,
    ) -> Path:
        place = tmp_path / folder
        place.mkdir()
        manifest = MANIFEST.format(
            id="test_990101" if folder.startswith("wrong") else folder, head=head, tables=tables
        )
        (place / "manifest.toml").write_text(
            manifest.replace(*swap) if swap[0] else manifest, encoding="utf-8"
        )
        (place / "rules.py").write_text(rules, encoding="utf-8")
        (place / "__init__.py").write_text("", encoding="utf-8")
        for name, text in extra.items():
            (place / f"{name}.toml").write_text(text, encoding="utf-8")
        return place

    return write_pack


def tightened(name: str, value: object) -> str:
    return f'[tightened."{name}"]\nvalue = {value}\ndescription = "更严"'


def setting(name: str, key: str) -> str:
    return f'[settings."{name}"]\ndescription = "另定"\nitems = [{{ key = "{key}", label = "x" }}]'


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
    "file": ({"rules": "TEXT = open('x')"}, "a pack does not use open"),
    "await": ({"rules": "async def check_branch(facts, values): ..."}, "does not wait"),
    "raises on import": ({"rules": "1 / 0"}, "rules.py cannot be imported: ZeroDivisionError"),
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
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == "dangjian.packs" else [])
    assert [pack.id for pack in discover().rules_for("990102").packs] == ["national", "installed_990102"]


def test_an_entry_point_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("lost", "no_such_package", "dangjian.packs")
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
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


def test_a_pack_that_raises_is_named_with_its_line(write: Write) -> None:
    rules = discover([write(rules="def check_branch(facts, values):\n    return 1 / 0\n")]).rules_for(
        "990101"
    )
    with pytest.raises(
        PackFailed, match=r"test_990101: check_branch \(rules.py, check_branch, line 2\): ZeroDivisionError"
    ):
        rules.judge_branch(BRANCH)


def test_a_pack_that_invents_a_code_is_named(write: Write) -> None:
    folder = write(rules=RULES_PY.replace("TEST_NOTE", "TEST_OTHER"))
    with pytest.raises(PackFailed, match=r"test_990101: check_branch.*TEST_OTHER"):
        discover([folder]).rules_for("990101").judge_branch(BRANCH)


MEETING = MeetingFacts(date(2026, 6, 30), "ASSEMBLY", "BRANCH", 16, 8, votes=(VoteFacts("ADMISSION", 8),))
MEETING_RULES = """
from plugins.contract import Observation, Proposal

def check_meeting(facts, values):
    {body}
    yield Observation("TEST_NOTE", "会议。")
"""
OF_MEETINGS = ('"branch"', '"meeting"')


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("values.numbers['vote.pass_percent'] = 1", "does not support item assignment"),
        ("values.settings.clear()", "has no attribute 'clear'"),
        ("facts.present = 16", "cannot assign to field 'present'"),
        ("1 / 0", "ZeroDivisionError"),
        ("values.numbers['vote.percent']", "KeyError: 'vote.percent'"),
        ("yield 'TEST_NOTE'", "'TEST_NOTE' is no Observation"),
        ("yield Observation('TEST_NOTE', '')", "is no Observation with a message"),
        ("yield Observation('TEST_NOTE', 'x', 'TERMINATION')", "which is no Proposal"),
        ("while True: yield Observation('TEST_NOTE', 'x')", "more than 1000 observations about one meeting"),
    ],
)
def test_a_pack_cannot_loosen_while_it_judges(write: Write, body: str, reason: str) -> None:
    found = discover([write(rules=MEETING_RULES.format(body=body), swap=OF_MEETINGS)])
    rules = found.rules_for("990101")
    with pytest.raises(PackFailed, match="test_990101: check_meeting") as failed:
        rules.judge_meeting(MEETING)
    assert reason in str(failed.value)
    codes = [each.code for each in rules.judge_with(found.national, "meeting", MEETING)]
    assert codes == ["ADMISSION_QUORUM_SHORT", "ADMISSION_VOTE_SHORT"]


def test_findings_of_new_nouns_add_up_and_silence_does_not_loosen(write: Write) -> None:
    rules = discover([write(rules=MEETING_RULES.format(body="pass"), swap=OF_MEETINGS)]).rules_for("990101")
    assert [each.code for each in rules.judge_meeting(MEETING)] == [
        "ADMISSION_QUORUM_SHORT",
        "ADMISSION_VOTE_SHORT",
        "TEST_NOTE",
    ]


def test_a_county_pack_is_not_asked_before_its_day(write: Write) -> None:
    tables = (
        '[parameters."own.most"]\nvalue = 5\nunit = "人"\nminimum = 1\nmaximum = 9\n'
        'stricter = "lower"\ndescription = "x"'
    )
    text = RULES_PY.replace("facts.members > 0", "facts.members > values.numbers['own.most']")
    rules = discover([write(tables=tables, rules=text)]).rules_for("990101")
    assert [each.code for each in rules.judge_branch(BRANCH)] == ["TEST_NOTE"]
    assert rules.judge_branch(replace(BRANCH, on=date(2019, 12, 31))) == ()


def test_a_looping_pack_is_ended_while_it_judges_dues(write: Write) -> None:
    text = "def check_dues(facts, values):\n    while True:\n        pass\n"
    worker = Worker([write(rules=text, swap=('"branch"', '"dues"'))])
    facts = DuesFacts(date(2026, 6, 30), "FARMER", paid=0)
    try:
        with pytest.raises(PackTimeout, match="test_990101: county 990101"):
            worker.judge_all("dues", "990101", [facts], 0.5)
        assert [each.code for each in worker.judge_all("dues", "140826", [facts], 30)[0]] == ["DUES_SHORT"]
    finally:
        worker.close()


LOOPING = """
from plugins.contract import Observation

def check_branch(facts, values):
    while facts.members == 13:
        pass
    if facts.members == 14:
        raise RuntimeError("坏了")
    yield Observation("TEST_NOTE", "有党员。")
"""


@pytest.fixture
def worker(write: Write) -> Iterator[Worker]:
    worker = Worker([write(rules=LOOPING)])
    yield worker
    worker.close()


async def test_a_looping_pack_is_ended_and_the_others_go_on(worker: Worker) -> None:
    looping = BranchFacts(date(2020, 12, 31), "BRANCH", "机关", full_members=10, members=13)
    await worker.judge_all_async("branch", "990101", [BRANCH], 30)
    started = time.perf_counter()
    with pytest.raises(PackTimeout, match=r"test_990101: county 990101: no answer in 0.5 s"):
        await worker.judge_all_async("branch", "990101", [BRANCH, looping], 0.5)
    assert time.perf_counter() - started < 3
    assert len(await worker.judge_all_async("branch", "140826", [BRANCH] * 261, 30)) == 261


def test_a_failing_pack_leaves_the_process_alive(worker: Worker) -> None:
    failing = BranchFacts(date(2020, 12, 31), "BRANCH", "机关", full_members=10, members=14)
    with pytest.raises(PackFailed, match=r"test_990101: check_branch .*坏了"):
        worker.judge_all("branch", "990101", [failing], 30)
    with pytest.raises(ValueError, match=r"branch.colour: national has no parameter"):
        worker.judge_all("branch", "990101", [BRANCH], 30, trial=("national", {"branch.colour": 1}))
    assert [each.code for each in worker.judge_all("branch", "990101", [BRANCH], 30)[0]] == ["TEST_NOTE"]
    trial = ("national", {"branch.max_members": 11})
    found = worker.judge_all("branch", "990101", [BRANCH], 30, trial)[0]
    assert [each.code for each in found] == ["BRANCH_TOO_LARGE", "TEST_NOTE"]
