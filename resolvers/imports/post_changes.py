"""职务变动: changes of post, as facts."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from models.choices import WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.facts import Facts, load_members
from resolvers.imports.form import Form
from resolvers.imports.people import ID_NUMBER, NAME, check_lifetime, member_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime.identifiers import new_id

CHANGED_ON = Column("变动日期", dates.past_day)
CHANGE = Column("变动情况", cells.text(120))
DESTINATION = Column("去向", cells.text(200), required=False)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    seen: Seen[tuple[UUID, date, str]] = Seen()
    for row in rows:
        member, changed_on, change = member_of(row, facts), row[CHANGED_ON], row[CHANGE]
        check_lifetime(row, CHANGED_ON, member)
        if member and changed_on and change:
            first = seen.first_row((member.id, changed_on, change), row)
            if first:
                row.refuse(ID_NUMBER, RowProblem.POST_CHANGE_DUPLICATE, first=first)
        if member and not row.is_refused:
            yield (new_id(), facts.county_id, member.id, changed_on, change, row[DESTINATION])


POST_CHANGES = Form(
    kind=WorkbookKind.POST_CHANGES,
    stem="职务变动",
    columns=(NAME, ID_NUMBER, CHANGED_ON, CHANGE, DESTINATION),
    loaders=(load_members,),
    records=records,
    staging="SELECT id, county_id, member_id, changed_on, change, destination FROM post_change",
    upsert="""
        INSERT INTO post_change AS stored (id, county_id, member_id, changed_on, change, destination)
        SELECT * FROM staged_post_changes
        ON CONFLICT (member_id, changed_on, change) DO UPDATE SET destination = excluded.destination
        WHERE stored.destination IS DISTINCT FROM excluded.destination
    """,
)
