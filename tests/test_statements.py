"""One statement for a read: what PostgreSQL executed, by its own account (pg_stat_statements)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from tests.conftest import COUNTY, Client, Credentials, copied, serving

FIELDS = "id name members(first: 2) { totalCount edges { node { name floating { overdue } } } }"
NESTED = "{ node { name organization { name secretary { name organization { parent { name } } } } } }"
VARIANTS = {
    "nested": f'{{ members(county: "{COUNTY}", first: 5) {{ edges {NESTED} }} }}',
    "several roots": f'{{ viewer {{ username }} county(code: "{COUNTY}") {{ name }} themeDay(id: "x") {{ id }} }}',
    "aliased": (
        f'{{ a: organizations(county: "{COUNTY}", first: 2) {{ totalCount edges {{ node {{ {FIELDS} }} }} }} '
        f'b: organizations(county: "{COUNTY}", first: 3, search: "秦湾") {{ edges {{ node {{ name }} }} }} }}'
    ),
    "in fragments": (
        f'{{ county(code: "{COUNTY}") {{ ...Figures ... on County {{ branches(first: 3) {{ edges {{ node '
        "{ ...Row } } } } } } fragment Figures on County { name memberCount } "
        f"fragment Row on Organization {{ {FIELDS} parent {{ name }} }}"
    ),
    "what belongs to organizations": (
        f'{{ organizations(county: "{COUNTY}", first: 9, includeDissolved: true) {{ edges {{ node {{ levelDepth '
        "isOneShoulder attachedCount reserveCount findings { code } officers { office since member { name } } "
        "officerHistory { endedOn } children(first: 2) { edges { node { code findings { code } } } } "
        "events(first: 2) { edges { node { act into { code } } } } reserves(first: 2) { totalCount } "
        "attachedMembers(first: 2) { edges { node { name offices { office } attachments { kind organization "
        "{ code } } } } } } } } }"
    ),
    "made in Python": f'{{ county(code: "{COUNTY}") {{ rulePacks {{ id }} branches(first: 9) '
    "{ edges { node { findings { code } } } } } }",
    "after theme days": (
        f'{{ themeDays(county: "{COUNTY}", first: 3) {{ edges {{ node {{ heldOn settled {{ key isSettled }} '
        "evaluations { by score count } attendanceRate problems(first: 2) { totalCount } } } } "
        f'themeDayProblems(county: "{COUNTY}", first: 2, openOnly: true) {{ totalCount }} '
        f'exemptions(county: "{COUNTY}", first: 2) {{ totalCount edges {{ node {{ ground member {{ name }} }} }} }} '
        f'county(code: "{COUNTY}") {{ problemSummary(year: 2020) {{ problemCount }} }} viewer {{ duties {{ title }} '
        "member { exemption { ground } duties { kind remindOn } organization { themeDays(first: 1) { totalCount } "
        'duties(month: "2020-01") { kind } } } } }'
    ),
    "administration": (
        f'{{ accounts(county: "{COUNTY}", first: 3) {{ totalCount edges {{ node {{ username roles {{ role isActive '
        "holder { username } organization { name } } identities { subject } } } } "
        f'roleGrants(county: "{COUNTY}", first: 3, withoutOffice: true) {{ totalCount edges {{ node {{ purpose '
        "account { username } grantedBy { displayName } } } } "
        f'emergencyRequests(county: "{COUNTY}", first: 3, openOnly: true) {{ totalCount edges {{ node {{ status '
        "endsAt askedBy { username } } } } }"
    ),
    "entities": '{ _entities(representations: [{__typename: "Organization", code: "SY01001"}, '
    '{__typename: "Member", id: "x"}]) { ... on Organization { findings { code } } ... on Member { name } } }',
}
READS: list[tuple[str, str, dict[str, Any]]] = [
    ("MobileHome", "secretary", {"year": 2020}),
    ("MobileHome", "floating", {"year": 2020}),
    ("BranchRoster", "secretary", {"id": "<branch>", "first": 4}),
    ("ThemeDay", "member", {"id": "<day>"}),
    ("MyTraining", "member", {"year": 2020}),
    ("MyRecordAndWhoReadIt", "member", {"first": 5}),
    ("CountyDashboard", "office", {"county": COUNTY, "month": "2020-01"}),
    ("CountyDashboard", "town", {"county": COUNTY, "month": "2020-01"}),
    ("FloatingMembers", "office", {"county": COUNTY, "first": 2, "overdueOnly": True}),
    ("Organizations", "office", {"county": COUNTY, "kind": ["BRANCH"], "search": "秦湾", "first": 5}),
    ("MembersBelowTrainingHours", "office", {"county": COUNTY, "year": 2020, "first": 5}),
    ("QualificationReview", "office", {"county": COUNTY, "quarter": "2020Q4", "first": 5}),
    ("ImportReport", "office", {"jobId": "<job>", "first": 5}),
    ("ReportedAndComputed", "office", {"county": COUNTY, "year": 2020}),
    ("CountyRules", "office", {"county": COUNTY}),
    ("AuditTrail", "auditor", {"county": COUNTY, "first": 3}),
    ("PendingClearances", "discipline", {"first": 5}),
    ("EntitiesForPartners", "app", {"representations": [{"__typename": "Organization", "code": "SY01"}]}),
]


@dataclass
class Watched:
    """The small county behind HTTP, and a connection that asks PostgreSQL what it executed there."""

    client: Client
    watch: asyncpg.Connection
    ids: dict[str, str]

    async def executed(self) -> list[tuple[str, int]]:
        """The statements since the last reset and how often each ran, this connection's own left out."""
        found = await self.watch.fetch(
            "SELECT query, calls FROM pg_stat_statements WHERE toplevel "
            "AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND query !~ 'pg_stat_statements'"
        )
        return [(row["query"], row["calls"]) for row in found]

    async def reset(self) -> None:
        await self.watch.execute("SELECT pg_stat_statements_reset()")


