"""Grants: who gives and takes which role, what one person never holds together, and that a taken role ends at once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from runtime.clock import now, stopped_at
from tests.administration import audit, codes, do, grant, granted, id_of, new_account, roles, status
from tests.conftest import COUNTY, Client, Credentials, copied
from tests.organizations import approval, of_code
from tests.organizations import do as act
from tests.test_access import ACCOUNTS, OTHER, contents, members, rows, two_counties
from tests.test_live import ATTENDANCE, acknowledged, hear, live_server, subscribe, village_day

LIST = """
query($county: ID!, $active: Boolean! = false, $role: Role, $without: Boolean! = false) {
  roleGrants(county: $county, first: 50, activeOnly: $active, role: $role, withoutOffice: $without) {
    totalCount edges { node { id role isActive purpose holder { username } account { username }
      organization { code } grantedBy { username } revokedBy { username } } }
  }
}
"""


async def listed(client: Client, who: str | None, **given: Any) -> list[Any]:
    answer = await client.query(LIST, who, **{"county": COUNTY} | given)
    assert "errors" not in answer, answer
    found = answer["data"]["roleGrants"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


async def test_a_role_is_given_and_taken(client: Client) -> None:
    account = await new_account(client, "zhang.san")
    assert await roles(client, "zhang.san") == []
    given = await grant(client, account, "AUDITOR", purpose=" 年度审计 ")
    assert given["refusals"] == []
    assert given["grant"]["purpose"] == "年度审计"
    assert given["grant"]["isActive"]
    assert given["grant"]["grantedBy"]["username"] == "security-admin"
    assert await status(client, "zhang.san") == 401  # his token says that he may nothing
    assert await roles(client, "zhang.san") == ["AUDITOR"]
    taken = await do(client, "security-admin", "revokeRole", grantId=given["grant"]["id"], reason="岗位调整")
    assert (taken["refusals"], taken["grant"]["isActive"]) == ([], False)
    assert taken["grant"]["revokedBy"]["username"] == "security-admin"
    assert await status(client, "zhang.san") == 401
    assert await roles(client, "zhang.san") == []
    again = await do(client, "security-admin", "revokeRole", grantId=given["grant"]["id"], reason="再次")
    assert codes(again) == ["ALREADY_ENDED"]
    told = await audit("GRANT_ROLE", "REVOKE_ROLE")
    assert [(one["action"], one["has_county"]) for one in told] == [
        ("GRANT_ROLE", True),
        ("REVOKE_ROLE", True),
    ]
    assert codes(await grant(client, account, "AUDITOR")) == []  # it may be given again


async def test_an_emergency_ends_with_the_role_that_could_ask_for_it(client: Client) -> None:
    """Unless another role of his may ask; and one that may not ask takes nothing with it."""
    account = await new_account(client, "han.liu")
    first, second = [
        await granted(client, account, "SECRETARY", organizationCode=code) for code in ("SY01001", "SYL01")
    ]
    other = await granted(client, account, "OFFICE")
    asked = await do(client, "han.liu", "askForEmergency", county=COUNTY, reason="汛情核对", minutes=30)
    request = asked["request"]["id"]
    agreed = await do(client, "security-admin", "answerEmergency", requestId=request, approve=True)
    assert codes(agreed) == []
    for taken in (other, first):
        assert codes(await do(client, "security-admin", "revokeRole", grantId=taken, reason="调整")) == []
        assert "EMERGENCY" in await roles(client, "han.liu")
    assert codes(await do(client, "security-admin", "revokeRole", grantId=second, reason="调整")) == []
    assert await status(client, "han.liu") == 401
    assert await roles(client, "han.liu") == []
    told = await audit("REVOKE_ROLE")
    assert [one["detail"]["role"] for one in told] == ["OFFICE", "SECRETARY", "SECRETARY", "EMERGENCY"]
    assert told[-1]["actor_name"] == told[-2]["actor_name"]
    assert told[-1]["detail"]["reason"] == "申请应急授权所凭的角色已撤销"


async def test_an_emergency_ends_with_the_organization_of_that_role(client: Client) -> None:
    known = await of_code()
    asked = await do(client, "secretary", "askForEmergency", county=COUNTY, reason="汛情核对", minutes=30)
    await do(client, "office", "answerEmergency", requestId=asked["request"]["id"], approve=True)
    assert "EMERGENCY" in await roles(client, "secretary")
    merged = await act(
        client,
        "office",
        "mergeOrganization",
        organizationId=known["SY01001"],
        intoId=known["SY01002"],
        approval=approval(),
    )
    assert merged["refusals"] == []
    assert await roles(client, "secretary") == []


async def test_a_taken_role_closes_open_sockets(server: Credentials, small_template: str) -> None:
    async with copied(server, small_template) as credentials, live_server(credentials) as live:
        found = await rows(
            "SELECT g.id FROM role_grant g JOIN account a ON a.id = g.account_id WHERE a.username = 'office'"
        )
        async with live.socket(await live.token("office")) as socket:
            await acknowledged(socket)
            await subscribe(socket, ATTENDANCE, "ThemeDayAttendance", themeDayId=await village_day())
            assert (await hear(socket))["type"] == "next"
            taken = await do(live, "security-admin", "revokeRole", grantId=str(found[0]["id"]), reason="调离")
            assert codes(taken) == []
            with pytest.raises(ConnectionClosed):
                await hear(socket)
        assert await status(live, "office") == 401


HELD_TOGETHER = [
    ("AUDITOR", "OFFICE", False),
    ("OFFICE", "AUDITOR", False),
    ("AUDITOR", "PUBLIC_SECURITY", False),
    ("DISCIPLINE_INSPECTION", "AUDITOR", False),
    ("AUDITOR", "PARTNER_APP", False),
    ("OFFICE", "DISCIPLINE_INSPECTION", True),
]


@pytest.mark.parametrize(("first", "second", "is_allowed"), HELD_TOGETHER)
async def test_duties_are_kept_apart(client: Client, first: str, second: str, *, is_allowed: bool) -> None:
    account = await new_account(client, "li.si")
    await granted(client, account, first)
    answer = await grant(client, account, second)
    assert codes(answer) == ([] if is_allowed else ["DUTIES_APART"])
    if not is_allowed:
        assert first in answer["refusals"][0]["message"]
        assert "GB/T 22239-2019" in answer["refusals"][0]["citation"]


async def test_one_person_with_two_accounts_is_one_person(client: Client) -> None:
    """Also for a grant that does not count yet; one that is over stands in nobody's way."""
    people = await members()
    first = await new_account(client, "wang.wu", memberId=people[4])
    second = await new_account(client, "wang.wu.2", memberId=people[4])
    until = now() + timedelta(days=2)
    await granted(
        client,
        first,
        "OFFICE",
        validFrom=(now() + timedelta(days=1)).isoformat(),
        validUntil=until.isoformat(),
    )
    assert codes(await grant(client, second, "AUDITOR")) == ["DUTIES_APART"]
    await rows("UPDATE role_grant SET valid_from = NULL, valid_until = $1", now() - timedelta(seconds=1))
    await rows(
        "UPDATE role_grant g SET valid_until = NULL FROM account a "
        "WHERE a.id = g.account_id AND a.username = 'security-admin'"
    )
    assert codes(await grant(client, second, "AUDITOR")) == []


