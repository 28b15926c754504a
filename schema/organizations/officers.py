from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.organizations import officers
from resolvers.organizations.elections import Elected
from schema.context import Info
from schema.declare import field
from schema.enums import Office, OfficeStart
from schema.refusals import Finding, Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member
    from schema.organizations.organizations import Organization

LazyMember = Annotated["Member", strawberry.lazy("schema.members")]
LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]


@strawberry.type(description="That a member holds, or held, an office in an organization (任职).")
class OfficeTerm:
    id: strawberry.ID = field("Key.")
    office: Office = field("The office (职务).")
    duty: str | None = field("What he is responsible for (分工): 组织委员, 宣传委员, 纪检委员 …")
    start: OfficeStart | None = field(
        "How he came to it (产生方式); null where the office's file does not say it."
    )
    began_on: Date | None = field("When this term began (任职日期); null where the office's file lacks it.")
    ended_on: Date | None = field("When it ended (离任日期); null for the present one.")
    end_reason: str | None = field("Why it ended (离任原因).")
    since: Date | None = field(
        "Since when he holds the office here without a break, earlier terms included (连续任职起始日期).",
        officers.since,
    )
    member: LazyMember | None = field("Who, if the reader may see him (任职人).", officers.member)
    organization: LazyOrganization | None = field(
        "Where, if the reader may see it (任职党组织).", officers.organization
    )


@strawberry.input(description="Somebody who takes an office in an election (当选人).")
class ElectedInput:
    member_id: strawberry.ID = field("Who: a full member (正式党员).")
    office: Office = field("SECRETARY, DEPUTY_SECRETARY or COMMITTEE_MEMBER.")
    duty: str | None = field("What he is responsible for (分工), at most 60 characters.", default=None)

    def elected(self) -> Elected:
        return Elected(str(self.member_id), self.office, self.duty)


@strawberry.input(description="Somebody who takes an office (任职).")
class SeatOfficerInput:
    organization_id: strawberry.ID = field("Where.")
    member_id: strawberry.ID = field("Who. One whose home is another branch (选派) is a finding.")
    office: Office = field("The office. VILLAGE_HEAD only in an administrative village (行政村).")
    duty: str | None = field("What he is responsible for (分工), at most 60 characters.", default=None)
    start: OfficeStart = field("ELECTED or APPOINTED; in a temporary branch only APPOINTED.")
    began_on: Date = field("From when, today or earlier (任职日期).")


@strawberry.type(description="The answer to SeatOfficer and EndOfficerTerm.")
class OfficeTermPayload:
    term: OfficeTerm | None = field("The term.", officers.seated)
    organization: LazyOrganization | None = field("The organization as it is now.", officers.led)
    findings: list[Finding] = field("What the rule packs find on the organization now (规则检查).")
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class OfficerMutation:
    @strawberry.mutation(
        description="Record that a member takes an office (登记任职). A second secretary or village head ends the "
        "term of the first. Refused: BEFORE_FOUNDING, BEFORE_JOINING, a probationary member as secretary, deputy or "
        "committee member "
        "(OFFICER_ON_PROBATION, 党章第七条), an election in a temporary branch (TEMPORARY_BRANCH_ELECTS, "
        "支部工作条例第二章), MEMBER_NOT_FOUND, ALREADY_SEATED, BEFORE_PREDECESSOR, NOT_A_VILLAGE, IN_THE_FUTURE, "
        "ORGANIZATION_NOT_FOUND, ORGANIZATION_DISSOLVED. By the county's office and the town."
    )
    async def seat_officer(self, info: Info, input: SeatOfficerInput) -> OfficeTermPayload:
        wanted = Elected(str(input.member_id), input.office, input.duty)
        return await officers.seat_officer(
            info.context, str(input.organization_id), wanted, input.start, input.began_on
        )

    @strawberry.mutation(
        description="Record that somebody leaves an office (登记离任). Refused: TERM_NOT_FOUND, ALREADY_ENDED, "
        "BEFORE_BEGINNING, IN_THE_FUTURE, REASON_MISSING. By the county's office and the town."
    )
    async def end_officer_term(
        self, info: Info, id: strawberry.ID, ended_on: Date, reason: str
    ) -> OfficeTermPayload:
        return await officers.end_officer_term(info.context, str(id), ended_on, reason)
