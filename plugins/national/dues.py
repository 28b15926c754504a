"""Membership dues. Sources: 中组发〔2008〕3号; 党员教育管理工作条例 第三十一条.

Nobody loses membership here: six months unpaid propose that the branch looks into it.
"""

from collections.abc import Iterator
from decimal import Decimal

from plugins.contract import Observation, Values
from plugins.dues import dues_of
from plugins.facts import DuesFacts


def check_dues(facts: DuesFacts, values: Values) -> Iterator[Observation]:
    numbers = values.numbers
    due = dues_of(facts, numbers)
    if due is not None and facts.paid is not None and not facts.is_reduced:
        paid = Decimal(str(facts.paid))
        if paid < due.amount:
            yield Observation(
                "DUES_SHORT",
                f"{facts.on.month}月应交党费{due.amount}元（{due.reason}），实交{paid}元，还差{due.amount - paid}元。",
            )
    months = int(numbers["dues.unpaid_months"])
    if facts.months_unpaid >= months:
        yield Observation(
            "DUES_UNPAID_LONG",
            f"已连续{facts.months_unpaid}个月没有交纳党费，达到{months}个月；没有正当理由的，由党支部按规定研究，"
            "系统不作处理。",
        )
    most = int(numbers["dues.months_at_once"])
    if facts.months_paid_at_once > most:
        yield Observation(
            "DUES_MANY_MONTHS",
            f"一次交纳{facts.months_paid_at_once}个月党费，补交或者预交一般不超过{most}个月。",
        )
    large = numbers["dues.large_gift_yuan"]
    if facts.given_at_once >= large:
        yield Observation(
            "DUES_LARGE_GIFT",
            f"一次多交党费{facts.given_at_once:g}元，达到{large}元，可全部交给中央，请报上级党委办理。",
        )
    if facts.collected_by == "TEMPORARY_BRANCH":
        yield Observation("DUES_TO_TEMPORARY_BRANCH", "临时党支部一般不收缴党费，请交到组织关系所在党支部。")
