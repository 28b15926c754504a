"""Who may do which of the acts around an organization: every account against a table kept by hand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Client, Credentials
from tests.organizations import ENDINGS, approval, codes, do, end, found, founding, of_code, read
from tests.test_access import ACCOUNTS, contents, members, two_counties

COMMITTEES, LEADERS = {"office", "town"}, {"office", "town", "secretary"}
ON = "2020-05-01"

# Act -> who may do it on the village branch (or a row of it); what the others are told.
ACTS: dict[str, tuple[set[str], str]] = {
    "foundOrganization": (COMMITTEES, "ORGANIZATION_NOT_FOUND"),
    "renewTerm": (COMMITTEES, "ORGANIZATION_NOT_FOUND"),
    "extendTerm": (COMMITTEES, "ORGANIZATION_NOT_FOUND"),
    "mergeOrganization": (COMMITTEES, "ORGANIZATION_NOT_FOUND"),
    "dissolveOrganization": (COMMITTEES, "ORGANIZATION_NOT_FOUND"),
    "seatOfficer": (COMMITTEES, "ORGANIZATION_NOT_FOUND"),
    "endOfficerTerm": (COMMITTEES, "TERM_NOT_FOUND"),
    "attachMember": (LEADERS, "ORGANIZATION_NOT_FOUND"),
    "endAttachment": (LEADERS, "ATTACHMENT_NOT_FOUND"),
    "addReserves": (LEADERS, "ORGANIZATION_NOT_FOUND"),
    "removeReserve": (LEADERS, "RESERVE_NOT_FOUND"),
}


@dataclass
class Ground:
    """The small county with groups below the village, an attachment and a name on the list."""

    client: Client
    village: str
    groups: list[str]
    people: list[str]
    rows: dict[str, str]

    def given(self, act: str) -> dict[str, Any]:
        """An input of the act that nothing but the account stands in the way of."""
        village = {"organizationId": self.village, "approval": approval()}
        return {
            "foundOrganization": founding(self.village, f"X{uuid4().hex[:8]}", "GROUP"),
            "renewTerm": village,
            "extendTerm": village | {"until": "2030-01-01", "approval": approval(effectiveOn="2025-06-01")},
            "mergeOrganization": {
                "organizationId": self.groups[0],
                "intoId": self.groups[1],
                "approval": approval(),
            },
            "dissolveOrganization": {"organizationId": self.groups[2], "approval": approval()},
            "seatOfficer": {
                "organizationId": self.village,
                "memberId": self.people[1],
                "office": "DEPUTY_SECRETARY",
                "start": "APPOINTED",
                "beganOn": ON,
            },
            "attachMember": {
                "memberId": self.people[2],
                "organizationId": self.groups[3],
                "kind": "RESETTLEMENT",
                "beganOn": ON,
            },
            "addReserves": {
                "organizationId": self.village,
                "listedOn": ON,
                "reserves": [{"name": uuid4().hex[:8]}],
            },
        }[act]

    async def run(self, act: str, who: str | None, missing: bool = False) -> Any:
        if act in ENDINGS:
            return await end(self.client, who, act, str(uuid4()) if missing else self.rows[act], "2020-06-01")
        given = self.given(act)
        for name in ("organizationId", "intoId", "parentId"):
            if missing and name in given:
                given[name] = str(uuid4())
        return await do(self.client, who, act, **given)


@pytest.fixture(scope="module")
async def ground(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        village, people = (await of_code())["SY01001"], await members()
        groups = [await found(client, village, code, "GROUP") for code in ("G0", "G1", "G2", "G3")]
        given = {"memberId": people[1], "organizationId": groups[3], "kind": "RESETTLEMENT", "beganOn": ON}
        attachment = (await do(client, "office", "attachMember", **given))["attachment"]["id"]
        listed = {"organizationId": village, "listedOn": ON, "reserves": [{"name": "王"}]}
        await do(client, "office", "addReserves", **listed)
        page = await read(client, village, "officers { id } reserves(first: 1) { edges { node { id } } }")
        ends = {
            "endOfficerTerm": page["officers"][0]["id"],
            "endAttachment": attachment,
            "removeReserve": page["reserves"]["edges"][0]["node"]["id"],
        }
        yield Ground(client, village, groups, people, ends)


@pytest.mark.parametrize("act", ACTS)
async def test_who_may_not_act_changes_nothing(ground: Ground, act: str) -> None:
    allowed, code = ACTS[act]
    before = await contents()
    for who in ACCOUNTS:
        if who not in allowed:
            answer = await ground.run(act, who)
            assert codes(answer)[0] == code, who
            assert answer == await ground.run(act, who, missing=True), who
    assert await contents() == before
    # The narrowest of those who may; the others reach all that it reaches.
    who = "secretary" if "secretary" in allowed else "town"
    assert codes(await ground.run(act, who)) == []
    assert await contents() != before
