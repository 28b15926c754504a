"""`dangjian keys`: a new key for everything, beside those who write, begun anew after an interruption."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from commands import keys as commands
from commands.outcome import CommandRefused
from resolvers import key_rotation
from resolvers.audit import entry_hash
from resolvers.audit_seals import CONTENT
from resolvers.imports.run import import_directory
from runtime.clock import now, stopped_at
from runtime.database import Database, open_database
from runtime.encryption import Keyring, named_by
from runtime.key_check import hold_hashes
from runtime.keys import KeysRefused
from settings import Settings
from tests import workbooks as made
from tests.conftest import COUNTY, Credentials, copied, settings_for
from tests.keys import KEYS, key
from tests.processes import program
from tests.workbooks import PEOPLE

NUMBERS = {who.id_number for who in PEOPLE}
VALUES = 12 + 12 + 3  # identity numbers, phones, contacts


class Office:
    """A database with the small county, and the settings with which commands are run on it."""

    def __init__(self, settings: Settings, database: Database, output: Any) -> None:
        self.settings = settings
        self.database = database
        self._output = output

    async def rotate(self, *, lookup: bool = False) -> Any:
        await commands.rotate(self.settings, with_lookup=lookup, as_json=True)
        return json.loads(self._output.readouterr().out)

    async def keys(self) -> dict[str, Any]:
        await commands.list_keys(self.settings, as_json=True)
        text = self._output.readouterr().out
        assert "secret" not in text
        return {row["id"]: row["values"] for row in json.loads(text)}

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        """Over a connection of its own: a command that ends in this process closes Tortoise's."""
        async with self.database.apart() as connection:
            found: list[Any] = await connection.fetch(sql, *values)
            return found

    async def numbers(self) -> set[str]:
        """All identity numbers, read as a server would that has been running all the time."""
        keys = self.database.keys
        found = await self.rows("SELECT id, id_number_sealed FROM member")
        return {keys.decrypt(row["id_number_sealed"], "member.id_number", row["id"]) for row in found}


@pytest.fixture
async def office(
    server: Credentials, small_template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Office]:
    path = tmp_path / "keys.json"
    path.write_text(KEYS)
    path.chmod(0o600)
    async with copied(server, small_template) as credentials:
        settings = settings_for(credentials, tmp_path).model_copy(update={"keys": None, "keys_file": path})
        async with open_database(credentials, settings.keyring()) as database:
            yield Office(settings, database, capsys)


async def test_rotating_encrypts_everything_with_a_new_key(office: Office) -> None:
    assert await office.keys() == {"1": {"AES-GCM": VALUES}, "lookup-1": {"HMAC-SHA256": VALUES}}
    before = {row["id"]: row["id_number_hash"] for row in await office.rows("SELECT * FROM member")}
    answer = await office.rotate()
    assert answer == {"key": 2, "encrypted": VALUES, "left": 0, "lookup_key": 1, "hashed": 0}
    assert await office.keys() == {"1": {}, "2": {"AES-GCM": VALUES}, "lookup-1": {"HMAC-SHA256": VALUES}}
    # The running process, which has read key 1 only, finds the new one by itself.
    assert await office.numbers() == NUMBERS
    assert {row["id"]: row["id_number_hash"] for row in await office.rows("SELECT * FROM member")} == before
    assert (office.settings.keys_file or Path()).stat().st_mode & 0o777 == 0o600


async def test_new_hashes_find_the_same_people(office: Office, tmp_path: Path) -> None:
    files = made.write_county(tmp_path / "files", made.small_county())
    before = {row["id_number_hash"] for row in await office.rows("SELECT id_number_hash FROM member")}
    answer = await office.rotate(lookup=True)
    assert (answer["lookup_key"], answer["hashed"]) == (2, VALUES)
    after = {row["id_number_hash"] for row in await office.rows("SELECT id_number_hash FROM member")}
    assert not before & after
    # A process that was there all the time hashes anew before it compares.
    keys = office.database.keys
    assert keys.lookup(PEOPLE[0].id_number) in before
    async with office.database.bulk() as connection:
        await hold_hashes(connection.fetch, keys)
    assert keys.lookup(PEOPLE[0].id_number) in after
    async with open_database(office.database.credentials, keys) as database:
        reports = await import_directory(database, COUNTY, files)
    assert not any(report.rows_changed or report.problems for report in reports)


@pytest.mark.parametrize("lookup", [False, True])
async def test_a_rotation_that_was_cut_short_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, lookup: bool
) -> None:
    monkeypatch.setattr(key_rotation, "BATCH", 5)
    step = "_hash_batch" if lookup else "_encrypt_batch"
    whole, count = getattr(key_rotation, step), 0

    async def cut(*given: Any) -> Any:
        nonlocal count
        count += 1
        if count > 2:
            raise _Cut
        return await whole(*given)

    monkeypatch.setattr(key_rotation, step, cut)
    with pytest.raises(_Cut):
        await commands.rotate(office.settings, with_lookup=lookup, as_json=True)
    monkeypatch.setattr(key_rotation, step, whole)
    assert await office.numbers() == NUMBERS
    answer = await office.rotate(lookup=lookup)
    assert answer["left"] == 0
    assert (answer["key"], answer["encrypted"]) == ((3, VALUES) if lookup else (2, VALUES - 10))
    assert (answer["lookup_key"], answer["hashed"]) == ((2, VALUES) if lookup else (1, 0))
    assert await office.numbers() == NUMBERS


