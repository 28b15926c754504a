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
    "UNION ALL SELECT f.host_branch_id FROM floating_member f "
    "WHERE f.member_id = {viewer:member} AND f.returned_on IS NULL)"
)
ASKED = (
    "EXISTS (SELECT FROM clearance c WHERE c.delegate_id = {row}.id "
    "AND c.county_id = {viewer:county:#} AND c.agency = '%s')"
)
DISCIPLINE, SECURITY = Role.DISCIPLINE_INSPECTION, Role.PUBLIC_SECURITY

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
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), IN_SUBTREE),
        # A member sees, beside himself, who leads his branch.
        Role.MEMBER: f"{{row}}.id IN (SELECT o.secretary_id FROM organization o WHERE o.id {MY_BRANCHES})",
    },
    "floating_member": {
        **dict.fromkeys((Role.OFFICE, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys(
            (Role.TOWN, Role.SECRETARY),
            f"({{row}}.home_branch_id {SUBTREE_OF} OR {{row}}.host_branch_id {SUBTREE_OF})",
        ),
    },
    "theme_day": {
        **dict.fromkeys((Role.OFFICE, Role.AUDITOR, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), IN_SUBTREE),
        Role.MEMBER: f"{{row}}.organization_id {MY_BRANCHES}",
    },
    "attendance": {
        Role.OFFICE: (
            "EXISTS (SELECT FROM member m WHERE m.id = {row}.member_id AND m.county_id = {viewer:county:#})"
        ),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_MEMBERS_IN_SUBTREE),
    },
    "course": dict.fromkeys((Role.OFFICE, Role.TOWN, Role.SECRETARY, Role.MEMBER), COUNTY),
    "training_record": {
        Role.OFFICE: COUNTY,
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_MEMBERS_IN_SUBTREE),
    },
    "delegate": {
        **dict.fromkeys((Role.OFFICE, Role.PARTNER_APP), COUNTY),
        **dict.fromkeys((Role.TOWN, Role.SECRETARY), OF_MEMBERS_IN_SUBTREE),
        DISCIPLINE: ASKED % DISCIPLINE,
        SECURITY: ASKED % SECURITY,
    },
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
    "audit_entry": {Role.AUDITOR: COUNTY},
}

# Table -> the rows that are the viewer's own, whatever his roles.
OWN: Mapping[str, str] = {
    "account": "{row}.id = {viewer:account}",
    "member": "{row}.id = {viewer:member}",
    **dict.fromkeys(
        ("floating_member", "attendance", "training_record", "delegate", "record_access"),
        "{row}.member_id = {viewer:member}",
    ),
}


class Act(StrEnum):
    SCHEDULE_THEME_DAY = "SCHEDULE_THEME_DAY"
    CHECK_IN = "CHECK_IN"
    CHECK_IN_FOR_ANOTHER = "CHECK_IN_FOR_ANOTHER"
    UPDATE_FLOATING_MEMBER = "UPDATE_FLOATING_MEMBER"
    RECORD_TRAINING = "RECORD_TRAINING"
    OPEN_REVIEW = "OPEN_REVIEW"
    DECIDE_QUALIFICATION = "DECIDE_QUALIFICATION"
    SUBMIT_CLEARANCE = "SUBMIT_CLEARANCE"
    IMPORT = "IMPORT"
    TRY_RULE_PACK = "TRY_RULE_PACK"


LEADERS = frozenset({Role.OFFICE, Role.TOWN, Role.SECRETARY})

ACTS: Mapping[Act, frozenset[Role]] = {
    Act.SCHEDULE_THEME_DAY: LEADERS,
    Act.CHECK_IN: LEADERS | {Role.MEMBER},
    Act.CHECK_IN_FOR_ANOTHER: frozenset({Role.SECRETARY}),
    Act.UPDATE_FLOATING_MEMBER: LEADERS | {Role.MEMBER},
    Act.RECORD_TRAINING: LEADERS,
    Act.OPEN_REVIEW: frozenset({Role.OFFICE}),
    Act.DECIDE_QUALIFICATION: frozenset({Role.OFFICE}),
    Act.SUBMIT_CLEARANCE: frozenset({DISCIPLINE, SECURITY}),
    Act.IMPORT: frozenset({Role.OFFICE}),
    Act.TRY_RULE_PACK: frozenset({Role.OFFICE}),
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


def personal(column: str, member: str = "{row}.id") -> str:
    """SQL of a personal value: for the member himself and for the roles that work with it, else null."""
    return f"CASE WHEN {{reads:personal}} OR {member} = {{viewer:member}} THEN {{row}}.{column} END"


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
