"""Officers (书记, 村委会主任): named by organizations' rows, set once the members are there."""

from uuid import UUID

from asyncpg import Connection

from models.choices import Office
from resolvers.imports.facts import Facts, load_members
from resolvers.imports.organizations import SECRETARY
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Tally
from runtime.clock import today


async def set_officers(connection: Connection, facts: Facts, tally: Tally) -> set[UUID]:
    """The ids of the organizations that changed. One whose officer is nobody known is left without."""
    await load_members(connection, facts)
    changed: set[UUID] = set()
    for office in facts.officers:
        changed |= await _seat(connection, office, _holders(facts, office, tally))
    return changed


def _holders(facts: Facts, office: Office, tally: Tally) -> dict[UUID, UUID | None]:
    holders: dict[UUID, UUID | None] = {}
    for organization_id, (row, number) in facts.officers[office].items():
        member = facts.member_with(number) if number else None
        if number and not member and office == Office.SECRETARY:
            is_refused = number in facts.refused.id_numbers
            code = RowProblem.MEMBER_REFUSED if is_refused else RowProblem.SECRETARY_UNKNOWN
            tally.note(row, SECRETARY.header, SECRETARY.mask(number), code)
        holders[organization_id] = member.id if member else None
    return holders


async def _seat(connection: Connection, office: Office, holders: dict[UUID, UUID | None]) -> set[UUID]:
    """The office's file names who is in office now; since when it says only by the day of the election."""
    named = (list(holders.keys()), list(holders.values()), today(), office.value)
    left = await connection.fetch(
        """
        UPDATE office_term SET ended_on = GREATEST(began_on, $3), end_reason = '党组织表已更新'
        FROM unnest($1::uuid[], $2::uuid[]) AS named (organization_id, member_id)
        WHERE office_term.organization_id = named.organization_id AND office = $4::text AND ended_on IS NULL
          AND office_term.member_id IS DISTINCT FROM named.member_id
        RETURNING office_term.organization_id
        """,
        *named,
    )
    entered = await connection.fetch(
        """
        INSERT INTO office_term (id, county_id, organization_id, member_id, office, began_on)
        SELECT gen_random_uuid(), o.county_id, o.id, named.member_id, $4::text,
               CASE WHEN EXISTS (SELECT FROM office_term b WHERE b.organization_id = o.id AND b.office = $4::text)
                    THEN $3 ELSE o.elected_on END
        FROM unnest($1::uuid[], $2::uuid[]) AS named (organization_id, member_id)
        JOIN organization o ON o.id = named.organization_id
        WHERE named.member_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM office_term t
            WHERE t.organization_id = o.id AND t.office = $4::text AND t.ended_on IS NULL)
        RETURNING organization_id
        """,
        *named,
    )
    return {id for (id,) in (*left, *entered)}


async def written_here(connection: Connection, county_id: UUID) -> set[UUID]:
    """The organizations that this transaction inserted or changed, which an officer does not change again."""
    rows = await connection.fetch(
        "SELECT id FROM organization WHERE county_id = $1 AND xmin = pg_current_xact_id()::xid", county_id
    )
    return {id for (id,) in rows}