class _Cut(Exception):
    """The power went out."""


async def test_who_writes_meanwhile_is_not_lost(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phones change while their rows are encrypted anew: in the end all are readable, and the changes stand."""
    monkeypatch.setattr(key_rotation, "BATCH", 1)
    keys = office.database.keys

    members = await office.rows("SELECT id FROM member")
    rotation = asyncio.create_task(office.rotate())
    for (id,) in members:
        sealed = keys.encrypt("13900000000", "member.phone", id)
        await office.rows("UPDATE member SET phone_sealed = $2 WHERE id = $1", id, sealed)
    await rotation
    assert (await office.keys())["2"] == {"AES-GCM": VALUES}
    found = await office.rows("SELECT id, phone_sealed FROM member")
    assert {keys.decrypt(row["phone_sealed"], "member.phone", row["id"]) for row in found} == {"13900000000"}


async def test_hashes_wait_for_an_import(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "WAIT", "50ms")
    async with office.database.bulk() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock_shared(140829)")
        with pytest.raises(KeysRefused, match="An import is running"):
            await office.rotate(lookup=True)
    assert (await office.rotate(lookup=True))["hashed"] == VALUES


async def test_only_one_rotation_at_a_time(office: Office) -> None:
    async with office.database.apart() as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", commands.ROTATION_LOCK)
        with pytest.raises(CommandRefused, match="another rotation"):
            await office.rotate()


async def test_another_algorithm_comes_with_the_setting(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"encryption": "SM4-GCM"})
    answer = await office.rotate()
    assert (answer["key"], answer["encrypted"]) == (1, VALUES)
    assert (await office.keys())["1"] == {"SM4-GCM": VALUES}
    assert await office.numbers() == NUMBERS


async def test_a_key_is_dropped_when_nothing_needs_it(office: Office) -> None:
    for id, reason in {
        "1": "is the newest",
        "lookup-1": "is the newest",
        "7": "no key 7",
        "x": "no key x",
    }.items():
        with pytest.raises(CommandRefused, match=reason):
            await commands.drop(office.settings, id)
    await office.rotate(lookup=True)
    with pytest.raises(CommandRefused, match="just now"):
        await commands.drop(office.settings, "1")
    with stopped_at(now() + timedelta(minutes=2)):
        [(id,)] = await office.rows("SELECT id FROM member LIMIT 1")
        sealed = Keyring.from_text(KEYS).encrypt("13900000000", "member.phone", id)
        await office.rows("UPDATE member SET phone_sealed = $1 WHERE id = $2", sealed, id)
        with pytest.raises(CommandRefused, match="1 values need key 1"):
            await commands.drop(office.settings, "1")
    await office.rotate()
    with stopped_at(now() + timedelta(minutes=2)):
        await commands.drop(office.settings, "1")
        await commands.drop(office.settings, "lookup-1")
    assert list(json.loads((office.settings.keys_file or Path()).read_text())) == ["values", "lookup"]
    office._output.readouterr()
    assert await office.keys() == {"2": {"AES-GCM": VALUES}, "lookup-2": {"HMAC-SHA256": VALUES}}
    assert await office.numbers() == NUMBERS


async def test_rotating_and_dropping_stand_in_the_audit_trail(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: Any) -> Any:
        raise _Cut

    with monkeypatch.context() as patched:
        patched.setattr(key_rotation, "_encrypt_batch", cut)
        with pytest.raises(_Cut):
            await commands.rotate(office.settings, with_lookup=False, as_json=True)
    await office.rotate(lookup=True)
    with stopped_at(now() + timedelta(minutes=2)):
        await commands.drop(office.settings, "lookup-1")
        with pytest.raises(CommandRefused):
            await commands.drop(office.settings, "lookup-2")
    entries = await office.rows(
        "SELECT * FROM audit_entry WHERE subject_type = 'EncryptionKey' ORDER BY sequence"
    )
    rotate, drop = "dangjian keys rotate", "dangjian keys drop"
    assert [(row["actor_name"], row["action"], row["subject_id"]) for row in entries] == [
        (rotate, "BEGIN_KEY_ROTATION", "2"),
        (rotate, "BEGIN_KEY_ROTATION", "2"),
        (rotate, "END_KEY_ROTATION", "2"),
        (drop, "DROP_KEY", "lookup-1"),
    ]
    details = [json.loads(row["detail"]) for row in entries]
    assert details == [
        {"values": VALUES, "lookup": False},
        {"values": VALUES, "lookup": True},
        {"encrypted": VALUES, "left": 0, "lookup_key": 2, "hashed": VALUES},
        {},
    ]
    for row, detail in zip(entries, details, strict=True):
        assert entry_hash({name: row[name] for name in CONTENT} | {"detail": detail}) == row["hash"]


async def test_keys_of_the_environment_are_added_by_hand(office: Office) -> None:
    first = office.settings.model_copy(update={"keys": SecretStr(KEYS), "keys_file": None})
    both = json.dumps({"values": [key(1, 11), key(2, 12)], "lookup": [key(1, 21), key(2, 22)]})
    office.settings = first
    with pytest.raises(CommandRefused, match="DANGJIAN_KEYS"):
        await office.rotate()
    office.settings = first.model_copy(update={"keys": SecretStr(both)})
    answer = await office.rotate(lookup=True)
    assert answer == {"key": 2, "encrypted": VALUES, "left": 0, "lookup_key": 2, "hashed": VALUES}
    with pytest.raises(CommandRefused, match="DANGJIAN_KEYS"):
        await office.rotate()
    # A server that was not told does not start, nor does one whose new key is another.
    for wrong in (KEYS, json.dumps({"values": [key(1, 11), key(2, 13)], "lookup": [key(1, 21), key(2, 22)]})):
        with pytest.raises(KeysRefused):
            async with open_database(office.database.credentials, Keyring.from_text(wrong)):
                pass
    office.settings = first.model_copy(update={"keys": SecretStr(both)})
    await commands.drop(office.settings, "1")
    left = json.dumps({"values": [key(2, 12)], "lookup": [key(1, 21), key(2, 22)]})
    async with open_database(office.database.credentials, Keyring.from_text(left)) as database:
        [one] = await office.rows("SELECT id, phone_sealed FROM member LIMIT 1")
        assert named_by(one["phone_sealed"]) == (2, "AES-GCM")
        assert database.keys.decrypt(one["phone_sealed"], "member.phone", one["id"]) == "19999025206"


async def test_what_others_keep_encrypted_comes_along(office: Office) -> None:
    """Secrets of one-time codes, kept answers, proposed corrections: each with the owner that its column names."""
    keys = office.database.keys
    [(account,)] = await office.rows("SELECT id FROM account LIMIT 1")
    [(member, county)] = await office.rows("SELECT id, county_id FROM member LIMIT 1")
    secret = keys.encrypt("JBSWY3DP", "account.one_time_secret", account)
    await office.rows("UPDATE account SET one_time_secret = $1 WHERE id = $2", secret, account)
    answer = keys.encrypt("{}", "idempotent_request.answer", account)
    await office.rows(
        "INSERT INTO idempotent_request (id, sender, key, fingerprint, answer_sealed, created_at) "
        "VALUES ($1, 's', 'k', 'f', $2, now())",
        *(account, answer),
    )
    proposed = keys.encrypt("13900000000", "member_request.proposed", member)
    await office.rows(
        "INSERT INTO member_request (id, county_id, member_id, kind, subject_type, subject_id, proposed, reason, "
        "made_at, due_on) VALUES (gen_random_uuid(), $1, $2, 'CORRECTION', 'Member', $2, $3, 'x', now(), now())",
        *(county, member, proposed),
    )
    assert (await office.rotate())["encrypted"] == VALUES + 3
    [(secret,)] = await office.rows("SELECT one_time_secret FROM account WHERE id = $1", account)
    assert keys.decrypt(secret, "account.one_time_secret", account) == "JBSWY3DP"
    [(answer,)] = await office.rows("SELECT answer_sealed FROM idempotent_request")
    assert keys.decrypt(answer, "idempotent_request.answer", account) == "{}"
    [(proposed,)] = await office.rows("SELECT proposed FROM member_request")
    assert keys.decrypt(proposed, "member_request.proposed", member) == "13900000000"
    assert named_by(proposed) == (2, "AES-GCM")


async def test_the_command_tells_what_it_did(
    server: Credentials, small_template: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(KEYS)
    path.chmod(0o600)
    async with copied(server, small_template) as credentials:
        own = program(tmp_path, credentials, DANGJIAN_KEYS="", DANGJIAN_KEYS_FILE=str(path))
        assert f"{VALUES} AES-GCM  in use" in (await own("keys", "list")).done
        rotated = (await own("keys", "rotate", "--lookup")).done.splitlines()
        assert f"{VALUES} of {VALUES} values encrypted" in rotated
        assert rotated[-2:] == [
            f"{VALUES} values encrypted with key 2",
            f"{VALUES} hashes made with key lookup-2",
        ]
        assert (await own("keys", "drop", "1")).reason.startswith("the newest key was made just now")
        # Whoever comes with the keys of before is told, in one line.
        assert (
            "not those of the database"
            in (await own.with_(DANGJIAN_KEYS=KEYS, DANGJIAN_KEYS_FILE="")("keys", "list")).reason
        )
        path.chmod(0o644)
        assert "chmod 600" in (await own("keys", "list")).reason
