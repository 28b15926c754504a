"""Who sees which rows and does which acts: every role against tables kept by hand, in a database of two counties."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from resolvers.accounts.demo_accounts import make_demo_accounts
from resolvers.imports.run import import_directory
from runtime.clock import CHINA, stopped_at
from runtime.database import connection, open_database
from tests.conftest import COUNTY, Client, Credentials, _create, copied, serving
from tests.keys import KEYRING, hash_of, id_number_of
from tests.workbooks import PEOPLE, small_county, write_county

OTHER = "140826"
"""The other county: the same workbooks under the code of Jiangxian, whose rule pack is stricter."""
NOBODY = None
ACCOUNTS = (
    "admin", "office", "auditor", "town", "secretary", "member", "floating", "discipline", "security", "app",
    "security-admin", f"office@{OTHER}", NOBODY,
)  # fmt: skip
NOON = datetime(2020, 2, 10, 12, tzinfo=CHINA)
"""The day of the village branch's second theme day."""

_tokens: dict[str, str] = {}
_templates: set[str] = set()


@asynccontextmanager
async def two_counties(
    server: Credentials, small_template: str, tmp: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """The application over a database of its own with both counties, everybody signed in."""
    template = await two_counties_template(server, small_template, tmp)
    async with copied(server, template) as credentials, serving(credentials, tmp.mktemp("var")) as client:
        await sign_everybody_in(client)
        yield client


async def two_counties_template(server: Credentials, small_template: str, tmp: pytest.TempPathFactory) -> str:
    """The database with both counties to copy from; made once."""
    template = "two_counties"
    if template not in _templates:
        await _create(server, template, small_template)
        folder = write_county(tmp.mktemp("other") / "files", small_county())
        async with open_database({**server, "database": template}, KEYRING) as database:
            await import_directory(database, OTHER, folder)
            await make_demo_accounts(OTHER)
        _templates.add(template)
    return template


async def sign_everybody_in(client: Client) -> None:
    """Now, since a token that is made while the clock stands may be over soon; once for all databases."""
    client.tokens = _tokens
    for who in (*ACCOUNTS[:-2], *(f"{name}@{OTHER}" for name in ACCOUNTS[1:-2])):
        await client.token(who)


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Straight from the tables of the county that is being served."""
    found: list[dict[str, Any]] = await connection().execute_query_dict(sql, list(values))
    return found


async def ids(table: str, label: str, county: str = COUNTY) -> dict[str, str]:
    """Label -> id of the county's rows."""
    sql = f"SELECT {label} AS label, t.id FROM {table} t WHERE t.county_id = (SELECT id FROM county WHERE code = $1)"
    return {row["label"]: str(row["id"]) for row in await rows(sql, county)}


async def members(county: str = COUNTY) -> list[str]:
    """The ids of the members in the order of PEOPLE."""
    found = await ids("member", id_number_of("t"), county)
    return [found[hash_of(who.id_number).hex()] for who in PEOPLE]


THEME_DAY = "(SELECT code FROM organization o WHERE o.id = t.organization_id) || to_char(t.held_on, ' MM-DD')"
OF_MEMBER = f"(SELECT {id_number_of('m')} FROM member m WHERE m.id = t.member_id)"


async def contents() -> dict[str, str]:
    """Table -> a digest of all rows with the transactions that wrote them: equal when nothing was written. That a
    write was refused is written down; test_audit.py looks at that."""
    tables = [row["name"] for row in await rows("SELECT relname AS name FROM pg_stat_user_tables ORDER BY 1")]
    digests = " UNION ALL ".join(
        f"SELECT '{table}' AS name, md5(string_agg(t.xmin || t::text, '' ORDER BY t.xmin::text, t::text)) AS digest "
        f'FROM "{table}" t' + (" WHERE subject_type <> 'Mutation'" if table == "audit_entry" else "")
        for table in tables
        if table != "idempotent_request"
    )
    return {row["name"]: row["digest"] for row in await rows(digests)}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        # Both agencies are asked about three delegates.
        await client.run("OpenQualificationReview", "office", county=COUNTY, quarter="2020Q1")
        yield client


# What each account sees: organizations by code, members by their number in PEOPLE, theme days by their day.
TOWN = ["SY01", "SY01001", "SY01002"]
ALL = ["SY", *TOWN, "SYL01"]
EVERYBODY = list(range(12))
BRANCH_DAYS = ["SY01001 01-10", "SY01001 02-10"]
TOWN_DAYS = [*BRANCH_DAYS, "SY01002 01-10"]
ALL_DAYS = ["SY 01-10", *TOWN_DAYS]
NOTHING: dict[str, Any] = {"organizations": [], "members": [], "away": [], "days": [], "delegates": []}
COUNTY_WIDE = {
    "organizations": ALL,
    "members": EVERYBODY,
    "away": [6, 7, 8],
    "days": ALL_DAYS,
    "delegates": [9, 10, 11],
}
SEES: dict[str | None, dict[str, Any]] = {
    NOBODY: NOTHING | {"county": False},
    "admin": NOTHING | {"county": False},
    "office": COUNTY_WIDE | {"pending": 6, "reviews": True, "jobs": True},
    "app": COUNTY_WIDE,
    "auditor": NOTHING | {"organizations": ALL, "days": ALL_DAYS, "audit": True},
    "town": COUNTY_WIDE | {"organizations": TOWN, "days": TOWN_DAYS},
    "secretary": COUNTY_WIDE
    | {"organizations": ["SY01001"], "members": list(range(9)), "days": BRANCH_DAYS, "delegates": []},
    # A member sees himself and who leads his branch; one who is away sees where he is a guest, too.
    "member": NOTHING | {"organizations": ["SY01001"], "members": ["self", 0], "days": BRANCH_DAYS},
    "floating": NOTHING
    | {
        "organizations": ["SY01001", "SYL01"],
        "members": ["self", 0],
        "away": ["self"],
        "days": BRANCH_DAYS,
    },
    "discipline": NOTHING | {"delegates": [9, 10, 11], "pending": 3},
    "security": NOTHING | {"delegates": [9, 10, 11], "pending": 3},
    "security-admin": NOTHING,
    f"office@{OTHER}": NOTHING | {"county": False, "pending": 0},
}

EVERYTHING = """
query Everything($county: ID!, $all: [_Any!]!, $job: ID!) {
  county(code: $county) { code }
  organizations(county: $county, first: 10) { totalCount edges { node { id members(first: 20) { edges { node { id
    organization { id } floating { id } attendances(first: 3) { edges { node { themeDay { id } member { id } } } }
  } } } secretary { id } parent { id } } } }
  members(county: $county, first: 100) { totalCount edges { node { id } } }
  floatingMembers(county: $county, first: 100) { totalCount edges { node { id member { id } homeBranch { id } } } }
  qualificationReview(county: $county, quarter: "2020Q1") { id }
  pendingClearances(first: 100) { totalCount edges { node { id subject { name idNumber } } } }
  auditEntries(county: $county, first: 10) { totalCount }
  importJob(id: $job) { id }
  _entities(representations: $all) {
    ... on Organization { id } ... on Member { id } ... on FloatingMember { id } ... on ThemeDay { id }
    ... on Delegate { id member { id } }
  }
}
"""


async def everything_of(county: str) -> dict[str, dict[str, str]]:
    return {
        "Organization": await ids("organization", "t.code", county),
        "Member": await ids("member", id_number_of("t"), county),
        "FloatingMember": await ids("floating_member", OF_MEMBER, county),
        "ThemeDay": await ids("theme_day", THEME_DAY, county),
        "Delegate": await ids("delegate", OF_MEMBER, county),
    }


async def own_member(client: Client, who: str | None) -> str | None:
    answer = await client.query("{ viewer { member { id } } }", who)
    return ((answer["data"]["viewer"] or {}).get("member") or {}).get("id")


@pytest.mark.parametrize("who", ACCOUNTS)
async def test_every_role_sees_its_rows_and_no_others(county: Client, who: str | None) -> None:
    known = await everything_of(COUNTY)
    foreign = await everything_of(OTHER)
    own = await own_member(county, who)
    expected = {"county": True, "pending": 0, "reviews": False, "jobs": False, "audit": False} | SEES[who]

    def named(numbers: list[Any], kind: str) -> set[str]:
        own_number = next((label for label, id in known["Member"].items() if id == own), "")
        labels = [own_number if one == "self" else hash_of(PEOPLE[one].id_number).hex() for one in numbers]
        return {known[kind][label] for label in labels}

    visible = {
        "Organization": {known["Organization"][code] for code in expected["organizations"]},
        "Member": named(expected["members"], "Member"),
        "FloatingMember": named(expected["away"], "FloatingMember"),
        "ThemeDay": {known["ThemeDay"][day] for day in expected["days"]},
        "Delegate": named(expected["delegates"], "Delegate"),
    }
    asked = [
        {"__typename": kind, "id": id}
        for place in (known, foreign)
        for kind, found in place.items()
        for id in found.values()
    ]
    job = str(
        (
            await rows(
                "SELECT j.id FROM import_job j JOIN county c ON c.id = county_id WHERE c.code = $1", COUNTY
            )
        )[0]["id"]
    )
    answer = await county.query(EVERYTHING, who, county=COUNTY, all=asked, job=job)
    assert "errors" not in answer, answer
    data = answer["data"]

    assert (data["county"] is not None) == expected["county"]
    for field, kind in (
        ("organizations", "Organization"),
        ("members", "Member"),
        ("floatingMembers", "FloatingMember"),
    ):
        assert {edge["node"]["id"] for edge in data[field]["edges"]} == visible[kind], field
        assert data[field]["totalCount"] == len(visible[kind])
    seen: dict[str, set[str]] = {kind: set() for kind in known}
    for one, entity in zip(asked, data["_entities"], strict=True):
        if entity is not None:
            assert entity["id"] == one["id"]
            seen[one["__typename"]].add(one["id"])
    own_county = (
        {kind: set(found.values()) for kind, found in foreign.items()}
        if who == f"office@{OTHER}"
        else visible
    )
    assert seen == own_county
    assert (data["qualificationReview"] is not None) == expected["reviews"]
    assert (data["importJob"] is not None) == expected["jobs"]
    assert data["pendingClearances"]["totalCount"] == expected["pending"]
    assert bool(data["auditEntries"]["totalCount"]) == expected["audit"]

    # By whatever way: nothing nested is a row that the account would not see at the root.
    nested = set(uuids(data["organizations"])) | set(uuids(data["floatingMembers"]))
    assert nested <= set().union(*visible.values())


def uuids(value: Any) -> list[str]:
    if isinstance(value, list):
        return [id for one in value for id in uuids(one)]
    if isinstance(value, dict):
        return [id for key, one in value.items() for id in ([one] if key == "id" else uuids(one))]
    return []


@pytest.mark.parametrize("who", ["office", "app", "town", "secretary", "member", "floating"])
async def test_personal_values_are_masked_for_everybody_but_their_owner(county: Client, who: str) -> None:
    fields = "id idNumber phone address birthDate ethnicity education floating { contact destination leftOn }"
    answer = await county.query(
        "query($county: ID!) { members(county: $county, first: 100) { edges { node { FIELDS } } } }".replace(
            "FIELDS", fields
        ),
        who,
        county=COUNTY,
    )
    own = await own_member(county, who)
    working = who in ("office", "town", "secretary")  # they work with birth dates and whereabouts
    for edge in answer["data"]["members"]["edges"]:
        one, is_own = edge["node"], edge["node"]["id"] == own
        assert (one["phone"] == "19999025206") == is_own
        assert is_own or one["phone"] == "199****5206"
        assert ("*" in one["idNumber"]) != is_own
        assert is_own or one["idNumber"][3:16] == "*" * 13
        assert (one["address"] == "试验县") == is_own
        for name in ("birthDate", "ethnicity", "education"):
            assert (one[name] is not None) == (is_own or working), name
        if one["floating"]:
            assert (one["floating"]["contact"] == "19999036485") == is_own
            for name in ("destination", "leftOn"):
                assert (one["floating"][name] is not None) == (is_own or working), name


@pytest.mark.parametrize(
    ("who", "sees_number"), [("discipline", True), ("security", True), ("office", False)]
)
async def test_an_agency_sees_whom_it_is_asked_about(county: Client, who: str, sees_number: bool) -> None:
    found = (await county.run("PendingClearances", who, first=100))["pendingClearances"]["edges"]
    agencies = {edge["node"]["agency"] for edge in found}
    numbers = {edge["node"]["subject"]["idNumber"] for edge in found}
    sent = {who.id_number for who in PEOPLE[9:]}
    if sees_number:
        assert agencies == {"DISCIPLINE_INSPECTION" if who == "discipline" else "PUBLIC_SECURITY"}
        assert numbers == sent
    else:
        assert len(agencies) == 2
        assert all(number[3:16] == "*" * 13 for number in numbers)


async def test_an_agency_that_was_not_asked_sees_no_delegate(county: Client) -> None:
    """The other county never opened a review; what it knows of its delegates came with the office's files."""
    await rows(
        "DELETE FROM clearance WHERE agency = 'PUBLIC_SECURITY' "
        "AND county_id = (SELECT id FROM county WHERE code = $1)",
        OTHER,
    )
    delegates = (await everything_of(OTHER))["Delegate"].values()
    asked = [{"__typename": "Delegate", "id": id} for id in delegates]
    answer = await county.run("EntitiesForPartners", f"security@{OTHER}", representations=asked)
    assert answer["_entities"] == [None] * 3


async def test_a_code_finds_the_organization_of_the_readers_own_county(county: Client) -> None:
    asked = [{"__typename": "Organization", "code": "SY01"}]
    for who, place in (("app", COUNTY), (f"app@{OTHER}", OTHER)):
        answer = await county.run("EntitiesForPartners", who, representations=asked)
        assert answer["_entities"][0]["id"] == (await ids("organization", "t.code", place))["SY01"]


async def test_a_member_who_asks_for_the_roster_gets_himself_and_the_secretary(county: Client) -> None:
    branch = (await ids("organization", "t.code"))["SY01001"]
    own = await own_member(county, "member")
    data = (await county.run("BranchRoster", "member", id=branch, first=100))["organization"]
    assert data["memberCount"] == 9
    assert {edge["node"]["id"] for edge in data["members"]["edges"]} == {own, (await members())[0]}
    assert data["members"]["totalCount"] == 2


# Table -> a question for one row; who of the first county sees the row that is asked for there.
ONE_OF = {
    "organization": ("query($id: ID!) { organization(id: $id) { id name memberCount } }", "office app auditor"),
    "theme_day": ("query($id: ID!) { themeDay(id: $id) { id theme } }", "office app auditor"),
    "member": ("query($id: [_Any!]!) { _entities(representations: $id) { ... on Member { id } } }", "office app town"),
    "import_job": ("query($id: ID!) { importJob(id: $id) { id status } }", "office"),
}  # fmt: skip


@pytest.mark.parametrize("who", ACCOUNTS)
async def test_denied_looks_exactly_like_missing(county: Client, who: str | None) -> None:
    jobs = await rows(
        "SELECT j.id FROM import_job j JOIN county c ON c.id = county_id WHERE c.code = $1", COUNTY
    )
    here = {
        "organization": (await ids("organization", "t.code"))["SY"],
        "theme_day": (await ids("theme_day", THEME_DAY))["SY 01-10"],
        "member": (await members())[9],
        "import_job": str(jobs[0]["id"]),
    }
    there = {
        "organization": (await ids("organization", "t.code", OTHER))["SYL01"],
        "theme_day": (await ids("theme_day", THEME_DAY, OTHER))["SY01001 01-10"],
        "member": (await members(OTHER))[0],
    }
    for table, (text, seen_by) in ONE_OF.items():

        async def asked(id: str, text: str = text, table: str = table) -> bytes:
            variables = {"id": [{"__typename": "Member", "id": id}] if table == "member" else id}
            return (await county.post({"query": text, "variables": variables}, who)).content

        missing = await asked(str(uuid4()))
        assert await asked("not-an-id") == missing
        assert (await asked(here[table]) != missing) == (who in seen_by.split()), table
        if table in there:
            assert (await asked(there[table]) != missing) == (who == f"office@{OTHER}"), table


# Act -> accounts that may do it; what the others are told. Nobody else's county is ever reached.
SEES_THE_DAY = {"office": "NOT_EXPECTED", "town": "NOT_EXPECTED"}  # but has no member who could check in
ACTS: dict[str, tuple[set[str], str, dict[str, str]]] = {
    "ScheduleThemeDay": ({"office", "town", "secretary"}, "ORGANIZATION_NOT_FOUND", {}),
    "CheckIn": ({"secretary", "member", "floating"}, "THEME_DAY_NOT_FOUND", SEES_THE_DAY),
    "CheckIn for another": ({"secretary"}, "THEME_DAY_NOT_FOUND", {}),
    "UpdateMyFloatingRecord": ({"office", "town", "secretary", "floating"}, "FLOATING_MEMBER_NOT_FOUND", {}),
    "RecordTraining": ({"office", "town", "secretary"}, "MEMBER_NOT_FOUND", {}),
    "OpenQualificationReview": ({"office"}, "NOT_ALLOWED", {}),
    "DecideQualification": ({"office"}, "CHECK_NOT_FOUND", {}),
    "SubmitClearance": ({"discipline"}, "CLEARANCE_NOT_FOUND", {}),
    "TryRulePack": ({"office"}, "NOT_ALLOWED", {}),
}


async def inputs() -> dict[str, dict[str, Any]]:
    """The variables of each act, on the rows of the first county."""
    day = (await ids("theme_day", THEME_DAY))["SY01001 02-10"]
    people = await members()
    away = (
        await rows(
            "SELECT f.id FROM floating_member f JOIN account a ON a.member_id = f.member_id "
            "WHERE a.username = 'floating'"
        )
    )[0]["id"]
    own = (await rows("SELECT member_id FROM account WHERE username = 'member'"))[0]["member_id"]
    check = (
        await rows(
            "SELECT k.id FROM qualification_check k JOIN delegate d ON d.id = k.delegate_id "
            "WHERE d.member_id = $1",
            people[9],
        )
    )[0]["id"]
    asked = (
        await rows(
            "SELECT c.id FROM clearance c JOIN delegate d ON d.id = c.delegate_id "
            "WHERE c.opinion IS NULL AND agency = 'DISCIPLINE_INSPECTION' AND d.member_id = $1",
            people[10],
        )
    )[0]["id"]
    branch = (await ids("organization", "t.code"))["SY01001"]
    course = {"title": "新课", "hours": 4, "form": "集中培训"}
    return {
        "ScheduleThemeDay": {"input": {"organizationId": branch, "heldOn": "2020-03-10", "theme": "植树"}},
        "CheckIn": {"input": {"themeDayId": day, "method": "ONLINE"}},
        "CheckIn for another": {
            "input": {"themeDayId": day, "method": "BY_SECRETARY", "memberId": people[5]}
        },
        "UpdateMyFloatingRecord": {"input": {"floatingMemberId": str(away), "employment": "工厂"}},
        "RecordTraining": {
            "input": {"newCourse": course, "completedOn": "2020-02-01", "memberIds": [str(own)]}
        },
        "OpenQualificationReview": {"county": COUNTY, "quarter": "2019Q4"},
        "DecideQualification": {
            "input": {
                "checkId": str(check),
                "outcome": "QUALIFIED",
                "reason": "合格",
                "decidedBy": "中共试验县委员会",
            }
        },
        "SubmitClearance": {"input": {"clearanceId": str(asked), "opinion": "NO_OBJECTION"}},
        "TryRulePack": {
            "input": {"county": COUNTY, "pack": "national", "parameters": {}, "quarter": "2020Q1"}
        },
    }


@pytest.mark.parametrize("act", list(ACTS))
async def test_who_may_not_act_changes_nothing(county: Client, act: str) -> None:
    allowed, code, others = ACTS[act]
    for who in ACCOUNTS:
        if who is not None:
            await county.token(who)  # signing in is a write, too
    with stopped_at(NOON):
        variables = (await inputs())[act]
        before = await contents()
        for who in ACCOUNTS:
            if who in allowed:
                continue
            answer = next(iter((await county.run(act.split()[0], who, **variables)).values()))
            expected = others.get(who or "", code)
            assert [refusal["code"] for refusal in answer["refusals"]] == [expected], who
            if expected == code and "input" in variables:
                assert answer == await on_a_missing_row(county, act, who, variables["input"])
        assert await contents() == before
        for day, who in enumerate(sorted(allowed), 10):
            if act == "ScheduleThemeDay":
                variables["input"]["heldOn"] = f"2020-03-{day}"
            answer = next(iter((await county.run(act.split()[0], who, **variables)).values()))
            # The act is his; this one waits for the agencies.
            waits = ["CLEARANCE_MISSING"] if act == "DecideQualification" else []
            assert [refusal["code"] for refusal in answer["refusals"]] == waits, who


async def on_a_missing_row(county: Client, act: str, who: str | None, given: dict[str, Any]) -> Any:
    """The answer to the same act on a row that does not exist."""
    missing: dict[str, Any] = dict(given)
    for name in ("organizationId", "themeDayId", "floatingMemberId", "checkId", "clearanceId"):
        if name in given:
            missing[name] = str(uuid4())
    if act == "RecordTraining":
        missing["memberIds"] = [str(uuid4())]
    if act == "TryRulePack":
        missing["county"] = "999999"
    return next(iter((await county.run(act.split()[0], who, input=missing)).values()))
