from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import federation

from resolvers import members
from resolvers.floating_members import handovers
from resolvers.meetings import appraisal_basis, appraisals
from resolvers.member_rights import checks, requests
from resolvers.organizations import attachments, officers
from resolvers.theme_days import duties, exemptions
from resolvers.training import training
from schema.declare import field, root
from schema.delegates.qualification import QualificationCheck
from schema.enums import Gender, Standing
from schema.floating_members.floating_members import FloatingMember
from schema.floating_members.handovers import Handover
from schema.meetings.appraisals import Appraisal, AppraisalBasis
from schema.member_rights.requests import MemberRequest
from schema.organizations.attachments import Attachment
from schema.organizations.officers import OfficeTerm
from schema.pages import Connection
from schema.scalars import Date
from schema.theme_days.check_ins import Attendance
from schema.theme_days.duties import Duty
from schema.theme_days.exemptions import Exemption
from schema.theme_days.theme_days import ThemeDay
from schema.training.training import TrainingYear

if TYPE_CHECKING:
    from schema.organizations.organizations import Organization


@federation.type(
    keys=["id"],
    description="A party member (党员). Personal values are for the member himself and for those who work with "
    "them; identity number, phone and address are masked for everybody but the member.",
)
class Member:
    id: strawberry.ID = field("Key.")
    name: str = field("Name (姓名).")
    gender: Gender = field("Gender (性别).")
    ethnicity: str | None = field("Ethnicity (民族).")
    birth_date: Date | None = field("Birth date (出生日期).")
    education: str | None = field("Education (学历).")
    occupation: str | None = field("Occupation (工作岗位).")
    standing: Standing = field("Standing (人员类别).")
    organization: Annotated["Organization", strawberry.lazy("schema.organizations.organizations")] | None = (
        field("The home branch (所在党支部).", members.organization)
    )
    joined_on: Date = field("Admitted as a probationary member (入党日期).")
    confirmed_on: Date | None = field("Became a full member (转正日期).")
    id_number: str = field("Identity number (身份证号): 990*************69.", members.id_number)
    phone: str | None = field("Phone (手机号码): 199****5206.", members.phone)
    address: str | None = field("Address (家庭住址).", members.address)
    floating: FloatingMember | None = field("The open record of being away (流动党员记录).", members.floating)
    open_handover: Handover | None = field(
        "The hand-over that waits for a side (未办结的交接).", handovers.open_of_member
    )
    offices: list[OfficeTerm] = field("The offices that the member holds now (现任职务).", officers.offices)
    attachments: list[Attachment] = field(
        "Where the member takes part while his home branch leads (挂靠); vote and dues stay at home.",
        attachments.attachments,
    )
    next_theme_day: ThemeDay | None = field(
        "The next theme day of the home branch, today's included (下次主题党日).", members.next_theme_day
    )

    exemption: Exemption | None = field(
        "That no firm demand is made of the member today (不作硬性要求): for himself and those who lead his branch, "
        "else null.",
        exemptions.exemption,
    )

    @root("Theme days that the member took part in (签到记录), newest first.", members.attendances)
    def attendances(self, first: int, after: str | None = None) -> Connection[Attendance]: ...

    @root(
        "The hours of a year (年度学时); null for who may not read the member's records.",
        training.training_year,
    )
    def training_year(self, year: int) -> TrainingYear | None: ...

    @root("What the member has to do, by due date (待办事项).", duties.duties)
    def duties(self, open_only: bool = False) -> list[Duty]: ...

    @root(
        "What attendance and training say for the appraisal of a year (民主评议参考); null for who may not read the "
        "member's records.",
        appraisal_basis.basis,
    )
    def appraisal_basis(self, year: int) -> AppraisalBasis | None: ...

    appraisals: list[Appraisal] = field(
        "Grades by year, newest first (民主评议等次): for the member and those who lead him, else empty.",
        appraisals.appraisals,
    )

    locked_on: Date | None = field(
        "Since when his personal values are kept and used for nothing else (限制处理)."
    )

    @root(
        "What the member asks about his own record, newest first (本人申请): for himself and those who lead him.",
        requests.requests,
    )
    def requests(self, first: int, after: str | None = None) -> Connection[MemberRequest]: ...

    @root(
        "What was found about the member as a delegate, newest first (本人资格核查): for himself and the office.",
        checks.qualification_checks,
    )
    def qualification_checks(
        self, first: int, after: str | None = None
    ) -> Connection[QualificationCheck]: ...


@strawberry.type
class MemberQuery:
    @root(
        "The members of a county by pinyin, at most 100 a page. `search` takes two characters of the name or "
        "initials of its pinyin; `belowTrainingHours` keeps those who lack hours in that year (学时不足) and are not "
        "exempt; `withoutReason` keeps those of them of whom nobody stated why (未说明原因).",
        members.members,
    )
    def members(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        search: str | None = None,
        below_training_hours: int | None = None,
        without_reason: bool = False,
    ) -> Connection[Member]: ...
