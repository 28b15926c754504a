"""主题党日: one a month for each organization, with the six counters."""

from collections.abc import Iterator
from random import Random

from demo.figures import COUNTERS, THEME_DAYS, THEMES
from demo.organizations import Organization
from demo.sheets import Cell, Sheet


def theme_days_sheet(organizations: list[Organization], random: Random) -> Sheet:
    return Sheet(
        name="主题党日",
        title="绛县主题党日台账(2020年)",
        headers=("组织代码", "日期", "主题", *COUNTERS),
        rows=_rows(organizations, random),
    )


def _rows(organizations: list[Organization], random: Random) -> Iterator[tuple[Cell, ...]]:
    days = len(THEME_DAYS) * len(organizations)
    counters = zip(*(_spread(total, days, random) for total in COUNTERS.values()), strict=True)
    for month, held_on in enumerate(THEME_DAYS):
        for organization in organizations:
            yield (organization.code, held_on, THEMES[month % len(THEMES)], *next(counters))


def _spread(total: int, days: int, random: Random) -> list[int]:
    """Each of `total` falls on a day by chance, so that the sum is exact."""
    counts = [0] * days
    for day in random.choices(range(days), k=total):
        counts[day] += 1
    return counts
