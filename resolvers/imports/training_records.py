"""培训记录: hours that members completed; a course that nobody named before comes with its first row."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from models.choices import WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.cell_problems import CellProblem
from resolvers.imports.facts import Facts, load_members
from resolvers.imports.form import Form
from resolvers.imports.people import ID_NUMBER, NAME, check_lifetime, member_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime.identifiers import new_id

LEAST_HOURS, MOST_HOURS = 0.1, 1000


def hours(cell: cells.Cell) -> float:
    try:
        value = cells.number(cell)
    except cells.WrongCell:
        value = 0.0
    if not LEAST_HOURS <= value <= MOST_HOURS:
        raise cells.WrongCell(CellProblem.HOURS_OUT_OF_BOUNDS)
    return value


COURSE = Column("课程", cells.text(120))
FORM = Column("形式", cells.text(30))
HOURS = Column("学时", hours)
COMPLETED_ON = Column("日期", dates.past_day)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    seen: Seen[tuple[UUID, str, date]] = Seen()
    course_ids: dict[str, UUID] = {}
    for row in rows:
        member, course, completed_on = member_of(row, facts), row[COURSE], row[COMPLETED_ON]
        check_lifetime(row, COMPLETED_ON, member)
        if member and course and completed_on:
            first = seen.first_row((member.id, course, completed_on), row)
            if first:
                row.refuse(ID_NUMBER, RowProblem.TRAINING_DUPLICATE, first=first)
        if member and course and not row.is_refused:
            course_id = course_ids.setdefault(course, new_id())
            yield (
                new_id(),
                facts.county_id,
                member.id,
                course_id,
                course,
                row[FORM],
                row[HOURS],
                completed_on,
                row.number,
            )


TRAINING_RECORDS = Form(
    kind=WorkbookKind.TRAINING_RECORDS,
    stem="培训记录",
    columns=(NAME, ID_NUMBER, COURSE, FORM, HOURS, COMPLETED_ON),
    loaders=(load_members,),
    records=records,
    staging="""
        SELECT record.id, record.county_id, record.member_id, record.course_id, course.title AS course,
               record.form, record.hours, record.completed_on, 0 AS sheet_row
        FROM training_record record JOIN course ON course.id = record.course_id
    """,
    # A course that is there already keeps its form and hours.
    first="""
        INSERT INTO course (id, county_id, title, form, hours)
        SELECT DISTINCT ON (course) course_id, county_id, course, form, hours
        FROM staged_training_records
        ORDER BY course, sheet_row
        ON CONFLICT (county_id, title) DO NOTHING
    """,
    upsert="""
        INSERT INTO training_record AS stored (id, county_id, member_id, course_id, form, hours, completed_on)
        SELECT staged.id, staged.county_id, staged.member_id, course.id, staged.form, staged.hours,
               staged.completed_on
        FROM staged_training_records staged
        JOIN course ON course.county_id = staged.county_id AND course.title = staged.course
        ON CONFLICT (member_id, course_id, completed_on) DO UPDATE
        SET (form, hours) = (excluded.form, excluded.hours)
        WHERE (stored.form, stored.hours) IS DISTINCT FROM (excluded.form, excluded.hours)
    """,
)
