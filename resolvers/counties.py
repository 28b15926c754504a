"""Counties (县): the office's dashboard figures, each computed from the rows that the viewer may see."""

from resolvers.compiler.sources import Expression, Many, One
from resolvers.organizations.villages import HEADS_ARE_KEPT, SAME_PERSON, VILLAGE, of
from resolvers.theme_days.expected_members import not_exempt

BY_CODE = "county_id = (SELECT c.id FROM county c WHERE c.code = {county:text})"

county = One("county", "{row}.code = {code:text}")


def _count(table: str, condition: str = "TRUE", value: str = "count(*)") -> Expression:
    """How many rows the county has: all for its office and its auditor, those they see for towns, secretaries
    and the provincial app, and nothing, which is not 0, for everybody else."""
    counted = f"SELECT {value} FROM {table} n WHERE n.county_id = {{row}}.id AND {condition}"
    return Expression(
        f"CASE WHEN {{reads:figures}} THEN ({counted}) "
        f"WHEN {{reads:counts}} THEN ({counted} AND ({{visible:{table} n}})) END"
    )


organization_count = _count("organization", "n.dissolved_on IS NULL")
member_count = _count("member")
floating_count = _count("floating_member", "n.returned_on IS NULL")
delegate_count = _count("delegate")
_IN_ONE_HAND = f"count(*) FILTER (WHERE {of('n', SAME_PERSON)})"
village_count = _count("organization", of("n", VILLAGE))
one_shoulder_count = _count(
    "organization", of("n", VILLAGE), f"CASE WHEN {HEADS_ARE_KEPT} THEN {_IN_ONE_HAND} END"
)
one_shoulder_share = _count(
    "organization",
    of("n", VILLAGE),
    f"CASE WHEN {HEADS_ARE_KEPT} THEN round({_IN_ONE_HAND}::numeric / NULLIF(count(*), 0), 4)::float8 END",
)
# Each member is expected at the theme days of his home branch; attendance elsewhere is not counted twice.
attendance_rate = Expression(
    "SELECT CASE WHEN {reads:counts} THEN round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8 END "
    "FROM theme_day d JOIN member m ON m.organization_id = d.organization_id "
    f"AND {not_exempt('m.id', 'd.held_on')} "
    "LEFT JOIN attendance a ON a.theme_day_id = d.id AND a.member_id = m.id "
    "WHERE d.county_id = {row}.id AND d.held_on >= {month} AND d.held_on < {month} + interval '1 month' "
    "AND ({visible:theme_day d})"
)
branches = Many(
    "organization",
    "{row}.county_id = {parent}.id AND {row}.dissolved_on IS NULL",
    order={"code": "text", "id": "uuid"},
    largest_page=1000,
)
