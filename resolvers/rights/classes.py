"""The class of every value (数据分类), and who reads a class. A value without a class stops the start (check.py).

    open       what is made known anyway: keys, names of organizations and members, a county's rules
    internal   the work of the organization: whoever sees the row, partner systems excepted
    personal   about one person: those who lead him, who looks after him, and he himself; null for others
    sensitive  identity number, phone, address: masked for everybody but himself; see purposes.py for revealing
    secret     never in an answer to a read: handed over once, by the write that makes it

Classes follow GB/T 43697-2024 and 个人信息保护法 第二十八条; where these leave room, the choice is ours.
"""

from collections.abc import Mapping
from enum import StrEnum

from models.choices import Role
from resolvers.rights.acts import COMMITTEES, LEADERS
from resolvers.rights.relations import Relation


class Class(StrEnum):
    OPEN = "open"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"


PARTNERS = frozenset({Role.PARTNER_APP, Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY})
HIMSELF = frozenset({Relation.OWN})

# Class, or aggregate of rows -> the roles and relations by which it is read.
READERS: Mapping[str, frozenset[Role | Relation]] = {
    Class.OPEN: frozenset(Role) | frozenset(Relation),
    Class.INTERNAL: (frozenset(Role) - PARTNERS) | {Relation.OWN, Relation.LOOKED_AFTER},
    Class.PERSONAL: LEADERS | {Role.EMERGENCY, Relation.OWN, Relation.LOOKED_AFTER},
    Class.SENSITIVE: HIMSELF,
    Class.SECRET: frozenset(),
    "counts": LEADERS | {Role.AUDITOR, Role.PARTNER_APP, Role.EMERGENCY},
    # Numbers of whom they are asked about.
    "identity": frozenset({Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY}),
    "codes": LEADERS,  # with which one checks in
    # What agencies answered where a finding quotes it, and who dissented.
    "in_confidence": frozenset({Role.OFFICE}),
}

# Aggregate -> roles that are told it at all.
AGGREGATES: Mapping[str, frozenset[Role]] = {
    "counts": LEADERS | {Role.AUDITOR, Role.PARTNER_APP, Role.EMERGENCY},  # among the rows they see
    "figures": frozenset({Role.OFFICE, Role.AUDITOR, Role.EMERGENCY}),  # of a county as a whole
    "problems": LEADERS | {Role.AUDITOR, Role.EMERGENCY},  # found at theme days
    # Of those they are asked about.
    "identity": frozenset({Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY}),
}

# Sensitive values that are a role's daily work on the rows it sees: the work is the purpose. Reading an identity
# number this way is logged like a reveal (resolvers/delegates/clearances.py).
DAILY_WORK: Mapping[str, frozenset[Role]] = {
    **dict.fromkeys(
        ("Clearance.opinion", "Clearance.reason"),
        frozenset({Role.OFFICE, Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY}),
    ),
    "MemberRequest.proposed": COMMITTEES,  # who answer it
}
# Type -> the rows that are not locked; the personal values of a locked one only he himself reads.
UNLOCKED: Mapping[str, str] = {"Member": "{row}.locked_on IS NULL"}
COUNTS_UNDER_FIVE = 5
"""A number of people below this is not told to whoever may not read about the people themselves."""


def class_of(type: str, field: str) -> Class:
    return _CLASS_OF[type, field]


def is_read_by(kind: str, value: str, role: Role | None, relation: Relation) -> bool:
    """Whether a class (of the value "Type.field") is read in this way: by the grant's role, or by what he is."""
    readers = READERS[kind]
    return role in DAILY_WORK.get(value, ()) or (relation if role is None else role) in readers


# GraphQL type -> the table whose rows it shows. Types that are not here are parts of another type's value: they are
# reached only through a field of it, which is of their class.
TABLES: Mapping[str, str] = {
    "Account": "account",
    "Appraisal": "appraisal",
    "Attachment": "attachment",
    "Attendance": "attendance",
    "AuditEntry": "audit_entry",
    "Clearance": "clearance",
    "County": "county",
    "Course": "course",
    "CourseSession": "course_session",
    "Delegate": "delegate",
    "EmergencyRequest": "emergency_request",
    "Exemption": "exemption",
    "FloatingActivity": "floating_activity",
    "FloatingDecision": "floating_decision",
    "FloatingMember": "floating_member",
    "GrantedRole": "role_grant",
    "Handover": "handover",
    "Homecoming": "homecoming",
    "ImportJob": "import_job",
    "ImportProblem": "import_problem",
    "Meeting": "meeting",
    "Member": "member",
    "MemberRequest": "member_request",
    "OfficeTerm": "office_term",
    "Organization": "organization",
    "OrganizationEvent": "organization_event",
    "QualificationCheck": "qualification_check",
    "QualificationDecision": "qualification_decision",
    "QualificationReview": "qualification_review",
    "RecordAccess": "record_access",
    "Reserve": "reserve",
    "RulePackActivation": "rule_pack_activation",
    "Session": "session",
    "ShortfallReason": "shortfall_reason",
    "ThemeDay": "theme_day",
    "ThemeDayProblem": "theme_day_problem",
    "TrainingRecord": "training_record",
    "Vacancy": "vacancy",
    "Viewer": "account",
}

