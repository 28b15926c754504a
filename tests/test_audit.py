"""The audit trail: one entry a write, one for the refusal of a write, each with a seal of its own."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from graphql import get_named_type

from resolvers.accounts.demo_accounts import PASSWORD
from resolvers.audit import entry_hash
from resolvers.refused_writes import TELLS_ITSELF, refused_action
from runtime.clock import CHINA, stopped_at
from schema.api import core_of, make_schema
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import ACCOUNTS, ACTS, OTHER, inputs, rows, two_counties

NOON = datetime(2020, 2, 10, 12, tzinfo=CHINA)
COLUMNS = "at, actor_id, actor_name, county_id, action, subject_type, subject_id, detail, hash"

# Act -> who does it, under what name the entry stands, the table that the subject is a row of.
WRITTEN: dict[str, tuple[str, str, str, str]] = {
    "ScheduleThemeDay": ("secretary", "SCHEDULE_THEME_DAY", "ThemeDay", "theme_day"),
    "CheckIn": ("member", "CHECK_IN", "Attendance", "attendance"),
    "CheckIn for another": ("secretary", "CHECK_IN", "Attendance", "attendance"),
    "UpdateMyFloatingRecord": ("floating", "UPDATE_FLOATING_MEMBER", "FloatingMember", "floating_member"),
    "RecordTraining": ("town", "RECORD_TRAINING", "Course", "course"),
    "OpenQualificationReview": ("office", "OPEN_REVIEW", "QualificationReview", "qualification_review"),
    "SubmitClearance": ("discipline", "SUBMIT_CLEARANCE", "Clearance", "clearance"),
}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        await client.run("OpenQualificationReview", "office", county=COUNTY, quarter="2020Q1")
        yield client


async def newest(after: int) -> list[dict[str, Any]]:
    return await rows(
        f"SELECT sequence, {COLUMNS} FROM audit_entry WHERE sequence > $1 ORDER BY sequence", after
    )


async def last() -> int:
    number: int = (await rows("SELECT max(sequence) AS last FROM audit_entry"))[0]["last"]
    return number


@pytest.mark.parametrize("act", list(WRITTEN))
async def test_a_write_and_its_refusal_leave_one_entry_each(county: Client, act: str) -> None:
    who, action, subject, table = WRITTEN[act]
    before = await last()
    with stopped_at(NOON):
        variables = (await inputs())[act]
        for stranger in ("admin", "auditor", f"office@{OTHER}", None):
            if stranger is not None:
                await county.token(stranger)
            before = await last()
            [(field, answer)] = (await county.run(act.split()[0], stranger, **variables)).items()
            told = await newest(before)
            if stranger is None:  # who is not signed in cannot fill the trail
                assert told == []
                continue
            account = await account_of(stranger)
            [entry] = told
            assert (entry["actor_id"], entry["actor_name"]) == (account["id"], account["display_name"])
            assert (entry["action"], entry["at"]) == (refused_action(field), NOON)
            assert (entry["subject_type"], entry["subject_id"]) == ("Mutation", field)
            assert entry["county_id"] == account["county_id"]
            why = [refusal["code"] for refusal in answer["refusals"]]
            assert why
            assert json.loads(entry["detail"]) == {"why": why, "from": "127.0.0.1"}
        before = await last()
        answer = next(iter((await county.run(act.split()[0], who, **variables)).values()))
        assert answer["refusals"] == []
        [entry] = await newest(before)
        # Nothing new, nothing to tell. A floating member's record is kept each time, also when it stays the same.
        again = next(iter((await county.run(act.split()[0], who, **variables)).values()))
        is_new = act == "UpdateMyFloatingRecord" or bool(again["refusals"])
        assert len(await newest(before)) == 1 + is_new, again
    account = await account_of(who)
    assert (entry["actor_id"], entry["actor_name"]) == (account["id"], account["display_name"])
    assert (entry["action"], entry["subject_type"], entry["at"]) == (action, subject, NOON)
    home = (await rows("SELECT id FROM county WHERE code = $1", COUNTY))[0]["id"]
    assert entry["county_id"] == home
    assert len(await rows(f"SELECT 1 FROM {table} WHERE id = $1", entry["subject_id"])) == 1
    assert act in ACTS


async def account_of(username: str) -> dict[str, Any]:
    sql = "SELECT id, display_name, county_id FROM account WHERE username = $1"
    return (await rows(sql, username))[0]


def test_every_refusal_has_a_name_that_fits() -> None:
    assert refused_action("grantRole") == "GRANT_ROLE_REFUSED"
    mutation = core_of(make_schema()).mutation_type
    assert mutation is not None
    assert TELLS_ITSELF.keys() <= mutation.fields.keys()
    for name, field in mutation.fields.items():
        assert len(refused_action(name)) <= 60
        assert len(name) <= 60
        assert "refusals" in get_named_type(field.type).fields, name


async def test_a_refusal_that_a_write_tells_itself_is_told_once(county: Client) -> None:
    await county.token("office")
    before = await last()
    text = (
        'mutation { revealMember(input: { memberId: "%s", values: [PHONE], purpose: CONTACT, '
        'reason: "走访慰问之前" }) { refusals { code } } }'
    )
    response = await county.post({"query": text % uuid4()}, "office")
    assert response.json()["data"]["revealMember"]["refusals"] == [{"code": "MEMBER_NOT_FOUND"}]
    assert [entry["action"] for entry in await newest(before)] == ["REVEAL_REFUSED"]


async def test_a_refusal_that_cannot_be_told_is_not_answered(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    await county.token("auditor")
    monkeypatch.setattr("resolvers.refused_writes.append_audit", fails)
    text = 'mutation { cancelThemeDay(id: "%s", reason: "试一试") { refusals { code } } }'
    body = (await county.post({"query": text % uuid4()}, "auditor")).json()
    assert body["errors"][0]["extensions"]["code"] == "FAULT"
    assert not body.get("data") or body["data"]["cancelThemeDay"] is None


async def test_who_is_locked_out_is_named_to_his_auditor(county: Client) -> None:
    """Also when he has no grant just now: his county is the one that keeps the account."""
    account = await account_of("discipline")
    await rows("UPDATE role_grant SET revoked_at = now() WHERE account_id = $1", account["id"])
    before = await last()
    try:
        for _ in range(6):
            await county.run("SignIn", username="discipline", password="wrong")
        for _ in range(6):
            await county.run("SignIn", username="nobody of that name", password="wrong")
    finally:
        await rows("DELETE FROM sign_in_guard")
        await rows("UPDATE role_grant SET revoked_at = NULL WHERE account_id = $1", account["id"])
    told = await newest(before)
    whys = [json.loads(entry["detail"])["why"] for entry in told]
    assert whys == [*["WRONG_PASSWORD"] * 5, "LOCKED"] * 2
    assert {(one["actor_id"], one["county_id"]) for one in told[:6]} == {
        (account["id"], account["county_id"])
    }
    assert {(one["actor_id"], one["county_id"], one["subject_id"]) for one in told[6:]} == {(None, None, "")}


async def test_the_auditor_reads_the_detail_and_from_where(county: Client) -> None:
    await county.token("auditor")
    await county.run("SignIn", username="town", password="wrong")
    text = "query($of: ID!) { auditEntries(county: $of, first: 1) { edges { node { action detail from } } } }"
    body = {"query": text, "variables": {"of": COUNTY}}
    found = (await county.post(body, "auditor")).json()["data"]["auditEntries"]["edges"]
    assert found == [
        {
            "node": {
                "action": "SIGN_IN_REFUSED",
                "detail": {"why": "WRONG_PASSWORD", "how": "PASSWORD", "from": "127.0.0.1"},
                "from": "127.0.0.1",
            }
        }
    ]


async def test_every_sign_in_is_told_and_every_refusal_of_one(county: Client) -> None:
    before = await last()
    await county.run("SignIn", username="town", password="wrong")
    await county.run("SignIn", username="my password by mistake", password="wrong")
    await county.run("SignIn", username="town", password=PASSWORD)
    told = await newest(before)
    assert [entry["action"] for entry in told] == ["SIGN_IN_REFUSED", "SIGN_IN_REFUSED", "SIGN_IN"]
    account = (await rows("SELECT id FROM account WHERE username = 'town'"))[0]["id"]
    assert [entry["actor_id"] for entry in told] == [account, None, account]
    assert [json.loads(entry["detail"]) for entry in told] == [
        {"why": "WRONG_PASSWORD", "how": "PASSWORD", "from": "127.0.0.1"},
        {"why": "WRONG_PASSWORD", "how": "PASSWORD", "from": "127.0.0.1"},
        {"how": "PASSWORD", "from": "127.0.0.1"},
    ]
    assert "mistake" not in str(told)


async def test_every_seal_holds_and_breaks_with_any_change(county: Client) -> None:
    entries = await newest(0)
    assert len(entries) > 20
    for entry in entries:
        del entry["sequence"]
        seal, entry["detail"] = entry.pop("hash"), json.loads(entry["detail"])
        assert entry_hash(entry) == seal, entry["action"]
        for name, other in (
            ("actor_name", "别人"),
            ("action", "OTHER"),
            ("detail", {"x": 1}),
            ("county_id", None),
        ):
            assert entry_hash({**entry, name: other}) != seal or entry[name] == other


async def test_no_entry_holds_a_password_or_an_identity_number(county: Client) -> None:
    text = "SELECT count(*) FROM audit_entry a WHERE a::text LIKE '%demo-only%' OR a::text ~ '99082[0-9]{12}[0-9X]'"
    assert await rows(text) == [{"count": 0}]


@pytest.mark.parametrize("who", [*ACCOUNTS])
async def test_only_the_auditor_reads_the_trail(county: Client, who: str | None) -> None:
    data = (await county.run("AuditTrail", who, county=COUNTY, first=100))["auditEntries"]
    if who != "auditor":
        assert data["edges"] == []
        return
    shown = [edge["node"] for edge in data["edges"]]
    kept = await rows(
        "SELECT sequence, hash FROM audit_entry WHERE county_id = (SELECT id FROM county WHERE code = $1) "
        "ORDER BY sequence DESC",
        COUNTY,
    )
    assert [(one["sequence"], one["hash"]) for one in shown] == [
        (row["sequence"], row["hash"]) for row in kept
    ]
    assert shown[0]["actor"]["displayName"]
    assert {one["subject"]["type"] for one in shown} >= {"Account", "QualificationReview", "ImportJob"}


async def test_the_trail_page_by_page(county: Client) -> None:
    whole = (await county.run("AuditTrail", "auditor", county=COUNTY, first=100))["auditEntries"]["edges"]
    found, after = [], None
    while True:
        page = (await county.run("AuditTrail", "auditor", county=COUNTY, first=3, after=after))[
            "auditEntries"
        ]
        found += page["edges"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == whole
