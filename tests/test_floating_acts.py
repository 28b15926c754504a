"""Who may do what with members away: every account against a table kept by hand; the others change nothing."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.floating import codes, give, member_of, record_of, write
from tests.test_access import ACCOUNTS, OTHER, contents, ids, rows, two_counties

NOON = datetime(2021, 7, 1, 12, tzinfo=CHINA)
# The accounts of Jiangxian, whose pack has all the lists; the other county's office; who has signed in nowhere.
PLACES = [who if who in ("admin", None) else f"{who}@{OTHER}" for who in ACCOUNTS if who != f"office@{OTHER}"]
WHO = [*PLACES, "office", "floating"]
LEADERS = {f"{name}@{OTHER}" for name in ("office", "town", "secretary")}
COMMITTEES = LEADERS - {f"secretary@{OTHER}"}
OWN = LEADERS | {f"floating@{OTHER}"}
NOT_HIS = {
    f"floating@{OTHER}": "NAMED_BY_LEADERS"
}  # he keeps his record, and does not say who looks after him

# Act -> accounts that may, what the others are told, and what single ones are told instead.
ACTS: dict[str, tuple[set[str], str, dict[str, str]]] = {
    "updateFloatingMember": (OWN, "FLOATING_MEMBER_NOT_FOUND", {}),
    "updateFloatingMember contactPersonId": (LEADERS, "FLOATING_MEMBER_NOT_FOUND", NOT_HIS),
    "registerFloatingMember": (LEADERS, "MEMBER_NOT_FOUND", {}),
    "recordHomecoming": (OWN, "FLOATING_MEMBER_NOT_FOUND", {}),
    "recordHomecomingItem": (OWN, "HOMECOMING_NOT_FOUND", {}),
    "recordFloatingActivity": (OWN, "FLOATING_MEMBER_NOT_FOUND", {}),
    "decideFloatingMember": (COMMITTEES, "FLOATING_MEMBER_NOT_FOUND", {}),
    "proposeHandover": (LEADERS, "MEMBER_NOT_FOUND", {}),
    "confirmHandover": (LEADERS, "HANDOVER_NOT_FOUND", {}),
    "refuseHandover": (LEADERS, "HANDOVER_NOT_FOUND", {}),
    "recordReturn": (LEADERS, "FLOATING_MEMBER_NOT_FOUND", {}),
}
AGAIN = {  # what who may is told when another did it just before
    "registerFloatingMember": "ALREADY_AWAY",
    "proposeHandover": "HANDOVER_OPEN",
    "confirmHandover": "ALREADY_CONFIRMED",
    "refuseHandover": "HANDOVER_CLOSED",
    "recordReturn": "FLOATING_MEMBER_NOT_FOUND",
}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def variables(county: Client, act: str, missing: bool = False) -> dict[str, Any]:
    """The act's variables on the rows of Jiangxian; `missing`: on rows that nobody has."""
    record = str(uuid4()) if missing else await record_of(f"floating@{OTHER}")
    member = str(uuid4()) if missing else await member_of(f"member@{OTHER}")
    day = {"doneOn": "2021-07-01"}
    match act.split():
        case ["updateFloatingMember"]:
            return {"input": {"floatingMemberId": record, "employment": "工厂"}}
        case ["updateFloatingMember", _]:
            return {
                "input": {
                    "floatingMemberId": record,
                    "contactPersonId": await member_of(f"secretary@{OTHER}"),
                }
            }
        case ["registerFloatingMember"]:
            return {"input": {"memberId": member, "leftOn": "2021-06-01"}}
        case ["recordHomecoming"]:
            return {"input": {"floatingMemberId": record, "cameOn": "2021-06-28"}}
        case ["recordHomecomingItem"]:
            found = await rows("SELECT id FROM homecoming WHERE floating_member_id = $1", record)
            return {
                "input": {"homecomingId": str(found[0]["id"] if found else uuid4()), "key": "talk", **day}
            }
        case ["recordFloatingActivity"]:
            return {"input": {"floatingMemberId": record, "key": "report", **day}}
        case ["decideFloatingMember"]:
            given = {
                "measure": "KEEP_LOOKING",
                "reason": "查找",
                "decidedBy": "党支部",
                "decidedOn": "2021-07-01",
            }
            return {"input": {"floatingMemberId": record, **given}}
        case ["proposeHandover"]:
            host = (await ids("organization", "t.code", OTHER))["SYL01"]
            return {"input": {"memberId": member, "hostOrganizationId": host, "kind": "ATTACHMENT"}}
        case ["recordReturn"]:
            return {"id": record, "on": "2021-07-01"}
        case _:
            found = await rows("SELECT id FROM handover WHERE refused_at IS NULL")
            more = {"side": "HOME"} if act == "confirmHandover" else {"reason": "已返回"}
            return {"id": str(uuid4() if missing else found[0]["id"]), **more}


@pytest.mark.parametrize("act", list(ACTS))
async def test_who_may_not_act_changes_nothing(county: Client, act: str) -> None:
    """In the order of the table: a home-coming has items, a hand-over is confirmed and then refused."""
    allowed, code, others = ACTS[act]
    name = act.split()[0]
    with stopped_at(NOON):
        given = await variables(county, act)
        absent = await variables(county, act, missing=True)
        before = await contents()
        for who in WHO:
            if who in allowed:
                continue
            answer = await write(county, name, who, **given)
            assert codes(answer) == [others.get(who or "", code)], who
            if who not in others:
                assert answer == await write(county, name, who, **absent), who
        assert await contents() == before
        for number, who in enumerate(sorted(allowed)):
            expected = [AGAIN[act]] if number and act in AGAIN else []
            assert codes(await write(county, name, who, **given)) == expected, who
        assert await contents() != before


async def test_a_contact_person_works_with_whom_he_looks_after(county: Client) -> None:
    """He keeps the record and says what was done; he registers, decides and names nobody."""
    contact, record = "member", await record_of("floating")
    for_him = {"floatingMemberId": record}
    with stopped_at(NOON):
        assert codes(await give(county, "updateFloatingMember", contact, **for_him)) == [
            "FLOATING_MEMBER_NOT_FOUND"
        ]
        named = {"contactPersonId": await member_of(contact)}
        assert codes(await give(county, "updateFloatingMember", "secretary", **for_him, **named)) == []
        assert codes(await give(county, "updateFloatingMember", contact, **for_him, employment="厨师")) == []
        assert codes(await give(county, "recordHomecoming", contact, **for_him, cameOn="2021-06-28")) == []
        assert codes(await give(county, "updateFloatingMember", contact, **for_him, **named)) == [
            "NAMED_BY_LEADERS"
        ]
        done = await write(county, "recordReturn", contact, id=record, on="2021-07-01")
        assert codes(done) == ["FLOATING_MEMBER_NOT_FOUND"]
        taken_out = await give(county, "updateFloatingMember", "secretary", **for_him, contactPersonId="")
        assert codes(taken_out) == []
        assert codes(await give(county, "updateFloatingMember", contact, **for_him)) == [
            "FLOATING_MEMBER_NOT_FOUND"
        ]
