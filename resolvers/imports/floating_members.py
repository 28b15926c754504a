"""流动党员: the open record of each member who is away, with the seven items of 七个清楚."""

from collections.abc import Iterator

from models import sealed_columns
from models.choices import OrganizationKind, WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.facts import (
    Facts,
    KnownMember,
    KnownOrganization,
    load_floating,
    load_members,
    load_organizations,
)
from resolvers.imports.form import Form
from resolvers.imports.people import (
    ID_NUMBER,
    KIND_NAMES,
    NAME,
    check_lifetime,
    member_of,
    organization_of,
    standing_organization_of,
)
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime.identifiers import new_id
from runtime.masks import masked_cell, masked_phone

HOME_BRANCH = Column("流出党支部代码", cells.organization_code)
LEFT_ON = Column("流动时间", dates.past_day, required=False)
DESTINATION = Column("去向住址", cells.text(200), required=False)
CONTACT = Column("联系方式", cells.text(40), required=False, mask=masked_cell)
EMPLOYMENT = Column("就业情况", cells.text(200), required=False)
ORGANIZATIONAL_LIFE = Column("组织生活", cells.text(200), required=False)
MINDSET = Column("思想动态", cells.text(200), required=False)
CONTRIBUTION = Column("作用发挥", cells.text(200), required=False)
HOST_BRANCH = Column("所在流动党支部代码", cells.organization_code, required=False)
REGISTERED_ON = Column("登记日期", dates.past_day, required=False)
LAST_UPDATED_ON = Column("最近更新日期", dates.past_day, required=False)

RIGHTS_AWAY = "ARRAY['STUDY', 'ACTIVITIES', 'SUPERVISION']"
"""What a member does where he is away: 支部工作条例(试行) on temporary branches; votes and dues stay at home."""

LABEL = sealed_columns.CONTACT.label
NOTHING = (None, None, None)
HOSTS = (OrganizationKind.BRANCH, OrganizationKind.TEMPORARY_BRANCH)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    seen: Seen[KnownMember] = Seen()
    for row in rows:
        member = member_of(row, facts)
        home = _home_branch(row, member, facts)
        host = standing_organization_of(row, HOST_BRANCH, facts)
        if host and host.kind not in HOSTS:
            row.refuse(HOST_BRANCH, RowProblem.NOT_A_HOST_BRANCH, kind=KIND_NAMES[host.kind])
        elif host and home and host.id == home.id:
            row.refuse(HOST_BRANCH, RowProblem.HOST_IS_HOME)
        check_lifetime(row, LEFT_ON, member)
        _check_dates(row, member, facts)
        first = member and seen.first_row(member, row)
        if first:
            row.refuse(ID_NUMBER, RowProblem.FLOATING_MEMBER_DUPLICATE, first=first)
        if member and home and not row.is_refused:
            yield _record(row, facts, member, home, host)


def _home_branch(row: Row, member: KnownMember | None, facts: Facts) -> KnownOrganization | None:
    home = organization_of(row, HOME_BRANCH, facts)
    if home and member and row[HOME_BRANCH] != member.branch_code:
        row.refuse(HOME_BRANCH, RowProblem.HOME_BRANCH_DIFFERS, expected=member.branch_code)
    return home


def _check_dates(row: Row, member: KnownMember | None, facts: Facts) -> None:
    registered, updated = row[REGISTERED_ON], row[LAST_UPDATED_ON]
    if registered and updated and updated < registered:
        row.refuse(LAST_UPDATED_ON, RowProblem.UPDATED_BEFORE_REGISTERED, registered=registered)
    elif member and updated and (kept := facts.floating_kept_on.get(member.id)) and updated < kept:
        row.refuse(LAST_UPDATED_ON, RowProblem.FLOATING_RECORD_NEWER, newer=kept)


