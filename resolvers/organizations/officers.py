"""Officers (任职): who holds which office in an organization, since when, and the terms that ended."""

from datetime import date

from models import OfficeTerm, Organization
from models.choices import Office, OfficeStart
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, One, Reference, Rows
from resolvers.organizations.approvals import refuse_before_founding, refuse_future, refuse_without_reason
from resolvers.organizations.elections import (
    HELD_BY_ONE,
    Elected,
    end_terms,
    refuse_before_predecessor,
    refuse_officer,
    seat,
)
from resolvers.organizations.facts import findings_now
from resolvers.organizations.organizations import refuse_dissolved, refuse_unknown
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.database import unit_of_work

RANK = (
    "array_position(ARRAY['SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER', 'GROUP_LEADER', 'VILLAGE_HEAD'], "
    "t.office::text)"
)
OF_ORGANIZATION = (
    "SELECT t.* FROM office_term t WHERE t.organization_id = {row}.id AND ({visible:office_term t})"
)

officers = Rows(f"{OF_ORGANIZATION} AND t.ended_on IS NULL ORDER BY {RANK}, t.began_on, t.id", at_most=100)
officer_history = Rows(
    f"{OF_ORGANIZATION} AND t.ended_on IS NOT NULL ORDER BY t.ended_on DESC, {RANK}, t.id", at_most=200
)
offices = Rows(
    "SELECT t.* FROM office_term t WHERE t.member_id = {row}.id AND t.ended_on IS NULL "
    f"AND ({{visible:office_term t}}) ORDER BY {RANK}, t.began_on, t.id"
)
member = One("member", "{row}.id = {parent}.member_id")
organization = One("organization", "{row}.id = {parent}.organization_id")
seated = Reference("office_term")
led = Reference("organization")

# The terms of one person in one office follow each other; the first of those after the last break says since when.
# A term of which the beginning is not known makes it unknown.
SAME = (
    "{0}.organization_id = {{row}}.organization_id AND {0}.member_id = {{row}}.member_id "
    "AND {0}.office = {{row}}.office"
)
BEFORE = "b.began_on < {0}.began_on AND b.ended_on >= {0}.began_on - 1"


def _is_after_a_break(term: str) -> str:
    return f"NOT EXISTS (SELECT FROM office_term b WHERE {SAME.format('b')} AND {BEFORE.format(term)})"


since = Expression(
    f"SELECT max(u.began_on) FROM office_term u WHERE {SAME.format('u')} AND u.began_on <= {{row}}.began_on "
    f"AND {_is_after_a_break('u')}"
)


async def seat_officer(
    request: Request, organization_id: str, wanted: Elected, start: OfficeStart, began_on: date
) -> Payload:
    """Record that a member takes an office; a second secretary or village head ends the term of the first."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, began_on)
    async with unit_of_work():
        found = await reach(viewer, Act.SEAT_OFFICER, Organization, organization_id)
        if found is None:
            refuse_unknown(refusals)
            return _refused(refusals)
        refuse_dissolved(refusals, found)
        refuse_before_founding(refusals, found, began_on)
        await refuse_officer(refusals, viewer, found, wanted, start, began_on)
        if wanted.office == Office.VILLAGE_HEAD and found.field != "行政村":
            refusals.add(
                "NOT_A_VILLAGE",
                "村委会主任只登记在行政村党组织。",
                "A village head is recorded with the organization of an administrative village.",
            )
        if not refusals:
            await _refuse_holder(refusals, found, wanted, began_on)
        if refusals:
            return _refused(refusals)
        if wanted.office in HELD_BY_ONE:
            await end_terms(found, began_on, "由他人接任", [wanted.office.value])
        term = await seat(viewer, found, wanted, start, began_on)
        await append_audit(
            viewer,
            action="SEAT_OFFICER",
            subject_type="OfficeTerm",
            subject_id=term.id,
            county_id=found.county_id,
            detail={"office": wanted.office.value, "began_on": began_on.isoformat()},
        )
        findings = await findings_now(request, found.id)
    return {"term": term.id, "organization": found.id, "findings": findings, "refusals": []}


async def end_officer_term(request: Request, term_id: str, ended_on: date, reason: str) -> Payload:
    """Record that somebody leaves an office (免职、辞职)."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_future(refusals, ended_on)
    refuse_without_reason(refusals, reason)
    async with unit_of_work():
        term = await reach(viewer, Act.SEAT_OFFICER, OfficeTerm, term_id)
        if term is None:
            refusals.add(
                "TERM_NOT_FOUND", "没有找到您可以办理的任职记录。", "There is no such term for you to end."
            )
        elif term.ended_on is not None:
            refusals.add(
                "ALREADY_ENDED",
                f"该任职已于 {term.ended_on} 结束。",
                f"The term ended on {term.ended_on}.",
            )
        elif term.began_on is not None and ended_on < term.began_on:
            refusals.add(
                "BEFORE_BEGINNING",
                f"任职自 {term.began_on} 起, 离任不能更早。",
                f"The term began on {term.began_on}; it cannot end earlier.",
            )
        if refusals or term is None:
            return _refused(refusals)
        await OfficeTerm.filter(id=term.id).update(ended_on=ended_on, end_reason=reason.strip())
        await append_audit(
            viewer,
            action="END_OFFICER_TERM",
            subject_type="OfficeTerm",
            subject_id=term.id,
            county_id=term.county_id,
            detail={"ended_on": ended_on.isoformat()},
        )
        findings = await findings_now(request, term.organization_id)
    return {"term": term.id, "organization": term.organization_id, "findings": findings, "refusals": []}


async def _refuse_holder(
    refusals: Refusals, organization: Organization, wanted: Elected, began_on: date
) -> None:
    """Whoever is seated already, by himself or by another who came later than `began_on`."""
    held = OfficeTerm.filter(organization_id=organization.id, office=wanted.office.value, ended_on=None)
    if await held.filter(member_id=wanted.member_id).exists():
        refusals.add("ALREADY_SEATED", "该党员已担任此职务。", "The member already holds this office.")
    elif wanted.office in HELD_BY_ONE and await held.filter(began_on__gt=began_on).exists():
        refuse_before_predecessor(refusals, began_on)


def _refused(refusals: Refusals) -> Payload:
    return {"term": None, "organization": None, "findings": [], "refusals": refusals.rows}
