"""Import jobs (导入任务): an office file sent over GraphQL, its progress and its report."""

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from models import ImportJob
from models.choices import ImportStatus, WorkbookKind
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference
from resolvers.imports.reports import Progress
from resolvers.imports.run import import_file
from resolvers.live import announce
from resolvers.refusals import not_allowed, refused
from runtime.clock import now
from runtime.database import unit_of_work
from runtime.masks import masked_in

LARGEST_FILE = 50 * 1024 * 1024
READ_AT_ONCE = 1024 * 1024
LONGEST_IMPORT = timedelta(hours=1)

import_job = One("import_job", "{row}.id = {id}")
live_import_job = One("import_job", "{row}.id = {job_id}")
started = Reference("import_job")
problems = Many("import_problem", "{row}.job_id = {parent}.id", order={"row": "int", "id": "uuid"})
message = Expression("{row}.message_{language}")
failure = Expression("{row}.failure_{language}")


async def import_workbook(request: Request, county_code: str, kind: WorkbookKind, file: Any) -> Payload:
    """Keep the file, begin its import in the background, and answer with the job to watch."""
    viewer = who_asks(request)
    grant = viewer.may(Act.IMPORT, county_code)
    if grant is None or grant.county_id is None:
        return {"job": None, "refusals": not_allowed()}
    if not hasattr(file, "read"):  # the scalar Upload takes whatever JSON stands in its place
        rows = refused(
            "FILE_MISSING", "请以 multipart 方式上传文件。", "Send the file as a multipart upload."
        )
        return {"job": None, "refusals": rows}
    name = Path((file.filename or "upload.xlsx").replace("\0", "")).name[-255:]
    path = await _kept(file, uploads(request.app.settings.var))
    if path is None:
        megabytes = LARGEST_FILE // 1024 // 1024
        rows = refused(
            "FILE_TOO_LARGE", f"文件超过 {megabytes} MB。", f"The file is larger than {megabytes} MB."
        )
        return {"job": None, "refusals": rows}
    try:
        async with unit_of_work():
            job = await ImportJob.create(
                county_id=grant.county_id,
                kind=kind.value,
                status=ImportStatus.QUEUED.value,
                file_name=name,
                created_by_id=viewer.account_id,
            )
            await append_audit(
                viewer,
                action="START_IMPORT",
                subject_type="ImportJob",
                subject_id=job.id,
                county_id=grant.county_id,
                detail={"kind": kind.value, "file_name": masked_in(name)},
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    request.app.jobs.start(_run(request.app, grant.county_id, kind, path, job.id, name, viewer))
    return {"job": job.id, "refusals": []}


async def fail_abandoned() -> None:
    """At start: jobs that the last process left running are over; a file is a transaction, so nothing is half in."""
    await ImportJob.filter(status__in=[ImportStatus.QUEUED.value, ImportStatus.RUNNING.value]).update(
        status=ImportStatus.FAILED.value,
        failure_zh="服务器重启, 导入中断, 没有写入任何数据, 请重新导入。",
        failure_en="The server was restarted; nothing was kept. Import the file again.",
        finished_at=now(),
    )


async def _run(
    app: Any, county_id: UUID, kind: WorkbookKind, path: Path, job_id: UUID, name: str, viewer: AccountViewer
) -> None:
    try:
        await import_file(
            app.database,
            county_id,
            kind,
            path,
            job_id=job_id,
            file_name=name,
            progress=partial(_tell, app, job_id),
            actor_name=viewer.display_name,
            actor_id=viewer.account_id,
        )
    finally:
        path.unlink(missing_ok=True)
        await announce(app.bus, "import_job", job_id, last=True)


def _tell(app: Any, job_id: UUID, _progress: Progress) -> None:
    app.jobs.start(announce(app.bus, "import_job", job_id))


def uploads(var: Path) -> Path:
    """Where uploads lie until they are imported: the only place outside of the database that holds their numbers."""
    folder = var / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def forget_uploads(var: Path) -> None:
    """At start: what a process left that died on the way. Another one may be at work on what is younger."""
    for path in uploads(var).iterdir():
        if path.stat().st_mtime < (now() - LONGEST_IMPORT).timestamp():
            path.unlink(missing_ok=True)


async def _kept(file: Any, folder: Path) -> Path | None:
    """The upload as a file of its own, or None when it is too large."""
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as kept:
        path, size = Path(kept.name), 0
        try:
            while block := await file.read(READ_AT_ONCE):
                size += len(block)
                if size > LARGEST_FILE:
                    path.unlink()
                    return None
                kept.write(block)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path
