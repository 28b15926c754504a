"""The closed lists of values that clients see."""

from enum import StrEnum

import strawberry

from models.choices import (
    Agency,
    ClearanceOpinion,
    CongressLevel,
    DelegateStatus,
    Gender,
    ImportStatus,
    OrganizationKind,
    QualificationOutcome,
    Role,
    Standing,
    WorkbookKind,
)
from plugins.contract import Severity

__all__ = [
    "Agency",
    "CheckInMethod",
    "ClearanceOpinion",
    "CongressLevel",
    "DelegateStatus",
    "Gender",
    "ImportStatus",
    "OrganizationKind",
    "QualificationOutcome",
    "ReviewStatus",
    "Role",
    "Severity",
    "Standing",
    "ThemeDayStatus",
    "WorkbookKind",
]

strawberry.enum(
    OrganizationKind,
    description="Kind of party organization (组织类别): COMMITTEE 党委, GENERAL_BRANCH 党总支, BRANCH 党支部, "
    "TEMPORARY_BRANCH 临时党支部, GROUP 党小组.",
)
strawberry.enum(Gender, description="Gender (性别).")
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
strawberry.enum(WorkbookKind, description="Which of the nine office files (表类).")
strawberry.enum(ImportStatus, description="State of an import (导入状态).")
strawberry.enum(Role, description="What an account may be (角色).")
strawberry.enum(Severity, description="How strict the text is: MUST 应当/必须, GENERALLY 一般, NOTE 提示.")


@strawberry.enum(description="How somebody checked in: CODE 扫码, ONLINE 线上, BY_SECRETARY 书记代签.")
class CheckInMethod(StrEnum):
    CODE = "CODE"
    ONLINE = "ONLINE"
    BY_SECRETARY = "BY_SECRETARY"


@strawberry.enum(description="Where a theme day stands: SCHEDULED 未举行, OPEN 今天, HELD 已举行.")
class ThemeDayStatus(StrEnum):
    SCHEDULED = "SCHEDULED"
    OPEN = "OPEN"
    HELD = "HELD"


@strawberry.enum(
    description="Where a review stands: AWAITING_CLEARANCES 待部门答复, AWAITING_DECISIONS 待决定, CLOSED 办结."
)
class ReviewStatus(StrEnum):
    AWAITING_CLEARANCES = "AWAITING_CLEARANCES"
    AWAITING_DECISIONS = "AWAITING_DECISIONS"
    CLOSED = "CLOSED"
