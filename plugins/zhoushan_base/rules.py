"""What the construction site adds: levels 连、排、班、室 in their order, each with party members in it.

Source: the newspaper page named in manifest.toml; README.md says which of its terms it leaves undefined.
"""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import BranchFacts


def check_branch(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """Organizations without a level of the site (committees, branches) are not looked at."""
    if facts.level is None:
        return
    order = [item.label for item in values.settings["organization.levels"]]
    if facts.level not in order:
        yield Observation("LEVEL_UNKNOWN", f"“{facts.level}”不在本地层级之内：{'、'.join(order)}。")
        return
    place = order.index(facts.level)
    above = order[place - 1] if place else None
    if facts.level_above in order and facts.level_above != above:
        yield Observation(
            "LEVEL_OUT_OF_ORDER",
            f"“{facts.level}”的上一级是“{facts.level_above}”，应为{f'“{above}”' if above else '临时党支部'}。",
        )
    least = values.numbers["coverage.min_members"]
    if facts.members < least:
        yield Observation(
            "LEVEL_NOT_COVERED",
            f"“{facts.level}”现有党员{facts.members}名，不足{least}名，党组织尚未覆盖。",
        )
