"""The closed lists of values that clients see."""

from enum import StrEnum

import strawberry

from models.choices import (
    Agency,
    AttachmentKind,
    AttachmentRight,
    ClearanceOpinion,
    CongressLevel,
    DelegateStatus,
    ExemptionGround,
    FloatingList,
    Gender,
    Grade,
    HandoverKind,
    HandoverSide,
    ImportStatus,
    Judging,
    Measure,
    MeetingKind,
    Office,
    OfficeStart,
    OrganizationAct,
    OrganizationKind,
    QualificationOutcome,
    RequestKind,
    RequestOutcome,
    Role,
    SignInStep,
    SignInWay,
    Standing,
    VacancyEnd,
    WorkbookKind,
)
from plugins.contract import Severity
from resolvers.member_rights.objections import ObjectionSubject
from resolvers.member_rights.record_fields import RecordField
from resolvers.member_rights.reveal import RevealedValue
from resolvers.rights.purposes import Purpose

__all__ = [
    "Agency",
    "AttachmentKind",
    "AttachmentRight",
    "CheckInMethod",
    "ClearanceOpinion",
    "CongressLevel",
    "DelegateStatus",
    "EmergencyStatus",
    "ExemptionGround",
    "FloatingList",
    "Gender",
    "Grade",
    "HandoverKind",
    "HandoverSide",
    "HandoverStatus",
    "ImportStatus",
    "Judging",
    "Measure",
    "MeetingKind",
    "ObjectionSubject",
    "Office",
    "OfficeStart",
    "OrganizationAct",
    "OrganizationKind",
    "OutcomeKind",
    "Payer",
    "Purpose",
    "QualificationOutcome",
    "RecordField",
    "RequestKind",
    "RequestOutcome",
    "RevealedValue",
    "ReviewStatus",
    "Role",
    "Severity",
    "SignInStep",
    "SignInWay",
    "Standing",
    "ThemeDayStatus",
    "VacancyEnd",
    "VoteKind",
    "WorkbookKind",
]

