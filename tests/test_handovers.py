"""Hand-overs between home and host: proposed, confirmed by both sides or refused, and what takes effect."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from models.choices import Role
from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.floating import away, codes, give, member_of, newcomer, phone, write
from tests.test_access import OTHER, contents, ids, rows, two_counties

OFFICE, TOWN, SECRETARY = f"office@{OTHER}", f"town@{OTHER}", f"secretary@{OTHER}"
HOME, NEIGHBOUR, GUESTS = "SY01001", "SY01002", "SYL01"
NOON = datetime(2021, 3, 1, 12, tzinfo=CHINA)
LIST = """query($county: ID!, $open: Boolean, $overdue: Boolean) {
  handovers(county: $county, first: 100, openOnly: $open, overdueOnly: $overdue) { edges { node {
    id overdue member { id } memberName home { id } homeName host { id } hostName } } } }"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def place(code: str) -> str:
    return (await ids("organization", "t.code", OTHER))[code]


async def propose(
    county: Client, member: str, host: str, kind: str = "ATTACHMENT", who: str = OFFICE, **more: Any
) -> Any:
    given = {"memberId": member, "hostOrganizationId": await place(host), "kind": kind, **more}
    return await give(county, "proposeHandover", who, **given)


async def proposed(county: Client, member: str, host: str, kind: str = "ATTACHMENT") -> str:
    answer = await propose(county, member, host, kind)
    assert codes(answer) == []
    return str(answer["handover"]["id"])


async def confirm(county: Client, id: str, side: str, who: str = OFFICE) -> Any:
    return await write(county, "confirmHandover", who, id=id, side=side)


async def listed(county: Client, who: str, **given: bool) -> dict[str, Any]:
    """The county's hand-overs that this account sees, by id."""
    answer = await county.query(LIST, who, county=OTHER, **given)
    assert "errors" not in answer, answer
    return {edge["node"]["id"]: edge["node"] for edge in answer["data"]["handovers"]["edges"]}


async def guest_at(member: str) -> list[tuple[str, bool]]:
    """The codes of where he is or was a guest, and whether he still is."""
    found = await rows(
        "SELECT o.code, a.ended_on IS NULL AS open FROM attachment a JOIN organization o "
        "ON o.id = a.organization_id WHERE a.member_id = $1 ORDER BY o.code",
        member,
    )
    return [(row["code"], row["open"]) for row in found]


async def home_of(member: str) -> str:
    sql = "SELECT o.code FROM member m JOIN organization o ON o.id = m.organization_id WHERE m.id = $1"
    return str((await rows(sql, member))[0]["code"])


async def test_an_attachment_takes_effect_when_both_sides_have_confirmed(county: Client) -> None:
    """The host's secretary sees whom it is about, confirms his own side only, and has a guest afterwards."""
    host = await phone(county, Role.SECRETARY, GUESTS)
    with stopped_at(NOON):
        member = await newcomer()
        answer = (await propose(county, member, GUESTS, who=SECRETARY, note=" 在西安务工 "))["handover"]
        assert (answer["status"], answer["dueOn"], answer["note"]) == (
            "AWAITING_HOME",
            "2021-03-11",
            "在西安务工",
        )
        assert codes(await confirm(county, answer["id"], "HOST", SECRETARY)) == ["NOT_YOUR_SIDE"]
        assert codes(await confirm(county, answer["id"], "HOME", host)) == ["NOT_YOUR_SIDE"]
        mine = await confirm(county, answer["id"], "HOME", SECRETARY)
        assert mine["handover"]["status"] == "AWAITING_HOST"
        assert await guest_at(member) == []
        assert codes(await confirm(county, answer["id"], "HOME", TOWN)) == ["ALREADY_CONFIRMED"]
        waiting = (await listed(county, host, open=True))[answer["id"]]
        assert (waiting["member"], waiting["home"]) == (None, None)
        assert waiting["host"]["id"] == await place(GUESTS)
        assert "" not in (waiting["memberName"], waiting["homeName"], waiting["hostName"])
        taken = await confirm(county, answer["id"], "HOST", host)
        assert taken["handover"]["status"] == "EFFECTIVE"
        assert taken["handover"]["member"]["id"] == member
        assert codes(await confirm(county, answer["id"], "HOST", host)) == ["HANDOVER_CLOSED"]
    assert await guest_at(member) == [(GUESTS, True)]
    assert await home_of(member) == HOME
    kept = (await rows("SELECT kind, rights, began_on::text FROM attachment WHERE member_id = $1", member))[0]
    rights = ["STUDY", "ACTIVITIES", "SUPERVISION"]
    assert kept == {"kind": "AWAY", "rights": rights, "began_on": "2021-03-01"}


