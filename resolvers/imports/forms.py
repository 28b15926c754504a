"""The nine office files, in the order in which they build on each other."""

from models.choices import WorkbookKind
from resolvers.imports.attendances import ATTENDANCES
from resolvers.imports.clearances import CLEARANCES
from resolvers.imports.delegates import DELEGATES
from resolvers.imports.floating_members import FLOATING_MEMBERS
from resolvers.imports.form import Form
from resolvers.imports.members import MEMBERS
from resolvers.imports.organizations import ORGANIZATIONS
from resolvers.imports.post_changes import POST_CHANGES
from resolvers.imports.theme_days import THEME_DAYS
from resolvers.imports.training_records import TRAINING_RECORDS

_IN_ORDER = (
    ORGANIZATIONS,
    MEMBERS,
    FLOATING_MEMBERS,
    THEME_DAYS,
    ATTENDANCES,
    TRAINING_RECORDS,
    DELEGATES,
    POST_CHANGES,
    CLEARANCES,
)

FORMS: dict[WorkbookKind, Form] = {form.kind: form for form in _IN_ORDER}