async def test_a_member_may_hold_any_other_role(client: Client) -> None:
    account = await new_account(client, "zhao.liu", memberId=(await members())[4])
    assert codes(await grant(client, account, "MEMBER")) == []
    assert codes(await grant(client, account, "AUDITOR")) == []


async def test_where_a_role_may_stand(client: Client) -> None:
    known, account = await of_code(), await new_account(client, "sun.qi")
    await rows("UPDATE organization SET dissolved_on = '2020-01-01' WHERE code = 'SY01002'")
    cases: list[tuple[str, dict[str, Any], list[str]]] = [
        ("TOWN", {}, ["ORGANIZATION_MISSING"]),
        ("SECRETARY", {}, ["ORGANIZATION_MISSING"]),
        ("TOWN", {"organizationId": known["SY"]}, ["ORGANIZATION_UNFIT"]),
        ("TOWN", {"organizationId": known["SY01001"]}, ["ORGANIZATION_UNFIT"]),
        ("SECRETARY", {"organizationCode": "SY01"}, ["ORGANIZATION_UNFIT"]),
        ("SECRETARY", {"organizationCode": "SY01002"}, ["ORGANIZATION_DISSOLVED"]),
        ("SECRETARY", {"organizationCode": "NO"}, ["ORGANIZATION_NOT_FOUND"]),
        ("SECRETARY", {"organizationId": "x"}, ["ORGANIZATION_NOT_FOUND"]),
        ("OFFICE", {"organizationId": known["SY01"]}, ["COUNTY_WIDE"]),
        ("PUBLIC_SECURITY", {"organizationCode": "SY01"}, ["COUNTY_WIDE"]),
        ("MEMBER", {}, ["MEMBER_MISSING"]),
        ("ADMIN", {}, ["COMMAND_LINE_ONLY"]),
        ("SECURITY_ADMIN", {}, ["COMMAND_LINE_ONLY"]),
        ("EMERGENCY", {}, ["EMERGENCY_ONLY"]),
        ("OFFICE", {"purpose": " "}, ["PURPOSE_MISSING"]),
        ("OFFICE", {"purpose": "长" * 201}, ["PURPOSE_MISSING"]),
        ("OFFICE", {"validUntil": now().isoformat()}, ["ENDS_TOO_EARLY"]),
        (
            "OFFICE",
            {"validFrom": "2099-01-02T00:00:00+08:00", "validUntil": "2099-01-02T00:00:00+08:00"},
            ["ENDS_TOO_EARLY"],
        ),
    ]
    before = await contents()
    for role, given, expected in cases:
        answer = await grant(client, account, role, **given)
        assert (codes(answer), answer["grant"]) == (expected, None), (role, given)
    assert await contents() == before
    assert codes(await grant(client, account, "TOWN", organizationCode="SY01")) == []
    for code in ("SY01001", "SYL01"):
        answer = await grant(client, account, "SECRETARY", organizationId=known[code])
        assert answer["grant"]["organization"]["code"] == code
    assert await roles(client, "sun.qi") == ["SECRETARY", "SECRETARY", "TOWN"]


