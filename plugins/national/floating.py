"""Floating members out of contact, due for transfer, or long abroad.

Source: 中国共产党党员教育管理工作条例 第二十四、二十五条.
"""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import FloatingFacts
from plugins.months import add_months, whole_months


def check_floating(facts: FloatingFacts, values: Values) -> Iterator[Observation]:
    yield from _contact(facts, values)
    months = int(values.numbers["floating.transfer_months"])
    if facts.is_place_fixed and facts.left_on and facts.on >= add_months(facts.left_on, months):
        yield Observation(
            "FLOATING_TRANSFER_DUE",
            f"外出已满{months}个月且地点相对固定，应当转移组织关系；接收以前由原党组织继续负责。",
        )
    years = int(values.numbers["floating.abroad_years"])
    if facts.went_abroad_on and facts.on > add_months(facts.went_abroad_on, 12 * years):
        yield Observation(
            "FLOATING_ABROAD_LONG",
            f"出国（境）超过{years}年，一般停止党籍；由党组织按规定研究决定，系统不作处理。",
        )


def _contact(facts: FloatingFacts, values: Values) -> Iterator[Observation]:
    """6个月以上 includes the day that completes the month. Nobody loses membership by it: people look."""
    last = facts.last_updated_on or facts.left_on
    if last is None:
        return
    limit = int(values.numbers["floating.contact_months"])
    if facts.on >= add_months(last, limit):
        yield Observation(
            "FLOATING_OUT_OF_CONTACT",
            f"台账自{last.year}年{last.month}月{last.day}日后没有更新，"
            f"已满{whole_months(last, facts.on)}个月，达到{limit}个月；请设法联系查找。"
            "是否停止党籍由党支部或者上级党组织按规定决定，系统不作处理。",
        )
