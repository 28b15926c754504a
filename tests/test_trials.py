"""Trials over HTTP and on the command line: another version over real records, whose findings differ, nothing kept."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials, copied
from tests.packs import write_pack
from tests.processes import program
from tests.test_access import rows
from tests.test_activations import serving_with

PACK, QUARTER = "test_140829", "2020Q4"
CLOSING = datetime(2020, 12, 28, 10, tzinfo=CHINA)
RULES = """
from plugins.contract import Observation, Proposal

def check_delegate(facts, values):
    yield Observation("TEST_NOTE", "代表。", {proposal})
"""
EVERY_NOUN = """
from plugins.contract import Observation

def check_delegate(facts, values):
    yield Observation("TEST_NOTE", "代表。")

def check_branch(facts, values):
    if facts.members > 5:
        yield Observation("TEST_BRANCH", f"党员{facts.members}名。")

def check_floating(facts, values):
    if not facts.written("contact"):
        yield Observation("TEST_FLOATING", "没有联系方式。")

def check_training(facts, values):
    if facts.completed_hours < 8:
        yield Observation("TEST_TRAINING", f"{facts.year}年不足8学时。")
"""
RULE = '[[rules]]\ncode = "TEST_{0}"\nnoun = "{1}"\ntitle = "x"\nmodality = "NOTE"\ncitation = "试验"\n'
NOUNS = ("branch", "floating", "training")
MORE_RULES = "".join(RULE.format(noun.upper(), noun) for noun in NOUNS)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1.0.0 counts; 2.0.0 would suspend and looks at more nouns, but begins only in 2030."""
    given: dict[str, Any] = {"folder": PACK, "county": COUNTY, "noun": "delegate"}
    place = tmp_path_factory.mktemp("packs")
    write_pack(place / "one", rules=RULES.format(proposal="None"), **given)
    later = {**given, "version": "2.0.0", "effective_from": "2030-01-01"}
    more = EVERY_NOUN.replace('"代表。"', '"代表。", Proposal.SUSPENSION').replace(
        "Observation\n", "Observation, Proposal\n", 1
    )
    write_pack(place / "two", rules=more, tables=MORE_RULES, **later)
    return place


@pytest.fixture(scope="module")
async def office(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory, packs: Path
) -> AsyncIterator[Client]:
    """One for all: a trial keeps nothing."""
    with stopped_at(CLOSING):
        async with (
            copied(server, small_template) as credentials,
            serving_with(credentials, tmp_path_factory.mktemp("var"), packs) as client,
        ):
            yield client


async def tried(client: Client, **given: Any) -> Any:
    full = {"county": COUNTY, "pack": PACK, "quarter": QUARTER, **given}
    return (await client.run("TryRulePack", "office", input=full))["tryRulePack"]


async def everything() -> list[Any]:
    """Rows with the transaction that wrote them, and what was done but for signing in."""
    tables = ("qualification_review", "qualification_check", "clearance", "rule_pack_activation")
    kept = [await rows(f"SELECT xmin::text, t.* FROM {table} t ORDER BY 1, 2") for table in tables]
    return [
        *kept,
        await rows("SELECT sequence, action FROM audit_entry WHERE action NOT LIKE 'SIGN%' ORDER BY 1"),
    ]


async def test_a_version_that_is_not_in_force_is_tried_over_the_quarter(office: Client) -> None:
    await rows(
        "UPDATE clearance SET opinion = 'NO_OBJECTION', submitted_at = '2020-12-01' WHERE quarter = '2020Q4'"
    )
    before = await everything()
    (count,) = await rows("SELECT count(*) FROM delegate")
    answer = await tried(office, version="2.0.0")
    assert answer["refusals"] == []
    trial = answer["trial"]
    assert trial["subjects"] == trial["changed"] == count["count"] > 0
    for edge in trial["changes"]["edges"]:
        change = edge["node"]
        assert change["subject"]
        assert change["after"]["outcome"] in ("SUSPENSION_PROPOSED", "AWAITING_CLEARANCE")
        assert [one["code"] for one in change["because"]] == ["TEST_NOTE"]
    assert any(
        edge["node"]["after"]["outcome"] == "SUSPENSION_PROPOSED" for edge in trial["changes"]["edges"]
    )
    assert (await tried(office, version="1.0.0"))["trial"]["changed"] == 0
    assert (await tried(office))["trial"]["changed"] == 0
    assert await everything() == before


