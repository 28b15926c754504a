"""Members (党员): the person's record, and what follows from it for him (floating, training, duties)."""

from resolvers.access import MASKED_ID_NUMBER, MASKED_PHONE, own_or_masked, personal
from resolvers.compiler.sources import Expression, Many, One, Rows
from resolvers.counties import BY_CODE
from resolvers.floating_members import UPDATE_DUE_ON
from resolvers.search import MATCHES, SEARCH
from resolvers.training import HOURS_ARE_READABLE, REQUIRED_HOURS, completed_hours

members = Many(
    "member",
    f"{{row}}.{BY_CODE}",
    order={"name_sort": "text", "id": "uuid"},
    filters={
        "search": MATCHES,
        "below_training_hours": (
            f"{HOURS_ARE_READABLE} AND {completed_hours('{below_training_hours}')} < {REQUIRED_HOURS}"
        ),
    },
    made=SEARCH,
)

organization = One("organization", "{row}.id = {parent}.organization_id")
birth_date = Expression(personal("birth_date"))
ethnicity = Expression(personal("ethnicity"))
education = Expression(personal("education"))
occupation = Expression(personal("occupation"))
id_number = Expression(own_or_masked("id_number", MASKED_ID_NUMBER))
phone = Expression(own_or_masked("phone", MASKED_PHONE))
address = Expression(own_or_masked("address", "left(%s, 3) || '****'"))
floating = One("floating_member", "{row}.member_id = {parent}.id AND {row}.returned_on IS NULL")
attendances = Many(
    "attendance",
    "{row}.member_id = {parent}.id",
    order={"checked_in_at": "timestamptz", "id": "uuid"},
    descending=True,
)
next_theme_day = One(
    "theme_day",
    "{row}.organization_id = {parent}.organization_id AND {row}.held_on >= {today}",
    order="{row}.held_on",
)

# What is open for a member now: his record as a floating member, the month's theme day, the year's hours.
duties = Rows(
    "SELECT d.kind, d.title, d.due_on, d.due_on < {today} AS overdue FROM ("
    "SELECT 'FLOATING_UPDATE' AS kind, '更新流动党员信息' AS title, "
    f"{UPDATE_DUE_ON.replace('{row}', 'f')} AS due_on, "
    "f.last_updated_on >= date_trunc('quarter', {today}) AS is_done "
    "FROM floating_member f WHERE f.member_id = {row}.id AND f.returned_on IS NULL "
    "UNION ALL "
    "SELECT 'THEME_DAY', '参加主题党日: ' || t.theme, t.held_on, "
    "EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = t.id AND a.member_id = {row}.id) "
    "FROM theme_day t WHERE t.organization_id = {row}.organization_id "
    "AND t.held_on >= date_trunc('month', {today}) AND t.held_on < date_trunc('month', {today}) + interval '2 months' "
    "UNION ALL "
    "SELECT 'TRAINING', '完成年度学时', make_date(extract(year FROM {today})::int, 12, 31), "
    f"{completed_hours('extract(year FROM {today})::int')} >= {REQUIRED_HOURS}"
    f") d WHERE {HOURS_ARE_READABLE} AND NOT ({{open_only}} AND d.is_done) ORDER BY d.due_on, d.kind"
)
