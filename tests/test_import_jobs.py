"""Import jobs: an office file over GraphQL, its progress over a WebSocket, its report, and files that are refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.choices import WorkbookKind
from resolvers.import_jobs import LARGEST_FILE
from tests.conftest import COUNTY, Credentials, copied, documents
from tests.test_access import OTHER, contents, rows, sign_everybody_in, two_counties_template
from tests.test_live import Live, acknowledged, hear, live_server, subscribe
from tests.workbooks import (
    FILES,
    member,
    person,
    small_county,
    write_county,
)

IMPORT = documents()["ImportWorkbook"]
NEWCOMER = person(41, "新来")


@pytest.fixture(scope="module")
async def live(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Live]:
    template = await two_counties_template(server, small_template, tmp_path_factory)
    async with copied(server, template) as credentials, live_server(credentials) as opened:
        await sign_everybody_in(opened)
        yield opened


def workbook(folder: Path, kind: WorkbookKind, *more: dict[str, Any]) -> bytes:
    """The small county's file of that kind, with more rows."""
    county = small_county()
    county[kind] = [*county[kind], *more]
    write_county(folder / "files", {kind: county[kind]})
    return (folder / "files" / FILES[kind][0]).read_bytes()


async def send(
    live: Live, content: bytes, kind: str = "MEMBERS", who: str = "office", county: str = COUNTY, **more: Any
) -> httpx.Response:
    """The GraphQL multipart request of a browser."""
    name = more.pop("name", FILES[WorkbookKind(kind)][0])
    variables = {"county": county, "kind": kind, "file": None}
    operations = {"query": IMPORT, "operationName": "ImportWorkbook", "variables": variables}
    return await live.http.post(
        "/graphql",
        data={"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.file"]})},
        files={"0": (name, content)},
        headers={"Authorization": f"Bearer {live.tokens[who]}", **more},
    )


async def sent(live: Live, content: bytes, *args: Any, **more: Any) -> Any:
    answer = (await send(live, content, *args, **more)).json()
    assert "errors" not in answer, answer
    return answer["data"]["importWorkbook"]


async def ended(live: Live, job: str) -> list[Any]:
    """What a subscriber of the job sees, until it ends."""
    seen = []
    async with live.socket(live.tokens["office"]) as opened:
        await acknowledged(opened)
        await subscribe(opened, live.documents["ImportProgress"], "ImportProgress", jobId=job)
        while (message := await hear(opened))["type"] == "next":
            seen.append(message["payload"]["data"]["importProgress"])
        assert message["type"] == "complete"
    return seen


async def report(
    live: Live, job: str, first: int = 100, after: str | None = None, language: str = "zh"
) -> Any:
    body = {
        "query": live.documents["ImportReport"],
        "operationName": "ImportReport",
        "variables": {"jobId": job, "first": first, "after": after},
    }
    return (await live.post(body, "office", **{"Accept-Language": language})).json()["data"]["importJob"]


async def test_a_right_file_is_watched_until_it_is_in(live: Live, tmp_path: Path) -> None:
    content = workbook(tmp_path, WorkbookKind.MEMBERS, member(NEWCOMER))
    answer = await sent(live, content)
    assert answer["refusals"] == []
    seen = await ended(live, answer["job"]["id"])
    assert seen[-1] == {
        "status": "DONE", "rowsRead": 13, "rowsTotal": 13, "rowsAccepted": 13, "rowsRefused": 0,
    }  # fmt: skip
    assert {one["status"] for one in seen} <= {"QUEUED", "RUNNING", "DONE"}
    assert [one["rowsRead"] for one in seen] == sorted(one["rowsRead"] for one in seen)
    text = 'query($county: ID!) { members(county: $county, first: 5, search: "新来") { totalCount } }'
    found = await live.query(text, "office", county=COUNTY)
    assert found["data"]["members"]["totalCount"] == 1

    told = await rows(
        "SELECT e.action, a.username, e.detail->>'kind' AS kind, e.detail->>'from' AS whence FROM audit_entry e "
        "JOIN account a ON a.id = e.actor_id WHERE subject_id = $1 ORDER BY sequence",
        answer["job"]["id"],
    )
    more = {"username": "office", "kind": "MEMBERS", "whence": None}
    assert told == [{"action": "START_IMPORT", **more}, {"action": "IMPORT_WORKBOOK", **more}]

    # The same file again: everything stands, nothing is written but that he tried.
    ours = ("member", "organization")
    before = await contents()
    again = await sent(live, content)
    assert (await ended(live, again["job"]["id"]))[-1]["rowsAccepted"] == 13
    after = await contents()
    assert {name: after[name] for name in ours} == {name: before[name] for name in ours}
    told = await rows("SELECT action FROM audit_entry WHERE subject_id = $1", again["job"]["id"])
    assert told == [{"action": "START_IMPORT"}]
    # Who comes to a job that is over hears of its end, and nothing more.
    assert [one["status"] for one in await ended(live, again["job"]["id"])] == ["DONE"]


