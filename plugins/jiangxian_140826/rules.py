"""What Jiangxian adds: 七个清楚 every quarter, villages without recruits or reserves, a remark on delegates who left.

Source: the newspaper page named in manifest.toml; README.md says which of its terms it leaves undefined.
"""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import BranchFacts, DelegateFacts, FloatingFacts
from plugins.months import add_months, whole_months
from plugins.moves import last_move
from plugins.places import Place


def check_floating(facts: FloatingFacts, values: Values) -> Iterator[Observation]:
    """In time on the very day it falls due. An item is clear when anything is written."""
    last = facts.last_updated_on or facts.left_on
    months = int(values.numbers["floating.update_months"])
    if last is not None and facts.on > (due := add_months(last, months)):
        yield Observation(
            "FLOATING_UPDATE_OVERDUE",
            f"台账应当每{months}个月更新一次，上次更新为{last.year}年{last.month}月{last.day}日，"
            f"应于{due.year}年{due.month}月{due.day}日前更新，已逾期{(facts.on - due).days}天。",
        )
    items = values.settings["floating.checklist"]
    required = [item for item in items if item.is_required]
    missing = [item.label for item in required if not facts.written(item.key)]
    if missing:
        yield Observation(
            "FLOATING_NOT_CLEAR",
            f"要求{len(required)}项清楚，现有{len(missing)}项未填：{'、'.join(missing)}。",
        )


def check_branch(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    if facts.kind == "BRANCH" and facts.field == "行政村":
        yield from _recruiting(facts, values)
        yield from _reserves(facts, values)


def _recruiting(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """3年以上 includes the day that completes the 36th natural month."""
    if facts.last_recruit_on is None:
        return
    limit = int(values.numbers["branch.no_recruit_months"])
    if facts.on >= add_months(facts.last_recruit_on, limit):
        months = whole_months(facts.last_recruit_on, facts.on)
        yield Observation(
            "VILLAGE_NO_RECRUIT",
            f"行政村已{months}个自然月未发展党员（达到{limit}个月），列入“一村一策”重点，请研究原因。",
        )


def _reserves(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    enough = values.numbers["village.reserves"]
    if facts.reserves is not None and facts.reserves < enough:
        yield Observation(
            "VILLAGE_RESERVES_SHORT", f"村后备力量{facts.reserves}名，要求总数不少于{enough}名。"
        )
    enough = values.numbers["village.secretary_reserves"]
    if facts.secretary_reserves is not None and facts.secretary_reserves < enough:
        yield Observation(
            "VILLAGE_SECRETARY_RESERVE_MISSING",
            f"党组织书记后备{facts.secretary_reserves}名，要求至少{enough}名。",
        )


def check_delegate(facts: DelegateFacts, values: Values) -> Iterator[Observation]:
    """The page says 终止资格 of four county delegates who moved away; article 26 says 停止执行代表职务."""
    if facts.level != "COUNTY":
        return
    move = last_move(facts, values.region)
    if move is not None and move.place is Place.OUTSIDE:
        yield Observation(
            "WORDING_DIFFERS",
            "县里报道把职务调整出绛县的县党代表写作“终止资格”，而条例第二十六条规定调离的停止执行代表职务，"
            "第二十五条所列情形才终止代表资格；请按条例用语作出决定。",
        )
