"""Secretaries (书记): named by organizations' rows, set once the members are there."""

from uuid import UUID

from asyncpg import Connection

from resolvers.imports.facts import Facts, load_members
from resolvers.imports.organizations import SECRETARY
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Tally
from runtime.clock import today


async def set_secretaries(connection: Connection, facts: Facts, tally: Tally) -> set[UUID]:
    """The ids of the organizations that changed. One whose secretary is nobody known is left without."""
    await load_members(connection, facts)
    secretaries: dict[UUID, UUID | None] = {}
    for organization_id, (row, number) in facts.secretaries.items():
        member = facts.members.get(number) if number else None
        if number and not member:
            is_refused = number in facts.refused.id_numbers
            code = RowProblem.MEMBER_REFUSED if is_refused else RowProblem.SECRETARY_UNKNOWN
            tally.note(row, SECRETARY.header, number, code)
        secretaries[organization_id] = member.id if member else None
    named = (list(secretaries.keys()), list(secretaries.values()))
    # The office's file names who is in office now; since when it says only by the day of the election.
    left = await connection.fetch(
        """
        UPDATE office_term SET ended_on = GREATEST(began_on, $3), end_reason = '党组织表已更新'
        FROM unnest($1::uuid[], $2::uuid[]) AS named (organization_id, secretary_id)
        WHERE office_term.organization_id = named.organization_id AND office = 'SECRETARY' AND ended_on IS NULL
          AND office_term.member_id IS DISTINCT FROM named.secretary_id
        RETURNING office_term.organization_id
        """,
        *named,
        today(),
    )
    entered = await connection.fetch(
        """
        INSERT INTO office_term (id, county_id, organization_id, member_id, office, began_on)
        SELECT gen_random_uuid(), o.county_id, o.id, named.secretary_id, 'SECRETARY',
               CASE WHEN EXISTS (SELECT FROM office_term b WHERE b.organization_id = o.id
                                 AND b.office = 'SECRETARY') THEN $3 ELSE o.elected_on END
        FROM unnest($1::uuid[], $2::uuid[]) AS named (organization_id, secretary_id)
        JOIN organization o ON o.id = named.organization_id
        WHERE named.secretary_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM office_term t
            WHERE t.organization_id = o.id AND t.office = 'SECRETARY' AND t.ended_on IS NULL)
        RETURNING organization_id
        """,
        *named,
        today(),
    )
    return {id for (id,) in (*left, *entered)}


async def written_here(connection: Connection, county_id: UUID) -> set[UUID]:
    """The organizations that this transaction inserted or changed, which a secretary does not change again."""
    rows = await connection.fetch(
        "SELECT id FROM organization WHERE county_id = $1 AND xmin = pg_current_xact_id()::xid", county_id
    )
    return {id for (id,) in rows}
