from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.organizations import endings as organization_endings
from resolvers.organizations import events as organization_events
from resolvers.organizations import foundings
from resolvers.organizations.approvals import Approval
from schema.context import Info
from schema.declare import field
from schema.enums import OrganizationAct, OrganizationKind
from schema.organizations.officers import ElectedInput
from schema.refusals import Finding, Refusal
from schema.scalars import Date, DateTime

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization

LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]
ALWAYS = "APPROVAL_MISSING, EFFECTIVE_BEFORE_DECIDED, IN_THE_FUTURE, ORGANIZATION_NOT_FOUND, ORGANIZATION_DISSOLVED"
"""Refusals that any of the acts may answer."""


@strawberry.type(description="A recorded act in the life of an organization (组织设置事项).")
class OrganizationEvent:
    id: strawberry.ID = field("Key.")
    act: OrganizationAct = field("What was done (事项).")
    decided_on: Date = field("When it was decided (决定日期).")
    effective_on: Date = field("From when it holds (生效日期).")
    approved_by: str = field("Who approved it (批准机关).")
    document: str | None = field("The document (文号).")
    reason: str | None = field("Why (理由).")
    until: Date | None = field("Of an extension: until when (延期至).")
    recorded_at: DateTime = field("When it was recorded (登记时间).")
    organization: LazyOrganization | None = field("Whose act it is.", organization_events.organization)
    into: LazyOrganization | None = field("Of a merger: into which (并入).", organization_events.into)


@strawberry.input(description="Who approved an act, and when (审批).")
class ApprovalInput:
    approved_by: str = field(
        "The body that approved it, such as 中共绛县古绛镇委员会 (批准机关); 200 characters."
    )
    decided_on: Date = field("When it decided (决定日期).")
    effective_on: Date = field(
        "From when it holds (生效日期): not before the decision, and not after today: an act is recorded once it holds."
    )
    document: str | None = field("The document's number (文号), at most 120 characters.", default=None)
    reason: str | None = field("Why (理由), at most 400 characters.", default=None)

    def approval(self) -> Approval:
        return Approval(self.approved_by, self.decided_on, self.effective_on, self.document, self.reason)


@strawberry.input(description="An organization to found (成立党组织).")
class FoundOrganizationInput:
    parent_id: strawberry.ID = field(
        "The organization above (上级组织): a committee or general branch for a branch, a committee for a committee or "
        "general branch, any for a temporary branch or a group, so that levels have any depth."
    )
    code: str = field(
        "Code (组织代码), unique in the county; at most 40 characters without blanks and slashes."
    )
    name: str = field("Name (组织名称), at most 120 characters.")
    kind: OrganizationKind = field("Kind (组织类别).")
    field_: str = field("Field that it works in (所属领域), at most 40 characters.", name="field")
    level_name: str | None = field(
        "What the county calls this level (层级名称): 连, 排, 班, 室; at most 20 characters.", default=None
    )
    units: int | None = field("Of a joint branch (联合党支部): how many units it covers.", default=None)
    body_ends_on: Date | None = field(
        "Of a temporary branch: when the body that it is set up in ends (机构撤销日期).", default=None
    )
    approval: ApprovalInput = field("Who approved it; it is founded on the effective day.")


@strawberry.input(description="An election (换届).")
class RenewTermInput:
    organization_id: strawberry.ID = field("Where.")
    elected: list[ElectedInput] = field(
        "Who took office (当选人), at most 60. When any are named, the terms of all secretaries, deputies and "
        "committee members before them end; without names the officers stay as they are.",
        default_factory=list,
    )
    approval: ApprovalInput = field("Who approved it; the new term begins on the effective day.")


@strawberry.input(description="An election put off (延期换届).")
class ExtendTermInput:
    organization_id: strawberry.ID = field("Where.")
    until: Date = field(
        "Until when (延期至), after the term's end. Generally not over a year: a finding, no refusal."
    )
    approval: ApprovalInput = field("The committee above that approved it (上级党的委员会批准).")


@strawberry.input(description="A merger (合并).")
class MergeOrganizationInput:
    organization_id: strawberry.ID = field("Which ends.")
    into_id: strawberry.ID = field("Which takes over: of the same kind and county, and not below it.")
    approval: ApprovalInput = field("Who approved it.")


