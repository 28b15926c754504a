"""主题党日签到: who took part in which theme day; by far the longest file."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from models.choices import CheckInMethod, WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.facts import Facts, load_hosts, load_members, load_organizations, load_theme_days
from resolvers.imports.form import Form
from resolvers.imports.people import ID_NUMBER, member_of, organization_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row
from runtime.clock import CHINA
from runtime.identifiers import new_id

ORGANIZATION = Column("组织代码", cells.organization_code)
MONTH = Column("月份", dates.month)
CHECKED_IN_AT = Column("签到时间", dates.moment)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    present: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        member = member_of(row, facts)
        theme_day = _theme_day(row, facts)
        if member and theme_day:
            if row[ORGANIZATION] not in (member.branch_code, facts.hosts.get(member.id)):
                row.refuse(ID_NUMBER, RowProblem.NOT_EXPECTED, branch=member.branch_code)
            elif member.id in present[theme_day]:
                row.refuse(ID_NUMBER, RowProblem.ATTENDANCE_DUPLICATE)
            present[theme_day].add(member.id)
        if member and theme_day and not row.is_refused:
            yield (new_id(), theme_day, member.id, row[CHECKED_IN_AT], CheckInMethod.IMPORTED)


def _theme_day(row: Row, facts: Facts) -> UUID | None:
    """The theme day of that organization in that month, on the date of the time."""
    organization, month = organization_of(row, ORGANIZATION, facts), row[MONTH]
    if not organization or not month:
        return None
    code = row[ORGANIZATION] or ""
    held = facts.theme_days.get((code, *month))
    refused = facts.refused.theme_days.get(code, set())
    if not held:
        is_refused = None in refused or month in {(day.year, day.month) for day in refused if day}
        problem = RowProblem.THEME_DAY_REFUSED if is_refused else RowProblem.THEME_DAY_UNKNOWN
        row.refuse(MONTH, problem, organization=code)
        return None
    moment = row[CHECKED_IN_AT]
    if moment is None:
        return None
    day = moment.astimezone(CHINA).date()
    theme_day = held.get(day)
    if not theme_day and day in refused:
        row.refuse(CHECKED_IN_AT, RowProblem.THEME_DAY_REFUSED, organization=code)
    elif not theme_day:
        row.refuse(CHECKED_IN_AT, RowProblem.NOT_ON_THE_THEME_DAY, expected=_listed(held))
    return theme_day


def _listed(held: dict[date, UUID]) -> str:
    return "、".join(str(day) for day in sorted(held))


ATTENDANCES = Form(
    kind=WorkbookKind.ATTENDANCES,
    stem="主题党日签到",
    columns=(ORGANIZATION, MONTH, ID_NUMBER, CHECKED_IN_AT),
    loaders=(load_organizations, load_members, load_hosts, load_theme_days),
    records=records,
    staging="SELECT id, theme_day_id, member_id, checked_in_at, method FROM attendance",
    # What was recorded here, on the spot, is not for an older file to change. The theme day's hours come along.
    upsert="""
        INSERT INTO attendance AS stored (id, theme_day_id, member_id, checked_in_at, method, hours)
        SELECT staged.*, theme_day.study_hours
        FROM staged_attendances staged JOIN theme_day ON theme_day.id = staged.theme_day_id
        ON CONFLICT (theme_day_id, member_id) DO UPDATE SET checked_in_at = excluded.checked_in_at
        WHERE stored.method = 'IMPORTED' AND stored.checked_in_at <> excluded.checked_in_at
    """,
)
