"""Office files: a title row, a header row, then rows."""

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from demo.figures import LAST_DAY

Cell = str | int | float | date
"""An empty text is a cell that is not there."""

DAY_ZERO = date(1899, 12, 30)
MADE_AT = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day)


@dataclass(frozen=True)
class Sheet:
    """`name` is both the file's and the sheet's."""

    name: str
    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_workbook(directory: Path, sheet: Sheet) -> None:
    # Without a time of its own, the file would hold the present one and never be the same twice.
    with Workbook(directory / f"{sheet.name}.xlsx", {"constant_memory": True}) as workbook:
        workbook.set_properties({"created": MADE_AT})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        worksheet = workbook.add_worksheet(sheet.name)
        worksheet.write_string(0, 0, sheet.title)
        worksheet.write_row(1, 0, sheet.headers)
        write_string, write_number = worksheet.write_string, worksheet.write_number
        for row, cells in enumerate(sheet.rows, 2):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    if cell:
                        write_string(row, column, cell)
                elif isinstance(cell, date):
                    write_number(row, column, (cell - DAY_ZERO).days, day)
                else:
                    write_number(row, column, cell)


def write_csv(directory: Path, name: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Packed, with the mark by which office programs know UTF-8. No cell holds a comma, quote or line end."""
    lines = [",".join(row) for row in (headers, *rows)]
    text = "\r\n".join([*lines, ""])
    packed = gzip.compress(text.encode("utf-8-sig"), compresslevel=5, mtime=0)
    (directory / f"{name}.csv.gz").write_bytes(packed)
