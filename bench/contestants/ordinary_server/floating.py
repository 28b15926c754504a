"""Members, organizations, floating records and the county: rows by the ORM, figures by SQL."""

from datetime import date

import strawberry

from bench.contestants.ordinary_server.loaders import Info, loaders, today
from bench.contestants.ordinary_server.values import (
    Branch,
    Clarity,
    PageInfo,
    Person,
)
from models import FloatingMember as FloatingRow

BRANCH_COLUMNS = ("id", "code", "name", "kind", "field", "county_id")


@strawberry.type
class FloatingMember:
    row: strawberry.Private[FloatingRow]
    id: strawberry.ID
    left_on: date | None
    destination: str | None
    contact: str | None
    employment: str | None
    last_updated_on: date | None

    @strawberry.field
    async def member(self, info: Info) -> Person | None:
        row = await loaders(info).member.load(self.row.member_id)
        return Person(id=strawberry.ID(str(row.id)), name=row.name, phone=row.phone_masked) if row else None

    @strawberry.field
    async def home_branch(self, info: Info) -> Branch | None:
        row = await loaders(info).organization.load(self.row.home_branch_id)
        return Branch(id=strawberry.ID(str(row.id)), name=row.name) if row else None

    @strawberry.field
    async def host_branch(self, info: Info) -> Branch | None:
        row = await loaders(info).host_branch.load(self.row.member_id)
        return Branch(id=strawberry.ID(str(row["id"])), name=row["name"]) if row else None

    @strawberry.field
    def update_due_on(self) -> date:
        return due_on(self.row)

    @strawberry.field
    def overdue(self) -> bool:
        return today() > due_on(self.row)

    @strawberry.field
    def clarity(self) -> Clarity:
        row = self.row
        asked = (row.left_on, row.destination, row.contact_masked, row.employment, row.organizational_life,
                 row.mindset, row.contribution)  # fmt: skip
        return Clarity(clear=sum(each is not None for each in asked), total=len(asked))


def due_on(row: FloatingRow) -> date:
    """Three months after the record was last kept, at most the month's last day."""
    began = row.last_updated_on or row.left_on or today()
    year, month = divmod(began.year * 12 + began.month - 1 + 3, 12)
    for day in range(began.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, began.day)


def floating_member(row: FloatingRow) -> FloatingMember:
    return FloatingMember(
        row=row,
        id=strawberry.ID(str(row.id)),
        left_on=row.left_on,
        destination=row.destination,
        contact=row.contact_masked,
        employment=row.employment,
        last_updated_on=row.last_updated_on,
    )


@strawberry.type
class FloatingMemberEdge:
    node: FloatingMember


@strawberry.type
class FloatingMemberConnection:
    total_count: int
    page_info: PageInfo
    edges: list[FloatingMemberEdge]
