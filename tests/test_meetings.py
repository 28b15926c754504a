"""Meetings: what took place is kept, right or wrong; what cannot be is refused; and what was corrected stays known."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from runtime.clock import CHINA, stopped_at
from tests.conftest import Client, Credentials
from tests.test_access import ACCOUNTS, contents, ids, rows, two_counties
from tests.test_statements import Watched, watched  # noqa: F401

MORNING = datetime(2026, 6, 30, 9, tzinfo=CHINA)
"""A day on which the text of 2026 on admitting members is in force."""
LEADERS = {"office", "town", "secretary"}
_days = (date(2026, 6, 29) - timedelta(days=n) for n in range(1000))

MEETING = """id kind heldOn subject entitled present leftOut isLeavingOutApproved
votes { kind subject yes isPassed isValidMeeting quorumNeeded votesNeeded arithmetic citations }
findings { code severity }"""
RECORD = f"""mutation ($input: RecordMeetingInput!) {{ answer: recordMeeting(input: $input) {{
  meeting {{ {MEETING} }} findings {{ code severity citation }} refusals {{ code message citation }} }} }}"""
LIST = f"""query ($id: ID!, $first: Int!, $kind: [MeetingKind!]) {{ organization(id: $id) {{
  meetings(first: $first, kind: $kind) {{ totalCount edges {{ node {{ {MEETING} }} }} }} }} }}"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def branch(code: str = "SY01001") -> str:
    return (await ids("organization", "t.code"))[code]


async def given(**more: Any) -> dict[str, Any]:
    """A meeting of 16 entitled on a day of its own, which no rule finds anything about."""
    return {
        "organizationId": await branch(),
        "kind": "BRANCH_MEETING",
        "heldOn": next(_days).isoformat(),
        "subject": "讨论年度计划",
        "entitled": 16,
        "present": 16,
        **more,
    }


async def act(county: Client, text: str, who: str | None, **given: Any) -> Any:
    with stopped_at(MORNING):
        answer = await county.query(text, who, input=given)
    assert "errors" not in answer, answer
    return answer["data"]["answer"]


async def record(county: Client, who: str = "secretary", **more: Any) -> Any:
    return await act(county, RECORD, who, **await given(**more))


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in found]


async def test_a_meeting_is_kept_with_its_votes_counted(county: Client) -> None:
    vote = {"kind": "ORDINARY", "subject": "年度计划", "yes": 9}
    answer = await record(county, present=10, votes=[vote])
    assert answer["refusals"] == answer["findings"] == []
    kept = answer["meeting"]
    assert (kept["entitled"], kept["present"], kept["leftOut"]) == (16, 10, 0)
    assert kept["votes"] == [
        {
            **vote,
            "isPassed": True,
            "isValidMeeting": True,
            "quorumNeeded": 8,
            "votesNeeded": 9,
            "arithmetic": "应到16人，实到10人，须50%以上到会，即至少8人，达到要求；"
            "赞成9票，须超过应到16人的50%，即至少9票，可以视为通过。",
            "citations": [
                "《中国共产党支部工作条例（试行）》第十一条、第十二条",
                "《中国共产党支部工作条例（试行）》第十一条",
            ],
        }
    ]
    audit = await rows(
        "SELECT actor_name, detail FROM audit_entry WHERE subject_id = $1 AND action = 'RECORD_MEETING'",
        kept["id"],
    )
    assert len(audit) == 1


def vote(kind: str, yes: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "yes": yes, **more}


