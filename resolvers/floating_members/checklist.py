"""What a floating member's record is asked for (清楚项目): the county's pack lists it.

Seven items have columns (七个清楚); whatever else a county asks for is kept by its key in `floating_member.items`.
"""

from resolvers.access import personal
from resolvers.compiler.sources import Expression, Rows, SameRow

# Key of a checklist item -> the column that it is about.
COLUMNS = (
    "left_on",
    "destination",
    "contact",
    "employment",
    "organizational_life",
    "mindset",
    "contribution",
)
MEMBER, CONTACT_PERSON = "{row}.member_id", "{row}.contact_person_id"

CHECKLIST, STEPS = "floating.checklist", "floating.steps"
# The checklist counts how clear a situation is; the steps (五个同步) are kept beside it and counted nowhere.
RECORDED = (CHECKLIST, STEPS)

_FILLED = " + ".join(
    f"('{column}' = ANY({{rule:floating.checklist text[]}}) AND {{row}}.{column} IS NOT NULL)::int"
    for column in COLUMNS
)
# Most counties ask for nothing beyond the columns, and most records then have no items to look through.
_MORE = (
    "CASE WHEN {row}.items = '{{}}' THEN 0 ELSE (SELECT count(*) FROM unnest({rule:floating.checklist text[]}) k "
    "WHERE {row}.items ->> k <> '')::int END"
)
_IS_FILLED = " ".join(f"WHEN '{column}' THEN {{row}}.{column} IS NOT NULL" for column in COLUMNS)
_COLUMN_KEYS = ", ".join(f"'{column}'" for column in COLUMNS)

clarity = SameRow()
clear = Expression(f"{_FILLED} + {_MORE}")
total = Expression("cardinality({rule:floating.checklist text[]})")
clarity_items = Rows(
    "SELECT i.key, i.label, CASE i.key "
    f"{_IS_FILLED} ELSE COALESCE({{row}}.items ->> i.key <> '', false) END AS clear "
    "FROM jsonb_to_recordset({rule:floating.checklist.items text}::jsonb) AS i(key text, label text)"
)
items = Rows(
    f"SELECT i.key, i.label, {personal('items ->> i.key', MEMBER, CONTACT_PERSON)} AS value "
    "FROM jsonb_to_recordset({rule:floating.checklist.items text}::jsonb || {rule:floating.steps.items text}::jsonb) "
    f"AS i(key text, label text) WHERE i.key NOT IN ({_COLUMN_KEYS})"
)
