"""The yearly appraisal of members (民主评议): the grades that a branch gave, and what is found about them."""

from dataclasses import replace
from datetime import date
from typing import Any

from models import Organization
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import One, Reference, Rows
from resolvers.compiler.statement import as_uuid
from resolvers.findings import as_row
from resolvers.judging import judged
from resolvers.organizations.facts import FACTS, branch_facts, values_now
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import connection, unit_of_work
from runtime.identifiers import new_id

MOST_GRADES = 500
LONGEST_BODY = 200
FIRST_YEAR = 1921
MOST_NAMES = 5  # in a refusal
CITATION = "共产党员网民主评议党员专题页（镜像，转引）"  # the national pack's, for the same page
CITATION_32 = "《中国共产党党员教育管理工作条例》第三十二条"

organization = One("organization", "{row}.id = {parent}.organization_id")
graded_in = Reference("organization")
appraisals = Rows(
    "SELECT a.* FROM appraisal a WHERE a.member_id = {row}.id AND ({visible:appraisal a}) ORDER BY a.year DESC"
)
# In a small branch a count tells the grade of a person, so it is for those who lead the organization.
LEADS = (
    "EXISTS (SELECT FROM (SELECT {row}.id AS organization_id, {row}.county_id AS county_id) led "
    "WHERE {visible:reserve led})"
)
summary = Rows(
    "SELECT a.grade, count(*) AS count FROM appraisal a WHERE a.organization_id = {row}.id AND a.year = {year} "
    f"AND {LEADS} GROUP BY a.grade "
    "ORDER BY array_position(ARRAY['EXCELLENT', 'QUALIFIED', 'BASICALLY_QUALIFIED', 'UNQUALIFIED'], a.grade::text)"
)

# Each member as he stands to the organization ($2), and what he was graded for the year ($3).
GRADED = """
SELECT m.id, m.name, m.confirmed_on, m.organization_id = $2 AS is_home,
       EXISTS (SELECT FROM attachment a WHERE a.member_id = m.id AND a.organization_id = $2
               AND a.ended_on IS NULL AND 'APPRAISAL' = ANY(a.rights)) AS is_guest,
       g.organization_id AS graded_by, g.grade, g.decided_by, g.decided_on
FROM member m LEFT JOIN appraisal g ON g.member_id = m.id AND g.year = $3
WHERE m.id = ANY($1)
ORDER BY m.id
"""
KEEP = """
INSERT INTO appraisal (id, county_id, member_id, organization_id, year, grade, decided_by, decided_on, recorded_by_id)
SELECT g.id, $4, g.member_id, $5, $6, g.grade, $7, $8, $9
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS g(id, member_id, grade)
ON CONFLICT (member_id, year) DO UPDATE SET grade = excluded.grade, decided_by = excluded.decided_by,
    decided_on = excluded.decided_on, recorded_by_id = excluded.recorded_by_id
WHERE appraisal.organization_id = excluded.organization_id
  AND (appraisal.grade, appraisal.decided_by, appraisal.decided_on)
      IS DISTINCT FROM (excluded.grade, excluded.decided_by, excluded.decided_on)
RETURNING member_id
"""


async def record_appraisals(
    request: Request,
    organization_id: str,
    year: int,
    decided_by: str,
    decided_on: date,
    grades: list[tuple[str, str]],
) -> Payload:
    """Keep the grades (member id, grade) that a branch gave for a year, all of them or none.

    A grade that stands is replaced, and the audit trail keeps it. Too many excellent ones are a finding.
    """
    viewer = who_asks(request)
    refusals = _faults(year, decided_by, decided_on, grades)
    async with unit_of_work():
        branch = await reach(viewer, Act.APPRAISE, Organization, organization_id)
        if branch is None:
            refusals.add(
                "ORGANIZATION_NOT_FOUND",
                "没有找到您可以登记民主评议的党组织。",
                "There is no organization whose appraisals you may record.",
            )
        wanted = {as_uuid(member): grade for member, grade in grades[:MOST_GRADES]}
        if len(wanted) < len(grades[:MOST_GRADES]):
            refusals.add(
                "MEMBER_TWICE",
                "名单中有人重复, 每人只登记一个等次。",
                "Somebody is listed twice; give each member one grade.",
            )
        members = []
        if branch is not None:
            members = await connection().execute_query_dict(GRADED, [list(wanted), branch.id, year])
            _refuse_members(refusals, branch, members, len(wanted), decided_on)
        if refusals or branch is None:
            return {"recorded": 0, "organization": None, "findings": [], "refusals": refusals.rows}
        kept = await connection().execute_query_dict(
            KEEP,
            [
                [new_id() for _ in members],
                [row["id"] for row in members],
                [wanted[row["id"]] for row in members],
                branch.county_id,
                branch.id,
                year,
                decided_by.strip(),
                decided_on,
                viewer.account_id,
            ],
        )
        if kept:
            changed = {row["member_id"] for row in kept}
            await _append(viewer, branch, year, [row for row in members if row["id"] in changed])
        found = await _findings(request, branch, year, decided_on)
    return {"recorded": len(kept), "organization": branch.id, "findings": found, "refusals": []}


