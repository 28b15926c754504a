"""培训记录: the courses that members took; about 21,900 records."""

from collections.abc import Iterator
from datetime import date
from random import Random

from demo.dates import day_between
from demo.figures import YEAR
from demo.members import Member
from demo.sheets import Cell, Sheet

COURSES = (  # the newspaper names most of them; title, form, hours
    ("主体班读书班", "集中培训", 40),
    ("公务员能力提升班", "集中培训", 24),
    ("农村领头雁培训班", "集中培训", 24),
    ("基层党务干部专题培训", "集中培训", 24),
    ("普通党员进党校", "集中培训", 16),
    ("三晋先锋线上学习", "网络学习", 8),
    ("远程教育:乡村振兴", "远程教育", 4),
    ("远程教育:疫情防控", "远程教育", 4),
    ("支部党课", "党课", 2),
)
COURSES_OF_A_MEMBER, MEMBER_WEIGHTS = (1, 2, 3), (51, 25, 24)
COURSES_OF_A_SECRETARY = (3, 4, 5)


def training_records_sheet(members: list[Member], secretaries: set[str], random: Random) -> Sheet:
    return Sheet(
        name="培训记录",
        title="绛县党员教育培训台账(2020年)",
        headers=("姓名", "身份证号", "课程", "形式", "学时", "日期"),
        rows=_rows(members, secretaries, random),
    )


def _rows(members: list[Member], secretaries: set[str], random: Random) -> Iterator[tuple[Cell, ...]]:
    """No course twice in the year, and none before joining."""
    for member in members:
        if member.number in secretaries:
            count = random.choice(COURSES_OF_A_SECRETARY)
        else:
            count = random.choices(COURSES_OF_A_MEMBER, MEMBER_WEIGHTS)[0]
        first = max(member.joined_on, date(YEAR, 1, 1))
        for title, form, hours in random.sample(COURSES, count):
            completed_on = day_between(first, date(YEAR, 12, 28), random)
            yield member.name, member.number, title, form, hours, completed_on
