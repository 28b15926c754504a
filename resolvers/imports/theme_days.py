"""主题党日: the theme days that each organization held, with the six counters."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from models.choices import WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.facts import Facts, load_organizations
from resolvers.imports.form import Form
from resolvers.imports.people import organization_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime.identifiers import new_id

ORGANIZATION = Column("组织代码", cells.organization_code)
HELD_ON = Column("日期", dates.past_day)
THEME = Column("主题", cells.text(200))
COUNTERS = tuple(
    Column(header, cells.whole_number, required=False)
    for header in ("讲党课", "民主议事", "公开办事", "志愿服务", "办实事好事", "收集意见建议")
)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    """An empty counter counts as 0. An agenda and evaluations come from elsewhere and stay as they are."""
    seen: Seen[tuple[UUID, date]] = Seen()
    for row in rows:
        organization, held_on = organization_of(row, ORGANIZATION, facts), row[HELD_ON]
        if organization and held_on:
            first = seen.first_row((organization.id, held_on), row)
            if first:
                row.refuse(HELD_ON, RowProblem.THEME_DAY_DUPLICATE, first=first)
        if organization and not row.is_refused:
            counters = (row[counter] or 0 for counter in COUNTERS)
            yield (new_id(), facts.county_id, organization.id, held_on, row[THEME], "[]", *counters)
        elif organization and (code := row[ORGANIZATION]):
            facts.refused.theme_days[code].add(held_on)


THEME_DAYS = Form(
    kind=WorkbookKind.THEME_DAYS,
    stem="主题党日",
    columns=(ORGANIZATION, HELD_ON, THEME, *COUNTERS),
    loaders=(load_organizations,),
    records=records,
    staging="""
        SELECT id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations,
               open_affairs, volunteer_services, practical_deeds, suggestions
        FROM theme_day
    """,
    upsert="""
        INSERT INTO theme_day AS stored
               (id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations,
                open_affairs, volunteer_services, practical_deeds, suggestions)
        SELECT * FROM staged_theme_days
        ON CONFLICT (organization_id, held_on) DO UPDATE
        SET (theme, lectures, deliberations, open_affairs, volunteer_services, practical_deeds, suggestions)
          = (excluded.theme, excluded.lectures, excluded.deliberations, excluded.open_affairs,
             excluded.volunteer_services, excluded.practical_deeds, excluded.suggestions)
        WHERE (stored.theme, stored.lectures, stored.deliberations, stored.open_affairs,
               stored.volunteer_services, stored.practical_deeds, stored.suggestions)
          IS DISTINCT FROM
              (excluded.theme, excluded.lectures, excluded.deliberations, excluded.open_affairs,
               excluded.volunteer_services, excluded.practical_deeds, excluded.suggestions)
    """,
)