async def test_a_role_is_not_given_twice(client: Client) -> None:
    """And again as soon as it was taken, or is over."""
    account = await new_account(client, "zhou.ba")
    soon = (now() + timedelta(hours=1)).isoformat()
    for role, place in (("SECRETARY", {"organizationCode": "SY01001"}), ("OFFICE", {})):
        first = await granted(client, account, role, validUntil=soon, **place)
        assert codes(await grant(client, account, role, **place)) == ["ALREADY_GRANTED"]
        await rows("UPDATE role_grant SET valid_until = $2 WHERE id = $1", first, now())
        assert codes(await grant(client, account, role, **place)) == []
    assert codes(await grant(client, account, "SECRETARY", organizationCode="SYL01")) == []
    kept = await listed(client, "auditor", role="OFFICE", active=True)
    assert [one["holder"]["username"] for one in kept] == ["zhou.ba", "office"]


async def test_a_grant_counts_from_its_beginning_to_its_end(client: Client) -> None:
    account = await new_account(client, "wu.jiu")
    begins, ends = now() + timedelta(hours=2), now() + timedelta(hours=3)
    await granted(client, account, "OFFICE", validFrom=begins.isoformat(), validUntil=ends.isoformat())

    async def counts() -> bool:
        return any(
            one["holder"]["username"] == "wu.jiu" for one in await listed(client, "auditor", active=True)
        )

    assert not await counts()
    with stopped_at(begins):
        client.tokens.pop("auditor", None)
        assert await counts()
    with stopped_at(ends):
        client.tokens.pop("auditor", None)
        assert not await counts()
        assert await roles(client, "wu.jiu") == []


async def test_a_disabled_account_gets_no_role(client: Client) -> None:
    account = await new_account(client, "zheng.shi")
    await rows("UPDATE account SET disabled_at = now() WHERE id = $1", account)
    assert codes(await grant(client, account, "OFFICE")) == ["ACCOUNT_DISABLED"]


async def test_nobody_keeps_his_own_roles(client: Client) -> None:
    own = await id_of("security-admin")
    mine = await rows("SELECT id FROM role_grant WHERE account_id = $1", own)
    await client.token("security-admin")
    before = await contents()
    assert codes(await grant(client, own, "AUDITOR")) == ["OWN_ACCOUNT"]
    answer = await do(client, "security-admin", "revokeRole", grantId=str(mine[0]["id"]), reason="不再担任")
    assert codes(answer) == ["OWN_ACCOUNT"]
    assert await contents() == before


async def test_nor_those_of_another_account_of_his(client: Client) -> None:
    people = await members()
    await rows("UPDATE account SET member_id = $1 WHERE username = 'security-admin'", people[4])
    other = await new_account(client, "chen.er", memberId=people[4])
    assert codes(await grant(client, other, "OFFICE")) == ["OWN_ACCOUNT"]


