"""The acceptance figures of the sources that a clock or a sum carries, each with where it comes from."""

from datetime import date, timedelta

import pytest

from plugins.facts import BranchFacts
from plugins.months import add_months
from plugins.registry import discover
from plugins.workdays import add_working_days, is_working_day

REGISTRY = discover()
JIANGXIAN = REGISTRY.timeline("140826")
FIGURES = {each.key: each for each in JIANGXIAN.reported(2020)}


@pytest.mark.parametrize(
    ("day", "number", "last"),
    [
        # 国庆 2026: 1 to 7 October free, Saturday 10 October worked.
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 9, 25), 5, date(2026, 10, 9)),
        # 国庆和中秋 2020: 1 to 8 October free, Sunday 27 September and Saturday 10 October worked.
        (date(2020, 9, 28), 5, date(2020, 10, 12)),
        (date(2020, 9, 26), 1, date(2020, 9, 27)),
        # No holiday: Monday to Monday.
        (date(2026, 6, 8), 5, date(2026, 6, 15)),
        (date(2026, 9, 30), 0, date(2026, 9, 30)),
    ],
)
def test_working_days_know_holidays_and_the_days_worked_for_them(day: date, number: int, last: date) -> None:
    assert add_working_days(day, number) == (last, False)


def test_working_days_of_a_year_without_a_calendar_are_provisional() -> None:
    assert add_working_days(date(2098, 9, 30), 5) == (date(2098, 10, 7), True)
    assert add_working_days(date(2098, 9, 30), 0) == (date(2098, 9, 30), False)
    assert is_working_day(date(2098, 10, 1))
    with pytest.raises(ValueError, match="outside 0 to 366"):
        add_working_days(date(2026, 1, 1), 10_000)


def test_36_months_without_a_recruit_end_on_a_day_and_not_on_the_1095th() -> None:
    last = date(2017, 12, 31)
    facts = BranchFacts(add_months(last, 36), "BRANCH", "行政村", 9, 9, last_recruit_on=last)
    assert facts.on == date(2020, 12, 31) != last + timedelta(days=1095)
    assert "VILLAGE_NO_RECRUIT" in {each.code for each in JIANGXIAN.judge_branch(facts)}
    day_before = BranchFacts(date(2020, 12, 30), "BRANCH", "行政村", 9, 9, last_recruit_on=last)
    assert "VILLAGE_NO_RECRUIT" not in {each.code for each in JIANGXIAN.judge_branch(day_before)}


def test_31_january_and_one_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_133_villages_need_665_reserves() -> None:
    """Five a village by the county's number, and more than 665 are reported."""
    villages, reserves = FIGURES["village_branches"].value, FIGURES["reserves"].value
    assert villages * JIANGXIAN.number("village.reserves", date(2020, 12, 31)) == 665
    assert reserves > 665
    assert round(reserves / villages, 2) == 6.83


def test_1614_in_9_branches_are_more_than_a_branch_may_have() -> None:
    """179 in each: so temporary branches hold those away as guests, and their homes stay where they are."""
    each = FIGURES["floating"].value / FIGURES["temporary_branches"].value
    assert round(each) == 179
    assert each > JIANGXIAN.number("branch.max_members", date(2020, 12, 31))


def test_240_and_19_and_2_delegates() -> None:
    levels = ("county_delegates", "city_delegates", "province_delegates")
    assert [FIGURES[level].value for level in levels] == [240, 19, 2]


def test_30_problems_are_15_solved_10_planned_and_5_tracked() -> None:
    parts = [FIGURES[f"livelihood_problems_{part}"].value for part in ("solved", "planned", "tracked")]
    assert parts == [15, 10, 5]
    assert sum(parts) == FIGURES["livelihood_problems"].value
