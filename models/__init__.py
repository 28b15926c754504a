"""What is stored: one file per noun. Importing this package registers every model with Tortoise."""

from models.account import Account, ExternalIdentity, RecordAccess, Session, SignInGuard
from models.appraisal import Appraisal
from models.attachment import Attachment
from models.audit import AuditEntry, AuditSeal
from models.county import County
from models.delegate import Clearance, Delegate, PostChange
from models.delegate_status import DelegateStatusChange, Vacancy
from models.encryption_key import EncryptionKey
from models.exemption import Exemption
from models.floating_activity import FloatingActivity, FloatingDecision, Homecoming
from models.floating_member import FloatingMember
from models.handover import Handover
from models.idempotency import IdempotentRequest
from models.import_job import ImportJob, ImportProblem
from models.meeting import Meeting
from models.member import Member
from models.member_request import MemberRequest
from models.office_term import OfficeTerm
from models.organization import Organization
from models.organization_event import OrganizationEvent
from models.qualification import QualificationCheck, QualificationDecision, QualificationReview
from models.reserve import Reserve
from models.role_grant import EmergencyRequest, RoleGrant
from models.rule_pack_activation import RulePackActivation
from models.theme_day import Attendance, ThemeDay
from models.theme_day_follow_up import ThemeDayEvaluation, ThemeDayProblem
from models.training import Course, CourseSession, ShortfallReason, TrainingRecord

__all__ = [
    "Account",
    "Appraisal",
    "Attachment",
    "Attendance",
    "AuditEntry",
    "AuditSeal",
    "Clearance",
    "County",
    "Course",
    "CourseSession",
    "Delegate",
    "DelegateStatusChange",
    "EmergencyRequest",
    "EncryptionKey",
    "Exemption",
    "ExternalIdentity",
    "FloatingActivity",
    "FloatingDecision",
    "FloatingMember",
    "Handover",
    "Homecoming",
    "IdempotentRequest",
    "ImportJob",
    "ImportProblem",
    "Meeting",
    "Member",
    "MemberRequest",
    "OfficeTerm",
    "Organization",
    "OrganizationEvent",
    "PostChange",
    "QualificationCheck",
    "QualificationDecision",
    "QualificationReview",
    "RecordAccess",
    "Reserve",
    "RoleGrant",
    "RulePackActivation",
    "Session",
    "ShortfallReason",
    "SignInGuard",
    "ThemeDay",
    "ThemeDayEvaluation",
    "ThemeDayProblem",
    "TrainingRecord",
    "Vacancy",
]
