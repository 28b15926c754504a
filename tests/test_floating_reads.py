"""One statement for whatever is asked about members away, and the same answer for who may see it by every way."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials, copied, serving
from tests.floating import away, codes, give, read
from tests.test_access import OTHER, ids, rows, sign_everybody_in, two_counties_template

NOON = datetime(2021, 3, 1, 12, tzinfo=CHINA)
OFFICE = f"office@{OTHER}"
RECORD = """id leftOn items { key value } isPlaceFixed wentAbroadOn lastGreetedOn contactPerson { name }
  clarity { clear total items { key clear } } findings { code citation }
  homecomings { cameOn leftAgainOn doneCount total items { key label doneOn note } }
  systems { key label lastOn count } activities(first: 3) { totalCount edges { node { label inList doneOn note } } }
  decisions { measure decidedBy findings { code } } openHandover { id status overdue }"""
READS = {
    "everything of the record": "{ floatingMembers(county: %s, first: 9, outOfContact: false) { totalCount edges "
    "{ node { RECORD } } } }".replace("RECORD", RECORD),
    "out of contact": "{ floatingMembers(county: %s, first: 100, outOfContact: true) "
    "{ totalCount edges { node { id } } } }",
    "hand-overs": "{ handovers(county: %s, first: 20, openOnly: true) { totalCount pageInfo { hasNextPage } edges "
    "{ node { id kind status overdue dueOn memberName homeName hostName member { name } home { name } "
    "host { name } responsible { name } } } } }",
    "hand-overs of organizations": "{ organizations(county: %s, first: 5) { edges { node "
    "{ handovers(first: 3, openOnly: true) { totalCount edges { node { id status } } } } } } }",
    "who is handed over": "{ members(county: %s, first: 50) { edges { node "
    "{ openHandover { hostName status } } } } }",
}


@pytest.fixture(scope="module")
async def watched(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Client, asyncpg.Connection]]:
    """Both counties behind HTTP with one record that has everything, and who asks PostgreSQL what it executed."""
    template = await two_counties_template(server, small_template, tmp_path_factory)
    async with (
        copied(server, template) as credentials,
        serving(credentials, tmp_path_factory.mktemp("var")) as client,
    ):
        await sign_everybody_in(client)
        await fill(client)
        watch = await asyncpg.connect(**credentials)
        try:
            await watch.execute("CREATE EXTENSION pg_stat_statements")
            yield client, watch
        finally:
            await watch.close()


async def fill(client: Client) -> None:
    with stopped_at(NOON):
        record = await away(client, "2020-05-01", contact="19999036485")
        for_him = {"floatingMemberId": record}
        member = (await rows("SELECT member_id FROM floating_member WHERE id = $1", record))[0]["member_id"]
        place = (await ids("organization", "t.code", OTHER))["SYL01"]
        decision = {
            "measure": "KEEP_LOOKING",
            "reason": "查找",
            "decidedBy": "党支部",
            "decidedOn": "2021-03-01",
        }
        handover = {"memberId": str(member), "hostOrganizationId": place, "kind": "ATTACHMENT"}
        activity = {"key": "report", "doneOn": "2021-03-01"}
        for name, given in (
            ("recordHomecoming", {**for_him, "cameOn": "2021-02-28"}),
            ("recordFloatingActivity", {**for_him, **activity}),
            ("decideFloatingMember", {**for_him, **decision}),
            ("proposeHandover", handover),
        ):
            assert codes(await give(client, name, OFFICE, **given)) == [], name


@pytest.mark.parametrize("who", [OFFICE, f"secretary@{OTHER}", f"floating@{OTHER}", f"app@{OTHER}"])
@pytest.mark.parametrize("asked", READS)
async def test_it_is_one_statement(watched: tuple[Client, asyncpg.Connection], asked: str, who: str) -> None:
    client, watch = watched
    text = READS[asked] % f'"{OTHER}"'
    first = await client.query(text, who)
    assert "errors" not in first, first
    await watch.execute("SELECT pg_stat_statements_reset()")
    assert await client.query(text, who) == first
    executed = await watch.fetch(
        "SELECT query, calls FROM pg_stat_statements WHERE toplevel AND query !~ 'pg_stat_statements' "
        "AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    assert [row["calls"] for row in executed] == [1], [row["query"][:80] for row in executed]


SEES: dict[str, tuple[bool, bool]] = {
    # who -> whether he reads what was done and decided, and whether the hand-over.
    OFFICE: (True, True),
    f"town@{OTHER}": (True, True),
    f"secretary@{OTHER}": (True, True),
    f"app@{OTHER}": (False, False),
}


@pytest.mark.parametrize("who", list(SEES))
async def test_who_reads_what_was_done(watched: tuple[Client, asyncpg.Connection], who: str) -> None:
    """The provincial app sees that somebody is away, and nothing of what is done about it."""
    client, _ = watched
    record = str((await rows("SELECT floating_member_id AS id FROM floating_decision"))[0]["id"])
    done, handed_over = SEES[who]
    found: dict[str, Any] = await read(client, who, record, RECORD)
    assert bool(found["homecomings"]) == done
    assert found["activities"]["totalCount"] == (3 if done else 0)
    assert sum(system["count"] for system in found["systems"]) == (2 if done else 0)
    assert bool(found["decisions"]) == done
    assert bool(found["findings"]) == done
    assert (found["openHandover"] is not None) == handed_over
    assert (found["leftOn"] is not None) == done
