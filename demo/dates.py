"""Days at random. None is later than the 28th of a month, so that each has its day in every other year."""

from datetime import date, timedelta
from random import Random


def day_in(first_year: int, last_year: int, random: Random) -> date:
    return date(random.randint(first_year, last_year), random.randint(1, 12), random.randint(1, 28))


def day_between(first: date, last: date, random: Random) -> date:
    return first + timedelta(random.randrange((last - first).days + 1))


def years_after(day: date, years: int) -> date:
    return day.replace(year=day.year + years)
