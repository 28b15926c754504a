"""Federation's entities: how a partner's reference finds a row, under the partner's own rights."""

from resolvers.compiler.sources import Entities

BY_ID = "{row}.id = r.id"
# A code is unique within a county, and the viewer's rights keep the search within his.
BY_ID_OR_CODE = "({row}.id = r.id OR (r.id IS NULL AND {row}.code = r.code))"

entities = Entities(
    {
        "Organization": ("organization", BY_ID_OR_CODE),
        "Member": ("member", BY_ID),
        "Delegate": ("delegate", BY_ID),
        "FloatingMember": ("floating_member", BY_ID),
        "ThemeDay": ("theme_day", BY_ID),
    }
)
