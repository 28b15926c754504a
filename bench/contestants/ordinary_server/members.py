"""Members, organizations, floating records and the county: rows by the ORM, figures by SQL."""

from datetime import date
from uuid import UUID

import strawberry

from bench.contestants.ordinary_server.floating import FloatingMember, floating_member
from bench.contestants.ordinary_server.loaders import Info, YearMonth, cursor, first_day, loaders, rows, today
from bench.contestants.ordinary_server.values import (
    Attendance,
    AttendanceConnection,
    AttendanceEdge,
    Duty,
    PageInfo,
    Person,
    ThemeDay,
    TrainingYear,
)
from models import Attendance as AttendanceRow
from models import Member as MemberRow
from models import Organization as OrganizationRow
from models import ThemeDay as ThemeDayRow

BRANCH_COLUMNS = ("id", "code", "name", "kind", "field", "county_id")


@strawberry.type
class Organization:
    id: strawberry.ID
    name: str
    kind: str | None = None
    code: str | None = None
    field: str | None = None

    @strawberry.field
    async def secretary(self, info: Info) -> Person | None:
        row = await loaders(info).secretary.load(UUID(self.id))
        return Person(id=strawberry.ID(str(row["id"])), name=row["name"]) if row else None

    @strawberry.field
    async def member_count(self, info: Info) -> int:
        count: int = await loaders(info).member_count.load(UUID(self.id))
        return count

    @strawberry.field
    async def floating_count(self, info: Info) -> int:
        count: int = await loaders(info).floating_count.load(UUID(self.id))
        return count

    @strawberry.field
    async def attendance_rate(self, info: Info, month: YearMonth) -> float | None:
        return await loaders(info).attendance_rate.load((UUID(self.id), month))

    @strawberry.field
    async def members(self, first: int, after: str | None = None) -> "MemberConnection":
        found = await (
            MemberRow.filter(organization_id=self.id)
            .order_by("name_sort", "id")
            .limit(first + 1)
            .only("id", "name", "gender", "birth_date", "education", "standing", "joined_on", "confirmed_on",
                  "phone_masked", "organization_id", "name_sort")
        )  # fmt: skip
        page = found[:first]
        more = len(found) > first
        total = await MemberRow.filter(organization_id=self.id).count() if more else len(page)
        return MemberConnection(
            total_count=total,
            page_info=PageInfo(
                has_next_page=more, end_cursor=cursor(page[-1].name_sort, page[-1].id) if page else None
            ),
            edges=[MemberEdge(node=member(row)) for row in page],
        )


@strawberry.type
class Member:
    row: strawberry.Private[MemberRow]
    id: strawberry.ID
    name: str
    gender: str | None
    birth_date: date | None
    education: str | None
    standing: str
    joined_on: date
    confirmed_on: date | None
    phone: str | None

    @strawberry.field
    async def organization(self, info: Info) -> Organization | None:
        row = await loaders(info).organization.load(self.row.organization_id)
        return Organization(id=strawberry.ID(str(row.id)), name=row.name, kind=row.kind) if row else None

    @strawberry.field
    async def next_theme_day(self) -> ThemeDay | None:
        day = (
            await ThemeDayRow.filter(organization_id=self.row.organization_id, held_on__gte=today())
            .order_by("held_on")
            .first()
            .only("id", "theme", "held_on")
        )
        if day is None:
            return None
        attended = await AttendanceRow.exists(theme_day_id=day.id, member_id=self.row.id)
        status = "SCHEDULED" if day.held_on > today() else "OPEN"
        return ThemeDay(id=strawberry.ID(str(day.id)), theme=day.theme, held_on=day.held_on, status=status,
                        attended=attended)  # fmt: skip

    @strawberry.field
    async def attendances(self, first: int) -> AttendanceConnection:
        found = await (
            AttendanceRow.filter(member_id=self.row.id)
            .order_by("-checked_in_at", "-id")
            .limit(first)
            .select_related("theme_day")
        )
        nodes = [
            Attendance(
                id=strawberry.ID(str(row.id)),
                checked_in_at=row.checked_in_at,
                method=None if row.method == "IMPORTED" else row.method,
                theme_day=ThemeDay(
                    id=strawberry.ID(str(row.theme_day.id)),
                    theme=row.theme_day.theme,
                    held_on=row.theme_day.held_on,
                ),
            )
            for row in found
        ]
        return AttendanceConnection(edges=[AttendanceEdge(node=node) for node in nodes])

    @strawberry.field
    async def training_year(self, year: int) -> TrainingYear | None:
        (found,) = await rows("training_year", self.row.id, year, today())
        return TrainingYear(year=found["year"], required_hours=found["requiredHours"],
                            completed_hours=found["completedHours"], met=found["met"])  # fmt: skip

    @strawberry.field
    async def floating(self, info: Info) -> FloatingMember | None:
        row = await loaders(info).floating.load(self.row.id)
        return floating_member(row) if row else None

    @strawberry.field
    async def duties(self, open_only: bool = False) -> list[Duty]:
        found = await rows("duties", self.row.id, self.row.organization_id, today())
        return [
            Duty(kind=row["kind"], title=row["title"], due_on=row["dueOn"], overdue=row["overdue"])
            for row in found
        ]


def member(row: MemberRow) -> Member:
    return Member(
        row=row,
        id=strawberry.ID(str(row.id)),
        name=row.name,
        gender=row.gender,
        birth_date=row.birth_date,
        education=row.education,
        standing=row.standing,
        joined_on=row.joined_on,
        confirmed_on=row.confirmed_on,
        phone=row.phone_masked,
    )


@strawberry.type
class MemberEdge:
    node: Member


@strawberry.type
class MemberConnection:
    total_count: int
    page_info: PageInfo
    edges: list[MemberEdge]


@strawberry.type
class OrganizationEdge:
    node: Organization


@strawberry.type
class OrganizationConnection:
    total_count: int
    edges: list[OrganizationEdge]


@strawberry.type
class County:
    row_id: strawberry.Private[UUID]
    code: strawberry.ID
    name: str
    organization_count: int
    member_count: int
    floating_count: int
    delegate_count: int

    @strawberry.field
    async def attendance_rate(self, month: YearMonth) -> float | None:
        (found,) = await rows("county_rate", self.row_id, first_day(month))
        rate: float | None = found["rate"]
        return rate

    @strawberry.field
    async def branches(self, first: int) -> OrganizationConnection:
        standing = OrganizationRow.filter(county_id=self.row_id, dissolved_on=None)
        found = await standing.order_by("code", "id").limit(first).only(*BRANCH_COLUMNS)
        total = len(found) if len(found) < first else await standing.count()
        nodes = [
            Organization(
                id=strawberry.ID(str(row.id)), name=row.name, kind=row.kind, code=row.code, field=row.field
            )
            for row in found
        ]
        return OrganizationConnection(
            total_count=total, edges=[OrganizationEdge(node=node) for node in nodes]
        )
