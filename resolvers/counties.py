"""Counties (县): the office's dashboard figures, each computed from the rows that the viewer may see."""

from resolvers.compiler.sources import Expression, Many, One

BY_CODE = "county_id = (SELECT c.id FROM county c WHERE c.code = {county:text})"

county = One("county", "{row}.code = {code:text}")


def _count(table: str, condition: str = "TRUE") -> Expression:
    """How many rows the county has: all for its office and its auditor, those they see for towns, secretaries
    and the provincial app, and nothing, which is not 0, for everybody else."""
    counted = f"SELECT count(*) FROM {table} n WHERE n.county_id = {{row}}.id AND {condition}"
    return Expression(
        f"CASE WHEN {{reads:figures}} THEN ({counted}) "
        f"WHEN {{reads:counts}} THEN ({counted} AND ({{visible:{table} n}})) END"
    )


organization_count = _count("organization")
member_count = _count("member")
floating_count = _count("floating_member", "n.returned_on IS NULL")
delegate_count = _count("delegate")
# Each member is expected at the theme days of his home branch; attendance elsewhere is not counted twice.
attendance_rate = Expression(
    "SELECT CASE WHEN {reads:counts} THEN round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8 END "
    "FROM theme_day d JOIN member m ON m.organization_id = d.organization_id "
    "LEFT JOIN attendance a ON a.theme_day_id = d.id AND a.member_id = m.id "
    "WHERE d.county_id = {row}.id AND d.held_on >= {month} AND d.held_on < {month} + interval '1 month' "
    "AND ({visible:theme_day d})"
)
branches = Many(
    "organization",
    "{row}.county_id = {parent}.id",
    order={"code": "text", "id": "uuid"},
    largest_page=1000,
)
