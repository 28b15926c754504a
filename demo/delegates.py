"""党代表 and 职务变动: the delegates to three congresses, and those of them who left the county."""

from dataclasses import dataclass
from datetime import date
from random import Random

from demo.figures import DELEGATES, DELEGATES_WHO_LEFT, YEAR
from demo.members import Member
from demo.sheets import Sheet

CONGRESSES = {
    "县": ("中共绛县第十四次代表大会", date(2016, 7, 20)),
    "市": ("中共运城市第四次代表大会", date(2016, 9, 20)),
    "省": ("中共山西省第十一次代表大会", date(2016, 10, 20)),
}
PLACES_LEFT_FOR = ("运城市夏县", "运城市闻喜县", "临汾市侯马市", "太原市小店区")


@dataclass(frozen=True)
class Delegate:
    member: Member
    level: str
    congress: str
    elected_on: date


def choose_delegates(members: list[Member], floating: set[str], random: Random) -> list[Delegate]:
    """County first. Full members at the time of the first congress, who are not away; nobody twice."""
    _, first_day = CONGRESSES["县"]
    fitting = [
        member
        for member in members
        if member.confirmed_on and member.confirmed_on <= first_day and member.number not in floating
    ]
    levels = [level for level, count in DELEGATES.items() for _ in range(count)]
    chosen = random.sample(fitting, len(levels))
    return [Delegate(member, level, *CONGRESSES[level]) for member, level in zip(chosen, levels, strict=True)]


def delegates_sheet(delegates: list[Delegate]) -> Sheet:
    return Sheet(
        name="党代表",
        title="绛县党代表名册",
        headers=("姓名", "身份证号", "层级", "届次", "所在党支部代码", "当选日期", "状态"),
        rows=[
            (
                delegate.member.name,
                delegate.member.number,
                delegate.level,
                delegate.congress,
                delegate.member.branch,
                delegate.elected_on,
                "在任",
            )
            for delegate in delegates
        ],
    )


def choose_delegates_who_left(delegates: list[Delegate], random: Random) -> list[Delegate]:
    """County delegates, those in public posts first: it was a change of post that took them away."""
    county = [delegate for delegate in delegates if delegate.level == "县"]
    random.shuffle(county)
    county.sort(key=lambda delegate: delegate.member.occupation not in ("公务员", "事业单位人员"))
    return county[:DELEGATES_WHO_LEFT]


def post_changes_sheet(left: list[Delegate], random: Random) -> Sheet:
    return Sheet(
        name="职务变动",
        title="2020年职务变动",
        headers=("姓名", "身份证号", "变动日期", "变动情况", "去向"),
        rows=[
            (
                delegate.member.name,
                delegate.member.number,
                date(YEAR, random.randint(4, 9), 10),
                "调离绛县",
                random.choice(PLACES_LEFT_FOR),
            )
            for delegate in left
        ],
    )
