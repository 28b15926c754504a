"""Identity numbers and phones at rest: what a copy of the database tells, and whom the keys let read it."""

import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr
from tortoise import Tortoise

from models import sealed_columns
from models.choices import WorkbookKind
from models.member import Member
from models.migrations._encrypting import PERSONAL
from models.sealed_columns import SEALED_COLUMNS
from resolvers import import_jobs
from resolvers.imports.run import import_directory
from runtime import key_check
from runtime.clock import now, stopped_at
from runtime.database import Database, migrate, open_database, tortoise_config
from runtime.encryption import Algorithm, Keyring, NotReadable, named_by
from runtime.identifiers import new_id
from runtime.keys import KeysRefused, Kind, as_text, create_key_file, parse_keys, read_key_file
from runtime.masks import masked_cell, masked_id_number, masked_in, masked_phone
from settings import Settings, SettingsError
from tests import workbooks as made
from tests.conftest import COUNTY, Client, Credentials, copied
from tests.keys import KEYRING, KEYS, hash_of, key
from tests.test_access import rows
from tests.workbooks import PEOPLE

OWNER, OTHER = UUID(int=1), UUID(int=2)
NUMBER = PEOPLE[0].id_number
OTHER_KEYS = json.dumps({"values": [key(1, 12)], "lookup": [key(1, 22)]})
OTHER_LOOKUP = json.dumps({"values": [key(1, 11)], "lookup": [key(1, 22)]})
UPDATE = """
mutation Update($input: UpdateFloatingMemberInput!) {
  updateFloatingMember(input: $input) { floatingMember { id } refusals { code } }
}
"""
BOTH = json.dumps({"values": [key(1, 11), key(2, 12)], "lookup": [key(1, 21)]})


@pytest.mark.parametrize("algorithm", ["AES-GCM", "SM4-GCM"])
def test_what_is_sealed_is_opened_by_who_has_the_key(algorithm: Algorithm) -> None:
    keys = Keyring.from_text(KEYS, algorithm)
    sealed = keys.encrypt(NUMBER, "member.id_number", OWNER)
    assert named_by(sealed) == (1, algorithm)
    assert keys.decrypt(sealed, "member.id_number", OWNER) == NUMBER
    assert keys.encrypt(NUMBER, "member.id_number", OWNER) != sealed
    assert NUMBER.encode() not in sealed
    # Another process may write with the other algorithm.
    assert KEYRING.decrypt(sealed, "member.id_number", OWNER) == NUMBER


@pytest.mark.parametrize("algorithm", ["AES-GCM", "SM4-GCM"])
def test_what_was_altered_or_moved_is_not_readable(algorithm: Algorithm) -> None:
    keys = Keyring.from_text(KEYS, algorithm)
    sealed = keys.encrypt(NUMBER, "member.id_number", OWNER)
    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(NotReadable):
            keys.decrypt(altered, "member.id_number", OWNER)
    for label, owner in (("member.id_number", OTHER), ("member.phone", OWNER)):
        with pytest.raises(NotReadable):
            keys.decrypt(sealed, label, owner)
    for broken in (b"", sealed[:3], sealed[:-1], b"\x09" + sealed[1:]):
        with pytest.raises(NotReadable):
            keys.decrypt(broken, "member.id_number", OWNER)


def test_a_value_under_an_unknown_key_names_it() -> None:
    sealed = Keyring.from_text(BOTH).encrypt(NUMBER, "member.id_number", OWNER)
    with pytest.raises(NotReadable, match="no such key") as refused:
        KEYRING.decrypt(sealed, "member.id_number", OWNER)
    assert refused.value.key == 2
    with pytest.raises(NotReadable):
        Keyring.from_text(OTHER_KEYS).decrypt(KEYRING.encrypt("1", "a", OWNER), "a", OWNER)


def test_the_newest_key_encrypts_and_all_decrypt() -> None:
    both = Keyring.from_text(BOTH)
    assert named_by(both.encrypt("1", "a", OWNER)) == (2, "AES-GCM")
    assert both.decrypt(KEYRING.encrypt("1", "a", OWNER), "a", OWNER) == "1"


