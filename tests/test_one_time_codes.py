"""One-time codes: who needs one, which are taken, and that each is taken once."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from models import Account
from models.choices import Role
from resolvers.access import NOBODY
from resolvers.accounts.one_time_codes import take
from resolvers.compiler.request import Request
from runtime.clock import stopped_at
from tests.accounts import application, code_of, enrol, make_account, refusal, sign_in, status, tried, who
from tests.conftest import Client, Credentials, copied, serving
from tests.test_access import rows

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


async def test_an_official_enrols_before_anything_else(client: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        first = await sign_in(client, "cadre")
        assert (first["next"], first["refusals"]) == ("ENROL_ONE_TIME_CODE", [])
        assert first["viewer"] == {"next": "ENROL_ONE_TIME_CODE", "roles": []}
        viewer, seen = await who(client, "cadre")
        assert viewer == {"username": "cadre", "next": "ENROL_ONE_TIME_CODE", "roles": [], "member": None}
        assert seen == 0
        renewed = (await client.run("RenewToken", "cadre"))["renewToken"]
        assert renewed["next"] == "ENROL_ONE_TIME_CODE"
        changed = await client.run("ChangePassword", "cadre", current="x", new="y")
        assert refusal(changed["changePassword"]) == "ONE_TIME_CODE_ENROLMENT_NEEDED"
        secret, recovery_codes = await enrol(client, "cadre")
        assert len(set(recovery_codes)) == 10
        assert await status(client, "cadre") == 401  # that session was for enrolling only
        assert await tried(client, "cadre") == "ONE_TIME_CODE_NEEDED"
        assert await tried(client, "cadre", code_of(secret)) == "WRONG_ONE_TIME_CODE"  # confirmed with it
    with stopped_at(MORNING + 30 * SECONDS):
        assert (await sign_in(client, "cadre", code_of(secret)))["next"] is None
        viewer, seen = await who(client, "cadre")
        assert (viewer["roles"], seen) == ([{"role": "OFFICE"}], 5)


async def test_what_an_authenticator_is_given(client: Client) -> None:
    id = await make_account("cadre", Role.OFFICE)
    await sign_in(client, "cadre")
    given = (await client.run("EnrolOneTimeCode", "cadre"))["enrolOneTimeCode"]
    uri = urlsplit(given["uri"])
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/dangjian-cloud:cadre")
    assert parse_qs(uri.query) == {"secret": [given["secret"]], "issuer": ["dangjian-cloud"]}
    assert given["qrCode"].startswith("<svg")
    kept = (await rows("SELECT one_time_secret FROM account WHERE id = $1", id))[0]["one_time_secret"]
    assert given["secret"].encode() not in kept
    keys = application(client).database.keys
    assert keys.decrypt(kept, label="account.one_time_secret", owner=id) == given["secret"]


async def test_a_new_secret_takes_the_place_of_one_never_confirmed(client: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    await sign_in(client, "cadre")
    first = (await client.run("EnrolOneTimeCode", "cadre"))["enrolOneTimeCode"]["secret"]
    assert await tried(client, "cadre") == ""  # nothing is confirmed yet
    second = (await client.run("EnrolOneTimeCode", "cadre"))["enrolOneTimeCode"]["secret"]
    for code, expected in ((code_of(first), "WRONG_ONE_TIME_CODE"), (code_of(second), "")):
        answer = (await client.run("ConfirmOneTimeCode", "cadre", code=code))["confirmOneTimeCode"]
        assert refusal(answer) == expected


async def test_codes_of_a_clock_that_is_half_a_minute_off(client: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        await sign_in(client, "cadre")
        secret, _ = await enrol(client, "cadre")
    for minutes, steps, expected in (
        (5, -2, "WRONG_ONE_TIME_CODE"),
        (5, 2, "WRONG_ONE_TIME_CODE"),
        (5, -1, ""),
        (10, 1, ""),
        (10, 0, "WRONG_ONE_TIME_CODE"),  # older than one that was taken
        (10, 1, "WRONG_ONE_TIME_CODE"),
    ):
        with stopped_at(MORNING + minutes * 60 * SECONDS):
            assert await tried(client, "cadre", code_of(secret, steps)) == expected, (minutes, steps)


@pytest.mark.parametrize(
    "code", ["", "000000", "12345", "1234567", "１２３４５６", "abcdef", "令牌" * 1000, "00 00 00"]
)
async def test_what_is_no_code(client: Client, code: str) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        await sign_in(client, "cadre")
        await enrol(client, "cadre")
    with stopped_at(MORNING + timedelta(hours=1)):
        expected = "WRONG_ONE_TIME_CODE" if code else "ONE_TIME_CODE_NEEDED"
        assert await tried(client, "cadre", code) == expected
        # Without the password nobody is told whether there is a code.
        assert await tried(client, "cadre", code, password="wrong") == "WRONG_PASSWORD"


async def test_a_recovery_code_is_good_once(client: Client) -> None:
    id = await make_account("cadre", Role.OFFICE)
    await sign_in(client, "cadre")
    _, codes = await enrol(client, "cadre")
    kept = (await Account.get(id=id)).recovery_codes
    assert sorted(kept) == sorted(sha256(code.replace("-", "").encode()).hexdigest() for code in codes)
    assert await tried(client, "cadre", codes[3].upper().replace("-", " ")) == ""
    assert await tried(client, "cadre", codes[3]) == "WRONG_ONE_TIME_CODE"
    left = await client.run("WhoAmI", "cadre")
    assert (left["viewer"]["recoveryCodesLeft"], left["viewer"]["hasOneTimeCode"]) == (9, True)


async def test_of_many_at_once_one_gets_through(client: Client) -> None:
    """In the database, since two processes do not wait for each other."""
    id = await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        await sign_in(client, "cadre")
        secret, codes = await enrol(client, "cadre")
    with stopped_at(MORNING + timedelta(hours=1)):
        account, app = await Account.get(id=id), application(client)
        for code in (code_of(secret), codes[0]):
            asked = [Request(viewer=NOBODY, rules=app.rules.of(None), app=app) for _ in range(8)]
            assert sum(await asyncio.gather(*(take(one, account, code) for one in asked))) == 1


async def test_wrong_codes_are_wrong_tries(client: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        await sign_in(client, "cadre")
        secret, _ = await enrol(client, "cadre")
    with stopped_at(MORNING + timedelta(hours=1)):
        for _ in range(4):
            assert await tried(client, "cadre", "000000") == "WRONG_ONE_TIME_CODE"
            assert (
                await tried(client, "cadre") == "ONE_TIME_CODE_NEEDED"
            )  # neither a wrong try nor a right one
        assert await tried(client, "cadre", "000000") == "WRONG_ONE_TIME_CODE"
        assert await tried(client, "cadre", code_of(secret)) == "TOO_MANY_TRIES"
    told = await rows("SELECT detail->>'why' AS why FROM audit_entry WHERE action = 'SIGN_IN_REFUSED'")
    whys = [row["why"] for row in told]
    assert whys.count("WRONG_ONE_TIME_CODE") == 5


async def test_a_member_may_have_one_and_need_not(client: Client) -> None:
    await make_account("villager", Role.MEMBER)
    assert (await sign_in(client, "villager"))["next"] is None
    other = client.tokens["other"] = client.tokens["villager"]
    await sign_in(client, "villager")
    done = await enrol(client, "villager")
    assert client.tokens["villager"] != other
    # His other sessions end; this one goes on.
    assert [await status(client, name) for name in ("villager", "other")] == [200, 401]
    assert await tried(client, "villager") == "ONE_TIME_CODE_NEEDED"
    assert await tried(client, "villager", done[1][0]) == ""
    again = (await client.run("EnrolOneTimeCode", "villager"))["enrolOneTimeCode"]
    assert (refusal(again), again["secret"]) == ("ONE_TIME_CODE_STANDS", None)


async def test_removing_it_takes_a_code_of_it(client: Client) -> None:
    await make_account("cadre", Role.OFFICE)
    with stopped_at(MORNING):
        await sign_in(client, "cadre")
        secret, codes = await enrol(client, "cadre")
    with stopped_at(MORNING + timedelta(minutes=1)):
        await sign_in(client, "cadre", codes[0])
        for code, expected in ((codes[0], "WRONG_ONE_TIME_CODE"), (code_of(secret), "")):
            answer = (await client.run("RemoveOneTimeCode", "cadre", code=code))["removeOneTimeCode"]
            assert (answer["removed"], refusal(answer)) == (not expected, expected)
        none = (await client.run("RemoveOneTimeCode", "cadre", code=codes[1]))["removeOneTimeCode"]
        assert refusal(none) == "NO_ONE_TIME_CODE"
        assert (await client.run("RenewToken", "cadre"))["renewToken"]["next"] == "ENROL_ONE_TIME_CODE"
        assert (await sign_in(client, "cadre"))["next"] == "ENROL_ONE_TIME_CODE"
        secret, _ = await enrol(client, "cadre")  # in the very step in which the old one was removed


async def test_guessing_at_its_removal_locks_as_well(client: Client) -> None:
    await make_account("villager", Role.MEMBER)
    await sign_in(client, "villager")
    await enrol(client, "villager")
    codes = [
        refusal((await client.run("RemoveOneTimeCode", "villager", code="x"))["removeOneTimeCode"])
        for _ in range(6)
    ]
    assert codes == ["WRONG_ONE_TIME_CODE"] * 5 + ["TOO_MANY_TRIES"]


@pytest.mark.parametrize(
    "act", ["EnrolOneTimeCode", "ConfirmOneTimeCode", "RemoveOneTimeCode", "ChangePassword"]
)
async def test_neither_demo_accounts_nor_nobody(client: Client, act: str) -> None:
    given = {"code": "000000"} if act.endswith("TimeCode") and act[0] != "E" else {}
    given = {"current": "a", "new": "b"} if act == "ChangePassword" else given
    for name, code in (("office", "DEMO_ACCOUNT"), (None, "NOT_SIGNED_IN")):
        (payload,) = (await client.run(act, name, **given)).values()
        assert refusal(payload) == code


async def test_a_county_may_do_without(server: Credentials, small_template: str, tmp_path: Path) -> None:
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path, officials_need_code=False) as client,
    ):
        await make_account("cadre", Role.OFFICE)
        assert (await sign_in(client, "cadre"))["viewer"] == {"next": None, "roles": [{"role": "OFFICE"}]}


async def test_secrets_are_kept_for_no_idempotency_key(client: Client) -> None:
    await make_account("villager", Role.MEMBER)
    await sign_in(client, "villager")
    for act in ("EnrolOneTimeCode", "RenewToken"):
        body = {"query": client.documents[act], "operationName": act}
        answers = [(await client.post(body, "villager", **{"Idempotency-Key": act})).json() for _ in range(2)]
        assert "errors" not in answers[0]
    assert await rows("SELECT id FROM idempotent_request") == []