async def test_who_may_not_changes_nothing(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever is no security administrator of the county; what is denied looks like what is missing."""
    async with two_counties(server, small_template, tmp_path_factory) as client:
        client.tokens = {}  # of sessions of this database
        mine = await rows(
            "SELECT g.id FROM role_grant g JOIN account a ON a.id = g.account_id WHERE a.username = 'town'"
        )
        target, own = str(mine[0]["id"]), await id_of("town")
        everybody = [*ACCOUNTS, f"security-admin@{OTHER}"]
        for who in everybody:
            if who is not None:
                await client.token(who)
        before = await contents()
        for who in everybody:
            if who == "security-admin":
                continue
            for grant_id in (target, str(uuid4()), "x"):
                answer = await do(client, who, "revokeRole", grantId=grant_id, reason="撤销")
                assert codes(answer) == ["GRANT_NOT_FOUND"], who
            for account in (own, str(uuid4()), "x"):
                given = {"accountId": account, "role": "OFFICE", "county": COUNTY, "purpose": "工作"}
                answer = await do(client, who, "grantRole", **given)
                assert codes(answer) == ["NOT_ALLOWED"], who
        # The other county's account, in one's own county and in the other.
        theirs = await id_of(f"office@{OTHER}")
        for county, expected in ((COUNTY, "ACCOUNT_NOT_FOUND"), (OTHER, "NOT_ALLOWED")):
            assert codes(await grant(client, theirs, "TOWN", county=county)) == [expected]
        assert await contents() == before
        # The auditor sees all of the county and no account; others their own; nobody none.
        assert len(await listed(client, "auditor")) == len(await listed(client, "security-admin")) == 10
        accounts = [one["account"]["username"] for one in await listed(client, "auditor") if one["account"]]
        assert accounts == ["auditor"]
        for who in ("office", "town", "secretary", "member", "security", "app"):
            assert [one["holder"]["username"] for one in await listed(client, who)] == [who]
        for who in ("admin", f"security-admin@{OTHER}", None):
            assert await listed(client, who) == []


async def test_the_roles_in_an_organization_end_with_it(client: Client) -> None:
    known = await of_code()
    await client.token("secretary")
    town, other = await client.token("town"), await new_account(client, "lin.san")
    await granted(client, other, "SECRETARY", organizationCode="SY01002")
    assert await roles(client, "lin.san") == ["SECRETARY"]
    merged = await act(
        client,
        "office",
        "mergeOrganization",
        organizationId=known["SY01001"],
        intoId=known["SY01002"],
        approval=approval(),
    )
    assert merged["refusals"] == []
    assert await status(client, "secretary") == 401
    assert [await status(client, who) for who in ("lin.san", "town")] == [200, 200]
    assert client.tokens["town"] == town
    assert await roles(client, "secretary") == []
    (ended,) = await audit("REVOKE_ROLE")
    assert (ended["detail"]["reason"], ended["detail"]["role"]) == ("党组织合并", "SECRETARY")
    found = await listed(client, "security-admin", role="SECRETARY")
    assert [(one["isActive"], one["organization"]["code"]) for one in found] == [
        (True, "SY01002"),
        (False, "SY01001"),
    ]


async def test_the_roles_in_a_dissolved_organization_end_too(client: Client) -> None:
    account = await new_account(client, "gao.er")
    await granted(client, account, "SECRETARY", organizationCode="SYL01")
    assert await roles(client, "gao.er") == ["SECRETARY"]
    known = await of_code()
    await rows(
        "UPDATE member SET organization_id = $1 WHERE organization_id = $2", known["SY01001"], known["SYL01"]
    )
    ended = await act(
        client, "office", "dissolveOrganization", organizationId=known["SYL01"], approval=approval()
    )
    assert ended["refusals"] == []
    assert await status(client, "gao.er") == 401
    assert await roles(client, "gao.er") == []


async def test_those_below_a_merged_organization_sign_in_again(client: Client) -> None:
    """Their tokens name the place in the tree that was."""
    known = await of_code()
    await rows(
        "INSERT INTO organization (id, county_id, code, name, kind, field, parent_id, path, name_initials, "
        "search_keys) SELECT gen_random_uuid(), county_id, 'SY02', '另一镇党委', 'COMMITTEE', field, parent_id, "
        "replace(path, 'SY01', 'SY02'), 'lyz', '{}' FROM organization WHERE code = 'SY01'"
    )
    await client.token("secretary")
    merged = await act(
        client,
        "office",
        "mergeOrganization",
        organizationId=known["SY01"],
        intoId=(await of_code())["SY02"],
        approval=approval(),
    )
    assert merged["refusals"] == []
    assert await status(client, "secretary") == 401
    assert await roles(client, "secretary") == ["SECRETARY"]
    seen = await client.query(
        f'{{ organizations(county: "{COUNTY}", first: 9) {{ edges {{ node {{ code }} }} }} }}', "secretary"
    )
    assert [edge["node"]["code"] for edge in seen["data"]["organizations"]["edges"]] == ["SY01001"]
    assert await roles(client, "town") == []


async def test_secretaries_who_are_not_in_office_are_told(client: Client) -> None:
    assert await listed(client, "security-admin", without=True) == []
    await rows("UPDATE office_term SET ended_on = '2020-06-01' WHERE office = 'SECRETARY'")
    found = await listed(client, "security-admin", without=True)
    assert [one["holder"]["username"] for one in found] == ["secretary"]
    assert await roles(client, "secretary") == ["SECRETARY"]  # the security administrator decides
