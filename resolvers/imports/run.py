"""Imports: a directory with a county's office files, or one file."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

from models.choices import WorkbookKind
from resolvers.imports.collector import collector_paused
from resolvers.imports.counties import county_by_code, county_by_id, one_import_at_a_time
from resolvers.imports.directory import Source, find_sources
from resolvers.imports.forms import FORMS
from resolvers.imports.jobs import Job, record_end
from resolvers.imports.refusals import RefusalCode, WorkbookRefused
from resolvers.imports.reports import FileReport, Progress, missing_file, unknown_file
from resolvers.imports.steps import Import, settle_officers, take_in
from runtime.database import Database

SYSTEM = "dangjian"
FOUNDATION = (WorkbookKind.ORGANIZATIONS, WorkbookKind.MEMBERS)
"""Officers are set after these two."""


def silent(progress: Progress) -> None:
    """For callers that follow no progress."""


async def import_directory(
    database: Database,
    county_code: str,
    directory: Path,
    *,
    strict: bool = False,
    progress: Callable[[Progress], None] = silent,
    actor_name: str = SYSTEM,
    actor_id: UUID | None = None,
) -> list[FileReport]:
    """One report for each kind of file, and one for each workbook of no known kind.

    Every file is a transaction; with `strict` all files are one, and any problem keeps everything out.
    Raises WorkbookRefused when there is nothing that could be imported."""
    sources, unknown = await asyncio.to_thread(find_sources, directory)
    async with one_import_at_a_time(database, county_code):
        county = await county_by_code(county_code)
        if not county.is_stored and sources[0].kind != WorkbookKind.ORGANIZATIONS:
            raise WorkbookRefused(RefusalCode.COUNTY_WITHOUT_ORGANIZATIONS, code=county_code)
        run = Import(county, database.keys, actor_name, actor_id, progress)
        jobs = [Job(source, actor_id) for source in sources]
        async with _failing_loudly(run, jobs):
            await (_all_or_nothing(database, run, jobs) if strict else _one_by_one(database, run, jobs))
    given = {job.source.kind: job.report() for job in jobs}
    reports = [given.get(kind) or missing_file(kind, form.stem) for kind, form in FORMS.items()]
    return reports + [unknown_file(name) for name in unknown]


async def import_file(
    database: Database,
    county_id: UUID,
    kind: WorkbookKind,
    path: Path,
    *,
    job_id: UUID | None = None,
    file_name: str | None = None,
    progress: Callable[[Progress], None] = silent,
    actor_name: str = SYSTEM,
    actor_id: UUID | None = None,
) -> FileReport:
    """`job_id` may name an ImportJob that is there already; `file_name` is what its sender called the file.

    Raises WorkbookRefused when there is no such county; a file that is refused is told in the report."""
    county = await county_by_id(county_id)
    job = Job(Source(kind, path, file_name or path.name), actor_id)
    job.id = job_id or job.id
    async with one_import_at_a_time(database, county.code):
        run = Import(county, database.keys, actor_name, actor_id, progress)
        async with _failing_loudly(run, [job]):
            await _one_by_one(database, run, [job])
    return job.report()


class _KeepNothing(Exception):
    """Rolls the transaction of a strict import back."""


async def _one_by_one(database: Database, run: Import, jobs: list[Job]) -> None:
    """A transaction for each file. The organizations' job ends after the members', with its officers."""
    waiting: list[Job] = []
    for job in jobs:
        if job.source.kind not in FOUNDATION:
            await _end_foundation(database, run, waiting)
            waiting = []
        with _refusal_noted(job):
            async with database.bulk() as connection:
                await take_in(run, job, connection)
            job.is_stored = run.county.is_stored = True
        waiting.append(job)
    await _end_foundation(database, run, waiting)


async def _end_foundation(database: Database, run: Import, jobs: list[Job]) -> None:
    for job in jobs:
        if job.is_stored and job.source.kind == WorkbookKind.ORGANIZATIONS:
            async with database.bulk() as connection:
                await settle_officers(run, job, connection)
        await record_end(job, run.county)


async def _all_or_nothing(database: Database, run: Import, jobs: list[Job]) -> None:
    try:
        async with database.bulk() as connection:
            for job in jobs:
                with _refusal_noted(job):
                    await take_in(run, job, connection)
            if jobs[0].source.kind == WorkbookKind.ORGANIZATIONS:
                await settle_officers(run, jobs[0], connection)
            if any(job.failure or job.tally.problem_count for job in jobs):
                raise _KeepNothing
        run.county.is_stored = True
    except _KeepNothing:
        count = sum(job.tally.problem_count for job in jobs)
        for job in jobs:
            job.fail(job.failure or RefusalCode.STRICT.sentence(count=count))
    for job in jobs:
        await record_end(job, run.county)


@contextmanager
def _refusal_noted(job: Job) -> Iterator[None]:
    """A file that is refused as a whole ends its own job, and the import goes on."""
    try:
        yield
    except WorkbookRefused as refusal:
        job.fail(refusal.sentence)


@asynccontextmanager
async def _failing_loudly(run: Import, jobs: list[Job]) -> AsyncIterator[None]:
    """No job is left running when the unexpected happens, or when the import is cancelled."""
    try:
        with collector_paused():
            yield
    except BaseException:
        for job in jobs:
            if not job.is_ended:
                if not job.is_stored:
                    job.fail(RefusalCode.FAILED.sentence())
                await record_end(job, run.county)
        raise
