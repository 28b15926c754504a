from collections.abc import AsyncGenerator

import strawberry
from strawberry.file_uploads import Upload

from resolvers import import_jobs, live
from schema.context import Info
from schema.declare import field, root
from schema.enums import ImportStatus, WorkbookKind
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import DateTime


@strawberry.type(description="One wrong cell of an office file (问题).")
class ImportProblem:
    row: int = field("Row of the sheet; 1 is the title, 0 stands for the whole file (行).")
    column: str = field("Header of the column (列).")
    value: str = field("What the cell holds (值).")
    code: str = field("For programs: what is wrong.")
    message: str = field("What is wrong and what to do (说明).", import_jobs.message)


@strawberry.type(description="The import of one office file (导入任务).")
class ImportJob:
    id: strawberry.ID = field("Key.")
    kind: WorkbookKind = field("Which office file (表类).")
    file_name: str = field("Its name (文件名).")
    status: ImportStatus = field("State (状态).")
    rows_total: int = field("Rows in the file (总行数).")
    rows_read: int = field("Rows read so far (已读).")
    rows_accepted: int = field("Rows that went in or stood already (接收).")
    rows_refused: int = field("Rows kept out (拒绝).")
    rows_changed: int = field("Rows that were new or differed (变更).")
    failure: str | None = field("Why the whole file was refused (失败原因).", import_jobs.failure)
    created_at: DateTime = field("When it began (开始时间).")
    finished_at: DateTime | None = field("When it ended (结束时间).")

    @root("What is wrong, by row, at most 100 a page (问题清单).", import_jobs.problems)
    def problems(self, first: int, after: str | None = None) -> Connection[ImportProblem]: ...


@strawberry.type(description="The answer to ImportWorkbook.")
class ImportWorkbookPayload:
    job: ImportJob | None = field("The job, which goes on in the background.", import_jobs.started)
    refusals: list[Refusal] = field("Why it was not begun.")


@strawberry.type
class ImportJobQuery:
    @root("The import of a file by its id.", import_jobs.import_job)
    def import_job(self, id: strawberry.ID) -> ImportJob | None: ...


@strawberry.type
class ImportJobMutation:
    @strawberry.mutation(
        description="Import one of the county's office files (导入): right rows go in, wrong ones are reported."
    )
    async def import_workbook(
        self, info: Info, county: strawberry.ID, kind: WorkbookKind, file: Upload
    ) -> ImportWorkbookPayload:
        return await import_jobs.import_workbook(info.context, str(county), kind, file)


@strawberry.type
class ImportJobSubscription:
    @strawberry.subscription(
        description="An import's state, now and as it goes on, until it ends (导入进度).",
        metadata={"source": import_jobs.live_import_job},
    )
    async def import_progress(
        self, info: Info, job_id: strawberry.ID
    ) -> AsyncGenerator[ImportJob | None, None]:
        async for event in live.events(info.context, "import_job", str(job_id)):
            yield event
