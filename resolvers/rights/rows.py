"""Who sees which rows: table -> role -> the relations that make a row visible, and what each relation is in SQL.

The first table is what a person reads; `decide` (access.py) and the SQL are both made from it. A role that is not
named sees no row of the table. `ANYBODY` stands for whoever is signed in, whatever his roles.
"""

from collections.abc import Mapping

from models.choices import Role
from resolvers.rights.relations import Relation

ANYBODY = None
Way = tuple[Relation, ...]

COUNTY: Way = (Relation.IN_COUNTY,)
SUBTREE: Way = (Relation.IN_SUBTREE,)
MY_BRANCH: Way = (Relation.OF_MY_BRANCH,)
OWN: Way = (Relation.OWN,)
OWN_AND_LOOKED_AFTER: Way = (Relation.OWN, Relation.LOOKED_AFTER)

OFFICE, TOWN, SECRETARY, MEMBER = Role.OFFICE, Role.TOWN, Role.SECRETARY, Role.MEMBER
AUDITOR, APP, EMERGENCY = Role.AUDITOR, Role.PARTNER_APP, Role.EMERGENCY
DISCIPLINE, SECURITY, SECURITY_ADMIN = (
    Role.DISCIPLINE_INSPECTION,
    Role.PUBLIC_SECURITY,
    Role.SECURITY_ADMIN,
)

WHOLE_COUNTY: dict[Role | None, Way] = {OFFICE: COUNTY, EMERGENCY: COUNTY}
BRANCH_LIFE: dict[Role | None, Way] = {
    **WHOLE_COUNTY,
    AUDITOR: COUNTY,
    TOWN: SUBTREE,
    SECRETARY: SUBTREE,
    MEMBER: MY_BRANCH,
}
OF_A_MEMBER: dict[Role | None, Way] = {**WHOLE_COUNTY, TOWN: SUBTREE, SECRETARY: SUBTREE, ANYBODY: OWN}
OF_SOMEBODY_AWAY: dict[Role | None, Way] = {
    **WHOLE_COUNTY,
    TOWN: (Relation.IN_SUBTREE, Relation.GUEST),
    SECRETARY: (Relation.IN_SUBTREE, Relation.GUEST),
    ANYBODY: OWN_AND_LOOKED_AFTER,
}
OF_A_THEME_DAY: dict[Role | None, Way] = {**WHOLE_COUNTY, AUDITOR: COUNTY, TOWN: SUBTREE, SECRETARY: SUBTREE}
COURSES: dict[Role | None, Way] = {**WHOLE_COUNTY, TOWN: COUNTY, SECRETARY: COUNTY, MEMBER: COUNTY}
ADMINISTRATION: dict[Role | None, Way] = {SECURITY_ADMIN: COUNTY, AUDITOR: COUNTY, ANYBODY: OWN}

ROWS: Mapping[str, Mapping[Role | None, Way]] = {
    "county": dict.fromkeys(set(Role) - {Role.ADMIN}, COUNTY),
    "organization": {**BRANCH_LIFE, APP: COUNTY},
    "office_term": {**BRANCH_LIFE, APP: COUNTY, ANYBODY: OWN},
    "organization_event": {**BRANCH_LIFE, APP: COUNTY},
    "meeting": BRANCH_LIFE,
    "reserve": {**WHOLE_COUNTY, TOWN: SUBTREE, SECRETARY: SUBTREE},
    "theme_day": {**BRANCH_LIFE, APP: COUNTY},
    "theme_day_evaluation": {**OF_A_THEME_DAY, ANYBODY: OWN},
    "theme_day_problem": OF_A_THEME_DAY,
    "attendance": {
        **WHOLE_COUNTY,
        # Of their own members wherever they were, and of guests who came to their theme days.
        TOWN: (Relation.IN_SUBTREE, Relation.HELD_HERE),
        SECRETARY: (Relation.IN_SUBTREE, Relation.HELD_HERE),
        ANYBODY: OWN,
    },
    "member": {
        **WHOLE_COUNTY,
        APP: COUNTY,
        TOWN: (Relation.IN_SUBTREE, Relation.GUEST),
        SECRETARY: (Relation.IN_SUBTREE, Relation.GUEST),
        MEMBER: (Relation.LEADS_MY_BRANCH,),
        ANYBODY: OWN_AND_LOOKED_AFTER,
    },
    "appraisal": OF_A_MEMBER,
    "exemption": OF_A_MEMBER,
    "shortfall_reason": OF_A_MEMBER,
    "training_record": OF_A_MEMBER,
    "member_request": OF_A_MEMBER,
    "attachment": OF_A_MEMBER,
    "handover": {
        **WHOLE_COUNTY,
        TOWN: (Relation.OTHER_SIDE,),
        SECRETARY: (Relation.OTHER_SIDE,),
        ANYBODY: OWN,
    },
    "record_access": {ANYBODY: OWN},
    "floating_member": {**OF_SOMEBODY_AWAY, APP: COUNTY},
    "homecoming": OF_SOMEBODY_AWAY,
    "floating_activity": OF_SOMEBODY_AWAY,
    "floating_decision": OF_SOMEBODY_AWAY,
    "course": COURSES,
    "course_session": COURSES,
    "delegate": {
        **OF_A_MEMBER,
        APP: COUNTY,
        DISCIPLINE: (Relation.ASKED,),
        SECURITY: (Relation.ASKED,),
    },
    "delegate_status_change": {**WHOLE_COUNTY, ANYBODY: OWN},
    "vacancy": WHOLE_COUNTY,
    "clearance": {**WHOLE_COUNTY, DISCIPLINE: (Relation.ASKED,), SECURITY: (Relation.ASKED,)},
    "qualification_review": WHOLE_COUNTY,
    "qualification_check": {**WHOLE_COUNTY, ANYBODY: OWN},
    "qualification_decision": {**WHOLE_COUNTY, ANYBODY: OWN},
    "import_job": {OFFICE: COUNTY},
    "import_problem": {OFFICE: COUNTY},
    "rule_pack_activation": {**WHOLE_COUNTY, AUDITOR: COUNTY},
    "audit_entry": {AUDITOR: COUNTY},
    "account": {SECURITY_ADMIN: COUNTY, ANYBODY: OWN},
    "session": {ANYBODY: OWN},
    "role_grant": ADMINISTRATION,
    "emergency_request": {**ADMINISTRATION, OFFICE: COUNTY},
}

