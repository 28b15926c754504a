"""Correcting and withdrawing a training record: what was stays in the audit trail."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import orjson
import pytest

from runtime.clock import stopped_at
from tests.conftest import Client, Credentials
from tests.test_access import ACCOUNTS, contents, members, rows, two_counties
from tests.test_course_sessions import schedule
from tests.test_training import COURSE, NOON, record, year_of

CORRECT = """mutation($id: ID!, $hours: Float, $completedOn: Date, $hoursSpent: Float, $reason: String!) {
  answer: correctTrainingRecord(id: $id, hours: $hours, completedOn: $completedOn, hoursSpent: $hoursSpent,
    reason: $reason) { record { id hours completedOn hoursSpent } refusals { code message } } }"""
WITHDRAW = """mutation($id: ID!, $reason: String!) {
  answer: withdrawTrainingRecord(id: $id, reason: $reason) { member { id } refusals { code message } } }"""
MAY = ("office", "town", "secretary")


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def act(county: Client, text: str, who: str | None = "office", **given: Any) -> Any:
    with stopped_at(NOON):
        answer = await county.query(text, who, **{"reason": "登记有误", **given})
    assert "errors" not in answer, answer
    return answer["data"]["answer"]


async def a_record(county: Client, title: str, number: int = 3, **given: Any) -> tuple[str, str]:
    """A new record's id, and whose it is."""
    member = (await members())[number]
    made = await record(county, newCourse=COURSE | {"title": title}, memberIds=[member], **given)
    assert made["recorded"] == 1, made
    found = await rows(
        "SELECT r.id FROM training_record r JOIN course c ON c.id = r.course_id WHERE c.title = $1 "
        "AND r.member_id = $2 AND r.completed_on = $3::text::date",
        *(title, member, given.get("on", "2020-11-01")),
    )
    return str(found[0]["id"]), member


async def last_audit() -> dict[str, Any]:
    (entry,) = await rows("SELECT action, subject_id, detail FROM audit_entry ORDER BY sequence DESC LIMIT 1")
    detail = entry["detail"]
    return {**entry, "detail": orjson.loads(detail) if isinstance(detail, str) else detail}


async def test_a_correction_keeps_what_was(county: Client) -> None:
    id, member = await a_record(county, "更正")
    before = (await year_of(county, member))["completedHours"]
    answer = await act(county, CORRECT, id=id, hours=6, completedOn="2020-10-30", hoursSpent=5)
    assert answer["record"] == {"id": id, "hours": 6, "completedOn": "2020-10-30", "hoursSpent": 5}
    assert (await year_of(county, member))["completedHours"] == before - 8 + 5
    entry = await last_audit()
    assert (entry["action"], entry["subject_id"]) == ("CORRECT_TRAINING_RECORD", id)
    assert (
        entry["detail"].items()
        >= {
            "before": {"hours": 8, "completed_on": "2020-11-01", "hours_spent": None},
            "after": {"hours": 6, "completed_on": "2020-10-30", "hours_spent": 5},
            "reason": "登记有误",
        }.items()
    )


async def test_what_is_withdrawn_stays_in_the_audit_trail(county: Client) -> None:
    id, member = await a_record(county, "撤回")
    answer = await act(county, WITHDRAW, id=id)
    assert answer == {"member": {"id": member}, "refusals": []}
    assert await rows("SELECT id FROM training_record WHERE id = $1", id) == []
    entry = await last_audit()
    assert (entry["action"], entry["subject_id"]) == ("WITHDRAW_TRAINING_RECORD", id)
    kept = entry["detail"]["before"]
    assert (kept["member_id"], kept["hours"], kept["completed_on"]) == (member, 8, "2020-11-01")
    assert (await act(county, WITHDRAW, id=id))["refusals"][0]["code"] == "RECORD_NOT_FOUND"
    assert (await a_record(county, "撤回"))[1] == member


