"""Members out of contact: who is, by the pack's months, and what a body decides about them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.floating import away, codes, give, read
from tests.test_access import OTHER, contents, rows, two_counties

OFFICE, SECRETARY = f"office@{OTHER}", f"secretary@{OTHER}"
ARTICLE_24 = "第二十四条"
LIST = """query($county: ID!, $out: Boolean) { floatingMembers(county: $county, first: 100, outOfContact: $out) {
  totalCount edges { node { id findings { code } } } } }"""


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=CHINA)


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def lost(county: Client, kept_on: str = "2020-03-31") -> str:
    """A record that was kept on that day and not since."""
    with stopped_at(noon(kept_on)):
        return await away(county, "2020-01-01")


async def decide(county: Client, record: str, measure: str, who: str = OFFICE, **changes: Any) -> Any:
    given = {
        "reason": "多方查找仍无法取得联系",
        "decidedBy": "秦湾村党支部党员大会",
        "decidedOn": "2020-12-01",
    }
    return await give(
        county, "decideFloatingMember", who, floatingMemberId=record, measure=measure, **{**given, **changes}
    )


@pytest.mark.parametrize(
    ("kept_on", "asked_on", "out"),
    [
        # Natural months, and the day that completes the sixth is one of them: 6个月以上 includes six.
        ("2020-03-31", "2020-09-29", False),
        ("2020-03-31", "2020-09-30", True),
        ("2020-08-31", "2021-02-27", False),
        ("2020-08-31", "2021-02-28", True),
    ],
)
async def test_the_list_and_the_finding_count_alike(
    county: Client, kept_on: str, asked_on: str, out: bool
) -> None:
    record = await lost(county, kept_on)
    with stopped_at(noon(asked_on)):
        listed = (await county.query(LIST, OFFICE, county=OTHER, out=True))["data"]["floatingMembers"]
        everybody = (await county.query(LIST, OFFICE, county=OTHER))["data"]["floatingMembers"]
    found = {
        edge["node"]["id"]
        for edge in everybody["edges"]
        if "FLOATING_OUT_OF_CONTACT" in {one["code"] for one in edge["node"]["findings"]}
    }
    assert {edge["node"]["id"] for edge in listed["edges"]} == found
    assert listed["totalCount"] == len(found)
    assert (record in found) == out


async def test_a_decision_keeps_what_was_found_and_changes_nothing_else(county: Client) -> None:
    record = await lost(county)
    with stopped_at(noon("2020-12-01")):
        before = await contents()
        answer = await decide(county, record, "SUSPEND_MEMBERSHIP", reason=" 失联 ")
        after = await contents()
    assert codes(answer) == []
    assert (answer["decision"]["measure"], answer["decision"]["reason"]) == ("SUSPEND_MEMBERSHIP", "失联")
    codes_found = {one["code"] for one in answer["decision"]["findings"]}
    assert "FLOATING_OUT_OF_CONTACT" in codes_found
    assert {name for name in after if after[name] != before[name]} == {"floating_decision", "audit_entry"}
    facts = (await rows("SELECT facts FROM floating_decision WHERE floating_member_id = $1", record))[0][
        "facts"
    ]
    assert '"last_updated_on": "2020-03-31"' in str(facts).replace("'", '"')
    assert '"on": "2020-12-01"' in str(facts).replace("'", '"')
    # What was found then stays, also when he is found again.
    with stopped_at(noon("2020-12-02")):
        await give(county, "updateFloatingMember", OFFICE, floatingMemberId=record, employment="已联系上")
        seen = await read(
            county, SECRETARY, record, "findings { code } decisions { measure findings { code } }"
        )
    assert {one["code"] for one in seen["decisions"][0]["findings"]} == codes_found
    assert "FLOATING_OUT_OF_CONTACT" not in {one["code"] for one in seen["findings"]}


@pytest.mark.parametrize("measure", ["SUSPEND_MEMBERSHIP", "REMOVE"])
async def test_who_is_in_contact_is_neither_suspended_nor_removed(county: Client, measure: str) -> None:
    record = await lost(county, "2020-06-02")
    with stopped_at(noon("2020-12-01")):
        before = await contents()
        answer = await decide(county, record, measure)
        assert codes(answer)[0] == "NOT_OUT_OF_CONTACT"
        assert ARTICLE_24 in answer["refusals"][0]["citation"]
        assert await contents() == before
        for other in ("KEEP_LOOKING", "CONTACT_RESTORED"):
            assert codes(await decide(county, record, other)) == []
    with stopped_at(noon("2020-12-02")):  # the day that completes six months
        # The grounds are those of the day of the decision, not of the day on which it is recorded.
        assert codes(await decide(county, record, "SUSPEND_MEMBERSHIP")) == ["NOT_OUT_OF_CONTACT"]
        assert codes(await decide(county, record, "SUSPEND_MEMBERSHIP", decidedOn="2020-12-02")) == []


async def test_decisions_follow_one_another(county: Client) -> None:
    record = await lost(county, "2020-01-02")
    with stopped_at(noon("2023-12-01")):

        async def decided(measure: str, on: str) -> list[str]:
            return codes(await decide(county, record, measure, decidedOn=on))

        assert await decided("SUSPEND_MEMBERSHIP", "2020-12-01") == []
        assert await decided("SUSPEND_MEMBERSHIP", "2021-12-01") == ["ALREADY_DECIDED"]
        assert await decided("KEEP_LOOKING", "2020-11-30") == ["EARLIER_THAN_LAST"]
        assert await decided("REMOVE", "2022-12-01") == []
        assert await decided("SUSPEND_MEMBERSHIP", "2022-12-02") == ["ALREADY_REMOVED"]
        assert await decided("CONTACT_RESTORED", "2023-01-05") == []
        assert "BEFORE_LEAVING" in await decided("KEEP_LOOKING", "1950-01-10")


async def test_nobody_is_away_before_he_is_a_member(county: Client) -> None:
    record = await lost(county, "2020-06-02")
    with stopped_at(noon("2020-12-01")):
        for name in ("leftOn", "wentAbroadOn"):
            given = {"floatingMemberId": record, name: "1930-01-01"}
            assert codes(await give(county, "updateFloatingMember", OFFICE, **given)) == ["BEFORE_JOINING"]


async def test_more_than_five_years_abroad_is_a_ground_to_suspend_and_none_to_remove(county: Client) -> None:
    record = await lost(county, "2020-06-02")
    with stopped_at(noon("2020-12-01")):
        given = {"floatingMemberId": record, "wentAbroadOn": "2015-11-30"}
        assert codes(await give(county, "updateFloatingMember", OFFICE, **given)) == []
        assert codes(await decide(county, record, "SUSPEND_MEMBERSHIP")) == []
        assert codes(await decide(county, record, "REMOVE")) == ["NOT_OUT_OF_CONTACT", "SUSPENSION_TOO_SHORT"]


async def test_removal_comes_two_years_after_a_suspension_that_stands(county: Client) -> None:
    record = await lost(county)
    with stopped_at(noon("2020-12-01")):
        answer = await decide(county, record, "REMOVE")
        assert codes(answer) == ["SUSPENSION_TOO_SHORT"]
        assert ARTICLE_24 in answer["refusals"][0]["citation"]
        assert codes(await decide(county, record, "SUSPEND_MEMBERSHIP")) == []
    with stopped_at(noon("2022-12-01")):
        assert codes(await decide(county, record, "REMOVE", decidedOn="2022-11-30")) == [
            "SUSPENSION_TOO_SHORT"
        ]
        assert codes(await decide(county, record, "CONTACT_RESTORED", decidedOn="2022-11-01")) == []
        assert codes(await decide(county, record, "REMOVE", decidedOn="2022-12-01")) == [
            "SUSPENSION_TOO_SHORT"
        ]
        assert codes(await decide(county, record, "SUSPEND_MEMBERSHIP", decidedOn="2022-11-01")) == []
    with stopped_at(noon("2024-11-01")):
        assert codes(await decide(county, record, "REMOVE", decidedOn="2024-11-01")) == []
        seen = (await read(county, OFFICE, record, "decisions { measure decidedOn }"))["decisions"]
    assert [one["measure"] for one in seen] == [
        *("REMOVE", "SUSPEND_MEMBERSHIP", "CONTACT_RESTORED", "SUSPEND_MEMBERSHIP")
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "  "}, "REASON_MISSING"),
        ({"reason": "理" * 1001}, "REASON_MISSING"),
        ({"decidedBy": " "}, "BODY_MISSING"),
        ({"decidedBy": "会" * 201}, "BODY_MISSING"),
        ({"decidedOn": "2020-12-02"}, "IN_THE_FUTURE"),
    ],
)
async def test_decisions_that_are_refused(county: Client, changes: dict[str, str], code: str) -> None:
    record = await lost(county)
    with stopped_at(noon("2020-12-01")):
        answer = await decide(county, record, "KEEP_LOOKING", **changes)
    assert (answer["decision"], codes(answer)) == (None, [code])
    assert await rows("SELECT 1 FROM floating_decision WHERE floating_member_id = $1", record) == []
