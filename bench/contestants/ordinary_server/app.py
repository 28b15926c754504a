"""An ordinary server, written with care: Strawberry over Tortoise, a loader for what belongs to rows of lists,
parser and validation kept between requests.

uvicorn bench.contestants.ordinary_server.app:app, with BENCH_SOCKET and BENCH_MEMBER in its environment.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from tortoise import Tortoise

from bench.contestants.ordinary_server.floating import (
    FloatingMemberConnection,
    FloatingMemberEdge,
    floating_member,
)
from bench.contestants.ordinary_server.loaders import Loaders, YearMonth, cursor, rows, today
from bench.contestants.ordinary_server.members import County, Member, Organization, member
from bench.contestants.ordinary_server.values import (
    Attendance,
    CheckInInput,
    CheckInPayload,
    PageInfo,
    Person,
    ThemeDay,
)
from models import County as CountyRow
from models import FloatingMember as FloatingRow
from models import Member as MemberRow
from models import Organization as OrganizationRow


@strawberry.type
class Viewer:
    @strawberry.field
    async def member(self) -> Member | None:
        row = await MemberRow.get_or_none(id=os.environ["BENCH_MEMBER"])
        return member(row) if row else None


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self) -> Viewer:
        return Viewer()

    @strawberry.field
    async def organization(self, id: strawberry.ID) -> Organization | None:
        row = await OrganizationRow.get_or_none(id=id)
        return Organization(id=strawberry.ID(str(row.id)), name=row.name, kind=row.kind) if row else None

    @strawberry.field
    async def floating_members(
        self, county: strawberry.ID, first: int, after: str | None = None, overdue_only: bool | None = None
    ) -> FloatingMemberConnection:
        (county_id,) = await CountyRow.filter(code=county).values_list("id", flat=True)
        open_records = FloatingRow.filter(county_id=county_id, returned_on=None)
        total = await open_records.count()
        found = await open_records.order_by("id").limit(first + 1)
        page = found[:first]
        return FloatingMemberConnection(
            total_count=total,
            page_info=PageInfo(
                has_next_page=len(found) > first, end_cursor=cursor(page[-1].id) if page else None
            ),
            edges=[FloatingMemberEdge(node=floating_member(row)) for row in page],
        )

    @strawberry.field
    async def county(self, code: strawberry.ID) -> County | None:
        found = await rows("county", str(code))
        if not found:
            return None
        row = found[0]
        return County(
            row_id=row["id"],
            code=strawberry.ID(row["code"]),
            name=row["name"],
            organization_count=row["organizationCount"],
            member_count=row["memberCount"],
            floating_count=row["floatingCount"],
            delegate_count=row["delegateCount"],
        )


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def check_in(self, input: CheckInInput) -> CheckInPayload:
        await rows("check_in", input.theme_day_id, input.member_id, today())
        (made,) = await rows("attendance_of", input.theme_day_id, input.member_id)
        (day,) = await rows("theme_day_count", input.theme_day_id)
        return CheckInPayload(
            attendance=Attendance(
                id=strawberry.ID(str(made["id"])),
                checked_in_at=made["checked_in_at"],
                method=made["method"],
                member=Person(id=strawberry.ID(str(made["member_id"])), name=made["name"]),
            ),
            theme_day=ThemeDay(id=strawberry.ID(str(day["id"])), attendance_count=day["attendanceCount"],
                               attendance_rate=day["attendanceRate"]),
            refusals=[],
        )  # fmt: skip


class Server(GraphQL[dict[str, Any], None]):
    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"request": request, "response": response, "loaders": Loaders()}

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)],
    config=StrawberryConfig(scalar_map={YearMonth: strawberry.scalar(name="YearMonth")}),
)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    credentials = {
        "host": os.environ["BENCH_SOCKET"],
        "port": 5432,
        "user": "dangjian",
        "database": "dangjian",
    }
    await Tortoise.init(
        config={
            "connections": {
                "default": {
                    "engine": "tortoise.backends.asyncpg",
                    "credentials": {**credentials, "minsize": 1, "maxsize": 10},
                }
            },
            "apps": {"models": {"models": ["models"], "default_connection": "default"}},
            "use_tz": True,
            "timezone": "Asia/Shanghai",
        },
        _enable_global_fallback=True,
    )
    yield
    await Tortoise.close_connections()


app = Starlette(lifespan=lifespan, routes=[Route("/graphql", Server(schema, graphql_ide=None))])
