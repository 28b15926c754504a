"""What belongs to rows of lists, asked for all rows at once; and the statements that everybody but PostGraphile has."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NewType
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import strawberry
from strawberry.dataloader import DataLoader
from tortoise.connection import get_connection

from models import FloatingMember as FloatingRow
from models import Member as MemberRow
from models import Organization as OrganizationRow

YearMonth = NewType("YearMonth", str)
CHINA = ZoneInfo("Asia/Shanghai")
STATEMENTS = {
    file.stem: file.read_text("utf-8")
    for file in (Path(__file__).resolve().parents[1] / "statements").glob("*.sql")
}


def today() -> date:
    return datetime.now(CHINA).date()


async def rows(name: str, *values: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await get_connection("default").execute_query_dict(
        STATEMENTS[name], list(values)
    )
    return found


def first_day(month: YearMonth) -> date:
    return date.fromisoformat(f"{month}-01")


def cursor(*parts: object) -> str:
    return base64.b64encode(orjson.dumps([str(part) for part in parts])).decode()


def loader(name: str, key: str, pick: Callable[[dict[str, Any] | None], Any]) -> Any:
    async def load(keys: list[Any]) -> list[Any]:
        found = {row[key]: row for row in await rows(name, keys)}
        return [pick(found.get(each)) for each in keys]

    return load


class Loaders:
    """Made anew for each request."""

    def __init__(self) -> None:
        self.member = DataLoader(_members)
        self.organization = DataLoader(_organizations)
        self.floating = DataLoader(_floating)
        self.secretary = DataLoader(loader("secretaries", "organization_id", lambda row: row))
        self.host_branch = DataLoader(loader("host_branches", "member_id", lambda row: row))
        self.member_count = DataLoader(
            loader("member_counts", "organization_id", lambda row: row["count"] if row else 0)
        )
        self.floating_count = DataLoader(
            loader("floating_counts", "organization_id", lambda row: row["count"] if row else 0)
        )
        self.attendance_rate = DataLoader(_attendance_rates)


async def _members(ids: list[UUID]) -> list[MemberRow | None]:
    found = {row.id: row for row in await MemberRow.filter(id__in=ids).only("id", "name", "phone_masked")}
    return [found.get(each) for each in ids]


async def _organizations(ids: list[UUID]) -> list[OrganizationRow | None]:
    found = {row.id: row for row in await OrganizationRow.filter(id__in=set(ids)).only("id", "name", "kind")}
    return [found.get(each) for each in ids]


async def _floating(ids: list[UUID]) -> list[FloatingRow | None]:
    found = {row.member_id: row for row in await FloatingRow.filter(member_id__in=ids, returned_on=None)}
    return [found.get(each) for each in ids]


async def _attendance_rates(keys: list[tuple[UUID, YearMonth]]) -> list[float | None]:
    found = {
        row["organization_id"]: row["rate"]
        for row in await rows("attendance_rates", [id for id, _ in keys], first_day(keys[0][1]))
    }
    return [found.get(id) for id, _ in keys]


Info = strawberry.Info[dict[str, Any], None]


def loaders(info: Info) -> Loaders:
    found: Loaders = info.context["loaders"]
    return found
