"""Offices, enterprises and associations, numbered as they follow in the file: general branches first."""

from collections.abc import Iterator
from itertools import count
from random import Random

from demo.committees import codes_in
from demo.figures import FIRST_UNIT, UNITS
from demo.organizations import BRANCH, GENERAL_BRANCH, Organization, elected_later

BRANCHES_OF_EACH_GENERAL = 3


def units(random: Random) -> Iterator[Organization]:
    numbers = count(FIRST_UNIT)
    generals: dict[str, list[str]] = {field: [] for field in UNITS}
    for field, (general_count, _) in UNITS.items():
        committees = codes_in(field)
        for index in range(general_count):
            parent = committees[index % len(committees)]
            general = _unit(parent, GENERAL_BRANCH, next(numbers), field, random)
            generals[field].append(general.code)
            yield general
    for field, (_, branch_count) in UNITS.items():
        below_generals = generals[field] * BRANCHES_OF_EACH_GENERAL
        committees = codes_in(field)
        for index in range(branch_count):
            is_below_general = index < len(below_generals)
            parent = below_generals[index] if is_below_general else committees[index % len(committees)]
            yield _unit(parent, BRANCH, next(numbers), field, random)


def _unit(parent: str, kind: str, number: int, field: str, random: Random) -> Organization:
    letter = "Z" if kind == GENERAL_BRANCH else "B"
    name = f"绛县第{number}单位{kind}"
    return Organization(f"{parent}{letter}{number}", name, kind, parent, field, *elected_later(random))