async def test_wrong_rows_are_reported_page_by_page_and_right_ones_go_in(live: Live, tmp_path: Path) -> None:
    wrong = [member(person(number), "SY01002", 性别="无") for number in range(50, 57)]
    answer = await sent(
        live, workbook(tmp_path, WorkbookKind.MEMBERS, *wrong, member(person(60, "来者"), "SY01002"))
    )
    assert (await ended(live, answer["job"]["id"]))[-1]["rowsRefused"] == 7
    pages, after = [], None
    for _ in range(4):
        page = await report(live, answer["job"]["id"], 2, after)
        assert page["problems"]["totalCount"] == 7
        pages.append([edge["node"] for edge in page["problems"]["edges"]])
        after = (await live.query(
            "query($id: ID!, $after: String) { importJob(id: $id) { problems(first: 2, after: $after) "
            "{ pageInfo { endCursor } } } }", "office", id=answer["job"]["id"], after=after,
        ))["data"]["importJob"]["problems"]["pageInfo"]["endCursor"]  # fmt: skip
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    told = [problem for page in pages for problem in page]
    assert [problem["row"] for problem in told] == list(range(15, 22))
    assert {(problem["column"], problem["value"]) for problem in told} == {("性别", "无")}
    english = await report(live, answer["job"]["id"], language="en")
    assert english["problems"]["edges"][0]["node"]["message"] != told[0]["message"]


NOT_ALLOWED = [("town", COUNTY), ("secretary", COUNTY), ("member", COUNTY), ("auditor", COUNTY), ("admin", COUNTY),
               ("app", COUNTY), ("discipline", COUNTY), (f"office@{OTHER}", COUNTY), ("office", OTHER),
               ("office", "999999")]  # fmt: skip


async def test_who_may_not_import_changes_nothing(live: Live, tmp_path: Path) -> None:
    content = workbook(tmp_path, WorkbookKind.MEMBERS, member(person(70, "外人")))
    before = await contents()
    for who, county in NOT_ALLOWED:
        answer = await sent(live, content, who=who, county=county)
        assert answer["job"] is None
        assert [refusal["code"] for refusal in answer["refusals"]] == ["NOT_ALLOWED"], (who, county)
    assert await contents() == before


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (b"%PDF-1.7 not a workbook", "MEMBERS", "党员.xlsx"),
        (b"PK\x03\x04 a broken archive", "MEMBERS", "党员.xlsx"),
        (b"", "MEMBERS", "党员.xlsx"),
        (b"\x1f\x8b\x08 a broken archive", "ATTENDANCES", "主题党日签到.csv.gz"),
        (None, "DELEGATES", "党员.xlsx"),  # the members' file as the delegates'
        (b"x" * 100, "MEMBERS", "../../" + "长" * 300 + ".xlsx"),
        (b"x" * 100, "MEMBERS", "a." + "党" * 240),
    ],
)
async def test_a_file_that_is_none_ends_as_failed(
    live: Live, tmp_path: Path, content: bytes | None, kind: str, name: str
) -> None:
    content = workbook(tmp_path, WorkbookKind.MEMBERS) if content is None else content
    before = await rows("SELECT count(*) FROM member")
    answer = await sent(live, content, kind, name=name)
    assert answer["refusals"] == []
    assert (await ended(live, answer["job"]["id"]))[-1]["status"] == "FAILED"
    text = "query($id: ID!) { importJob(id: $id) { failure fileName problems(first: 1) { totalCount } } }"
    job = (await live.query(text, "office", id=answer["job"]["id"]))["data"]["importJob"]
    assert job["failure"]
    assert "/" not in job["fileName"]
    assert await rows("SELECT count(*) FROM member") == before
    told = await rows("SELECT action FROM audit_entry WHERE subject_id = $1", answer["job"]["id"])
    assert told == [{"action": "START_IMPORT"}]


