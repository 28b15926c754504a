"""Which of the nine office files each file of a directory is."""

from dataclasses import dataclass
from pathlib import Path

from models.choices import WorkbookKind
from resolvers.imports.forms import FORMS
from resolvers.imports.refusals import RefusalCode, WorkbookRefused
from resolvers.imports.workbook import header_rows, plain

SUFFIXES = (".xlsx", ".xls", ".csv", ".csv.gz")

# 党员教育培训记录 and 党代表资格联审意见 hold the names of other kinds, so what says most is asked first.
BY_NAME = (
    WorkbookKind.ATTENDANCES,
    WorkbookKind.THEME_DAYS,
    WorkbookKind.CLEARANCES,
    WorkbookKind.POST_CHANGES,
    WorkbookKind.TRAINING_RECORDS,
    WorkbookKind.FLOATING_MEMBERS,
    WorkbookKind.DELEGATES,
    WorkbookKind.ORGANIZATIONS,
    WorkbookKind.MEMBERS,
)


@dataclass(frozen=True)
class Source:
    kind: WorkbookKind
    path: Path
    file_name: str


def find_sources(directory: Path) -> tuple[list[Source], list[str]]:
    """The known files in the order in which they build on each other, and the names of workbooks that are
    none of them. Raises WorkbookRefused when there is nothing to import, or a kind twice."""
    if not directory.is_dir():
        raise WorkbookRefused(RefusalCode.NO_DIRECTORY, directory=directory.name)
    found: dict[WorkbookKind, Source] = {}
    unknown: list[str] = []
    for path in sorted(directory.iterdir()):
        if (
            not path.name.lower().endswith(SUFFIXES)
            or path.name.startswith((".", "~$"))
            or not path.is_file()
        ):
            continue
        kind = kind_of(path)
        if kind is None:
            unknown.append(path.name)
        elif kind in found:
            raise WorkbookRefused(
                RefusalCode.SEVERAL_FILES,
                first=found[kind].file_name,
                second=path.name,
                kind=FORMS[kind].stem,
            )
        else:
            found[kind] = Source(kind, path, path.name)
    if not found:
        stems = "、".join(form.stem for form in FORMS.values())
        raise WorkbookRefused(RefusalCode.NO_KNOWN_FILE, directory=directory.name, stems=stems)
    return [found[kind] for kind in FORMS if kind in found], unknown


def kind_of(path: Path) -> WorkbookKind | None:
    """By its name when that is one of the nine; or else by its header, then by what its name holds."""
    stem = path.name.split(".")[0]
    for kind in BY_NAME:
        if stem == FORMS[kind].stem:
            return kind
    return kind_by_header(path, path.name) or kind_by_name(stem)


def kind_by_name(name: str) -> WorkbookKind | None:
    return next((kind for kind in BY_NAME if FORMS[kind].stem in name), None)


def kind_by_header(path: Path, file_name: str) -> WorkbookKind | None:
    try:
        for header in header_rows(path, file_name):
            for kind, form in FORMS.items():
                if header.issuperset(map(plain, form.headers)):
                    return kind
    except WorkbookRefused:
        pass
    return None
