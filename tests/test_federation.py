"""As one subgraph among others: it composes, and answers for its entities under the asking partner's rights."""

import asyncio
import os
import uuid
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from graphql import DocumentNode, ObjectTypeDefinitionNode, parse

from models import County, Delegate, FloatingMember, Member, Organization, ThemeDay
from resolvers.accounts.demo_accounts import make_demo_accounts
from resolvers.imports.run import import_directory
from runtime.database import open_database
from schema.api import make_schema
from tests.conftest import COUNTY, Client, Credentials, copied, serving
from tests.federation.packages import Installed, installed
from tests.keys import KEYRING
from tests.processes import PATIENCE, program
from tests.workbooks import small_county, write_county

FOLDER = Path(__file__).parent / "federation"
LIBRARIES = ("@apollo/composition", "@theguild/federation-composition")
SDL = "{ _service { sdl } }"
ENTITIES = """
query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Organization { id code name kind }
    ... on Member { id name standing idNumber phone birthDate organization { code } }
    ... on Delegate { id status level member { id } }
    ... on FloatingMember { id leftOn homeBranch { code } }
    ... on ThemeDay { id heldOn theme organization { code } }
  }
}
"""
NAMES = ("Organization", "Member", "Delegate", "FloatingMember", "ThemeDay")


@pytest.fixture(scope="module")
def cache(request: pytest.FixtureRequest) -> Path:
    assert request.config.cache, "pytest's cache holds the Node packages; do not turn it off"
    return Path(request.config.cache.mkdir("federation"))


@pytest.fixture(scope="module")
def packages(cache: Path) -> Installed:
    return installed(FOLDER, cache)


