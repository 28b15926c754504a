"""What a cell says: a parser takes one that is not empty and answers with its value or raises WrongCell."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from resolvers.imports.cell_problems import CellProblem
from resolvers.imports.problems import ProblemCode
from runtime import idcard

Cell = str | int | float | bool | date | datetime | time | timedelta
Choice = TypeVar("Choice")

EXACT_IN_A_FLOAT = 2**53

_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_LAND_LINE = re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?|[+-]?\.[0-9]+")
_ID_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿·]) (?=[㐀-鿿·])")


class WrongCell(Exception):
    def __init__(self, code: ProblemCode, **details: Any) -> None:
        self.code = code
        self.details = details


def as_text(cell: Cell) -> str:
    """The cell as somebody would read it: 19999025206.0 is 19999025206; spaces of any width become one."""
    if isinstance(cell, str):
        if cell.isprintable() and " " not in cell:
            return cell
        return " ".join(_NOT_TEXT.sub(" ", cell).split())
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def half_width(cell: Cell) -> str:
    """As text, with full-width signs (２０：００) made half-width."""
    text = as_text(cell)
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def narrow(cell: Cell) -> str:
    """Codes and numbers: without spaces, full-width signs made half-width, capital letters."""
    return half_width(cell).replace(" ", "").lstrip("'").upper()


def text(most: int) -> Callable[[Cell], str]:
    def parse(cell: Cell) -> str:
        value = as_text(cell)
        if len(value) > most:
            raise WrongCell(CellProblem.TEXT_TOO_LONG, most=most)
        return value

    return parse


def person_name(cell: Cell) -> str:
    """张　三, spaced out to the width of three characters, is 张三. A number in the wrong column is no name: names are
    neither encrypted nor masked."""
    name = text(60)(_BETWEEN_HAN.sub("", as_text(cell)))
    if any(char.isdigit() for char in name):
        raise WrongCell(CellProblem.NAME_INVALID)
    return name


def organization_code(cell: Cell) -> str:
    code = half_width(cell)
    if len(code) > 40 or "/" in code or " " in code:
        raise WrongCell(CellProblem.CODE_INVALID)
    return code


def number_in_full(cell: Cell) -> str:
    """An identity number as it stands; whether somebody has it is asked later."""
    if isinstance(cell, int | float) and abs(cell) >= EXACT_IN_A_FLOAT:
        raise WrongCell(CellProblem.ID_NUMBER_AS_NUMBER)
    return narrow(cell)


def id_number(cell: Cell) -> str:
    """A verified identity number of 18 characters; its region code is not verified."""
    number = number_in_full(cell)
    if not _ID_NUMBER.fullmatch(number):
        raise WrongCell(CellProblem.ID_NUMBER_FORM)
    try:
        return idcard.normalized(number)
    except idcard.WrongIdentityNumber:
        raise WrongCell(_wrong_digits(number)) from None


def _wrong_digits(number: str) -> CellProblem:
    try:
        idcard.birth_date_of(number)
    except idcard.WrongIdentityNumber:
        return CellProblem.ID_NUMBER_DATE_IMPOSSIBLE
    return CellProblem.ID_NUMBER_CHECK_DIGIT


def phone(cell: Cell) -> str:
    number = narrow(cell).removeprefix("+86")
    mobile = number.replace("-", "")
    if _MOBILE.fullmatch(mobile):
        return mobile
    if not _LAND_LINE.fullmatch(number):
        raise WrongCell(CellProblem.PHONE_INVALID)
    return number


def number(cell: Cell) -> float:
    written = narrow(cell)
    # Python's own reading would take 1_000, 1e5, nan and inf too.
    if not _DECIMAL.fullmatch(written):
        raise WrongCell(CellProblem.NUMBER_INVALID)
    value = float(written)
    if not 0 <= value < 1e12:
        raise WrongCell(CellProblem.NUMBER_INVALID)
    return value


def whole_number(cell: Cell) -> int:
    written = narrow(cell)
    if not (written.isascii() and written.isdigit() and len(written) <= 9):
        raise WrongCell(CellProblem.WHOLE_NUMBER_INVALID)
    return int(written)


def yes_or_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    if cell not in ("是", "否"):
        raise WrongCell(CellProblem.YES_NO_INVALID)
    return cell == "是"


def one_of(names: Mapping[str, Choice]) -> Callable[[Cell], Choice]:
    """A choice by any of its names; the first name of each stands in the problem's sentence."""
    first_names: dict[Choice, str] = {}
    for name, choice in names.items():
        first_names.setdefault(choice, name)
    choices = "、".join(first_names.values())

    def parse(cell: Cell) -> Choice:
        try:
            return names[as_text(cell)]
        except KeyError:
            raise WrongCell(CellProblem.CHOICE_UNKNOWN, choices=choices) from None

    return parse
