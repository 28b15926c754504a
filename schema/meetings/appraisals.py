from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.meetings import appraisals
from schema.context import Info
from schema.declare import field
from schema.enums import Grade
from schema.refusals import Finding, Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization

LazyOrganization = Annotated["Organization", strawberry.lazy("schema.organizations.organizations")]


@strawberry.type(
    description="The grade that a member was given for a year (民主评议等次): for the member himself and for those who "
    "lead his organization."
)
class Appraisal:
    id: strawberry.ID = field("Key.")
    year: int = field("The year (年度).")
    grade: Grade = field("The grade (等次).")
    decided_by: str = field("The body that decided (评定组织).")
    decided_on: Date = field("When (评定日期).")
    organization: LazyOrganization | None = field("Where he was graded.", appraisals.organization)


@strawberry.type(description="How many members were given a grade (等次汇总).")
class GradeCount:
    grade: Grade = field("The grade (等次).")
    count: int = field("How many (人数).")


@strawberry.type(
    description="What attendance and training say of a member's year (民主评议参考): read from the records, so that "
    "nothing is typed twice. It proposes no grade."
)
class AppraisalBasis:
    year: int = field("The year (年度).")
    theme_days_expected: int = field(
        "Theme days of his home branch in the year up to today (应参加主题党日), since he joined and without the time "
        "for which he was exempt (党员教育管理工作条例 第二十三条)."
    )
    theme_days_attended: int = field("Theme days that he attended, at home or as a guest (已参加主题党日).")
    attendance_rate: float | None = field(
        "Attended by expected, 0 to 1 (参加率); null where nothing is expected."
    )
    completed_hours: float = field("Training in the year, in hours (已完成学时).")
    required_hours: float = field("What the rule packs ask for, in hours (应完成学时).")
    is_exempt: bool = field(
        "No firm demand was made of him in some part of the year (不作硬性要求): then no number counts against him."
    )


@strawberry.input(description="The grade of one member.")
class GradeInput:
    member_id: strawberry.ID = field("Who; a full member (正式党员).")
    grade: Grade = field("The grade (等次).")


@strawberry.input(description="The grades that a branch gave for a year (民主评议结果).")
class RecordAppraisalsInput:
    organization_id: strawberry.ID = field("The branch that graded.")
    year: int = field("The year that was appraised (年度).")
    decided_by: str = field("The body that decided, at most 200 characters (评定组织).")
    decided_on: Date = field("When, today at the latest (评定日期).")
    grades: list[GradeInput] = field("Who was given what, 1 to 500; a member once.")


@strawberry.type(description="The answer to RecordAppraisals.")
class RecordAppraisalsPayload:
    recorded: int = field("How many grades are new or changed (登记数).")
    organization: LazyOrganization | None = field("The branch.", appraisals.graded_in)
    findings: list[Finding] = field(
        "What the rule packs find about the branch's grades of the year, such as TOO_MANY_EXCELLENT: over one third "
        "of those graded (规则检查). The grades are kept all the same."
    )
    refusals: list[Refusal] = field(
        "Why no grade was kept: ORGANIZATION_NOT_FOUND, TOO_MANY_GRADES, MEMBER_TWICE, MEMBER_NOT_FOUND, "
        "GRADED_ELSEWHERE, PROBATIONARY_NOT_GRADED (they take part and are not graded), BODY_MISSING, IN_THE_FUTURE, "
        "YEAR_NOT_BEGUN."
    )


@strawberry.type
class AppraisalMutation:
    @strawberry.mutation(
        description="Record the grades of a year, all or none (登记民主评议等次). A grade that stands is replaced, and "
        "the audit trail keeps it. A member is graded by his home branch, or where he is attached with that right "
        "(党员教育管理工作条例 第三十二条), not by both."
    )
    async def record_appraisals(self, info: Info, input: RecordAppraisalsInput) -> RecordAppraisalsPayload:
        return await appraisals.record_appraisals(
            info.context,
            str(input.organization_id),
            input.year,
            input.decided_by,
            input.decided_on,
            [(str(one.member_id), str(one.grade)) for one in input.grades],
        )