async def test_a_file_too_large_is_refused(live: Live) -> None:
    jobs = await rows("SELECT count(*) FROM import_job")
    answer = await sent(live, bytes(LARGEST_FILE + 1))
    assert [refusal["code"] for refusal in answer["refusals"]] == ["FILE_TOO_LARGE"]
    # More than that is not even read: the length that the request announces says enough.
    reader, writer = await asyncio.open_unix_connection(live.path)
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        b"Content-Length: 10000000000\r\nAuthorization: Bearer "
        + live.tokens["office"].encode()
        + b"\r\n\r\n"
    )
    async with asyncio.timeout(10):
        assert b" 413 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert await rows("SELECT count(*) FROM import_job") == jobs


async def test_a_file_that_is_no_upload(live: Live) -> None:
    variables = {"county": COUNTY, "kind": "MEMBERS", "file": "党员.xlsx"}
    data = await live.run("ImportWorkbook", "office", **variables)
    assert [refusal["code"] for refusal in data["importWorkbook"]["refusals"]] == ["FILE_MISSING"]


async def test_nobody_uploads_without_signing_in(live: Live) -> None:
    for headers in ({}, {"Authorization": "Bearer a.b.c"}):
        answer = await live.http.post(
            "/graphql", data={"operations": "{}"}, files={"0": b"x"}, headers=headers
        )
        assert answer.status_code == 401


GOOD = {
    "operations": json.dumps(
        {"query": IMPORT, "variables": {"county": COUNTY, "kind": "MEMBERS", "file": None}}
    )
}
FORMS: dict[str, dict[str, str]] = {
    "no map": GOOD,
    "no operations": {"map": "{}"},
    "operations that are no JSON": {"operations": "{", "map": "{}"},
    "a map that is a list": {**GOOD, "map": "[]"},
    "a map to nowhere": {**GOOD, "map": '{"0": ["variables.a.b.c"]}'},
    "a map into a text": {**GOOD, "map": '{"0": ["query.x"]}'},
    "a map past the end": {
        "operations": '{"query": "{x}", "variables": {"f": []}}',
        "map": '{"0": ["variables.f.7"]}',
    },
    "a map with a number": {**GOOD, "map": '{"0": 5}'},
    "a map of another file": {**GOOD, "map": '{"1": ["variables.file"]}'},
    "operations that are a list": {"operations": "[]", "map": "{}"},
    "a file in place of the query": {**GOOD, "map": '{"0": ["query"]}'},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_a_form_that_is_none(live: Live, form: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {live.tokens['office']}"}
    answer = await live.http.post("/graphql", data=form, files={"0": ("a.xlsx", b"x")}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_UPLOAD")


async def test_a_body_that_is_no_form(live: Live) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        headers = {"Authorization": f"Bearer {live.tokens['office']}", "Content-Type": kind}
        answer = await live.http.post("/graphql", content=b"--y\r\nnothing", headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_UPLOAD")


async def test_an_upload_that_is_sent_twice_is_imported_once(live: Live, tmp_path: Path) -> None:
    """The same key and content: one job, whose answer everybody gets; another content is refused."""
    content = workbook(tmp_path, WorkbookKind.MEMBERS, member(person(80, "一次")))
    jobs = (await rows("SELECT count(*) FROM import_job"))[0]["count"]
    key = {"Idempotency-Key": "upload-1"}
    answers = await asyncio.gather(*(send(live, content, **key) for _ in range(4)))
    kept = {answer.content for answer in answers if "errors" not in answer.json()}
    waiting = [
        answer.json()["errors"][0]["extensions"]["code"] for answer in answers if "errors" in answer.json()
    ]
    assert len(kept) == 1
    assert set(waiting) <= {"IN_PROGRESS"}
    assert (await send(live, content, **key)).content in kept
    other = (await send(live, content + b" ", **key)).json()
    assert other["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (await rows("SELECT count(*) FROM import_job"))[0]["count"] == jobs + 1
    await ended(live, json.loads(kept.pop())["data"]["importWorkbook"]["job"]["id"])
