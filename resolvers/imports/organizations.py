"""党组织: the organizations of a county, each below its superior."""

from collections.abc import Iterator
from uuid import UUID

from models.choices import Office, OrganizationKind, WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.chains import ancestors, in_cycles
from resolvers.imports.facts import Facts, NamedOfficer, load_organizations
from resolvers.imports.form import Form
from resolvers.imports.people import KINDS
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime import pinyin
from runtime.identifiers import new_id
from runtime.masks import masked_cell

CODE = Column("组织代码", cells.organization_code)
NAME = Column("组织名称", cells.text(120))
KIND = Column("组织类别", cells.one_of(KINDS))
PARENT = Column("上级组织代码", cells.organization_code, required=False)
FIELD = Column("所属领域", cells.text(40))
FOUNDED_ON = Column("成立日期", dates.past_day, required=False)
ELECTED_ON = Column("本届换届日期", dates.past_day, required=False)
SECRETARY = Column("书记身份证号", cells.narrow, required=False, mask=masked_cell)
IS_POOR_VILLAGE = Column("是否贫困村", cells.yes_or_no, required=False)
VILLAGE_INCOME = Column("村集体经济年收入(万元)", cells.number, required=False)

# Not every office's file has these two. A head of a village need not be a member; one who is the secretary as well
# is 一肩挑. A level is what the county calls it: 连, 排, 班, 室.
LEVEL = Column("层级", cells.text(20), required=False, optional=True)
VILLAGE_HEAD = Column("村委会主任身份证号", cells.narrow, required=False, optional=True, mask=masked_cell)
KEPT = ""  # a file without the column leaves the level as it is stored
OFFICERS = {Office.SECRETARY: SECRETARY, Office.VILLAGE_HEAD: VILLAGE_HEAD}

Coded = dict[str, Row]


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    """Superiors before those below them, so that any chunk of them can be stored by itself."""
    coded = _by_code(rows)
    _refuse_dissolved(coded, facts)
    _refuse_without_superior(coded, facts)
    _refuse_unknown_superiors(coded, facts)
    _refuse_lost_superiors(coded, facts)
    facts.refused.organizations |= {code for code, row in coded.items() if row.is_refused}

    parents = _parents(coded, facts)
    ids = {code: known.id for code, known in facts.organizations.items()}
    ids |= {code: new_id() for code in parents if code not in ids}
    chains = {code: [code, *ancestors(code, parents)] for code, row in coded.items() if not row.is_refused}
    for code in sorted(chains, key=lambda code: len(chains[code])):
        row, parent = coded[code], parents[code]
        for office, column in OFFICERS.items():
            if row.has(column):
                facts.officers[office][ids[code]] = NamedOfficer(row.number, row[column])
        path = "/".join([facts.county_code, *reversed(chains[code]), ""])
        yield _record(row, facts.county_id, ids[code], ids[parent] if parent else None, path)


def _by_code(rows: Iterator[Row]) -> Coded:
    seen: Seen[str] = Seen()
    coded: Coded = {}
    for row in rows:
        code = row[CODE]
        if code is None:
            continue
        first = seen.first_row(code, row)
        if first:
            row.refuse(CODE, RowProblem.ORGANIZATION_DUPLICATE, first=first)
        else:
            coded[code] = row
    return coded


def _refuse_without_superior(coded: Coded, facts: Facts) -> None:
    """Only the county's committee has none: the one that is stored, or else the file's first committee."""
    tops = {code for code, known in facts.organizations.items() if known.parent_code is None}
    for code, row in coded.items():
        if row.is_empty(PARENT):
            if not tops and row[KIND] == OrganizationKind.COMMITTEE:
                tops = {code}
            if code not in tops:
                row.refuse(PARENT, RowProblem.PARENT_REQUIRED)


def _refuse_dissolved(coded: Coded, facts: Facts) -> None:
    """An older file must not bring back what was merged or dissolved here, nor put anything below it."""
    gone = {code for code, known in facts.organizations.items() if known.is_dissolved}
    for code, row in coded.items():
        if code in gone:
            row.refuse(CODE, RowProblem.ORGANIZATION_DISSOLVED)
        elif (row[PARENT] or "") in gone:
            row.refuse(PARENT, RowProblem.ORGANIZATION_DISSOLVED)


def _refuse_unknown_superiors(coded: Coded, facts: Facts) -> None:
    for row in coded.values():
        parent = row[PARENT]
        if parent is not None and parent not in coded and parent not in facts.organizations:
            row.refuse(PARENT, RowProblem.PARENT_UNKNOWN)


