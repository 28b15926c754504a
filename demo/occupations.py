"""What members do (工作岗位), as their age has it."""

from datetime import date
from random import Random

POSTS = ("公务员", "教师", "医生", "事业单位人员", "企业职工", "个体工商户")
YOUNG = dict.fromkeys(POSTS, 13) | {"农民": 13, "学生": 9}
GROWN = dict.fromkeys(POSTS, 13) | {"农民": 22}
OLD = dict.fromkeys(POSTS, 3) | {"农民": 60, "退休人员": 22}

Weights = dict[str, int]
# From the year of birth on: students are under 31 in 2020, pensioners over 59.
BY_BIRTH: tuple[tuple[int, Weights], ...] = ((1990, YOUNG), (1961, GROWN), (0, OLD))


def occupation(born: date, random: Random) -> str:
    weights = next(weights for year, weights in BY_BIRTH if born.year >= year)
    return random.choices(list(weights), list(weights.values()))[0]
