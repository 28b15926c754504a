"""Who may see which rows and do which acts: the only place that decides it.

A viewer holds grants; a grant is a role with a county and, for a town or a secretary, a subtree of its
organizations. `ROWS` says which rows of a table follow from one grant of a role; `ACTS` which roles may act.
An act reaches exactly the rows that its roles see. What a viewer may not see looks like what does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from models.choices import Role
from resolvers.compiler.request import Request

COUNTY = "{row}.county_id = {viewer:county:#}"
SUBTREE_OF = (
    "IN (SELECT o.id FROM organization o WHERE o.path >= {viewer:path:#} AND o.path < {viewer:path_end:#})"
)
IN_SUBTREE = f"{{row}}.organization_id {SUBTREE_OF}"
OF_MEMBERS_IN_SUBTREE = (
    f"EXISTS (SELECT FROM member m WHERE m.id = {{row}}.member_id AND m.organization_id {SUBTREE_OF})"
)
MY_BRANCHES = (
    "IN (SELECT m.organization_id FROM member m WHERE m.id = {viewer:member} "
    "UNION ALL SELECT a.organization_id FROM attachment a "
    "WHERE a.member_id = {viewer:member} AND a.ended_on IS NULL)"
)
ATTACHED_IN_SUBTREE = (
    f"IN (SELECT a.member_id FROM attachment a WHERE a.ended_on IS NULL AND a.organization_id {SUBTREE_OF})"
)
FLOATING_IN_SUBTREE = f"({{row}}.home_branch_id {SUBTREE_OF} OR {{row}}.member_id {ATTACHED_IN_SUBTREE})"
OF_FLOATING_IN_SUBTREE = (
    "EXISTS (SELECT FROM floating_member f WHERE f.id = {row}.floating_member_id AND "
    f"{FLOATING_IN_SUBTREE.replace('{row}', 'f')})"
)
OF_THEME_DAYS_IN_SUBTREE = (
    f"EXISTS (SELECT FROM theme_day d WHERE d.id = {{row}}.theme_day_id AND d.organization_id {SUBTREE_OF})"
)
ASKED = (
    "EXISTS (SELECT FROM clearance c WHERE c.delegate_id = {row}.id "
    "AND c.county_id = {viewer:county:#} AND c.agency = '%s')"
)
DISCIPLINE, SECURITY = Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY

OF_ORGANIZATION = {
    **dict.fromkeys((Role.OFFICE, Role.AUDITOR, Role.PARTNER_APP), COUNTY),
    **dict.fromkeys((Role.TOWN, Role.SECRETARY), IN_SUBTREE),
    Role.MEMBER: f"{{row}}.organization_id {MY_BRANCHES}",
}
OF_MEMBER = {Role.OFFICE: COUNTY, **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_MEMBERS_IN_SUBTREE)}
OF_FLOATING_MEMBER = {
    Role.OFFICE: COUNTY,
    **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_FLOATING_IN_SUBTREE),
}
OF_THEME_DAY = {
    **dict.fromkeys((Role.OFFICE, Role.AUDITOR), COUNTY),
    **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_THEME_DAYS_IN_SUBTREE),
}

# Table -> role -> the rows that one grant of the role makes visible. A role that is not named sees none.
ROWS: Mapping[str, Mapping[Role, str]] = {
    "county": dict.fromkeys(set(Role) - {Role.ADMIN}, "{row}.id = {viewer:county:#}"),
    "organization": {
        **dict.fromkeys((Role.OFFICE, Role.AUDITOR, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys(
            (Role.TOWN, Role.SECRETARY),
            "{row}.path >= {viewer:path:#} AND {row}.path < {viewer:path_end:#}",
        ),
        Role.MEMBER: f"{{row}}.id {MY_BRANCHES}",
    },
    "member": {
        **dict.fromkeys((Role.OFFICE, Role.PARTNER_APP), COUNTY),
        # Their own, and those who are their guests.
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), f"({IN_SUBTREE} OR {{row}}.id {ATTACHED_IN_SUBTREE})"),
        # A member sees, beside himself, who leads his branch.
        Role.MEMBER: (
            "{row}.id IN (SELECT t.member_id FROM office_term t "
            f"WHERE t.ended_on IS NULL AND t.organization_id {MY_BRANCHES})"
        ),
    },
    "office_term": OF_ORGANIZATION,
    "organization_event": OF_ORGANIZATION,
    "meeting": {
        **dict.fromkeys((Role.OFFICE, Role.AUDITOR), COUNTY),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), IN_SUBTREE),
        Role.MEMBER: f"{{row}}.organization_id {MY_BRANCHES}",
    },
    "reserve": {Role.OFFICE: COUNTY, **dict.fromkeys((Role.TOWN, Role.SECRETARY), IN_SUBTREE)},
    "attachment": {
        Role.OFFICE: COUNTY,
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), f"({IN_SUBTREE} OR {OF_MEMBERS_IN_SUBTREE})"),
    },
    "handover": {
        Role.OFFICE: COUNTY,
        **dict.fromkeys(
            (Role.TOWN, Role.SECRETARY), f"({{row}}.home_id {SUBTREE_OF} OR {{row}}.host_id {SUBTREE_OF})"
        ),
    },
    "appraisal": OF_MEMBER,
    "exemption": OF_MEMBER,
    "shortfall_reason": OF_MEMBER,
    "floating_member": {
        **dict.fromkeys((Role.OFFICE, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), FLOATING_IN_SUBTREE),
    },
    "homecoming": OF_FLOATING_MEMBER,
    "floating_activity": OF_FLOATING_MEMBER,
    "floating_decision": OF_FLOATING_MEMBER,
    "theme_day": {
        **dict.fromkeys((Role.OFFICE, Role.AUDITOR, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), IN_SUBTREE),
        Role.MEMBER: f"{{row}}.organization_id {MY_BRANCHES}",
    },
    "theme_day_evaluation": OF_THEME_DAY,
    "theme_day_problem": OF_THEME_DAY,
    "attendance": {
        Role.OFFICE: (
            "EXISTS (SELECT FROM member m WHERE m.id = {row}.member_id AND m.county_id = {viewer:county:#})"
        ),
        # Of their own members wherever they were, and of guests who came to their theme days.
        **dict.fromkeys(
            (Role.TOWN, Role.SECRETARY), f"({OF_MEMBERS_IN_SUBTREE} OR {OF_THEME_DAYS_IN_SUBTREE})"
        ),
    },
    **dict.fromkeys(
        ("course", "course_session"),
        dict.fromkeys((Role.OFFICE, Role.TOWN, Role.SECRETARY, Role.MEMBER), COUNTY),
    ),
    "training_record": OF_MEMBER,
    "delegate": {
        **dict.fromkeys((Role.OFFICE, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_MEMBERS_IN_SUBTREE),
        DISCIPLINE: ASKED % DISCIPLINE,
        SECURITY: ASKED % SECURITY,
    },
    "delegate_status_change": {Role.OFFICE: COUNTY},
    "vacancy": {Role.OFFICE: COUNTY},
    "clearance": {
        Role.OFFICE: COUNTY,
        DISCIPLINE: f"{COUNTY} AND {{row}}.agency = '{DISCIPLINE}'",
        SECURITY: f"{COUNTY} AND {{row}}.agency = '{SECURITY}'",
    },
    "qualification_review": {Role.OFFICE: COUNTY},
    "qualification_check": {
        Role.OFFICE: (
            "EXISTS (SELECT FROM qualification_review r "
            "WHERE r.id = {row}.review_id AND r.county_id = {viewer:county:#})"
        )
    },
    "qualification_decision": {
        Role.OFFICE: (
            "EXISTS (SELECT FROM qualification_check q JOIN qualification_review r ON r.id = q.review_id "
            "WHERE q.id = {row}.qualification_check_id AND r.county_id = {viewer:county:#})"
        )
    },
    "import_job": {Role.OFFICE: COUNTY},
    "import_problem": {
        Role.OFFICE: (
            "EXISTS (SELECT FROM import_job j WHERE j.id = {row}.job_id AND j.county_id = {viewer:county:#})"
        )
    },
    "rule_pack_activation": dict.fromkeys((Role.OFFICE, Role.AUDITOR), COUNTY),
    "audit_entry": {Role.AUDITOR: COUNTY},
    "account": {
        Role.SECURITY_ADMIN: (
            "EXISTS (SELECT FROM role_grant g WHERE g.account_id = {row}.id "
            "AND g.county_id = {viewer:county:#})"
        )
    },
    **dict.fromkeys(
        ("role_grant", "emergency_request"), dict.fromkeys((Role.SECURITY_ADMIN, Role.AUDITOR), COUNTY)
    ),
    "member_request": OF_MEMBER,
}

# Table -> the rows that are the viewer's own, whatever his roles.
OWN: Mapping[str, str] = {
    "account": "{row}.id = {viewer:account}",
    "session": "{row}.account_id = {viewer:account}",
    # A contact person (联系人) works with those away whom he looks after.
    "member": (
        "{row}.id = {viewer:member} OR {row}.id IN (SELECT f.member_id FROM floating_member f "
        "WHERE f.contact_person_id = {viewer:member} AND f.returned_on IS NULL)"
    ),
    "floating_member": "{row}.member_id = {viewer:member} OR {row}.contact_person_id = {viewer:member}",
    **dict.fromkeys(
        ("homecoming", "floating_activity", "floating_decision"),
        "EXISTS (SELECT FROM floating_member f WHERE f.id = {row}.floating_member_id "
        "AND (f.member_id = {viewer:member} OR f.contact_person_id = {viewer:member}))",
    ),
    "delegate_status_change": (
        "EXISTS (SELECT FROM delegate d WHERE d.id = {row}.delegate_id AND d.member_id = {viewer:member})"
    ),
    **dict.fromkeys(
        ("theme_day_evaluation", "role_grant", "emergency_request"), "{row}.account_id = {viewer:account}"
    ),
    **dict.fromkeys(
        (
            *("appraisal", "attachment", "attendance", "delegate", "exemption", "handover", "office_term"),
            *("member_request", "record_access", "shortfall_reason", "training_record"),
        ),
        "{row}.member_id = {viewer:member}",
    ),
}


class Act(StrEnum):
    RECORD_ORGANIZATION_EVENT = "RECORD_ORGANIZATION_EVENT"
    SEAT_OFFICER = "SEAT_OFFICER"
    KEEP_RESERVES = "KEEP_RESERVES"
    RECORD_MEETING = "RECORD_MEETING"
    APPRAISE = "APPRAISE"
    EXEMPT = "EXEMPT"
    ATTACH = "ATTACH"
    HAND_OVER = "HAND_OVER"
    SCHEDULE_THEME_DAY = "SCHEDULE_THEME_DAY"
    RECORD_THEME_DAY = "RECORD_THEME_DAY"
    EVALUATE_THEME_DAY = "EVALUATE_THEME_DAY"
    EVALUATE_AS_BRANCH = "EVALUATE_AS_BRANCH"
    EVALUATE_AS_SUPERIOR = "EVALUATE_AS_SUPERIOR"
    WITHDRAW_CHECK_IN = "WITHDRAW_CHECK_IN"
    CHECK_IN = "CHECK_IN"
    CHECK_IN_FOR_ANOTHER = "CHECK_IN_FOR_ANOTHER"
    REGISTER_FLOATING_MEMBER = "REGISTER_FLOATING_MEMBER"
    UPDATE_FLOATING_MEMBER = "UPDATE_FLOATING_MEMBER"
    DECIDE_FLOATING_MEMBER = "DECIDE_FLOATING_MEMBER"
    RECORD_TRAINING = "RECORD_TRAINING"
    STATE_SHORTFALL = "STATE_SHORTFALL"
    OPEN_REVIEW = "OPEN_REVIEW"
    DECIDE_QUALIFICATION = "DECIDE_QUALIFICATION"
    KEEP_DELEGATES = "KEEP_DELEGATES"
    SUBMIT_CLEARANCE = "SUBMIT_CLEARANCE"
    IMPORT = "IMPORT"
    TRY_RULE_PACK = "TRY_RULE_PACK"
    ACTIVATE_RULE_PACK = "ACTIVATE_RULE_PACK"
    REVEAL = "REVEAL"
    MAKE_REQUEST = "MAKE_REQUEST"
    ANSWER_REQUEST = "ANSWER_REQUEST"
    KEEP_ACCOUNTS = "KEEP_ACCOUNTS"
    ASK_FOR_EMERGENCY = "ASK_FOR_EMERGENCY"
    ANSWER_EMERGENCY = "ANSWER_EMERGENCY"


COMMITTEES = frozenset({Role.OFFICE, Role.TOWN})  # they approve what a branch applies for
LEADERS = COMMITTEES | {Role.SECRETARY}

ACTS: Mapping[Act, frozenset[Role]] = {
    **dict.fromkeys(
        (Act.RECORD_ORGANIZATION_EVENT, Act.SEAT_OFFICER, Act.DECIDE_FLOATING_MEMBER), COMMITTEES
    ),
    **dict.fromkeys(
        (
            *(Act.KEEP_RESERVES, Act.RECORD_MEETING, Act.APPRAISE, Act.EXEMPT, Act.ATTACH, Act.HAND_OVER),
            *(Act.RECORD_THEME_DAY, Act.WITHDRAW_CHECK_IN, Act.REGISTER_FLOATING_MEMBER),
        ),
        LEADERS,
    ),
    **dict.fromkeys((Act.EVALUATE_THEME_DAY, Act.STATE_SHORTFALL), LEADERS | {Role.MEMBER}),
    Act.EVALUATE_AS_BRANCH: frozenset({Role.OFFICE, Role.SECRETARY}),
    Act.EVALUATE_AS_SUPERIOR: COMMITTEES,
    Act.SCHEDULE_THEME_DAY: LEADERS,
    Act.CHECK_IN: LEADERS | {Role.MEMBER},
    Act.CHECK_IN_FOR_ANOTHER: frozenset({Role.SECRETARY}),
    Act.UPDATE_FLOATING_MEMBER: LEADERS | {Role.MEMBER},
    Act.RECORD_TRAINING: LEADERS,
    Act.OPEN_REVIEW: frozenset({Role.OFFICE}),
    Act.DECIDE_QUALIFICATION: frozenset({Role.OFFICE}),
    Act.SUBMIT_CLEARANCE: frozenset({DISCIPLINE, SECURITY}),
    Act.IMPORT: frozenset({Role.OFFICE}),
    Act.REVEAL: LEADERS | {Role.EMERGENCY},
    Act.MAKE_REQUEST: frozenset({Role.MEMBER}),  # about his own record
    Act.ANSWER_REQUEST: COMMITTEES,
    Act.KEEP_ACCOUNTS: frozenset({Role.SECURITY_ADMIN}),
    Act.ASK_FOR_EMERGENCY: frozenset({Role.ADMIN, Role.AUDITOR, Role.TOWN, Role.SECRETARY}),
    Act.ANSWER_EMERGENCY: frozenset({Role.SECURITY_ADMIN, Role.OFFICE}),
    **dict.fromkeys(
        (Act.KEEP_DELEGATES, Act.TRY_RULE_PACK, Act.ACTIVATE_RULE_PACK), frozenset({Role.OFFICE})
    ),
}

# Kind of value -> roles that read it of the rows they see; the owner always reads his own.
READS: Mapping[str, frozenset[Role]] = {
    "personal": LEADERS,  # birth date, education, address's district, whereabouts
    "counts": LEADERS | {Role.AUDITOR, Role.PARTNER_APP},  # how many there are among the rows they see
    "figures": frozenset({Role.OFFICE, Role.AUDITOR}),  # a county's figures as a whole
    "identity": frozenset({DISCIPLINE, SECURITY}),  # identity numbers of those they are asked about
}

# Values that only their owner reads as they are; everybody else reads the masked form, made in the SQL.
# Little is left of an identity number: place, birthday and sex are known of a neighbour, and complete the rest.
MASKED_ID_NUMBER = "left(%s, 3) || repeat('*', 13) || right(%s, 2)"
MASKED_PHONE = "left(%s, 3) || '****' || right(%s, 4)"


def personal(column: str, *readers: str) -> str:
    """SQL of a personal value: for the roles that work with it and the members that `readers` name (the member
    himself where it names none), else null."""
    named = " OR ".join(f"{reader} = {{viewer:member}}" for reader in readers or ("{row}.id",))
    return f"CASE WHEN {{reads:personal}} OR {named} THEN {{row}}.{column} END"


def own_or_masked(column: str, mask: str, member: str = "{row}.id") -> str:
    """SQL of a personal value: as it is for the member himself, masked for everybody else."""
    masked = mask.replace("%s", f"{{row}}.{column}")
    return f"CASE WHEN {member} = {{viewer:member}} THEN {{row}}.{column} ELSE {masked} END"


@dataclass(frozen=True)
class Grant:
    """A role that a viewer holds; `path` is the organization's, for roles that reach a subtree."""

    role: Role
    county_id: UUID | None = None
    county_code: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class AccountViewer:
    """The signed-in account, as its token says it; nobody when `account_id` is None."""

    account_id: UUID | None = None
    display_name: str = ""
    member_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    session_id: UUID | None = None

    @cached_property
    def shape(self) -> tuple[Any, ...]:
        return (
            self.account_id is not None,
            self.member_id is not None,
            *(grant.role for grant in self.grants),
        )

    def value(self, name: str) -> Any:
        kind, _, position = name.partition(":")
        if kind == "account":
            return self.account_id
        if kind == "member":
            return self.member_id
        if kind == "session":
            return self.session_id
        grant = self.grants[int(position)]
        if kind == "county":
            return grant.county_id
        path = grant.path or ""
        return path if kind == "path" else path[:-1] + "0"

    def reads(self, kind: str) -> bool:
        return any(grant.role in READS[kind] for grant in self.grants)

    def visible(self, table: str) -> str:
        return self._rows(table, frozenset(Role))

    def reach(self, table: str, act: Act) -> str:
        """The rows of `table` on which the viewer may do `act`: a condition on {row}. His own rows are among
        them only where members may do the act: nobody records training for himself."""
        return self._rows(table, ACTS[act])

    def may(self, act: Act, county_code: str | None = None) -> Grant | None:
        """The grant under which the viewer may do `act` (in that county), or None."""
        for grant in self.grants:
            if grant.role in ACTS[act] and county_code in (None, grant.county_code):
                return grant
        return None

    @property
    def county_code(self) -> str | None:
        return next((grant.county_code for grant in self.grants if grant.county_code), None)

    def _rows(self, table: str, roles: frozenset[Role]) -> str:
        granted = ROWS.get(table, {})
        conditions = [
            f"({granted[grant.role].replace('#', str(position))})"
            for position, grant in enumerate(self.grants)
            if grant.role in granted and grant.role in roles
        ]
        if self.account_id is not None and table in OWN and Role.MEMBER in roles:
            conditions.append(f"({OWN[table]})")
        return " OR ".join(conditions) or "FALSE"


NOBODY = AccountViewer()


def who_asks(request: Request) -> AccountViewer:
    """The request's viewer, as this module made it."""
    assert isinstance(request.viewer, AccountViewer)
    return request.viewer
