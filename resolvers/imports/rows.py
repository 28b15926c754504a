"""A row of an office file: its cells by column, read once, and whatever is wrong with it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from resolvers.imports.cell_problems import CellProblem
from resolvers.imports.cells import Cell, WrongCell, as_text
from resolvers.imports.problems import Problem, ProblemCode, problem
from resolvers.imports.row_problems import RowProblem
from runtime.masks import masked_in

MOST_PROBLEMS = 10_000

Value = TypeVar("Value")
Record = tuple[Any, ...]
"""The columns of one staged row, in the order of its form's staging table."""


@dataclass(frozen=True, eq=False, slots=True)
class Column(Generic[Value]):
    """A column of a form. Its cells may be empty unless `required`; it has to be there itself unless `optional`.

    `mask` makes of a wrong cell what is kept and shown of it."""

    header: str
    parse: Callable[[Cell], Value]
    required: bool = True
    optional: bool = False
    mask: Callable[[str], str] = masked_in


@dataclass(slots=True)
class Tally:
    """What became of the rows of one file so far."""

    rows_expected: int = 0
    rows_read: int = 0
    rows_refused: int = 0
    rows_changed: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def rows_accepted(self) -> int:
        return self.rows_read - self.rows_refused

    def note(self, row: int, column: str, value: str, code: ProblemCode, **details: Any) -> None:
        self.problem_count += 1
        if self.problem_count <= MOST_PROBLEMS:
            self.problems.append(problem(row, column, value, code, **details))
        elif self.problem_count == MOST_PROBLEMS + 1:
            self.problems.append(problem(row, "", "", RowProblem.MORE_PROBLEMS, most=MOST_PROBLEMS))


Layout = Mapping[Column[Any], int]
"""Where each column stands in the sheet."""


class Row:
    """`row[COLUMN]` is the value, or None for a cell that is empty or already found wrong.

    So a check of several columns that asks for values that are not None reports nothing derived."""

    __slots__ = ("_cells", "_layout", "_tally", "_values", "_wrong", "number")

    def __init__(self, number: int, cells: list[Cell], layout: Layout, tally: Tally) -> None:
        self.number = number
        self._cells = cells
        self._layout = layout
        self._tally = tally
        self._values: dict[Column[Any], Any] = {}
        self._wrong: set[Column[Any]] | None = None

    def __getitem__(self, column: Column[Value]) -> Value | None:
        return self._values.get(column)

    def has(self, column: Column[Any]) -> bool:
        """Whether the file has the column at all."""
        return column in self._layout

    @property
    def is_refused(self) -> bool:
        return self._wrong is not None

    def is_empty(self, column: Column[Any]) -> bool:
        """Nothing stands in the cell, and that has not been found wrong."""
        return self[column] is None and (self._wrong is None or column not in self._wrong)

    def text(self, column: Column[Any]) -> str:
        position = self._layout[column]
        return as_text(self._cells[position]) if position < len(self._cells) else ""

    def refuse(self, column: Column[Any], code: ProblemCode, **details: Any) -> None:
        if self._wrong is None:
            self._wrong = set()
            self._tally.rows_refused += 1
        self._wrong.add(column)
        self._values.pop(column, None)
        self._tally.note(self.number, column.header, column.mask(self.text(column)), code, **details)

    def read(self) -> None:
        """Every cell by its column's parser."""
        width = len(self._cells)
        for column, position in self._layout.items():
            cell = self._cells[position] if position < width else ""
            if isinstance(cell, str):
                cell = as_text(cell)
                if not cell:
                    if column.required:
                        self.refuse(column, CellProblem.REQUIRED)
                    continue
            try:
                self._values[column] = column.parse(cell)
            except WrongCell as wrong:
                self.refuse(column, wrong.code, **wrong.details)


def read_rows(cells: Iterator[tuple[int, list[Cell]]], layout: Layout, tally: Tally) -> Iterator[Row]:
    for number, row_cells in cells:
        tally.rows_read += 1
        row = Row(number, row_cells, layout, tally)
        row.read()
        yield row


class Seen(Generic[Value]):
    """Keys of the rows so far: a later row with the same key is the one at fault."""

    def __init__(self) -> None:
        self._rows: dict[Value, int] = {}

    def first_row(self, key: Value, row: Row) -> int | None:
        """The earlier row with this key; None, and the row is remembered, when it is the first."""
        first = self._rows.setdefault(key, row.number)
        return None if first == row.number else first