def test_a_hash_is_of_the_value_and_the_key() -> None:
    assert KEYRING.lookup(NUMBER) == KEYRING.lookup(NUMBER)
    assert len(KEYRING.lookup(NUMBER)) == 32
    assert KEYRING.lookup(NUMBER) != KEYRING.lookup(PEOPLE[1].id_number)
    assert KEYRING.lookup(NUMBER) != Keyring.from_text(OTHER_LOOKUP).lookup(NUMBER)


def test_a_key_file_that_has_grown_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_key_file(path)
    here, there = Keyring.from_file(path), Keyring.from_file(path)
    path.write_text(as_text(here.keys.with_new("values")))
    sealed = there.encrypt("1", "a", OWNER)
    assert named_by(sealed) == (2, "AES-GCM")
    assert here.decrypt(sealed, "a", OWNER) == "1"
    path.write_text("half a fi")  # and what cannot be read changes nothing
    assert here.decrypt(sealed, "a", OWNER) == "1"
    path.unlink()
    assert here.decrypt(here.encrypt("1", "a", OWNER), "a", OWNER) == "1"


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    first = settings.keyring()
    path = tmp_path / "var" / "keys.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.keyring().lookup("1") == first.lookup("1")
    create_key_file(path)
    assert os.listdir(path.parent) == ["keys.json"]
    assert settings.keyring().keys == first.keys
    assert base64_of(path) not in repr(first.keys)


def base64_of(path: Path) -> str:
    secret: str = json.loads(path.read_text())["values"][0]["secret"]
    return secret


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_key_file(path)
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(KeysRefused, match="chmod 600"):
            Settings(var=tmp_path, keys_file=path).keyring()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"values": []}',
        json.dumps({"values": [], "lookup": [key(1, 1)]}),
        json.dumps({"values": [key(1, 1), key(1, 2)], "lookup": [key(1, 1)]}),
        json.dumps({"values": [key(0, 1)], "lookup": [key(1, 1)]}),
        json.dumps({"values": [key(1, 1) | {"secret": "AAAA"}], "lookup": [key(1, 1)]}),
        json.dumps({"values": [key(1, 1) | {"made_at": "yesterday"}], "lookup": [key(1, 1)]}),
    ],
)
def test_keys_of_another_form_are_refused_without_repeating_them(text: str, tmp_path: Path) -> None:
    with pytest.raises(KeysRefused) as refused:
        parse_keys(text)
    assert str(key(1, 1)["secret"]) not in str(refused.value)
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeysRefused, match="no valid key file"):
        read_key_file(path)


def test_keys_from_the_environment_make_no_file(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, keys=SecretStr(KEYS))
    assert settings.keyring().lookup("1") == KEYRING.lookup("1")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="give one of them"):
        Settings(var=tmp_path, keys=SecretStr(KEYS), keys_file=tmp_path / "keys.json")
    with pytest.raises(SettingsError, match="keys of encryption"):
        Settings(var=tmp_path, keys_file=tmp_path / "none.json").keyring()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("19999025206", "199****5206"),
        ("0359-6522222", "035****2222"),
        ("6522222", "*******"),
        ("wx12345678", "wx****78"),
        ("", ""),
    ],
)
def test_the_mask_of_a_contact_never_shows_most_of_a_short_one(text: str, masked: str) -> None:
    assert masked_phone(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (NUMBER, masked_id_number(NUMBER)),
        (f"“{NUMBER.lower()}”不是", f"“{masked_id_number(NUMBER.lower())}”不是"),
        ("990826 19710101 0011", "990" + "*" * 15 + "11"),
        ("９９０８２６１９７１０１０１００１１", "９９０*************１１"),
        ("990826710101001", "990**********01"),
        ("电话199-9902-5206。", "电话199****5206。"),
        ("+86 19999025206", "+861****5206"),
        ("2020-01-10 09:30:00", "2020-01-10 09:30:00"),
        ("20200110", "20200110"),
        ("SY01001", "SY01001"),
        ("7.87", "7.87"),
    ],
)
def test_numbers_in_texts_are_masked(text: str, masked: str) -> None:
    assert masked_in(text) == masked


def test_in_a_column_of_numbers_a_wrong_one_is_masked_too() -> None:
    assert masked_cell("1999902520") == "19****20"
    assert masked_cell("99082619700101") == "990****0101"
    assert masked_cell("没有") == "没有"


