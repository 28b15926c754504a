"""The closed lists of values that columns hold; each is a CHECK constraint and a GraphQL enum."""

from enum import StrEnum


class OrganizationKind(StrEnum):
    """Kind of party organization (组织类别)."""

    COMMITTEE = "COMMITTEE"  # 党委
    GENERAL_BRANCH = "GENERAL_BRANCH"  # 党总支
    BRANCH = "BRANCH"  # 党支部
    TEMPORARY_BRANCH = "TEMPORARY_BRANCH"  # 临时党支部
    GROUP = "GROUP"  # 党小组


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


def one_of(column: str, values: type[StrEnum]) -> str:
    """The SQL of a CHECK constraint that keeps `column` within `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
