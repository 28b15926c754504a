"""Every pack's cases.toml, run by one runner, and what no row can say: numbers, dates, speed, replay."""

import json
import time
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from plugins.cases import Case, cases_of, uncovered
from plugins.contract import Outcome, Proposal, RulePack, Severity
from plugins.dues import dues_of
from plugins.facts import (
    BranchFacts,
    Clearance,
    DelegateFacts,
    DuesFacts,
    Facts,
    FloatingFacts,
    MeetingFacts,
    PostChange,
    TrainingFacts,
    TrainingRecord,
    VoteFacts,
)
from plugins.hours import hours_between, hours_of
from plugins.meeting import at_least, more_than
from plugins.months import add_months, whole_months
from plugins.national import rules as national_rules
from plugins.national.reasons import mentions
from plugins.pack import Pack
from plugins.recorded import from_record, to_record
from plugins.registry import discover

REGISTRY = discover()
JIANGXIAN = "140826"
RULES = REGISTRY.rules_for(JIANGXIAN)
DELEGATE = DelegateFacts(
    on=date(2020, 12, 31),
    quarter="2020Q4",
    level="COUNTY",
    congress="中共绛县第十四次代表大会",
    elected_on=date(2016, 7, 20),
    status="SERVING",
    post_changes=(PostChange(date(2020, 5, 10), "调离绛县", "运城市夏县"),),
    clearances=(
        Clearance("DISCIPLINE_INSPECTION", "NO_OBJECTION"),
        Clearance("PUBLIC_SECURITY", "OBJECTION", "涉嫌违法 立案侦查中", date(2020, 12, 8)),
    ),
)


@pytest.mark.parametrize("pack", REGISTRY.packs, ids=lambda pack: pack.id)
def test_every_rule_code_has_a_case_that_fires_and_one_that_stays_silent(pack: Pack) -> None:
    assert uncovered(pack) == []


@pytest.mark.parametrize(
    "case",
    [case for pack in REGISTRY.packs for case in cases_of(pack)],
    ids=lambda case: f"{case.pack.id}-{case.title}",
)
def test_case(case: Case) -> None:
    assert case.failure(REGISTRY.national) is None


@pytest.mark.parametrize("pack", REGISTRY.packs, ids=lambda pack: pack.id)
def test_every_pack_explains_itself(pack: Pack) -> None:
    readme = (pack.folder / "README.md").read_text(encoding="utf-8")
    assert all(code in readme for code in {rule.code for rule in pack.manifest.rules})


def test_the_national_rules_keep_to_the_protocol() -> None:
    pack: RulePack = national_rules
    assert callable(pack.check_branch)


def test_a_finding_carries_everything_needed_to_replay_it() -> None:
    finding = next(each for each in RULES.judge_delegate(DELEGATE) if each.code == "DELEGATE_LEFT_AREA")
    assert finding.severity is Severity.MUST
    assert finding.proposes is Proposal.SUSPENSION
    assert "第二十六条" in finding.citation
    assert "运城市夏县" in finding.message
    assert (finding.rule_pack, finding.rule_version) == ("national", "1.0.0")
    assert json.loads(json.dumps(asdict(finding)))["severity"] == "MUST"


def test_recorded_facts_give_the_same_findings() -> None:
    record = json.loads(json.dumps(to_record(DELEGATE)))
    again = from_record("delegate", record)
    assert again == DELEGATE
    assert RULES.judge("delegate", again) == RULES.judge_delegate(DELEGATE)


ADMITTING = MeetingFacts(
    date(2026, 6, 30), "ASSEMBLY", "TEMPORARY_BRANCH", 16, 16, votes=(VoteFacts("ADMISSION", 16),)
)
EVERY_NOUN: dict[str, Facts] = {
    "branch": BranchFacts(
        date(2020, 6, 30), "BRANCH", "机关", 9, 9, last_held={"THEME_DAY": date(2020, 1, 6)}
    ),
    "training": TrainingFacts(
        2020,
        date(2020, 12, 31),
        "FULL",
        False,
        False,
        0,
        records=(TrainingRecord(date(2020, 6, 30), 0, "集中培训", half_days=2),),
        full_since=date(2020, 6, 30),
    ),
    "floating": FloatingFacts(
        date(2020, 12, 31), date(2018, 1, 1), None, {"contact": None}, went_abroad_on=date(2010, 1, 1)
    ),
    "meeting": ADMITTING,
    "dues": DuesFacts(date(2020, 12, 10), "RETIRED", base=5000.01, paid=25, admitted_on=date(1990, 7, 1)),
}