async def test_no_number_stands_in_any_table(client: Client) -> None:
    """Every column of every row as text, and what is bytes as text as well, after writes of all kinds."""
    own = (await rows("SELECT id FROM member WHERE id_number_hash = $1", hash_of(NUMBER)))[0]["id"]
    away = (await rows("SELECT id FROM floating_member ORDER BY id LIMIT 1"))[0]["id"]
    given = {"floatingMemberId": str(away), "contact": "19999012345"}
    body = {"query": UPDATE, "variables": {"input": given}}
    answer = await client.post(body, "office", **{"Idempotency-Key": "canary"})
    assert answer.json()["data"]["updateFloatingMember"]["refusals"] == []
    await client.run("OpenQualificationReview", "office", county=COUNTY, quarter="2020Q4")

    canaries = [who.id_number for who in PEOPLE] + ["19999025206", "19999036485", "19999012345"]
    assert await found_in_clear(canaries) == []
    # The search finds what is there.
    await rows("UPDATE member SET address = $1 WHERE id = $2", NUMBER, own)
    assert await found_in_clear(canaries) == [("member", NUMBER)]


async def found_in_clear(canaries: list[str]) -> list[tuple[str, str]]:
    tables = await rows("SELECT relname AS name FROM pg_stat_user_tables ORDER BY 1")
    binary = await rows(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'bytea'"
    )
    found = []
    for name in (table["name"] for table in tables):
        columns = [row["column_name"] for row in binary if row["table_name"] == name]
        text = " || ".join(
            ["t::text", *(f"coalesce(encode(t.{column}, 'escape'), '')" for column in columns)]
        )
        everything = "\n".join(row["text"] for row in await rows(f'SELECT {text} AS text FROM "{name}" t'))
        found += [(name, canary) for canary in canaries if canary in everything]
    return found


async def test_wrong_cells_are_kept_masked(database: Database, tmp_path: Path) -> None:
    """Row and mask are enough for the office to find the cell."""
    county = made.small_county()
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    county[WorkbookKind.MEMBERS][0]["身份证号"] = wrong
    county[WorkbookKind.MEMBERS][1]["手机号码"] = "199990252061"
    county[WorkbookKind.MEMBERS][2]["学历"] = "大专" * 20 + PEOPLE[2].id_number
    reports = await import_directory(database, COUNTY, made.write_county(tmp_path / "files", county))
    problems = [problem for report in reports for problem in report.problems]
    assert {problem.value for problem in problems if problem.column == "手机号码"} == {"199****2061"}
    assert await rows("SELECT 1 FROM import_problem WHERE value = $1", masked_id_number(wrong))
    canaries = [wrong, "199990252061", *(who.id_number for who in PEOPLE)]
    assert await found_in_clear(canaries) == []


async def test_the_columns_are_those_that_are_known(database: Database) -> None:
    """A column of encrypted values that rotation did not know would be lost with its key."""
    binary = await rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type = 'bytea' AND column_name NOT LIKE '%\\_hash' AND table_name <> 'encryption_key'"
    )
    known = {(column.table, column.column) for column in SEALED_COLUMNS}
    assert {(row["table_name"], row["column_name"]) for row in binary} == known


