"""Dates, months and times of cells, in the ways that offices write them."""

import re
from datetime import date, datetime
from functools import lru_cache

from resolvers.imports.cell_problems import CellProblem
from resolvers.imports.cells import Cell, WrongCell, half_width, narrow
from runtime import clock

EARLIEST = date(1880, 1, 1)

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T?0?0:00(?::00)?)?", re.ASCII)
_SOLID_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]?(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:[-/.年]?(\d\d)|[-/.年](\d))月?", re.ASCII)


def day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else _day_in(narrow(cell))


def past_day(cell: Cell) -> date:
    value = day(cell)
    if value > clock.today():
        raise WrongCell(CellProblem.DATE_IN_FUTURE)
    if value < EARLIEST:
        raise WrongCell(CellProblem.DATE_INVALID)
    return value


@lru_cache(maxsize=4096)
def _day_in(written: str) -> date:
    match = _DATE.fullmatch(written) or _SOLID_DATE.fullmatch(written)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise WrongCell(CellProblem.DATE_INVALID)


def month(cell: Cell) -> tuple[int, int]:
    if isinstance(cell, date):
        return cell.year, cell.month
    return _month_in(narrow(cell))


@lru_cache(maxsize=1024)
def _month_in(written: str) -> tuple[int, int]:
    match = _MONTH.fullmatch(written)
    numbers = [int(group) for group in match.groups() if group] if match else []
    if not numbers or not 1 <= numbers[1] <= 12:
        raise WrongCell(CellProblem.MONTH_INVALID)
    return numbers[0], numbers[1]


def moment(cell: Cell) -> datetime:
    """A time in China unless the cell names another offset; seconds may be left out.

    Its space stays: without it 2020-2-1 19:00 would be 2020-2-11 9:00."""
    if isinstance(cell, str):
        cell = _moment_in(half_width(cell))
    if not isinstance(cell, datetime):
        raise WrongCell(CellProblem.TIME_INVALID)
    return cell if cell.tzinfo else cell.replace(tzinfo=clock.CHINA)


def _moment_in(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        match = _MOMENT.fullmatch(written)
    try:
        if match:
            return datetime(*(int(group) for group in match.groups("0")))  # type: ignore[arg-type]
    except ValueError:
        pass
    raise WrongCell(CellProblem.TIME_INVALID)
