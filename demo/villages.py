"""Branches of villages and communities, below the towns."""

from collections.abc import Iterator
from random import Random

from demo.committees import TOWNS, committee_code
from demo.figures import COMMUNITIES, POOR_VILLAGES, VILLAGES
from demo.names import village_names
from demo.organizations import BRANCH, Organization, elected_with_the_villages


def villages(random: Random) -> Iterator[Organization]:
    """Each town in turn. Incomes are skewed: half below 7, one in three below 5, few above 20."""
    poor = set(random.sample(range(1, VILLAGES + 1), POOR_VILLAGES))
    names = village_names(random)
    for number in range(1, VILLAGES + 1):
        town = (number - 1) % len(TOWNS) + 1
        parent = committee_code(town)
        yield Organization(
            f"{parent}{number:03}",
            f"{TOWNS[town - 1]}{next(names)}党支部",
            BRANCH,
            parent,
            "行政村",
            *elected_with_the_villages(random),
            is_poor="是" if number in poor else "否",
            income=round(random.lognormvariate(1.95, 0.65), 2),
        )


def communities(random: Random) -> Iterator[Organization]:
    parent = committee_code(1)
    for number in range(1, COMMUNITIES + 1):
        name = f"{TOWNS[0]}第{'一二三'[number - 1]}社区党支部"
        dates = elected_with_the_villages(random)
        yield Organization(f"{parent}S{number:02}", name, BRANCH, parent, "社区", *dates)