async def test_an_attachment_takes_the_place_of_the_one_before(county: Client) -> None:
    """A guest of another kind stays one: who was resettled is still resettled."""
    with stopped_at(NOON):
        member = await newcomer()
        first = await proposed(county, member, GUESTS)
        for side in ("HOME", "HOST"):
            assert codes(await confirm(county, first, side)) == []
        assert codes(await propose(county, member, GUESTS)) == ["ALREADY_A_GUEST"]
        await rows(
            "INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights) SELECT "
            "gen_random_uuid(), county_id, $1, id, 'RESETTLEMENT', ARRAY['STUDY'] FROM organization WHERE id = $2",
            *(member, await place("SY")),
        )
        second = await proposed(county, member, NEIGHBOUR)
        for side in ("HOST", "HOME"):
            answer = await confirm(county, second, side)
    assert answer["handover"]["responsible"] == {"id": await place(HOME)}
    assert await guest_at(member) == [("SY", True), (NEIGHBOUR, True), (GUESTS, False)]


async def test_a_transfer_moves_the_member_and_ends_his_being_away(county: Client) -> None:
    with stopped_at(NOON):
        record = await away(county, "2020-05-01")
        member = str(
            (await rows("SELECT member_id FROM floating_member WHERE id = $1", record))[0]["member_id"]
        )
        before = await proposed(county, member, GUESTS)
        for side in ("HOME", "HOST"):
            assert codes(await confirm(county, before, side)) == []
        id = await proposed(county, member, NEIGHBOUR, "TRANSFER")
        half = await confirm(county, id, "HOST")
        assert half["handover"]["responsible"] == {"id": await place(HOME)}
        assert (await home_of(member), await guest_at(member)) == (HOME, [(GUESTS, True)])
        whole = await confirm(county, id, "HOME")
    assert whole["handover"]["responsible"] == {"id": await place(NEIGHBOUR)}
    assert (await home_of(member), await guest_at(member)) == (NEIGHBOUR, [(GUESTS, False)])
    ended = await rows("SELECT returned_on::text, home_branch_id FROM floating_member WHERE id = $1", record)
    assert (ended[0]["returned_on"], str(ended[0]["home_branch_id"])) == ("2021-03-01", await place(HOME))


@pytest.mark.parametrize("kind", ["ATTACHMENT", "TRANSFER"])
async def test_sides_that_confirm_at_once_take_effect_once(county: Client, kind: str) -> None:
    with stopped_at(NOON):
        member = await newcomer()
        id = await proposed(county, member, NEIGHBOUR, kind)
        whos = [(TOWN, "HOME"), (OFFICE, "HOST"), (OFFICE, "HOME"), (TOWN, "HOST"), (SECRETARY, "HOME")]
        answers = await asyncio.gather(*(confirm(county, id, side, who) for who, side in whos))
    found = sorted(str(codes(answer)) for answer in answers)
    assert found.count("[]") == 2
    assert set(found) <= {"[]", "['ALREADY_CONFIRMED']", "['HANDOVER_CLOSED']"}
    expected = (HOME, [(NEIGHBOUR, True)]) if kind == "ATTACHMENT" else (NEIGHBOUR, [])
    assert (await home_of(member), await guest_at(member)) == expected
    entries = await rows(
        "SELECT 1 FROM audit_entry WHERE subject_id = $1 AND action = 'CONFIRM_HANDOVER'", id
    )
    assert len(entries) == 2


async def test_a_transfer_and_a_return_at_once(county: Client) -> None:
    """Whichever comes first closes the record; both end where he was a guest."""
    for _ in range(3):
        with stopped_at(NOON):
            record = await away(county, "2020-05-01")
            found = await rows("SELECT member_id FROM floating_member WHERE id = $1", record)
            member = str(found[0]["member_id"])
            for host, kind in ((GUESTS, "ATTACHMENT"), (NEIGHBOUR, "TRANSFER")):
                id = await proposed(county, member, host, kind)
                assert codes(await confirm(county, id, "HOME")) == []
                if kind == "ATTACHMENT":
                    assert codes(await confirm(county, id, "HOST")) == []
            moved, returned = await asyncio.gather(
                confirm(county, id, "HOST"),
                write(county, "recordReturn", SECRETARY, id=record, on="2021-03-01"),
            )
        assert codes(moved) == []
        assert codes(returned) in ([], ["FLOATING_MEMBER_NOT_FOUND"])
        assert (await home_of(member), await guest_at(member)) == (NEIGHBOUR, [(GUESTS, False)])


async def test_of_many_who_propose_at_once_one_does(county: Client) -> None:
    with stopped_at(NOON):
        member = await newcomer()
        answers = await asyncio.gather(
            *(propose(county, member, GUESTS, who=who) for who in (OFFICE, TOWN, SECRETARY) * 2)
        )
    assert sorted(map(codes, answers)) == [[], *[["HANDOVER_OPEN"]] * 5]


async def test_a_refusal_has_a_reason_and_changes_nothing(county: Client) -> None:
    with stopped_at(NOON):
        member = await newcomer()
        id = await proposed(county, member, GUESTS)
        assert codes(await confirm(county, id, "HOME")) == []
        before = await contents()
        for reason in ("  ", "理" * 401):
            answer = await write(county, "refuseHandover", OFFICE, id=id, reason=reason)
            assert codes(answer) == ["REASON_MISSING"]
            assert "第二十五条" in answer["refusals"][0]["citation"]
        assert await contents() == before
        answer = await write(county, "refuseHandover", OFFICE, id=id, reason=" 已到河津 ")
        assert (answer["handover"]["status"], answer["handover"]["refusal"]) == ("REFUSED", "已到河津")
        assert codes(await confirm(county, id, "HOST")) == ["HANDOVER_CLOSED"]
        assert await guest_at(member) == []
        assert codes(await propose(county, member, GUESTS)) == []


