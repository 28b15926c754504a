"""Replay: what was found in a delegate's facts is found again, and a pack that has changed since is told."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from models import County
from plugins.bulk import Worker
from plugins.errors import PackFailed
from resolvers.delegates.replay import Replayed, differences, replay_review, versions
from tests.conftest import COUNTY, Client, Credentials
from tests.delegates import QUARTER, ask, cleared
from tests.test_access import contents, rows, two_counties

REPLAY = """query($county: ID!, $quarter: Quarter!) { qualificationReview(county: $county, quarter: $quarter) {
  checks(first: 100) { edges { node { findings { code ruleVersion }
    replayed { isSame findings { code ruleVersion } } } } } } }"""


class App:
    """What a replay needs of the application."""

    def __init__(self) -> None:
        self.judging = Worker()


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """A review with something found: one delegate left, one is under investigation."""
    async with two_counties(server, small_template, tmp_path_factory) as client:
        await cleared(client)
        await rows(
            "UPDATE clearance SET opinion = 'OBJECTION', reason = '因涉嫌犯罪被立案侦查' WHERE quarter = $2 AND id = ("
            "SELECT id FROM clearance WHERE quarter = $2 AND county_id = (SELECT id FROM county WHERE code = $1) "
            "ORDER BY id LIMIT 1)",
            COUNTY,
            QUARTER,
        )
        await client.run("OpenQualificationReview", "office", county=COUNTY, quarter=QUARTER)
        yield client


@pytest.fixture
def app() -> Any:
    app = App()
    yield app
    app.judging.close()


async def replayed(app: Any) -> list[Replayed]:
    return [one async for one in replay_review(app, await County.get(code=COUNTY), QUARTER)]


async def test_every_check_gives_the_same_findings_again(county: Client, app: Any) -> None:
    before = await contents()
    found = await replayed(app)
    assert [one.is_same for one in found] == [True] * 3
    assert {each["code"] for one in found for each in one.found or []} == {
        "DELEGATE_LEFT_AREA",
        "DELEGATE_UNDER_INVESTIGATION",
    }
    assert await contents() == before


async def test_over_graphql_too(county: Client) -> None:
    review = await ask(county, REPLAY, "office", county=COUNTY, quarter=QUARTER)
    nodes = [edge["node"] for edge in review["checks"]["edges"]]
    assert [node["replayed"] for node in nodes] == [
        {"isSame": True, "findings": node["findings"]} for node in nodes
    ]
    assert any(node["findings"] for node in nodes)


async def test_a_pack_that_has_changed_since_is_told(
    county: Client, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version alone is a difference too: the explanation is another's."""
    judge_all = Worker.judge_all_async

    async def by_a_newer_pack(self: Worker, *args: Any) -> Any:
        judged = await judge_all(self, *args)
        return [tuple(replace(each, rule_version="9.0.0") for each in findings) for findings in judged]

    kept = await replayed(app)
    monkeypatch.setattr(Worker, "judge_all_async", by_a_newer_pack)
    found = await replayed(app)
    differing = [one for one in found if not one.is_same]
    assert len(differing) == sum(bool(one.kept) for one in kept) == 2
    for one in differing:
        assert one.found is not None
        assert versions(one.kept) != versions(one.found)
        assert versions(one.found) == ["national 9.0.0"]
        told = differences(one)
        assert len(told) == 2
        assert told[0].startswith(f"kept: {one.kept[0]['code']} ({versions(one.kept)[0]})")
        assert told[1].startswith(f"now: {one.kept[0]['code']} (national 9.0.0)")
    review = await ask(county, REPLAY, "office", county=COUNTY, quarter=QUARTER)
    nodes = [edge["node"]["replayed"] for edge in review["checks"]["edges"]]
    assert sorted(node["isSame"] for node in nodes) == [False, False, True]


async def test_a_pack_that_fails_is_no_answer(county: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any) -> Any:
        raise PackFailed("slow_140829: ValueError")

    monkeypatch.setattr(Worker, "judge_all_async", fails)
    review = await ask(county, REPLAY, "office", county=COUNTY, quarter=QUARTER)
    assert [edge["node"]["replayed"] for edge in review["checks"]["edges"]] == [None] * 3


async def test_facts_that_were_tampered_with_differ(county: Client, app: Any) -> None:
    kept = await rows("SELECT id, facts FROM qualification_check WHERE findings <> '[]' ORDER BY id LIMIT 1")
    facts = json.loads(kept[0]["facts"]) | {"post_changes": [], "clearances": []}
    sql = "UPDATE qualification_check SET facts = $2 WHERE id = $1"
    await rows(sql, kept[0]["id"], json.dumps(facts))
    found = {one.check_id: one for one in await replayed(app)}
    await rows(sql, kept[0]["id"], kept[0]["facts"])
    assert [one.is_same for one in found.values()].count(False) == 1
    assert found[kept[0]["id"]].found == []


async def test_facts_of_another_form_are_told(county: Client, app: Any) -> None:
    kept = await rows("SELECT id, facts FROM qualification_check ORDER BY id LIMIT 1")
    sql = "UPDATE qualification_check SET facts = $2 WHERE id = $1"
    await rows(sql, kept[0]["id"], '{"height": 3}')
    found = await replayed(app)
    review = await ask(county, REPLAY, "office", county=COUNTY, quarter=QUARTER)
    await rows(sql, kept[0]["id"], kept[0]["facts"])
    assert [one.is_same for one in found] == [one.check_id != kept[0]["id"] for one in found]
    assert [differences(one) for one in found if not one.is_same] == [
        ["the facts are of a form that this release does not read"]
    ]
    again = [edge["node"]["replayed"] for edge in review["checks"]["edges"]]
    assert again.count(None) == 1
