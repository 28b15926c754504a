"""Training hours (学时): what a record counts for, by its form and by the calendar year.

Days and half days are converted by parameters, since conversion is local. A course across the year's end is split
by its days. Hours count only when the time was really spent.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from plugins.facts import TrainingRecord


def hours_of(record: TrainingRecord, numbers: Mapping[str, int | float]) -> Fraction:
    """The record's hours in all: as written or from its days and half days, never more than the time spent."""
    if not record.is_time_spent:
        return Fraction(0)
    whole = hours_of_days(record.days, record.half_days, numbers) or Fraction(str(record.hours))
    return whole if record.hours_spent is None else min(whole, Fraction(str(record.hours_spent)))


def hours_of_days(days: float, half_days: int, numbers: Mapping[str, int | float]) -> Fraction:
    """Days and half days in hours; 0 where neither is given."""
    of_days = Fraction(str(numbers["training.day_hours"])) * Fraction(str(days))
    return of_days + Fraction(str(numbers["training.half_day_hours"])) * half_days


def hours_between(
    record: TrainingRecord, first: date, last: date, numbers: Mapping[str, int | float]
) -> Fraction:
    """The share of the record's hours that fell into the days first to last; parts add up exactly."""
    started_on = record.started_on or record.completed_on
    days = (min(record.completed_on, last) - max(started_on, first)).days + 1
    return hours_of(record, numbers) * max(days, 0) / ((record.completed_on - started_on).days + 1)


def hours_of_year(
    records: Iterable[TrainingRecord], year: int, on: date, numbers: Mapping[str, int | float]
) -> float:
    """Hours that fell into the calendar year, as far as it had come on `on`; to a millionth, as in the SQL."""
    first, last = date(year, 1, 1), min(on, date(year, 12, 31))
    whole = sum((hours_between(each, first, last, numbers) for each in records), Fraction(0))
    return float(round(whole, 6))
