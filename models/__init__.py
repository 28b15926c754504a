"""What is stored: one file per noun. Importing this package registers every model with Tortoise."""

from models.account import Account, RecordAccess, RoleGrant
from models.audit import AuditEntry
from models.county import County
from models.delegate import Clearance, Delegate, PostChange
from models.floating_member import FloatingMember
from models.idempotency import IdempotentRequest
from models.import_job import ImportJob, ImportProblem
from models.member import Member
from models.organization import Organization
from models.qualification import QualificationCheck, QualificationDecision, QualificationReview
from models.theme_day import Attendance, ThemeDay
from models.training import Course, TrainingRecord

__all__ = [
    "Account",
    "Attendance",
    "AuditEntry",
    "Clearance",
    "County",
    "Course",
    "Delegate",
    "FloatingMember",
    "IdempotentRequest",
    "ImportJob",
    "ImportProblem",
    "Member",
    "Organization",
    "PostChange",
    "QualificationCheck",
    "QualificationDecision",
    "QualificationReview",
    "RecordAccess",
    "RoleGrant",
    "ThemeDay",
    "TrainingRecord",
]