async def test_what_cannot_be_corrected_changes_nothing(county: Client) -> None:
    id, _ = await a_record(county, "不改", days=1, halfDays=0, startedOn="2020-10-30")
    await a_record(county, "不改", on="2020-10-31")
    cases: dict[str, tuple[str, dict[str, Any], list[str]]] = {
        "nothing given": (CORRECT, {}, ["NOTHING_CHANGED"]),
        "as it is": (CORRECT, {"hours": 8, "completedOn": "2020-11-01"}, ["NOTHING_CHANGED"]),
        "the day of another record": (CORRECT, {"completedOn": "2020-10-31"}, ["ALREADY_RECORDED"]),
        "before its first day": (CORRECT, {"completedOn": "2020-10-29"}, ["DATES_OUT_OF_ORDER"]),
        "tomorrow": (CORRECT, {"completedOn": "2020-11-03"}, ["IN_THE_FUTURE"]),
        "no hours": (CORRECT, {"hours": 0}, ["HOURS_OUT_OF_BOUNDS"]),
        "too many hours": (CORRECT, {"hours": 1000.5}, ["HOURS_OUT_OF_BOUNDS"]),
        "less than no time": (CORRECT, {"hoursSpent": -1}, ["HOURS_OUT_OF_BOUNDS"]),
        "no reason": (CORRECT, {"hours": 6, "reason": " "}, ["REASON_MISSING"]),
        "a long reason": (CORRECT, {"hours": 6, "reason": "因" * 401}, ["REASON_MISSING"]),
        "withdrawn without a reason": (WITHDRAW, {"reason": ""}, ["REASON_MISSING"]),
        "no such record": (CORRECT, {"id": str(uuid4()), "hours": 6}, ["RECORD_NOT_FOUND"]),
        "no id": (WITHDRAW, {"id": "x"}, ["RECORD_NOT_FOUND"]),
    }
    before = await contents()
    for name, (text, given, codes) in cases.items():
        answer = await act(county, text, **{"id": id, **given})
        assert [one["code"] for one in answer["refusals"]] == codes, name
    assert await contents() == before


async def test_a_correction_stays_within_the_session_and_the_course(county: Client) -> None:
    member = (await members())[5]
    planned: dict[str, Any] = {
        "newCourse": COURSE | {"title": "两天班"},
        "startedOn": "2020-10-20",
        "endedOn": "2020-10-21",
        "days": 2,
    }
    session = (await schedule(county, **planned))["session"]["id"]
    made = await record(county, on="2020-10-21", sessionId=session, memberIds=[member])
    assert made["recorded"] == 1, made
    (found,) = await rows("SELECT id, hours FROM training_record WHERE session_id = $1", session)
    id, whole = str(found["id"]), found["hours"]
    assert whole > COURSE["hours"]
    for day in ("2020-10-19", "2020-10-22"):
        codes = [one["code"] for one in (await act(county, CORRECT, id=id, completedOn=day))["refusals"]]
        assert "OUTSIDE_THE_SESSION" in codes, day
    assert await refused_by(county, id, whole + 1) == ["HOURS_OVER_THE_COURSE"]
    for hours in (1, whole):
        assert await refused_by(county, id, hours) == [], hours
    other, _ = await a_record(county, "八学时")
    assert await refused_by(county, other, 8.5) == ["HOURS_OVER_THE_COURSE"]
    # What is too much already can come down.
    await rows("UPDATE training_record SET hours = 20 WHERE id = $1", other)
    assert await refused_by(county, other, 12) == []


async def refused_by(county: Client, id: str, hours: float) -> list[str]:
    return [one["code"] for one in (await act(county, CORRECT, id=id, hours=hours))["refusals"]]


async def test_who_may_correct_and_withdraw(county: Client) -> None:
    (own,) = await rows("SELECT member_id FROM account WHERE username = 'member'")
    number = (await members()).index(str(own["member_id"]))
    id, _ = await a_record(county, "谁可以", number)
    before = await contents()
    for who in ACCOUNTS:
        if who not in MAY:
            for text in (CORRECT, WITHDRAW):
                answer = await act(county, text, who, id=id, **({"hours": 6} if text == CORRECT else {}))
                assert [one["code"] for one in answer["refusals"]] == ["RECORD_NOT_FOUND"], who
    assert await contents() == before
    for hours, who in enumerate(MAY, 1):
        assert (await act(county, CORRECT, who, id=id, hours=hours))["refusals"] == [], who
        other, _ = await a_record(county, f"撤回 {who}", number)
        assert (await act(county, WITHDRAW, who, id=other))["refusals"] == [], who
    elsewhere, _ = await a_record(county, "别的支部", 10)
    answer = await act(county, WITHDRAW, "secretary", id=elsewhere)
    assert [one["code"] for one in answer["refusals"]] == ["RECORD_NOT_FOUND"]
