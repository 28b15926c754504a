"""Study hours of a theme day and the office's file of check-ins: whichever comes first, the hours are there."""

from pathlib import Path

from models.choices import WorkbookKind
from resolvers.imports.run import import_directory
from runtime.database import open_database
from tests.conftest import COUNTY, Credentials, copied
from tests.keys import KEYRING
from tests.test_access import rows
from tests.workbooks import PEOPLE, attendance, write_county


async def test_check_ins_from_the_offices_file_bring_the_hours(
    server: Credentials, small_template: str, tmp_path: Path
) -> None:
    held_on = "2020-02-10"
    files = {
        WorkbookKind.ATTENDANCES: [
            attendance(who, 月份="2020-02", 签到时间=f"{held_on}T10:00") for who in PEOPLE[:3]
        ]
    }
    folder = write_county(tmp_path / "files", files)
    async with copied(server, small_template) as credentials, open_database(credentials, KEYRING) as database:
        await rows("UPDATE theme_day SET study_hours = 1.5 WHERE held_on = $1::text::date", held_on)
        await import_directory(database, COUNTY, folder)
        kept = await rows("SELECT hours, count(*) FROM attendance GROUP BY 1 ORDER BY 1")
    assert kept == [{"hours": 0, "count": 6}, {"hours": 1.5, "count": 3}]