# What the minutes say, what the packs find, and whether each vote passed.
FOUND: dict[str, tuple[dict[str, Any], list[str], list[bool | None]]] = {
    "8 of 16 may meet, and 8 votes are not enough": (
        {"present": 8, "votes": [vote("ORDINARY", 8, isDeclaredPassed=True)]}, ["VOTE_SHORT"], [False]),
    "an admission needs 9 of 16 there": (
        {"present": 8, "votes": [vote("ADMISSION", 8, writtenOpinions=2, writtenYes=2, isSecret=True)]},
        ["ADMISSION_QUORUM_SHORT"], [False]),
    "9 of 16 are enough for both": (
        {"present": 9, "votes": [vote("ORDINARY", 9), vote("ADMISSION", 9, isSecret=True)]}, [], [True, True]),
    "written opinions count in an admission": (
        {"present": 9, "votes": [vote("CONVERSION", 8, writtenOpinions=1, writtenYes=1)]}, [], [True]),
    "and not in an ordinary vote": (
        {"present": 9, "votes": [vote("ORDINARY", 8, writtenOpinions=1, writtenYes=1)]}, ["VOTE_SHORT"], [False]),
    "what was declared failed is left alone": (
        {"votes": [vote("ORDINARY", 8, isDeclaredPassed=False)]}, [], [False]),
    "an election with 12 of 15": ({"entitled": 15, "present": 12, "votes": [vote("ELECTION", 8)]}, [], [True]),
    "an election with 11 of 15": (
        {"entitled": 15, "present": 11, "votes": [vote("ELECTION", 8)]}, ["ELECTION_QUORUM_SHORT"], [False]),
    "together and open": (
        {"votes": [vote("ADMISSION", 16, isSecret=False, persons=2)]},
        ["ADMISSION_NOT_SECRET", "ADMISSION_TOGETHER"], [True]),
    "long after the pre-review": (
        {"heldOn": "2026-06-28", "kind": "LIFE_MEETING", "votes": [
            vote("ADMISSION", 16, isSecret=True, prereviewPassedOn="2026-05-20")]}, ["ADMISSION_LATE"], [True]),
    "left out without approval": (
        {"leftOut": 3, "isLeavingOutApproved": False}, ["LEFT_OUT_UNAPPROVED"], []),
    "cadres by circulation": (
        {"kind": "LEADING_GROUP", "entitled": 9, "present": 9, "votes": [
            vote("CADRE", 5, isByCirculation=True, isHeadLast=False, isDivided=True)]},
        ["CADRE_BY_CIRCULATION", "CADRE_HEAD_NOT_LAST", "CADRE_VOTE_TO_WAIT"], [None]),
    "a committee without half of its members": (
        {"kind": "COMMITTEE_MEETING", "entitled": 5, "present": 2}, ["MEETING_QUORUM_SHORT"], []),
    "before the texts began nothing is judged": (
        {"heldOn": "2013-03-01", "present": 8, "votes": [vote("ORDINARY", 1), vote("ADMISSION", 1)]},
        [], [None, None]),
}  # fmt: skip


@pytest.mark.parametrize(("more", "found", "passed"), FOUND.values(), ids=FOUND)
async def test_what_broke_a_rule_is_kept_and_told(
    county: Client, more: dict[str, Any], found: list[str], passed: list[bool | None]
) -> None:
    answer = await record(county, **more)
    assert answer["refusals"] == []
    assert sorted(codes(answer["findings"])) == found
    assert sorted(codes(answer["meeting"]["findings"])) == found  # as it is read, too
    assert [one["isPassed"] for one in answer["meeting"]["votes"]] == passed
    assert all(one["citation"] for one in answer["findings"])


async def test_a_temporary_branch_that_admits_and_elects_is_told_so(county: Client) -> None:
    """What it did is a fact; that it may not is the finding. Nothing follows from the record."""
    votes = [vote("ADMISSION", 16, isSecret=True), vote("ELECTION", 16)]
    before = await rows("SELECT md5(string_agg(m::text, '' ORDER BY m.id)) AS all FROM member m")
    answer = await record(county, "office", organizationId=await branch("SYL01"), votes=votes)
    assert {one["code"]: one["severity"] for one in answer["findings"]} == {
        "TEMPORARY_BRANCH_ADMITS": "MUST",
        "TEMPORARY_BRANCH_ELECTS": "GENERALLY",
    }
    assert await rows("SELECT md5(string_agg(m::text, '' ORDER BY m.id)) AS all FROM member m") == before


