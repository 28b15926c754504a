"""Personal values and secrets stay where they belong: 1,300 unmistakable ones (canaries.py) go through the program as
it is run, in every role and with many mistakes, and are then looked for in all that it wrote, said and left behind."""

import asyncio
import re
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from redis import asyncio as aioredis
from websockets.asyncio.client import connect

from resolvers.accounts.demo_accounts import PASSWORD, make_demo_accounts
from resolvers.imports.run import import_directory
from runtime.clock import today
from runtime.database import open_database
from tests import canaries
from tests.canaries import ADDRESSES, ALL, CONTACTS, NUMBERS, PASSWORDS, PEOPLE, PHONES, REASONS, SENT, mark
from tests.conftest import COUNTY, OPERATIONS, TEMPLATE, Client, Credentials, copied, documents
from tests.keys import KEYRING, KEYS
from tests.processes import address, program
from tests.servers import valkey

ROLES = (
    "admin", "office", "auditor", "town", "secretary", "member", "floating", "discipline", "security", "app",
    "security-admin", None,
)  # fmt: skip
# Whose answers may hold what: his own values, and the work of who is asked.
OWN = {"secretary": PEOPLE[0].id_number, "member": "", "floating": ""}
SAMPLES = orjson.loads((OPERATIONS / "variables.json").read_bytes())