@pytest.mark.parametrize("noun", EVERY_NOUN)
def test_facts_of_every_noun_can_be_kept_and_replayed(noun: str) -> None:
    facts = EVERY_NOUN[noun]
    again = from_record(noun, json.loads(json.dumps(to_record(facts))))
    assert again == facts
    assert RULES.judge(noun, again) == RULES.judge(noun, facts) != ()


def test_findings_of_both_packs_are_added_up() -> None:
    found = [(each.rule_pack, each.code) for each in RULES.judge_delegate(DELEGATE)]
    assert found == [
        ("national", "DELEGATE_LEFT_AREA"),
        ("national", "DELEGATE_UNDER_INVESTIGATION"),
        ("jiangxian_140826", "WORDING_DIFFERS"),
    ]


def test_a_misspelt_fact_is_an_error_and_not_silence() -> None:
    with pytest.raises(ValueError, match="BRANCHES"):
        BranchFacts(on=date(2020, 1, 1), kind="BRANCHES", field="机关", full_members=1, members=1)
    with pytest.raises(TypeError, match="nickname"):
        from_record("branch", {"nickname": "x"})


def test_the_text_of_the_day_judges() -> None:
    facts = BranchFacts(date(2026, 5, 10), "BRANCH", "机关", 9, 9, last_recruit_on=date(2020, 1, 1))
    before = {each.code: each.citation for each in RULES.judge_branch(facts)}
    after = {each.code: each.citation for each in RULES.judge_branch(replace(facts, on=date(2026, 5, 11)))}
    assert "2014" in before["BRANCH_NO_RECRUIT"]
    assert "2026" in after["BRANCH_NO_RECRUIT"]


def test_the_text_of_the_day_decides_how_strict_a_rule_is() -> None:
    (after,) = [each for each in RULES.judge_meeting(ADMITTING) if each.code == "TEMPORARY_BRANCH_ADMITS"]
    (before,) = RULES.judge_meeting(replace(ADMITTING, on=date(2026, 5, 10)))
    assert (before.severity, after.severity) == (Severity.GENERALLY, Severity.MUST)
    assert "第二十二条" in after.citation


