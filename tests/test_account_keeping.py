"""Accounts: who makes, disables and resets them, and that nothing secret of them is ever read."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from resolvers.accounts.account_keeping import initial_password
from resolvers.accounts.demo_accounts import PASSWORD
from runtime.passwords import verify_password
from tests.administration import audit, codes, do, granted, id_of, new_account, roles, status
from tests.conftest import COUNTY, Client, Credentials, copied
from tests.keys import KEYS
from tests.processes import Program, program
from tests.test_access import ACCOUNTS, OTHER, contents, members, rows, two_counties

LIST = """
query($county: ID!, $search: String, $first: Int! = 50, $after: String) {
  accounts(county: $county, first: $first, after: $after, search: $search) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id username displayName isDisabled disabledAt mustChangePassword hasOneTimeCode isOfAMember
      createdAt roles { role isActive organization { code } grantedBy { username } } identities { subject } } }
  }
}
"""
FIELDS = '{ __type(name: "Account") { fields { name } } }'


async def listed(client: Client, who: str | None, **given: Any) -> list[Any]:
    answer = await client.query(LIST, who, **{"county": COUNTY} | given)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["accounts"]["edges"]]


async def create(client: Client, name: str, who: str | None = "security-admin", **given: Any) -> Any:
    given = {"county": COUNTY, "username": name, "displayName": "张三"} | given
    return await do(client, who, "createAccount", **given)


async def sign_in(client: Client, name: str, password: str) -> Any:
    return (await client.run("SignIn", username=name, password=password))["signIn"]


async def test_an_account_is_made_with_a_password_for_once(client: Client) -> None:
    made = await create(client, " zhang.san ", memberId=(await members())[4])
    assert made["refusals"] == []
    assert made["account"] | {"id": ""} == {
        **{"id": "", "username": "zhang.san", "displayName": "张三", "isDisabled": False},
        **{"mustChangePassword": True, "hasOneTimeCode": False, "isOfAMember": True},
        **{"roles": [], "identities": []},
    }
    signed_in = await sign_in(client, "zhang.san", made["initialPassword"])
    assert (signed_in["refusals"], bool(signed_in["token"])) == ([], True)
    (kept,) = await rows(
        "SELECT password_hash, must_change_password FROM account WHERE username = 'zhang.san'"
    )
    assert kept["password_hash"].startswith("$argon2id$")
    assert made["initialPassword"] not in str(await audit("CREATE_ACCOUNT", "SIGN_IN"))
    (told,) = await audit("CREATE_ACCOUNT")
    assert (told["detail"]["username"], told["has_county"]) == ("zhang.san", True)


def test_initial_passwords_differ() -> None:
    made = {initial_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 23 and len(set(one)) > 5 for one in made)


async def test_which_accounts_are_not_made(client: Client) -> None:
    there = (await rows("SELECT id FROM member LIMIT 1"))[0]["id"]
    await client.token("security-admin")
    before = await contents()
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("office", {}, "NAME_TAKEN"),
        ("zs", {}, "BAD_USERNAME"),
        ("Zhang", {}, "BAD_USERNAME"),
        ("zhang san", {}, "BAD_USERNAME"),
        ("张三三", {}, "BAD_USERNAME"),
        ("z" * 61, {}, "BAD_USERNAME"),
        ("zhang.san", {"displayName": " "}, "BAD_DISPLAY_NAME"),
        ("zhang.san", {"displayName": "长" * 121}, "BAD_DISPLAY_NAME"),
        ("zhang.san", {"memberId": str(uuid4())}, "MEMBER_NOT_FOUND"),
        ("zhang.san", {"memberId": "x"}, "MEMBER_NOT_FOUND"),
        ("zhang.san", {"county": OTHER, "memberId": str(there)}, "NOT_ALLOWED"),
    ]
    for name, given, expected in cases:
        answer = await create(client, name, **given)
        assert (codes(answer), answer["account"], answer["initialPassword"]) == ([expected], None, None), name
    assert await contents() == before


async def test_a_disabled_account_is_out_at_once(client: Client) -> None:
    office = await id_of("office")
    await client.token("office")
    answer = await do(client, "security-admin", "disableAccount", accountId=office, reason="离职")
    assert (answer["refusals"], answer["account"]["isDisabled"]) == ([], True)
    assert await status(client, "office") == 401
    refused = await sign_in(client, "office", PASSWORD)
    assert (refused["token"], len(refused["refusals"])) == (None, 1)
    again = await do(client, "security-admin", "disableAccount", accountId=office, reason="离职")
    assert codes(again) == ["ALREADY_DISABLED"]
    answer = await do(client, "security-admin", "enableAccount", accountId=office)
    assert (answer["refusals"], answer["account"]["isDisabled"]) == ([], False)
    assert await roles(client, "office") == ["OFFICE"]
    assert codes(await do(client, "security-admin", "enableAccount", accountId=office)) == ["NOT_DISABLED"]
    told = await audit("DISABLE_ACCOUNT", "ENABLE_ACCOUNT")
    assert [one["detail"].get("reason") for one in told] == ["离职", None]


async def test_a_reason_is_given(client: Client) -> None:
    answer = await do(client, "security-admin", "disableAccount", accountId=await id_of("office"), reason=" ")
    assert codes(answer) == ["REASON_MISSING"]


@pytest.mark.parametrize("also_code", [False, True])
async def test_a_lost_password_is_reset(client: Client, *, also_code: bool) -> None:
    account = await new_account(client, "li.si")
    await client.token("li.si")
    await rows(
        "UPDATE account SET one_time_secret = 'x', one_time_confirmed_at = now(), one_time_step = 1, "
        "recovery_codes = '[\"a\"]' WHERE id = $1",
        account,
    )
    for _ in range(5):
        await sign_in(client, "li.si", "wrong")
    answer = await do(client, "security-admin", "resetPassword", accountId=account, alsoOneTimeCode=also_code)
    assert answer["refusals"] == []
    assert answer["account"]["mustChangePassword"]
    assert answer["account"]["hasOneTimeCode"] != also_code
    assert await status(client, "li.si") == 401
    (kept,) = await rows(
        "SELECT password_hash, one_time_secret IS NULL AND one_time_step IS NULL AND recovery_codes = '[]' AS bare "
        "FROM account WHERE id = $1",
        account,
    )
    assert kept["bare"] == also_code
    assert await verify_password(kept["password_hash"], answer["initialPassword"])
    assert not await verify_password(kept["password_hash"], PASSWORD)
    assert await rows("SELECT 1 FROM sign_in_guard WHERE locked_until IS NOT NULL") == []
    assert answer["initialPassword"] not in str(await audit("RESET_PASSWORD"))


WITH_DUTIES = ("office", "town", "secretary", "discipline", "security", "app", "auditor")


@pytest.mark.parametrize("who", WITH_DUTIES)
async def test_who_gives_roles_cannot_take_over_an_account_with_duties(client: Client, who: str) -> None:
    """Its second factor and its identities are changed on the server; its password alone opens nothing."""
    account = await id_of(who)
    await rows(
        "UPDATE account SET one_time_secret = 'x', one_time_confirmed_at = now() WHERE id = $1", account
    )
    await client.token("security-admin")
    before = await contents()
    answer = await do(client, "security-admin", "resetPassword", accountId=account, alsoOneTimeCode=True)
    assert (codes(answer), answer["initialPassword"]) == (["CODE_BY_COMMAND_LINE"], None)
    assert f"dangjian accounts clear-code {who}" in answer["refusals"][0]["message"]
    identity = {"issuer": "https://id.example", "subject": "1"}
    answer = await do(client, "security-admin", "linkIdentity", accountId=account, **identity)
    assert codes(answer) == ["LINK_BY_COMMAND_LINE"]
    assert await contents() == before
    answer = await do(client, "security-admin", "resetPassword", accountId=account, alsoOneTimeCode=False)
    assert (answer["refusals"], answer["account"]["hasOneTimeCode"]) == ([], True)


async def test_the_code_of_a_member_or_of_roles_that_are_over_is_cleared(client: Client) -> None:
    account = await new_account(client, "he.yi", memberId=(await members())[4])
    await granted(client, account, "MEMBER")
    ended = await granted(client, account, "OFFICE")
    await rows(
        "UPDATE account SET one_time_secret = 'x', one_time_confirmed_at = now() WHERE id = $1", account
    )
    answer = await do(client, "security-admin", "resetPassword", accountId=account, alsoOneTimeCode=True)
    assert codes(answer) == ["CODE_BY_COMMAND_LINE"]
    await do(client, "security-admin", "revokeRole", grantId=ended, reason="调离")
    answer = await do(client, "security-admin", "resetPassword", accountId=account, alsoOneTimeCode=True)
    assert (answer["refusals"], answer["account"]["hasOneTimeCode"]) == ([], False)


async def test_identities_are_linked_and_unlinked(client: Client) -> None:
    account, other = await new_account(client, "wang.wu"), await new_account(client, "zhao.liu")
    given = {"issuer": "https://id.shanxi.example", "subject": "140826-77"}
    answer = await do(client, "security-admin", "linkIdentity", accountId=account, **given)
    assert (answer["refusals"], answer["account"]["identities"]) == ([], [given])
    for taken in (account, other):
        answer = await do(client, "security-admin", "linkIdentity", accountId=taken, **given)
        assert codes(answer) == ["IDENTITY_TAKEN"]
    for wrong in (
        given | {"issuer": "http://id.example"},
        given | {"subject": ""},
        given | {"subject": "x" * 256},
    ):
        answer = await do(client, "security-admin", "linkIdentity", accountId=account, **wrong)
        assert codes(answer) == ["BAD_IDENTITY"]
    await client.token("wang.wu")
    answer = await do(client, "security-admin", "unlinkIdentity", accountId=other, **given)
    assert codes(answer) == ["IDENTITY_NOT_FOUND"]
    answer = await do(client, "security-admin", "unlinkIdentity", accountId=account, **given)
    assert (answer["refusals"], answer["account"]["identities"]) == ([], [])
    assert await status(client, "wang.wu") == 401
    assert len(await audit("LINK_IDENTITY", "UNLINK_IDENTITY")) == 2


async def test_the_list_tells_who_may_what_and_no_secret(client: Client) -> None:
    account = await new_account(client, "sun.qi", memberId=(await members())[4])
    await granted(client, account, "SECRETARY", organizationCode="SYL01")
    found = await listed(client, "security-admin")
    names = [one["username"] for one in found]
    assert names == sorted(names)
    assert set(names) == {*ACCOUNTS[1:-2], "sun.qi"} - {"admin"}  # which is the system's own
    mine = next(one for one in found if one["username"] == "sun.qi")
    assert mine["roles"] == [
        {
            "role": "SECRETARY",
            "isActive": True,
            "organization": {"code": "SYL01"},
            "grantedBy": {"username": "security-admin"},
        }
    ]
    assert [one["username"] for one in await listed(client, "security-admin", search=" SUN ")] == ["sun.qi"]
    assert [one["username"] for one in await listed(client, "security-admin", search="纪委")] == [
        "discipline"
    ]
    assert await listed(client, "security-admin", search="没有") == []
    described = (await client.query(FIELDS, "security-admin"))["data"]["__type"]["fields"]
    assert not [one for one in described if "secret" in one["name"].lower() or "hash" in one["name"].lower()]


async def test_nobody_keeps_his_own_account(client: Client) -> None:
    own = await id_of("security-admin")
    before = await contents()
    for mutation, given in _acts(own).items():
        assert codes(await do(client, "security-admin", mutation, **given)) == ["OWN_ACCOUNT"], mutation
    after = await contents()
    assert {table for table in after if after[table] != before[table]} <= {"audit_entry", "session"}


def _acts(account: str) -> dict[str, dict[str, Any]]:
    identity = {"issuer": "https://id.example", "subject": "1"}
    return {
        "disableAccount": {"accountId": account, "reason": "停用"},
        "enableAccount": {"accountId": account},
        "resetPassword": {"accountId": account, "alsoOneTimeCode": True},
        "linkIdentity": {"accountId": account, **identity},
        "unlinkIdentity": {"accountId": account, **identity},
    }


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        client.tokens = {}  # of sessions of this database
        for who in (*ACCOUNTS[:-1], f"security-admin@{OTHER}"):
            await client.token(str(who))
        yield client


@pytest.mark.parametrize("who", [*ACCOUNTS, f"security-admin@{OTHER}"])
async def test_only_the_countys_security_administrator_keeps_accounts(
    county: Client, who: str | None
) -> None:
    """What is denied looks like what is missing."""
    is_keeper = who == "security-admin"
    before = await contents()
    for account in (await id_of("admin"), await id_of("office"), str(uuid4()), "x"):
        if is_keeper and account == await id_of("office"):
            continue
        for mutation, given in _acts(account).items():
            assert codes(await do(county, who, mutation, **given)) == ["ACCOUNT_NOT_FOUND"], mutation
    if not is_keeper:
        answer = await create(county, "zhang.san", who)
        assert codes(answer) == ["NOT_ALLOWED"]
        seen = [one["username"] for one in await listed(county, who, first=5)]
        assert seen in ([], [who])  # his own
    assert await contents() == before


# ---- the command line


async def on(own: Program, sql: str) -> list[Any]:
    """Of the database that the commands work on."""
    connection = await asyncpg.connect(own.environment["DANGJIAN_DATABASE_URL"])
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


@pytest.fixture
async def own(server: Credentials, small_template: str, tmp_path: Any) -> AsyncIterator[Program]:
    async with copied(server, small_template) as credentials:
        yield program(tmp_path / "var", credentials, DANGJIAN_KEYS=KEYS)


async def test_the_first_administrators_are_made_on_the_server(own: Program) -> None:
    made = await own("accounts", "create", "root.admin", "--display-name", "系统管理员", "--role", "ADMIN")
    assert "root.admin (ADMIN); initial password, shown once: " in made.done
    again = await own("accounts", "create", "root.admin", "--display-name", "x", "--role", "ADMIN")
    assert again.reason == "The user name root.admin is taken; take another one."
    place = ("--county", COUNTY, "--json", "--display-name", "某人")
    second = await own("accounts", "create", "safe.keeper", "--role", "SECURITY_ADMIN", *place)
    assert len(second.json["initial_password"]) == 23
    unfit = await own("accounts", "create", "some.town", "--role", "TOWN", "--organization", "SY", *place)
    assert "does not fit" in unfit.reason
    unknown = await own(
        *("accounts", "create", "some.one", "--role", "OFFICE", "--county", "999999", "--display-name", "x")
    )
    assert unknown.reason == "there is no county 999999; import its files first"
    found = {one["username"]: one for one in (await own("accounts", "list", "--json")).json}
    assert [one["role"] for one in found["safe.keeper"]["roles"]] == ["SECURITY_ADMIN"]
    assert found["root.admin"]["county"] is None
    assert "some.town" not in found
    lines = (await own("accounts", "list", "--county", COUNTY)).done.splitlines()
    assert "secretary (村党支部书记): SECRETARY SY01001" in lines
    assert not any(line.startswith("root.admin") for line in lines)


async def test_an_account_is_disabled_on_the_server(own: Program) -> None:
    assert (await own("accounts", "disable", "nobody")).reason == "there is no account nobody"
    ended = await own("accounts", "disable", "office", "--json")
    assert ended.json == {"username": "office", "sessions_ended": 0}
    assert (await own("accounts", "disable", "office")).reason == "office is disabled already"
    assert "office (试验县县委组织部, disabled): OFFICE" in (await own("accounts", "list")).done


async def test_a_lost_code_is_cleared_on_the_server(own: Program) -> None:
    assert (await own("accounts", "clear-code", "nobody")).reason == "there is no account nobody"
    assert (await own("accounts", "clear-code", "office")).reason == "office has no one-time code"
    await on(own, "UPDATE account SET one_time_secret = 'x', one_time_confirmed_at = now()")
    ended = await own("accounts", "clear-code", "office", "--reason", "手机遗失", "--json")
    assert ended.json == {"username": "office", "sessions_ended": 0}
    assert (await own("accounts", "clear-code", "office")).reason == "office has no one-time code"
    done = await own("accounts", "clear-code", "town")
    assert done.done.strip() == "town has no one-time code any more; 0 sessions ended"
    told = await on(
        own,
        "SELECT actor_name, detail ->> 'reason' AS reason FROM audit_entry "
        "WHERE action = 'CLEAR_ONE_TIME_CODE' ORDER BY sequence",
    )
    assert [(one["actor_name"], one["reason"]) for one in told] == [
        ("dangjian accounts clear-code", "手机遗失"),
        ("dangjian accounts clear-code", "动态码丢失"),
    ]


async def test_an_identity_is_linked_on_the_server(own: Program) -> None:
    given = ("accounts", "link", "office", "https://id.example", "140826-1")
    assert (await own("accounts", "link", "nobody", *given[3:])).reason == "there is no account nobody"
    assert "https" in (await own(*given[:3], "http://id.example", "1")).reason
    assert (await own(*given)).done.strip() == "140826-1 of https://id.example signs in as office"
    assert "linked to an account already" in (await own(*given)).reason
    second = await own(*given[:4], "2", "--json")
    assert second.json == {"username": "office", "issuer": "https://id.example", "subject": "2"}
    told = await on(own, "SELECT actor_name FROM audit_entry WHERE action = 'LINK_IDENTITY'")
    assert [one["actor_name"] for one in told] == ["dangjian accounts link"] * 2


WRONG_USAGE = [
    (("--role", "OFFICE"), "every role but ADMIN is given in a --county"),
    (("--role", "ADMIN", "--county", COUNTY), "and ADMIN in none"),
    (("--role", "TOWN", "--county", COUNTY), "TOWN and SECRETARY are given in an --organization"),
    (("--role", "OFFICE", "--county", COUNTY, "--organization", "SY01"), "and no other role"),
    (("--role", "EMERGENCY", "--county", COUNTY), "Invalid value for '--role'"),
    (("--role", "OFFICE", "--county", "绛县"), "a county's code has six digits"),
]


@pytest.mark.parametrize(("given", "reason"), WRONG_USAGE)
async def test_wrong_usage(tmp_path: Any, given: tuple[str, ...], reason: str) -> None:
    ended = await program(tmp_path)("accounts", "create", "some.one", "--display-name", "x", *given)
    assert (ended.status, ended.out) == (2, "")
    assert reason in ended.err
