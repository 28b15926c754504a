import strawberry

from resolvers import audit_entries
from schema.declare import field, root
from schema.pages import Connection
from schema.people import Actor
from schema.scalars import JSON, DateTime


@strawberry.type(description="What was done something to.")
class AuditSubject:
    type: str = field("Kind of row (类型).", audit_entries.subject_type)
    id: str = field("Its key.", audit_entries.subject_id)


@strawberry.type(description="Who did what, and when (审计记录).")
class AuditEntry:
    sequence: int = field("Number of the entry (序号).")
    at: DateTime = field("When (时间).")
    actor: Actor = field("Who (操作人).", audit_entries.actor)
    action: str = field("What (操作).")
    subject: AuditSubject = field("To what (对象).", audit_entries.subject)
    detail: JSON = field(
        "Purpose, reason, from where, result (详情): what was given with it; never a member's values."
    )
    from_: str | None = field("The sender's address (来源地址).", audit_entries.sent_from, name="from")
    hash: str = field("SHA-256 of the entry's content.")


@strawberry.type
class AuditEntryQuery:
    @root("The audit trail of a county for its auditor, newest first.", audit_entries.audit_entries)
    def audit_entries(
        self, county: strawberry.ID, first: int, after: str | None = None
    ) -> Connection[AuditEntry]: ...
