"""A county's files as a whole: what they make, what a second import changes, and what strict means."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from models.audit import AuditEntry
from models.choices import ImportStatus, WorkbookKind
from models.county import County
from models.delegate import Clearance, Delegate
from models.import_job import ImportJob, ImportProblem
from models.member import Member
from models.office_term import OfficeTerm
from models.organization import Organization
from models.theme_day import Attendance
from models.training import Course, TrainingRecord
from resolvers.imports import steps
from resolvers.imports.refusals import WorkbookRefused
from resolvers.imports.reports import FileReport, Progress
from resolvers.imports.run import import_directory, import_file
from runtime.database import Database, connection
from tests import workbooks as made
from tests.keys import hash_of
from tests.workbooks import COUNTY_CODE, PEOPLE

Kind = WorkbookKind


def changes(reports: list[FileReport]) -> dict[str | None, int]:
    return {report.kind: report.rows_changed for report in reports if report.rows_changed}


async def row_versions() -> set[tuple[str, str]]:
    """Which transaction wrote each row that an import may write."""
    tables = ["county", "organization", "member", "floating_member", "theme_day", "attendance", "course"]
    tables += ["training_record", "delegate", "post_change", "clearance", "audit_entry"]
    sql = " UNION ALL ".join(f"SELECT '{table}' AS name, xmin::text FROM {table}" for table in tables)
    return {(row["name"], row["xmin"]) for row in await connection().execute_query_dict(sql)}


async def test_nine_files_make_a_county(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    reports = await import_directory(database, COUNTY_CODE, files)

    assert [report.kind for report in reports] == list(WorkbookKind)
    assert not any(report.problems or report.failure for report in reports)
    assert [report.rows_changed for report in reports] == [5, 12, 3, 4, 6, 12, 3, 1, 6]

    county = await County.get(code=COUNTY_CODE)
    assert county.name == "试验县"
    branch = await Organization.get(code="SY01001")
    assert branch.path == "990826/SY/SY01/SY01001/"
    secretary = await Member.get(id_number_hash=hash_of(PEOPLE[0].id_number))
    assert (await OfficeTerm.get(organization_id=branch.id)).member_id == secretary.id
    assert (secretary.organization_id, secretary.name_initials) == (branch.id, "rjf")
    assert "军芳" in secretary.search_keys
    assert await Member.filter(name="解放").count() == 1
    assert (await Course.get()).hours == 40
    answered = await Clearance.filter(quarter="2020Q4", due_on=date(2020, 12, 31)).first()
    assert answered is not None
    assert answered.submitted_at is not None
    assert answered.submitted_at.isoformat() == "2020-12-23T12:00:00+08:00"
    present = await Attendance.filter(member_id=secretary.id).get()
    assert (present.method, present.checked_in_at.isoformat()) == ("IMPORTED", "2020-01-10T11:02:00+08:00")


async def test_a_second_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    await import_directory(database, COUNTY_CODE, files)
    before = await row_versions()
    reports = await import_directory(database, COUNTY_CODE, files)
    assert not changes(reports)
    assert await row_versions() == before
    assert await AuditEntry.all().count() == 10  # nine files, and the secretaries
    assert await ImportJob.filter(status=ImportStatus.DONE).count() == 18


async def test_a_corrected_file_changes_what_differs(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    county[Kind.ORGANIZATIONS][2] |= {
        "组织名称": "古绛镇后秦湾村第一党支部",
        "书记身份证号": PEOPLE[1].id_number,
    }
    county[Kind.ORGANIZATIONS][3] |= {"书记身份证号": ""}
    county[Kind.MEMBERS][4] |= {"姓名": "单小红", "手机号码": ""}
    county[Kind.FLOATING_MEMBERS][0] |= {"作用发挥": "联系老乡"}
    county[Kind.THEME_DAYS][1] |= {"讲党课": 2}
    county[Kind.ATTENDANCES][0] |= {"签到时间": "2020-01-10 12:00"}
    county[Kind.TRAINING_RECORDS] = [made.training_record(PEOPLE[0], 学时=8)]
    county[Kind.DELEGATES][0] |= {"当选日期": date(2016, 7, 21)}
    county[Kind.POST_CHANGES][0] |= {"去向": ""}
    county[Kind.CLEARANCES][0] |= {"意见": "有异议", "说明": "立案审查中"}
    for row in county[Kind.TRAINING_RECORDS]:
        row["姓名"] = PEOPLE[0].name

    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    assert changes(reports) == dict.fromkeys(WorkbookKind, 1) | {Kind.ORGANIZATIONS: 2}
    assert await TrainingRecord.all().count() == 12  # absent rows are left alone
    renamed = await Member.get(id_number_hash=hash_of(PEOPLE[4].id_number))
    assert (renamed.name, renamed.name_initials, renamed.phone_masked) == ("单小红", "sxh", None)
    assert await OfficeTerm.filter(office="SECRETARY", ended_on=None).count() == 1


async def test_a_new_superior_moves_all_below(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    moved = [
        made.organization("SY02", "中共试验县横水镇委员会", "党委", "SY"),
        made.organization("SY01", "中共试验县古绛镇委员会", "党委", "SY02"),
    ]
    path = made.write_workbook(tmp_path / "党组织.xlsx", list(moved[0]), moved)
    county_id = (await County.get(code=COUNTY_CODE)).id
    report = await import_file(database, county_id, Kind.ORGANIZATIONS, path)
    assert (report.rows_changed, report.problems) == (2, [])
    paths = [organization.path for organization in await Organization.all()]
    assert "990826/SY/SY02/SY01/SY01001/" in paths
    assert "990826/SY/SYL01/" in paths


async def test_members_may_come_before_their_secretaries_are_named(
    database: Database, tmp_path: Path
) -> None:
    county = made.small_county()
    only = {Kind.ORGANIZATIONS: county[Kind.ORGANIZATIONS]}
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "first", only))
    assert [problem.code for problem in reports[0].problems] == ["SECRETARY_UNKNOWN"] * 2
    assert (reports[0].rows_accepted, reports[0].rows_refused) == (5, 0)

    members = {Kind.MEMBERS: county[Kind.MEMBERS]}
    await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "second", members))
    reports = await import_directory(database, COUNTY_CODE, tmp_path / "first")
    assert (reports[0].problems, reports[0].rows_changed) == ([], 2)


async def test_a_file_that_is_not_there_is_told(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    del county[Kind.ATTENDANCES]
    files = made.write_county(tmp_path / "files", county)
    made.write_workbook(files / "说明.xlsx", ["说明"], [])
    reports = {report.kind: report for report in await import_directory(database, COUNTY_CODE, files)}
    absent, unknown = reports[Kind.ATTENDANCES], reports[None]
    assert absent.note is not None
    assert "主题党日签到" in absent.note.zh
    assert (absent.failure, absent.job_id) == (None, None)
    assert unknown.file_name == "说明.xlsx"


async def test_a_refused_file_does_not_stop_the_others(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    (files / "主题党日.xlsx").write_bytes(b"PK\x03\x04 and nothing else")
    reports = {report.kind: report for report in await import_directory(database, COUNTY_CODE, files)}
    failure = reports[Kind.THEME_DAYS].failure
    assert failure is not None
    assert "主题党日.xlsx" in failure.zh
    assert reports[Kind.TRAINING_RECORDS].rows_changed == 12
    job = await ImportJob.get(id=reports[Kind.THEME_DAYS].job_id)
    assert (job.status, job.failure_zh) == (ImportStatus.FAILED, failure.zh)


async def test_strict_keeps_all_or_nothing(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    files = made.write_county(tmp_path / "files", county)
    assert all(
        not report.failure for report in await import_directory(database, COUNTY_CODE, files, strict=True)
    )
    before = await row_versions()

    county[Kind.TRAINING_RECORDS].append(made.training_record(PEOPLE[0], 课程="党课", 学时=-1))
    county[Kind.MEMBERS].append(made.member(made.person(500)))
    made.write_county(files, county)
    reports = await import_directory(database, COUNTY_CODE, files, strict=True)
    assert all(report.failure for report in reports)
    assert not changes(reports)
    assert await row_versions() == before
    assert await ImportJob.filter(status=ImportStatus.FAILED).count() == 9
    assert (await ImportProblem.get(row__gt=0)).code == "HOURS_OUT_OF_BOUNDS"
    assert await ImportProblem.filter(row=0, code="FILE_REFUSED").count() == 9


async def test_strict_founds_no_county_with_problems(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    county[Kind.MEMBERS][0]["姓名"] = ""
    files = made.write_county(tmp_path / "files", county)
    reports = await import_directory(database, COUNTY_CODE, files, strict=True)
    assert reports[1].problems[0].code == "REQUIRED"
    assert not await County.exists()


async def test_a_new_county_needs_its_organizations(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    county[Kind.ORGANIZATIONS] = [made.organization("SY01", "古绛镇党支部", "党支部", "")]
    files = made.write_county(tmp_path / "files", county)
    reports = await import_directory(database, COUNTY_CODE, files)
    assert all(report.failure for report in reports)
    assert not await County.exists()

    (files / "党组织.xlsx").unlink()
    with pytest.raises(WorkbookRefused) as refusal:
        await import_directory(database, COUNTY_CODE, files)
    assert refusal.value.code == "COUNTY_WITHOUT_ORGANIZATIONS"


async def test_others_see_a_job_while_it_runs(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    await import_directory(database, COUNTY_CODE, files)
    county = await County.get(code=COUNTY_CODE)
    told: list[Progress] = []
    seen = asyncio.create_task(_statuses(told))
    report = await import_file(
        database, county.id, Kind.MEMBERS, files / "党员.xlsx", file_name="名册.xlsx", progress=told.append
    )
    assert ImportStatus.RUNNING in await seen
    assert (told[-1].rows_read, told[-1].rows_total, told[-1].rows_accepted) == (12, 12, 12)
    job = await ImportJob.get(id=report.job_id)
    assert (job.status, job.file_name, job.rows_read) == (ImportStatus.DONE, "名册.xlsx", 12)


async def _statuses(told: list[Progress]) -> set[str]:
    while not told:
        await asyncio.sleep(0)
    return {(await ImportJob.get(id=told[0].job_id)).status}


async def test_what_was_queued_is_taken_up(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    await import_directory(database, COUNTY_CODE, files)
    county = await County.get(code=COUNTY_CODE)
    queued = await ImportJob.create(county=county, kind=Kind.DELEGATES, file_name="代表.xlsx")
    await import_file(database, county.id, Kind.DELEGATES, files / "党代表.xlsx", job_id=queued.id)
    job = await ImportJob.get(id=queued.id)
    assert (job.status, job.file_name, job.rows_accepted) == (ImportStatus.DONE, "代表.xlsx", 3)


async def test_the_unexpected_leaves_no_job_running(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    await import_directory(database, COUNTY_CODE, files)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(steps, "write", broken)
    with pytest.raises(ZeroDivisionError):
        await import_directory(database, COUNTY_CODE, files)
    assert await ImportJob.filter(status=ImportStatus.FAILED).count() == 9
    assert not await ImportJob.filter(status=ImportStatus.RUNNING).exists()


async def test_two_imports_at_once_wait_for_each_other(database: Database, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    first, second = await asyncio.gather(
        import_directory(database, COUNTY_CODE, files), import_directory(database, COUNTY_CODE, files)
    )
    assert sorted([sum(changes(first).values()), sum(changes(second).values())]) == [0, 52]
    assert await Delegate.all().count() == 3


async def test_heads_of_villages_stand_in_a_column_of_their_own(database: Database, tmp_path: Path) -> None:
    """Not every office's file has the column; without it nobody's term ends."""
    county = made.small_county()
    branches = [row for row in county[WorkbookKind.ORGANIZATIONS] if row["组织类别"] == "党支部"]
    for row in county[WorkbookKind.ORGANIZATIONS]:
        row["村委会主任身份证号"] = ""
    branches[0]["村委会主任身份证号"] = PEOPLE[0].id_number
    branches[1]["村委会主任身份证号"] = "140826199001010000"  # a head who is no member
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    assert not reports[0].problems
    both = await OfficeTerm.filter(member__id_number_hash=hash_of(PEOPLE[0].id_number), ended_on=None)
    assert sorted(term.office for term in both) == ["SECRETARY", "VILLAGE_HEAD"]

    without = made.write_county(tmp_path / "without", made.small_county())
    assert (await import_directory(database, COUNTY_CODE, without))[0].rows_changed == 0
    branches[0]["村委会主任身份证号"] = PEOPLE[1].id_number
    again = made.write_county(tmp_path / "again", county)
    assert (await import_directory(database, COUNTY_CODE, again))[0].rows_changed == 1
    terms = await OfficeTerm.filter(office="VILLAGE_HEAD").order_by("began_on").prefetch_related("member")
    assert [(term.member.id_number_hash, term.ended_on is None) for term in terms] == [
        (hash_of(PEOPLE[0].id_number), False),
        (hash_of(PEOPLE[1].id_number), True),
    ]


async def test_levels_are_of_any_depth_and_name(database: Database, tmp_path: Path) -> None:
    """连, 排, 班, 室 below a project's temporary branch; a file without the column keeps them."""
    county = made.small_county()
    below = "SYL01"
    for depth, level in enumerate("连排班室"):
        code = f"{below}{depth}"
        row = made.organization(code, f"第一{level}", "党小组", below)
        county[WorkbookKind.ORGANIZATIONS].append(row | {"层级": level})
        below = code
    with_levels = [{"层级": "", **row} for row in county[WorkbookKind.ORGANIZATIONS]]
    files = county | {WorkbookKind.ORGANIZATIONS: with_levels}
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", files))
    assert not reports[0].problems
    last = await Organization.get(code=below)
    assert (last.level_name, last.path.count("/")) == ("室", 7)
    without = made.write_county(tmp_path / "without", county)
    assert (await import_directory(database, COUNTY_CODE, without))[0].rows_changed == 0
