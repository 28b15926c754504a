"""The closed lists of values that columns hold; each is a CHECK constraint and a GraphQL enum."""

from enum import StrEnum


class OrganizationKind(StrEnum):
    """Kind of party organization (组织类别)."""

    COMMITTEE = "COMMITTEE"  # 党委
    GENERAL_BRANCH = "GENERAL_BRANCH"  # 党总支
    BRANCH = "BRANCH"  # 党支部
    TEMPORARY_BRANCH = "TEMPORARY_BRANCH"  # 临时党支部
    GROUP = "GROUP"  # 党小组


class OrganizationAct(StrEnum):
    """A recorded act in the life of an organization (组织设置事项)."""

    FOUNDED = "FOUNDED"  # 成立
    RENEWED = "RENEWED"  # 换届
    EXTENDED = "EXTENDED"  # 延期换届
    MERGED = "MERGED"  # 合并
    DISSOLVED = "DISSOLVED"  # 撤销


class Office(StrEnum):
    """An office that somebody holds in an organization (职务)."""

    SECRETARY = "SECRETARY"  # 书记
    DEPUTY_SECRETARY = "DEPUTY_SECRETARY"  # 副书记
    COMMITTEE_MEMBER = "COMMITTEE_MEMBER"  # 委员
    GROUP_LEADER = "GROUP_LEADER"  # 党小组组长
    VILLAGE_HEAD = "VILLAGE_HEAD"  # 村委会主任: no party office, but 一肩挑 is about both


class OfficeStart(StrEnum):
    ELECTED = "ELECTED"  # 选举
    APPOINTED = "APPOINTED"  # 任命


class AttachmentKind(StrEnum):
    """Why a member takes part elsewhere while his home branch leads (挂靠类别)."""

    AWAY = "AWAY"  # 外出, in a branch for those away
    RESETTLEMENT = "RESETTLEMENT"  # 易地搬迁安置点
    PROJECT = "PROJECT"  # 工程项目临时党支部
    NETWORK = "NETWORK"  # 网络党支部


class AttachmentRight(StrEnum):
    """What a member does where he is attached; votes and dues always stay at home."""

    STUDY = "STUDY"  # 学习教育
    ACTIVITIES = "ACTIVITIES"  # 参加活动
    SUPERVISION = "SUPERVISION"  # 日常监督
    APPRAISAL = "APPRAISAL"  # 民主评议


class HandoverKind(StrEnum):
    ATTACHMENT = "ATTACHMENT"  # 双向共管: relations stay at home
    TRANSFER = "TRANSFER"  # 转移组织关系


class HandoverSide(StrEnum):
    """Which side of a hand-over confirms (交接方)."""

    HOME = "HOME"  # 流出党支部
    HOST = "HOST"  # 接收党支部


class ExemptionGround(StrEnum):
    """Why no firm demand is made of a member (不作硬性要求): 党员教育管理工作条例 第二十三条."""

    OLD = "OLD"  # 年老体弱
    ILL = "ILL"  # 患病
    DISABLED = "DISABLED"  # 残疾
    OTHER = "OTHER"  # 其他


class FloatingList(StrEnum):
    """The two lists of the pack that are worked through with members away."""

    HOMECOMING = "HOMECOMING"  # 六个一
    SYSTEM = "SYSTEM"  # 八项制度


class Measure(StrEnum):
    """What a body decided about a member out of contact (处理意见). It is recorded, never carried out here."""

    KEEP_LOOKING = "KEEP_LOOKING"  # 继续查找
    CONTACT_RESTORED = "CONTACT_RESTORED"  # 恢复联系
    SUSPEND_MEMBERSHIP = "SUSPEND_MEMBERSHIP"  # 停止党籍
    REMOVE = "REMOVE"  # 除名


class Grade(StrEnum):
    """Grade of the yearly appraisal (民主评议等次)."""

    EXCELLENT = "EXCELLENT"  # 优秀
    QUALIFIED = "QUALIFIED"  # 合格
    BASICALLY_QUALIFIED = "BASICALLY_QUALIFIED"  # 基本合格
    UNQUALIFIED = "UNQUALIFIED"  # 不合格


class MeetingKind(StrEnum):
    """A meeting of the branch's life (组织生活); one day of it feeds the cycles that the rules look at."""

    BRANCH_MEETING = "BRANCH_MEETING"  # 党员大会
    COMMITTEE_MEETING = "COMMITTEE_MEETING"  # 支委会
    GROUP_MEETING = "GROUP_MEETING"  # 党小组会
    LIFE_MEETING = "LIFE_MEETING"  # 组织生活会
    LEADING_GROUP = "LEADING_GROUP"  # 党组或者领导班子会议


