"""The county committee and the sixteen below it: ten towns, and six for a field of work."""

from collections.abc import Iterator
from random import Random

from demo.organizations import COMMITTEE, Organization, elected_later

COUNTY = "JX"
TOWNS = (
    "古绛镇",
    "横水镇",
    "陈村镇",
    "卫庄镇",
    "么里镇",
    "南樊镇",
    "安峪镇",
    "大交镇",
    "郝庄乡",
    "冷口乡",
)
WITH_FIELDS = [(f"{town}委员会", "机关") for town in TOWNS] + [
    ("县直属机关工作委员会", "机关"),
    ("教育工作委员会", "事业单位"),
    ("卫生健康工作委员会", "事业单位"),
    ("经济开发区委员会", "非公企业"),
    ("非公企业和社会组织工作委员会", "社会组织"),
    ("国有企业工作委员会", "国有企业"),
]


def committees(random: Random) -> Iterator[Organization]:
    yield Organization(COUNTY, "中共绛县委员会", COMMITTEE, "", "机关", *elected_later(random))
    for number, (name, field) in enumerate(WITH_FIELDS, 1):
        dates = elected_later(random)
        yield Organization(committee_code(number), f"中共绛县{name}", COMMITTEE, COUNTY, field, *dates)


def committee_code(number: int) -> str:
    """Towns have the numbers 1 to 10, in their order above."""
    return f"{COUNTY}{number:02}"


def codes_in(field: str) -> list[str]:
    return [committee_code(number) for number, (_, of) in enumerate(WITH_FIELDS, 1) if of == field]
