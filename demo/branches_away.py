"""Temporary branches (在外临时党支部) where many members of the county live."""

from collections.abc import Iterator
from datetime import date
from random import Random

from demo.committees import COUNTY
from demo.organizations import TEMPORARY_BRANCH, Organization

# The newspaper names the cities; the districts are the demo's.
PLACES = {
    "JXL01": "北京市朝阳区",
    "JXL02": "北京市丰台区",
    "JXL03": "上海市浦东新区",
    "JXL04": "上海市闵行区",
    "JXL05": "陕西省西安市雁塔区",
    "JXL06": "山西省太原市小店区",
    "JXL07": "山西省太原市迎泽区",
    "JXL08": "广东省广州市天河区",
    "JXL09": "江苏省苏州市吴中区",
}


def branches_away(random: Random) -> Iterator[Organization]:
    """Founded and elected on one day, before the first theme day of the year."""
    for code, place in PLACES.items():
        name = f"绛县驻{place}流动党员临时党支部"
        founded_on = date(2019, random.randint(1, 6), 15)
        yield Organization(
            code, name, TEMPORARY_BRANCH, COUNTY, "行政村", founded_on, founded_on, is_poor="否"
        )
