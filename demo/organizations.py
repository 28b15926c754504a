"""党组织: what an organization is here, and the file of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from demo.dates import day_in
from demo.sheets import Sheet

COMMITTEE, GENERAL_BRANCH, BRANCH, TEMPORARY_BRANCH = "党委", "党总支", "党支部", "临时党支部"


@dataclass(frozen=True)
class Organization:
    code: str
    name: str
    kind: str
    parent: str
    field: str
    founded_on: date
    elected_on: date
    is_poor: str = ""
    income: float | str = ""  # 10,000 yuan (万元) a year


def elected_with_the_villages(random: Random) -> tuple[date, date]:
    """When it was founded, and when it was last elected."""
    return day_in(1955, 2015, random), day_in(2017, 2017, random)


def elected_later(random: Random) -> tuple[date, date]:
    return day_in(1955, 2015, random), day_in(2018, 2019, random)


def organizations_sheet(
    organizations: list[Organization], secretaries: Mapping[str, str], village_heads: Mapping[str, str]
) -> Sheet:
    """`secretaries` and `village_heads` are identity numbers by the code of the branch."""
    return Sheet(
        name="党组织",
        title="绛县党组织信息表(2020年12月31日)",
        headers=(
            "组织代码",
            "组织名称",
            "组织类别",
            "上级组织代码",
            "所属领域",
            "成立日期",
            "本届换届日期",
            "书记身份证号",
            "是否贫困村",
            "村集体经济年收入(万元)",
            "村委会主任身份证号",
        ),
        rows=[
            (
                organization.code,
                organization.name,
                organization.kind,
                organization.parent,
                organization.field,
                organization.founded_on,
                organization.elected_on,
                secretaries.get(organization.code, ""),
                organization.is_poor,
                organization.income,
                village_heads.get(organization.code, ""),
            )
            for organization in organizations
        ],
    )
