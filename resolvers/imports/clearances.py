"""联审意见: what the two partner agencies answered about each delegate in a quarter."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from models.choices import Agency, ClearanceOpinion, WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.cell_problems import CellProblem
from resolvers.imports.facts import Facts, KnownMember, load_delegates, load_members
from resolvers.imports.form import Form
from resolvers.imports.people import ID_NUMBER, NAME, member_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime.clock import CHINA
from runtime.identifiers import new_id

OPINIONS = {"无异议": ClearanceOpinion.NO_OBJECTION, "有异议": ClearanceOpinion.OBJECTION}
QUARTER_IN_TITLE = re.compile(r"(\d{4})年?第?([一二三四1-4])季度")
NOON = time(12, tzinfo=CHINA)


def agency(cell: cells.Cell) -> Agency:
    """Recognised by what its name holds, since every county writes it in its own way."""
    name = cells.as_text(cell)
    if "公安" in name:
        return Agency.PUBLIC_SECURITY
    if any(word in name for word in ("纪委", "纪检", "监委")):
        return Agency.DISCIPLINE_INSPECTION
    raise cells.WrongCell(CellProblem.CHOICE_UNKNOWN, choices="县纪委监委、县公安局")


AGENCY = Column("部门", agency)
OPINION = Column("意见", cells.one_of(OPINIONS))
REASON = Column("说明", cells.text(400), required=False)
GIVEN_ON = Column("日期", dates.past_day)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    """A delegate of several congresses is cleared for each: the opinion is about the person."""
    quarter_of_file = quarter_in(facts.title)
    seen: Seen[tuple[UUID, Agency, str]] = Seen()
    for row in rows:
        member, asked, given_on = member_of(row, facts), row[AGENCY], row[GIVEN_ON]
        delegates = facts.delegates.get(member.id, []) if member else []
        if member and not delegates:
            row.refuse(ID_NUMBER, _why_no_delegate(member, facts))
        if row[OPINION] == ClearanceOpinion.OBJECTION and row.is_empty(REASON):
            row.refuse(REASON, RowProblem.OBJECTION_WITHOUT_REASON)
        if member and asked and given_on:
            quarter = quarter_of_file or quarter_of(given_on)
            first = seen.first_row((member.id, asked, quarter), row)
            if first:
                row.refuse(AGENCY, RowProblem.CLEARANCE_DUPLICATE, first=first)
            if not row.is_refused:
                yield from (_record(row, facts, delegate, quarter, given_on) for delegate in delegates)


def _why_no_delegate(member: KnownMember, facts: Facts) -> RowProblem:
    is_refused = member.id in facts.refused.delegates or member.name in facts.refused.delegate_names
    return RowProblem.DELEGATE_REFUSED if is_refused else RowProblem.NOT_A_DELEGATE


def quarter_in(title: str) -> str | None:
    match = QUARTER_IN_TITLE.search(unicodedata.normalize("NFKC", title).replace(" ", ""))
    if not match:
        return None
    year, number = match.groups()
    return f"{year}Q{'一二三四'.find(number) + 1 or number}"


def quarter_of(day: date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"


def last_day(quarter: str) -> date:
    year, number = map(int, quarter.split("Q"))
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return following - timedelta(days=1)


def _record(row: Row, facts: Facts, delegate: UUID, quarter: str, given_on: date) -> Record:
    noon = datetime.combine(given_on, NOON)
    return (
        new_id(),
        facts.county_id,
        delegate,
        quarter,
        row[AGENCY],
        row[OPINION],
        row[REASON],
        noon,
        last_day(quarter),
        noon,
    )


CLEARANCES = Form(
    kind=WorkbookKind.CLEARANCES,
    stem="联审意见",
    columns=(NAME, ID_NUMBER, AGENCY, OPINION, REASON, GIVEN_ON),
    loaders=(load_members, load_delegates),
    records=records,
    staging="""
        SELECT id, county_id, delegate_id, quarter, agency, opinion, reason, requested_at, due_on,
               submitted_at
        FROM clearance
    """,
    # What an agency answered here with its own account stands; an open request of a review is answered.
    upsert="""
        INSERT INTO clearance AS stored
               (id, county_id, delegate_id, quarter, agency, opinion, reason, requested_at, due_on,
                submitted_at)
        SELECT * FROM staged_clearances
        ON CONFLICT (delegate_id, quarter, agency) DO UPDATE
        SET (opinion, reason, submitted_at) = (excluded.opinion, excluded.reason, excluded.submitted_at)
        WHERE stored.submitted_by_id IS NULL AND stored.signature IS NULL
          AND (stored.opinion, stored.reason, stored.submitted_at)
              IS DISTINCT FROM (excluded.opinion, excluded.reason, excluded.submitted_at)
    """,
)
