"""Secretaries (书记): named by organizations' rows, set once the members are there."""

from uuid import UUID

from asyncpg import Connection

from resolvers.imports.facts import Facts, load_members
from resolvers.imports.organizations import SECRETARY
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Tally


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
    changed = await connection.fetch(
        """
        UPDATE organization SET secretary_id = named.secretary_id
        FROM unnest($1::uuid[], $2::uuid[]) AS named (organization_id, secretary_id)
        WHERE organization.id = named.organization_id
          AND organization.secretary_id IS DISTINCT FROM named.secretary_id
        RETURNING organization.id
        """,
        list(secretaries.keys()),
        list(secretaries.values()),
    )
    return {id for (id,) in changed}


async def written_here(connection: Connection, county_id: UUID) -> set[UUID]:
    """The organizations that this transaction inserted or changed, which a secretary does not change again."""
    rows = await connection.fetch(
        "SELECT id FROM organization WHERE county_id = $1 AND xmin = pg_current_xact_id()::xid", county_id
    )
    return {id for (id,) in rows}
