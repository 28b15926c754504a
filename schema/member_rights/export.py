import strawberry

from resolvers.member_rights import export
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal
from schema.scalars import JSON


@strawberry.type(description="The answer to ExportMyRecord.")
class ExportMyRecordPayload:
    file_name: str | None = field("A name for the file (文件名).")
    content: JSON | None = field(
        "The copy (内容): `tables`, each with its name, its Chinese title and its rows, and `leftOut`, what is not in "
        "it and why."
    )
    refusals: list[Refusal] = field("Why no copy was made: NO_OWN_RECORD, TOO_SOON.")


@strawberry.type
class OwnExportMutation:
    @strawberry.mutation(
        description="A copy of everything that is held about the reader as a member (导出本人信息; PIPL 45), own "
        "numbers in full, other people by name where he may see them. Once a minute; the audit trail tells of it."
    )
    async def export_my_record(self, info: Info) -> ExportMyRecordPayload:
        return await export.export_my_record(info.context)
