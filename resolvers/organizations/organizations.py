"""Party organizations (党组织): reads. What changes them stands in organization_events.py."""

from models import Organization
from resolvers.compiler.sources import Expression, Many, One
from resolvers.counties import BY_CODE
from resolvers.organizations.villages import SAME_PERSON, VILLAGE
from resolvers.refusals import Refusals
from resolvers.search import MATCHES, SEARCH
from resolvers.small_counts import people_counted
from resolvers.theme_days.expected_members import RATE, roll

# Lists leave out what was dissolved, unless they are asked for it; by its id it is always found.
STANDING = "({row}.dissolved_on IS NULL OR {include_dissolved})"

organization = One("organization", "{row}.id = {id}")
organizations = Many(
    "organization",
    f"{{row}}.{BY_CODE} AND {STANDING}",
    order={"code": "text", "id": "uuid"},
    filters={"kind": "{row}.kind = ANY({kind})", "search": MATCHES},
    made=SEARCH,
)

parent = One("organization", "{row}.id = {parent}.parent_id")
children = Many(
    "organization",
    f"{{row}}.parent_id = {{parent}}.id AND {STANDING}",
    order={"code": "text", "id": "uuid"},
)
# "140826/JX/JX01/" is on the second level.
level_depth = Expression("length({row}.path) - length(replace({row}.path, '/', '')) - 1")
secretary = One(
    "member",
    "{row}.id = (SELECT t.member_id FROM office_term t WHERE t.organization_id = {parent}.id "
    "AND t.office = 'SECRETARY' AND t.ended_on IS NULL)",
)
member_count = Expression("SELECT count(*) FROM member m WHERE m.organization_id = {row}.id")
floating_count = people_counted(
    "floating_member f WHERE f.home_branch_id = {row}.id AND f.returned_on IS NULL"
)
hosted_count = people_counted(
    "attachment a WHERE a.organization_id = {row}.id AND a.kind = 'AWAY' AND a.ended_on IS NULL"
)
is_one_shoulder = Expression(f"CASE WHEN {VILLAGE} THEN {SAME_PERSON} END")
subtree_member_count = Expression(
    "SELECT count(*) FROM member m WHERE m.organization_id IN (SELECT o.id FROM organization o "
    "WHERE o.path >= {row}.path AND o.path < left({row}.path, -1) || '0')"
)
members = Many(
    "member",
    "{row}.organization_id = {parent}.id",
    order={"name_sort": "text", "id": "uuid"},
    filters={"search": MATCHES},
    made=SEARCH,
)
attendance_rate = Expression(
    f"SELECT {RATE} FROM theme_day d CROSS JOIN LATERAL ({roll('d')}) r "
    "WHERE d.organization_id = {row}.id "
    "AND d.held_on >= {month} AND d.held_on < {month} + interval '1 month'"
)
TERM_YEARS = (
    "CASE WHEN {row}.field = ANY({rule:branch.village_fields text[]}) THEN {rule:branch.term_years_village} "
    "WHEN {row}.kind = 'COMMITTEE' THEN {rule:branch.term_years_committee} "
    "ELSE {rule:branch.term_years} END"
)
# A temporary branch has no term of its own: it dissolves with the body that it belongs to.
term_ends_on = Expression(
    "CASE WHEN {row}.kind <> 'TEMPORARY_BRANCH' "
    f"THEN ({{row}}.elected_on + make_interval(years => ({TERM_YEARS})::int))::date END"
)


def refuse_dissolved(refusals: Refusals, organization: Organization) -> None:
    """For writes: an organization that was dissolved is only read."""
    if organization.dissolved_on is not None:
        refusals.add(
            "ORGANIZATION_DISSOLVED",
            f"“{organization.name}”已于 {organization.dissolved_on} 撤销, 请在承接的党组织办理。",
            f"{organization.name} was dissolved on {organization.dissolved_on}; act in the one that took over.",
        )


def refuse_unknown(refusals: Refusals) -> None:
    refusals.add(
        "ORGANIZATION_NOT_FOUND",
        "没有找到您可以办理此事的党组织。",
        "There is no organization for which you may do this.",
    )
