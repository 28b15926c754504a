"""Villages (行政村) and those where one person is secretary and village head (一肩挑), as SQL over {row}."""

VILLAGE = "{row}.kind = 'BRANCH' AND {row}.field = '行政村' AND {row}.dissolved_on IS NULL"

# Both are held by one person at a time (office_term_one_holder), so this is one row, or none where one is not known.
SAME_PERSON = (
    "(SELECT s.member_id = h.member_id FROM office_term s JOIN office_term h USING (organization_id) "
    "WHERE s.organization_id = {row}.id AND s.office = 'SECRETARY' AND s.ended_on IS NULL "
    "AND h.office = 'VILLAGE_HEAD' AND h.ended_on IS NULL)"
)

# Of a county: whether anybody ever recorded a village head. Otherwise 0 villages would be said of what is not known.
HEADS_ARE_KEPT = (
    "EXISTS (SELECT FROM office_term k WHERE k.county_id = {row}.id AND k.office = 'VILLAGE_HEAD')"
)


def of(row: str, condition: str) -> str:
    """The condition for the rows of an alias."""
    return condition.replace("{row}", row)
