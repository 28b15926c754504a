"""Training hours. Source: 中国共产党党员教育管理工作条例 第二十条 (32 hours), 第二十三条 (who is excused)."""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import TrainingFacts
from plugins.hours import hours_of_year
from plugins.months import add_months


def check_training(facts: TrainingFacts, values: Values) -> Iterator[Observation]:
    """Compares completed hours (学时) with what is generally asked for; the year may still be running."""
    if facts.is_excused:
        return
    done = completed_hours(facts, values)
    required = values.numbers["training.member_hours"]
    if done < required:
        yield Observation("TRAINING_HOURS_SHORT", _message(facts, done, "党员每年集中学习培训", required))
    if facts.is_secretary or facts.is_committee_member:
        required = values.numbers["training.officer_hours"]
        if done < required:
            yield Observation(
                "OFFICER_TRAINING_HOURS_SHORT",
                _message(facts, done, "党组织书记和班子成员每年参加培训", required),
            )
    yield from _intensive(facts, values)


def completed_hours(facts: TrainingFacts, values: Values) -> float:
    """From the records where they are given: converted by form, split at the year's end, only time spent."""
    if not facts.records:
        return facts.completed_hours
    return hours_of_year(facts.records, facts.year, facts.on, values.numbers)


def _intensive(facts: TrainingFacts, values: Values) -> Iterator[Observation]:
    months = int(values.numbers["training.first_year_months"])
    is_new = facts.full_since is not None and facts.on < add_months(facts.full_since, months)
    owes = facts.standing == "PROBATIONARY" or is_new or facts.is_secretary or facts.is_committee_member
    courses = int(values.numbers["training.intensive_courses"])
    if owes and facts.intensive_courses is not None and facts.intensive_courses < courses:
        yield Observation(
            "INTENSIVE_COURSE_MISSING",
            f"{facts.year}年度参加集中培训{facts.intensive_courses}次；预备党员、转正后{months}个月内的党员、"
            f"书记和班子成员每年至少{courses}次。",
        )


def _message(facts: TrainingFacts, done: float, what: str, required: float) -> str:
    return (
        f"截至{facts.on.year}年{facts.on.month}月{facts.on.day}日，{facts.year}年度已完成{done:g}学时，"
        f"距{what}一般不少于{required:g}学时还差{required - done:g}学时。"
    )
