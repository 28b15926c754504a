"""The steps of an import, each inside a transaction that its caller opened."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Connection

from models.choices import WorkbookKind
from resolvers.audit import audit_entry, insert_audit, with_sender
from resolvers.imports.counties import ImportedCounty, found_county, is_there, name_county
from resolvers.imports.directory import kind_by_header
from resolvers.imports.facts import Facts, Refused
from resolvers.imports.forms import FORMS
from resolvers.imports.jobs import Job, record_progress
from resolvers.imports.officers import set_officers, written_here
from resolvers.imports.refusals import RefusalCode, WorkbookRefused
from resolvers.imports.reports import Progress
from resolvers.imports.rows import read_rows
from resolvers.imports.workbook import Sheet, open_sheet
from resolvers.imports.writing import write
from runtime.encryption import Keyring
from runtime.masks import masked_in


@dataclass
class Import:
    """What the steps of one import share."""

    county: ImportedCounty
    keys: Keyring
    actor_name: str
    actor_id: UUID | None
    progress: Callable[[Progress], None]
    refused: Refused = field(default_factory=Refused)


async def take_in(run: Import, job: Job, connection: Connection) -> None:
    """Read a file, hold its rows against what is stored, and store what is right. Raises WorkbookRefused."""
    form, tally = FORMS[job.source.kind], job.tally
    sheet = await asyncio.to_thread(_open, job)
    tally.rows_expected = sheet.rows_expected
    await _tell(run, job)
    founds_county = form.kind == WorkbookKind.ORGANIZATIONS and not run.county.is_stored
    if founds_county:
        await found_county(connection, run.county)
    elif not await is_there(connection, run.county):
        raise WorkbookRefused(RefusalCode.COUNTY_WITHOUT_ORGANIZATIONS, code=run.county.code)

    facts = Facts(run.county.id, run.county.code, run.keys, sheet.title, run.refused)
    for load in form.loaders:
        await load(connection, facts)
    layout = {
        column: sheet.positions[column.header] for column in form.columns if column.header in sheet.positions
    }
    records = form.records(read_rows(sheet.rows, layout, tally), facts)

    async def after_chunk(changed: int) -> None:
        tally.rows_changed += changed
        await _tell(run, job)

    await write(connection, form, records, after_chunk)
    if form.kind == WorkbookKind.ORGANIZATIONS:
        job.facts = facts
        job.changed_organizations = await written_here(connection, run.county.id)
    if form.at_last:
        await connection.execute(form.at_last, run.county.id)
    if founds_county:
        await name_county(connection, run.county)
    await _audit(run, job, connection, "IMPORT_WORKBOOK", tally.rows_changed)


async def settle_officers(run: Import, job: Job, connection: Connection) -> None:
    """The last step of the organizations' file, once the members are there."""
    if job.facts is None:
        return
    changed = await set_officers(connection, job.facts, job.tally)
    job.facts = None
    job.tally.rows_changed += len(changed - job.changed_organizations)
    await _audit(run, job, connection, "IMPORT_OFFICERS", len(changed))


def _open(job: Job) -> Sheet:
    form, source = FORMS[job.source.kind], job.source
    try:
        optional = [column.header for column in form.columns if column.optional]
        return open_sheet(source.path, source.file_name, form.headers, optional)
    except WorkbookRefused as refusal:
        found = kind_by_header(source.path, source.file_name)
        if refusal.code != RefusalCode.MISSING_COLUMNS.name or found is None:
            raise
        raise WorkbookRefused(
            RefusalCode.WRONG_WORKBOOK, file=source.file_name, found=FORMS[found].stem, expected=form.stem
        ) from None


async def _tell(run: Import, job: Job) -> None:
    await record_progress(job, run.county)
    tally = job.tally
    run.progress(
        Progress(
            kind=job.source.kind,
            file_name=job.source.file_name,
            job_id=job.id,
            rows_read=tally.rows_read,
            rows_total=max(tally.rows_expected, tally.rows_read),
            rows_accepted=tally.rows_accepted,
            rows_refused=tally.rows_refused,
        )
    )


async def _audit(run: Import, job: Job, connection: Connection, action: str, rows_changed: int) -> None:
    if not rows_changed:
        return
    entry = audit_entry(
        action=action,
        subject_type="ImportJob",
        subject_id=job.id,
        actor_id=run.actor_id,
        actor_name=run.actor_name,
        county_id=run.county.id,
        detail=with_sender(
            {
                "kind": str(job.source.kind),
                "file_name": masked_in(job.source.file_name),
                "rows_accepted": job.tally.rows_accepted,
                "rows_refused": job.tally.rows_refused,
                "rows_changed": rows_changed,
            }
        ),
    )
    await insert_audit(connection, entry)
