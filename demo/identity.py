"""Identity numbers of people who do not exist."""

from datetime import date
from random import Random

from stdnum.cn import ric

# No place has a region code that begins with 99; the rest is the county's own.
REGION = "990826"


def identity_number(born: date, is_male: bool, taken: set[str], random: Random) -> str:
    """18 characters with the right birth date, sex (odd is male) and check digit, not `taken` before."""
    while True:
        order = random.randrange(500) * 2 + is_male
        first_17 = f"{REGION}{born:%Y%m%d}{order:03}"
        number = first_17 + ric.calc_check_digit(first_17 + "0")
        if number not in taken:
            taken.add(number)
            return number