@pytest.mark.parametrize(
    ("more", "entitled"),
    [
        ({}, 9),  # the branch's full members
        ({"leftOut": 2}, 7),
        ({"kind": "LIFE_MEETING"}, 9),
        ({"kind": "COMMITTEE_MEETING"}, 1),  # its secretary; the office's file names nobody else
    ],
)
async def test_who_is_entitled_where_nobody_says_it(
    county: Client, more: dict[str, Any], entitled: int
) -> None:
    answer = await record(county, entitled=None, present=1, **more)
    assert (answer["refusals"], answer["meeting"]["entitled"]) == ([], entitled)


async def test_probationary_members_have_no_vote(county: Client) -> None:
    """Whoever became a full member later than the day is not entitled on it."""
    one = (await rows("SELECT id FROM member WHERE organization_id = $1 LIMIT 1", await branch()))[0]["id"]
    await rows("UPDATE member SET confirmed_on = '2026-01-02' WHERE id = $1", one)
    try:
        before = await record(county, entitled=None, present=1, heldOn="2026-01-01")
        after = await record(county, entitled=None, present=1, heldOn="2026-01-02")
    finally:
        await rows("UPDATE member SET confirmed_on = '2002-07-01' WHERE id = $1", one)
    assert (before["meeting"]["entitled"], after["meeting"]["entitled"]) == (8, 9)


LONG = "长" * 201
REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "tomorrow": ({"heldOn": "2026-07-01"}, ["IN_THE_FUTURE"]),
    "no subject": ({"subject": "  "}, ["SUBJECT_MISSING"]),
    "a subject too long": ({"subject": LONG}, ["SUBJECT_MISSING"]),
    "more present than entitled": ({"present": 17}, ["NUMBERS_IMPOSSIBLE"]),
    "nobody entitled": ({"entitled": 0, "present": 0}, ["NUMBERS_IMPOSSIBLE"]),
    "less than nobody there": ({"present": -1}, ["NUMBERS_IMPOSSIBLE"]),
    "less than nobody left out": ({"leftOut": -1}, ["NUMBERS_IMPOSSIBLE"]),
    "more left out than there are": ({"entitled": None, "leftOut": 9, "present": 0}, ["NUMBERS_IMPOSSIBLE"]),
    "more votes than present": ({"present": 8, "votes": [vote("ORDINARY", 9)]}, ["NUMBERS_IMPOSSIBLE"]),
    "opinions of more than are absent": (
        {"votes": [vote("ADMISSION", 9, writtenOpinions=1)]}, ["NUMBERS_IMPOSSIBLE"]),
    "more opinions in favour than opinions": (
        {"present": 8, "votes": [vote("ADMISSION", 8, writtenOpinions=1, writtenYes=2)]}, ["NUMBERS_IMPOSSIBLE"]),
    "a vote on nobody": ({"votes": [vote("ADMISSION", 9, persons=0)]}, ["NUMBERS_IMPOSSIBLE"]),
    "too many votes": ({"votes": [vote("ORDINARY", 9)] * 51}, ["VOTES_REFUSED"]),
    "a vote's subject too long": ({"votes": [vote("ORDINARY", 9, subject=LONG)]}, ["VOTES_REFUSED"]),
    "nobody known to be entitled": ({"kind": "LEADING_GROUP", "entitled": None}, ["ENTITLED_MISSING"]),
    "nobody was a member then": ({"heldOn": "2001-01-01", "entitled": None}, ["ENTITLED_MISSING"]),
    "all at once": ({"heldOn": "2026-07-01", "subject": "", "present": 17},
        ["SUBJECT_MISSING", "IN_THE_FUTURE", "NUMBERS_IMPOSSIBLE"]),
}  # fmt: skip


