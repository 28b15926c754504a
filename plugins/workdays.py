"""Working days (工作日): the State Council's holidays and make-up workdays (调休), from the library chinesecalendar.

Years that the library does not know yet count Monday to Friday; whoever gets such a day is told that it is provisional.
"""

from datetime import date, timedelta

from chinese_calendar import is_workday

MOST_DAYS = 366  # of working days; a typing error must not count for years


def add_working_days(day: date, number: int) -> tuple[date, bool]:
    """The last of `number` working days that follow `day`, and whether it is provisional.

    Published on 30 September 2026 for 5 working days: 8, 9, 10 (a Saturday, 调休), 12 and 13 October.
    """
    if not 0 <= number <= MOST_DAYS:
        raise ValueError(f"{number} working days: outside 0 to {MOST_DAYS}")
    is_provisional = False
    while number:
        day += timedelta(days=1)
        is_working, is_known = _look_up(day)
        is_provisional = is_provisional or not is_known
        number -= is_working
    return day, is_provisional


def is_working_day(day: date) -> bool:
    """Monday to Friday where the year's holidays are not known."""
    return _look_up(day)[0]


def _look_up(day: date) -> tuple[bool, bool]:
    """Whether the day is a working day, and whether the year's holidays are known."""
    try:
        return is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False