async def test_hosts_that_are_refused(county: Client) -> None:
    secretary = await member_of(SECRETARY)
    with stopped_at(NOON):
        member = await newcomer()
        before = await contents()
        temporary = await propose(county, member, GUESTS, "TRANSFER")
        assert codes(temporary) == ["TEMPORARY_BRANCH"]
        assert "支部工作条例" in temporary["refusals"][0]["citation"]
        assert codes(await propose(county, member, HOME)) == ["HOST_IS_HOME"]
        assert codes(await propose(county, member, "SY01")) == ["HOST_NOT_A_BRANCH"]
        assert codes(await propose(county, member, GUESTS, note="长" * 401)) == ["TEXT_TOO_LONG"]
        assert codes(await propose(county, secretary, NEIGHBOUR, "TRANSFER")) == ["HOLDS_OFFICE"]
        elsewhere = (await ids("organization", "t.code"))[GUESTS]  # another county's branch of the same code
        for host in (elsewhere, str(uuid4()), "no-id"):
            given = {"memberId": member, "hostOrganizationId": host, "kind": "ATTACHMENT"}
            assert codes(await give(county, "proposeHandover", OFFICE, **given)) == ["HOST_NOT_FOUND"]
        assert await contents() == before
        # A guest elsewhere keeps his office at home.
        assert codes(await propose(county, secretary, GUESTS)) == []


async def test_what_changed_since_it_was_proposed(county: Client) -> None:
    with stopped_at(NOON):
        moved, dissolved = await newcomer(), await newcomer()
        of_moved = await proposed(county, moved, GUESTS)
        of_dissolved = await proposed(county, dissolved, NEIGHBOUR, "TRANSFER")
        for id in (of_moved, of_dissolved):
            assert codes(await confirm(county, id, "HOME")) == []
        await rows("UPDATE member SET organization_id = $2 WHERE id = $1", *(moved, await place(NEIGHBOUR)))
        await rows(
            "UPDATE organization SET dissolved_on = '2021-02-01' WHERE id = $1", await place(NEIGHBOUR)
        )
        try:
            before = await contents()
            assert codes(await confirm(county, of_moved, "HOST")) == ["HOME_CHANGED"]
            assert codes(await confirm(county, of_dissolved, "HOST")) == ["HOST_NOT_FOUND"]
            assert await contents() == before
        finally:
            await rows("UPDATE organization SET dissolved_on = NULL WHERE id = $1", await place(NEIGHBOUR))


async def test_what_waits_too_long_is_overdue(county: Client) -> None:
    """Ten days by default, the last day itself in time."""
    with stopped_at(NOON):
        id = await proposed(county, await newcomer(), GUESTS)

    async def in_list(day: int, **given: bool) -> dict[str, Any] | None:
        with stopped_at(NOON.replace(day=day)):
            return (await listed(county, OFFICE, **given)).get(id)

    assert await in_list(11, overdue=True) is None
    late = await in_list(12, overdue=True)
    assert late is not None
    assert late["overdue"] is True
    with stopped_at(NOON):
        await write(county, "refuseHandover", OFFICE, id=id, reason="撤回")
    assert await in_list(12, open=True) is None
    refused = await in_list(12)
    assert refused is not None
    assert refused["overdue"] is False


async def test_both_sides_and_the_member_see_it(county: Client) -> None:
    text = """query($id: [_Any!]!) { _entities(representations: $id) {
      ... on Member { openHandover { id status } }
      ... on Organization { handovers(first: 50, openOnly: true) { edges { node { id } } } } } }"""
    with stopped_at(NOON):
        member = await newcomer()
        id = await proposed(county, member, GUESTS)
        himself = await phone(county, Role.MEMBER, HOME, member)
        asked = [
            {"__typename": "Member", "id": member},
            {"__typename": "Organization", "id": await place(HOME)},
            {"__typename": "Organization", "id": await place(GUESTS)},
        ]
        at_office = (await county.query(text, OFFICE, id=asked))["data"]["_entities"]
        his = (await county.query(text, himself, id=asked))["data"]["_entities"]
        neighbour = await phone(county, Role.SECRETARY, NEIGHBOUR)
        elsewhere = await listed(county, neighbour)
    assert at_office[0]["openHandover"] == {"id": id, "status": "AWAITING_HOME"}
    for side in at_office[1:]:
        assert id in {edge["node"]["id"] for edge in side["handovers"]["edges"]}
    assert his[0]["openHandover"]["id"] == id
    assert [edge["node"]["id"] for edge in his[1]["handovers"]["edges"]] == [id]
    assert id not in elsewhere
