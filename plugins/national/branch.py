"""Branch set-up and terms of office.

Sources: 中国共产党支部工作条例(试行) chapters 2 and 6 (2018-10-28), 关于党的基层组织任期的意见 (2018-07-12),
发展党员工作细则 (2014; revised text in force from 2026-05-11).
"""

from collections.abc import Iterator
from datetime import date

from plugins.contract import Observation, Values
from plugins.facts import BranchFacts
from plugins.months import add_months, whole_months


def check_branch(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """A temporary branch (临时党支部) recruits and re-elects nobody, so only its size is looked at."""
    if facts.kind in ("BRANCH", "TEMPORARY_BRANCH"):
        yield from _size(facts, values)
    if facts.kind == "BRANCH":
        yield from _set_up(facts, values)
        yield from _recruiting(facts, values)
    if facts.kind in ("COMMITTEE", "GENERAL_BRANCH", "BRANCH"):
        yield from _term(facts, values)


def term_years(facts: BranchFacts, values: Values) -> int:
    """Years of a term: 5 in villages and communities and for base committees, else 3."""
    if any(facts.field == item.key for item in values.settings["branch.village_fields"]):
        return int(values.numbers["branch.term_years_village"])
    if facts.kind == "COMMITTEE":
        return int(values.numbers["branch.term_years_committee"])
    return int(values.numbers["branch.term_years"])


def _size(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """一般不超过50人: 50 is still within."""
    limit = values.numbers["branch.max_members"]
    if facts.members > limit:
        yield Observation(
            "BRANCH_TOO_LARGE", f"党支部现有党员{facts.members}人，超过一般不超过{limit}人的规定。"
        )


def _set_up(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """正式党员3人以上, 7人以上: the number itself is included."""
    enough = values.numbers["branch.min_full_members"]
    if facts.full_members < enough:
        yield Observation(
            "BRANCH_TOO_FEW_FULL_MEMBERS",
            f"党支部现有正式党员{facts.full_members}人，不足{enough}人，应当由上级党组织调整或者成立联合党支部。",
        )
    due = values.numbers["branch.committee_from"]
    if facts.full_members >= due and facts.has_committee is False:
        yield Observation(
            "BRANCH_COMMITTEE_DUE",
            f"党支部现有正式党员{facts.full_members}人，已达{due}人，应当设立党支部委员会。",
        )


def _recruiting(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """36个月以上: the day that completes the 36th natural month is included."""
    if facts.last_recruit_on is None:
        return
    limit = int(values.numbers["branch.no_recruit_months"])
    if facts.on >= add_months(facts.last_recruit_on, limit):
        months = whole_months(facts.last_recruit_on, facts.on)
        yield Observation(
            "BRANCH_NO_RECRUIT",
            f"党支部自{_day(facts.last_recruit_on)}后未发展党员，已满{months}个自然月，达到{limit}个月的提示线。",
        )


def _term(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """An election on the very day the term ends is in time."""
    if facts.term_started_on is None:
        return
    years = term_years(facts, values)
    ends_on = add_months(facts.term_started_on, years * 12)
    if facts.on > ends_on:
        yield Observation(
            "TERM_ENDED",
            f"本届任期{years}年，自{_day(facts.term_started_on)}起至{_day(ends_on)}届满，尚未换届；"
            "需延期的应当报上级党的委员会批准。",
        )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
