"""Home-comings (六个一) and the county's systems for members away (八项制度)."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.floating import away, codes, give, read, record_of
from tests.test_access import OTHER, rows, two_counties

OFFICE, SECRETARY, FLOATING = f"office@{OTHER}", f"secretary@{OTHER}", f"floating@{OTHER}"
SIX = ["post", "lecture", "pledge", "meeting", "talk", "update"]
EIGHT = ["notice", "contact_person", "report", "talk", "points", "bulletin", "help", "reward"]


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=CHINA)


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def came(county: Client, record: str, on: str, left: str | None = None, who: str = OFFICE) -> Any:
    return await give(county, "recordHomecoming", who, floatingMemberId=record, cameOn=on, leftAgainOn=left)


async def did(county: Client, homecoming: str, key: str, on: str, who: str = OFFICE, **more: Any) -> Any:
    return await give(
        county, "recordHomecomingItem", who, homecomingId=homecoming, key=key, doneOn=on, **more
    )


def done(homecoming: Any) -> dict[str, str]:
    return {item["key"]: item["doneOn"] for item in homecoming["items"] if item["doneOn"]}


async def test_the_six_items_are_worked_through_once(county: Client) -> None:
    with stopped_at(noon("2020-06-01")):
        record = await away(county, "2020-05-01")
    with stopped_at(noon("2021-02-10")):
        home = (await came(county, record, "2021-02-08"))["homecoming"]
        assert [item["key"] for item in home["items"]] == SIX
        assert home["items"][0]["label"] == "认领一个岗位"
        assert (home["doneCount"], home["total"]) == (0, 6)
        for key in SIX[:5]:
            answer = await did(county, home["id"], key, "2021-02-09", note=f" {key} ")
        assert answer["homecoming"]["doneCount"] == 5
        again = await did(county, home["id"], "talk", "2021-02-10", who=SECRETARY)
    assert again["homecoming"]["doneCount"] == 5
    talk = next(item for item in again["homecoming"]["items"] if item["key"] == "talk")
    assert (talk["doneOn"], talk["note"]) == ("2021-02-10", None)
    # 谈心谈话 stands in both lists; what was done while at home is counted there alone.
    systems = (await read(county, OFFICE, record, "systems { key count }"))["systems"]
    assert {"key": "talk", "count": 0} in systems
    stored = await rows("SELECT count(*) AS n FROM floating_activity WHERE homecoming_id = $1", home["id"])
    assert stored[0]["n"] == 5


@pytest.mark.parametrize(
    ("updated_on", "filled"),
    [("2021-02-07", False), ("2021-02-08", True), ("2021-02-15", True), ("2021-02-16", False)],
)
async def test_keeping_the_record_while_home_does_one_item(
    county: Client, updated_on: str, filled: bool
) -> None:
    """Whichever is recorded first, the update or the home-coming; the first and the last day are days at home."""
    with stopped_at(noon("2020-06-01")):
        update_first, home_first = await away(county, "2020-05-01"), await away(county, "2020-05-01")
    await rows(
        "INSERT INTO homecoming (id, county_id, floating_member_id, came_on, left_again_on) "
        "SELECT gen_random_uuid(), county_id, id, '2021-02-08', '2021-02-15' FROM floating_member WHERE id = $1",
        home_first,
    )
    with stopped_at(noon(updated_on)):
        for record in (update_first, home_first):
            answer = await give(county, "updateFloatingMember", OFFICE, floatingMemberId=record)
            assert codes(answer) == []
    with stopped_at(noon("2021-03-01")):
        late = (await came(county, update_first, "2021-02-08", "2021-02-15"))["homecoming"]
        known = (await read(county, OFFICE, home_first, "homecomings { items { key doneOn } }"))[
            "homecomings"
        ][0]
    expected = {"update": updated_on} if filled else {}
    assert done(late) == expected
    assert done(known) == expected


async def test_nothing_else_is_filled_by_itself(county: Client) -> None:
    """Attendance at a theme day while home does not say that a lecture was caught up on."""
    record = await record_of(FLOATING)
    with stopped_at(noon("2021-02-10")):
        home = (await came(county, record, "2021-02-10"))["homecoming"]
        branch = (await rows("SELECT home_branch_id FROM floating_member WHERE id = $1", record))[0]
        day = {"organizationId": str(branch["home_branch_id"]), "heldOn": "2021-02-10", "theme": "党课"}
        day_id = (await county.run("ScheduleThemeDay", OFFICE, input=day))["scheduleThemeDay"]["themeDay"][
            "id"
        ]
        checked = await county.run("CheckIn", FLOATING, input={"themeDayId": day_id, "method": "ONLINE"})
        assert checked["checkIn"]["refusals"] == []
        after = (await read(county, FLOATING, record, "homecomings { id items { key doneOn } }"))[
            "homecomings"
        ]
    assert [one["id"] for one in after] == [home["id"]]
    assert done(after[0]) == {}


async def test_what_filled_itself_does_not_keep_a_homecoming_open(county: Client) -> None:
    """A home-coming that is recorded late: the record was kept on the day of recording, when he was away again."""
    with stopped_at(noon("2020-06-01")):
        record = await away(county, "2020-05-01")
    with stopped_at(noon("2021-03-01")):
        home = (await came(county, record, "2021-02-08"))["homecoming"]
        given = {"floatingMemberId": record, "employment": "工地"}
        assert codes(await give(county, "updateFloatingMember", OFFICE, **given)) == []
        left = await came(county, record, "2021-02-08", "2021-02-20")
        assert codes(left) == []
        assert (left["homecoming"]["id"], left["homecoming"]["leftAgainOn"]) == (home["id"], "2021-02-20")


async def test_who_left_again_is_home_no_more(county: Client) -> None:
    with stopped_at(noon("2020-06-01")):
        record = await away(county, "2020-05-01")
    with stopped_at(noon("2021-03-01")):
        home = (await came(county, record, "2021-02-08"))["homecoming"]
        assert codes(await did(county, home["id"], "pledge", "2021-02-20")) == []
        assert codes(await came(county, record, "2021-02-08", "2021-02-19")) == ["ITEM_DONE_LATER"]
        left = await came(county, record, "2021-02-08", "2021-02-20")
        assert (left["homecoming"]["id"], left["homecoming"]["leftAgainOn"]) == (home["id"], "2021-02-20")
        for day in ("2021-02-07", "2021-02-21"):
            assert codes(await did(county, home["id"], "post", day)) == ["NOT_AT_HOME"]
        later = await came(county, record, "2021-02-25")
        assert codes(later) == []
        # Said once more without the day of leaving, it stays as it is.
        assert (await came(county, record, "2021-02-08"))["homecoming"]["leftAgainOn"] == "2021-02-20"
        seen = await read(county, OFFICE, record, "homecomings { cameOn leftAgainOn doneCount total }")
    assert [(one["cameOn"], one["doneCount"]) for one in seen["homecomings"]] == [
        ("2021-02-25", 0),
        ("2021-02-08", 1),
    ]


@pytest.mark.parametrize(
    ("on", "left", "code"),
    [
        ("2021-03-02", None, "IN_THE_FUTURE"),
        ("2021-02-20", "2021-03-02", "IN_THE_FUTURE"),
        ("2021-02-20", "2021-02-19", "LEFT_BEFORE_COMING"),
        ("2020-04-30", "2020-04-30", "CAME_BEFORE_LEAVING"),
        ("2021-02-05", "2021-02-10", "HOMECOMINGS_OVERLAP"),
        ("2021-02-15", None, "HOMECOMINGS_OVERLAP"),
        ("2021-02-01", None, "HOMECOMINGS_OVERLAP"),
    ],
)
async def test_homecomings_that_are_refused(county: Client, on: str, left: str | None, code: str) -> None:
    with stopped_at(noon("2020-06-01")):
        record = await away(county, "2020-05-01")
    with stopped_at(noon("2021-03-01")):
        assert codes(await came(county, record, "2021-02-10", "2021-02-15")) == []
        answer = await came(county, record, on, left)
        assert (answer["homecoming"], codes(answer)) == (None, [code])
    assert len(await rows("SELECT 1 FROM homecoming WHERE floating_member_id = $1", record)) == 1


async def test_items_that_are_refused(county: Client) -> None:
    with stopped_at(noon("2020-06-01")):
        record = await away(county, "2020-05-01")
    with stopped_at(noon("2021-03-01")):
        home = (await came(county, record, "2021-02-10"))["homecoming"]["id"]
        unknown = await did(county, home, "song", "2021-02-10")
        assert codes(unknown) == ["UNKNOWN_ITEM"]
        assert "post（认领一个岗位）" in unknown["refusals"][0]["message"]
        assert codes(await did(county, home, "post", "2021-03-02")) == ["IN_THE_FUTURE"]
        assert codes(await did(county, home, "post", "2021-02-10", note="长" * 401)) == ["TEXT_TOO_LONG"]
        assert codes(await did(county, "no-id", "post", "2021-02-10")) == ["HOMECOMING_NOT_FOUND"]
        seen = await read(county, OFFICE, record, "homecomings { doneCount }")
    assert seen["homecomings"] == [{"doneCount": 0}]


async def test_a_county_without_the_lists(county: Client) -> None:
    """The national pack has neither list: they are empty, a home-coming can be recorded, and no item."""
    record = await record_of("floating")
    with stopped_at(noon("2021-03-01")):
        home = (await came(county, record, "2021-02-10", who="office"))["homecoming"]
        assert (home["items"], home["doneCount"], home["total"]) == ([], 0, 0)
        assert codes(await did(county, home["id"], "post", "2021-02-10", who="office")) == ["NO_SUCH_LIST"]
        given = {"floatingMemberId": record, "key": "report", "doneOn": "2021-02-10"}
        assert codes(await give(county, "recordFloatingActivity", "office", **given)) == ["NO_SUCH_LIST"]
        assert (await read(county, "office", record, "systems { key }"))["systems"] == []
        kept = await give(county, "updateFloatingMember", "office", floatingMemberId=record)
        assert codes(kept) == []
    assert await rows("SELECT 1 FROM floating_activity WHERE floating_member_id = $1", record) == []


async def test_the_duties_of_who_is_home(county: Client) -> None:
    """Each open item within thirty days of coming home, which is our default: the source has no deadline."""
    record = await record_of(FLOATING)
    await rows("DELETE FROM homecoming WHERE floating_member_id = $1", record)
    text = "{ viewer { member { duties(openOnly: true) { kind title dueOn overdue } } } }"

    async def open_items(on: str) -> list[tuple[str, bool]]:
        with stopped_at(noon(on)):
            found = (await county.query(text, FLOATING))["data"]["viewer"]["member"]["duties"]
        items = [duty for duty in found if duty["kind"] == "HOMECOMING"]
        assert all(duty["title"].startswith("返乡活动: ") for duty in items)
        return [(duty["dueOn"], duty["overdue"]) for duty in items]

    with stopped_at(noon("2021-02-08")):
        home = (await came(county, record, "2021-02-08"))["homecoming"]["id"]
        assert codes(await did(county, home, "post", "2021-02-08", who=FLOATING)) == []
    assert await open_items("2021-02-07") == []
    assert await open_items("2021-03-10") == [("2021-03-10", False)] * 5
    assert await open_items("2021-03-11") == [("2021-03-10", True)] * 5
    with stopped_at(noon("2021-03-11")):
        assert codes(await came(county, record, "2021-02-08", "2021-03-11")) == []
    assert len(await open_items("2021-03-11")) == 5
    assert await open_items("2021-03-12") == []


async def test_the_eight_systems_count_what_was_done(county: Client) -> None:
    with stopped_at(noon("2020-06-01")):
        record = await away(county, "2020-05-01")
    with stopped_at(noon("2021-03-01")):
        for day in ("2021-01-05", "2021-02-05"):
            given = {"floatingMemberId": record, "key": "report", "doneOn": day, "note": "电话汇报"}
            answer = await give(county, "recordFloatingActivity", SECRETARY, **given)
        assert answer["activity"] == {
            "key": "report",
            "label": "定期汇报",
            "doneOn": "2021-02-05",
            "note": "电话汇报",
            "inList": "SYSTEM",
        }
        systems = answer["floatingMember"]["systems"]
        assert [one["key"] for one in systems] == EIGHT
        counted = {one["key"]: (one["count"], one["lastOn"]) for one in systems if one["count"]}
        # Who was registered has announced that he leaves.
        assert counted == {"notice": (1, "2020-06-01"), "report": (2, "2021-02-05")}
        fields = "activities(first: 2) { totalCount pageInfo { hasNextPage } edges { node { key doneOn } } }"
        page = (await read(county, SECRETARY, record, fields))["activities"]
        assert page["totalCount"] == 3
        assert [edge["node"]["doneOn"] for edge in page["edges"]] == ["2021-02-05", "2021-01-05"]
        for change, code in (
            ({"key": "song"}, "UNKNOWN_ITEM"),
            ({"doneOn": "2021-03-02"}, "IN_THE_FUTURE"),
            ({"doneOn": "2020-04-30"}, "BEFORE_LEAVING"),
            ({"note": "长" * 401}, "TEXT_TOO_LONG"),
        ):
            assert codes(await give(county, "recordFloatingActivity", OFFICE, **{**given, **change})) == [
                code
            ]
    assert len(await rows("SELECT 1 FROM floating_activity WHERE floating_member_id = $1", record)) == 3