def _refuse_lost_superiors(coded: Coded, facts: Facts) -> None:
    """Until nothing changes: a refused row keeps its stored superior, or is lost to those below it."""
    while cyclic := in_cycles(_parents(coded, facts)):
        for code in cyclic & coded.keys():
            if not coded[code].is_refused:
                coded[code].refuse(PARENT, RowProblem.PARENT_CYCLE)
    lost = {code for code, row in coded.items() if row.is_refused and code not in facts.organizations}
    below = [row for row in coded.values() if (row[PARENT] or "") in lost]
    for row in below:
        row.refuse(PARENT, RowProblem.PARENT_REFUSED)
    if below:
        _refuse_lost_superiors(coded, facts)


def _parents(coded: Coded, facts: Facts) -> dict[str, str | None]:
    stored = {code: known.parent_code for code, known in facts.organizations.items()}
    return stored | {code: row[PARENT] for code, row in coded.items() if not row.is_refused}


def _record(row: Row, county_id: UUID, id: UUID, parent_id: UUID | None, path: str) -> Record:
    name = row[NAME] or ""
    initials = pinyin.initials(name, personal_name=False)
    return (
        id,
        county_id,
        row[CODE],
        name,
        row[KIND],
        row[FIELD],
        parent_id,
        path,
        row[FOUNDED_ON],
        row[ELECTED_ON],
        row[IS_POOR_VILLAGE],
        row[VILLAGE_INCOME],
        row[LEVEL] if row.has(LEVEL) else KEPT,
        initials,
        pinyin.search_keys(name, initials),
    )


ORGANIZATIONS = Form(
    kind=WorkbookKind.ORGANIZATIONS,
    stem="党组织",
    columns=(
        CODE,
        NAME,
        KIND,
        PARENT,
        FIELD,
        FOUNDED_ON,
        ELECTED_ON,
        SECRETARY,
        IS_POOR_VILLAGE,
        VILLAGE_INCOME,
        VILLAGE_HEAD,
        LEVEL,
    ),
    loaders=(load_organizations,),
    records=records,
    staging="""
        SELECT id, county_id, code, name, kind, field, parent_id, path, founded_on, elected_on,
               is_poor_village, village_income, level_name, name_initials, search_keys
        FROM organization
    """,
    upsert="""
        INSERT INTO organization AS stored
               (id, county_id, code, name, kind, field, parent_id, path, founded_on, elected_on,
                is_poor_village, village_income, level_name, name_initials, search_keys)
        SELECT s.id, s.county_id, s.code, s.name, s.kind, s.field, s.parent_id, s.path, s.founded_on,
               s.elected_on, s.is_poor_village, s.village_income,
               CASE WHEN s.level_name = '' THEN o.level_name ELSE s.level_name END,
               s.name_initials, s.search_keys
        FROM staged_organizations s LEFT JOIN organization o ON o.county_id = s.county_id AND o.code = s.code
        ON CONFLICT (county_id, code) DO UPDATE
        SET (name, kind, field, parent_id, founded_on, elected_on,
             is_poor_village, village_income, level_name, name_initials, search_keys)
          = (excluded.name, excluded.kind, excluded.field, excluded.parent_id, excluded.founded_on,
             excluded.elected_on, excluded.is_poor_village, excluded.village_income,
             excluded.level_name, excluded.name_initials, excluded.search_keys)
        WHERE (stored.name, stored.kind, stored.field, stored.parent_id, stored.founded_on,
               stored.elected_on, stored.is_poor_village, stored.village_income,
               stored.level_name, stored.name_initials, stored.search_keys)
          IS DISTINCT FROM
              (excluded.name, excluded.kind, excluded.field, excluded.parent_id, excluded.founded_on,
               excluded.elected_on, excluded.is_poor_village, excluded.village_income,
               excluded.level_name, excluded.name_initials, excluded.search_keys)
    """,
    # A new superior moves everything below it. A path ends with a code that is its own, so no two can meet.
    at_last="""
        WITH RECURSIVE chain AS (
            SELECT top.id, county.code || '/' || top.code || '/' AS path
            FROM organization top JOIN county ON county.id = top.county_id
            WHERE top.county_id = $1 AND top.parent_id IS NULL
          UNION ALL
            SELECT below.id, chain.path || below.code || '/'
            FROM chain JOIN organization below ON below.parent_id = chain.id
        )
        UPDATE organization SET path = chain.path
        FROM chain WHERE chain.id = organization.id AND organization.path <> chain.path
    """,
)
