"""Activating versions of a county's pack over HTTP: days before stay as they were, and so does what was decided."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from httpx import ASGITransport

from app import make_asgi
from plugins.recorded import from_record
from plugins.registry import discover
from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials, copied, documents, settings_for
from tests.packs import tightened, write_pack
from tests.test_access import rows

PACK = "test_140829"
MARCH = datetime(2021, 3, 1, 10, tzinfo=CHINA)
QUARTER = "2021Q1"
RULES = """
from plugins.contract import Observation, Proposal

def check_delegate(facts, values):
    yield Observation("TEST_NOTE", "{message}", {proposal})
"""
PACKS = "query ($c: ID!, $on: Date) { county(code: $c) { rulePacks(on: $on) { id version activeFrom activeUntil } } }"
ACTIVATIONS = (
    "query ($c: ID!) { county(code: $c) { rulePackActivations { pack version activeFrom decidedBy reason "
    "by { displayName } at } } }"
)
ACTIVATE = (
    "mutation ($i: ActivateRulePackInput!) { activateRulePack(input: $i) { "
    "activation { version activeFrom decidedBy by { displayName } } refusals { code message } } }"
)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1.0.0 proposes nothing; 2.0.0, from 2021 on, would suspend everybody and asks for 40 hours instead of 32."""
    given: dict[str, Any] = {"folder": PACK, "county": COUNTY, "noun": "delegate"}
    place = tmp_path_factory.mktemp("packs")
    first = RULES.format(message="第一版。", proposal="None")
    second = RULES.format(message="第二版。", proposal="Proposal.SUSPENSION")
    write_pack(place / "one", rules=first, **given)
    later = {**given, "version": "2.0.0", "effective_from": "2021-01-01"}
    write_pack(place / "two", rules=second, tables=tightened("training.member_hours", 40), **later)
    return place


def places(packs: Path) -> tuple[Path, ...]:
    return packs / "one", packs / "two"


@dataclass
class Served(Client):
    app: Any = None


