"""流动党员: members who are away, with the seven items (七个清楚) and the gaps that such records have."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.branches_away import PLACES
from demo.figures import FLOATING_MEMBERS, INCOMPLETE_FLOATING_RECORDS, YEAR
from demo.members import Member
from demo.sheets import Sheet

YEARS_OF_LEAVING = (2018, 2019, 2019, 2020)
ORGANIZATIONAL_LIFE = ("参加流入地支部活动", "线上参加")
MINDSETS = ("稳定", "积极")
CONTRIBUTIONS = ("志愿服务", "结对帮带", "联系老乡")
ITEMS = ("流动时间", "去向住址", "联系方式", "就业情况", "组织生活", "思想动态", "作用发挥")


@dataclass(frozen=True)
class FloatingMember:
    member: Member
    left_on: date
    other_items: list[str]
    """The six of ITEMS that may be unknown, as "" then; when someone left is always known."""
    host_branch: str
    last_updated_on: date


def choose_floating_members(
    members: list[Member], secretaries: set[str], random: Random
) -> list[FloatingMember]:
    """Full members under 65 who are no secretaries and had joined before the first year of leaving."""
    fitting = [
        member
        for member in members
        if member.born.year > YEAR - 65
        and member.joined_on.year < YEARS_OF_LEAVING[0]
        and member.number not in secretaries
    ]
    records = [_record(member, random) for member in random.sample(fitting, FLOATING_MEMBERS)]
    for record in random.sample(records, INCOMPLETE_FLOATING_RECORDS):
        record.other_items[random.randrange(len(record.other_items))] = ""
    return records


def floating_members_sheet(records: list[FloatingMember]) -> Sheet:
    return Sheet(
        name="流动党员",
        title="绛县在外流动党员台账(2020年第四季度)",
        headers=(
            "姓名",
            "身份证号",
            "流出党支部代码",
            *ITEMS,
            "所在流动党支部代码",
            "登记日期",
            "最近更新日期",
        ),
        rows=[
            (
                record.member.name,
                record.member.number,
                record.member.branch,
                record.left_on,
                *record.other_items,
                record.host_branch,
                record.left_on + timedelta(days=20),
                record.last_updated_on,
            )
            for record in records
        ],
    )


def _record(member: Member, random: Random) -> FloatingMember:
    host_branch, place = random.choice(list(PLACES.items()))
    return FloatingMember(
        member,
        left_on=date(random.choice(YEARS_OF_LEAVING), random.randint(1, 6), random.randint(1, 28)),
        other_items=[
            f"{place}{random.randint(1, 199)}号",
            member.phone,
            random.choice(_employments(member)),
            random.choice(ORGANIZATIONAL_LIFE),
            random.choice(MINDSETS),
            random.choice(CONTRIBUTIONS),
        ],
        host_branch=host_branch,
        last_updated_on=date(YEAR, 12, random.randint(1, 28)),
    )


def _employments(member: Member) -> tuple[str, ...]:
    if member.born.year >= 1990:
        return ("求学", "求学", "务工", "经商")
    return ("务工", "经商", "随子女居住") if member.born.year < 1970 else ("务工", "经商", "求学")
