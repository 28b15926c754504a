"""Where a field's value comes from. A GraphQL type is declared once, each field with one of these.

SQL is written with placeholders in braces:
    {row}             the row that the field belongs to (an alias)
    {parent}          in the condition of a relation: the row that the relation starts from
    {year}, {code:text}  an argument of the field, by its Python name (as an SQL type other than its own)
    {viewer:member}   a value of the viewer (see Viewer.value)
    {rule:a.number}   a number or list of the rule packs in force, bound as a parameter
    {reads:counts}    TRUE or FALSE: whether any of the viewer's roles is told that aggregate
    {shows:personal member}  whether the viewer reads values of that class of this {row} of the table
    {today}           the current date in China
    {now}             the current moment
    {language}        zh or en, the language of the reader
    {visible:member m}  the rows of a table that the viewer may see, for the alias m
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resolvers.compiler.request import Request

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of the row."""

    name: str


@dataclass(frozen=True)
class Sealed:
    """An encrypted value: `column`_masked beside `column`_sealed. Whoever may read it gets it opened after the
    statement; `label` is what it was encrypted under, its owner always the viewer himself."""

    column: str
    label: str

    @property
    def mask(self) -> str:
        return f"{{row}}.{self.column}_masked"


@dataclass(frozen=True)
class Masked:
    """A column, and the SQL that whoever may not read it gets in its place."""

    column: str
    mask: str


@dataclass(frozen=True)
class Expression:
    """An SQL expression over the row, its arguments and the viewer."""

    sql: str


@dataclass(frozen=True)
class SameRow:
    """An object whose fields belong to the same row (clarity of a floating member)."""


@dataclass(frozen=True)
class One:
    """One row of a table, or null: where no row matches, or none that the viewer may see."""

    table: str
    on: str
    order: str = ""


@dataclass(frozen=True)
class Derived:
    """One row made by a SELECT of its own; its columns are the fields' columns."""

    select: str


@dataclass(frozen=True)
class Rows:
    """A list that is short by its nature, made by a SELECT; `at_most` rows of it are ever given."""

    select: str
    at_most: int = 50


@dataclass(frozen=True)
class Made:
    """A value that Python makes from an argument before it is bound (the search keys of a search)."""

    argument: str
    sql_type: str
    make: Callable[[Any], Any]


@dataclass(frozen=True)
class Many:
    """The rows of a table as a connection with keyset pages.

    order     columns that together are unique and never null, mapped to their SQL type
    filters   a condition for each argument that narrows the rows; used when the argument is given (and not false)
    made      further placeholders for the filters, made from arguments
    """

    table: str
    on: str
    order: Mapping[str, str]
    descending: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    largest_page: int = 100
    made: Mapping[str, "Made"] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """In the answer of a write: a row by the id that the write returned, read under the viewer's rights."""

    table: str


@dataclass(frozen=True)
class Entities:
    """Federation's `_entities`: type name -> (table, SQL that finds the row's id from the representation r)."""

    tables: Mapping[str, tuple[str, str]]


Compute = Callable[[Sequence[Row], "Request"], Sequence[Any] | Awaitable[Sequence[Any]]]


@dataclass(frozen=True)
class Computed:
    """Made in Python after the statement, in one batch, from named SQL values of each row.

    `compute` gets the rows (name -> value) and gives one answer a row: a leaf, or dicts keyed by the Python
    names of the fields below.
    """

    needs: Mapping[str, str]
    compute: Compute


Source = (
    Column
    | Sealed
    | Masked
    | Expression
    | SameRow
    | One
    | Derived
    | Rows
    | Many
    | Reference
    | Entities
    | Computed
)
