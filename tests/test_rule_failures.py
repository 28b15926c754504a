"""What happens to a pack that raises, loops or loosens while it judges: it is named, and the others go on."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from plugins.bulk import Worker
from plugins.facts import (
    BranchFacts,
    DuesFacts,
    MeetingFacts,
    VoteFacts,
)
from plugins.registry import PackFailed, PackTimeout, discover
from plugins.trial import Trial
from tests.packs import RULES_PY, write_pack

BRANCH = BranchFacts(date(2020, 12, 31), "BRANCH", "机关", full_members=10, members=12)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return partial(write_pack, tmp_path)


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
        ("raise SystemExit(3)", "SystemExit: 3"),
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
        worker.judge_all("branch", "990101", [BRANCH], 30, trial=Trial("national", {"branch.colour": 1}))
    assert [each.code for each in worker.judge_all("branch", "990101", [BRANCH], 30)[0]] == ["TEST_NOTE"]
    trial = Trial("national", {"branch.max_members": 11})
    found = worker.judge_all("branch", "990101", [BRANCH], 30, trial)[0]
    assert [each.code for each in found] == ["BRANCH_TOO_LARGE", "TEST_NOTE"]
