"""The operations that clients in the field send: each validates and answers as it stands in its file."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from runtime.clock import today
from schema.api import core_of, make_schema
from tests.conftest import COUNTY, OPERATIONS, Client, Credentials, copied, documents, serving
from tests.workbooks import PEOPLE, member, write_workbook

BRANCH = "古绛镇后秦湾村党支部"
THEME = "我是组织形象代言人"
CORE = core_of(make_schema())


@pytest.fixture(scope="module")
async def reader(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """The small county, for tests that only read it."""
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path_factory.mktemp("var")) as opened,
    ):
        yield opened


@pytest.mark.parametrize("file", sorted(OPERATIONS.glob("*.graphql")), ids=lambda file: file.stem)
def test_every_operation_validates(file: Path) -> None:
    assert validate(CORE, parse(file.read_text(encoding="utf-8"))) == []


def test_every_operation_is_run_by_a_test_of_this_file() -> None:
    quoted = set(re.findall(r'"(\w+)"', Path(__file__).read_text(encoding="utf-8")))
    own = (OPERATIONS / "account.graphql").read_text(encoding="utf-8")  # no part of the contract
    contract = {name for name, text in documents().items() if text != own}
    assert len(contract) == 28
    assert contract <= quoted


async def test_signing_in(reader: Client) -> None:
    answer = (await reader.run("SignIn", username="secretary", password="demo-only"))["signIn"]
    assert answer["token"].count(".") == 2
    assert answer["expiresAt"].endswith("+08:00")
    (role,) = answer["viewer"].pop("roles")
    assert answer["viewer"] == {"username": "secretary", "displayName": "村党支部书记"}
    assert role["role"] == "SECRETARY"
    assert role["organization"]["name"] == BRANCH
    assert role["county"] == {"code": COUNTY}
    assert answer["refusals"] == []


async def test_a_wrong_password_is_a_refusal(reader: Client) -> None:
    answer = (await reader.run("SignIn", username="secretary", password="x"))["signIn"]
    assert (answer["token"], answer["viewer"]) == (None, None)
    assert [refusal["code"] for refusal in answer["refusals"]] == ["WRONG_PASSWORD"]


async def test_the_home_page_of_a_secretary(reader: Client) -> None:
    home = (await reader.run("MobileHome", "secretary", year=2020))["viewer"]["member"]
    assert (home["name"], home["standing"]) == ("任军芳", "FULL")
    assert home["organization"]["name"] == BRANCH
    assert home["organization"]["secretary"] == {"id": home["id"], "name": "任军芳"}
    assert (home["nextThemeDay"], home["floating"]) == (None, None)
    (edge,) = home["attendances"]["edges"]
    assert edge["node"]["checkedInAt"] == "2020-01-10T11:02:00+08:00"
    assert edge["node"]["method"] is None
    assert edge["node"]["themeDay"]["heldOn"] == "2020-01-10"
    assert home["trainingYear"] == {"year": 2020, "requiredHours": 56, "completedHours": 40, "met": False}
    assert [(duty["kind"], duty["overdue"]) for duty in home["duties"]] == [("TRAINING", False)]
    assert home["duties"][0]["dueOn"] == f"{today().year}-12-31"


async def test_the_home_page_of_a_member_who_is_away(reader: Client) -> None:
    home = (await reader.run("MobileHome", "floating", year=2020))["viewer"]["member"]
    assert home["attendances"]["edges"] == []
    assert home["trainingYear"]["requiredHours"] == 32
    assert home["trainingYear"]["met"] is True
    assert home["floating"]["clarity"] == {"clear": 3, "total": 3}
    assert (home["floating"]["updateDueOn"], home["floating"]["overdue"]) == ("2021-06-17", True)
    assert [duty["kind"] for duty in home["duties"]] == ["FLOATING_UPDATE", "TRAINING"]


async def test_nobody_has_no_home_page(reader: Client) -> None:
    assert await reader.run("MobileHome", year=2020) == {"viewer": None}


async def test_the_roster_of_a_branch_page_by_page(reader: Client) -> None:
    branch = await branch_id(reader)
    names, after = [], None
    for expected in (4, 4, 1):
        page = (await reader.run("BranchRoster", "secretary", id=branch, first=4, after=after))[
            "organization"
        ]
        assert (page["name"], page["memberCount"], page["floatingCount"]) == (BRANCH, 9, 3)
        assert page["members"]["totalCount"] == 9
        rows = [edge["node"] for edge in page["members"]["edges"]]
        assert len(rows) == expected
        names += [(row["name"], row["floating"] is not None) for row in rows]
        assert all(row["joinedOn"] == "2001-07-01" and row["birthDate"] for row in rows)
        after = page["members"]["pageInfo"]["endCursor"]
    assert page["members"]["pageInfo"]["hasNextPage"] is False
    assert {name for name, _ in names} == {one.name.replace(" ", "") for one in PEOPLE[:9]}
    assert {name for name, away in names if away} == {one.name for one in PEOPLE[6:9]}


async def test_phones_of_others_are_masked_on_the_roster(reader: Client) -> None:
    page = await reader.run("BranchRoster", "secretary", id=await branch_id(reader), first=9)
    phones = {
        edge["node"]["name"]: edge["node"]["phone"] for edge in page["organization"]["members"]["edges"]
    }
    assert phones.pop("任军芳") == "19999025206"
    assert set(phones.values()) == {"199****5206"}


async def test_the_page_of_a_theme_day(reader: Client) -> None:
    day = (await reader.run("ThemeDay", "member", id=await held_day(reader)))["themeDay"]
    assert (day["theme"], day["heldOn"], day["status"]) == (THEME, "2020-01-10", "HELD")
    assert day["organization"]["name"] == BRANCH
    assert (day["expectedCount"], day["attendanceCount"], day["attendanceRate"]) == (9, 6, 0.6667)
    assert {outcome["kind"]: outcome["count"] for outcome in day["outcomes"]} == {
        "LECTURES": 1,
        "DELIBERATIONS": 0,
        "OPEN_AFFAIRS": 3,
        "VOLUNTEER_SERVICES": 0,
        "PRACTICAL_DEEDS": 2,
        "SUGGESTIONS": 0,
    }
    assert (day["agenda"], day["evaluations"]) == ([], [])


@pytest.mark.parametrize(
    ("who", "required", "shortfall", "codes"),
    [("secretary", 56, 16, ["OFFICER_TRAINING_HOURS_SHORT"]), ("member", 32, 0, [])],
)
async def test_the_training_hours_of_a_year(
    reader: Client, who: str, required: int, shortfall: int, codes: list[str]
) -> None:
    year = (await reader.run("MyTraining", who, year=2020))["viewer"]["member"]["trainingYear"]
    assert (year["requiredHours"], year["completedHours"], year["shortfallHours"]) == (
        required,
        40,
        shortfall,
    )
    assert year["met"] is (shortfall == 0)
    assert [finding["code"] for finding in year["findings"]] == codes
    (edge,) = year["records"]["edges"]
    assert edge["node"]["completedOn"] == "2020-08-14"
    assert (edge["node"]["hours"], edge["node"]["form"]) == (40, "集中培训")
    assert edge["node"]["course"]["title"] == "主体班读书班"


async def test_a_members_own_record_is_not_masked(reader: Client) -> None:
    viewer = (await reader.run("MyRecordAndWhoReadIt", "member", first=5))["viewer"]
    own = next(one for one in PEOPLE if one.name == viewer["member"]["name"])
    assert viewer["member"]["idNumber"] == own.id_number
    assert (viewer["member"]["phone"], viewer["member"]["address"]) == ("19999025206", "试验县")
    assert viewer["accessLog"] == {"edges": []}


async def test_the_dashboard_of_the_county(reader: Client) -> None:
    county = (await reader.run("CountyDashboard", "office", county=COUNTY, month="2020-01"))["county"]
    assert (county["code"], county["name"], county["attendanceRate"]) == (COUNTY, "试验县", 0.5)
    counts = [county[f"{kind}Count"] for kind in ("organization", "member", "floating", "delegate")]
    assert counts == [5, 12, 3, 3]
    assert county["branches"]["totalCount"] == 5
    assert [
        (row["code"], row["kind"], row["memberCount"], row["floatingCount"], row["attendanceRate"])
        for row in (edge["node"] for edge in county["branches"]["edges"])
    ] == [
        ("SY", "COMMITTEE", 0, 0, None),
        ("SY01", "COMMITTEE", 0, 0, None),
        ("SY01001", "BRANCH", 9, 3, 0.6667),
        ("SY01002", "BRANCH", 3, 0, 0),
        ("SYL01", "TEMPORARY_BRANCH", 0, 0, None),
    ]


async def test_the_dashboard_counts_what_the_reader_sees(reader: Client) -> None:
    county = (await reader.run("CountyDashboard", "secretary", county=COUNTY, month="2020-01"))["county"]
    assert (county["organizationCount"], county["memberCount"]) == (1, 9)
    assert [edge["node"]["code"] for edge in county["branches"]["edges"]] == ["SY01001"]
    assert await reader.run("CountyDashboard", "admin", county=COUNTY, month="2020-01") == {"county": None}


async def test_the_floating_members_of_the_county(reader: Client) -> None:
    rows, after = [], None
    for more in (True, False):
        page = await reader.run(
            "FloatingMembers", "office", county=COUNTY, first=2, after=after, overdueOnly=True
        )
        assert page["floatingMembers"]["totalCount"] == 3
        assert page["floatingMembers"]["pageInfo"]["hasNextPage"] is more
        after = page["floatingMembers"]["pageInfo"]["endCursor"]
        rows += [edge["node"] for edge in page["floatingMembers"]["edges"]]
    assert {row["member"]["name"] for row in rows} == {one.name for one in PEOPLE[6:9]}
    for row in rows:
        assert row["homeBranch"]["name"] == BRANCH
        assert row["hostBranch"]["name"] == "试验县驻西安临时党支部"
        assert (row["leftOn"], row["lastUpdatedOn"], row["overdue"]) == ("2019-05-01", "2020-12-17", True)
        assert (row["destination"], row["contact"]) == ("陕西省西安市", "199****6485")
        assert row["clarity"] == {"clear": 3, "total": 3}


async def test_the_organizations_of_the_county(reader: Client) -> None:
    found = await reader.run(
        "Organizations", "office", county=COUNTY, kind=["BRANCH", "TEMPORARY_BRANCH"], search="秦湾", first=5
    )
    assert found["organizations"]["totalCount"] == 2
    rows = [edge["node"] for edge in found["organizations"]["edges"]]
    assert [(row["code"], row["secretary"]["name"], row["termEndsOn"]) for row in rows] == [
        ("SY01001", "任军芳", "2024-01-18"),
        ("SY01002", "文浩平", "2024-01-18"),
    ]
    for row in rows:
        assert row["parent"]["name"] == "中共试验县古绛镇委员会"
        # Its last theme day was in February 2020, and whole months have gone by since.
        assert {"TERM_ENDED", "BRANCH_NO_RECRUIT", "THEME_DAY_MISSED"} == {
            finding["code"] for finding in row["findings"]
        }
        assert all(finding["message"] and finding["citation"] for finding in row["findings"])


async def test_members_below_their_training_hours(reader: Client) -> None:
    members = (await reader.run("MembersBelowTrainingHours", "office", county=COUNTY, year=2020, first=5))[
        "members"
    ]
    assert members["totalCount"] == 2
    rows = {edge["node"]["name"]: edge["node"] for edge in members["edges"]}
    assert set(rows) == {"任军芳", "文浩平"}, "the two secretaries, who need 56 hours"
    for row in rows.values():
        assert row["trainingYear"] == {"requiredHours": 56, "completedHours": 40, "shortfallHours": 16}


async def test_claims_of_publications_are_the_countys_own(reader: Client) -> None:
    found = await reader.run("ReportedAndComputed", "office", county=COUNTY, year=2020)
    assert found == {"county": {"reportedFigures": []}}


async def test_the_rules_of_the_county(reader: Client) -> None:
    (pack,) = (await reader.run("CountyRules", "office", county=COUNTY))["county"]["rulePacks"]
    assert pack["id"] == "national"
    assert all(source["title"] and source["section"] for source in pack["sources"])
    rules = {rule["code"]: rule for rule in pack["rules"]}
    assert rules["BRANCH_TOO_LARGE"]["modality"] == "GENERALLY"
    assert rules["BRANCH_TOO_LARGE"]["parameters"] == [{"name": "branch.max_members", "value": 50.0}]


async def test_the_audit_trail_for_the_auditor(reader: Client) -> None:
    await reader.run("SignIn", username="auditor", password="demo-only")
    trail = (await reader.run("AuditTrail", "auditor", county=COUNTY, first=2))["auditEntries"]
    newest, older = (edge["node"] for edge in trail["edges"])
    assert (newest["action"], newest["actor"]) == ("SIGN_IN", {"displayName": "试验县审计员"})
    assert newest["subject"]["type"] == "Account"
    assert newest["sequence"] > older["sequence"]
    assert len(newest["hash"]) == 64
    hidden = (await reader.run("AuditTrail", "office", county=COUNTY, first=2))["auditEntries"]
    assert hidden["edges"] == []


async def test_entities_for_the_provincial_app(reader: Client) -> None:
    home = (await reader.run("MobileHome", "member", year=2020))["viewer"]["member"]
    member, organization, unknown = (
        await reader.run(
            "EntitiesForPartners",
            "app",
            representations=[
                {"__typename": "Member", "id": home["id"]},
                {"__typename": "Organization", "code": "SY01"},
                {"__typename": "Organization", "code": "nothing"},
            ],
        )
    )["_entities"]
    assert (member["name"], member["organization"]["name"]) == (home["name"], BRANCH)
    assert (organization["code"], organization["kind"]) == ("SY01", "COMMITTEE")
    assert unknown is None


async def test_a_theme_day_from_its_scheduling_to_checking_in(client: Client) -> None:
    agenda = [{"kind": "讲党课"}]
    day = {
        "organizationId": await branch_id(client),
        "heldOn": str(today()),
        "theme": THEME,
        "agenda": agenda,
    }
    scheduled = (await client.run("ScheduleThemeDay", "secretary", input=day))["scheduleThemeDay"]
    assert scheduled["refusals"] == []
    theme_day = scheduled["themeDay"]
    assert (theme_day["heldOn"], theme_day["theme"]) == (str(today()), THEME)
    assert theme_day["agenda"][0]["kind"] == "讲党课"
    assert theme_day["checkInCode"]["svg"].startswith("<svg")
    async with live(client, "ThemeDayAttendance", "secretary", themeDayId=theme_day["id"]) as events:
        first = (await anext(events))["themeDayAttendance"]
        assert first == {"attendanceCount": 0, "expectedCount": 9, "latest": None}
        sent = {"themeDayId": theme_day["id"], "method": "ONLINE"}
        checked = (await client.run("CheckIn", "member", input=sent))["checkIn"]
        assert checked["refusals"] == []
        assert checked["attendance"]["method"] == "ONLINE"
        assert (checked["themeDay"]["attendanceCount"], checked["themeDay"]["attendanceRate"]) == (1, 0.1111)
        then = (await anext(events))["themeDayAttendance"]
        assert then["attendanceCount"] == 1
        assert then["latest"]["id"] == checked["attendance"]["id"]


async def test_what_members_and_branches_keep_up_to_date(client: Client) -> None:
    home = (await client.run("MobileHome", "floating", year=2020))["viewer"]["member"]
    changes = {"floatingMemberId": home["floating"]["id"], "employment": "建筑工"}
    answer = (await client.run("UpdateMyFloatingRecord", "floating", input=changes))["updateFloatingMember"]
    assert answer["refusals"] == []
    assert answer["floatingMember"]["lastUpdatedOn"] == str(today())
    assert answer["floatingMember"]["overdue"] is False
    assert [item["clear"] for item in answer["floatingMember"]["clarity"]["items"]] == [True] * 3

    course = {"title": "基层党务干部专题培训", "hours": 8, "form": "集中培训"}
    record = {"newCourse": course, "completedOn": "2020-12-05", "memberIds": [home["id"]]}
    answer = (await client.run("RecordTraining", "secretary", input=record))["recordTraining"]
    assert (answer["recorded"], answer["refusals"]) == (1, [])
    assert (answer["course"]["title"], answer["course"]["hours"]) == ("基层党务干部专题培训", 8)
    again = (await client.run("MobileHome", "floating", year=2020))["viewer"]["member"]
    assert again["trainingYear"]["completedHours"] == 48


async def test_a_review_from_its_opening_to_a_decision(client: Client) -> None:
    opened = (await client.run("OpenQualificationReview", "office", county=COUNTY, quarter="2020Q3"))[
        "openQualificationReview"
    ]
    assert opened["refusals"] == []
    assert opened["review"]["status"] == "AWAITING_CLEARANCES"
    assert (opened["review"]["checkCount"], opened["review"]["awaitingClearance"]) == (3, 3)

    for agency in ("discipline", "security"):
        pending = (await client.run("PendingClearances", agency, first=9))["pendingClearances"]
        assert pending["totalCount"] == 3
        for edge in pending["edges"]:
            assert edge["node"]["quarter"] == "2020Q3"
            assert re.fullmatch(r"[0-9]{17}[0-9X]", edge["node"]["subject"]["idNumber"])
            sent = {"clearanceId": edge["node"]["id"], "opinion": "NO_OBJECTION"}
            answer = (await client.run("SubmitClearance", agency, input=sent))["submitClearance"]
            assert answer["refusals"] == []
            assert answer["clearance"]["opinion"] == "NO_OBJECTION"
        assert (await client.run("PendingClearances", agency, first=9))["pendingClearances"]["edges"] == []

    review = (
        await client.run(
            "QualificationReview", "office", county=COUNTY, quarter="2020Q3", outcome=None, first=9
        )
    )["qualificationReview"]
    assert {row["outcome"]: row["count"] for row in review["summary"]} == {
        "QUALIFIED": 2,
        "SUSPENSION_PROPOSED": 1,
    }
    assert review["status"] == "AWAITING_DECISIONS"
    proposed = await client.run(
        "QualificationReview",
        "office",
        county=COUNTY,
        quarter="2020Q3",
        outcome=["SUSPENSION_PROPOSED"],
        first=9,
    )
    (edge,) = proposed["qualificationReview"]["checks"]["edges"]
    check = edge["node"]
    assert check["delegate"]["member"]["name"] == PEOPLE[11].name
    assert check["findings"][0]["rulePack"] == "national"
    assert [answer["opinion"] for answer in check["clearances"]] == ["NO_OBJECTION"] * 2
    assert check["decision"] is None

    decision = {
        "checkId": check["id"],
        "outcome": "SUSPENSION_PROPOSED",
        "reason": "调离",
        "decidedBy": "县委",
    }
    answer = (await client.run("DecideQualification", "office", input=decision))["decideQualification"]
    assert answer["refusals"] == []
    assert answer["check"]["decision"]["decidedOn"] == str(today())
    assert answer["check"]["delegate"]["status"] == "SUSPENDED"


async def test_a_trial_of_other_rules(client: Client) -> None:
    trial = {"county": COUNTY, "pack": "national", "parameters": {}, "quarter": "2020Q4"}
    answer = (await client.run("TryRulePack", "office", input=trial))["tryRulePack"]
    assert answer["refusals"] == []
    assert answer["trial"] == {"subjects": 3, "changed": 0, "changes": {"edges": []}}


async def test_an_import_from_the_upload_to_its_report(client: Client, tmp_path: Path) -> None:
    rows = [member(PEOPLE[0]), member(PEOPLE[1], 性别="不详")]
    file = write_workbook(
        tmp_path / "党员.xlsx", list(rows[0]), rows, title="试验县党员信息表(2020年12月31日)"
    )
    operations = {
        "query": client.documents["ImportWorkbook"],
        "operationName": "ImportWorkbook",
        "variables": {"county": COUNTY, "kind": "MEMBERS", "file": None},
    }
    sent = await client.http.post(
        "/graphql",
        data={"operations": json.dumps(operations), "map": '{"0": ["variables.file"]}'},
        files={"0": ("党员.xlsx", file.read_bytes())},
        headers={"Authorization": f"Bearer {await client.token('office')}"},
    )
    answer = sent.json()["data"]["importWorkbook"]
    assert answer["refusals"] == []
    job = answer["job"]["id"]
    async with live(client, "ImportProgress", "office", jobId=job) as events:
        states = [event["importProgress"] async for event in events]
    assert states[-1] == {
        "status": "DONE",
        "rowsRead": 2,
        "rowsTotal": 2,
        "rowsAccepted": 1,
        "rowsRefused": 1,
    }
    report = (await client.run("ImportReport", "office", jobId=job, first=5))["importJob"]
    assert (report["status"], report["rowsAccepted"], report["rowsRefused"]) == ("DONE", 1, 1)
    assert report["problems"]["totalCount"] == 1
    (edge,) = report["problems"]["edges"]
    assert (edge["node"]["row"], edge["node"]["column"], edge["node"]["value"]) == (4, "性别", "不详")


async def branch_id(client: Client) -> str:
    home = await client.run("MobileHome", "secretary", year=2020)
    return str(home["viewer"]["member"]["organization"]["id"])


async def held_day(client: Client) -> str:
    home = await client.run("MobileHome", "secretary", year=2020)
    (edge,) = home["viewer"]["member"]["attendances"]["edges"]
    return str(edge["node"]["themeDay"]["id"])


@asynccontextmanager
async def live(
    client: Client, operation: str, who: str, **variables: Any
) -> AsyncIterator[AsyncIterator[Any]]:
    """The events of one of the contract's subscriptions, over a WebSocket to the application itself."""
    to_server: asyncio.Queue[Any] = asyncio.Queue()
    to_client: asyncio.Queue[Any] = asyncio.Queue()
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "query_string": b"",
        "headers": [],
        "subprotocols": ["graphql-transport-ws"],
    }
    app: Any = client.http._transport.app  # type: ignore[attr-defined]
    serving = asyncio.create_task(app(scope, to_server.get, to_client.put))

    async def say(message: dict[str, Any]) -> None:
        await to_server.put({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear() -> Any:
        async with asyncio.timeout(10):
            message = await to_client.get()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def events() -> AsyncIterator[Any]:
        while (message := await hear())["type"] != "complete":
            assert message["type"] == "next", message
            assert "errors" not in message["payload"], message
            yield message["payload"]["data"]

    await to_server.put({"type": "websocket.connect"})
    assert (await to_client.get())["type"] == "websocket.accept"
    await say({"type": "connection_init", "payload": {"authorization": f"Bearer {await client.token(who)}"}})
    assert (await hear())["type"] == "connection_ack"
    document = {"query": client.documents[operation], "operationName": operation, "variables": variables}
    await say({"type": "subscribe", "id": "1", "payload": document})
    try:
        yield events()
    finally:
        await to_server.put({"type": "websocket.disconnect", "code": 1000})
        await serving
