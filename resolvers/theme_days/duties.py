"""What is to be done (待办), and from which day the app reminds of it: composed of what each noun says is open."""

from models.theme_day import COUNTERS
from resolvers.compiler.sources import Rows
from resolvers.floating_members.floating_members import DUTIES as AWAY
from resolvers.meetings.appraisals import LEADS
from resolvers.theme_days.expected_members import not_exempt
from resolvers.training.hours import HOURS_ARE_READABLE, completed_hours, is_exempt, required_hours

REGULATION = "《中国共产党党员教育管理工作条例》"
THIS_YEAR = "extract(year FROM {today})::int"
THIS_MONTH = "date_trunc('month', {today})::date"

# Of a member {row}: kind, title, due_on, is_done. No firm demand is made of who is exempt, so he has neither duty.
THEME_DAYS = (
    "SELECT 'THEME_DAY' AS kind, '参加主题党日: ' || t.theme AS title, t.held_on AS due_on, "
    "EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = t.id AND a.member_id = {row}.id) AS is_done "
    "FROM theme_day t WHERE t.organization_id = {row}.organization_id "
    f"AND t.held_on >= {THIS_MONTH} AND t.held_on < {THIS_MONTH} + interval '2 months' "
    f"AND {not_exempt('{row}.id', 't.held_on')}"
)
TRAINING = (
    f"SELECT 'TRAINING' AS kind, '完成年度学时' AS title, make_date({THIS_YEAR}, 12, 31) AS due_on, "
    f"{completed_hours(THIS_YEAR)} >= {required_hours(THIS_YEAR)} AS is_done WHERE NOT {is_exempt(THIS_YEAR)}"
)
duties = Rows(
    "SELECT d.kind, d.title, d.due_on, d.due_on < {today} AND d.is_done IS NOT TRUE AS overdue, "
    "d.due_on - (CASE d.kind WHEN 'THEME_DAY' THEN {rule:theme_day.remind_days} "
    "WHEN 'TRAINING' THEN {rule:training.remind_days} ELSE {rule:floating.remind_days} END)::int AS remind_on, "
    f"CASE d.kind WHEN 'THEME_DAY' THEN '{REGULATION}第十六条' WHEN 'TRAINING' THEN '{REGULATION}第二十条' END "
    f"AS citation FROM ({AWAY} UNION ALL {THEME_DAYS} UNION ALL {TRAINING}) d "
    f"WHERE {HOURS_ARE_READABLE} AND NOT ({{open_only}} AND d.is_done IS TRUE) ORDER BY d.due_on, d.kind"
)


def of_organization(row: str, month: str) -> str:
    """What is open for an organization in a month: kind, title, due_on, remind_on, citation."""
    in_month = (
        f"t.organization_id = {row}.id AND t.held_on >= {month} AND t.held_on < {month} + interval '1 month'"
    )
    nothing_counted = " AND ".join(f"t.{counter} = 0" for counter in COUNTERS)
    is_missing = (
        f"SELECT 'THEME_DAY_MISSING' AS kind, '安排' || to_char({month}, 'YYYY年FMMM月') || '主题党日' AS title, "
        f"({month} + interval '1 month' - interval '1 day')::date AS due_on, {month} AS remind_on, "
        f"'{REGULATION}第十六条' AS citation "
        f"WHERE {row}.kind <> 'GROUP' AND {row}.dissolved_on IS NULL "
        f"AND COALESCE({row}.founded_on < {month} + interval '1 month', true) "
        f"AND NOT EXISTS (SELECT FROM theme_day t WHERE {in_month})"
    )
    is_not_recorded = (
        "SELECT 'THEME_DAY_RECORD', '登记主题党日开展情况: ' || t.theme, "
        "t.held_on + {rule:theme_day.record_days}::int, t.held_on, NULL "
        f"FROM theme_day t WHERE {in_month} AND t.held_on <= {{today}} AND {nothing_counted} "
        "AND NOT t.agenda @> '[{{\"done\": true}}]'"
    )
    is_not_resolved = (
        "SELECT 'PROBLEM', '整改' || p.aspect || '方面的问题: ' || left(p.description, 60), p.due_on, "
        "p.due_on - {rule:theme_day.remind_days}::int, NULL "
        "FROM theme_day_problem p JOIN theme_day t ON t.id = p.theme_day_id "
        f"WHERE t.organization_id = {row}.id AND p.resolved_on IS NULL "
        f"AND p.due_on < {month} + interval '1 month'"
    )
    return f"{is_missing} UNION ALL {is_not_recorded} UNION ALL {is_not_resolved}"


# For those who lead the organization; nobody else reads anything here.
organization_duties = Rows(
    "SELECT d.*, d.due_on < {today} AS overdue "
    f"FROM ({of_organization('{row}', '{month}')}) d WHERE {LEADS} ORDER BY d.due_on, d.kind, d.title"
)
# An open request of a member is a duty of those who answer it: the county's office and his town, not he himself.
REQUESTS = (
    "SELECT 'MEMBER_REQUEST' AS kind, '答复党员' || (CASE q.kind WHEN 'CORRECTION' THEN '更正' WHEN 'OBJECTION' THEN "
    "'异议' WHEN 'DELETION' THEN '删除' ELSE '限制处理' END) || '申请: ' || "
    "(SELECT m.name FROM member m WHERE m.id = q.member_id) AS title, q.due_on, q.due_on < {today} AS overdue, "
    "(q.made_at AT TIME ZONE 'Asia/Shanghai')::date AS remind_on, "
    "'《中华人民共和国个人信息保护法》第五十条' AS citation, '' AS code FROM member_request q "
    "WHERE q.outcome IS NULL AND q.withdrawn_at IS NULL AND q.member_id IS DISTINCT FROM {viewer:member} "
    "AND q.county_id IN (SELECT g.county_id FROM role_grant g WHERE g.account_id = {viewer:account} "
    "AND g.role IN ('OFFICE', 'TOWN') AND g.revoked_at IS NULL) AND ({visible:member_request q})"
)
# The present month's of the organizations whose secretary the reader is, each title with the organization's name,
# and the requests that the reader is to answer.
viewer_duties = Rows(
    "SELECT v.* FROM ("
    "SELECT d.kind, o.name || ': ' || d.title AS title, d.due_on, d.due_on < {today} AS overdue, d.remind_on, "
    "d.citation, o.code FROM organization o "
    f"CROSS JOIN LATERAL ({of_organization('o', THIS_MONTH)}) d "
    "WHERE o.id IN (SELECT t.organization_id FROM office_term t WHERE t.member_id = {viewer:member} "
    "AND t.office = 'SECRETARY' AND t.ended_on IS NULL) AND ({visible:organization o}) "
    f"UNION ALL {REQUESTS}) v ORDER BY v.due_on, v.code, v.kind, v.title"
)