@pytest.fixture(scope="module")
def composed(packages: Installed, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What each library made of the two subgraphs."""
    result = make_schema().execute_sync(SDL)
    assert result.data
    core = tmp_path_factory.mktemp("subgraphs") / "core.graphql"
    core.write_text(result.data["_service"]["sdl"], encoding="utf-8")
    return orjson.loads(packages.run("compose.mjs", core, FOLDER / "partner.graphql"))


async def test_the_running_server_gives_its_sdl(client: Client) -> None:
    answer = await client.query(SDL)
    assert answer["data"]["_service"]["sdl"] == make_schema().as_str()
    assert '"https://specs.apollo.dev/federation/v2.9"' in answer["data"]["_service"]["sdl"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_it_composes_beside_a_partners_subgraph(composed: Any, library: str) -> None:
    assert composed[library]["errors"] == []
    supergraph = parse(composed[library]["supergraph"])
    core = {(name, key) for name, graph, key in joined(supergraph) if graph == "DANGJIAN" and key}
    assert core == {(name, "id") for name in NAMES} | {("Organization", "code")}
    # What both describe is one type with fields of both.
    graphs: dict[str, set[str]] = {}
    for name, graph, _ in joined(supergraph):
        graphs.setdefault(name, set()).add(graph)
    for shared in ("Member", "Organization", "PageInfo", "MemberConnection", "MemberEdge"):
        assert graphs[shared] == {"DANGJIAN", "PARTNER"}, shared
    assert graphs["ResidenceCheckConnection"] == {"PARTNER"}
    assert {"idNumber", "residence"} <= fields(supergraph, "Member")
    assert {"code", "memberCount", "policeStation"} <= fields(supergraph, "Organization")
    assert "_entities" not in fields(supergraph, "Query")


def joined(supergraph: DocumentNode) -> list[tuple[str, str, str | None]]:
    """(type, subgraph, key) of every @join__type of the object types."""
    found = []
    for node in supergraph.definitions:
        if not isinstance(node, ObjectTypeDefinitionNode):
            continue
        for directive in node.directives or ():
            if directive.name.value == "join__type":
                given = {
                    one.name.value: getattr(one.value, "value", None) for one in directive.arguments or ()
                }
                found.append((node.name.value, str(given["graph"]), given.get("key")))
    return found


def fields(supergraph: DocumentNode, name: str) -> set[str]:
    return {
        field.name.value
        for node in supergraph.definitions
        if isinstance(node, ObjectTypeDefinitionNode) and node.name.value == name
        for field in node.fields or ()
    }


async def ids(county: str) -> dict[str, list[str]]:
    """The keys of each entity type's rows in a county."""
    id = (await County.get(code=county)).id
    return {
        "Organization": [str(row.id) for row in await Organization.filter(county_id=id).order_by("code")],
        "Member": [str(row.id) for row in await Member.filter(county_id=id).order_by("birth_date")],
        "Delegate": [str(row.id) for row in await Delegate.filter(county_id=id)],
        "FloatingMember": [str(row.id) for row in await FloatingMember.filter(county_id=id)],
        "ThemeDay": [str(row.id) for row in await ThemeDay.filter(county_id=id)],
    }


async def asked(client: Client, who: str | None, representations: list[Any]) -> Any:
    answer = await client.query(ENTITIES, who, representations=representations)
    assert "errors" not in answer, answer
    found = answer["data"]["_entities"]
    assert len(found) == len(representations)
    return found


async def test_entities_of_each_type_come_in_the_order_asked(client: Client) -> None:
    rows = await ids(COUNTY)
    wanted = [(name, rows[name][place]) for place in (1, 0, 1) for name in NAMES]
    found = await asked(client, "app", [{"__typename": name, "id": id} for name, id in wanted])
    assert [(one["__typename"], one["id"]) for one in found] == wanted
    organization, member, delegate, floating, day = found[:5]
    assert organization["code"] == "SY01"
    assert organization["kind"] == "COMMITTEE"
    assert member["organization"]["code"] in ("SY01001", "SY01002")
    assert (delegate["status"], delegate["level"]) == ("SERVING", "COUNTY")
    assert delegate["member"]["id"] in rows["Member"]
    assert floating["homeBranch"] == {"code": "SY01001"}
    assert day["heldOn"].startswith("2020-")


async def test_an_organization_is_found_by_its_code_too(client: Client) -> None:
    rows = await ids(COUNTY)
    found = await asked(
        client,
        "app",
        [
            {"__typename": "Organization", "code": "SY01001"},
            {"__typename": "Organization", "code": "nowhere"},
            {"__typename": "Organization", "id": rows["Organization"][0], "code": "SY"},
            {"__typename": "Organization", "code": "SY01001", "name": "what a gateway sends along"},
            {"__typename": "Organization", "code": None},
        ],
    )
    assert [one and one["code"] for one in found] == ["SY01001", None, "SY", "SY01001", None]


async def test_what_cannot_be_found_is_null_in_its_place(client: Client) -> None:
    rows = await ids(COUNTY)
    good = {"__typename": "Member", "id": rows["Member"][0]}
    bad = [
        {"__typename": "Person", "id": rows["Member"][0]},
        {"id": rows["Member"][0]},
        {"__typename": None, "id": rows["Member"][0]},
        {"__typename": "Member"},
        {"__typename": "Member", "id": None},
        {"__typename": "Member", "id": "1' OR true"},
        {"__typename": "Member", "id": 1},
        {"__typename": "Member", "id": {"id": 1}},
        {"__typename": "Member", "id": str(uuid.uuid4())},
        {"__typename": "Delegate", "id": rows["Member"][0]},
        {"__typename": "Member", "code": "SY01001"},
        {"__typename": "Organization", "code": ["SY01001"]},
        {"__typename": "Query"},
        {"__typename": "MemberConnection", "id": rows["Member"][0]},
    ]
    found = await asked(client, "app", [part for one in bad for part in (good, one)])
    assert [one["id"] for one in found[::2]] == [good["id"]] * len(bad)
    assert found[1::2] == [None] * len(bad)


async def test_many_representations_of_one_row(client: Client) -> None:
    rows = await ids(COUNTY)
    one = {"__typename": "Member", "id": rows["Member"][0]}
    found = await asked(client, "app", [one] * 50)
    assert found == [found[0]] * 50
    assert found[0]["id"] == one["id"]
    assert await asked(client, "app", []) == []


async def test_the_contracts_document_for_partners(client: Client) -> None:
    rows = await ids(COUNTY)
    representations = [{"__typename": name, "id": rows[name][0]} for name in NAMES]
    data = await client.run("EntitiesForPartners", "app", representations=representations)
    organization, member, delegate, *others = data["_entities"]
    assert organization == {
        "id": rows["Organization"][0],
        "code": "SY",
        "name": "中共试验县委员会",
        "kind": "COMMITTEE",
    }
    assert member["standing"] == "FULL"
    assert delegate["member"]["id"] in rows["Member"]
    assert others == [{}, {}], "the document selects nothing of these types"


async def test_a_partner_of_a_county_sees_nothing_of_its_neighbour(
    server: Credentials, small_template: str, tmp_path: Path
) -> None:
    """The same codes stand in both counties."""
    files = write_county(tmp_path / "files", small_county())
    async with copied(server, small_template) as credentials:
        async with open_database(credentials, KEYRING) as database:
            await import_directory(database, "140830", files)
            await make_demo_accounts("140830")
        async with serving(credentials, tmp_path) as client:
            here, there = await ids(COUNTY), await ids("140830")
            for who, own, others in (("app", here, there), ("app@140830", there, here)):
                found = await asked(
                    client,
                    who,
                    [{"__typename": name, "id": rows[name][0]} for rows in (own, others) for name in NAMES],
                )
                assert [one and one["id"] for one in found] == [own[name][0] for name in NAMES] + [None] * 5
                (by_code,) = await asked(client, who, [{"__typename": "Organization", "code": "SY01001"}])
                assert by_code["id"] == own["Organization"][2]


async def test_a_partner_reads_masked_values(client: Client) -> None:
    rows = await ids(COUNTY)
    (member,) = await asked(client, "app", [{"__typename": "Member", "id": rows["Member"][0]}])
    assert "*" * 13 in member["idNumber"]
    assert member["phone"] == "199****5206"
    assert member["birthDate"] is None
    (floating,) = await asked(
        client, "app", [{"__typename": "FloatingMember", "id": rows["FloatingMember"][0]}]
    )
    assert floating["leftOn"] is None


@pytest.mark.parametrize(
    ("who", "seen"),
    {
        None: set(),
        "app": set(NAMES),
        "office": set(NAMES),
        "auditor": {"Organization", "ThemeDay"},
        "admin": set(),
    }.items(),
)
async def test_rights_are_those_of_the_account(client: Client, who: str | None, seen: set[str]) -> None:
    rows = await ids(COUNTY)
    found = await asked(client, who, [{"__typename": name, "id": rows[name][0]} for name in NAMES])
    assert {name for name, one in zip(NAMES, found, strict=True) if one} == seen


if os.environ.get("DANGJIAN_GATEWAY"):  # 100 MB of packages, so only when asked for

    async def test_a_query_runs_through_a_gateway(
        server: Credentials, small_template: str, packages: Installed, cache: Path, tmp_path: Path
    ) -> None:
        """partner -> core by a member's id -> partner by an organization's code, with the reader's rights."""
        apollo = await asyncio.to_thread(installed, FOLDER / "gateway", cache)
        async with copied(server, small_template) as credentials:
            async with open_database(credentials, KEYRING):
                member = str((await Member.get(name="任军芳")).id)
            dangjian = program(tmp_path / "var", credentials)
            async with dangjian.serving() as core, httpx.AsyncClient(timeout=PATIENCE) as http:
                token = await token_of(http, core, "app")
                headers = {"Authorization": f"Bearer {token}"}
                told_sdl = await http.post(f"{core}/graphql", json={"query": SDL}, headers=headers)
                sdl = told_sdl.json()["data"]["_service"]["sdl"]
                (tmp_path / "core.graphql").write_text(sdl, encoding="utf-8")
                partner = FOLDER / "partner.graphql"
                told = orjson.loads(
                    packages.run("compose.mjs", tmp_path / "core.graphql", partner, f"{core}/graphql")
                )
                supergraph = tmp_path / "supergraph.graphql"
                supergraph.write_text(told["@apollo/composition"]["supergraph"], encoding="utf-8")
                gateway, url = await started(
                    apollo.command("gateway.mjs", supergraph, partner), apollo, member
                )
                try:
                    answer = await http.post(url, json={"query": THROUGH}, headers={"Authorization": token})
                    (edge,) = answer.json()["data"]["residenceChecks"]["edges"]
                    assert edge["node"]["member"] == {
                        "name": "任军芳",
                        "residence": {"kind": "TEMPORARY"},
                        "organization": {
                            "code": "SY01001",
                            "policeStation": "古绛镇后秦湾村党支部的辖区派出所",
                        },
                    }
                    unknown = (await http.post(url, json={"query": THROUGH})).json()
                    assert unknown["data"]["residenceChecks"]["edges"] == [{"node": {"member": None}}]
                finally:
                    gateway.kill()
                    await gateway.wait()

    THROUGH = """{ residenceChecks(first: 1) { edges { node { member {
      name residence { kind } organization { code policeStation } } } } } }"""

    async def token_of(http: httpx.AsyncClient, core: str, who: str) -> str:
        query = 'mutation ($who: String!) { signIn(username: $who, password: "demo-only") { token } }'
        answer = await http.post(f"{core}/graphql", json={"query": query, "variables": {"who": who}})
        return f"Bearer {answer.json()['data']['signIn']['token']}"

    async def started(
        command: list[str], packages: Installed, member: str
    ) -> tuple[asyncio.subprocess.Process, str]:
        environment = packages.environment | {"MEMBER": member, "NODE_ENV": "production"}
        process = await asyncio.create_subprocess_exec(
            *command, cwd=packages.folder, env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        async with asyncio.timeout(PATIENCE):
            return process, (await process.stdout.readline()).decode().strip()