# --- The same in SQL. {row} is the row, # the position of the grant, @ its role. -----------------------------------

BY_COUNTY = "{row}.county_id = {viewer:county:#}"
SUBTREE_OF = (
    "IN (SELECT o.id FROM organization o WHERE o.path >= {viewer:path:#} AND o.path < {viewer:path_end:#})"
)
MY_BRANCHES = (
    "IN (SELECT m.organization_id FROM member m WHERE m.id = {viewer:member} "
    "UNION ALL SELECT a.organization_id FROM attachment a "
    "WHERE a.member_id = {viewer:member} AND a.ended_on IS NULL)"
)
ATTACHED_HERE = (
    f"IN (SELECT a.member_id FROM attachment a WHERE a.ended_on IS NULL AND a.organization_id {SUBTREE_OF})"
)
IN_SUBTREE = f"{{row}}.organization_id {SUBTREE_OF}"
OF_MEMBERS_IN_SUBTREE = (
    f"EXISTS (SELECT FROM member m WHERE m.id = {{row}}.member_id AND m.organization_id {SUBTREE_OF})"
)
OF_THEME_DAYS_IN_SUBTREE = (
    f"EXISTS (SELECT FROM theme_day d WHERE d.id = {{row}}.theme_day_id AND d.organization_id {SUBTREE_OF})"
)
MINE = "{row}.member_id = {viewer:member}"
MY_ACCOUNT = "{row}.account_id = {viewer:account}"
MY_DELEGATE = (
    "EXISTS (SELECT FROM delegate d WHERE d.id = {row}.delegate_id AND d.member_id = {viewer:member})"
)

Sql = Mapping[Relation, str]


def _of_floating(condition: str) -> str:
    return f"EXISTS (SELECT FROM floating_member f WHERE f.id = {{row}}.floating_member_id AND f.{condition})"


_ORGANIZATION: Sql = {
    Relation.IN_COUNTY: BY_COUNTY,
    Relation.IN_SUBTREE: IN_SUBTREE,
    Relation.OF_MY_BRANCH: f"{{row}}.organization_id {MY_BRANCHES}",
    Relation.OWN: MINE,
}
_MEMBER: Sql = {
    Relation.IN_COUNTY: BY_COUNTY,
    Relation.IN_SUBTREE: OF_MEMBERS_IN_SUBTREE,
    Relation.OWN: MINE,
}
_FLOATING: Sql = {
    Relation.IN_COUNTY: BY_COUNTY,
    Relation.IN_SUBTREE: _of_floating(f"home_branch_id {SUBTREE_OF}"),
    Relation.GUEST: _of_floating(f"member_id {ATTACHED_HERE}"),
    Relation.OWN: _of_floating("member_id = {viewer:member}"),
    Relation.LOOKED_AFTER: _of_floating("contact_person_id = {viewer:member}"),
}
_THEME_DAY: Sql = {
    Relation.IN_COUNTY: BY_COUNTY,
    Relation.IN_SUBTREE: OF_THEME_DAYS_IN_SUBTREE,
    Relation.OWN: MY_ACCOUNT,
}
_COUNTY: Sql = {Relation.IN_COUNTY: BY_COUNTY, Relation.OWN: MY_ACCOUNT}

