"""The closed lists of values that clients see."""

from enum import StrEnum

import strawberry

from models import choices
from plugins.contract import Severity as PackSeverity

OrganizationKind = strawberry.enum(
    choices.OrganizationKind,
    description="Kind of party organization (组织类别): COMMITTEE 党委, GENERAL_BRANCH 党总支, BRANCH 党支部, "
    "TEMPORARY_BRANCH 临时党支部, GROUP 党小组.",
)
Gender = strawberry.enum(choices.Gender, description="Gender (性别).")
Standing = strawberry.enum(
    choices.Standing, description="Standing (人员类别): FULL 正式党员, PROBATIONARY 预备党员."
)
CongressLevel = strawberry.enum(
    choices.CongressLevel, description="Level of a party congress (层级): COUNTY 县, CITY 市, PROVINCE 省."
)
DelegateStatus = strawberry.enum(
    choices.DelegateStatus,
    description="Status of a delegate: SERVING 在任, SUSPENDED 停止执行职务, TERMINATED 资格终止.",
)
Agency = strawberry.enum(
    choices.Agency,
    description="Agency that is asked (部门): DISCIPLINE_INSPECTION 纪委监委, PUBLIC_SECURITY 公安.",
)
ClearanceOpinion = strawberry.enum(
    choices.ClearanceOpinion, description="An agency's answer (意见): NO_OBJECTION 无异议, OBJECTION 有异议."
)
QualificationOutcome = strawberry.enum(
    choices.QualificationOutcome,
    description="What a check comes to: QUALIFIED 合格, SUSPENSION_PROPOSED 建议停止执行职务, "
    "TERMINATION_PROPOSED 建议终止资格, AWAITING_CLEARANCE 待部门答复.",
)
WorkbookKind = strawberry.enum(choices.WorkbookKind, description="Which of the nine office files (表类).")
ImportStatus = strawberry.enum(choices.ImportStatus, description="State of an import (导入状态).")
Role = strawberry.enum(choices.Role, description="What an account may be (角色).")
Severity = strawberry.enum(
    PackSeverity, description="How strict the text is: MUST 应当/必须, GENERALLY 一般, NOTE 提示."
)


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
