"""The tables of a file: sheets of a workbook (xlsx, xls), or the one table of a csv, which may be gzipped."""

import codecs
import csv
import gzip
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO, cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from resolvers.imports.cells import Cell
from resolvers.imports.refusals import RefusalCode, WorkbookRefused

LARGEST_MEGABYTES = 512
"""Of what a file holds unpacked, so that a small archive cannot fill the memory."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GZIP = b"\x1f\x8b"
_BLOCK = 1 << 20


@dataclass
class Table:
    """Rows from the first of the sheet on; `height` counts them, if only roughly. The first cell of each stands
    in column `left` of the sheet (0 is A), since empty columns before it are left out."""

    height: int
    rows: Iterable[list[Cell]]
    left: int = 0


def open_tables(path: Path, file_name: str) -> Iterator[Table]:
    """Raises WorkbookRefused when the file is none that can be read."""
    with path.open("rb") as file:
        beginning = file.read(8)
    if beginning.startswith(_ZIP):
        yield from _sheets(path, file_name)
    elif beginning.startswith(_OLE):
        yield from _old_sheets(path, file_name)
    elif beginning.startswith(_GZIP) or file_name.lower().endswith((".csv", ".txt")):
        yield _csv_table(path, file_name, is_gzipped=beginning.startswith(_GZIP))
    elif not beginning:
        raise WorkbookRefused(RefusalCode.EMPTY, file=file_name)
    else:
        raise WorkbookRefused(RefusalCode.NOT_A_WORKBOOK, file=file_name)


def _sheets(path: Path, file_name: str) -> Iterator[Table]:
    try:
        with zipfile.ZipFile(path) as archive:
            _limit(sum(entry.file_size for entry in archive.infolist()), file_name)
    except (zipfile.BadZipFile, NotImplementedError):
        raise WorkbookRefused(RefusalCode.NOT_A_WORKBOOK, file=file_name) from None
    yield from _calamine(path, file_name)


def _old_sheets(path: Path, file_name: str) -> Iterator[Table]:
    """An .xls, or the container that office programs put a workbook with a password into."""
    _limit(path.stat().st_size, file_name)
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise WorkbookRefused(RefusalCode.ENCRYPTED, file=file_name)
    yield from _calamine(BytesIO(content), file_name)


def _calamine(source: Path | BytesIO, file_name: str) -> Iterator[Table]:
    try:
        workbook = CalamineWorkbook.from_object(source)
        for index in range(len(workbook.sheet_names)):
            sheet = workbook.get_sheet_by_index(index)
            if sheet.start is not None:
                yield Table(sheet.total_height, sheet.iter_rows(), sheet.start[1])
    except PasswordError:
        raise WorkbookRefused(RefusalCode.ENCRYPTED, file=file_name) from None
    except (CalamineError, OSError, ValueError):
        raise WorkbookRefused(RefusalCode.NOT_A_WORKBOOK, file=file_name) from None


def _csv_table(path: Path, file_name: str, *, is_gzipped: bool) -> Table:
    encoding, lines = _survey(path, file_name, is_gzipped)
    return Table(lines, _csv_rows(path, file_name, encoding, is_gzipped))


def _csv_rows(path: Path, file_name: str, encoding: str, is_gzipped: bool) -> Iterator[list[Cell]]:
    with _opened(path, is_gzipped) as file, TextIOWrapper(file, encoding=encoding, newline="") as lines:
        try:
            yield from cast("Iterator[list[Cell]]", csv.reader(lines))
        except csv.Error:
            raise WorkbookRefused(RefusalCode.NOT_A_WORKBOOK, file=file_name) from None


def _survey(path: Path, file_name: str, is_gzipped: bool) -> tuple[str, int]:
    """The encoding (UTF-8, or what Chinese spreadsheet programs save) and the number of lines."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8-sig", "gb18030")}
    size = lines = 0
    try:
        with _opened(path, is_gzipped) as file:
            while block := file.read(_BLOCK):
                size += len(block)
                lines += block.count(b"\n")
                _limit(size, file_name)
                decoders = {name: decoder for name, decoder in decoders.items() if _decodes(decoder, block)}
    except (OSError, EOFError, zlib.error):
        decoders.clear()
    if not decoders:
        raise WorkbookRefused(RefusalCode.NOT_A_WORKBOOK, file=file_name)
    return next(iter(decoders)), lines


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _opened(path: Path, is_gzipped: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if is_gzipped else path.open("rb")


def _limit(size: int, file_name: str) -> None:
    if size > LARGEST_MEGABYTES * 1_000_000:
        raise WorkbookRefused(RefusalCode.TOO_LARGE, file=file_name, most=LARGEST_MEGABYTES)
