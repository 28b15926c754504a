"""Certificates of hours: only for time really spent, under a number that nobody can make up."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from resolvers.training.certificates import certificate_number
from tests.conftest import Client, Credentials
from tests.test_access import OTHER, members, two_counties
from tests.test_training import COURSE, record
from tests.test_training_corrections import CORRECT, WITHDRAW, act

RECORDS = """query($all: [_Any!]!) { _entities(representations: $all) { ... on Member { name trainingYear(year: 2020) {
  certificateCount records(first: 50) { edges { node { id hours course { title }
    certificate { number issuedOn title hours holder } certificateRefusal { code message citation } } } } } } } }"""
VERIFY = """query($id: ID!, $number: String!) {
  verifyCertificate(recordId: $id, number: $number) { isValid title hours issuedOn holder } }"""
NOTHING = {"isValid": False, "title": None, "hours": None, "issuedOn": None, "holder": None}


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def taken(county: Client, title: str, spent: float | None, number: int = 0, **given: Any) -> Any:
    """The record of a course of eight hours, as the office reads it; beside it the member."""
    member = (await members())[number]
    kept = [] if spent is None else [{"memberId": member, "hours": spent}]
    made = await record(
        county, newCourse=COURSE | {"title": title}, memberIds=[member], hoursSpent=kept, **given
    )
    assert made["recorded"] == 1, made
    return await read(county, title, number)


async def read(county: Client, title: str, number: int = 0) -> Any:
    asked = [{"__typename": "Member", "id": (await members())[number]}]
    (found,) = (await county.query(RECORDS, "office", all=asked))["data"]["_entities"]
    nodes = [edge["node"] for edge in found["trainingYear"]["records"]["edges"]]
    (node,) = [node for node in nodes if node["course"]["title"] == title]
    assert found["trainingYear"]["certificateCount"] == sum(bool(one["certificate"]) for one in nodes)
    return node


async def verify(county: Client, who: str | None, id: str, number: str) -> Any:
    answer = await county.query(VERIFY, who, id=id, number=number)
    assert "errors" not in answer, answer
    return answer["data"]["verifyCertificate"]


@pytest.mark.parametrize(
    ("spent", "refusal"),
    [(None, "TIME_NOT_KEPT"), (0, "TIME_NOT_SPENT"), (7.9, "TIME_NOT_SPENT"), (8, None), (9, None)],
)
async def test_a_certificate_is_for_time_really_spent(
    county: Client, spent: float | None, refusal: str | None
) -> None:
    title = f"学时证书 {spent}"
    found = await taken(county, title, spent)
    if refusal:
        assert found["certificate"] is None
        assert found["certificateRefusal"]["code"] == refusal
    else:
        assert found["certificateRefusal"] is None
        number = found["certificate"].pop("number")
        assert (len(number), number.isalnum(), number.isupper()) == (12, True, True)
        assert found["certificate"] == {
            "issuedOn": "2020-11-01",
            "title": title,
            "hours": 8,
            "holder": "任军芳",
        }


async def test_the_days_of_a_record_do_not_make_the_whole_course(county: Client) -> None:
    """One day of a course of sixteen hours, and all of that day."""
    member = (await members())[1]
    await record(
        county,
        newCourse=COURSE | {"title": "十六学时", "hours": 16},
        memberIds=[member],
        days=1,
        hoursSpent=[{"memberId": member, "hours": 8}],
    )
    found = await read(county, "十六学时", 1)
    assert (found["hours"], found["certificate"]) == (8, None)
    assert found["certificateRefusal"]["code"] == "TIME_NOT_SPENT"


async def test_whoever_holds_the_paper_can_verify_it(county: Client) -> None:
    found = await taken(county, "核验", 8)
    id, number = found["id"], found["certificate"]["number"]
    said = {"isValid": True, "title": "核验", "hours": 8, "issuedOn": "2020-11-01", "holder": "任**"}
    for who in (None, "member", f"office@{OTHER}"):
        assert await verify(county, who, id, number) == said
    assert await verify(county, None, id.upper(), f" {number.lower()} ") == said
    other = await taken(county, "另一份", 8)
    for wrong in ("", "A" * 12, number[:-1], number + "A", "编号", other["certificate"]["number"]):
        assert await verify(county, None, id, wrong) == NOTHING
    for nowhere in (str(uuid4()), "x"):
        assert await verify(county, None, nowhere, number) == NOTHING


async def test_after_a_correction_the_old_paper_is_no_good(county: Client) -> None:
    found = await taken(county, "改过", 8)
    id, number = found["id"], found["certificate"]["number"]
    await act(county, CORRECT, id=id, completedOn="2020-10-20")
    assert await verify(county, None, id, number) == NOTHING
    again = (await read(county, "改过"))["certificate"]
    assert (again["number"] != number, again["issuedOn"]) == (True, "2020-10-20")
    await act(county, CORRECT, id=id, hoursSpent=7.0)
    assert (await read(county, "改过"))["certificate"] is None
    assert await verify(county, None, id, again["number"]) == NOTHING
    await act(county, CORRECT, id=id, hoursSpent=8.0)
    assert await verify(county, None, id, (await read(county, "改过"))["certificate"]["number"]) != NOTHING
    await act(county, WITHDRAW, id=id)
    assert await verify(county, None, id, again["number"]) == NOTHING


def test_the_number_depends_on_the_servers_key() -> None:
    row = {"record_id": str(uuid4()), "issued_on": "2020-11-01", "hours": 8.0}
    numbers = {certificate_number(secret, row) for secret in ("a", "b")}
    numbers |= {
        certificate_number("a", row | changed) for changed in ({"hours": 7.5}, {"issued_on": "2020-11-02"})
    }
    assert len(numbers) == 4
