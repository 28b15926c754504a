"""Reading the audit trail (审计)."""

from resolvers.compiler.sources import Derived, Expression, Many, SameRow
from resolvers.counties import BY_CODE

audit_entries = Many("audit_entry", f"{{row}}.{BY_CODE}", order={"sequence": "bigint"}, descending=True)
actor = Derived("SELECT {row}.actor_name AS display_name")
sent_from = Expression("{row}.detail->>'from'")
subject = SameRow()
subject_type = Expression("{row}.subject_type")
subject_id = Expression("{row}.subject_id")