strawberry.enum(
    OrganizationKind,
    description="Kind of party organization (组织类别): COMMITTEE 党委, GENERAL_BRANCH 党总支, BRANCH 党支部, "
    "TEMPORARY_BRANCH 临时党支部, GROUP 党小组.",
)
strawberry.enum(Gender, description="Gender (性别).")
strawberry.enum(
    ExemptionGround,
    description="Why no firm demand is made of a member (不作硬性要求的情形): OLD 年老体弱, ILL 患病, DISABLED 残疾, "
    "OTHER 其他.",
)
strawberry.enum(Standing, description="Standing (人员类别): FULL 正式党员, PROBATIONARY 预备党员.")
strawberry.enum(
    CongressLevel, description="Level of a party congress (层级): COUNTY 县, CITY 市, PROVINCE 省."
)
strawberry.enum(
    DelegateStatus,
    description="Status of a delegate: SERVING 在任, SUSPENDED 停止执行职务, TERMINATED 资格终止.",
)
strawberry.enum(
    Agency,
    description="Agency that is asked (部门): DISCIPLINE_INSPECTION 纪委监委, PUBLIC_SECURITY 公安.",
)
strawberry.enum(
    ClearanceOpinion, description="An agency's answer (意见): NO_OBJECTION 无异议, OBJECTION 有异议."
)
strawberry.enum(
    QualificationOutcome,
    description="What a check comes to: QUALIFIED 合格, SUSPENSION_PROPOSED 建议停止执行职务, "
    "TERMINATION_PROPOSED 建议终止资格, AWAITING_CLEARANCE 待部门答复.",
)
strawberry.enum(
    MeetingKind,
    description="Kind of meeting (会议类别): BRANCH_MEETING 党员大会, COMMITTEE_MEETING 支委会, "
    "GROUP_MEETING 党小组会, LIFE_MEETING 组织生活会, LEADING_GROUP 党组或者领导班子会议.",
)
strawberry.enum(
    Grade,
    description="Grade of the yearly appraisal (民主评议等次): EXCELLENT 优秀, QUALIFIED 合格, "
    "BASICALLY_QUALIFIED 基本合格, UNQUALIFIED 不合格.",
)
strawberry.enum(
    Judging, description="How far the judging of a review is: RUNNING 核查中, DONE 完成, FAILED 中断."
)
strawberry.enum(VacancyEnd, description="How a vacancy ended: BY_ELECTION 补选, LEFT_VACANT 决定不补选.")
strawberry.enum(
    OrganizationAct,
    description="An act in the life of an organization (组织设置事项): FOUNDED 成立, RENEWED 换届, EXTENDED 延期换届, "
    "MERGED 合并, DISSOLVED 撤销.",
)
strawberry.enum(
    Office,
    description="An office (职务): SECRETARY 书记, DEPUTY_SECRETARY 副书记, COMMITTEE_MEMBER 委员, "
    "GROUP_LEADER 党小组组长, VILLAGE_HEAD 村委会主任 (no party office; kept for 一肩挑).",
)
strawberry.enum(
    OfficeStart, description="How somebody came to an office (产生方式): ELECTED 选举, APPOINTED 任命."
)
strawberry.enum(
    AttachmentKind,
    description="Why a member takes part elsewhere (挂靠类别): AWAY 外出流动, RESETTLEMENT 易地搬迁安置点, "
    "PROJECT 工程项目, NETWORK 网络党支部.",
)
strawberry.enum(
    AttachmentRight,
    description="What a member does where he is attached (参加内容): STUDY 学习教育, ACTIVITIES 参加活动, "
    "SUPERVISION 日常监督, APPRAISAL 民主评议. Votes and dues stay at home, so there is no value for them.",
)
strawberry.enum(WorkbookKind, description="Which of the nine office files (表类).")
strawberry.enum(ImportStatus, description="State of an import (导入状态).")
strawberry.enum(
    FloatingList,
    description="A list that is worked through with members away: HOMECOMING 六个一, SYSTEM 八项制度.",
)
strawberry.enum(
    Measure,
    description="What a body decided about a member out of contact (处理意见): KEEP_LOOKING 继续查找, "
    "CONTACT_RESTORED 恢复联系, SUSPEND_MEMBERSHIP 停止党籍, REMOVE 除名.",
)
strawberry.enum(
    HandoverKind,
    description="What is handed over (交接类别): ATTACHMENT 双向共管, relations stay at home; TRANSFER 转移组织关系.",
)
strawberry.enum(HandoverSide, description="A side of a hand-over (交接方): HOME 流出党支部, HOST 接收党支部.")
strawberry.enum(
    Role,
    description="What an account may be (角色): ADMIN 系统管理员, SECURITY_ADMIN 安全管理员, AUDITOR 审计管理员, kept "
    "apart from each other and from the county's business (三员分立); OFFICE 县委组织部, TOWN 乡镇党委, SECRETARY "
    "党支部书记, MEMBER 党员, DISCIPLINE_INSPECTION 纪委监委, PUBLIC_SECURITY 公安, PARTNER_APP 上级应用; EMERGENCY "
    "应急授权, for at most an hour.",
)
strawberry.enum(
    SignInStep,
    description="What an account has to do first (登录后须先办理): CHANGE_PASSWORD 修改初始密码 (changePassword), "
    "ENROL_ONE_TIME_CODE 绑定动态码 (enrolOneTimeCode, confirmOneTimeCode).",
)
strawberry.enum(
    SignInWay, description="How somebody signed in (登录方式): PASSWORD 账号密码, OIDC 统一身份认证."
)
strawberry.enum(
    RequestKind,
    description="What a member asks for (申请类别): CORRECTION 更正, OBJECTION 异议, DELETION 删除, LOCK 限制处理.",
)
strawberry.enum(
    RequestOutcome,
    description="What comes of a request (结果): GRANTED 同意, PARTLY 部分同意, REFUSED 不同意.",
)
strawberry.enum(
    RecordField,
    description="A value of a member's record (项目): NAME 姓名, ID_NUMBER 身份证号, GENDER 性别, ETHNICITY 民族, "
    "BIRTH_DATE 出生日期, EDUCATION 学历, OCCUPATION 工作岗位, PHONE 手机号码, ADDRESS 家庭住址, JOINED_ON 入党日期, "
    "CONFIRMED_ON 转正日期, STANDING 人员类别, ORGANIZATION 所在党支部; of the record of being away CONTACT 联系方式, "
    "MINDSET 思想状况, CONTRIBUTION 作用发挥; OTHER 其他.",
)
strawberry.enum(
    ObjectionSubject,
    description="What a member objects to (异议对象): CHECK 资格核查, TRAINING_YEAR 年度学时, FLOATING_RECORD "
    "流动党员记录, THEME_DAY_ATTENDANCE 主题党日签到, APPRAISAL 民主评议.",
)
strawberry.enum(
    RevealedValue,
    description="A value that is masked (完整信息): ID_NUMBER 身份证号, PHONE 手机号码, ADDRESS 家庭住址, CONTACT "
    "流动党员联系方式.",
)
strawberry.enum(
    Purpose,
    name="RevealPurpose",
    description="What a masked value is read for (查看目的): CONTACT 联系党员, VERIFY_IDENTITY 核实身份, TRANSFER "
    "转接组织关系, QUALIFICATION_REVIEW 资格审查, CARE 走访慰问, INSPECTION 上级检查, EMERGENCY 应急处置.",
)
strawberry.enum(Severity, description="How strict the text is: MUST 应当/必须, GENERALLY 一般, NOTE 提示.")