@asynccontextmanager
async def serving_with(credentials: Credentials, var: Path, packs: Path) -> AsyncIterator[Served]:
    settings = settings_for(credentials, var).model_copy(update={"packs": places(packs)})
    asgi = make_asgi(settings)
    async with asgi.router.lifespan_context(asgi):
        transport = ASGITransport(app=asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            client = Served(http, documents())
            client.app = asgi.state.app
            yield client


@pytest.fixture(scope="module")
async def served(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory, packs: Path
) -> AsyncIterator[Served]:
    async with (
        copied(server, small_template) as credentials,
        serving_with(credentials, tmp_path_factory.mktemp("var"), packs) as client,
    ):
        yield client


@pytest.fixture
async def office(served: Served) -> AsyncIterator[Client]:
    """The county's office on 1 March 2021, before anything was decided."""
    with stopped_at(MARCH):
        served.tokens.clear()
        await rows("DELETE FROM rule_pack_activation")
        await rows("DELETE FROM audit_entry WHERE action = 'ACTIVATE_RULE_PACK'")
        await served.app.rules.read()
        yield served


async def activate(client: Client, who: str = "office", **given: Any) -> Any:
    full = {"county": COUNTY, "pack": PACK, "version": "1.0.0", "activeFrom": "2021-03-01"}
    answer = await client.query(ACTIVATE, who, i={**full, "decidedBy": "中共试验县委员会", **given})
    assert "errors" not in answer, answer
    return answer["data"]["activateRulePack"]


async def in_force(client: Client, on: str | None = None) -> tuple[str | None, str | None, str | None]:
    """Version of the county's pack on a day, from when and until when."""
    data = (await client.query(PACKS, "office", c=COUNTY, on=on))["data"]
    own = [pack for pack in data["county"]["rulePacks"] if pack["id"] == PACK]
    return (own[0]["version"], own[0]["activeFrom"], own[0]["activeUntil"]) if own else (None, None, None)


async def judged(client: Client) -> dict[str, tuple[str, str, str]]:
    """After opening the review: check id -> outcome, the pack's message and version."""
    answer = await client.run("OpenQualificationReview", "office", county=COUNTY, quarter=QUARTER)
    assert answer["openQualificationReview"]["refusals"] == []
    data = await client.run("QualificationReview", "office", county=COUNTY, quarter=QUARTER, first=100)
    found = {}
    for edge in data["qualificationReview"]["checks"]["edges"]:
        (own,) = [one for one in edge["node"]["findings"] if one["rulePack"] == PACK]
        found[edge["node"]["id"]] = (edge["node"]["outcome"], own["message"], own["ruleVersion"])
    assert found
    return found


async def test_without_a_decision_each_version_counts_from_its_day(office: Client) -> None:
    assert await in_force(office) == ("2.0.0", "2021-01-01", None)
    assert await in_force(office, "2020-12-31") == ("1.0.0", "2020-01-01", "2020-12-31")
    assert await in_force(office, "2019-12-31") == (None, None, None)
    answer = await office.query(ACTIVATIONS, "office", c=COUNTY)
    assert answer["data"]["county"]["rulePackActivations"] == []


async def test_a_version_counts_from_the_day_decided_and_no_sooner(office: Client) -> None:
    answer = await activate(office, activeFrom="2021-04-01", reason="试行结束")
    assert answer["refusals"] == []
    assert answer["activation"]["by"]["displayName"]
    assert await in_force(office) == ("2.0.0", "2021-01-01", "2021-03-31")
    assert await in_force(office, "2021-04-01") == ("1.0.0", "2021-04-01", None)
    assert (await activate(office, version=None, activeFrom="2021-07-01"))["refusals"] == []
    assert await in_force(office, "2021-06-30") == ("1.0.0", "2021-04-01", "2021-06-30")
    assert await in_force(office, "2021-07-01") == (None, None, None)
    told = (await office.query(ACTIVATIONS, "auditor", c=COUNTY))["data"]["county"]["rulePackActivations"]
    # What counted before anybody decided stands among them, so that it can never change.
    assert [(one["version"], one["activeFrom"]) for one in told] == [
        (None, "2021-07-01"),
        ("1.0.0", "2021-04-01"),
        ("2.0.0", "2021-01-01"),
        ("1.0.0", "2020-01-01"),
    ]
    assert told[1]["reason"] == "试行结束"
    assert "未登记" in told[2]["decidedBy"]
    with stopped_at(datetime(2021, 4, 1, 0, tzinfo=CHINA)):
        office.tokens.clear()
        assert await in_force(office) == ("1.0.0", "2021-04-01", "2021-06-30")


async def test_what_was_decided_stays_as_it_was_judged(office: Client, packs: Path) -> None:
    assert (await activate(office))["refusals"] == []
    before = await judged(office)
    assert {one[1:] for one in before.values()} == {("第一版。", "1.0.0")}
    # All agencies have answered about whom nothing is outstanding; the body decides about one delegate.
    decided = next(id for id in before)
    await rows("UPDATE clearance SET opinion = 'NO_OBJECTION', submitted_at = now()")
    assert (await judged(office))[decided][0] == "QUALIFIED"
    given = {
        "checkId": decided,
        "outcome": "QUALIFIED",
        "reason": "情况属实",
        "decidedBy": "中共试验县委员会",
    }
    data = await office.run("DecideQualification", "office", input=given)
    assert data["decideQualification"]["refusals"] == []
    # The quarter ends after this day, so that whoever is not decided yet is judged by the other version.
    assert (await activate(office, version="2.0.0", activeFrom="2021-03-15"))["refusals"] == []
    after = await judged(office)
    assert after.pop(decided) == ("QUALIFIED", "第一版。", "1.0.0")
    assert set(after.values()) == {("SUSPENSION_PROPOSED", "第二版。", "2.0.0")}
    # Years later the version that judged gives the same answer to the facts that were kept.
    (kept,) = await rows("SELECT facts, findings FROM qualification_check WHERE id = $1", decided)
    facts, findings = orjson.loads(kept["facts"]), orjson.loads(kept["findings"])
    (own,) = [one for one in findings if one["rule_pack"] == PACK]
    registry = discover(places(packs))
    timeline = registry.timeline(COUNTY, [(date(2020, 1, 1), PACK, own["rule_version"])])
    again = timeline.judge("delegate", from_record("delegate", facts))
    assert [(one.code, one.message, one.rule_version) for one in again if one.rule_pack == PACK] == [
        (own["code"], own["message"], "1.0.0")
    ]


HOURS = (
    "query ($c: ID!) { members(county: $c, first: 100) { edges { node { trainingYear(year: 2021) { "
    "requiredHours findings { message } } } } } }"
)


async def test_numbers_in_answers_follow_the_day(office: Client) -> None:
    """In the SQL, in a plan that is kept, and in what is judged of the rows."""

    async def required() -> tuple[set[float], bool]:
        edges = (await office.query(HOURS, "office", c=COUNTY))["data"]["members"]["edges"]
        years = [edge["node"]["trainingYear"] for edge in edges]
        said = "".join(finding["message"] for year in years for finding in year["findings"])
        return {year["requiredHours"] for year in years}, "40学时" in said

    assert await required() == ({40, 56}, True)
    assert (await activate(office))["refusals"] == []
    assert await required() == ({32, 56}, False)


async def test_a_version_asks_nothing_more_of_a_year_that_is_past(office: Client) -> None:
    """Version 2.0.0 counts from 2021 on and asks for 40 hours: of 2020 the 32 of its last day stay."""

    async def required(year: int) -> set[float]:
        text = HOURS.replace("2021", str(year))
        edges = (await office.query(text, "office", c=COUNTY))["data"]["members"]["edges"]
        return {edge["node"]["trainingYear"]["requiredHours"] for edge in edges}

    assert (await required(2020), await required(2021)) == ({32, 56}, {40, 56})
    for year, hours in ((2020, 32), (2021, 40)):
        below = f"query ($c: ID!) {{ members(county: $c, belowTrainingHours: {year}, first: 1) {{ totalCount }} }}"
        assert (await office.query(below, "office", c=COUNTY))["data"]["members"]["totalCount"] > 0, hours


async def test_a_server_that_lacks_a_version_says_so_and_judges_nobody(office: Served) -> None:
    assert (await activate(office))["refusals"] == []
    assert (await office.http.get("/health/ready")).text == "ready"
    await rows("UPDATE rule_pack_activation SET version = '3.0.0' WHERE active_from = '2021-03-01'")
    await office.app.rules.read()
    ready = await office.http.get("/health/ready")
    assert ready.status_code == 503
    assert ready.text.startswith(
        f"{PACK}: version 3.0.0 counts in county {COUNTY} from 2021-03-01 and is not on"
    )
    assert "errors" in await office.query(HOURS, "office", c=COUNTY)
    answer = await office.run(
        "TryRulePack", "office", input={"county": COUNTY, "pack": PACK, "quarter": QUARTER}
    )
    assert [one["code"] for one in answer["tryRulePack"]["refusals"]] == ["PACK_FAILED"]
    assert await in_force(office, "2021-02-28") == ("2.0.0", "2021-01-01", "2021-02-28")


async def test_another_decision_for_the_same_day_takes_its_place(office: Client) -> None:
    for version in ("1.0.0", "2.0.0"):
        assert (await activate(office, version=version))["refusals"] == []
    assert await in_force(office) == ("2.0.0", "2021-03-01", None)
    kept = await rows("SELECT detail FROM audit_entry WHERE action = 'ACTIVATE_RULE_PACK' ORDER BY sequence")
    details = [
        orjson.loads(one["detail"]) if isinstance(one["detail"], str) else one["detail"] for one in kept
    ]
    assert [(one["version"], one.get("replaced", {}).get("version")) for one in details] == [
        ("1.0.0", None),
        ("2.0.0", "1.0.0"),
    ]


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"activeFrom": "2021-02-28"}, "ACTIVE_FROM_PAST", "已经过去"),
        ({"version": "3.0.0"}, "VERSION_UNKNOWN", "1.0.0、2.0.0"),
        ({"pack": "jiangxian_140826"}, "PACK_UNKNOWN", PACK),
        ({"pack": "national"}, "PACK_UNKNOWN", PACK),
        ({"decidedBy": "  "}, "DECISION_INCOMPLETE", "作出决定的机构"),
        ({"reason": "长" * 401}, "DECISION_INCOMPLETE", "400"),
        ({"county": "140826", "pack": "jiangxian_140826"}, "NOT_ALLOWED", "安全管理员"),
    ],
)
async def test_what_is_refused_changes_nothing(
    office: Client, given: dict[str, str], code: str, says: str
) -> None:
    answer = await activate(office, **given)
    assert [one["code"] for one in answer["refusals"]] == [code]
    assert says in answer["refusals"][0]["message"]
    assert answer["activation"] is None
    assert await rows("SELECT 1 FROM rule_pack_activation") == []