@dataclass(repr=False)
class Scene:
    """What was written, said and left, by place."""

    texts: dict[str, bytes] = field(default_factory=dict)
    answers: list[tuple[str, frozenset[str], bytes]] = field(default_factory=list)
    """Who, what may stand in it, and the answer."""
    numbers: dict[str, frozenset[str]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
async def scene(server: Credentials, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Everything is done here, once; the tests only look."""
    seen = Scene()
    var, temporary = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("temporary")
    files = canaries.write_files(tmp_path_factory.mktemp("office"))
    async with copied(server, TEMPLATE) as credentials:
        async with open_database(credentials, KEYRING) as database:
            reports = await import_directory(database, COUNTY, files.right)
            assert not [problem for report in reports for problem in report.problems]
            await make_demo_accounts(COUNTY)
        watch = await asyncpg.connect(**credentials)
        log = Path(str(server["host"])) / "log"
        begin = log.stat().st_size
        try:
            await watch.execute("CREATE EXTENSION pg_stat_statements")
            with valkey() as bus, tempfile.TemporaryDirectory() as outside:
                dangjian = program(
                    var,
                    credentials,
                    DANGJIAN_KEYS=KEYS,
                    DANGJIAN_REDIS_URL=bus.url,
                    DANGJIAN_LOG_LEVEL="DEBUG",
                    DANGJIAN_STATEMENT_TIMEOUT_SECONDS="0.3",
                    DANGJIAN_OPERATION_TIMEOUT_SECONDS="0.5",
                    TMPDIR=str(temporary),
                )
                async with _heard(bus.url, seen), _served(dangjian, seen) as client:
                    await _own_values(watch, seen)
                    await _everything(client, seen, watch, files)
                    seen.texts["/metrics"] = (await client.http.get("/metrics")).content
                    seen.texts["/health"] = (await client.http.get("/health/ready")).content
                    await _left_in_redis(bus.url, seen)
                await _commands(dangjian, seen, files, Path(outside))
            await _left_in_the_database(watch, seen)
        finally:
            await watch.close()
    seen.texts["the database's log"] = log.read_bytes()[begin:]
    for folder in (var, temporary):
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "keys.json":
                seen.texts[f"the file {path.relative_to(folder)} in {folder.name}"] = path.read_bytes()
    return seen


@asynccontextmanager
async def _served(dangjian: Any, seen: Scene) -> AsyncIterator[Client]:
    """The server, all that it says kept."""
    said: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    async with dangjian.with_(DANGJIAN_PORT="0").running("serve", "--no-demo") as process:
        base = await address(process)

        async def keep(stream: asyncio.StreamReader, name: str) -> None:
            while block := await stream.read(65536):
                said[name].append(block)

        keeping = [
            asyncio.create_task(keep(stream, name))
            for name, stream in (("stdout", process.stdout), ("stderr", process.stderr))
        ]
        async with httpx.AsyncClient(base_url=base, timeout=60) as http:
            yield Client(http, documents())
        process.send_signal(signal.SIGTERM)
        await asyncio.gather(*keeping)
        await process.wait()
    for name, blocks in said.items():
        seen.texts[f"the server's {name}"] = b"".join(blocks)


@asynccontextmanager
async def _heard(url: str, seen: Scene) -> AsyncIterator[None]:
    """Every command that Redis is sent."""
    reader, writer = await asyncio.open_unix_connection(url.removeprefix("unix://"))
    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"
    said: list[bytes] = []

    async def listen() -> None:
        while block := await reader.read(65536):
            said.append(block)

    listening = asyncio.create_task(listen())
    yield
    writer.close()
    await listening
    seen.texts["what Redis was sent"] = b"".join(said)
    assert b"PUBLISH" in seen.texts["what Redis was sent"].upper()


async def _own_values(watch: asyncpg.Connection, seen: Scene) -> None:
    """Account -> the values that are its own person's."""
    found = await watch.fetch(
        "SELECT a.username, m.id_number_hash FROM account a JOIN member m ON m.id = a.member_id"
    )
    by_hash = {KEYRING.lookup(who.id_number): number for number, who in enumerate(PEOPLE)}
    for row in found:
        number = by_hash[row["id_number_hash"]]
        values = {PEOPLE[number].id_number, PHONES[number], mark(ADDRESSES[number])}
        if PEOPLE[number] in canaries.AWAY:
            values.add(CONTACTS[canaries.AWAY.index(PEOPLE[number])])
        seen.numbers[row["username"]] = frozenset(values)
    asked = frozenset(who.id_number for who in SENT) | frozenset(map(mark, REASONS))
    seen.numbers |= {"discipline": asked, "security": asked, "office": frozenset(map(mark, REASONS))}


# --- what is done --------------------------------------------------------------------------------------------------


async def _everything(client: Client, seen: Scene, watch: asyncpg.Connection, files: canaries.Files) -> None:
    for who in ROLES:
        if who is not None:
            seen.tokens.append(await client.token(who))
    ids = await _ids(watch)
    await _theme_day(client, ids)
    for who in ROLES:
        await _every_operation(client, seen, who, ids)
    await _own_secrets(client, seen)
    for who in ("office", None):
        await _mistakes(client, seen, who)
    await _uploads(client, seen, files, watch)
    await _faults(client, seen, watch, ids)
    await _too_slow(client, seen, watch)
    for number, password in enumerate(PASSWORDS[:6]):  # the guard's answers, too
        await _post(client, seen, None, "SignIn", {"username": f"somebody{number % 2}", "password": password})


async def _ids(watch: asyncpg.Connection) -> dict[str, str]:
    async def one(sql: str) -> str:
        return str(await watch.fetchval(sql))

    return {
        "<check id>": await one("SELECT id FROM qualification_check LIMIT 1"),
        "<clearance id>": await one("SELECT id FROM clearance LIMIT 1"),
        "<floating member id>": await one("SELECT id FROM floating_member LIMIT 1"),
        "<import job id>": await one("SELECT id FROM import_job WHERE kind = 'MEMBERS' LIMIT 1"),
        "<member id>": await one("SELECT id FROM member LIMIT 1"),
        "<organization id>": await one("SELECT id FROM organization WHERE code = 'SY01001'"),
        "<theme day id>": await one("SELECT id FROM theme_day LIMIT 1"),
    }


async def _post(
    client: Client,
    seen: Scene,
    who: str | None,
    name: str,
    variables: Any,
    sent: frozenset[str] = frozenset(),
) -> Any:
    body = {"query": client.documents[name], "operationName": name, "variables": variables}
    return await _send(client, seen, who, body, sent)


async def _send(
    client: Client, seen: Scene, who: str | None, body: Any, sent: frozenset[str], **headers: str
) -> Any:
    """Whatever the sender wrote himself, he may be told again."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    token = {"Authorization": f"Bearer {client.tokens[who]}"} if who else {}
    response = await client.http.post(
        "/graphql", content=content, headers={"Content-Type": "application/json", **token, **headers}
    )
    allowed = seen.numbers.get(who or "", frozenset()) | sent
    seen.answers.append((f"{who}: {content[:80]!r}", allowed, response.content))
    return response


async def _theme_day(client: Client, ids: dict[str, str]) -> None:
    """One of today, so that a check-in is published."""
    given = {"organizationId": ids["<organization id>"], "heldOn": today().isoformat(), "theme": "植树"}
    made = (await client.run("ScheduleThemeDay", "secretary", input=given))["scheduleThemeDay"]
    ids["<theme day id>"] = made["themeDay"]["id"]


async def _every_operation(client: Client, seen: Scene, who: str | None, ids: dict[str, str]) -> None:
    token = client.tokens[who] if who else ""
    async with _subscribed(client, ids["<theme day id>"], token, seen, who):
        for name, sample in SAMPLES.items():
            if client.documents[name].count("subscription") and name in (
                "ThemeDayAttendance",
                "ImportProgress",
            ):
                continue
            if name in (
                "SignOut",
                "ImportWorkbook",
                "EnrolOneTimeCode",
                "RemoveOneTimeCode",
                "ChangePassword",
            ):
                continue
            text = orjson.dumps(sample).decode().replace("140826", COUNTY)
            for placeholder, id in ids.items():
                text = text.replace(placeholder, id)
            body = {"query": client.documents[name], "operationName": name, "variables": orjson.loads(text)}
            key = {"Idempotency-Key": f"{who}-{name}"}
            is_write = f"mutation {name}" in client.documents[name]
            for _ in range(2 if is_write else 1):  # the second is the answer that was kept
                await _send(client, seen, who, body, frozenset(), **key)
    whole = (
        "query($county: ID!) { members(county: $county, first: 100) { edges { node { id name idNumber phone address "
        "floating { contact destination } } } } floatingMembers(county: $county, first: 60) "
        "{ edges { node { contact } } } "
        'qualificationReview(county: $county, quarter: "2020Q4") { checks(first: 100) { edges { node { findings '
        "{ message } clearances { opinion reason subject { name idNumber } } } } } } }"
    )
    await _send(client, seen, who, {"query": whole, "variables": {"county": COUNTY}}, frozenset())


@asynccontextmanager
async def _subscribed(
    client: Client, day: str, token: str, seen: Scene, who: str | None
) -> AsyncIterator[None]:
    url = str(client.http.base_url).replace("http://", "ws://") + "/graphql"
    heard: list[bytes] = []
    async with connect(url.replace("//graphql", "/graphql"), subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        payload = {"authorization": f"Bearer {token}"} if token else {}
        await socket.send(orjson.dumps({"type": "connection_init", "payload": payload}).decode())
        asked = {"query": client.documents["ThemeDayAttendance"], "operationName": "ThemeDayAttendance"}
        asked["variables"] = {"themeDayId": day}  # type: ignore[assignment]
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": asked}).decode())
        for _ in range(2):
            async with asyncio.timeout(20):
                heard.append(str(await socket.recv()).encode())
        yield
        await socket.send(orjson.dumps({"type": "ping"}).decode())
        async with asyncio.timeout(20):
            while '"pong"' not in (message := str(await socket.recv())):
                heard.append(message.encode())
    for message_heard in heard:
        seen.answers.append((f"{who} over a socket", seen.numbers.get(who or "", frozenset()), message_heard))


async def _own_secrets(client: Client, seen: Scene) -> None:
    """A one-time code's secret is told once, and stands nowhere else in clear."""
    text = "mutation { enrolOneTimeCode { secret refusals { code } } }"
    headers = {"Authorization": f"Bearer {client.tokens['auditor']}", "Idempotency-Key": "secret"}
    answer = (await client.http.post("/graphql", json={"query": text}, headers=headers)).json()
    if secret := ((answer.get("data") or {}).get("enrolOneTimeCode") or {}).get("secret"):
        seen.secrets.append(secret)
    given = {"current": PASSWORDS[20], "new": PASSWORDS[21]}
    body = {
        "query": client.documents["ChangePassword"],
        "variables": given,
        "operationName": "ChangePassword",
    }
    await _send(client, seen, "town", body, frozenset())


async def _mistakes(client: Client, seen: Scene, who: str | None) -> None:
    for body, headers in _wrong(client):
        sent = frozenset(canaries.found_in(body if isinstance(body, bytes) else orjson.dumps(body)))
        await _send(client, seen, who, body, sent | canaries.found_in(repr(headers)), **headers)


def _wrong(client: Client) -> Iterator[tuple[Any, dict[str, str]]]:
    some = (PEOPLE[7].id_number, PHONES[8], ADDRESSES[9], PASSWORDS[10], CONTACTS[11])
    for value in some:
        yield {"query": f'{{ organization(id: "{value}") {{ name }} }}'}, {}
        yield {"query": f'{{ organization(id: {{a: "{value}"}}) {{ name }} }}'}, {}
        yield {"query": f'{{ members(county: "{COUNTY}", first: "{value}") {{ totalCount }} }}'}, {}
        yield {"query": f'{{ members(county: "{COUNTY}", first: 3, after: "{value}") {{ totalCount }} }}'}, {}
        yield (
            {"query": f'{{ members(county: "{COUNTY}", first: 3, search: "{value}") {{ totalCount }} }}'},
            {},
        )
        yield {"query": f'{{ viewer {{ a("{value}") }}'}, {}
        yield {"query": f'query X{{ viewer {{ username }} }} # "{value}"', "operationName": value}, {}
        yield {"query": "query($first: Int!) { a: __typename }", "variables": {"first": value}}, {}
        yield {"query": "query($a: ID!) { organization(id: $a) { id } }", "variables": {"a": [value]}}, {}
        yield (
            {"query": "query($a: ID!) { organization(id: $a) { id } }", "variables": {"a": f"{value}\0"}},
            {},
        )
        yield {"extensions": {"persistedQuery": {"sha256Hash": value}}}, {}
        yield f'{{"query": "{value}'.encode(), {}
        yield (
            {"query": "{ viewer { username } }"},
            {"Idempotency-Key": value.encode("ascii", "ignore").decode()},
        )
        yield {"query": "{ viewer { username } }"}, {"User-Agent": value.encode("ascii", "ignore").decode()}
        wrong = {"floatingMemberId": value, "destination": value, "contact": [value], "leftOn": value}
        yield (
            {"query": client.documents["UpdateMyFloatingRecord"], "variables": {"input": wrong}},
            {"Idempotency-Key": "wrong"},
        )
        signing = {"username": value, "password": value, "oneTimeCode": value}
        yield {"query": client.documents["SignIn"], "operationName": "SignIn", "variables": signing}, {}
        yield {"query": f'mutation {{ signIn(username: "{value}", password: "{value}") {{ token }} }}'}, {}
        yield {"query": f'mutation {{ signIn(username: "{value}", passwort: "{value}") {{ token }} }}'}, {}


async def _uploads(client: Client, seen: Scene, files: canaries.Files, watch: asyncpg.Connection) -> None:
    """Refused rows by the hundred, their report, and a file that is none."""
    contents = {
        "党员.xlsx": (files.wrong / "党员.xlsx").read_bytes(),
        f"{PHONES[30]}.xlsx": "\n".join((*PHONES, *ADDRESSES)).encode(),
    }
    for file_name, content in contents.items():
        await watch.execute("ALTER TABLE member ADD CONSTRAINT canary CHECK (occupation <> '农民') NOT VALID")
        for _ in range(2):  # first a fault in the middle of it, then as it goes
            job = await _uploaded(client, file_name, content)
            await _report(client, seen, job, frozenset({PHONES[30]}))
            await watch.execute("ALTER TABLE member DROP CONSTRAINT IF EXISTS canary")


async def _uploaded(client: Client, file_name: str, content: bytes) -> str:
    body = {
        "query": client.documents["ImportWorkbook"],
        "operationName": "ImportWorkbook",
        "variables": {"county": COUNTY, "kind": "MEMBERS", "file": None},
    }
    response = await client.http.post(
        "/graphql",
        data={"operations": orjson.dumps(body).decode(), "map": '{"0": ["variables.file"]}'},
        files={"0": (file_name, content)},
        headers={"Authorization": f"Bearer {client.tokens['office']}"},
    )
    job: str = response.json()["data"]["importWorkbook"]["job"]["id"]
    return job


async def _report(client: Client, seen: Scene, job: str, named: frozenset[str]) -> None:
    async with asyncio.timeout(60):
        while True:
            response = await _post(
                client, seen, "office", "ImportReport", {"jobId": job, "first": 100}, named
            )
            told = response.json()["data"]["importJob"]
            if told["status"] in ("DONE", "FAILED"):
                return


async def _faults(client: Client, seen: Scene, watch: asyncpg.Connection, ids: dict[str, str]) -> None:
    """The database refuses a row, and says of it what stands in it; and a table is not there."""
    contact = f"{CONTACTS[0]}"
    given = {
        "floatingMemberId": ids["<floating member id>"],
        "destination": ADDRESSES[50],
        "contact": contact,
    }
    for table, column in (("floating_member", "destination"), ("audit_entry", "action")):
        await watch.execute(f"ALTER TABLE {table} ADD CONSTRAINT canary CHECK ({column} = 'x') NOT VALID")
        sent = frozenset({contact, mark(ADDRESSES[50])})
        for key in ("a", "b"):
            body = {
                "query": client.documents["UpdateMyFloatingRecord"],
                "operationName": "UpdateMyFloatingRecord",
                "variables": {"input": given},
            }
            response = await _send(client, seen, "office", body, sent, **{"Idempotency-Key": f"{table}{key}"})
            assert b"FAULT" in response.content
        await watch.execute(f"ALTER TABLE {table} DROP CONSTRAINT canary")
    await watch.execute("ALTER TABLE course RENAME TO course_gone")
    text = (
        f'{{ courses(county: "{COUNTY}", first: 5, search: "{PHONES[60]}") {{ edges {{ node {{ id }} }} }} }}'
    )
    await _send(client, seen, "office", {"query": text}, frozenset({PHONES[60]}))
    await watch.execute("ALTER TABLE course_gone RENAME TO course")


async def _too_slow(client: Client, seen: Scene, watch: asyncpg.Connection) -> None:
    text = (
        f'{{ members(county: "{COUNTY}", first: 5, search: "{PHONES[61]}") {{ edges {{ node {{ id }} }} }} }}'
    )
    async with watch.transaction():
        await watch.execute("LOCK TABLE member IN ACCESS EXCLUSIVE MODE")
        response = await _send(client, seen, "office", {"query": text}, frozenset({PHONES[61]}))
        assert b"TOO_SLOW" in response.content


async def _commands(dangjian: Any, seen: Scene, files: canaries.Files, outside: Path) -> None:
    trail, dump = outside / "trail.jsonl", outside / "dump"
    county = ("--county", COUNTY)

    async def one_after_the_other(*commands: tuple[str, ...]) -> None:
        for arguments in commands:
            ended = await dangjian(*arguments)
            name = f"what `dangjian {' '.join(arguments[:4])}` said"
            seen.texts[name] = f"{ended.out}\n{ended.err}".encode()

    await asyncio.gather(
        one_after_the_other(
            ("import", *county, str(files.wrong)), ("import", *county, "--json", str(files.wrong))
        ),
        one_after_the_other(
            ("review", "open", *county, "--quarter", "2020Q4"),
            ("audit", "export", str(trail)),
            ("backup", str(dump)),
        ),
    )
    seen.texts["the audit trail's export"] = trail.read_bytes()


async def _left_in_redis(url: str, seen: Scene) -> None:
    async with aioredis.Redis.from_url(url) as redis:
        kept = [repr((key, await redis.dump(key))).encode() for key in await redis.keys("*")]
    seen.texts["what Redis keeps"] = b"\n".join(kept)


async def _left_in_the_database(watch: asyncpg.Connection, seen: Scene) -> None:
    told = await watch.fetch("SELECT query FROM pg_stat_statements")
    seen.texts["pg_stat_statements"] = "\n".join(row["query"] for row in told).encode()
    tables = await watch.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        rows = await watch.fetch(f'SELECT t::text AS row FROM "{table}" t')
        seen.texts[f"the table {table}"] = "\n".join(row["row"] for row in rows).encode()


# --- what is found -------------------------------------------------------------------------------------------------

# Plain columns: where a person's own record is kept, and what an agency answered and the check that rests on it.
KEPT_PLAIN = {
    "the table member": frozenset(map(mark, ADDRESSES)),
    "the table floating_member": frozenset(map(mark, ADDRESSES)),
    "the table clearance": frozenset(map(mark, REASONS)),
    "the table qualification_check": frozenset(map(mark, REASONS)),
    # What the sender called his file and himself.
    "the table import_job": frozenset({PHONES[30]}),
    "the table import_problem": frozenset({PHONES[30]}),
}


def test_there_are_more_than_a_thousand_and_they_are_found(scene: Scene) -> None:
    assert len(ALL) >= 1000
    assert (
        len(canaries.found_in(" ".join((*ADDRESSES, *PHONES, *REASONS, *(p.id_number for p in PEOPLE)))))
        > 1000
    )
    assert len(scene.answers) > 500
    assert canaries.found_in(scene.texts["the table member"]) == {mark(address) for address in ADDRESSES}
    assert b'"fault"' in scene.texts["the server's stderr"]


def test_no_place_holds_one_in_clear(scene: Scene) -> None:
    leaks = {}
    for place, text in scene.texts.items():
        if found := canaries.found_in(text) - KEPT_PLAIN.get(place, frozenset()):
            leaks[place] = [_around(text, one) for one in sorted(found)[:3]] + [f"{len(found)} of them"]
    assert not leaks, "\n".join(f"{place}: {found}" for place, found in leaks.items())


def test_no_answer_tells_what_is_not_its_readers(scene: Scene) -> None:
    leaks = []
    for who, allowed, answer in scene.answers:
        if found := canaries.found_in(answer) - allowed:
            leaks.append(f"{who}: {_around(answer, min(found))}")
    assert not leaks, "\n".join(leaks)


def test_tokens_and_secrets_stand_nowhere(scene: Scene) -> None:
    assert scene.tokens
    for place, text in scene.texts.items():
        for secret in (*scene.tokens, *scene.secrets, PASSWORD):
            assert secret.encode() not in text, place


def test_numbers_are_stored_encrypted(scene: Scene) -> None:
    for place, text in scene.texts.items():
        if place.startswith("the table "):
            assert not canaries.found_in(text, NUMBERS) - KEPT_PLAIN.get(place, frozenset()), place


def _around(text: bytes, one: str) -> str:
    plain = text.decode("utf-8", "replace")
    place = plain.index(one)
    return re.sub(r"\s+", " ", plain[max(place - 120, 0) : place + 60])
