"""What a floating member's record is asked for (清楚项目): the county's pack lists it.

Seven items have columns (七个清楚); whatever else a county asks for is kept by its key in `floating_member.items`.
"""

from resolvers.compiler.sources import Expression, Rows, SameRow

# Keys of checklist items that have a column of their own.
COLUMNS = (
    "left_on",
    "destination",
    "contact",
    "employment",
    "organizational_life",
    "mindset",
    "contribution",
)
# Whether it is filled; of what is encrypted, by its masked form.
_STORED = {column: column for column in COLUMNS} | {"contact": "contact_masked"}

CHECKLIST, STEPS = "floating.checklist", "floating.steps"
# The checklist counts how clear a situation is; the steps (五个同步) are kept beside it and counted nowhere.
RECORDED = (CHECKLIST, STEPS)

_FILLED = " + ".join(
    f"('{column}' = ANY({{rule:floating.checklist text[]}}) AND {{row}}.{stored} IS NOT NULL)::int"
    for column, stored in _STORED.items()
)
# Most counties ask for nothing beyond the columns, and most records then have no items to look through.
_MORE = (
    "CASE WHEN {row}.items = '{{}}' THEN 0 ELSE (SELECT count(*) FROM unnest({rule:floating.checklist text[]}) k "
    "WHERE {row}.items ->> k <> '')::int END"
)
_IS_FILLED = " ".join(
    f"WHEN '{column}' THEN {{row}}.{stored} IS NOT NULL" for column, stored in _STORED.items()
)
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
    f"SELECT i.key, i.label, CASE WHEN {{shows:personal floating_member}} THEN {{row}}.items ->> i.key END AS value "
    "FROM jsonb_to_recordset({rule:floating.checklist.items text}::jsonb || {rule:floating.steps.items text}::jsonb) "
    f"AS i(key text, label text) WHERE i.key NOT IN ({_COLUMN_KEYS})"
)
