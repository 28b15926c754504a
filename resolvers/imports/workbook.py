"""An office file as a sheet with a title, a header and rows, wherever in the file they stand."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from resolvers.imports.cells import Cell, as_text
from resolvers.imports.refusals import RefusalCode, WorkbookRefused
from resolvers.imports.tables import Table, open_tables

HEADER_WITHIN = 5

Cells = list[Cell]


@dataclass
class Sheet:
    """`rows` yields each row that is not empty with its row number in the sheet, once."""

    title: str
    positions: dict[str, int]
    rows: Iterator[tuple[int, Cells]]
    rows_expected: int


def open_sheet(path: Path, file_name: str, headers: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """The first sheet that has all `headers` in one of its first rows. Raises WorkbookRefused."""
    missing = list(headers)
    is_empty = True
    for table in open_tables(path, file_name):
        head, rest = _head(table)
        is_empty = is_empty and not any(map(_filled, head))
        for index, cells in enumerate(head):
            positions = _positions(cells)
            lacking = [header for header in headers if plain(header) not in positions]
            if not lacking:
                read = [*headers, *(header for header in optional if plain(header) in positions)]
                _refuse_twice(table, file_name, index, read, positions)
                found = {header: positions[plain(header)][0] for header in read}
                return _sheet(table, head, rest, index, found)
            missing = min(missing, lacking, key=len)
    if is_empty:
        raise WorkbookRefused(RefusalCode.EMPTY, file=file_name)
    raise WorkbookRefused(RefusalCode.MISSING_COLUMNS, file=file_name, columns="、".join(missing))


def header_rows(path: Path, file_name: str) -> Iterator[set[str]]:
    """The plain texts of each row that could be a header, to tell what kind of file it is."""
    for table in open_tables(path, file_name):
        yield from (set(_positions(cells)) for cells in _head(table)[0])


def plain(header: str) -> str:
    """Headers are compared without spaces, marks of duty (*) and the width of their brackets."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", header))


def _head(table: Table) -> tuple[list[Cells], Iterator[Cells]]:
    rest = iter(table.rows)
    return list(islice(rest, HEADER_WITHIN)), rest


def _positions(cells: Cells) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for position, cell in enumerate(cells):
        if isinstance(cell, str) and cell:
            positions.setdefault(plain(as_text(cell)), []).append(position)
    return positions


def _refuse_twice(
    table: Table, file_name: str, index: int, headers: Sequence[str], positions: dict[str, list[int]]
) -> None:
    """Which of two columns is meant, nobody can know. A column that nobody reads may be there twice."""
    for header in headers:
        first, *others = positions[plain(header)]
        if others:
            raise WorkbookRefused(
                RefusalCode.HEADER_TWICE,
                file=file_name,
                row=index + 1,
                column=header,
                first=_letters(table.left + first),
                second=_letters(table.left + others[0]),
            )


def _letters(position: int) -> str:
    """A column as spreadsheet programs call it: 0 is A, 26 is AA."""
    before, last = divmod(position, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _sheet(
    table: Table, head: list[Cells], rest: Iterator[Cells], header: int, positions: dict[str, int]
) -> Sheet:
    title = " ".join(as_text(cell) for cells in head[:header] for cell in cells if cell != "")
    rows = enumerate(chain(head[header + 1 :], rest), header + 2)
    expected = table.height - header - 1
    return Sheet(title, positions, ((number, cells) for number, cells in rows if _filled(cells)), expected)


def _filled(cells: Cells) -> bool:
    return any(cell != "" and (not isinstance(cell, str) or as_text(cell)) for cell in cells)