OPEN, INTERNAL, PERSONAL, SENSITIVE, SECRET = Class

CLASSES: Mapping[str, Mapping[Class, str]] = {
    # --- organizations
    "County": {
        OPEN: "code name organizationCount memberCount floatingCount delegateCount delegateCounts villageCount "
        "oneShoulderCount oneShoulderShare attendanceRate branches problemSummary reportedFigures rulePacks "
        "rulePackActivations",
    },
    "Organization": {
        OPEN: "id code name kind field parent secretary foundedOn electedOn termEndsOn termExtendedTo dissolvedOn "
        "levelName levelDepth officers officerHistory memberCount subtreeMemberCount floatingCount hostedCount "
        "attachedCount members attachedMembers children themeDays events meetings reserves handovers duties "
        "findings appraisalSummary",
        INTERNAL: "units bodyEndsOn isOneShoulder reserveCount secretaryReserveCount attendanceRate",
    },
    "OfficeTerm": {
        OPEN: "id office member organization",
        INTERNAL: "duty start beganOn endedOn endReason since",
    },
    "OrganizationEvent": {
        OPEN: "id act decidedOn effectiveOn approvedBy recordedAt organization into",
        INTERNAL: "document reason until",
    },
    "Reserve": {PERSONAL: "name member", INTERNAL: "id isForSecretary listedOn removedOn removalReason"},
    "Attachment": {
        INTERNAL: "id kind rights beganOn endedOn endReason member organization",
    },
    # --- members
    "Member": {
        OPEN: "id name gender standing joinedOn organization floating offices attachments attendances appraisals "
        "duties openHandover requests qualificationChecks",
        INTERNAL: "confirmedOn nextThemeDay lockedOn",
        PERSONAL: "ethnicity birthDate education occupation trainingYear appraisalBasis exemption",
        SENSITIVE: "idNumber phone address",
    },
    "Appraisal": {PERSONAL: "grade decidedBy", INTERNAL: "id year decidedOn organization"},
    "MemberRequest": {
        PERSONAL: "id member kind field subject subjectId year findingCode reason madeAt dueOn overdue withdrawnAt "
        "outcome answer answeredAt by",
        SENSITIVE: "proposed",
    },
    "Revealed": {OPEN: "value", SENSITIVE: "text"},
    "AppraisalBasis": {
        PERSONAL: "year themeDaysExpected themeDaysAttended attendanceRate completedHours requiredHours isExempt"
    },
    "Exemption": {PERSONAL: "ground reason member approvedBy", INTERNAL: "id beganOn endedOn"},
    "Duty": {INTERNAL: "kind title dueOn overdue remindOn citation"},
    "GradeCount": {INTERNAL: "grade count"},
    # --- members away
    "FloatingMember": {
        OPEN: "id member homeBranch hostBranch hostName updateDueOn overdue clarity items homecomings systems "
        "decisions openHandover findings activities",
        INTERNAL: "registeredOn lastUpdatedOn returnedOn contactPerson",
        PERSONAL: "leftOn destination employment organizationalLife mindset contribution isPlaceFixed wentAbroadOn "
        "lastGreetedOn",
        SENSITIVE: "contact",
    },
    "Clarity": {OPEN: "clear total items"},
    "ClarityItem": {OPEN: "key label clear"},
    "RecordItem": {OPEN: "key label", PERSONAL: "value"},
    "FloatingActivity": {PERSONAL: "note", INTERNAL: "id inList key label doneOn"},
    "FloatingDecision": {PERSONAL: "measure reason decidedBy findings", INTERNAL: "id decidedOn"},
    "FloatingSystem": {OPEN: "key label lastOn count"},
    "Homecoming": {INTERNAL: "id cameOn leftAgainOn items doneCount total"},
    "HomecomingItem": {INTERNAL: "key label doneOn note"},
    "Handover": {
        PERSONAL: "note refusal",
        INTERNAL: "id kind status member memberName home homeName host hostName responsible proposedAt dueOn overdue "
        "homeConfirmedAt hostConfirmedAt refusedAt",
    },
    # --- theme days and meetings
    "ThemeDay": {
        OPEN: "id organization heldOn theme status agenda settled outcomes evaluations studyHours version "
        "expectedCount attendanceCount attendances attended problems",
        INTERNAL: "attendanceRate checkInCode",
    },
    "AgendaItem": {OPEN: "kind title required done"},
    "SettledItem": {OPEN: "key label isSettled"},
    "Outcome": {OPEN: "kind count"},
    "Evaluation": {OPEN: "by label score comment count"},
    "CheckInCode": {INTERNAL: "svg expiresAt"},
    "ThemeDayAttendance": {INTERNAL: "attendanceCount expectedCount latest"},
    "ThemeDayProblem": {
        INTERNAL: "id themeDay aspect description responsible foundOn dueOn resolvedOn resolution overdue"
    },
    "ProblemSummary": {INTERNAL: "aspectCount problemCount resolvedCount"},
    "Attendance": {INTERNAL: "id checkedInAt method hours themeDay member"},
    "Meeting": {
        INTERNAL: "id organization kind heldOn subject entitled present leftOut isLeavingOutApproved votes findings"
    },
    "Vote": {
        INTERNAL: "kind subject yes writtenOpinions writtenYes persons isSecret isDeclaredPassed prereviewPassedOn "
        "isByCirculation isHeadLast isDivided quorumNeeded votesNeeded isValidMeeting isPassed arithmetic citations"
    },
    "VoteArithmetic": {
        OPEN: "quorumNeeded votesNeeded isValidMeeting isPassed arithmetic citations refusals",
    },
    "DuesDue": {OPEN: "amount reason citation findings refusals"},
    # --- training
    "Course": {OPEN: "id title form hours sessions"},
    "CourseSession": {
        INTERNAL: "id course startedOn endedOn place days halfDays hours organizer recordedCount"
    },
    "TrainingYear": {
        PERSONAL: "year requiredHours completedHours themeDayHours shortfallHours met isExempt shortfallReason "
        "certificateCount findings records"
    },
    "TrainingRecord": {
        INTERNAL: "id completedOn startedOn hours hoursSpent form course session certificate certificateRefusal"
    },
    "ShortfallReason": {PERSONAL: "id year reason statedAt"},
    "Certificate": {INTERNAL: "number issuedOn title hours holder"},
    "CertificateCheck": {OPEN: "isValid title hours issuedOn holder"},
    # --- delegates
    "Delegate": {OPEN: "id status level congress electedOn member statusHistory"},
    "DelegateCount": {OPEN: "level status count"},
    "DelegateStatusChange": {INTERNAL: "status since decidedBy reason"},
    "QualificationReview": {
        INTERNAL: "id quarter status progress checkCount awaitingClearance overdueClearances staleCount summary checks"
    },
    "ReviewProgress": {INTERNAL: "status judging judged toJudge failure"},
    "OutcomeCount": {INTERNAL: "outcome count"},
    "QualificationCheck": {
        PERSONAL: "outcome findings replayed judgedFrom",
        INTERNAL: "id quarter evaluatedAt delegate clearances decision withdrawnDecisions openObjections",
    },
    "QualificationDecision": {
        PERSONAL: "outcome reason dissent",
        INTERNAL: "decidedOn by proposedBy filedWith votesFor votesAgainst withdrawnOn withdrawnBy withdrawalReason",
    },
    "Replay": {PERSONAL: "isSame findings"},
    "Dissent": {SENSITIVE: "by opinion"},
    "Clearance": {
        SENSITIVE: "opinion reason",
        OPEN: "id agency quarter requestedAt dueOn overdue submittedAt subject",
    },
    "ClearanceSubject": {OPEN: "name", SENSITIVE: "idNumber"},
    "Vacancy": {INTERNAL: "id delegate openedOn resolution endedOn decidedBy reason successor"},
    # --- rules
    "Finding": {INTERNAL: "code severity message citation rulePack ruleVersion"},
    "Remark": {INTERNAL: "code severity message citation"},
    "Rule": {OPEN: "code title modality citation parameters"},
    "RuleParameter": {OPEN: "name value unit description"},
    "RuleSource": {OPEN: "title section"},
    "RulePack": {OPEN: "id name version effectiveFrom activeFrom activeUntil sources rules"},
    "RulePackActivation": {INTERNAL: "pack version activeFrom decidedBy reason by at"},
    "ReportedFigure": {OPEN: "key label reported computed difference source"},
    "Trial": {INTERNAL: "subjects changed changes"},
    "TrialChange": {PERSONAL: "subject before after because"},
    "TrialOutcome": {PERSONAL: "outcome"},
    "TrialReason": {INTERNAL: "code citation"},
    # --- files, accounts, audit
    "ImportJob": {
        INTERNAL: "id kind fileName status rowsTotal rowsRead rowsAccepted rowsRefused rowsChanged failure createdAt "
        "finishedAt problems"
    },
    "ImportProblem": {PERSONAL: "value message", INTERNAL: "row column code"},
    "Viewer": {
        OPEN: "username displayName roles next hasOneTimeCode recoveryCodesLeft member duties accessLog sessions",
    },
    "Account": {
        INTERNAL: "id username displayName isDisabled disabledAt mustChangePassword hasOneTimeCode isOfAMember "
        "createdAt roles identities"
    },
    "AccountName": {OPEN: "username displayName"},
    "ExternalIdentity": {INTERNAL: "id issuer subject linkedAt"},
    "GrantedRole": {
        INTERNAL: "id role holder account organization validFrom validUntil purpose grantedAt grantedBy revokedAt "
        "revokedBy isActive"
    },
    "GrantPlace": {OPEN: "id code name"},
    "EmergencyRequest": {
        INTERNAL: "id askedBy reason minutes askedAt status answeredBy answeredAt isApproved endsAt"
    },
    "RoleGrant": {OPEN: "role organization county validUntil"},
    "Session": {PERSONAL: "address program", INTERNAL: "id beganAt endsAt renewBy way isThisOne"},
    "RecordAccess": {PERSONAL: "at by purpose fields"},
    "AuditEntry": {INTERNAL: "sequence at actor action subject detail from hash"},
    "AuditSubject": {INTERNAL: "type id"},
    "Actor": {OPEN: "displayName"},
    "Refusal": {OPEN: "code message citation"},
}
_CLASS_OF: Mapping[tuple[str, str], Class] = {
    (type, field): kind
    for type, kinds in CLASSES.items()
    for kind, fields in kinds.items()
    for field in fields.split()
}

