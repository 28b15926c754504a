"""What the rows of a file are held against: what is stored already, and what this import refused before."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

from models.choices import Office
from runtime.encryption import Keyring
from runtime.key_check import hold_hashes


class KnownOrganization(NamedTuple):
    id: UUID
    kind: str
    parent_code: str | None
    is_dissolved: bool = False


class KnownMember(NamedTuple):
    id: UUID
    name: str
    born_on: date
    branch_code: str


class NamedOfficer(NamedTuple):
    """The identity number that an organization's row gives for the holder of an office, or None."""

    row: int
    id_number: str | None


@dataclass
class Refused:
    """What the rows tell of that an import refused, for the files that come after."""

    organizations: set[str] = field(default_factory=set)
    id_numbers: set[str] = field(default_factory=set)
    people: set[tuple[str, date]] = field(default_factory=set)
    """Name and birth date, since a row may have been refused for its very identity number."""
    theme_days: dict[str, set[date | None]] = field(default_factory=lambda: defaultdict(set))
    """By organization code; None for a row that was refused for its very date."""
    delegates: set[UUID] = field(default_factory=set)
    """By member."""
    delegate_names: set[str] = field(default_factory=set)
    """Of rows whose identity number is nobody's, or somebody else's."""


@dataclass
class Facts:
    county_id: UUID
    county_code: str
    keys: Keyring
    title: str = ""
    refused: Refused = field(default_factory=Refused)
    organizations: dict[str, KnownOrganization] = field(default_factory=dict)
    members: dict[bytes, KnownMember] = field(default_factory=dict)
    """By the hash of the identity number."""
    hashes: dict[str, bytes] = field(default_factory=dict)
    """By identity number, as far as this file names them: a member stands in many rows."""
    theme_days: dict[tuple[str, int, int], dict[date, UUID]] = field(default_factory=dict)
    """By organization code, year and month."""
    delegates: dict[UUID, list[UUID]] = field(default_factory=dict)
    """By member; one member may be a delegate of several congresses."""
    hosts: dict[UUID, str] = field(default_factory=dict)
    """By member who is away: the code of the organization that hosts him now."""
    floating_kept_on: dict[UUID, date] = field(default_factory=dict)
    """By member: when a record was last touched here, by an update or a return."""
    officers: dict[Office, dict[UUID, NamedOfficer]] = field(default_factory=lambda: defaultdict(dict))
    """By office and organization, as its row in this import names them."""

    def hash_of(self, number: str) -> bytes:
        known = self.hashes.get(number)
        if known is None:
            known = self.hashes[number] = self.keys.lookup(number)
        return known

    def member_with(self, number: str) -> KnownMember | None:
        return self.members.get(self.hash_of(number))


Loader = Callable[[Connection, Facts], Awaitable[None]]


async def load_organizations(connection: Connection, facts: Facts) -> None:
    rows = await connection.fetch(
        """
        SELECT organization.code, organization.id, organization.kind, parent.code AS parent_code,
               organization.dissolved_on IS NOT NULL AS is_dissolved
        FROM organization LEFT JOIN organization parent ON parent.id = organization.parent_id
        WHERE organization.county_id = $1
        """,
        facts.county_id,
    )
    facts.organizations = {code: KnownOrganization(*known) for code, *known in rows}


async def load_members(connection: Connection, facts: Facts) -> None:
    await hold_hashes(connection.fetch, facts.keys)
    facts.hashes.clear()
    rows = await connection.fetch(
        """
        SELECT member.id_number_hash, member.id, member.name, member.birth_date, organization.code
        FROM member JOIN organization ON organization.id = member.organization_id
        WHERE member.county_id = $1
        """,
        facts.county_id,
    )
    facts.members = {hash: KnownMember(*known) for hash, *known in rows}


async def load_theme_days(connection: Connection, facts: Facts) -> None:
    rows = await connection.fetch(
        """
        SELECT theme_day.id, theme_day.held_on, organization.code
        FROM theme_day JOIN organization ON organization.id = theme_day.organization_id
        WHERE theme_day.county_id = $1
        """,
        facts.county_id,
    )
    facts.theme_days = defaultdict(dict)
    for id, held_on, code in rows:
        facts.theme_days[code, held_on.year, held_on.month][held_on] = id


async def load_delegates(connection: Connection, facts: Facts) -> None:
    rows = await connection.fetch(
        "SELECT member_id, array_agg(id) FROM delegate WHERE county_id = $1 GROUP BY member_id",
        facts.county_id,
    )
    facts.delegates = dict(map(tuple, rows))


async def load_hosts(connection: Connection, facts: Facts) -> None:
    rows = await connection.fetch(
        """
        SELECT attachment.member_id, organization.code
        FROM attachment JOIN organization ON organization.id = attachment.organization_id
        WHERE attachment.county_id = $1 AND attachment.kind = 'AWAY' AND attachment.ended_on IS NULL
        """,
        facts.county_id,
    )
    facts.hosts = dict(map(tuple, rows))


async def load_floating(connection: Connection, facts: Facts) -> None:
    rows = await connection.fetch(
        """
        SELECT member_id, max(greatest(last_updated_on, returned_on)) AS kept_on
        FROM floating_member
        WHERE county_id = $1
        GROUP BY member_id
        HAVING max(greatest(last_updated_on, returned_on)) IS NOT NULL
        """,
        facts.county_id,
    )
    facts.floating_kept_on = dict(map(tuple, rows))
