"""The record of each file's import (ImportJob), which others can follow while its data is being written."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.choices import ImportStatus
from models.import_job import ImportJob, ImportProblem
from resolvers.imports.counties import ImportedCounty
from resolvers.imports.directory import Source
from resolvers.imports.facts import Facts
from resolvers.imports.forms import FORMS
from resolvers.imports.problems import Problem
from resolvers.imports.reports import FileReport
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Tally
from runtime.clock import now
from runtime.identifiers import new_id
from runtime.language import Sentence


@dataclass(eq=False)
class Job:
    """The import of one file. Its row is written outside of the transaction of the data.

    `is_stored`: the transaction of its data is over; `is_ended`: its row says what became of it."""

    source: Source
    created_by: UUID | None
    id: UUID = field(default_factory=new_id)
    tally: Tally = field(default_factory=Tally)
    facts: Facts | None = None
    changed_organizations: set[UUID] = field(default_factory=set)
    failure: Sentence | None = None
    is_stored: bool = False
    is_ended: bool = False

    def fail(self, failure: Sentence) -> None:
        self.failure = failure
        self.tally.rows_changed = 0

    def problems(self) -> list[Problem]:
        """By row, within a row by the columns of the form; that there are more stands last."""
        columns = {column.header: place for place, column in enumerate(FORMS[self.source.kind].columns)}

        def place(problem: Problem) -> tuple[bool, int, int]:
            is_end = problem.code == RowProblem.MORE_PROBLEMS.name
            return is_end, problem.row, columns.get(problem.column, len(columns))

        return sorted(self.tally.problems, key=place)

    def report(self) -> FileReport:
        return FileReport(
            kind=self.source.kind,
            file_name=self.source.file_name,
            job_id=self.id,
            rows_total=self.tally.rows_read,
            rows_accepted=self.tally.rows_accepted,
            rows_refused=self.tally.rows_refused,
            rows_changed=self.tally.rows_changed,
            problems=self.problems(),
            failure=self.failure,
        )


async def record_progress(job: Job, county: ImportedCounty) -> None:
    await _record(job, county, status=ImportStatus.RUNNING, rows_total=job.tally.rows_expected)


async def record_end(job: Job, county: ImportedCounty) -> None:
    """The problems first, so that whoever sees the job done sees them all."""
    job.is_ended = True
    if not county.is_stored:
        return
    await _record(job, county, status=ImportStatus.RUNNING, rows_total=job.tally.rows_read)
    problems = [
        ImportProblem(
            id=new_id(),
            job_id=job.id,
            row=problem.row,
            column=problem.column,
            value=problem.value,
            code=problem.code,
            message_zh=problem.sentence.zh,
            message_en=problem.sentence.en,
        )
        for problem in [*_whole_file(job), *job.problems()]
    ]
    await ImportProblem.bulk_create(problems, batch_size=500)
    await _record(
        job,
        county,
        status=ImportStatus.FAILED if job.failure else ImportStatus.DONE,
        rows_changed=job.tally.rows_changed,
        failure_zh=job.failure and job.failure.zh,
        failure_en=job.failure and job.failure.en,
        finished_at=now(),
    )


def _whole_file(job: Job) -> list[Problem]:
    """Why nothing of the file was kept, at row 0, so that who reads only the problems reads it too."""
    if job.failure is None:
        return []
    return [Problem(0, "", job.source.file_name, "FILE_REFUSED", job.failure)]


async def _record(job: Job, county: ImportedCounty, **values: Any) -> None:
    if not county.is_stored:
        return
    values |= {
        "rows_read": job.tally.rows_read,
        "rows_accepted": job.tally.rows_accepted,
        "rows_refused": job.tally.rows_refused,
    }
    if not await ImportJob.filter(id=job.id).update(**values):
        await ImportJob.create(
            id=job.id,
            county_id=county.id,
            kind=job.source.kind,
            file_name=job.source.file_name[:255],
            created_by_id=job.created_by,
            **values,
        )
