from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import federation

from resolvers import members, training
from schema.declare import field, root
from schema.duties import Duty
from schema.enums import Gender, Standing
from schema.floating_members import FloatingMember
from schema.pages import Connection
from schema.scalars import Date
from schema.theme_days import Attendance, ThemeDay
from schema.training import TrainingYear

if TYPE_CHECKING:
    from schema.organizations import Organization


@federation.type(
    keys=["id"],
    description="A party member (党员). Personal values are for the member himself and for those who work with "
    "them; identity number, phone and address are masked for everybody but the member.",
)
class Member:
    id: strawberry.ID = field("Key.")
    name: str = field("Name (姓名).")
    gender: Gender = field("Gender (性别).")
    ethnicity: str | None = field("Ethnicity (民族).", members.ethnicity)
    birth_date: Date | None = field("Birth date (出生日期).", members.birth_date)
    education: str | None = field("Education (学历).", members.education)
    occupation: str | None = field("Occupation (工作岗位).", members.occupation)
    standing: Standing = field("Standing (人员类别).")
    organization: Annotated["Organization", strawberry.lazy("schema.organizations")] | None = field(
        "The home branch (所在党支部).", members.organization
    )
    joined_on: Date = field("Admitted as a probationary member (入党日期).")
    confirmed_on: Date | None = field("Became a full member (转正日期).")
    id_number: str = field("Identity number (身份证号): 990*************69.", members.id_number)
    phone: str | None = field("Phone (手机号码): 199****5206.", members.phone)
    address: str | None = field("Address (家庭住址).", members.address)
    floating: FloatingMember | None = field("The open record of being away (流动党员记录).", members.floating)
    next_theme_day: ThemeDay | None = field(
        "The next theme day of the home branch, today's included (下次主题党日).", members.next_theme_day
    )

    @root("Theme days that the member took part in (签到记录), newest first.", members.attendances)
    def attendances(self, first: int, after: str | None = None) -> Connection[Attendance]: ...

    @root(
        "The hours of a year (年度学时); null for who may not read the member's records.",
        training.training_year,
    )
    def training_year(self, year: int) -> TrainingYear | None: ...

    @root("What the member has to do, by due date (待办事项).", members.duties)
    def duties(self, open_only: bool = False) -> list[Duty]: ...


@strawberry.type
class MemberQuery:
    @root(
        "The members of a county by pinyin, at most 100 a page. `search` takes two characters of the name or "
        "initials of its pinyin; `belowTrainingHours` keeps those who lack hours in that year (学时不足).",
        members.members,
    )
    def members(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        search: str | None = None,
        below_training_hours: int | None = None,
    ) -> Connection[Member]: ...
