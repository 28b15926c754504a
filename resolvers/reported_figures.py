"""Figures that publications report (公开数字), kept as claims beside what the records give."""

from collections.abc import Sequence
from typing import Any

from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.organizations.villages import HEADS_ARE_KEPT, SAME_PERSON, VILLAGE, of

DAYS = "FROM theme_day d WHERE d.county_id = {row}.id AND extract(year FROM d.held_on) = {year}"
DELEGATES = (
    "(SELECT count(*) FROM delegate d WHERE d.county_id = {row}.id AND d.level = '%s' "
    "AND d.status <> 'TERMINATED')"
)
ORGANIZATIONS = (
    "(SELECT count(*) FROM organization o WHERE o.county_id = {row}.id AND o.dissolved_on IS NULL%s)"
)
VILLAGES = f" AND {of('o', VILLAGE)}"
IN_ONE_HAND = f"count(*) FILTER (WHERE {of('o', SAME_PERSON)})"
# Null where no village head was ever recorded: then nothing is known, which is not 0.
ONE_SHOULDER = (
    f"(SELECT CASE WHEN {HEADS_ARE_KEPT} THEN %s END FROM organization o "
    f"WHERE o.county_id = {{row}}.id{VILLAGES})"
)

# Key of a claim -> how the records give it. A claim of another key has nothing computed beside it.
COMPUTED = {
    "organizations": ORGANIZATIONS % "",
    "members": "(SELECT count(*) FROM member m WHERE m.county_id = {row}.id)",
    "floating": (
        "(SELECT count(*) FROM floating_member f WHERE f.county_id = {row}.id AND f.returned_on IS NULL)"
    ),
    "temporary_branches": ORGANIZATIONS % " AND o.kind = 'TEMPORARY_BRANCH'",
    "village_branches": ORGANIZATIONS % VILLAGES,
    "one_person_two_posts": ONE_SHOULDER % IN_ONE_HAND,
    "one_person_two_posts_share": ONE_SHOULDER
    % f"round(100 * {IN_ONE_HAND}::numeric / NULLIF(count(*), 0), 2)::float8",
    # Null where no list of reserves was ever kept.
    "reserves": (
        "(SELECT CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE v.removed_on IS NULL) END "
        "FROM reserve v WHERE v.county_id = {row}.id)"
    ),
    **{
        key: ORGANIZATIONS % f" AND o.level_name = '{level}'"
        for key, level in {"companies": "连", "platoons": "排", "squads": "班", "rooms": "室"}.items()
    },
    "theme_days_per_organization": (
        f"(SELECT round(count(*)::numeric / NULLIF(count(DISTINCT d.organization_id), 0), 2)::float8 {DAYS})"
    ),
    "party_lectures": f"(SELECT sum(d.lectures) {DAYS})",
    "deliberations": f"(SELECT sum(d.deliberations) {DAYS})",
    "open_affairs": f"(SELECT sum(d.open_affairs) {DAYS})",
    "volunteer": f"(SELECT sum(d.volunteer_services) {DAYS})",
    "practical_deeds": f"(SELECT sum(d.practical_deeds) {DAYS})",
    "suggestions": f"(SELECT sum(d.suggestions) {DAYS})",
    "county_delegates": DELEGATES % "COUNTY",
    "city_delegates": DELEGATES % "CITY",
    "province_delegates": DELEGATES % "PROVINCE",
    # Reported are those of the county's delegates who were moved out of the county, each once.
    "delegates_ended": (
        "(SELECT count(DISTINCT d.id) FROM qualification_decision n "
        "JOIN qualification_check k ON k.id = n.qualification_check_id "
        "JOIN qualification_review r ON r.id = k.review_id JOIN delegate d ON d.id = k.delegate_id "
        "WHERE r.county_id = {row}.id AND left(r.quarter, 4)::int = {year} AND n.withdrawn_on IS NULL "
        "AND n.outcome IN ('SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED') AND d.level = 'COUNTY' "
        "AND EXISTS (SELECT FROM jsonb_array_elements(k.findings) f "
        "WHERE f->>'code' IN ('DELEGATE_LEFT_AREA', 'DELEGATE_PLACE_UNCLEAR')))"
    ),
}


def _figures(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    return [
        [
            _figure(claim, row.get(claim.key))
            for claim in request.app.rules.of(row["code"]).rules.reported(row["year"])
        ]
        if request.viewer.reads("figures")
        else []
        for row in rows
    ]


def _figure(claim: Any, computed: float | None) -> dict[str, Any]:
    return {
        "key": claim.key,
        "label": claim.label,
        "reported": float(claim.value),
        "computed": computed,
        "difference": None if computed is None else round(computed - claim.value, 4),
        "source": f"{claim.source}: {claim.quote}",
    }


reported_figures = Computed({"code": "{row}.code", "year": "{year}", **COMPUTED}, _figures)