def test_a_half_is_not_more_than_a_half() -> None:
    assert (at_least(50, 16), more_than(50, 16)) == (8, 9)
    assert (at_least(50, 15), more_than(50, 15)) == (8, 8)
    assert [at_least(80, entitled) for entitled in (5, 14, 15, 16, 35)] == [4, 12, 12, 13, 28]
    assert (at_least(50, 0), more_than(50, 0)) == (0, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"present": 17}, "present is 17 of 16 entitled"),
        ({"present": 8, "votes": (VoteFacts("ORDINARY", 9),)}, "yes is 9 of 8 present"),
        (
            {"present": 15, "votes": (VoteFacts("ADMISSION", 9, written_opinions=2),)},
            "written_opinions is 2, more than are absent",
        ),
        ({"kind": "PARTY"}, "kind is 'PARTY'"),
    ],
)
def test_numbers_that_cannot_be_are_an_error(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(ADMITTING, **change)  # type: ignore[arg-type]


def test_written_opinions_are_not_more_than_were_handed_in() -> None:
    with pytest.raises(ValueError, match="written_yes is 2 of 1"):
        VoteFacts("ADMISSION", 9, written_opinions=1, written_yes=2)


@pytest.mark.parametrize(
    ("base", "due"),
    [
        (3000, "15.00"),
        (3000.01, "30.00"),
        (5000, "50.00"),
        (5000.01, "75.00"),
        (10000, "150.00"),
        (10000.01, "200.00"),
        (0, "0.00"),
        (2001, "10.01"),
    ],
)
def test_dues_jump_at_the_brackets(base: float, due: str) -> None:
    found = dues_of(DuesFacts(date(2020, 12, 10), "SALARIED", base=base), RULES.values().numbers)
    assert found is not None
    assert found.amount == Decimal(due)


def test_a_course_across_years_is_split_without_loss() -> None:
    numbers = RULES.values().numbers
    for days in range(1, 40):
        last = date(2020, 12, 25) + timedelta(days=days - 1)
        record = TrainingRecord(last, 40.1, "集中培训", started_on=date(2020, 12, 25))
        parts = [
            hours_between(record, date(year, 1, 1), date(year, 12, 31), numbers) for year in range(2019, 2023)
        ]
        assert sum(parts) == hours_of(record, numbers)
        assert parts[0] == 0


def test_a_course_under_way_counts_as_far_as_it_has_come() -> None:
    record = TrainingRecord(date(2020, 6, 10), 40, "集中培训", started_on=date(2020, 6, 1))
    facts = TrainingFacts(2020, date(2020, 6, 5), "FULL", False, False, 0, records=(record,))
    (short,) = RULES.judge_training(facts)
    assert "已完成20学时" in short.message


def test_a_record_never_updated_counts_from_leaving() -> None:
    facts = FloatingFacts(on=date(2020, 12, 31), left_on=date(2020, 1, 1), last_updated_on=None)
    assert {each.code for each in RULES.judge_floating(facts)} >= {
        "FLOATING_OUT_OF_CONTACT",
        "FLOATING_UPDATE_OVERDUE",
    }


def test_without_a_county_pack_the_congress_names_the_area() -> None:
    rules = REGISTRY.rules_for("140823")
    facts = replace(DELEGATE, congress="中共闻喜县第十五次代表大会")
    inside = replace(facts, post_changes=(PostChange(date(2020, 5, 10), "调离", "运城市闻喜县"),))
    assert "DELEGATE_LEFT_AREA" in {each.code for each in rules.judge_delegate(facts)}
    assert "DELEGATE_LEFT_AREA" not in {each.code for each in rules.judge_delegate(inside)}


@pytest.mark.parametrize(
    ("level", "congress", "change", "destination", "code"),
    [
        ("PROVINCE", "中共山西省第十一次代表大会", "调离闻喜县", "太原市小店区", "DELEGATE_PLACE_UNCLEAR"),
        ("COUNTY", "中共闻喜县第十五次代表大会", "提拔", "运城市委组织部", "DELEGATE_PLACE_UNCLEAR"),
        ("COUNTY", "中共闻喜县第十五次代表大会", "上调", "山西省委", "DELEGATE_PLACE_UNCLEAR"),
        ("COUNTY", "中共闻喜县第十五次代表大会", "任职", "运城市夏县", "DELEGATE_LEFT_AREA"),
    ],
)
def test_without_a_county_pack_nobody_who_may_have_left_is_qualified(
    level: str, congress: str, change: str, destination: str, code: str
) -> None:
    rules = REGISTRY.rules_for("140823")
    moved = (PostChange(date(2020, 5, 10), change, destination),)
    answers = tuple(replace(each, opinion="NO_OBJECTION", reason=None) for each in DELEGATE.clearances)
    facts = replace(DELEGATE, level=level, congress=congress, post_changes=moved, clearances=answers)
    (finding,) = rules.judge_delegate(facts)
    assert (finding.code, finding.proposes) == (code, Proposal.SUSPENSION)
    assert rules.outcome(facts, (finding,)) is Outcome.SUSPENSION_PROPOSED


def test_natural_months_end_with_the_month() -> None:
    assert add_months(date(2021, 1, 31), 1) == date(2021, 2, 28)
    assert add_months(date(2020, 1, 31), 1) == date(2020, 2, 29)
    assert add_months(date(2020, 8, 31), 6) == date(2021, 2, 28)
    assert whole_months(date(2021, 1, 31), date(2021, 2, 28)) == 1
    assert whole_months(date(2018, 1, 1), date(2020, 12, 31)) == 35


@pytest.mark.parametrize("step", range(0, 1500, 7))
def test_whole_months_agree_with_add_months(step: int) -> None:
    start, end = date(2019, 1, 29), date(2019, 1, 29) + timedelta(days=step)
    months = whole_months(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)


def test_hostile_reasons_are_read_quickly() -> None:
    started = time.perf_counter()
    for text in (
        "未" + "受到" * 200 + "x留党察看",
        "立案" * 100 + "未警告" * 67,
        "辞去" * 99 + "代表" * 99,
        "警告、" * 130,
    ):
        mentions(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("county", "key", "value"), [("500110", "network_members", 57), ("330921", "rooms", 946)]
)
def test_reported_figures_of_the_other_packs(county: str, key: str, value: int) -> None:
    figures = {each.key: each.value for each in REGISTRY.rules_for(county).reported(2018)}
    assert figures[key] == value


def test_reported_figures_stay_claims() -> None:
    figures = {each.key: each for each in RULES.reported(2020)}
    assert len(figures) == 24
    assert (figures["members"].value, figures["county_delegates"].value) == (12016, 240)
    assert figures["party_lectures"].is_rounded_down
    assert round(100 * figures["one_person_two_posts"].value / figures["village_branches"].value, 2) == 66.17
    assert RULES.reported(2019) == ()


def test_a_whole_province_is_judged_in_seconds() -> None:
    facts = [
        replace(DELEGATE, elected_on=date(2016, 7, 20) + timedelta(days=day % 300)) for day in range(2000)
    ]
    started = time.perf_counter()
    for each in facts:
        RULES.judge_delegate(each)
    assert time.perf_counter() - started < 2