def _faults(year: int, decided_by: str, decided_on: date, grades: list[tuple[str, str]]) -> Refusals:
    refusals = Refusals()
    if not 1 <= len(grades) <= MOST_GRADES:
        refusals.add(
            "TOO_MANY_GRADES",
            f"一次登记 1 到 {MOST_GRADES} 人。",
            f"Record 1 to {MOST_GRADES} members at a time.",
        )
    if not 1 <= len(decided_by.strip()) <= LONGEST_BODY:
        refusals.add(
            "BODY_MISSING",
            "请填写评定的组织, 如“某某村党支部委员会”。",
            "Name the body that decided, such as the branch committee.",
        )
    if decided_on > today():
        refusals.add(
            "IN_THE_FUTURE",
            f"{decided_on} 还没有到, 评定后再登记。",
            f"{decided_on} is in the future; record the grades once they are decided.",
        )
    if not FIRST_YEAR <= year <= decided_on.year:
        refusals.add(
            "YEAR_NOT_BEGUN",
            f"{year} 年度的等次不可能在 {decided_on} 评定, 请核对年度和日期。",
            f"Grades of {year} cannot have been decided on {decided_on}; check the year and the day.",
        )
    return refusals


def _refuse_members(
    refusals: Refusals, branch: Organization, members: list[dict[str, Any]], asked: int, decided_on: date
) -> None:
    """Who is not this organization's to grade. Whom it graded for the year before, it may still correct."""
    own = [row for row in members if row["is_home"] or row["is_guest"] or row["graded_by"] == branch.id]
    if missing := asked - len(own):
        refusals.add(
            "MEMBER_NOT_FOUND",
            f"有 {missing} 人不是该党组织的党员, 也没有在此参加民主评议, 未登记任何等次。",
            f"{missing} of them are neither members here nor take part in the appraisal here; nothing was kept.",
            CITATION_32,
        )
    if elsewhere := [row for row in own if row["graded_by"] not in (None, branch.id)]:
        refusals.add(
            "GRADED_ELSEWHERE",
            f"{_names(elsewhere)}本年度已由另一个党组织评定, 需更正请由该党组织办理。",
            f"{_names(elsewhere)}: graded for the year by another organization, which may correct it.",
            CITATION_32,
        )
    probationary = [row for row in own if row["confirmed_on"] is None or row["confirmed_on"] > decided_on]
    if probationary:
        refusals.add(
            "PROBATIONARY_NOT_GRADED",
            f"{_names(probationary)}评定时是预备党员, 参加民主评议但不评定等次, 请从名单中去掉。",
            f"{_names(probationary)}: probationary on that day; they take part and are not graded. Leave them out.",
            CITATION,
        )


def _names(members: list[dict[str, Any]]) -> str:
    names = "、".join(row["name"] for row in members[:MOST_NAMES])
    return names if len(members) <= MOST_NAMES else f"{names}等 {len(members)} 人"


async def _append(
    viewer: AccountViewer, branch: Organization, year: int, changed: list[dict[str, Any]]
) -> None:
    replaced = [
        {
            "member_id": str(row["id"]),
            "grade": row["grade"],
            "decided_by": row["decided_by"],
            "decided_on": row["decided_on"].isoformat(),
        }
        for row in changed
        if row["grade"] is not None
    ]
    await append_audit(
        viewer,
        action="RECORD_APPRAISALS",
        subject_type="Organization",
        subject_id=branch.id,
        county_id=branch.county_id,
        detail={"year": year, "recorded": len(changed), "replaced": replaced},
    )


async def _findings(
    request: Request, branch: Organization, year: int, decided_on: date
) -> list[dict[str, Any]]:
    """What the grades of the year bring up: what is found with them and not without them."""
    counted = await connection().execute_query_dict(
        "SELECT count(*) AS graded, count(*) FILTER (WHERE a.grade = 'EXCELLENT') AS excellent "
        "FROM appraisal a WHERE a.organization_id = $1 AND a.year = $2",
        [branch.id, year],
    )
    facts = branch_facts(await values_now(request, branch.id, FACTS), decided_on)
    before = replace(facts, appraised=0, appraised_excellent=0)
    after = replace(facts, appraised=counted[0]["graded"], appraised_excellent=counted[0]["excellent"])
    without, found = await judged(request, "branch", [before, after])
    known = {finding.code for finding in without}
    return [as_row(finding) for finding in found if finding.code not in known]