@pytest.mark.parametrize(("more", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_is_refused(county: Client, more: dict[str, Any], expected: list[str]) -> None:
    before = await rows("SELECT count(*) FROM meeting")
    answer = await record(county, **more)
    assert (answer["meeting"], codes(answer["refusals"])) == (None, expected)
    assert await rows("SELECT count(*) FROM meeting") == before


async def test_an_organization_meets_only_while_it_stands(county: Client) -> None:
    there = await branch("SY01002")
    await rows(
        "UPDATE organization SET founded_on = '2010-01-01', dissolved_on = '2020-12-31' WHERE id = $1", there
    )
    try:
        answers = [
            await record(county, "office", organizationId=there, heldOn=day)
            for day in ("2009-12-31", "2010-01-01", "2020-12-31", "2021-01-01")
        ]
    finally:
        await rows("UPDATE organization SET founded_on = NULL, dissolved_on = NULL WHERE id = $1", there)
    assert [codes(one["refusals"]) for one in answers] == [["NOT_STANDING"], [], [], ["NOT_STANDING"]]


async def test_a_meeting_of_a_kind_once_a_day(county: Client) -> None:
    one = await given()
    assert (await act(county, RECORD, "secretary", **one))["refusals"] == []
    assert codes((await act(county, RECORD, "office", **one))["refusals"]) == ["ALREADY_RECORDED"]
    another = {**one, "kind": "GROUP_MEETING"}
    assert (await act(county, RECORD, "secretary", **another))["refusals"] == []


async def test_two_who_record_the_same_meeting_at_once(county: Client) -> None:
    one = await given()
    with stopped_at(MORNING):  # once: clocks that tasks set by turns would not be set back
        answers = await asyncio.gather(
            *(county.query(RECORD, who, input=one) for who in ("office", "town") * 3)
        )
    refusals = [codes(answer["data"]["answer"]["refusals"]) for answer in answers]
    assert sorted(refusals) == [[], *[["ALREADY_RECORDED"]] * 5]


async def test_who_may_not_record_changes_nothing(county: Client) -> None:
    one = await given()
    before = await contents()
    for who in ACCOUNTS:
        if who in LEADERS:
            continue
        answer = await act(county, RECORD, who, **one)
        assert codes(answer["refusals"]) == ["ORGANIZATION_NOT_FOUND"], who
        assert answer == await act(county, RECORD, who, **{**one, "organizationId": str(uuid4())}), who
    assert await contents() == before
    for who in sorted(LEADERS):
        assert (await record(county, who))["refusals"] == [], who


async def test_who_reads_meetings(county: Client) -> None:
    kept = (await record(county))["meeting"]["id"]
    text = "query ($id: ID!) { meeting(id: $id) { id organization { code } } }"
    for who in ACCOUNTS:
        seen = (await county.query(text, who, id=kept))["data"]["meeting"]
        # Members of the branch read what their branch resolved.
        assert (seen is not None) == (who in LEADERS | {"auditor", "member", "floating"}), who


async def test_meetings_are_listed_by_kind_the_newest_first(county: Client) -> None:
    there = await branch("SY")
    for day, kind in (
        ("2026-01-05", "BRANCH_MEETING"),
        ("2026-03-05", "GROUP_MEETING"),
        ("2026-02-05", "GROUP_MEETING"),
    ):
        await record(county, "office", organizationId=there, heldOn=day, kind=kind)
    listed = (await county.query(LIST, "office", id=there, first=9))["data"]["organization"]["meetings"]
    assert [edge["node"]["heldOn"] for edge in listed["edges"]] == ["2026-03-05", "2026-02-05", "2026-01-05"]
    listed = await county.query(LIST, "office", id=there, first=1, kind=["GROUP_MEETING"])
    page = listed["data"]["organization"]["meetings"]
    assert (page["totalCount"], page["edges"][0]["node"]["heldOn"]) == (2, "2026-03-05")


async def test_meetings_with_their_votes_are_one_statement(watched: Watched) -> None:  # noqa: F811
    there = watched.ids["<branch>"]
    one: dict[str, Any] = {
        "organizationId": there,
        "kind": "BRANCH_MEETING",
        "heldOn": "2020-12-01",
        "subject": "议事",
    }
    one |= {"present": 5, "votes": [vote("ORDINARY", 5), vote("ELECTION", 4)]}
    answer = await watched.client.query(RECORD, "secretary", input=one)
    assert answer["data"]["answer"]["refusals"] == []
    await watched.client.query(LIST, "secretary", id=there, first=5)
    await watched.reset()
    listed = await watched.client.query(LIST, "secretary", id=there, first=5)
    assert [calls for _, calls in await watched.executed()] == [1]
    [edge] = listed["data"]["organization"]["meetings"]["edges"]
    assert [one["isPassed"] for one in edge["node"]["votes"]] == [True, False]
