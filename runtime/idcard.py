"""Resident identity numbers (公民身份号码, GB 11643-1999): region 6, birth date 8, order 3, check digit 1.

The region code is not verified: regions are merged and renamed, and a number keeps the code of its first day.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

from stdnum.cn import ric

from runtime import clock

_SHAPE = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_EARLIEST = date(1880, 1, 1)


class WrongIdentityNumber(ValueError):
    """The number cannot be anybody's; the message says why and does not repeat it."""


def normalized(number: str) -> str:
    """The 18 characters, from a cell that may hold spaces, full-width digits or a small x.

    Raises WrongIdentityNumber when the length, the birth date or the check digit is wrong."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", number)).upper()
    if not _SHAPE.fullmatch(text):
        raise WrongIdentityNumber("it does not have 17 digits and a check digit")
    if ric.calc_check_digit(text) != text[-1]:
        raise WrongIdentityNumber("its check digit is wrong")
    birth_date_of(text)
    return text


def is_valid(number: str) -> bool:
    """Whether `normalized` takes the number."""
    try:
        normalized(number)
    except WrongIdentityNumber:
        return False
    return True


def birth_date_of(number: str) -> date:
    """The birth date in a normalized number. Raises WrongIdentityNumber for a day that does not exist, lies
    in the future or before 1880."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise WrongIdentityNumber("its birth date does not exist") from error
    if not _EARLIEST <= born <= clock.today():
        raise WrongIdentityNumber("its birth date is impossible")
    return born


def sex_of(number: str) -> Literal["MALE", "FEMALE"]:
    """From the parity of the 17th digit of a normalized number: odd is male."""
    return "MALE" if int(number[16]) % 2 else "FEMALE"