@pytest.fixture(scope="module")
async def watched(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    async with (
        copied(server, small_template) as credentials,
        serving(credentials, tmp_path_factory.mktemp("var")) as client,
    ):
        watch = await asyncpg.connect(**credentials)
        try:
            await watch.execute("CREATE EXTENSION pg_stat_statements")
            await client.run("OpenQualificationReview", "office", county=COUNTY, quarter="2020Q4")
            for who in ("security-admin", *(who for _, who, _ in READS)):
                await client.token(who)
            yield Watched(client, watch, await _ids(watch))
        finally:
            await watch.close()


@pytest.mark.parametrize(
    ("operation", "who", "variables"), READS, ids=[f"{operation}-{who}" for operation, who, _ in READS]
)
async def test_a_read_of_the_contract_is_one_statement(
    watched: Watched, operation: str, who: str, variables: dict[str, Any]
) -> None:
    given = {name: watched.ids.get(str(value), value) for name, value in variables.items()}
    first = await watched.client.run(operation, who, **given)
    for _ in range(2):
        await watched.reset()
        assert await watched.client.run(operation, who, **given) == first
        assert [calls for _, calls in await watched.executed()] == [1]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("who", ["office", "secretary", "security-admin"])
async def test_a_read_of_any_form_is_one_statement(watched: Watched, variant: str, who: str) -> None:
    await watched.reset()
    answer = await watched.client.query(VARIANTS[variant], who)
    assert "errors" not in answer
    assert [calls for _, calls in await watched.executed()] == [1]


async def test_a_hundred_reads_are_a_hundred_executions_of_one_statement(watched: Watched) -> None:
    await watched.client.run("MobileHome", "member", year=2020)
    await watched.reset()
    for year in range(1990, 2090):
        await watched.client.run("MobileHome", "member", year=year)
    assert [calls for _, calls in await watched.executed()] == [100]


async def test_what_is_refused_before_reading_is_no_statement(watched: Watched) -> None:
    await watched.reset()
    for text in ("{ nothing }", f'{{ members(county: "{COUNTY}", first: 101) {{ totalCount }} }}'):
        assert "errors" in await watched.client.query(text, "office")
    assert await watched.executed() == []


async def test_the_watch_sees_transactions(watched: Watched) -> None:
    """The tests above would see a BEGIN or COMMIT if there were one: a write has them."""
    await watched.reset()
    await watched.client.run("SignIn", username="member", password="demo-only")
    seen = {query.split()[0].upper() for query, _ in await watched.executed()}
    assert {"BEGIN", "COMMIT", "SELECT", "INSERT"} <= {word.rstrip(";") for word in seen}


async def _ids(watch: asyncpg.Connection) -> dict[str, str]:
    return {
        "<branch>": str(await watch.fetchval("SELECT id FROM organization WHERE code = 'SY01001'")),
        "<day>": str(await watch.fetchval("SELECT theme_day_id FROM attendance LIMIT 1")),
        "<job>": str(await watch.fetchval("SELECT id FROM import_job ORDER BY id LIMIT 1")),
    }
