"""The hours of a year (年度学时) as SQL: what counts, what is required, and of whom. plugins/hours.py says the same.

`year` and `member` are SQL: a column or a placeholder. The year is a range of dates, so that indexes are used.
"""

OFFICER = "('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER')"  # 书记和班子成员

# Each is the first entry of a partial index, which holds nothing else.
RUNS_OVER_DAYS = "EXISTS (SELECT FROM training_record o WHERE o.started_on IS NOT NULL)"
GIVES_HOURS = "EXISTS (SELECT FROM attendance g WHERE g.hours > 0)"

# What follows from the records is for those who may read the records, and for the member himself.
HOURS_ARE_READABLE = (
    "EXISTS (SELECT FROM (SELECT {row}.id AS member_id, {row}.county_id AS county_id) who "
    "WHERE {visible:training_record who})"
)


def holds(offices: str, member: str = "{row}.id") -> str:
    """Whether the member holds one of the offices now."""
    return (
        f"EXISTS (SELECT FROM office_term t WHERE t.member_id = {member} AND t.office IN {offices} "
        "AND t.ended_on IS NULL)"
    )


def required_hours(year: str) -> str:
    """By the number in force at the year's end, of a running year today's: a new version changes no year past.
    Offices are those held now."""
    return (
        f"CASE WHEN {holds(OFFICER)} THEN {_in_force('training.officer_hours', year)} "
        f"ELSE {_in_force('training.member_hours', year)} END"
    )


def _in_force(number: str, year: str) -> str:
    """Independent of the row, so PostgreSQL asks once a statement."""
    return (
        f"(SELECT (h->>'value')::float8 FROM jsonb_array_elements({{rule:{number}.history text}}::jsonb) h "
        f"WHERE (h->>'from')::date <= {_judged_on(year)} ORDER BY (h->>'from')::date DESC LIMIT 1)"
    )


def _judged_on(year: str) -> str:
    return f"LEAST({{today}}, make_date(({year})::int, 12, 31))"


def is_exempt(year: str, member: str = "{row}.id") -> str:
    """Whether no firm demand is made of the member on the day by which the year is judged (条例第二十三条): its last,
    or today. An exemption of a few days during the year takes nothing from its hours."""
    return f"EXISTS (SELECT FROM {_exemption_in(year)} AND e.member_id = {member})"


def exempt_members(year: str) -> str:
    """All who are exempt in the year, few of all: for the list of a county, which looks into it member by member."""
    return f"(SELECT e.member_id FROM {_exemption_in(year)})"


def completed_hours(year: str, member: str = "{row}.id", *, of_many: bool = False) -> str:
    """The hours that the member completed in the year, to a millionth: sums of shares are not exact.

    Hardly a record runs over several days, and few counties give hours for theme days. `of_many`: whether any does
    is asked once a statement, so that nobody looks for them in vain for each of a county's members.
    """
    ended = f"COALESCE((SELECT sum({_share(year)}) FROM {_ended_in(year, member)}), 0)"
    went_on = f"COALESCE((SELECT sum({_share(year)}) FROM {_went_on_after(year, member)}), 0)"
    study = study_hours(year, member)
    if of_many:
        went_on = f"CASE WHEN {RUNS_OVER_DAYS} THEN {went_on} ELSE 0 END"
        study = f"CASE WHEN {GIVES_HOURS} THEN {study} ELSE 0 END"
    return f"(round(({ended} + {went_on} + {study}) * 1e6) / 1e6)"


def study_hours(year: str, member: str) -> str:
    """Of the completed hours those of theme days, which come with the check-in."""
    return f"(SELECT COALESCE(sum(a.hours), 0) FROM {_study_in(year, member)})"


def records_as_facts(year: str, member: str) -> str:
    """What counts for the year as a JSON list: the facts that rule packs judge."""
    records = (
        "SELECT r.completed_on, r.started_on, r.hours, r.hours_spent, r.form "
        f"FROM {_counted_in(year, member)}"
    )
    study = (
        "SELECT a.checked_in_at::date, NULL::date, a.hours, NULL::float8, '主题党日' "
        f"FROM {_study_in(year, member)}"
    )
    return f"(SELECT COALESCE(json_agg(part), '[]') FROM ({records} UNION ALL {study}) part)"


def counts_in(year: str, record: str) -> str:
    """Whether some of a record's hours fell into the year."""
    return (
        f"{record}.completed_on >= {first_day(year)} "
        f"AND ({record}.completed_on < {next_year(year)} OR {record}.started_on < {next_year(year)})"
    )


def first_day(year: str) -> str:
    return f"make_date({year}, 1, 1)"


def next_year(year: str) -> str:
    return f"make_date({year} + 1, 1, 1)"


def _counted_in(year: str, member: str) -> str:
    return f"training_record r WHERE r.member_id = {member} AND {counts_in(year, 'r')}"


def _exemption_in(year: str) -> str:
    return (
        f"exemption e WHERE e.began_on <= {_judged_on(year)} "
        f"AND (e.ended_on IS NULL OR e.ended_on >= {_judged_on(year)})"
    )


def _ended_in(year: str, member: str) -> str:
    return (
        f"training_record r WHERE r.member_id = {member} "
        f"AND r.completed_on >= {first_day(year)} AND r.completed_on < {next_year(year)}"
    )


def _went_on_after(year: str, member: str) -> str:
    return (
        f"training_record r WHERE r.member_id = {member} "
        f"AND r.started_on < {next_year(year)} AND r.completed_on >= {next_year(year)}"
    )


def _study_in(year: str, member: str) -> str:
    """Theme days with study hours; a partial index holds these check-ins alone."""
    return (
        f"attendance a WHERE a.member_id = {member} AND a.hours > 0 "
        f"AND a.checked_in_at >= {first_day(year)} AND a.checked_in_at < {next_year(year)}"
    )


def _share(year: str) -> str:
    """The record's hours that fell into the year, by days; never more than the time really spent."""
    days = f"LEAST(r.completed_on + 1, {next_year(year)}) - GREATEST(r.started_on, {first_day(year)})"
    return (
        "LEAST(r.hours, r.hours_spent) * CASE WHEN r.started_on IS NULL THEN 1 "
        f"ELSE GREATEST({days}, 0)::float8 / (r.completed_on - r.started_on + 1) END"
    )
