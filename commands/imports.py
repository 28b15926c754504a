"""`dangjian import`: progress while it runs, a report at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from commands.outcome import CommandRefused, tell, tell_json
from resolvers.accounts.demo_accounts import make_demo_accounts
from resolvers.imports.reports import FileReport, Progress
from resolvers.imports.run import import_directory
from runtime.database import connection, migrate, open_database
from runtime.postgres import database as running_database
from settings import Settings

SHOWN_PROBLEMS = 50
console = Console(stderr=True)


async def import_county(
    settings: Settings, county: str, directory: Path, *, strict: bool, demo_accounts: bool, as_json: bool
) -> None:
    if demo_accounts and not settings.is_loopback:
        raise CommandRefused(
            "demo accounts have a published password; they are made only where DANGJIAN_HOST is this machine alone"
        )
    async with running_database(settings) as credentials:
        await migrate(credentials, settings.keyring())
        async with open_database(credentials, settings.keyring()) as database:
            with following(quietly=as_json) as progress:
                reports = await import_directory(
                    database, county, directory, strict=strict, progress=progress
                )
            # The planner must know the new rows before the first query comes.
            await connection().execute_script("ANALYZE")
            failed = [report for report in reports if report.failure]
            accounts = await make_demo_accounts(county) if demo_accounts and not failed else []
    if as_json:
        tell_json({"files": [_as_json(report) for report in reports], "accounts": accounts})
    else:
        print_reports(reports, accounts)
    if failed:
        raise CommandRefused(reasons(failed))


def _as_json(report: FileReport) -> dict[str, Any]:
    """A report for machines: sentences in the language of the locale, problems as objects."""
    rows = ("rows_total", "rows_accepted", "rows_refused", "rows_changed")
    return {
        "kind": report.kind,
        "file_name": report.file_name,
        "job_id": report.job_id,
        **{name: getattr(report, name) for name in rows},
        "problems": [
            {
                "row": problem.row,
                "column": problem.column,
                "value": problem.value,
                "code": problem.code,
                "message": problem.sentence.for_reader(),
            }
            for problem in report.problems
        ],
        "failure": report.failure.for_reader() if report.failure else None,
        "note": report.note.for_reader() if report.note else None,
    }


@contextmanager
def following(*, quietly: bool) -> Iterator[Callable[[Progress], None]]:
    """A bar for each file on a terminal; elsewhere a line when a file was read, unless `quietly`."""
    if not console.is_terminal:
        told: set[str] = set()

        def tell_once(progress: Progress) -> None:
            if progress.rows_read >= progress.rows_total and progress.file_name not in told and not quietly:
                told.add(progress.file_name)
                tell(f"{progress.file_name}: {progress.rows_read} rows read")

        yield tell_once
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


def reasons(failed: list[FileReport]) -> str:
    """Why files were kept out: each reason once, with the names of its files unless it is everybody's."""
    names: dict[str, list[str]] = {}
    for report in failed:
        assert report.failure
        names.setdefault(report.failure.for_reader(), []).append(str(report.file_name))
    if len(names) == 1 and len(failed) > 1:
        return next(iter(names))
    return "; ".join(f"{', '.join(files)}: {reason}" for reason, files in names.items())


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