class VacancyEnd(StrEnum):
    BY_ELECTION = "BY_ELECTION"  # 补选
    LEFT_VACANT = "LEFT_VACANT"  # 决定不补选


class Judging(StrEnum):
    """How far a review's judging is (核查进度)."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class Gender(StrEnum):
    MALE = "MALE"
    FEMALE = "FEMALE"


class Standing(StrEnum):
    """Standing of a member (人员类别): full (正式党员) or probationary (预备党员)."""

    FULL = "FULL"
    PROBATIONARY = "PROBATIONARY"


class CheckInMethod(StrEnum):
    CODE = "CODE"
    ONLINE = "ONLINE"
    BY_SECRETARY = "BY_SECRETARY"
    IMPORTED = "IMPORTED"


class CongressLevel(StrEnum):
    """Level of the congress that a delegate was elected to (层级)."""

    COUNTY = "COUNTY"
    CITY = "CITY"
    PROVINCE = "PROVINCE"


class DelegateStatus(StrEnum):
    SERVING = "SERVING"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"


class Agency(StrEnum):
    DISCIPLINE_INSPECTION = "DISCIPLINE_INSPECTION"
    PUBLIC_SECURITY = "PUBLIC_SECURITY"


class ClearanceOpinion(StrEnum):
    NO_OBJECTION = "NO_OBJECTION"
    OBJECTION = "OBJECTION"


class QualificationOutcome(StrEnum):
    QUALIFIED = "QUALIFIED"
    SUSPENSION_PROPOSED = "SUSPENSION_PROPOSED"
    TERMINATION_PROPOSED = "TERMINATION_PROPOSED"
    AWAITING_CLEARANCE = "AWAITING_CLEARANCE"


class WorkbookKind(StrEnum):
    """The nine files that a county's office exports, in the order in which they build on each other."""

    ORGANIZATIONS = "ORGANIZATIONS"
    MEMBERS = "MEMBERS"
    FLOATING_MEMBERS = "FLOATING_MEMBERS"
    THEME_DAYS = "THEME_DAYS"
    ATTENDANCES = "ATTENDANCES"
    TRAINING_RECORDS = "TRAINING_RECORDS"
    DELEGATES = "DELEGATES"
    POST_CHANGES = "POST_CHANGES"
    CLEARANCES = "CLEARANCES"


class ImportStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class Role(StrEnum):
    """What an account may be (角色); the rows that follow from it stand in resolvers/access.py."""

    ADMIN = "ADMIN"
    OFFICE = "OFFICE"
    AUDITOR = "AUDITOR"
    TOWN = "TOWN"
    SECRETARY = "SECRETARY"
    MEMBER = "MEMBER"
    DISCIPLINE_INSPECTION = "DISCIPLINE_INSPECTION"
    PUBLIC_SECURITY = "PUBLIC_SECURITY"
    PARTNER_APP = "PARTNER_APP"
    SECURITY_ADMIN = "SECURITY_ADMIN"  # 安全管理员: gives and takes roles, sees no business data
    EMERGENCY = "EMERGENCY"  # 应急授权: reads a county for at most an hour, every read logged


class SignInWay(StrEnum):
    """How somebody proved who he is (登录方式)."""

    PASSWORD = "PASSWORD"  # 账号密码
    OIDC = "OIDC"  # 统一身份认证


class SignInStep(StrEnum):
    """What an account has to do before it may do anything else (登录后须先办理)."""

    CHANGE_PASSWORD = "CHANGE_PASSWORD"  # 修改初始密码
    ENROL_ONE_TIME_CODE = "ENROL_ONE_TIME_CODE"  # 绑定动态码


class RequestKind(StrEnum):
    """What a member asks about his own record (本人申请): PIPL 44 to 50."""

    CORRECTION = "CORRECTION"  # 更正
    OBJECTION = "OBJECTION"  # 对核查结论的异议
    DELETION = "DELETION"  # 删除
    LOCK = "LOCK"  # 限制处理


class RequestOutcome(StrEnum):
    GRANTED = "GRANTED"  # 同意
    PARTLY = "PARTLY"  # 部分同意
    REFUSED = "REFUSED"  # 不同意


def one_of(column: str, values: type[StrEnum]) -> str:
    """The SQL of a CHECK constraint that keeps `column` within `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
