"""党代表: the delegates to the congresses of county, city and province."""

from collections.abc import Iterator
from uuid import UUID

from models.choices import CongressLevel, DelegateStatus, WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.facts import Facts, KnownMember, load_members, load_organizations
from resolvers.imports.form import Form
from resolvers.imports.people import ID_NUMBER, NAME, check_lifetime, member_of, organization_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime.identifiers import new_id

LEVELS = {
    "县": CongressLevel.COUNTY,
    "市": CongressLevel.CITY,
    "省": CongressLevel.PROVINCE,
    "县级": CongressLevel.COUNTY,
    "市级": CongressLevel.CITY,
    "省级": CongressLevel.PROVINCE,
}
STATUSES = {
    "在任": DelegateStatus.SERVING,
    "停止职务": DelegateStatus.SUSPENDED,
    "终止资格": DelegateStatus.TERMINATED,
    "停职": DelegateStatus.SUSPENDED,
    "暂停": DelegateStatus.SUSPENDED,
    "终止": DelegateStatus.TERMINATED,
}

LEVEL = Column("层级", cells.one_of(LEVELS))
CONGRESS = Column("届次", cells.text(120))
BRANCH = Column("所在党支部代码", cells.organization_code, required=False)
ELECTED_ON = Column("当选日期", dates.past_day)
STATUS = Column("状态", cells.one_of(STATUSES))


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    """The branch is verified and not stored: it is the member's."""
    seen: Seen[tuple[UUID, CongressLevel, str]] = Seen()
    for row in rows:
        name = row[NAME]  # before it may be found to be somebody else's
        member, level, congress = member_of(row, facts), row[LEVEL], row[CONGRESS]
        check_lifetime(row, ELECTED_ON, member)
        if organization_of(row, BRANCH, facts) and member and row[BRANCH] != member.branch_code:
            row.refuse(BRANCH, RowProblem.DELEGATE_BRANCH_DIFFERS, expected=member.branch_code)
        if member and level and congress:
            first = seen.first_row((member.id, level, congress), row)
            if first:
                row.refuse(ID_NUMBER, RowProblem.DELEGATE_DUPLICATE, first=first)
        if member and not row.is_refused:
            yield (new_id(), facts.county_id, member.id, level, congress, row[ELECTED_ON], row[STATUS])
        else:
            _note_refused(name, member, facts)


def _note_refused(name: str | None, member: KnownMember | None, facts: Facts) -> None:
    if member:
        facts.refused.delegates.add(member.id)
    if name and not (member and member.name == name):
        facts.refused.delegate_names.add(name)


DELEGATES = Form(
    kind=WorkbookKind.DELEGATES,
    stem="党代表",
    columns=(NAME, ID_NUMBER, LEVEL, CONGRESS, BRANCH, ELECTED_ON, STATUS),
    loaders=(load_organizations, load_members),
    records=records,
    staging="SELECT id, county_id, member_id, level, congress, elected_on, status FROM delegate",
    # The status is set once; after that only a recorded decision changes it.
    upsert="""
        INSERT INTO delegate AS stored (id, county_id, member_id, level, congress, elected_on, status)
        SELECT * FROM staged_delegates
        ON CONFLICT (member_id, level, congress) DO UPDATE SET elected_on = excluded.elected_on
        WHERE stored.elected_on <> excluded.elected_on
    """,
)
