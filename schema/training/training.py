import strawberry

from resolvers.training import certificates, training
from schema.declare import field, root
from schema.pages import Connection
from schema.refusals import Finding, Refusal
from schema.scalars import Date
from schema.training.certificates import Certificate
from schema.training.courses import Course, CourseSession
from schema.training.shortfalls import ShortfallReason


@strawberry.type(description="Hours that a member completed (培训记录).")
class TrainingRecord:
    id: strawberry.ID = field("Key.")
    completed_on: Date = field("When (日期).")
    started_on: Date | None = field(
        "The first day of a course over several days (开始日期); null: it took one day. Over the year's end the "
        "hours are split by days."
    )
    hours: float = field("Hours (学时).")
    hours_spent: float | None = field(
        "The time really spent in hours (实际学时); null where nobody kept it. Never more than it is counted."
    )
    form: str = field("How (形式).")
    course: Course | None = field("The course.", training.record_course)
    session: CourseSession | None = field(
        "The holding of it (培训班次), if one was named.", training.record_session
    )
    certificate: Certificate | None = field(
        "The certificate (学时证书); null unless the time was really spent.", certificates.certificate
    )
    certificate_refusal: Refusal | None = field(
        "Why there is no certificate (不发证书的原因): TIME_NOT_KEPT or TIME_NOT_SPENT. A certificate is only for time "
        "really spent: training.certificate_percent of the course's hours, 100 by default (no text sets it).",
        certificates.certificate_refusal,
    )


@strawberry.type(description="The hours of a member in one calendar year (年度学时).")
class TrainingYear:
    year: int = field("The year.")
    required_hours: float = field(
        "What the rule packs ask for (应完成学时): 32 for members (党员教育管理工作条例第二十条), 56 for secretaries, "
        "deputy secretaries and committee members of today; the 56 hours stand in the training plan 2019-2023, not "
        "in the regulation. The number stays for who is exempt."
    )
    completed_hours: float = field(
        "What was completed (已完成学时): the hours of the records, never more than the time really spent, a course "
        "over the year's end by its days, and the study hours of theme days."
    )
    theme_day_hours: float = field(
        "Of the completed hours those of theme days that the member checked in at (主题党日学时).",
        training.study,
    )
    shortfall_hours: float = field("What is missing (缺少学时).", training.shortfall_hours)
    met: bool = field(
        "Whether nothing is missing (是否达标); true for who is exempt, of whom nothing is firmly demanded.",
        training.met,
    )
    is_exempt: bool = field(
        "Whether no firm demand is made in this year (不作硬性要求, 党员教育管理工作条例第二十三条)."
    )
    shortfall_reason: ShortfallReason | None = field(
        "Why hours are missing (未达标原因), where it was stated.", training.shortfall_reason
    )
    certificate_count: int = field(
        "Certificates of courses completed in the year (学时证书数).", training.certificate_count
    )
    findings: list[Finding] = field("What the rule packs find (规则检查).", training.findings)

    @root(
        "The records that count for the year (培训记录), newest first; one over the year's end is in both years.",
        training.records,
    )
    def records(self, first: int, after: str | None = None) -> Connection[TrainingRecord]: ...
