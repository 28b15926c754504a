"""Files as offices send them, and files that are none."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from models.choices import WorkbookKind
from models.import_job import ImportProblem
from models.training import TrainingRecord
from resolvers.imports.counties import name_in
from resolvers.imports.directory import find_sources, kind_of
from resolvers.imports.forms import FORMS
from resolvers.imports.refusals import RefusalCode, WorkbookRefused
from resolvers.imports.run import import_directory
from resolvers.imports.tables import open_tables
from resolvers.imports.workbook import Sheet, open_sheet
from runtime.database import Database
from tests import workbooks as made
from tests.workbooks import COUNTY_CODE, PEOPLE, Cells

HEADERS = ["组织代码", "月份", "身份证号", "签到时间"]
ROWS: list[Cells] = [made.attendance(who) for who in PEOPLE[:2]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def opened(path: Path, headers: list[str] = HEADERS) -> Sheet:
    return open_sheet(path, path.name, headers)


async def test_columns_may_stand_in_any_order_among_others(database: Database, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for kind, rows in made.small_county().items():
        headers = [*rows[0], "备注", "序号"]
        random.Random(1).shuffle(headers)
        made.write_workbook(files / f"{FORMS[kind].stem}.xlsx", headers, rows, title=made.FILES[kind][1])
    reports = await import_directory(database, COUNTY_CODE, files)
    assert not any(report.problems or report.failure for report in reports)
    assert [report.rows_accepted for report in reports] == [5, 12, 3, 4, 6, 12, 3, 1, 6]


@pytest.mark.parametrize(
    "written",
    [
        "村集体经济年收入(万元)",
        "村集体经济年收入（万元）",
        " 村集体经济 年收入 ( 万元 ) ",
        "＊村集体经济年收入（万元）",
    ],
)
def test_headers_are_read_with_tolerance(tmp_path: Path, written: str) -> None:
    path = made.write_workbook(
        tmp_path / "a.xlsx", ["组织代码", written], [{"组织代码": "SY", written: 7.87}]
    )
    sheet = opened(path, ["村集体经济年收入(万元)", "组织代码"])
    assert sheet.positions == {"村集体经济年收入(万元)": 1, "组织代码": 0}


def test_rows_have_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    blank: Cells = {}
    path = made.write_workbook(tmp_path / "a.xlsx", HEADERS, [ROWS[0], blank, ROWS[1], blank], title="台账")
    assert ([number for number, _ in opened(path).rows], opened(path).title) == ([3, 5], "台账")
    path = made.write_workbook(tmp_path / "b.xlsx", HEADERS, ROWS)
    assert ([number for number, _ in opened(path).rows], opened(path).title) == ([2, 3], "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_csv_in_the_encodings_of_offices(tmp_path: Path, name: str, encoding: str) -> None:
    sheet = opened(made.write_csv(tmp_path / name, HEADERS, ROWS, encoding))
    assert [number for number, _ in sheet.rows] == [2, 3]


def test_the_sheet_with_the_header_is_taken(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        workbook.add_worksheet("封面").write_row(0, 0, ["填表说明"])
        workbook.add_worksheet("空表")
        sheet = workbook.add_worksheet("签到")
        sheet.write_row(4, 2, HEADERS)
        sheet.write_row(5, 2, list(ROWS[0].values()))
    assert [number for number, _ in opened(tmp_path / "a.xlsx").rows] == [6]


def test_dates_come_as_dates(tmp_path: Path) -> None:
    path = made.write_workbook(tmp_path / "a.xlsx", ["日期"], [{"日期": datetime(2020, 1, 10)}])
    (_, cells), *_ = opened(path, ["日期"]).rows
    assert isinstance(cells[0], datetime) or str(cells[0]) == "2020-01-10"


Writer = Callable[[Path], object]


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda path: path.write_bytes(b""), RefusalCode.EMPTY),
        (lambda path: made.write_workbook(path, [], []), RefusalCode.EMPTY),
        (lambda path: path.write_text("这不是表格"), RefusalCode.NOT_A_WORKBOOK),
        (lambda path: path.write_bytes(b"PK\x03\x04broken"), RefusalCode.NOT_A_WORKBOOK),
        (lambda path: path.write_bytes(b"\x1f\x8bbroken"), RefusalCode.NOT_A_WORKBOOK),
        (lambda path: path.write_bytes(OLE + bytes(600)), RefusalCode.NOT_A_WORKBOOK),
        (
            lambda path: path.write_bytes(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")),
            RefusalCode.ENCRYPTED,
        ),
        (lambda path: made.write_workbook(path, HEADERS[:2], ROWS), RefusalCode.MISSING_COLUMNS),
    ],
)
def test_what_is_no_such_workbook_is_refused(tmp_path: Path, write: Writer, code: RefusalCode) -> None:
    write(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookRefused) as refusal:
        opened(tmp_path / "a.xlsx")
    assert refusal.value.code == code.name
    assert "a.xlsx" in refusal.value.sentence.zh


def test_all_missing_columns_are_named(tmp_path: Path) -> None:
    made.write_workbook(tmp_path / "a.xlsx", HEADERS[:2], ROWS)
    with pytest.raises(WorkbookRefused) as refusal:
        opened(tmp_path / "a.xlsx")
    assert "身份证号、签到时间" in refusal.value.sentence.zh


@pytest.mark.parametrize("again", ["身份证号", " 身份 证号* "])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_column_that_is_there_twice_is_refused(tmp_path: Path, name: str, again: str) -> None:
    headers = [*HEADERS, "备注", again]
    write = made.write_csv if name == "a.csv" else made.write_workbook
    write(tmp_path / name, headers, ROWS)
    with pytest.raises(WorkbookRefused) as refusal:
        opened(tmp_path / name)
    assert refusal.value.code == "HEADER_TWICE"
    for part in (name, "第1行", "“身份证号”", "C列", "F列"):
        assert part in refusal.value.sentence.zh
    for part in (name, "row 1", "“身份证号”", "columns C and F"):
        assert part in refusal.value.sentence.en


def test_a_column_twice_is_told_by_the_letters_of_the_sheet(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet("签到")
        sheet.write_row(4, 2, HEADERS)
        sheet.write(4, 27, HEADERS[0])
    with pytest.raises(WorkbookRefused) as refusal:
        opened(tmp_path / "a.xlsx")
    assert "第5行" in refusal.value.sentence.zh
    assert "columns C and AB" in refusal.value.sentence.en


def test_a_column_that_nobody_reads_may_be_there_twice(tmp_path: Path) -> None:
    path = made.write_workbook(tmp_path / "a.xlsx", [*HEADERS, "备注", "备注"], ROWS)
    assert [number for number, _ in opened(path).rows] == [2, 3]


async def test_a_column_twice_keeps_the_file_out(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    rows = made.small_county()[WorkbookKind.TRAINING_RECORDS]
    made.write_workbook(files / "培训记录.xlsx", [*rows[0], "学时"], rows, title="台账")
    reports = {report.kind: report for report in await import_directory(database, COUNTY_CODE, files)}
    refused = reports[WorkbookKind.TRAINING_RECORDS]
    assert refused.failure is not None
    assert "columns E and G" in refused.failure.en
    assert (refused.rows_accepted, await TrainingRecord.all().count()) == (0, 0)
    problem = await ImportProblem.get(job_id=refused.job_id)
    assert (problem.row, problem.message_en) == (0, refused.failure.en)
    assert reports[WorkbookKind.DELEGATES].rows_changed == 3


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.imports.tables.LARGEST_MEGABYTES", 0)
    for path in (
        made.write_workbook(tmp_path / "a.xlsx", HEADERS, ROWS),
        made.write_csv(tmp_path / "a.csv", HEADERS, ROWS),
    ):
        with pytest.raises(WorkbookRefused) as refusal:
            list(open_tables(path, path.name))
        assert refusal.value.code == "TOO_LARGE"


async def test_another_workbook_under_its_name_is_recognised(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    files = made.write_county(tmp_path / "files", county)
    (files / "党员.xlsx").unlink()
    (files / "流动党员.xlsx").rename(files / "党员.xlsx")
    reports = await import_directory(database, COUNTY_CODE, files)
    failure = reports[1].failure
    assert failure is not None
    assert "是“流动党员”表" in failure.zh


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("党员.xlsx", WorkbookKind.MEMBERS),
        ("试验县党员信息表.xlsx", WorkbookKind.MEMBERS),
        ("试验县在外流动党员台账.xlsx", WorkbookKind.FLOATING_MEMBERS),
        ("主题党日签到(一月).csv", WorkbookKind.ATTENDANCES),
        ("2020主题党日.xlsx", WorkbookKind.THEME_DAYS),
        ("党员培训记录.xlsx", WorkbookKind.TRAINING_RECORDS),
        ("党代表资格联审意见.xlsx", WorkbookKind.CLEARANCES),
        ("党代表职务变动.xls", WorkbookKind.POST_CHANGES),
        ("说明.xlsx", None),
    ],
)
def test_the_name_tells_the_kind(tmp_path: Path, name: str, kind: WorkbookKind | None) -> None:
    (tmp_path / name).touch()
    assert kind_of(tmp_path / name) == kind


def test_the_header_tells_the_kind_when_the_name_does_not(tmp_path: Path) -> None:
    for kind, rows in made.small_county().items():
        path = made.write_workbook(tmp_path / f"党员{kind}.xlsx", list(rows[0]), rows)
        assert kind_of(path) == kind


def test_lock_files_and_hidden_files_are_none(tmp_path: Path) -> None:
    for name in ("~$党员.xlsx", ".党员.xlsx", "党员.docx"):
        (tmp_path / name).touch()
    with pytest.raises(WorkbookRefused) as refusal:
        find_sources(tmp_path)
    assert refusal.value.code == "NO_KNOWN_FILE"


def test_two_files_of_a_kind_are_refused(tmp_path: Path) -> None:
    for name in ("党员.xlsx", "党员(1).xlsx"):
        (tmp_path / name).touch()
    with pytest.raises(WorkbookRefused) as refusal:
        find_sources(tmp_path)
    assert refusal.value.code == "SEVERAL_FILES"


@pytest.mark.parametrize(
    ("committee", "county"),
    [("中共绛县委员会", "绛县"), ("中国共产党绛县委员会", "绛县"), ("绛县党组", "绛县党组")],
)
def test_a_county_is_named_after_its_committee(committee: str, county: str) -> None:
    assert name_in(committee) == county
