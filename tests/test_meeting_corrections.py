"""Correcting the record of a meeting: the audit trail keeps what it said, and who may not changes nothing."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.conftest import Client, Credentials
from tests.test_access import ACCOUNTS, contents, rows, two_counties
from tests.test_meetings import LEADERS, RECORD, act, codes, given, record, vote

AMEND = RECORD.replace("RecordMeeting", "AmendMeeting").replace("recordMeeting", "amendMeeting")
WITHDRAW = """mutation ($input: WithdrawMeetingInput!) { answer: withdrawMeeting(input: $input) {
  organization { code } refusals { code message citation } } }"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def test_a_correction_replaces_the_record_and_the_audit_keeps_it(county: Client) -> None:
    kept = (await record(county, present=8, votes=[vote("ORDINARY", 8)]))["meeting"]
    change = {key: kept[key] for key in ("kind", "heldOn", "subject", "entitled")}
    change |= {"meetingId": kept["id"], "present": 9, "votes": [vote("ORDINARY", 9)]}
    refused = await act(county, AMEND, "secretary", reason=" ", **change)
    assert codes(refused["refusals"]) == ["REASON_MISSING"]
    answer = await act(county, AMEND, "secretary", reason="抄写有误", **change)
    assert (answer["refusals"], answer["findings"]) == ([], [])
    assert (answer["meeting"]["id"], answer["meeting"]["present"]) == (kept["id"], 9)
    assert answer["meeting"]["votes"][0]["isPassed"]
    [audit] = await rows(
        "SELECT detail FROM audit_entry WHERE subject_id = $1 AND action = 'AMEND_MEETING'", kept["id"]
    )
    detail = orjson.loads(audit["detail"])
    assert detail["reason"] == "抄写有误"
    assert (detail["before"]["present"], detail["before"]["votes"][0]["yes"]) == (8, 8)
    # It may not be put on the day of another one, nor be made into what cannot be.
    other = (await record(county))["meeting"]
    taken = {**change, "heldOn": other["heldOn"], "present": 17}
    answer = await act(county, AMEND, "secretary", reason="日期有误", **taken)
    assert codes(answer["refusals"]) == ["ALREADY_RECORDED", "NUMBERS_IMPOSSIBLE"]


async def test_a_meeting_that_was_not_held_is_taken_back(county: Client) -> None:
    kept = (await record(county, votes=[vote("ORDINARY", 9)]))["meeting"]
    for reason in ("", "因" * 1001):
        answer = await act(county, WITHDRAW, "secretary", meetingId=kept["id"], reason=reason)
        assert codes(answer["refusals"]) == ["REASON_MISSING"]
    answer = await act(county, WITHDRAW, "secretary", meetingId=kept["id"], reason="没有召开")
    assert answer == {"organization": {"code": "SY01001"}, "refusals": []}
    assert await rows("SELECT FROM meeting WHERE id = $1", kept["id"]) == []
    [audit] = await rows(
        "SELECT detail FROM audit_entry WHERE subject_id = $1 AND action = 'WITHDRAW_MEETING'", kept["id"]
    )
    assert orjson.loads(audit["detail"])["before"]["subject"] == kept["subject"]
    again = await act(county, WITHDRAW, "secretary", meetingId=kept["id"], reason="没有召开")
    assert codes(again["refusals"]) == ["MEETING_NOT_FOUND"]


@pytest.mark.parametrize("text", [AMEND, WITHDRAW], ids=["amend", "withdraw"])
async def test_who_may_not_correct_changes_nothing(county: Client, text: str) -> None:
    async def correction() -> dict[str, Any]:
        """Of a meeting of its own, to a day of its own."""
        one = await given()
        one |= {"meetingId": (await record(county))["meeting"]["id"], "reason": "有误"}
        del one["organizationId"]
        return one if text is AMEND else {name: one[name] for name in ("meetingId", "reason")}

    one = await correction()
    before = await contents()
    for who in ACCOUNTS:
        if who in LEADERS:
            continue
        answer = await act(county, text, who, **one)
        assert codes(answer["refusals"]) == ["MEETING_NOT_FOUND"], who
        assert answer == await act(county, text, who, **{**one, "meetingId": str(uuid4())}), who
    assert await contents() == before
    for who in sorted(LEADERS):
        assert (await act(county, text, who, **await correction()))["refusals"] == [], who
