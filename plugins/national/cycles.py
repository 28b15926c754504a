"""Meetings that recur: a whole calendar period without one has been missed.

Sources: 支部工作条例(试行) 第十一至十三条, 党员教育管理工作条例 第十六至十八条. A period still running is never missed.
"""

from collections.abc import Iterator
from datetime import date

from plugins.contract import Observation, Values
from plugins.facts import BranchFacts

_NAMES = {
    "ASSEMBLY": ("党员大会", "meeting.assembly_months"),
    "COMMITTEE_MEETING": ("支部委员会会议", "meeting.committee_months"),
    "GROUP_MEETING": ("党小组会", "meeting.group_months"),
    "THEME_DAY": ("主题党日", "meeting.theme_day_months"),
    "LIFE_MEETING": ("组织生活会", "meeting.life_months"),
    "APPRAISAL": ("民主评议党员", "meeting.appraisal_months"),
}


def missed_meetings(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """A kind of meeting without a day in `last_held` is not known, and not missed."""
    for meeting, (name, parameter) in _NAMES.items():
        last = facts.last_held.get(meeting)
        owes = facts.kind == "BRANCH" or (facts.kind == "GROUP" and meeting == "GROUP_MEETING")
        if last is None or not owes:
            continue
        months = int(values.numbers[parameter])
        if _period(facts.on, months) - _period(last, months) > 1:
            yield Observation(
                f"{meeting}_MISSED",
                f"{name}每{months}个月1次，上次为{last.year}年{last.month}月{last.day}日，此后有整期没有召开。",
            )


def _period(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months
