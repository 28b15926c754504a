"""Membership dues (党费): the facts of one payment and what is due by the brackets of 2008.

Source: 关于中国共产党党费收缴、使用和管理的规定 (中组发〔2008〕3号). The whole amount falls into one bracket, so
the dues jump: 3000 yuan give 15.00, 3000.01 give 30.00.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from plugins.vocabulary import KINDS, PAYERS, known

Brackets = tuple[tuple[str | None, str], ...]  # the parameters of upper bound (included) and percent
BRACKETS: Brackets = (
    ("dues.bracket_1_max", "dues.rate_1"),
    ("dues.bracket_2_max", "dues.rate_2"),
    ("dues.bracket_3_max", "dues.rate_3"),
    (None, "dues.rate_4"),
)
RETIRED_BRACKETS: Brackets = (("dues.retired_max", "dues.retired_rate_1"), (None, "dues.retired_rate_2"))


@dataclass(frozen=True)
class DuesFacts:
    """A member's dues of the month of `on`, in yuan. None means: not known, so nothing is concluded."""

    on: date
    payer: str  # one of PAYERS
    base: float | None = None  # 计算基数: after-tax regular pay, pension, or last quarter's monthly mean
    allowances: float = 0  # 离退休补贴: part of the base or not, as the parameter says
    paid: float | None = None  # for this month, without what is given beyond the dues
    months_paid_at_once: int = 1  # how many months one payment covers
    months_unpaid: int = 0  # 连续没有交纳的月数, without a good reason
    is_reduced: bool = False  # 少交或者免交 has been agreed by the higher committee
    given_at_once: float = 0  # 自愿多交, in one sum
    collected_by: str | None = None  # one of KINDS
    admitted_on: date | None = None  # 支部大会通过为预备党员之日
    approved_on: date | None = None  # 上级党委批准之日

    def __post_init__(self) -> None:
        known("payer", self.payer, PAYERS)
        if self.collected_by is not None:
            known("collected_by", self.collected_by, KINDS)


@dataclass(frozen=True)
class Due:
    """What is due for a month in yuan, to the fen, and how it comes about."""

    amount: Decimal
    reason: str


def dues_of(facts: DuesFacts, numbers: Mapping[str, int | float]) -> Due | None:
    """None when the base is not known."""
    if _is_before_first_month(facts, numbers):
        return Due(Decimal("0.00"), "尚未起交")
    if facts.payer in ("FARMER", "SUBSIDIZED"):
        fixed = numbers[f"dues.{facts.payer.lower()}_yuan"]
        return Due(_fen(_exact(fixed)), f"每月定额{fixed:g}元")
    if facts.base is None:
        return None
    base, brackets = _exact(facts.base), BRACKETS
    if facts.payer == "RETIRED":
        brackets = RETIRED_BRACKETS
        base += _exact(facts.allowances) if numbers["dues.retired_counts_allowances"] else 0
    rate = next(numbers[rate] for top, rate in brackets if top is None or base <= _exact(numbers[top]))
    return Due(_fen(base * _exact(rate) / 100), f"基数{base}元的{rate:g}%")


def _fen(amount: Decimal) -> Decimal:
    """The texts do not say how to round; half a fen goes up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _is_before_first_month(facts: DuesFacts, numbers: Mapping[str, int | float]) -> bool:
    first = facts.admitted_on if numbers["dues.from_admission"] else facts.approved_on
    return first is not None and (facts.on.year, facts.on.month) < (first.year, first.month)


def _exact(number: float) -> Decimal:
    return Decimal(str(number))