async def test_a_version_is_not_activated_before_its_manifest_says(office: Client) -> None:
    with stopped_at(datetime(2020, 12, 1, tzinfo=CHINA)):
        office.tokens.clear()
        answer = await activate(office, version="2.0.0", activeFrom="2020-12-31")
    assert [one["code"] for one in answer["refusals"]] == ["BEFORE_EFFECTIVE_FROM"]


@pytest.mark.parametrize("who", ["auditor", "town", "secretary", "member", "app", "admin"])
async def test_only_the_office_activates(office: Client, who: str) -> None:
    assert [one["code"] for one in (await activate(office, who))["refusals"]] == ["NOT_ALLOWED"]


async def test_who_may_not_see_activations_sees_none(office: Client) -> None:
    await activate(office)
    answer = await office.query(ACTIVATIONS, "secretary", c=COUNTY)
    assert answer["data"]["county"]["rulePackActivations"] == []


async def test_two_first_decisions_at_once_keep_what_counted_once(office: Client) -> None:
    answers = await asyncio.gather(*(activate(office, version=one) for one in ("1.0.0", "2.0.0")))
    assert [one["refusals"] for one in answers] == [[], []]
    kept = await rows("SELECT version, active_from FROM rule_pack_activation ORDER BY active_from")
    assert [str(one["active_from"]) for one in kept] == ["2020-01-01", "2021-01-01", "2021-03-01"]