def _record(
    row: Row, facts: Facts, member: KnownMember, home: KnownOrganization, host: KnownOrganization | None
) -> Record:
    contact = row[CONTACT]
    return (
        new_id(),
        facts.county_id,
        member.id,
        home.id,
        host.id if host else None,
        row[LEFT_ON],
        row[DESTINATION],
        *(NOTHING if contact is None else facts.keys.seal(contact, LABEL, member.id, masked_phone)),
        row[EMPLOYMENT],
        row[ORGANIZATIONAL_LIFE],
        row[MINDSET],
        row[CONTRIBUTION],
        row[REGISTERED_ON],
        row[LAST_UPDATED_ON],
        1,
    )


FLOATING_MEMBERS = Form(
    kind=WorkbookKind.FLOATING_MEMBERS,
    stem="流动党员",
    columns=(
        NAME,
        ID_NUMBER,
        HOME_BRANCH,
        LEFT_ON,
        DESTINATION,
        CONTACT,
        EMPLOYMENT,
        ORGANIZATIONAL_LIFE,
        MINDSET,
        CONTRIBUTION,
        HOST_BRANCH,
        REGISTERED_ON,
        LAST_UPDATED_ON,
    ),
    loaders=(load_organizations, load_members, load_floating),
    records=records,
    staging="""
        SELECT f.id, f.county_id, f.member_id, f.home_branch_id, a.organization_id AS host_branch_id, f.left_on,
               f.destination, f.contact_sealed, f.contact_hash, f.contact_masked, f.employment,
               f.organizational_life, f.mindset, f.contribution, f.registered_on, f.last_updated_on, f.version
        FROM floating_member f JOIN attachment a USING (member_id)
    """,
    upsert="""
        WITH ended AS (
            UPDATE attachment a
            SET ended_on = GREATEST(a.began_on, s.last_updated_on, s.registered_on), end_reason = '台账已更新'
            FROM staged_floating_members s
            WHERE a.member_id = s.member_id AND a.kind = 'AWAY' AND a.ended_on IS NULL
              AND a.organization_id IS DISTINCT FROM s.host_branch_id
            RETURNING a.member_id
        ), begun AS (
            INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on)
            SELECT gen_random_uuid(), county_id, member_id, host_branch_id, 'AWAY', $rights, registered_on
            FROM staged_floating_members WHERE host_branch_id IS NOT NULL
            ON CONFLICT (member_id, organization_id) WHERE ended_on IS NULL DO NOTHING
            RETURNING member_id
        ), moved AS (SELECT member_id FROM ended UNION SELECT member_id FROM begun)
        INSERT INTO floating_member AS stored
               (id, county_id, member_id, home_branch_id, left_on, destination, contact_sealed, contact_hash,
                contact_masked, employment, organizational_life, mindset, contribution, registered_on,
                last_updated_on, version)
        SELECT id, county_id, member_id, home_branch_id, left_on, destination, contact_sealed, contact_hash,
               contact_masked, employment, organizational_life, mindset, contribution, registered_on,
               last_updated_on, version
        FROM staged_floating_members
        ON CONFLICT (member_id) WHERE returned_on IS NULL DO UPDATE
        SET (home_branch_id, left_on, destination, contact_sealed, contact_hash, contact_masked, employment,
             organizational_life, mindset, contribution, registered_on, last_updated_on, version)
          = (excluded.home_branch_id, excluded.left_on, excluded.destination,
             CASE WHEN stored.contact_hash IS NOT DISTINCT FROM excluded.contact_hash
                  THEN stored.contact_sealed ELSE excluded.contact_sealed END,
             excluded.contact_hash, excluded.contact_masked, excluded.employment,
             excluded.organizational_life, excluded.mindset, excluded.contribution,
             excluded.registered_on, excluded.last_updated_on, stored.version + 1)
        WHERE (stored.home_branch_id, stored.left_on, stored.destination,
               stored.contact_hash, stored.employment, stored.organizational_life, stored.mindset,
               stored.contribution, stored.registered_on, stored.last_updated_on)
          IS DISTINCT FROM
              (excluded.home_branch_id, excluded.left_on, excluded.destination,
               excluded.contact_hash, excluded.employment, excluded.organizational_life, excluded.mindset,
               excluded.contribution, excluded.registered_on, excluded.last_updated_on)
           OR stored.member_id IN (SELECT member_id FROM moved)
    """.replace("$rights", RIGHTS_AWAY),
)
