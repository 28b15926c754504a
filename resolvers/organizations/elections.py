"""Who may hold an office (任职条件), and those elected taking over from those before them."""

from dataclasses import dataclass
from datetime import date

from models import Member, OfficeTerm, Organization
from models.choices import Office, OfficeStart, OrganizationKind, Standing
from resolvers.access import AccountViewer, Act
from resolvers.compiler.statement import as_uuid
from resolvers.organizations.approvals import refuse_before_joining
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.database import connection

MOST_ELECTED = 60
PARTY_OFFICES = (Office.SECRETARY, Office.DEPUTY_SECRETARY, Office.COMMITTEE_MEMBER)
HELD_BY_ONE = (Office.SECRETARY, Office.VILLAGE_HEAD)
CITATION_FULL_MEMBERS = "《中国共产党章程》第七条；《中国共产党基层组织选举工作条例》第五条（转引）"
CITATION_APPOINTED = "《中国共产党支部工作条例（试行）》第二章（临时党支部）"


@dataclass(frozen=True)
class Elected:
    member_id: str
    office: Office
    duty: str | None = None


async def refuse_elected(
    refusals: Refusals, viewer: AccountViewer, organization: Organization, elected: list[Elected], on: date
) -> None:
    if len(elected) > MOST_ELECTED:
        refusals.add(
            "TOO_MANY_OFFICERS",
            f"一次最多登记 {MOST_ELECTED} 名班子成员。",
            f"Record at most {MOST_ELECTED} officers at a time.",
        )
        return
    if any(one.office not in PARTY_OFFICES for one in elected):
        refusals.add(
            "NOT_A_PARTY_OFFICE",
            "换届选举产生书记、副书记、委员; 其他职务请另行登记任职。",
            "An election fills the offices of secretary, deputy secretary and committee member.",
        )
    seats = [(as_uuid(one.member_id), one.office) for one in elected]
    if len(set(seats)) < len(seats) or sum(one.office == Office.SECRETARY for one in elected) > 1:
        refusals.add(
            "OFFICER_TWICE",
            "同一职务重复登记, 或者登记了两名书记。",
            "An office is filled twice, or two secretaries are named.",
        )
    # Sorted, so that two who record the same members never wait for each other in a circle.
    for one in sorted(elected, key=lambda one: one.member_id):
        await refuse_officer(refusals, viewer, organization, one, OfficeStart.ELECTED, on)
    began = await OfficeTerm.filter(
        organization_id=organization.id, ended_on=None, office__in=PARTY_OFFICES, began_on__gt=on
    ).exists()
    if elected and began:
        refuse_before_predecessor(refusals, on)


async def refuse_officer(
    refusals: Refusals,
    viewer: AccountViewer,
    organization: Organization,
    wanted: Elected,
    start: OfficeStart,
    on: date,
) -> Member | None:
    """The member, once reached; that his home is elsewhere (选派) is a finding, not a refusal."""
    member = await reach(viewer, Act.SEAT_OFFICER, Member, wanted.member_id)
    if member is None or member.county_id != organization.county_id:
        refusals.add(
            "MEMBER_NOT_FOUND",
            "没有找到您可以登记任职的党员; 跨镇选派的干部请由县委组织部登记。",
            "There is no such member for whom you may record an office; the county's office records those sent "
            "from elsewhere.",
        )
        return None
    if wanted.office != Office.VILLAGE_HEAD:  # whom the villagers elect, and who may join the party later
        refuse_before_joining(refusals, member, on)
    if wanted.office in PARTY_OFFICES and member.standing != Standing.FULL:
        refusals.add(
            "OFFICER_ON_PROBATION",
            f"{member.name}是预备党员, 没有表决权、选举权和被选举权, 转正后才能担任书记、副书记、委员。",
            f"{member.name} is a probationary member, who has no vote and cannot be elected; only full members are "
            "secretaries and committee members.",
            CITATION_FULL_MEMBERS,
        )
    if start == OfficeStart.ELECTED and organization.kind == OrganizationKind.TEMPORARY_BRANCH:
        refusals.add(
            "TEMPORARY_BRANCH_ELECTS",
            "临时党支部的班子成员由批准其成立的党组织指定, 请改为任命。",
            "The officers of a temporary branch are appointed by the body that approved it.",
            CITATION_APPOINTED,
        )
    if len(wanted.duty or "") > 60:
        refusals.add("TEXT_TOO_LONG", "分工不超过 60 个字。", "A duty has at most 60 characters.")
    return member


def refuse_before_predecessor(refusals: Refusals, on: date) -> None:
    refusals.add(
        "BEFORE_PREDECESSOR",
        f"前任的任职起始日期晚于 {on}, 请先核对日期。",
        f"Whoever holds the office now took it after {on}; check the dates.",
    )


async def elect(viewer: AccountViewer, organization: Organization, elected: list[Elected], on: date) -> None:
    """Those elected take office; the terms of all before them end, re-elected or not."""
    if not elected:
        return
    await end_terms(organization, on, "换届", [office.value for office in PARTY_OFFICES])
    for one in elected:
        await seat(viewer, organization, one, OfficeStart.ELECTED, on)


async def seat(
    viewer: AccountViewer, organization: Organization, seated: Elected, start: OfficeStart, on: date
) -> OfficeTerm:
    return await OfficeTerm.create(
        county_id=organization.county_id,
        organization_id=organization.id,
        member_id=seated.member_id,
        office=seated.office.value,
        duty=(seated.duty or "").strip() or None,
        start=start.value,
        began_on=on,
        recorded_by_id=viewer.account_id,
    )


async def end_terms(organization: Organization, on: date, reason: str, offices: list[str]) -> None:
    """End the open terms; one that began later than `on` ends on the day it began."""
    await connection().execute_query(
        "UPDATE office_term SET ended_on = GREATEST(began_on, $2), end_reason = $3 "
        "WHERE organization_id = $1 AND ended_on IS NULL AND office = ANY($4)",
        [organization.id, on, reason, offices],
    )