async def test_a_second_import_keeps_what_is_encrypted(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    files = made.write_county(tmp_path / "files", county)
    await import_directory(database, COUNTY, files)
    before = {one.id: (bytes(one.id_number_sealed), one.phone_sealed) for one in await Member.all()}
    county[WorkbookKind.MEMBERS][0]["学历"] = "本科"
    county[WorkbookKind.MEMBERS][1]["手机号码"] = "13999025207"
    again = await import_directory(database, COUNTY, made.write_county(tmp_path / "again", county))
    assert sum(report.rows_changed for report in again) == 2
    kept = [one for one in await Member.all() if before[one.id] == (one.id_number_sealed, one.phone_sealed)]
    assert len(kept) == 11
    changed = await Member.get(id_number_hash=hash_of(PEOPLE[1].id_number))
    assert changed.phone_masked == "139****5207"
    assert changed.phone_sealed
    assert KEYRING.decrypt(changed.phone_sealed, sealed_columns.PHONE.label, changed.id) == "13999025207"


@pytest.mark.parametrize("keys", [OTHER_KEYS, OTHER_LOOKUP])
async def test_other_keys_do_not_open_the_database(
    server: Credentials, small_template: str, keys: str
) -> None:
    async with copied(server, small_template) as credentials:
        with pytest.raises(KeysRefused, match="not those of the database"):
            async with open_database(credentials, Keyring.from_text(keys)):
                pass
        async with open_database(credentials, KEYRING):
            pass


@pytest.mark.parametrize("keys", [[key(1, 12), key(2, 13)], [key(2, 13)], [key(1, 12), key(9, 13)]])
async def test_keys_that_are_refused_leave_nothing_behind(
    server: Credentials, small_template: str, keys: list[dict[str, Any]]
) -> None:
    """A newer key of a wrong set is not noted, or the right server would miss it at its next start."""
    wrong = Keyring.from_text(json.dumps({"values": keys, "lookup": [key(1, 21)]}))
    async with copied(server, small_template) as credentials:
        with pytest.raises(KeysRefused, match="not those of the database"):
            async with open_database(credentials, wrong):
                pass
        async with open_database(credentials, KEYRING):
            noted = await rows("SELECT kind, number FROM encryption_key ORDER BY kind")
            assert [(row["kind"], row["number"]) for row in noted] == [("lookup", 1), ("values", 1)]


@pytest.mark.parametrize("other", [OTHER_KEYS, OTHER_LOOKUP])
async def test_of_two_first_starts_with_other_keys_one_is_refused(
    server: Credentials, small_template: str, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """The other one notes its keys between our first look and our own notes."""

    async def note_late(connection: Any, keys: Keyring, kind: Kind, number: int) -> None:
        if keys is KEYRING and kind == "values":
            async with open_database(credentials, Keyring.from_text(other)):
                pass
        await note_key(connection, keys, kind, number)

    note_key = key_check.note_key
    async with copied(server, small_template) as credentials:
        async with open_database(credentials, KEYRING) as database, database.apart() as connection:
            await connection.execute("DELETE FROM encryption_key")
        monkeypatch.setattr(key_check, "note_key", note_late)
        with pytest.raises(KeysRefused, match="not those of the database"):
            async with database.apart() as connection:
                await key_check.check_keys(connection, KEYRING)


@pytest.fixture
async def of_before(server: Credentials) -> AsyncIterator[Credentials]:
    """A database as migration 0005 left it, with rows in the clear."""
    async with copied(server, "template0") as credentials:
        await migrate_to(credentials, "0005_rights")
        connection = await asyncpg.connect(**credentials)
        try:
            await connection.execute(BEFORE.replace("$number", NUMBER))
        finally:
            await connection.close()
        yield credentials


async def migrate_to(credentials: Credentials, name: str) -> None:
    from tortoise.migrations.api.migrate import migrate as tortoise_migrate

    try:
        await tortoise_migrate(config=tortoise_config(credentials), target=f"models.{name}")
    finally:
        await Tortoise.close_connections()


BEFORE = """
INSERT INTO county (id, code, name, created_at) VALUES (gen_random_uuid(), '990826', '试验县', now());
INSERT INTO organization (id, county_id, code, name, kind, field, path, name_initials, search_keys)
SELECT gen_random_uuid(), id, 'SY', '试验', 'BRANCH', '机关', '990826/SY/', 'sy', '{}' FROM county;
INSERT INTO member (id, county_id, organization_id, name, id_number, phone, gender, birth_date, standing, joined_on,
                    confirmed_on, name_sort, name_initials, search_keys, lost_contact, declared_floating)
SELECT gen_random_uuid(), county_id, id, '某某', '$number', '19999025206', 'MALE', '1970-01-01', 'FULL',
       '2001-07-01', '2002-07-01', 'mou mou', 'mm', '{}', false, false FROM organization;
INSERT INTO member (id, county_id, organization_id, name, id_number, gender, birth_date, standing, joined_on,
                    confirmed_on, name_sort, name_initials, search_keys, lost_contact, declared_floating)
SELECT gen_random_uuid(), county_id, id, '某某', '99' || lpad(n::text, 16, '0'), 'MALE', '1970-01-01', 'FULL',
       '2001-07-01', '2002-07-01', 'mou mou', 'mm', '{}', false, false
FROM organization, generate_series(1, 4500) n;
INSERT INTO floating_member (id, county_id, member_id, home_branch_id, contact, version)
SELECT gen_random_uuid(), county_id, id, organization_id, '19999036485', 1 FROM member WHERE phone IS NOT NULL;
INSERT INTO floating_decision (id, county_id, floating_member_id, measure, reason, decided_by, decided_on, findings,
                               facts)
SELECT gen_random_uuid(), county_id, id, 'KEEP_LOOKING', '继续', '支部', '2020-01-01', '[]',
       '{"items": {"contact": "19999036485"}}' FROM floating_member;
INSERT INTO idempotent_request (id, sender, key, fingerprint, answer, created_at)
VALUES (gen_random_uuid(), 'a', 'k', 'f', '{"phone": "19999025206"}', now()),
       (gen_random_uuid(), 'a', 'l', 'f', NULL, now());
INSERT INTO import_job (id, county_id, kind, status, file_name, rows_total, rows_read, rows_accepted, rows_refused,
                        rows_changed, created_at)
SELECT gen_random_uuid(), id, 'MEMBERS', 'DONE', '党员.xlsx', 1, 1, 0, 1, 0, now() FROM county;
INSERT INTO import_problem (id, job_id, row, "column", value, code, message_zh, message_en)
SELECT gen_random_uuid(), id, 3, '身份证号', '$number', 'X', '“$number”', '“$number”' FROM import_job;
"""


async def test_a_database_of_before_is_encrypted_and_readable(
    server: Credentials, of_before: Credentials
) -> None:
    await migrate(of_before, KEYRING)
    async with open_database(of_before, KEYRING):
        member = await Member.get(id_number_hash=hash_of(NUMBER))
        assert member.id_number_masked == masked_id_number(NUMBER)
        assert KEYRING.decrypt(member.id_number_sealed, "member.id_number", member.id) == NUMBER
        assert member.phone_masked == "199****5206"
        assert await Member.filter(phone_sealed=None).count() == 4500
        [away] = await rows("SELECT contact_sealed, contact_masked, member_id FROM floating_member")
        contact = KEYRING.decrypt(away["contact_sealed"], "floating_member.contact", away["member_id"])
        assert (contact, away["contact_masked"]) == ("19999036485", "199****6485")
        [kept] = await rows("SELECT id, answer_sealed FROM idempotent_request WHERE key = 'k'")
        opened = KEYRING.decrypt(kept["answer_sealed"], "idempotent_request.answer", kept["id"])
        assert opened == '{"phone": "19999025206"}'
        assert await found_in_clear([NUMBER, "19999025206", "19999036485"]) == []
    connection = await asyncpg.connect(**of_before)
    try:
        await connection.execute("CHECKPOINT")
        files = await connection.fetch(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) AS content FROM pg_class "
            "WHERE relname IN ('member', 'floating_member', 'idempotent_request', 'import_problem', "
            "'floating_decision', 'member_id_number_unique')"
        )
    finally:
        await connection.close()
    content = b"".join(row["content"] for row in files)
    assert "某某".encode() in content
    for number in (NUMBER, "19999025206", "19999036485"):
        assert number.encode() not in content


async def test_an_upload_does_not_outlive_its_import(tmp_path: Path) -> None:
    class Broken:
        async def read(self, _size: int) -> bytes:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        await import_jobs._kept(Broken(), import_jobs.uploads(tmp_path))
    folder = tmp_path / "uploads"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []
    # Of a process that died: what is young may be another one's, which is at work.
    (folder / "left").write_bytes(NUMBER.encode())
    import_jobs.forget_uploads(tmp_path)
    assert len(list(folder.iterdir())) == 1
    with stopped_at(now() + timedelta(hours=2)):
        import_jobs.forget_uploads(tmp_path)
    assert list(folder.iterdir()) == []


def test_the_migration_knows_the_labels_that_are_used() -> None:
    labels = {(table, f"{column}_sealed"): (label, owner) for table, column, owner, label, _ in PERSONAL}
    used: dict[Any, Any] = {
        (column.table, column.column): (column.label, column.owner)
        for column in SEALED_COLUMNS
        if column.hash
    }
    assert labels == used


def test_sealing_a_value_makes_all_three(database: Database) -> None:
    owner = new_id()
    sealed = database.keys.seal("19999025206", "member.phone", owner, masked_phone)
    assert database.keys.decrypt(sealed.value, "member.phone", owner) == "19999025206"
    assert (sealed.hash, sealed.masked) == (hash_of("19999025206"), "199****5206")
