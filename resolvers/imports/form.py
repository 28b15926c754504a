"""What one kind of office file is: its columns, what its rows are held against, and how they are stored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from models.choices import WorkbookKind
from resolvers.imports.facts import Facts, Loader
from resolvers.imports.rows import Column, Record, Row


@dataclass(frozen=True)
class Form:
    """`records` yields what may be stored; a row it refuses has said so itself.

    For each chunk of records: they are copied into the `staging_table`, `first` is run, then `upsert`, which
    touches no row that would stay the same. `at_last` is run once."""

    kind: WorkbookKind
    stem: str
    columns: tuple[Column[Any], ...]
    loaders: tuple[Loader, ...]
    records: Callable[[Iterator[Row], Facts], Iterator[Record]]
    staging: str
    upsert: str
    first: str | None = None
    at_last: str | None = None

    @property
    def staging_table(self) -> str:
        """One name for each form: a connection remembers the columns of a table by its name."""
        return f"staged_{self.kind.lower()}"

    @property
    def headers(self) -> list[str]:
        """By which a file of this kind is known."""
        return [column.header for column in self.columns if not column.optional]