@pytest.mark.parametrize(
    ("noun", "count", "differing"),
    [
        (
            "BRANCH",
            "SELECT count(*) FROM organization WHERE dissolved_on IS NULL",
            "SELECT o.name FROM organization o "
            "WHERE 5 < (SELECT count(*) FROM member m WHERE m.organization_id = o.id)",
        ),
        (
            "FLOATING",
            "SELECT count(*) FROM floating_member WHERE returned_on IS NULL",
            "SELECT m.name FROM floating_member f JOIN member m ON m.id = f.member_id "
            "WHERE f.returned_on IS NULL AND f.contact_masked IS NULL",
        ),
        (
            "TRAINING",
            "SELECT count(*) FROM member",
            "SELECT m.name FROM member m WHERE COALESCE((SELECT sum(r.hours) FROM training_record r "
            "WHERE r.member_id = m.id AND extract(year FROM r.completed_on) = 2020), 0) < 8",
        ),
    ],
)
async def test_other_records_are_tried_too(office: Client, noun: str, count: str, differing: str) -> None:
    before = await everything()
    for sql in (
        "UPDATE floating_member SET (contact_sealed, contact_hash, contact_masked) = (NULL, NULL, NULL) "
        "WHERE id IN (SELECT id FROM floating_member LIMIT 1)",
        "DELETE FROM training_record WHERE member_id IN (SELECT id FROM member ORDER BY name LIMIT 2)",
    ):
        await rows(sql)
    trial = (await tried(office, version="2.0.0", noun=noun))["trial"]
    assert trial["subjects"] == (await rows(count))[0]["count"] > 0
    changes = [edge["node"] for edge in trial["changes"]["edges"]]
    assert sorted(one["subject"] for one in changes) == sorted(row["name"] for row in await rows(differing))
    assert changes
    for change in changes:
        assert change["before"]["outcome"] is change["after"]["outcome"] is None
        assert [one["code"] for one in change["because"]] == [f"TEST_{noun}"]
    assert await everything() == before


async def test_numbers_are_tried_on_branches(office: Client) -> None:
    given = {"pack": "national", "noun": "BRANCH", "parameters": {"branch.max_members": 10}}
    found = (await tried(office, **given))["trial"]
    assert {one["code"] for edge in found["changes"]["edges"] for one in edge["node"]["because"]} <= {
        "BRANCH_TOO_LARGE"
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"version": "3.0.0"}, "has no version 3.0.0 on this server, only 1.0.0, 2.0.0"),
        ({"pack": "jiangxian_140826", "version": "1.0.0"}, "is a rule pack of county 140826"),
        ({"version": "2.0.0", "parameters": {"training.member_hours": 8}}, "loosens"),
        ({"version": "2.0.0", "parameters": {"no.such": 8}}, "has no parameter of this name"),
    ],
)
async def test_what_cannot_be_tried_is_told(office: Client, given: dict[str, Any], says: str) -> None:
    answer = await tried(office, **given)
    assert answer["trial"] is None
    assert [one["code"] for one in answer["refusals"]] == ["PARAMETER_REFUSED"]
    assert says in answer["refusals"][0]["message"]


async def test_a_version_in_a_folder_is_tried_by_command(
    server: Credentials, small_template: str, tmp_path: Path, packs: Path
) -> None:
    """For a county that has no pack yet: the server need not know the folder."""
    async with copied(server, small_template) as credentials:
        dangjian = program(tmp_path, credentials)
        given = ("packs", "try", PACK, "--county", COUNTY, "--quarter", QUARTER)
        folder = packs / "two" / PACK
        done = await dangjian(
            *given, "--from-dir", folder, "--noun", "floating", "--set", "floating.contact_months=1"
        )
        assert "judged" in done.done
        as_json = await dangjian(*given, "--from-dir", folder, "--json")
        assert as_json.json["changed"] == as_json.json["subjects"] > 0
        broken = write_pack(tmp_path, PACK, county=COUNTY, rules="def check_branch(:")
        refused = await dangjian(*given, "--from-dir", broken)
        assert "test_140829: rules.py cannot be imported: SyntaxError" in refused.reason
        assert "rules.py, line 1" in refused.reason
        listed = await program(tmp_path, DANGJIAN_PACKS=str(packs / "one"))("packs", "list")
        assert f"{PACK}  试验县规则  {COUNTY}  1.0.0  1 rules  in {packs / 'one' / PACK}" in listed.done
        lost = await program(tmp_path, DANGJIAN_PACKS=str(tmp_path / "lost"))("packs", "list")
        assert lost.reason.startswith("DANGJIAN_PACKS cannot be used: ")
