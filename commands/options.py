"""Options that several commands share, and the settings that they run with."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.outcome import ending_in_a_sentence

if TYPE_CHECKING:
    from settings import Settings


def settings_now() -> "Settings":
    """Of this process; imported when a command runs."""
    from settings import load_settings

    with ending_in_a_sentence():
        return load_settings()


def _quarter(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4}Q[1-4]", value):
        raise typer.BadParameter("write it as 2020Q4")
    return value


def _county(value: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", value):
        raise typer.BadParameter("a county's code has six digits, such as 140826")
    return value


def checked_county(value: str | None) -> str | None:
    """Where a county may be left out."""
    return None if value is None else _county(value)


def checked_day(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise typer.BadParameter("write it as 2027-01-01")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"there is no day {value}") from None
    return value


County = Annotated[
    str, typer.Option("--county", help="Administrative division code, such as 140826.", callback=_county)
]
Quarter = Annotated[str, typer.Option("--quarter", help="A quarter, such as 2020Q4.", callback=_quarter)]
File = Annotated[Path, typer.Argument(metavar="FILE")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
