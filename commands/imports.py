"""`dangjian import` and the import behind `dangjian demo`: progress while it runs, a report at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from app import open_application
from commands.outcome import fail, tell, tell_json
from resolvers.demo_accounts import make_demo_accounts
from resolvers.imports.reports import FileReport, Progress
from resolvers.imports.run import import_directory
from runtime.database import connection, migrate
from runtime.postgres import database as running_database
from settings import Settings

SHOWN_PROBLEMS = 50
console = Console(stderr=True)


async def import_county(
    settings: Settings, county: str, directory: Path, *, strict: bool, demo_accounts: bool, as_json: bool
) -> None:
    async with running_database(settings) as credentials:
        await migrate(credentials)
        async with open_application(settings) as app:
            with following() as progress:
                reports = await import_directory(
                    app.database, county, directory, strict=strict, progress=progress
                )
            # The planner must know the new rows before the first query comes.
            await connection().execute_script("ANALYZE")
            failed = [report for report in reports if report.failure]
            accounts = await make_demo_accounts(county) if demo_accounts and not failed else []
    if as_json:
        tell_json({"files": [asdict(report) for report in reports], "accounts": accounts})
    else:
        print_reports(reports, accounts)
    if failed:
        fail("; ".join(f"{one.file_name}: {one.failure.for_reader()}" for one in failed if one.failure))


@contextmanager
def following() -> Iterator[Callable[[Progress], None]]:
    """A bar for each file on a terminal; elsewhere nothing until its report."""
    if not console.is_terminal:
        yield lambda progress: None
        return
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            if progress.file_name not in tasks:
                tasks[progress.file_name] = bars.add_task(progress.file_name)
            bars.update(
                tasks[progress.file_name], completed=progress.rows_read, total=max(progress.rows_total, 1)
            )

        yield show


def print_reports(reports: list[FileReport], accounts: list[str]) -> None:
    for report in reports:
        if report.note is not None:
            tell(report.note.for_reader())
            continue
        tell(
            f"{report.file_name}: {report.rows_total} rows, {report.rows_accepted} accepted "
            f"({report.rows_changed} changed), {report.rows_refused} refused"
        )
        for problem in report.problems[:SHOWN_PROBLEMS]:
            tell(
                f"  row {problem.row}, {problem.column} = {problem.value!r}: {problem.code}: "
                f"{problem.sentence.for_reader()}"
            )
        if len(report.problems) > SHOWN_PROBLEMS:
            tell(
                f"  … and {len(report.problems) - SHOWN_PROBLEMS} more (ImportReport shows job {report.job_id})"
            )
    if accounts:
        tell(f"demo accounts: {', '.join(accounts)} (password demo-only)")
