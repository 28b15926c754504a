"""联审意见: what both agencies answered about each delegate for the last quarter."""

from collections.abc import Iterator
from datetime import date
from random import Random

from demo.delegates import Delegate
from demo.figures import YEAR
from demo.sheets import Cell, Sheet

DISCIPLINE_INSPECTION, PUBLIC_SECURITY = "县纪委监委", "县公安局"
OBJECTIONS = (
    (PUBLIC_SECURITY, "涉嫌违法 立案侦查中"),
    (DISCIPLINE_INSPECTION, "受留党察看一年处分"),
    (DISCIPLINE_INSPECTION, "涉嫌违纪 立案审查中"),
)


def clearances_sheet(delegates: list[Delegate], left: list[Delegate], random: Random) -> Sheet:
    """The objections are about county delegates who did not leave."""
    county = [delegate for delegate in delegates if delegate.level == "县" and delegate not in left]
    objected = random.sample(county, len(OBJECTIONS))
    reasons = {
        (delegate.member.number, agency): reason
        for delegate, (agency, reason) in zip(objected, OBJECTIONS, strict=True)
    }
    return Sheet(
        name="联审意见",
        title="2020年第四季度党代表资格联审意见",
        headers=("姓名", "身份证号", "部门", "意见", "说明", "日期"),
        rows=_rows(delegates, reasons, random),
    )


def _rows(
    delegates: list[Delegate], reasons: dict[tuple[str, str], str], random: Random
) -> Iterator[tuple[Cell, ...]]:
    for delegate in delegates:
        member = delegate.member
        for agency in (DISCIPLINE_INSPECTION, PUBLIC_SECURITY):
            reason = reasons.get((member.number, agency), "")
            opinion = "有异议" if reason else "无异议"
            given_on = date(YEAR, 12, random.randint(8, 25))
            yield member.name, member.number, agency, opinion, reason, given_on
