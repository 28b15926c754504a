"""The command `dangjian` as operators and scripts run it: statuses, sentences, and what it leaves behind."""

import asyncio
import os
import pty
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.choices import WorkbookKind
from runtime.database import Database
from tests import workbooks
from tests.conftest import COUNTY, TEMPLATE, Credentials, copied
from tests.processes import PATIENCE, ROOT, Program, program

QUARTER = ("--quarter", "2020Q4")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbooks.write_county(tmp_path_factory.mktemp("office") / "files", workbooks.small_county())


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> Program:
    """Over a database with tables and no county."""
    return program(tmp_path / "var", dict(database.credentials))


@pytest.fixture(scope="module")
async def small(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Program]:
    """Over the small county, for commands that leave it as it is."""
    async with copied(server, small_template) as credentials:
        yield program(tmp_path_factory.mktemp("small"), credentials)


@pytest.fixture
async def own(server: Credentials, small_template: str, tmp_path: Path) -> AsyncIterator[Program]:
    """Over a small county of the test's own."""
    async with copied(server, small_template) as credentials:
        yield program(tmp_path / "var", credentials)


async def counted(program: Program) -> dict[str, int]:
    """How many rows each table holds."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    connection = await asyncpg.connect(program.environment["DANGJIAN_DATABASE_URL"])
    try:
        return {
            name: await connection.fetchval(f'SELECT count(*) FROM "{name}"')
            for (name,) in await connection.fetch(tables)
        }
    finally:
        await connection.close()


async def executed(program: Program, sql: str) -> None:
    connection = await asyncpg.connect(program.environment["DANGJIAN_DATABASE_URL"])
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


WRONG_USAGE = {
    "no such command": (["nothing"], "No such command 'nothing'"),
    "no county": (["import", "/"], "Missing option '--county'"),
    "no directory": (["import", "--county", COUNTY], "Missing argument 'DIR'"),
    "a county's name": (["import", "--county", "绛县", "/"], "a county's code has six digits"),
    "a short code": (["import", "--county", "14082", "/"], "a county's code has six digits"),
    "full-width digits": (["import", "--county", "１４０８２６", "/"], "a county's code has six digits"),
    "no such quarter": (["review", "open", "--county", COUNTY, "--quarter", "2020Q5"], "write it as 2020Q4"),
    "another form": (["packs", "try", "x", "--county", COUNTY, "--quarter", "2020-4"], "write it as 2020Q4"),
    "no file": (["backup"], "Missing argument 'FILE'"),
    "no such option": (["serve", "--fast"], "No such option: --fast"),
}


async def test_wrong_usage_is_status_2_with_the_reason_in_a_line(tmp_path: Path) -> None:
    dangjian = program(tmp_path)
    given = [dangjian(*arguments) for arguments, _ in WRONG_USAGE.values()]
    for ended, (arguments, reason) in zip(await asyncio.gather(*given), WRONG_USAGE.values(), strict=True):
        assert (ended.status, ended.out) == (2, ""), arguments
        assert any(line.startswith("Error: ") and reason in line for line in ended.err.splitlines()), (
            ended.err
        )
    assert not list(tmp_path.iterdir())


async def test_without_arguments_it_tells_its_commands(tmp_path: Path) -> None:
    ended = await program(tmp_path)("--help")
    for command in (
        *("serve", "migrate", "demo", "import", "review", "packs", "accounts", "audit", "backup", "restore"),
    ):
        assert re.search(rf"^  {command} ", ended.done, re.MULTILINE)


async def test_settings_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    answers = await asyncio.gather(
        program(tmp_path, DANGJIAN_PORT="http")("migrate"),
        program(tmp_path, DANGJIAN_SECRET="short")("backup", "x"),
        program(tmp_path, DANGJIAN_DATABASE_URL="postgresql://nobody:hidden@127.0.0.1:9/none")("migrate"),
    )
    port, secret, database = (answer.reason for answer in answers)
    assert port.startswith("DANGJIAN_PORT cannot be used")
    assert secret == "DANGJIAN_SECRET cannot be used: it must have at least 32 characters"
    assert database.startswith("DANGJIAN_DATABASE_URL: 127.0.0.1:9/none cannot be reached")
    assert "hidden" not in database


async def test_a_county_is_imported_and_imported_again(empty: Program, office: Path) -> None:
    first = await empty("import", "--county", COUNTY, office, "--strict", "--demo-accounts", "--json")
    assert (first.status, first.err) == (0, "")
    report = first.json
    assert [file["kind"] for file in report["files"]] == list(WorkbookKind)
    assert sum(file["rows_accepted"] for file in report["files"]) == 52
    assert not any(file["problems"] or file["failure"] for file in report["files"])
    assert set(report["accounts"]) == {
        *("admin", "office", "auditor", "town", "secretary"),
        *("member", "floating", "discipline", "security", "app", "security-admin"),
    }
    again = await empty("import", "--county", COUNTY, office)
    lines = again.done.splitlines()
    assert "党员.xlsx: 12 rows, 12 accepted (0 changed), 0 refused" in lines
    # Not a terminal: plain lines, one for each file while it is read.
    assert "党员.xlsx: 12 rows read" in lines
    assert "\x1b" not in again.out


async def test_an_import_tells_what_is_wrong(empty: Program, tmp_path: Path) -> None:
    county = workbooks.small_county()
    county[WorkbookKind.MEMBERS][3]["身份证号"] = "140826197001010010"
    del county[WorkbookKind.CLEARANCES]
    folder = workbooks.write_county(tmp_path / "files", county)
    (folder / "培训记录.xlsx").write_bytes(b"not a workbook")
    (folder / "通知.xlsx").write_bytes(b"something else")

    strict = await empty("import", "--county", COUNTY, folder, "--strict")
    assert "nothing was kept" in strict.reason or "培训记录.xlsx" in strict.reason
    assert (await counted(empty))["county"] == 0

    loose = await empty("import", "--county", COUNTY, folder)
    assert loose.reason.startswith("培训记录.xlsx: “培训记录.xlsx” is no readable workbook")
    assert "党员.xlsx: 12 rows, 11 accepted (11 changed), 1 refused" in loose.out
    assert re.search(r"^  row 6, 身份证号 = .*: [A-Z_]+: ", loose.out, re.MULTILINE)
    assert "The directory has no workbook “联审意见”; none was imported." in loose.out
    assert "“通知.xlsx” is none of the known workbooks; it was skipped." in loose.out
    assert (await counted(empty))["member"] == 11

    chinese = await empty.with_(LC_ALL="zh_CN.UTF-8")("import", "--county", COUNTY, folder, "--json")
    assert "不是可读取的表格文件" in chinese.reason
    [problem] = chinese.json["files"][1]["problems"]
    masked = "140*************10"  # a whole number is in no report
    assert (problem["row"], problem["column"], problem["value"]) == (6, "身份证号", masked)
    assert "140826197001010010" not in loose.out + chinese.out
    assert problem["code"].startswith("ID_NUMBER")
    assert "身份证号" in problem["message"]
    failures = [file["failure"] for file in chinese.json["files"] if file["failure"]]
    assert failures == ["“培训记录.xlsx”不是可读取的表格文件（xlsx、xls、csv），请用表格软件另存后再导入。"]


async def test_an_import_that_has_nothing_to_take_in_is_refused(empty: Program, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "encrypted").mkdir()
    # An encrypted workbook is an OLE container with a stream of this name (MS-OFFCRYPTO 2.3).
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "encrypted" / "党组织.xlsx").write_bytes(container)
    file = tmp_path / "党组织.xlsx"
    file.write_bytes(b"")
    answers = await asyncio.gather(
        *(
            empty("import", "--county", COUNTY, folder)
            for folder in (tmp_path / "missing", tmp_path / "empty", tmp_path / "encrypted", file)
        )
    )
    missing, nothing, encrypted, no_folder = (answer.reason for answer in answers)
    assert missing == "“missing” is not a directory."
    assert nothing.startswith("The directory “empty” holds none of the known workbooks")
    assert "protected by a password" in encrypted
    assert no_folder == "“党组织.xlsx” is not a directory."
    assert (await counted(empty))["county"] == 0


async def test_demo_accounts_are_for_this_machine_alone(empty: Program, office: Path) -> None:
    abroad = empty.with_(DANGJIAN_HOST="0.0.0.0")
    answers = await asyncio.gather(
        abroad("import", "--county", COUNTY, office, "--demo-accounts"), abroad("demo")
    )
    assert all("published password" in answer.reason for answer in answers)
    assert (await counted(empty))["county"] == 0


async def test_a_terminal_gets_a_bar(empty: Program, office: Path) -> None:
    leader, follower = pty.openpty()
    shown = b""

    def read() -> None:
        nonlocal shown
        try:
            shown += os.read(leader, 65536)
        except OSError:  # nobody is left at the other end
            asyncio.get_running_loop().remove_reader(leader)

    asyncio.get_running_loop().add_reader(leader, read)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "import", "--county", COUNTY, str(office)),
        cwd=ROOT,
        env=empty.environment | {"TERM": "xterm", "COLUMNS": "100"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    try:
        async with asyncio.timeout(PATIENCE):
            status = await process.wait()
            while "联审意见.xlsx: 6 rows".encode() not in shown:  # the last line
                await asyncio.sleep(0.01)
    finally:
        asyncio.get_running_loop().remove_reader(leader)
        os.close(leader)
    text = shown.decode()
    assert status == 0, text
    assert "\x1b[" in text
    assert "━" in text
    assert "12/12" in text
    assert "rows read" not in text


async def test_a_review_is_opened_and_brought_up_to_date(own: Program) -> None:
    before = await own("review", "open", "--county", COUNTY, *QUARTER, "--json")
    assert before.json["quarter"] == "2020Q4"
    assert before.json["checks"] == 3 == sum(before.json["summary"].values())
    again = await own("review", "open", "--county", COUNTY, *QUARTER)
    assert again.done.startswith("试验县 2020Q4: 3 delegates checked\n")
    assert (await counted(own))["qualification_review"] == 1


async def test_a_review_of_nobody_is_told(own: Program) -> None:
    await executed(own, "TRUNCATE delegate CASCADE")
    ended = await own("review", "open", "--county", COUNTY, *QUARTER, "--json")
    assert ended.reason.endswith("workbook first.")
    assert ended.out == ""
    assert (await counted(own))["qualification_review"] == 0


async def test_an_unknown_county_is_refused(small: Program) -> None:
    answer = await small("review", "open", "--county", "990000", *QUARTER)
    assert answer.reason == "there is no county 990000; import its files first"


async def test_packs_are_listed_and_checked(tmp_path: Path) -> None:
    dangjian = program(tmp_path)
    listed, as_json, checked, one, none = await asyncio.gather(
        dangjian("packs", "list"),
        dangjian("packs", "list", "--json"),
        dangjian("packs", "check"),
        dangjian("packs", "check", "jiangxian_140826"),
        dangjian("packs", "check", "atlantis_990001"),
    )
    assert {pack["id"] for pack in as_json.json} >= {"national", "jiangxian_140826"}
    assert all(pack["id"] in listed.done for pack in as_json.json)
    assert re.search(r"^national: \d+ rules, claims trusted, reaches trusted$", checked.done, re.MULTILINE)
    assert re.fullmatch(r"jiangxian_140826: \d+ rules, claims trusted, reaches trusted\n", one.done)
    assert none.reason.startswith("there is no pack atlantis_990001; ")
    assert not list(tmp_path.iterdir()), "the packs need no database"


async def test_a_new_pack_loads_and_a_broken_one_is_named(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    names = ("commands", "plugins", "runtime", "cli.py")
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name)
        else:
            shutil.copy(ROOT / name, checkout)
    dangjian = Program(program(tmp_path).environment, checkout)

    made = await dangjian("packs", "new", "jishan_140824")
    assert str(checkout / "plugins" / "jishan_140824") in made.done
    checked, again, misnamed, outside = await asyncio.gather(
        dangjian("packs", "check", "jishan_140824"),
        dangjian("packs", "new", "jishan_140824"),
        dangjian("packs", "new", "Jishan"),
        dangjian("packs", "new", "../jishan_140824"),
    )
    assert checked.done.splitlines() == [
        "jishan_140824: 0 rules, claims draft, reaches draft",
        *(f"  {file} still says 请填写" for file in ("manifest.toml", "cases.toml", "README.md")),
    ]
    assert "exists already" in again.reason
    assert "a name and the county's code" in misnamed.reason
    assert "a name and the county's code" in outside.reason

    rules = checkout / "plugins" / "jishan_140824" / "rules.py"
    rules.write_text("def check_delegate(facts, values:\n")
    broken = await dangjian("packs", "check")
    assert "jishan_140824" in broken.reason
    assert "SyntaxError" in broken.reason or "rules.py" in broken.reason


async def test_parameters_are_tried_and_nothing_is_kept(small: Program) -> None:
    before = await counted(small)
    tried, unknown, no_number = await asyncio.gather(
        small("packs", "try", "national", "--county", COUNTY, *QUARTER, "--json"),
        small("packs", "try", "national", "--county", COUNTY, *QUARTER, "--parameter", "nothing=1"),
        small("packs", "try", "national", "--county", COUNTY, *QUARTER, "--parameter", "hours=many"),
    )
    assert tried.json == {"subjects": 3, "changed": 0, "changes": []}
    assert "nothing" in unknown.reason
    assert no_number.reason == "hours=many: write NAME=NUMBER"
    assert await counted(small) == before


async def test_an_edited_audit_entry_is_found(own: Program) -> None:
    whole = (await own("audit", "verify", "--json")).json
    assert whole["entries"] > 5
    assert whole["changed"] == []
    assert (await own("audit", "verify")).done.startswith(f"{whole['entries']} entries, none changed")
    await executed(own, "UPDATE audit_entry SET actor_name = '别人' WHERE sequence = 3")
    edited = await own("audit", "verify", "--json")
    assert edited.json == whole | {"changed": [3]}
    assert edited.reason == f"1 of {whole['entries']} entries were changed: 3"


async def test_a_backup_is_read_back_into_an_empty_database(
    own: Program, server: Credentials, tmp_path: Path
) -> None:
    file = tmp_path / "绛县.backup"
    assert (await own("backup", file)).done.startswith(f"{file}: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["绛县.backup"]
    before = await counted(own)
    assert before["member"] == 12

    async with AsyncExitStack() as stack:
        for template in (TEMPLATE, "template0"):  # with tables, and without
            credentials = await stack.enter_async_context(copied(server, template))
            other = program(tmp_path / "other", credentials)
            assert (await other("restore", file)).done == f"{file}: restored\n"
            assert await counted(other) == before
            assert (await other("migrate")).done == "nothing to migrate\n"

    (tmp_path / "letter").write_text("no backup")
    full, missing, letter, nowhere = await asyncio.gather(
        own("restore", file),
        own("restore", tmp_path / "missing"),
        program(tmp_path / "other", {**server, "database": "postgres"})("restore", tmp_path / "letter"),
        own("backup", tmp_path / "no folder" / "file"),
    )
    assert full.reason == "the database holds a county already; restore into an empty one"
    assert missing.reason == f"{tmp_path / 'missing'} does not exist"
    assert "does not appear to be a valid archive" in letter.reason
    assert "No such file or directory" in nowhere.reason
    assert await counted(own) == before


async def test_migrating_twice_changes_nothing(server: Credentials, tmp_path: Path) -> None:
    async with copied(server, "template0") as credentials:
        dangjian = program(tmp_path, credentials)
        at_once = await asyncio.gather(dangjian("migrate"), dangjian("migrate"))
        said = sorted(ended.done for ended in at_once)
        assert said[-1] == "nothing to migrate\n"
        assert said[0].startswith("migrated: 0001_")
        assert await counted(dangjian)


async def test_the_printed_schema_is_the_file(tmp_path: Path) -> None:
    printed = (await program(tmp_path)("schema", "print")).done
    assert printed == (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")


async def test_commands_work_beside_the_server_and_each_other(empty: Program, office: Path) -> None:
    async with empty.serving():
        imports = await asyncio.gather(
            empty("import", "--county", COUNTY, office), empty("import", "--county", COUNTY, office)
        )
        assert all(ended.done for ended in imports)
        assert (await empty("audit", "verify", "--json")).json["changed"] == []
    rows: dict[str, Any] = await counted(empty)
    assert (rows["county"], rows["member"], rows["import_job"]) == (1, 12, 18)
