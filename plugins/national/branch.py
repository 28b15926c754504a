"""Branch set-up and terms of office.

Sources: 中国共产党支部工作条例(试行) chapters 2 and 6 (2018-10-28), 关于党的基层组织任期的意见 (2018-07-12),
发展党员工作细则 (2014; revised text in force from 2026-05-11), 基层组织选举工作条例 article 3 (2020).
"""

from collections.abc import Iterator
from datetime import date

from plugins.contract import Observation, Values
from plugins.facts import BranchFacts
from plugins.months import add_months, whole_months
from plugins.national.cycles import missed_meetings


def check_branch(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """A temporary branch (临时党支部) recruits and re-elects nobody, so only its size is looked at."""
    if facts.kind in ("BRANCH", "TEMPORARY_BRANCH"):
        yield from _size(facts, values)
    if facts.kind == "BRANCH":
        yield from _set_up(facts, values)
        yield from _committee(facts, values)
        yield from _sent(facts)
        yield from _recruiting(facts, values)
        yield from _appraisal(facts, values)
    yield from missed_meetings(facts, values)
    if facts.kind == "TEMPORARY_BRANCH" and facts.body_ended_on and facts.body_ended_on <= facts.on:
        yield Observation(
            "TEMPORARY_BRANCH_OUTLIVED",
            f"临时组建的机构已于{_day(facts.body_ended_on)}撤销，临时党支部自然撤销，请办理。",
        )
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
    most = values.numbers["branch.joint_max_units"]
    if facts.units is not None and facts.units > most:
        yield Observation(
            "JOINT_BRANCH_TOO_MANY_UNITS",
            f"联合党支部覆盖{facts.units}个单位，超过一般不超过{most}个的规定。",
        )


def _committee(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """The committee's own size: 3 to 5, generally not over 7."""
    due = values.numbers["branch.committee_from"]
    if facts.full_members >= due and facts.has_committee is False:
        yield Observation(
            "BRANCH_COMMITTEE_DUE",
            f"党支部现有正式党员{facts.full_members}人，已达{due}人，应当设立党支部委员会。",
        )
    least, most = values.numbers["branch.committee_min"], values.numbers["branch.committee_max"]
    if facts.committee_members is not None and not least <= facts.committee_members <= most:
        yield Observation(
            "COMMITTEE_SIZE_UNUSUAL",
            f"党支部委员会现有{facts.committee_members}人，一般由{least}人以上组成、不超过{most}人。",
        )


def _sent(facts: BranchFacts) -> Iterator[Observation]:
    """选派: a secretary or committee member may be sent from above; his own relation stays where it is until moved."""
    if facts.outside_officers:
        yield Observation(
            "OFFICER_FROM_ELSEWHERE",
            f"书记、副书记、委员中有{facts.outside_officers}人的组织关系不在本支部，"
            "属于选派的请核对任免文件和组织关系。",
        )


def _appraisal(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """Probationary members take part but are not graded, so they are not in the base."""
    one_in = int(values.numbers["branch.excellent_one_in"])
    if facts.appraised_excellent * one_in > facts.appraised:
        yield Observation(
            "TOO_MANY_EXCELLENT",
            f"参加评议{facts.appraised}人，评定优秀{facts.appraised_excellent}人，"
            f"一般不超过{one_in}分之一，即{facts.appraised // one_in}人。",
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
    if facts.on > (facts.term_extended_to or ends_on):
        yield Observation(
            "TERM_ENDED",
            f"本届任期{years}年，自{_day(facts.term_started_on)}起至{_day(ends_on)}届满，尚未换届；"
            "需延期的应当报上级党的委员会批准。",
        )
    months = int(values.numbers["branch.term_shift_months"])
    if facts.term_extended_to and facts.term_extended_to > add_months(ends_on, months):
        yield Observation(
            "TERM_EXTENDED_TOO_LONG",
            f"任期{_day(ends_on)}届满，延期至{_day(facts.term_extended_to)}，超过一般不超过{months}个月的规定。",
        )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
