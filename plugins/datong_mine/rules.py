"""What the mine's network branch (网络党支部) adds: the 6th of each month, real names, two groups, 五个同步, greetings.

Source: the newspaper page named in manifest.toml; README.md says which of its terms it leaves undefined.
"""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import BranchFacts, FloatingFacts
from plugins.months import add_months, whole_months


def check_branch(facts: BranchFacts, values: Values) -> Iterator[Observation]:
    """以每月6日为统一活动日: only the network branch's own theme day."""
    held_on = facts.last_held.get("THEME_DAY")
    is_network = facts.field in {item.label for item in values.settings["network_branch.fields"]}
    day = values.numbers["network_branch.day"]
    if is_network and held_on and held_on.day != day:
        yield Observation(
            "NETWORK_DAY_DIFFERS",
            f"网络党支部以每月{day}日为统一活动日，最近一次在{held_on.month}月{held_on.day}日。",
        )


def check_floating(facts: FloatingFacts, values: Values) -> Iterator[Observation]:
    if not facts.written("real_name"):
        yield Observation("NETWORK_NOT_REAL_NAME", "加入网络党支部必须实名登记，台账没有实名登记。")
    groups = [item.label for item in values.settings["network_branch.groups"]]
    if facts.written("group") not in groups:
        yield Observation("NETWORK_GROUP_MISSING", f"应编入{len(groups)}个小组之一：{'、'.join(groups)}。")
    steps = values.settings["floating.steps"]
    if missing := [item.label for item in steps if not facts.written(item.key)]:
        yield Observation(
            "NETWORK_OUT_OF_STEP",
            f"要求{len(steps)}个方面同步，现有{len(missing)}个没有记录：{'、'.join(missing)}。",
        )
    yield from _greeting(facts)


def _greeting(facts: FloatingFacts) -> Iterator[Observation]:
    """Due on the political birthday itself, so missed from the day after; 29 February falls on the 28th."""
    if facts.admitted_on is None:
        return
    years = whole_months(facts.admitted_on, facts.on) // 12
    birthday = add_months(facts.admitted_on, 12 * years)
    is_greeted = facts.last_greeted_on is not None and facts.last_greeted_on >= birthday
    if years > 0 and facts.on > birthday and not is_greeted:
        yield Observation(
            "NETWORK_GREETING_MISSED",
            f"{birthday.year}年{birthday.month}月{birthday.day}日是入党{years}周年的政治生日，没有发送祝福的记录。",
        )
