"""What an import leaves as it stands: decisions, answers and records that were made here."""

from datetime import UTC, date, datetime
from pathlib import Path

from models.account import Account
from models.choices import CheckInMethod, ClearanceOpinion, DelegateStatus, WorkbookKind
from models.county import County
from models.delegate import Clearance, Delegate
from models.floating_member import FloatingMember
from models.organization import Organization
from models.theme_day import Attendance, ThemeDay
from resolvers.imports.reports import FileReport
from resolvers.imports.run import import_directory
from runtime.database import Database
from tests import workbooks as made
from tests.workbooks import COUNTY_CODE

Kind = WorkbookKind


async def imported(database: Database, directory: Path) -> dict[WorkbookKind | None, FileReport]:
    files = made.write_county(directory / "files", made.small_county())
    return {report.kind: report for report in await import_directory(database, COUNTY_CODE, files)}


async def test_the_status_that_was_decided(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path)
    await Delegate.all().update(status=DelegateStatus.TERMINATED)
    assert (await imported(database, tmp_path))[Kind.DELEGATES].rows_changed == 0
    assert await Delegate.filter(status=DelegateStatus.TERMINATED).count() == 3


async def test_the_answer_an_agency_gave_with_its_account(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path)
    agency = await Account.create(username="discipline", display_name="县纪委监委", password_hash="-")
    answered = await Clearance.filter(agency="DISCIPLINE_INSPECTION").first()
    assert answered is not None
    await Clearance.filter(id=answered.id).update(
        opinion=ClearanceOpinion.OBJECTION, reason="立案审查中", submitted_by_id=agency.id
    )
    assert (await imported(database, tmp_path))[Kind.CLEARANCES].rows_changed == 0
    assert (await Clearance.get(id=answered.id)).opinion == ClearanceOpinion.OBJECTION


async def test_an_open_request_is_answered_and_keeps_its_time_limit(
    database: Database, tmp_path: Path
) -> None:
    await imported(database, tmp_path)
    asked_at = datetime(2020, 12, 1, tzinfo=UTC)
    await Clearance.all().update(
        opinion=None, submitted_at=None, requested_at=asked_at, due_on=date(2020, 12, 15)
    )
    assert (await imported(database, tmp_path))[Kind.CLEARANCES].rows_changed == 6
    kept = Clearance.filter(requested_at=asked_at, due_on=date(2020, 12, 15))
    assert await kept.filter(opinion=ClearanceOpinion.NO_OBJECTION).count() == 6


async def test_a_floating_record_that_was_kept_here_since(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path)
    record = await FloatingMember.all().first()
    assert record is not None
    await FloatingMember.filter(id=record.id).update(destination="上海市", last_updated_on=date(2021, 1, 5))
    report = (await imported(database, tmp_path))[Kind.FLOATING_MEMBERS]
    assert [problem.code for problem in report.problems] == ["FLOATING_RECORD_NEWER"]
    assert (await FloatingMember.get(id=record.id)).destination == "上海市"


async def test_a_member_who_returned_is_not_away_again(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path)
    record = await FloatingMember.all().first()
    assert record is not None
    await FloatingMember.filter(id=record.id).update(returned_on=date(2021, 1, 5))
    report = (await imported(database, tmp_path))[Kind.FLOATING_MEMBERS]
    assert [problem.code for problem in report.problems] == ["FLOATING_RECORD_NEWER"]
    assert await FloatingMember.filter(returned_on=None).count() == 2


async def test_a_check_in_on_the_spot(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path)
    at = datetime(2020, 1, 10, 4, tzinfo=UTC)
    await Attendance.all().update(method=CheckInMethod.CODE, checked_in_at=at)
    assert (await imported(database, tmp_path))[Kind.ATTENDANCES].rows_changed == 0


async def test_agenda_and_evaluations(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path)
    await ThemeDay.all().update(agenda=[{"kind": "LECTURE"}], lectures=9)
    assert (await imported(database, tmp_path))[Kind.THEME_DAYS].rows_changed == 4
    assert [theme_day.agenda for theme_day in await ThemeDay.all()] == [[{"kind": "LECTURE"}]] * 4
    assert await County.all().count() == 1


async def test_what_was_merged_or_dissolved_does_not_come_back(database: Database, tmp_path: Path) -> None:
    """An older file of the office still names it, and members in it."""
    await imported(database, tmp_path)
    await Organization.filter(code="SY01001").update(dissolved_on=date(2021, 3, 1))
    reports = await imported(database, tmp_path)
    found = {
        kind: {(problem.column, problem.code) for problem in report.problems}
        for kind, report in reports.items()
    }
    assert found[Kind.ORGANIZATIONS] == {("组织代码", "ORGANIZATION_DISSOLVED")}
    assert found[Kind.MEMBERS] == {("所在党支部代码", "ORGANIZATION_DISSOLVED")}
    assert reports[Kind.ORGANIZATIONS].rows_changed == reports[Kind.MEMBERS].rows_changed == 0
