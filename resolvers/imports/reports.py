"""What an import tells: its progress while it runs, and a report of each file."""

from dataclasses import dataclass, field
from uuid import UUID

from models.choices import WorkbookKind
from resolvers.imports.problems import Problem
from runtime.language import Sentence


@dataclass(frozen=True)
class Progress:
    """`rows_total` is an estimate until everything was read."""

    kind: WorkbookKind
    file_name: str
    job_id: UUID
    rows_read: int
    rows_total: int
    rows_accepted: int
    rows_refused: int


@dataclass(frozen=True)
class FileReport:
    """`failure`: why nothing of the file was kept. `note`: why there was nothing to import in the first place
    (a kind without a file, or a file of no known kind), which is no failure."""

    kind: WorkbookKind | None
    file_name: str | None
    job_id: UUID | None = None
    rows_total: int = 0
    rows_accepted: int = 0
    rows_refused: int = 0
    rows_changed: int = 0
    problems: list[Problem] = field(default_factory=list)
    failure: Sentence | None = None
    note: Sentence | None = None


def missing_file(kind: WorkbookKind, stem: str) -> FileReport:
    note = Sentence(
        f"目录中没有“{stem}”表，未导入。", f"The directory has no workbook “{stem}”; none was imported."
    )
    return FileReport(kind, None, note=note)


def unknown_file(file_name: str) -> FileReport:
    note = Sentence(
        f"认不出“{file_name}”是哪一种表，已跳过。",
        f"“{file_name}” is none of the known workbooks; it was skipped.",
    )
    return FileReport(None, file_name, note=note)
