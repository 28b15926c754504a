"""党员: the members of each branch, and the file of them."""

from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat
from random import Random

from demo.dates import day_between, day_in, years_after
from demo.figures import LAST_DAY, MEMBERS, PROBATIONARY_MEMBERS, YEAR
from demo.identity import identity_number
from demo.names import person_name
from demo.occupations import occupation
from demo.organizations import Organization
from demo.sheets import Sheet

SURE_OF_EACH_BRANCH = 3
"""Full members that every branch has, whatever chance gives it."""
MEN = 0.73
EDUCATION = ("初中", "高中", "大专", "大学", "初中", "高中", "大专", "大学", "小学", "中专", "研究生")
ETHNICITIES, ETHNICITY_WEIGHTS = ("汉族", "回族", "满族", "蒙古族"), (97, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    number: str
    is_male: bool
    ethnicity: str
    born: date
    education: str
    branch: str
    phone: str
    joined_on: date
    confirmed_on: date | None
    occupation: str


def county_members(branches: list[Organization], random: Random) -> list[Member]:
    taken: set[str] = set()
    codes = _branches_of_members(branches, random)
    phones = [f"199990{number:05}" for number in random.sample(range(100_000), MEMBERS)]
    births = [day_in(1935, 2000, random) for _ in range(MEMBERS)]
    probationary = _probationary(births, len(branches) * SURE_OF_EACH_BRANCH, random)
    members = []
    for index, (code, phone, born) in enumerate(zip(codes, phones, births, strict=True)):
        is_male = random.random() < MEN
        joined_on, confirmed_on = _dates(born, index in probationary, random)
        members.append(
            Member(
                person_name(is_male, random),
                identity_number(born, is_male, taken, random),
                is_male,
                random.choices(ETHNICITIES, ETHNICITY_WEIGHTS)[0],
                born,
                random.choice(EDUCATION),
                code,
                phone,
                joined_on,
                confirmed_on,
                occupation(born, random),
            )
        )
    return members


def members_sheet(members: list[Member], floating: set[str]) -> Sheet:
    """`floating` are identity numbers."""
    return Sheet(
        name="党员",
        title="绛县党员信息表(2020年12月31日)",
        headers=(
            "姓名",
            "身份证号",
            "性别",
            "民族",
            "出生日期",
            "学历",
            "人员类别",
            "所在党支部代码",
            "手机号码",
            "入党日期",
            "转正日期",
            "工作岗位",
            "家庭住址",
            "是否失联",
            "是否流动党员",
        ),
        rows=[
            (
                member.name,
                member.number,
                "男" if member.is_male else "女",
                member.ethnicity,
                member.born,
                member.education,
                "正式党员" if member.confirmed_on else "预备党员",
                member.branch,
                member.phone,
                member.joined_on,
                member.confirmed_on or "",
                member.occupation,
                "山西省运城市绛县",
                "否",
                "是" if member.number in floating else "否",
            )
            for member in members
        ],
    )


def _branches_of_members(branches: list[Organization], random: Random) -> list[str]:
    """Some for each branch, the others by chance; a village's branch is nearly three times another's size."""
    codes = [branch.code for branch in branches]
    sizes = [random.uniform(*((24, 62) if branch.field == "行政村" else (9, 22))) for branch in branches]
    sure = list(chain.from_iterable(repeat(code, SURE_OF_EACH_BRANCH) for code in codes))
    return sure + random.choices(codes, sizes, k=MEMBERS - len(sure))


def _probationary(births: list[date], first: int, random: Random) -> set[int]:
    """Positions from `first` on, of people who are 50 at most."""
    young = [index for index in range(first, MEMBERS) if births[index].year >= 1970]
    return set(random.sample(young, PROBATIONARY_MEMBERS))


def _dates(born: date, is_probationary: bool, random: Random) -> tuple[date, date | None]:
    """When someone joined, at 18 or later, and was confirmed: a year after."""
    if is_probationary:
        return day_between(date(YEAR, 1, 2), date(YEAR, 11, 28), random), None
    last_year = min(born.year + 49, LAST_DAY.year - 1)
    joined_on = day_in(born.year + 19, last_year, random)
    return joined_on, years_after(joined_on, 1)
