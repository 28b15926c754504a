"""Recorded acts in the life of an organization (组织设置事项): founding, renewing a term, extending it.

What ends an organization stands in organization_endings.py. An act is one row, one audit entry, one transaction.
"""

from datetime import date
from typing import Any

from models import Organization, OrganizationEvent
from models.choices import OrganizationAct, OrganizationKind
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Many, One, Reference
from resolvers.organizations.approvals import Approval, refusals_of, refuse_before_founding
from resolvers.organizations.elections import Elected, elect, refuse_elected
from resolvers.organizations.facts import findings_now, values_now
from resolvers.organizations.organizations import refuse_dissolved, refuse_unknown, term_ends_on
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import now
from runtime.database import connection, unit_of_work

MOST_YEARS_EXTENDED = 5
CITATION_TEMPORARY = "《中国共产党支部工作条例（试行）》第二章（临时党支部）"

events = Many(
    "organization_event",
    "({row}.organization_id = {parent}.id OR {row}.into_id = {parent}.id)",
    order={"effective_on": "date", "id": "uuid"},
    descending=True,
)
organization = One("organization", "{row}.id = {parent}.organization_id")
into = One("organization", "{row}.id = {parent}.into_id")
changed = Reference("organization")
recorded = Reference("organization_event")


async def renew_term(
    request: Request, organization_id: str, elected: list[Elected], approval: Approval
) -> Payload:
    """Record an election (换届): a new term begins, an extension is over, those elected take office."""
    viewer = who_asks(request)
    refusals = refusals_of(approval)
    async with unit_of_work():
        await one_at_a_time(viewer)
        found = await reach_standing(viewer, organization_id, refusals)
        if found is not None:
            _refuse_term(refusals, found)
            refuse_before_founding(refusals, found, approval.effective_on)
            if found.elected_on is not None and approval.effective_on <= found.elected_on:
                refusals.add(
                    "TERM_NOT_LATER",
                    f"本届自 {found.elected_on} 起, 换届日期须在其后。",
                    f"The present term began on {found.elected_on}; a new one begins later.",
                )
            await refuse_elected(refusals, viewer, found, elected, approval.effective_on)
        if refusals or found is None:
            return refused_act(refusals)
        await Organization.filter(id=found.id).update(elected_on=approval.effective_on, term_extended_to=None)
        await elect(viewer, found, elected, approval.effective_on)
        detail = {"elected": len(elected)}
        return await recorded_act(request, found, OrganizationAct.RENEWED, approval, detail)


async def extend_term(request: Request, organization_id: str, until: date, approval: Approval) -> Payload:
    """Record that the election is put off (延期换届); longer than a year is a finding, not a refusal. The bound of five
    years after the effective day is ours, no rule's: a later day is a slip of the pen."""
    viewer = who_asks(request)
    refusals = refusals_of(approval)
    async with unit_of_work():
        await one_at_a_time(viewer)
        found = await reach_standing(viewer, organization_id, refusals)
        if found is not None:
            _refuse_term(refusals, found)
            _refuse_too_far(refusals, until, approval.effective_on)
            values = await values_now(request, found.id, {"ends_on": term_ends_on.sql})
            ends_on = date.fromisoformat(values["ends_on"]) if values["ends_on"] else None
            if ends_on is None and not refusals:
                refusals.add(
                    "TERM_UNKNOWN",
                    "没有登记本届换届日期, 请先登记换届。",
                    "It is not known when the present term began; record the election first.",
                )
            elif ends_on is not None and until <= (last := max(ends_on, found.term_extended_to or ends_on)):
                refusals.add(
                    "NOT_AN_EXTENSION",
                    f"任期到 {last} 届满, 延期须到其后。",
                    f"The term ends on {last}; an extension ends later.",
                )
        if refusals or found is None:
            return refused_act(refusals)
        await Organization.filter(id=found.id).update(term_extended_to=until)
        return await recorded_act(request, found, OrganizationAct.EXTENDED, approval, until=until)


def _refuse_term(refusals: Refusals, organization: Organization) -> None:
    if organization.kind == OrganizationKind.TEMPORARY_BRANCH:
        refusals.add(
            "TEMPORARY_BRANCH_ELECTS",
            "临时党支部不进行换届选举, 班子成员由批准其成立的党组织指定, 请改用任命。",
            "A temporary branch holds no election; the body that approved it appoints its officers.",
            CITATION_TEMPORARY,
        )


def _refuse_too_far(refusals: Refusals, until: date, on: date) -> None:
    if (until.year - MOST_YEARS_EXTENDED, until.month, until.day) > (on.year, on.month, on.day):
        refusals.add(
            "EXTENDED_TOO_FAR",
            f"延期至 {until}, 超过自 {on} 起 {MOST_YEARS_EXTENDED} 年, 请核对日期。",
            f"{until} is more than {MOST_YEARS_EXTENDED} years after {on}; check the date, or record the election.",
        )


async def reach_standing(
    viewer: AccountViewer, organization_id: str, refusals: Refusals
) -> Organization | None:
    """The organization if the viewer may record acts of it; a dissolved one is refused beside."""
    found = await reach(viewer, Act.RECORD_ORGANIZATION_EVENT, Organization, organization_id)
    if found is None:
        refuse_unknown(refusals)
    else:
        refuse_dissolved(refusals, found)
    return found


async def one_at_a_time(viewer: AccountViewer) -> None:
    """Acts that move the tree of a county wait for each other, so that a path is never made from an old one."""
    await connection().execute_query(
        "SELECT 1 FROM county WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        [list({grant.county_id for grant in viewer.grants if grant.county_id})],
    )


async def recorded_act(
    request: Request,
    organization: Organization,
    act: OrganizationAct,
    approval: Approval,
    detail: dict[str, Any] | None = None,
    **more: Any,
) -> Payload:
    """Write the act and its audit entry inside the caller's unit of work; the answer, with what the packs find now."""
    viewer = who_asks(request)
    event = await OrganizationEvent.create(
        county_id=organization.county_id,
        organization_id=organization.id,
        act=act.value,
        decided_on=approval.decided_on,
        effective_on=approval.effective_on,
        approved_by=approval.approved_by.strip(),
        document=(approval.document or "").strip() or None,
        reason=(approval.reason or "").strip() or None,
        recorded_by_id=viewer.account_id,
        recorded_at=now(),
        **more,
    )
    await append_audit(
        viewer,
        action=f"ORGANIZATION_{act.value}",
        subject_type="Organization",
        subject_id=organization.id,
        county_id=organization.county_id,
        detail={"event": str(event.id), "approved_by": event.approved_by, **(detail or {})},
    )
    return {
        "organization": organization.id,
        "event": event.id,
        "findings": await findings_now(request, organization.id),
        "refusals": [],
    }


def refused_act(refusals: Refusals) -> Payload:
    return {"organization": None, "event": None, "findings": [], "refusals": refusals.rows}
