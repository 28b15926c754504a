"""The member's own export: everything that leads to him by a foreign key is in it, or left out for a stated reason."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from models.choices import Role
from models.sealed_columns import SEALED_COLUMNS
from resolvers.member_rights.export_scope import (
    CHOSEN,
    EXCEPTIONS,
    GIVEN_AS,
    IN_PART,
    OF_HIS_ACCOUNT,
    WITHHELD,
)
from resolvers.member_rights.export_statement import (
    ACCOUNT,
    BESIDE_SEALED,
    ROOT,
    exported_tables,
    foreign_keys,
    models,
)
from runtime.clock import CHINA, stopped_at
from runtime.database import connection
from tests.conftest import Client, Credentials, copied, serving
from tests.rights import REASON, account_of, corrected, grant_in_county
from tests.test_access import members, rows
from tests.test_equivalence import ROWS
from tests.test_reveal import reveal
from tests.theme_days import answered, codes, last_audit, own_member
from tests.workbooks import PEOPLE

NOON = datetime(2026, 3, 10, 12, tzinfo=CHINA)
EXPORT = "mutation { exportMyRecord { fileName content refusals { code } } }"


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """The small county with a few rows of everything."""
    var = tmp_path_factory.mktemp("var")
    async with copied(server, small_template) as credentials, serving(credentials, var) as client:
        await connection().execute_script(ROWS)
        yield client


async def exported(county: Client, who: str) -> dict[str, list[dict[str, Any]]]:
    """Table -> rows."""
    await rows("DELETE FROM audit_entry WHERE action = 'EXPORT_MY_RECORD'")
    told = await answered(county, EXPORT, who)
    assert told["refusals"] == []
    return {one["table"]: one["rows"] for one in told["content"]["tables"]}


# ---- what is in it, by the models


def keys_to_him() -> list[tuple[str, str, str]]:
    """Table, column and target of every foreign key to the member, or to a row that is about him."""
    tables = exported_tables()
    return [
        (model._meta.db_table, column, target)
        for model in models()
        for column, target in foreign_keys(model)
        if target in tables
    ]


@pytest.mark.usefixtures("county")
async def test_every_table_that_leads_to_a_member_is_in_it_or_left_out_for_a_reason() -> None:
    tables = exported_tables()
    named = {f"{table}.{column}" for table, column, _ in keys_to_him()}
    for table, column, target in keys_to_him():
        key = f"{table}.{column}"
        is_followed = key in OF_HIS_ACCOUNT or (target != ACCOUNT and key not in EXCEPTIONS)
        assert is_followed != (key in EXCEPTIONS), f"{key}: follow it, or say why not (export_scope.py)"
        assert table in tables or not is_followed, key
    assert named >= set(EXCEPTIONS) | OF_HIS_ACCOUNT, "the tables of export_scope.py name what there is"
    assert {
        "member",
        "floating_member",
        "homecoming",
        "delegate",
        "qualification_decision",
    } <= set(tables)
    assert "clearance" not in tables


@pytest.mark.usefixtures("county")
async def test_no_table_names_a_member_without_a_foreign_key() -> None:
    """A column that is called after a member, an account or a delegate is a key of it."""
    for model in models():
        keys = {column for column, _ in foreign_keys(model)}
        for column in model._meta.fields_db_projection.values():
            if column in ("member_id", "account_id", "delegate_id", "floating_member_id"):
                assert column in keys, f"{model._meta.db_table}.{column}"


@pytest.mark.usefixtures("county")
async def test_what_is_left_out_is_there_and_no_hash_or_secret_is_given() -> None:
    columns = {
        f"{one.name}.{column}": field
        for one in exported_tables().values()
        for field, column in one.model._meta.fields_db_projection.items()
    }
    assert set(WITHHELD) | set(GIVEN_AS) <= set(columns)
    assert set(CHOSEN) | set(IN_PART) <= set(exported_tables())
    assert "FALSE OR NOT EXISTS" in GIVEN_AS["qualification_check.findings"]
    sealed = {f"{one.table}.{one.column}" for one in SEALED_COLUMNS}
    for one in exported_tables().values():
        for name, field in one.model._meta.fields_map.items():
            if type(field).__name__ == "BinaryField":
                key = f"{one.name}.{name}"
                assert key in sealed | set(WITHHELD) | BESIDE_SEALED, key


@pytest.mark.usefixtures("county")
async def test_titles_are_chinese() -> None:
    titles = [one.title for one in exported_tables().values()]
    assert titles[0] == "党员"
    assert next(iter(exported_tables())) == ROOT
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in title) for title in titles), titles


# ---- what is in it, by its rows


async def test_everything_about_him_and_nothing_about_others(county: Client) -> None:
    person = await own_member("floating")
    number = (await members()).index(person)
    told = await exported(county, "floating")
    [record] = told["member"]
    assert (record["name"], record["id_number"]) == (PEOPLE[number].name, PEOPLE[number].id_number)
    assert record["phone"] == "19999025206"
    assert None not in (record["organization"], record["county"])
    assert not {"id_number_hash", "id_number_masked", "search_keys"} & set(record)
    [away] = told["floating_member"]
    assert away["contact"] == "19999036485"

    for table in exported_tables().values():
        if table.name in ("member", "audit_entry"):
            continue
        (there,) = await rows(f'SELECT count(*) AS n FROM "{table.name}"')
        (his,) = await rows(f"SELECT count(*) AS n FROM ({BY_HAND[table.name]}) t", person)
        assert len(told[table.name]) == his["n"], table.name
        if table.name in FILLED:
            assert 0 < his["n"] < there["n"], table.name

    text = orjson.dumps(told).decode()
    for other in PEOPLE:
        if other.name != PEOPLE[number].name:
            assert other.id_number not in text


OF_DELEGATE = "delegate_id IN (SELECT id FROM delegate WHERE member_id = $1)"
OF_FLOATING = "floating_member_id IN (SELECT id FROM floating_member WHERE member_id = $1)"
OF_ACCOUNT = "account_id IN (SELECT id FROM account WHERE member_id = $1)"
# Table -> his rows, by hand.
BY_HAND = {
    **{
        table: f"SELECT 1 FROM {table} WHERE member_id = $1"
        for table in (
            *("account", "appraisal", "attachment", "attendance", "delegate", "exemption", "floating_member"),
            *("handover", "member_request", "office_term", "post_change", "record_access", "reserve"),
            *("shortfall_reason", "training_record"),
        )
    },
    **{
        table: f"SELECT 1 FROM {table} WHERE {OF_FLOATING}"
        for table in ("floating_activity", "floating_decision", "homecoming")
    },
    **{
        table: f"SELECT 1 FROM {table} WHERE {OF_DELEGATE}"
        for table in ("delegate_status_change", "qualification_check", "vacancy")
    },
    **{
        table: f"SELECT 1 FROM {table} WHERE {OF_ACCOUNT}"
        for table in (
            "emergency_request",
            "external_identity",
            "role_grant",
            "session",
            "theme_day_evaluation",
        )
    },
    "qualification_decision": "SELECT 1 FROM qualification_decision WHERE qualification_check_id IN "
    f"(SELECT id FROM qualification_check WHERE {OF_DELEGATE})",
}
FILLED = {
    "appraisal",
    "attendance",
    "floating_member",
    "handover",
    "homecoming",
    "training_record",
}


async def test_a_delegate_gets_his_checks_and_not_the_agencies_words(county: Client) -> None:
    (found,) = await rows(
        "SELECT d.member_id FROM delegate d JOIN member m ON m.id = d.member_id JOIN county c ON c.id = m.county_id "
        "WHERE c.code = '140829' ORDER BY d.id LIMIT 1"
    )
    await rows(
        "INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, opinion, reason, requested_at, due_on, "
        "submitted_at) SELECT gen_random_uuid(), d.county_id, d.id, '2020Q4', 'PUBLIC_SECURITY', 'OBJECTION', "
        "'正在核查的线索', now(), '2020-12-31', now() FROM delegate d WHERE d.member_id = $1 "
        "ON CONFLICT (delegate_id, quarter, agency) DO UPDATE SET opinion = 'OBJECTION', reason = '正在核查的线索', "
        "submitted_at = now()",
        found["member_id"],
    )
    await rows(
        "INSERT INTO qualification_decision (id, qualification_check_id, outcome, reason, decided_by, decided_on, "
        "status_before) SELECT gen_random_uuid(), k.id, 'QUALIFIED', '理由', '县委', '2021-01-05', 'SERVING' "
        "FROM qualification_check k JOIN delegate d ON d.id = k.delegate_id WHERE d.member_id = $1 AND NOT EXISTS "
        "(SELECT FROM qualification_decision n WHERE n.qualification_check_id = k.id AND n.withdrawn_on IS NULL)",
        found["member_id"],
    )
    who = await account_of(county, "delegate", str(found["member_id"]))
    told = await exported(county, who)
    assert told["qualification_check"]
    assert told["qualification_decision"]
    assert "clearance" not in told
    assert "正在核查的线索" not in orjson.dumps(told).decode()


WITH_WORDS = {
    **{"code": "A", "severity": "MUST", "message": "公安机关: 线索", "citation": "c", "proposes": None},
    **{"rule_pack": "p", "rule_version": "1", "words": "线索"},
}
SEEN = "{ viewer { member { qualificationChecks(first: 20) { edges { node { id } } } } } }"


async def test_what_an_agency_objects_is_not_told_by_an_undecided_check(county: Client) -> None:
    """Nor that it was asked: his checks are those that he sees elsewhere, and their findings as he sees them there."""
    (found,) = await rows(
        "SELECT d.id, d.member_id, k.id AS check_id, d.county_id FROM delegate d "
        "JOIN qualification_check k ON k.delegate_id = d.id JOIN county c ON c.id = d.county_id "
        "WHERE c.code = '140829' ORDER BY d.id DESC LIMIT 1"
    )
    check = found["check_id"]
    await rows("DELETE FROM qualification_decision WHERE qualification_check_id = $1", check)
    await rows("DELETE FROM clearance WHERE delegate_id = $1", found["id"])
    await rows(
        "UPDATE qualification_check SET facts = $2::jsonb, findings = $3::jsonb WHERE id = $1",
        *(check, '{"clearances": "线索"}', orjson.dumps([WITH_WORDS]).decode()),
    )
    who = await account_of(county, "looked-into", str(found["member_id"]), await grant_in_county(Role.OFFICE))

    async def answers(opinion: str | None) -> None:
        await rows("DELETE FROM clearance WHERE delegate_id = $1", found["id"])
        await rows(
            "INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, opinion, reason, requested_at, "
            "due_on, submitted_at) VALUES (gen_random_uuid(), $1, $2, '2020Q4', 'PUBLIC_SECURITY', $3, $4, now(), "
            "'2020-12-31', CASE WHEN $3::varchar IS NOT NULL THEN now() END)",
            *(found["county_id"], found["id"], opinion, "线索" if opinion == "OBJECTION" else None),
        )

    nothing: dict[str, list[Any]] = {}
    for opinion in ("OBJECTION", None):
        await answers(opinion)
        told = await exported(county, who)
        assert told["qualification_check"] == told["qualification_decision"] == []
        assert "线索" not in orjson.dumps(told).decode()
        assert nothing in ({}, told | {"audit_entry": []})
        nothing = told | {"audit_entry": []}
    await answers("NO_OBJECTION")
    told = await exported(county, who)
    assert [one["id"] for one in told["qualification_check"]] == [str(check)]
    [finding] = told["qualification_check"][0]["findings"]
    assert finding["message"] == "公安机关: 线索"

    await answers("OBJECTION")
    await rows(
        "INSERT INTO qualification_decision (id, qualification_check_id, outcome, reason, decided_by, decided_on, "
        "status_before) VALUES (gen_random_uuid(), $1, 'QUALIFIED', '理由', '县委', '2021-01-05', 'SERVING')",
        check,
    )
    told = await exported(county, who)
    [finding] = told["qualification_check"][0]["findings"]
    assert (finding["code"], finding["rule_pack"]) == ("A", "p")
    assert finding["message"] == "涉及有关机关的答复, 内容由作出决定的党组织告知。"
    assert "线索" not in orjson.dumps(told).decode()
    assert "dissent" not in told["qualification_decision"][0]
    data = await county.query(SEEN, await account_of(county, "looked-into", str(found["member_id"])))
    seen = data["data"]["viewer"]["member"]["qualificationChecks"]["edges"]
    assert [one["node"]["id"] for one in seen] == [str(check)]


async def test_his_requests_readings_and_the_trail_about_him(county: Client) -> None:
    person = await own_member("member")
    await corrected(county, "member", "PHONE", "13900139000")
    await reveal(county, "secretary", person, "PHONE")
    told = await exported(county, "member")
    [asked] = [one for one in told["member_request"] if one["kind"] == "CORRECTION"]
    assert asked["proposed"] == "13900139000"
    assert f"联系党员: {REASON}" in {one["purpose"] for one in told["record_access"]}
    assert "村党支部书记" in {one["account"] for one in told["record_access"]}
    actions = {one["action"] for one in told["audit_entry"]}
    assert {"SIGN_IN", "REVEAL", "EXPORT_MY_RECORD"} <= actions
    assert all(
        {"at", "actor_name", "action"} <= set(one) and "detail" not in one for one in told["audit_entry"]
    )
    assert "password_hash" not in told["account"][0]


async def test_an_official_exports_himself_and_not_what_he_recorded(county: Client) -> None:
    person = await own_member("member")
    who = await account_of(county, "clerk", person, await grant_in_county(Role.OFFICE))
    await rows("UPDATE exemption SET recorded_by_id = (SELECT id FROM account WHERE username = 'clerk')")
    (other,) = await rows("SELECT id FROM member WHERE id <> $1 LIMIT 1", person)
    await reveal(county, who, str(other["id"]), "PHONE")
    told = await exported(county, who)
    assert {one["id"] for one in told["member"]} == {person}
    assert {one["member"] for one in told["record_access"]} <= {told["member"][0]["name"]}
    assert "REVEAL" not in {one["action"] for one in told["audit_entry"] if one["actor_name"] == "clerk"}


async def test_once_a_minute_and_never_in_secret(county: Client) -> None:
    with stopped_at(NOON):
        await rows("DELETE FROM audit_entry WHERE action = 'EXPORT_MY_RECORD'")
        told = await answered(county, EXPORT, "floating")
        (name,) = await rows("SELECT name FROM member WHERE id = $1", await own_member("floating"))
        assert told["fileName"] == f"本人信息-{name['name']}-2026-03-10.json"
        assert told["content"]["madeAt"] == "2026-03-10T12:00:00+08:00"
        reasons = {one["what"]: one["why"] for one in told["content"]["leftOut"]}
        assert reasons["account.password_hash"].startswith("登录凭据")
        assert all(reasons.values())
        entry = await last_audit("EXPORT_MY_RECORD")
        assert (entry["subject_type"], entry["subject_id"]) == ("Member", await own_member("floating"))
        assert codes(await answered(county, EXPORT, "floating")) == ["TOO_SOON"]
    with stopped_at(NOON + timedelta(seconds=61)):
        assert codes(await answered(county, EXPORT, "floating")) == []


async def test_who_is_no_member_has_no_record(county: Client) -> None:
    for who in ("office", "town", "auditor", "admin", "discipline", "app", None):
        told = await answered(county, EXPORT, who)
        assert (codes(told), told["content"]) == (["NO_OWN_RECORD"], None), who