SQL: Mapping[str, Sql] = {
    "county": {Relation.IN_COUNTY: "{row}.id = {viewer:county:#}"},
    "organization": {
        Relation.IN_COUNTY: BY_COUNTY,
        Relation.IN_SUBTREE: "{row}.path >= {viewer:path:#} AND {row}.path < {viewer:path_end:#}",
        Relation.OF_MY_BRANCH: f"{{row}}.id {MY_BRANCHES}",
    },
    **dict.fromkeys(("office_term", "organization_event", "meeting", "reserve", "theme_day"), _ORGANIZATION),
    **dict.fromkeys(
        (
            *("appraisal", "exemption", "shortfall_reason", "training_record", "member_request"),
            "record_access",
        ),
        _MEMBER,
    ),
    **dict.fromkeys(("homecoming", "floating_activity", "floating_decision"), _FLOATING),
    **dict.fromkeys(("theme_day_evaluation", "theme_day_problem"), _THEME_DAY),
    **dict.fromkeys(
        (
            *("course", "course_session", "vacancy", "qualification_review", "import_job"),
            *("rule_pack_activation", "audit_entry", "session", "role_grant", "emergency_request"),
        ),
        _COUNTY,
    ),
    "member": {
        Relation.IN_COUNTY: BY_COUNTY,
        Relation.IN_SUBTREE: IN_SUBTREE,
        Relation.GUEST: f"{{row}}.id {ATTACHED_HERE}",
        Relation.LEADS_MY_BRANCH: (
            "{row}.id IN (SELECT t.member_id FROM office_term t "
            f"WHERE t.ended_on IS NULL AND t.organization_id {MY_BRANCHES})"
        ),
        Relation.OWN: "{row}.id = {viewer:member}",
        Relation.LOOKED_AFTER: (
            "{row}.id IN (SELECT f.member_id FROM floating_member f "
            "WHERE f.contact_person_id = {viewer:member} AND f.returned_on IS NULL)"
        ),
    },
    "attachment": {**_MEMBER, Relation.IN_SUBTREE: f"({IN_SUBTREE} OR {OF_MEMBERS_IN_SUBTREE})"},
    "handover": {
        Relation.IN_COUNTY: BY_COUNTY,
        Relation.OTHER_SIDE: f"({{row}}.home_id {SUBTREE_OF} OR {{row}}.host_id {SUBTREE_OF})",
        Relation.OWN: MINE,
    },
    "floating_member": {
        Relation.IN_COUNTY: BY_COUNTY,
        Relation.IN_SUBTREE: f"{{row}}.home_branch_id {SUBTREE_OF}",
        Relation.GUEST: f"{{row}}.member_id {ATTACHED_HERE}",
        Relation.OWN: MINE,
        Relation.LOOKED_AFTER: "{row}.contact_person_id = {viewer:member}",
    },
    "attendance": {
        Relation.IN_COUNTY: (
            "EXISTS (SELECT FROM member m WHERE m.id = {row}.member_id AND m.county_id = {viewer:county:#})"
        ),
        Relation.IN_SUBTREE: OF_MEMBERS_IN_SUBTREE,
        Relation.HELD_HERE: OF_THEME_DAYS_IN_SUBTREE,
        Relation.OWN: MINE,
    },
    "delegate": {
        **_MEMBER,
        Relation.ASKED: (
            "EXISTS (SELECT FROM clearance c WHERE c.delegate_id = {row}.id "
            "AND c.county_id = {viewer:county:#} AND c.agency = '@')"
        ),
    },
    "delegate_status_change": {Relation.IN_COUNTY: BY_COUNTY, Relation.OWN: MY_DELEGATE},
    "clearance": {
        Relation.IN_COUNTY: BY_COUNTY,
        Relation.ASKED: "{row}.county_id = {viewer:county:#} AND {row}.agency = '@'",
    },
    "qualification_check": {
        Relation.IN_COUNTY: (
            "EXISTS (SELECT FROM qualification_review r "
            "WHERE r.id = {row}.review_id AND r.county_id = {viewer:county:#})"
        ),
        # His own when it was decided, or when both agencies have answered without objection: whether they look into
        # somebody is not told by the list of his checks.
        Relation.OWN: (
            f"{MY_DELEGATE} AND (EXISTS (SELECT FROM qualification_decision x "
            "WHERE x.qualification_check_id = {row}.id AND x.withdrawn_on IS NULL) "
            "OR NOT EXISTS (SELECT FROM clearance c JOIN qualification_review r ON r.id = {row}.review_id "
            "WHERE c.delegate_id = {row}.delegate_id AND c.quarter = r.quarter "
            "AND c.opinion IS DISTINCT FROM 'NO_OBJECTION'))"
        ),
    },
    "qualification_decision": {
        Relation.IN_COUNTY: (
            "EXISTS (SELECT FROM qualification_check q JOIN qualification_review r ON r.id = q.review_id "
            "WHERE q.id = {row}.qualification_check_id AND r.county_id = {viewer:county:#})"
        ),
        Relation.OWN: (
            "EXISTS (SELECT FROM qualification_check q JOIN delegate d ON d.id = q.delegate_id "
            "WHERE q.id = {row}.qualification_check_id AND d.member_id = {viewer:member})"
        ),
    },
    "import_problem": {
        Relation.IN_COUNTY: (
            "EXISTS (SELECT FROM import_job j WHERE j.id = {row}.job_id AND j.county_id = {viewer:county:#})"
        )
    },
    "account": {
        Relation.IN_COUNTY: BY_COUNTY,
        Relation.OWN: "{row}.id = {viewer:account}",
    },
}
