"""Counties (县): the office's dashboard figures, each computed from the rows that the viewer may see."""

from resolvers.compiler.sources import Expression, Many, One

BY_CODE = "county_id = (SELECT c.id FROM county c WHERE c.code = {county:text})"

county = One("county", "{row}.code = {code:text}")

organization_count = Expression(
    "SELECT count(*) FROM organization o WHERE o.county_id = {row}.id AND ({visible:organization o})"
)
member_count = Expression(
    "SELECT count(*) FROM member m WHERE m.county_id = {row}.id AND ({visible:member m})"
)
floating_count = Expression(
    "SELECT count(*) FROM floating_member f "
    "WHERE f.county_id = {row}.id AND f.returned_on IS NULL AND ({visible:floating_member f})"
)
delegate_count = Expression(
    "SELECT count(*) FROM delegate d WHERE d.county_id = {row}.id AND ({visible:delegate d})"
)
# Each member is expected at the theme days of his home branch; attendance elsewhere is not counted twice.
attendance_rate = Expression(
    "SELECT round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8 "
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