@strawberry.input(description="The end of an organization (撤销).")
class DissolveOrganizationInput:
    organization_id: strawberry.ID = field("Which.")
    approval: ApprovalInput = field("Who approved it.")


@strawberry.type(description="The answer to an act in the life of an organization.")
class OrganizationEventPayload:
    organization: LazyOrganization | None = field(
        "The organization as it is now.", organization_events.changed
    )
    event: OrganizationEvent | None = field("The act.", organization_events.recorded)
    findings: list[Finding] = field(
        "What the rule packs find on the organization now (规则检查): what the text asks for in general (一般) warns "
        "here, what it demands (应当、必须) is refused."
    )
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class OrganizationEventMutation:
    @strawberry.mutation(
        description="Found an organization below another (成立党组织). That it has too few members is a finding: they "
        "come after it stands. Refused: SUPERIOR_CANNOT_APPROVE (支部工作条例第二章), CODE_TAKEN, CODE_MALFORMED, "
        f"ORGANIZATION_UNNAMED, UNITS_MISPLACED, BODY_MISPLACED, {ALWAYS}. By the county's office and the town."
    )
    async def found_organization(self, info: Info, input: FoundOrganizationInput) -> OrganizationEventPayload:
        new = foundings.NewOrganization(
            input.code.strip(),
            input.name.strip(),
            input.kind,
            input.field_.strip(),
            (input.level_name or "").strip() or None,
            input.units,
            input.body_ends_on,
        )
        return await foundings.found_organization(
            info.context, str(input.parent_id), new, input.approval.approval()
        )

    @strawberry.mutation(
        description="Record an election (换届): a new term begins and an extension is over. Refused: "
        "BEFORE_FOUNDING, BEFORE_JOINING, "
        "TEMPORARY_BRANCH_ELECTS (支部工作条例第二章), TERM_NOT_LATER, OFFICER_ON_PROBATION (党章第七条), "
        f"MEMBER_NOT_FOUND, NOT_A_PARTY_OFFICE, OFFICER_TWICE, BEFORE_PREDECESSOR, {ALWAYS}."
    )
    async def renew_term(self, info: Info, input: RenewTermInput) -> OrganizationEventPayload:
        return await organization_events.renew_term(
            info.context,
            str(input.organization_id),
            [one.elected() for one in input.elected],
            input.approval.approval(),
        )

    @strawberry.mutation(
        description="Record that the election is put off (延期换届). Refused: TEMPORARY_BRANCH_ELECTS, TERM_UNKNOWN, "
        "EXTENDED_TOO_FAR, "
        f"NOT_AN_EXTENSION, {ALWAYS}."
    )
    async def extend_term(self, info: Info, input: ExtendTermInput) -> OrganizationEventPayload:
        return await organization_events.extend_term(
            info.context, str(input.organization_id), input.until, input.approval.approval()
        )

    @strawberry.mutation(
        description="Merge an organization into another (合并党组织): its members, those attached to it and the "
        "organizations below it move, its officers' terms and its reserve list end, and it is dissolved. Refused: "
        f"INTO_ITSELF, INTO_BELOW, KINDS_DIFFER, BEFORE_FOUNDING, HANDOVERS_OPEN, {ALWAYS}."
    )
    async def merge_organization(self, info: Info, input: MergeOrganizationInput) -> OrganizationEventPayload:
        return await organization_endings.merge_organization(
            info.context, str(input.organization_id), str(input.into_id), input.approval.approval()
        )

    @strawberry.mutation(
        description="Dissolve an organization (撤销党组织). With a temporary branch the attachments to it end. "
        f"Refused: MEMBERS_LEFT, ORGANIZATIONS_LEFT, ATTACHED_LEFT, BEFORE_FOUNDING, HANDOVERS_OPEN, {ALWAYS}."
    )
    async def dissolve_organization(
        self, info: Info, input: DissolveOrganizationInput
    ) -> OrganizationEventPayload:
        return await organization_endings.dissolve_organization(
            info.context, str(input.organization_id), input.approval.approval()
        )
