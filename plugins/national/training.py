"""Training hours. Source: 中国共产党党员教育管理工作条例 第二十条 (32 hours), 第二十三条 (who is excused)."""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import TrainingFacts


def check_training(facts: TrainingFacts, values: Values) -> Iterator[Observation]:
    """Compares completed hours (学时) with what is generally asked for; the year may still be running."""
    if facts.is_excused:
        return
    required = values.numbers["training.member_hours"]
    if facts.completed_hours < required:
        yield Observation("TRAINING_HOURS_SHORT", _message(facts, "党员每年集中学习培训", required))
    if facts.is_secretary or facts.is_committee_member:
        required = values.numbers["training.officer_hours"]
        if facts.completed_hours < required:
            yield Observation(
                "OFFICER_TRAINING_HOURS_SHORT", _message(facts, "党组织书记和班子成员每年参加培训", required)
            )


def _message(facts: TrainingFacts, what: str, required: float) -> str:
    done, short = facts.completed_hours, required - facts.completed_hours
    return (
        f"截至{facts.on.year}年{facts.on.month}月{facts.on.day}日，{facts.year}年度已完成{done:g}学时，"
        f"距{what}一般不少于{required:g}学时还差{short:g}学时。"
    )
