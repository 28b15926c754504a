"""What a member's own export leaves out, and why. Everything else that leads to him by foreign keys is in it."""

from collections.abc import Mapping

from resolvers.delegates.qualification import findings
from resolvers.rights.relations import Relation
from resolvers.rights.rows import SQL
from runtime.language import Sentence

ACTED = Sentence("您经办的事项, 记录的是他人或者组织的信息", "what you did as an official tells of others")
OTHERS = Sentence("他人的记录", "it is another person's record")
SECRET = Sentence(
    "登录凭据的密文或者摘要, 不是个人信息的内容", "a credential's hash or secret, not a value about you"
)
DERIVED = Sentence("由其他字段计算出来的检索用值", "made of other values, for searching")
AGENCY = Sentence(
    "有关机关依法履行职责的事项, 包括是否征求意见和何时答复, 由该机关告知 (个人信息保护法第十八条、第四十五条); "
    "其后果见资格核查的发现和决定",
    "whether and what an agency was asked and answered is for the agency to tell (PIPL 18, 45); what came of it stands "
    "in the check and the decision",
)
VOTERS = Sentence("他人的表决意见", "the opinions of others in a vote")
TRAIL = Sentence(
    "可能涉及他人; 每条记录的时间、人员和事项都在导出中", "may tell of others; time, person and act are here"
)

# Foreign keys to an account that lead to the account holder's own rows. One that stands neither here nor below
# is not followed, and a test asks where it belongs.
OF_HIS_ACCOUNT = frozenset(
    {
        "emergency_request.account_id",
        "external_identity.account_id",
        "role_grant.account_id",
        "session.account_id",
        "theme_day_evaluation.account_id",
        "audit_entry.actor_id",
    }
)

# Foreign keys that are not followed.
EXCEPTIONS: Mapping[str, Sentence] = {
    "floating_member.contact_person_id": OTHERS,
    "vacancy.successor_id": OTHERS,
    "record_access.account_id": ACTED,
    "clearance.delegate_id": AGENCY,
    **dict.fromkeys(
        (
            *("appraisal.recorded_by_id", "attachment.recorded_by_id", "attendance.recorded_by_id"),
            *(
                "clearance.submitted_by_id",
                "delegate_status_change.recorded_by_id",
                "exemption.recorded_by_id",
            ),
            *("emergency_request.answered_by_id", "floating_activity.recorded_by_id"),
            *("floating_decision.recorded_by_id", "handover.home_confirmed_by_id"),
            *("handover.host_confirmed_by_id", "handover.proposed_by_id", "handover.refused_by_id"),
            *("homecoming.recorded_by_id", "import_job.created_by_id", "meeting.recorded_by_id"),
            *("member_request.answered_by_id", "office_term.recorded_by_id"),
            *("organization_event.recorded_by_id", "qualification_decision.recorded_by_id"),
            *("qualification_review.opened_by_id", "reserve.recorded_by_id", "role_grant.granted_by_id"),
            *("role_grant.revoked_by_id", "rule_pack_activation.recorded_by_id"),
            *(
                "shortfall_reason.recorded_by_id",
                "theme_day_problem.recorded_by_id",
                "vacancy.recorded_by_id",
            ),
        ),
        ACTED,
    ),
}

# Tables that name somebody without a foreign key, and are not in it.
WITHOUT_A_KEY: Mapping[str, Sentence] = {
    "idempotent_request": Sentence(
        "刚才若干操作的答复的短期副本", "short-lived copies of answers to your writes"
    ),
    "sign_in_guard": Sentence("登录名的摘要和失败次数", "a hash of a name and a count of tries"),
}

# Columns of exported tables that are left out.
WITHHELD: Mapping[str, Sentence] = {
    **dict.fromkeys(
        (
            "account.password_hash",
            "account.one_time_secret",
            "account.one_time_step",
            "account.recovery_codes",
        ),
        SECRET,
    ),
    **dict.fromkeys(("member.name_sort", "member.name_initials", "member.search_keys"), DERIVED),
    **dict.fromkeys(("audit_entry.hash", "audit_entry.position"), DERIVED),
    **dict.fromkeys(("audit_entry.subject_id", "audit_entry.detail"), TRAIL),
    "qualification_decision.dissent": VOTERS,
}

# Exported tables of which not every row is given. It is said to everybody, whatever there is of his.
IN_PART: Mapping[str, Sentence] = {
    "qualification_check": Sentence(
        "核查作出决定后, 或者有关机关均答复无异议后提供; 此前不提供",
        "a check is given when it was decided, or when the agencies have answered without objection, and not before",
    ),
}

# Columns that are given in another form: SQL over {row}, with the placeholders of the compiler.
GIVEN_AS: Mapping[str, str] = {
    "qualification_check.facts": "{row}.facts - 'clearances'",  # with the agencies' own words
    # As they are shown to him, also when he holds a role that is shown more.
    "qualification_check.findings": (
        "(SELECT COALESCE(json_agg(told), '[]') FROM ("
        + findings.select.replace("{shows:in_confidence qualification_check}", "FALSE")
        + ") told)"
    ),
}

# Rows that are chosen in another way than by the foreign key alone: SQL over {row}, {me} and the ids {accounts}.
# Of the trail: his sign-ins, and whatever was done with his record or account.
# Of his checks and the decisions on them: what he sees of them anywhere (rights/rows.py).
CHOSEN: Mapping[str, str] = {
    **{
        table: SQL[table][Relation.OWN].replace("{viewer:member}", "{me}")
        for table in ("qualification_check", "qualification_decision")
    },
    "audit_entry": (
        "({row}.actor_id IN ({accounts}) AND {row}.subject_type = 'Account') "
        "OR ({row}.county_id = (SELECT h.county_id FROM member h WHERE h.id = {me}) "
        "AND (({row}.subject_type = 'Member' AND {row}.subject_id = {me}::text) "
        "OR ({row}.subject_type = 'Account' AND {row}.subject_id IN (SELECT x::text FROM ({accounts}) x(x)))))"
    ),
}

# What stands for a row of another table: his own rows by their id, others by a name. A table that is not named
# here leaves nothing but that there is one.
NAMES: Mapping[str, str] = {
    "account": "display_name",
    "county": "name",
    "course": "title",
    "course_session": "started_on",
    "organization": "name",
    "qualification_review": "quarter",
    "theme_day": "theme",
}

# The Chinese term of a table whose model does not say it.
TITLES: Mapping[str, str] = {
    "floating_activity": "六个一、八项制度落实",
    "qualification_check": "资格核查",
    "qualification_decision": "资格决定",
    "theme_day_evaluation": "主题党日评议",
}
