"""What a subscriber is told about a theme day, against the table of access: the count, and who came last."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.access_expected import sections
from tests.access_rows import ACCOUNTS, VIEWERS, Row, Who, World, fill
from tests.conftest import COUNTY, Credentials, copied
from tests.test_access import OTHER, two_counties_template
from tests.test_live import Live, acknowledged, hear, live_server, subscribe

QUERY = (
    "subscription Count($day: ID!) { themeDayAttendance(themeDayId: $day) "
    "{ attendanceCount expectedCount latest { id member { id } } } }"
)
DAYS = ("SY01001", "SY01002", "SYL01")


@dataclass
class Ground:
    live: Live
    world: World


@pytest.fixture(scope="module")
async def ground(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    template = await two_counties_template(server, small_template, tmp_path_factory)
    async with copied(server, template) as credentials, live_server(credentials) as live:
        for county in (COUNTY, OTHER):
            await fill(county)
        for username in ACCOUNTS.values():
            if username is not None:
                await live.token(username)
        yield Ground(live, await World.read())


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_subscriber_is_told_what_the_table_says(ground: Ground, viewer: str) -> None:
    who, world = ground.world.who(viewer), ground.world
    username = ACCOUNTS[viewer]
    token = ground.live.tokens[username] if username else None
    async with ground.live.socket(token) as socket:
        await acknowledged(socket)
        for code in DAYS:
            day = next(
                row
                for row in world.of("theme_day")
                if str(row["held_on"]) == "2020-04-10"
                and f"/{code}/" in world.path(row["organization_id"])[-9:]
                and "other" not in world.places("theme_day", row)
            )
            await subscribe(socket, QUERY, "Count", id=code, day=day["id"])
            told = await hear(socket)
            while told.get("id") != code or told["type"] == "complete":  # the end of the one before
                told = await hear(socket)
            if viewer == "emergency":  # whose every read is logged, which a stream of them is not
                assert told["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_IN_EMERGENCY"
                continue
            assert told["type"] == "next", told
            answer = told["payload"]["data"]["themeDayAttendance"]
            if level(world, who, "ThemeDay", "theme_day", day) == "-":
                assert answer is None, code
                continue
            came = [row for row in world.of("attendance") if row["theme_day_id"] == day["id"]]
            assert answer["attendanceCount"] == len(came)
            if answer["latest"] is not None:
                latest = world.get("attendance", answer["latest"]["id"])
                assert level(world, who, "Attendance", "attendance", latest) != "-"
            elif who.grants and who.name == "office":
                pytest.fail("who sees every attendance is told the latest")


def level(world: World, who: Who, type: str, table: str, row: Row) -> str:
    section = sections()[type]
    places = {section.column_of(place) for place in world.places(table, row)}
    return section.level(who.name, places | world.relations(who, table, row))
