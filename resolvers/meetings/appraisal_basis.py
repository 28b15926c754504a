"""What attendance and training say of a member's year (民主评议参考): read from the records, nothing is typed twice."""

from resolvers.compiler.sources import Derived
from resolvers.theme_days.expected_members import not_exempt
from resolvers.training.hours import (
    HOURS_ARE_READABLE,
    completed_hours,
    first_day,
    is_exempt,
    next_year,
    required_hours,
)

IN_YEAR = f"d.held_on >= {first_day('{year}')} AND d.held_on < {next_year('{year}')}"
# No firm demand is made of who is exempt, so the days of that time are not expected of him (条例第二十三条).
EXPECTED = (
    "(SELECT count(*) FROM theme_day d WHERE d.organization_id = {row}.organization_id "
    f"AND {IN_YEAR} AND d.held_on <= {{today}} AND d.held_on >= {{row}}.joined_on "
    f"AND {not_exempt('{row}.id', 'd.held_on')})"
)
# One who is away takes part where he is a guest, which counts as much.
ATTENDED = (
    "(SELECT count(*) FROM attendance a JOIN theme_day d ON d.id = a.theme_day_id "
    f"WHERE a.member_id = {{row}}.id AND {IN_YEAR})"
)
basis = Derived(
    "SELECT b.*, CASE WHEN b.theme_days_expected > 0 "
    "THEN round(LEAST(b.theme_days_attended::numeric / b.theme_days_expected, 1), 4)::float8 END AS attendance_rate "
    f"FROM (SELECT {{year}} AS year, {EXPECTED} AS theme_days_expected, {ATTENDED} AS theme_days_attended, "
    f"{completed_hours('{year}')} AS completed_hours, {required_hours('{year}')} AS required_hours, "
    f"{is_exempt('{year}')} AS is_exempt WHERE {HOURS_ARE_READABLE} OFFSET 0) b"
)