# Argument that narrows a list -> the value that it tells of. Whoever may not read that finds no row by it.
FINDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("account", "search"): ("Account", "displayName"),
    ("role_grant", "active_only"): ("GrantedRole", "isActive"),
    ("role_grant", "role"): ("GrantedRole", "role"),
    ("role_grant", "without_office"): ("GrantedRole", "isActive"),
    ("emergency_request", "open_only"): ("EmergencyRequest", "status"),
    ("vacancy", "open"): ("Vacancy", "endedOn"),
    ("delegate", "level"): ("Delegate", "level"),
    ("delegate", "status"): ("Delegate", "status"),
    ("delegate", "search"): ("Delegate", "member"),
    ("qualification_check", "outcome"): ("QualificationCheck", "outcome"),
    ("member", "search"): ("Member", "name"),
    ("member", "below_training_hours"): ("Member", "trainingYear"),
    ("member", "without_reason"): ("Member", "trainingYear"),
    ("member", "kind"): ("Member", "attachments"),
    ("member_request", "open_only"): ("MemberRequest", "outcome"),
    ("member_request", "overdue_only"): ("MemberRequest", "overdue"),
    ("member_request", "kind"): ("MemberRequest", "kind"),
    ("course_session", "since"): ("CourseSession", "startedOn"),
    ("course", "search"): ("Course", "title"),
    ("meeting", "kind"): ("Meeting", "kind"),
    ("floating_member", "overdue_only"): ("FloatingMember", "overdue"),
    ("floating_member", "out_of_contact"): ("FloatingMember", "leftOn"),
    ("handover", "open_only"): ("Handover", "status"),
    ("handover", "overdue_only"): ("Handover", "overdue"),
    ("exemption", "open_only"): ("Exemption", "endedOn"),
    ("theme_day_problem", "open_only"): ("ThemeDayProblem", "resolvedOn"),
    ("theme_day_problem", "overdue_only"): ("ThemeDayProblem", "overdue"),
    ("theme_day", "organization"): ("ThemeDay", "organization"),
    ("theme_day", "month"): ("ThemeDay", "heldOn"),
    ("theme_day", "status"): ("ThemeDay", "status"),
    ("organization", "kind"): ("Organization", "kind"),
    ("organization", "search"): ("Organization", "name"),
    ("reserve", "for_secretary"): ("Reserve", "isForSecretary"),
}
