"""Members (党员): the person's record, and where it leads. What he has to do stands in duties.py."""

from resolvers.compiler.sources import Many, Masked, One, Sealed
from resolvers.counties import BY_CODE
from resolvers.search import MATCHES, SEARCH
from resolvers.training.hours import (
    HOURS_ARE_READABLE,
    completed_hours,
    exempt_members,
    required_hours,
)

members = Many(
    "member",
    f"{{row}}.{BY_CODE}",
    order={"name_sort": "text", "id": "uuid"},
    filters={
        "search": MATCHES,
        "below_training_hours": (
            f"{HOURS_ARE_READABLE} AND {{row}}.id NOT IN {exempt_members('{below_training_hours}')} "
            f"AND {completed_hours('{below_training_hours}', of_many=True)} "
            f"< {required_hours('{below_training_hours}')}"
        ),
        "without_reason": (
            "NOT EXISTS (SELECT FROM shortfall_reason s WHERE s.member_id = {row}.id "
            "AND s.year = {below_training_hours})"
        ),
    },
    made=SEARCH,
)

organization = One("organization", "{row}.id = {parent}.organization_id")
id_number = Sealed("id_number", "member.id_number")
address = Masked("address", "left({row}.address, 3) || '****'")
phone = Sealed("phone", "member.phone")
floating = One("floating_member", "{row}.member_id = {parent}.id AND {row}.returned_on IS NULL")
attendances = Many(
    "attendance",
    "{row}.member_id = {parent}.id",
    order={"checked_in_at": "timestamptz", "id": "uuid"},
    descending=True,
)
next_theme_day = One(
    "theme_day",
    "{row}.organization_id = {parent}.organization_id AND {row}.held_on >= {today}",
    order="{row}.held_on",
)