@strawberry.enum(description="How somebody checked in: CODE 扫码, ONLINE 线上, BY_SECRETARY 书记代签.")
class CheckInMethod(StrEnum):
    CODE = "CODE"
    ONLINE = "ONLINE"
    BY_SECRETARY = "BY_SECRETARY"


@strawberry.enum(
    description="Which formula counts a vote (表决类别): ORDINARY 一般事项, ADMISSION 接收预备党员, CONVERSION 转正, "
    "EXTENSION 延长预备期, CANCELLATION 取消预备党员资格, ELECTION 基层组织选举, LEADING_GROUP 党组表决, "
    "CADRE 讨论决定干部任免."
)
class VoteKind(StrEnum):
    ORDINARY = "ORDINARY"
    ADMISSION = "ADMISSION"
    CONVERSION = "CONVERSION"
    EXTENSION = "EXTENSION"
    CANCELLATION = "CANCELLATION"
    ELECTION = "ELECTION"
    LEADING_GROUP = "LEADING_GROUP"
    CADRE = "CADRE"


@strawberry.enum(
    description="Whose dues are counted (交纳人类别): SALARIED 按月领取工资, SELF_EMPLOYED 个体经营者等, "
    "RETIRED 离退休, FARMER 农民, SUBSIDIZED 学生、下岗失业和依靠抚恤、救济、低保生活的."
)
class Payer(StrEnum):
    SALARIED = "SALARIED"
    SELF_EMPLOYED = "SELF_EMPLOYED"
    RETIRED = "RETIRED"
    FARMER = "FARMER"
    SUBSIDIZED = "SUBSIDIZED"


@strawberry.enum(
    description="A counter of a theme day (六项统计): LECTURES 讲党课, DELIBERATIONS 民主议事, OPEN_AFFAIRS 公开办事, "
    "VOLUNTEER_SERVICES 志愿服务, PRACTICAL_DEEDS 办实事好事, SUGGESTIONS 收集意见建议."
)
class OutcomeKind(StrEnum):
    LECTURES = "LECTURES"
    DELIBERATIONS = "DELIBERATIONS"
    OPEN_AFFAIRS = "OPEN_AFFAIRS"
    VOLUNTEER_SERVICES = "VOLUNTEER_SERVICES"
    PRACTICAL_DEEDS = "PRACTICAL_DEEDS"
    SUGGESTIONS = "SUGGESTIONS"


@strawberry.enum(description="Where a theme day stands: SCHEDULED 未举行, OPEN 今天, HELD 已举行.")
class ThemeDayStatus(StrEnum):
    SCHEDULED = "SCHEDULED"
    OPEN = "OPEN"
    HELD = "HELD"


@strawberry.enum(
    description="Where a review stands: JUDGING 核查未完成 (see its progress), AWAITING_CLEARANCES 待部门答复, "
    "AWAITING_DECISIONS 待决定, CLOSED 办结."
)
class ReviewStatus(StrEnum):
    JUDGING = "JUDGING"
    AWAITING_CLEARANCES = "AWAITING_CLEARANCES"
    AWAITING_DECISIONS = "AWAITING_DECISIONS"
    CLOSED = "CLOSED"


@strawberry.enum(
    description="Where a hand-over stands (办理状态): AWAITING_HOME 待流出方确认, AWAITING_HOST 待接收方确认, "
    "EFFECTIVE 已生效, REFUSED 已退回."
)
class HandoverStatus(StrEnum):
    AWAITING_HOME = "AWAITING_HOME"
    AWAITING_HOST = "AWAITING_HOST"
    EFFECTIVE = "EFFECTIVE"
    REFUSED = "REFUSED"


@strawberry.enum(
    description="Where a request to read in an emergency stands (应急授权状态): OPEN 待批准, LAPSED 超过 24 小时失效, "
    "REFUSED 不批准, RUNNING 生效中, ENDED 已结束."
)
class EmergencyStatus(StrEnum):
    OPEN = "OPEN"
    LAPSED = "LAPSED"
    REFUSED = "REFUSED"
    RUNNING = "RUNNING"
    ENDED = "ENDED"
