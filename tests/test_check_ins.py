"""Checking in at a theme day: by every way, too early, too late, offline, all at once; and taking it back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.accounts.accounts import to_claims
from resolvers.rules import CountyRules
from runtime.clock import stopped_at
from runtime.tokens import Tokens
from tests.conftest import Client, Credentials
from tests.test_access import OTHER, ids, members, rows, two_counties
from tests.theme_days import (
    answered,
    check_in,
    code_in,
    codes,
    last_audit,
    only,
    own_member,
    scheduled,
    today,
)

SECRET = "tests-only-" + "x" * 32


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def test_the_code_is_for_those_who_lead(county: Client) -> None:
    morning, day, code = await today(county)
    with stopped_at(morning):
        for who, sees in {
            "office": 1,
            "town": 1,
            "secretary": 1,
            "member": 0,
            "floating": 0,
            "app": 0,
            "auditor": 0,
        }.items():
            text = "query($id: ID!) { themeDay(id: $id) { checkInCode { svg expiresAt } } }"
            shown = (await county.query(text, who, id=day))["data"]["themeDay"]["checkInCode"]
            assert (shown is not None) == bool(sees), who
            if shown:
                assert code_in(shown["svg"]) == code
                assert shown["expiresAt"] == f"{morning.date()}T09:01:00+08:00"
    with stopped_at(morning + timedelta(days=1)):
        shown = (await county.query(text, "secretary", id=day))["data"]["themeDay"]["checkInCode"]
        assert shown is None


async def test_the_code_of_this_minute_and_of_the_last_are_taken(county: Client) -> None:
    morning, day, code = await today(county)
    _, _, of_another_day = await today(county)
    with stopped_at(morning + timedelta(minutes=2)):
        assert codes(await check_in(county, "member", day, "CODE", code=code)) == ["CODE_INVALID"]
    with stopped_at(morning - timedelta(minutes=1)):
        assert codes(await check_in(county, "member", day, "CODE", code=code)) == ["CODE_INVALID"]
    with stopped_at(morning):
        for wrong in (None, "", "00000000", of_another_day, code[:7], f"{code}0", "签到"):
            assert codes(await check_in(county, "member", day, "CODE", code=wrong)) == ["CODE_INVALID"], wrong
    with stopped_at(morning + timedelta(seconds=89)):  # the next minute
        answer = await check_in(county, "member", day, "CODE", code=f" {code.lower()} ")
    assert codes(answer) == []
    assert answer["attendance"]["method"] == "CODE"
    assert answer["themeDay"] == {"id": day, "attendanceCount": 1, "attendanceRate": 0.1111}


async def test_every_way_of_checking_in(county: Client) -> None:
    morning, day, code = await today(county)
    people = await members()
    with stopped_at(morning):
        ways = [
            await check_in(county, "secretary", day, "CODE", code=code),
            await check_in(county, "member", day, "ONLINE"),
            await check_in(county, "secretary", day, "BY_SECRETARY", memberId=people[8]),
        ]
    assert [(codes(way), way["attendance"]["method"]) for way in ways] == [
        ([], "CODE"),
        ([], "ONLINE"),
        ([], "BY_SECRETARY"),
    ]
    assert ways[2]["attendance"]["member"]["name"] == "郭超振"
    assert ways[2]["themeDay"]["attendanceCount"] == 3
    recorded = await rows(
        "SELECT a.member_id, b.username, a.method FROM attendance a JOIN account b ON b.id = a.recorded_by_id "
        "WHERE a.theme_day_id = $1 ORDER BY a.method",
        day,
    )
    assert [row["username"] for row in recorded] == ["secretary", "secretary", "member"]
    # The member's own page knows it, and his list is not the secretary's.
    data = await county.run("MobileHome", "member", year=2020)
    assert data["viewer"]["member"]["attendances"]["edges"][0]["node"]["themeDay"]["id"] == day
    roll = "query($id: ID!) { themeDay(id: $id) { attended attendanceCount attendances(first: 9) { totalCount } } }"
    with stopped_at(morning):
        seen = [
            (await county.query(roll, who, id=day))["data"]["themeDay"]
            for who in ("secretary", "member", "floating")
        ]
    assert [one["attendances"]["totalCount"] for one in seen] == [3, 1, 0]
    assert [one["attended"] for one in seen] == [True, True, False]
    assert {one["attendanceCount"] for one in seen} == {3}


# When it is, what is claimed, what is answered. Offline: the phone sends later what was done at `claims`.
WHEN: dict[str, tuple[timedelta, timedelta | None, list[str]]] = {
    "the day before": (timedelta(days=-1), None, ["TOO_EARLY"]),
    "the day after": (timedelta(days=1), None, ["TOO_LATE"]),
    "one second before midnight": (timedelta(hours=14, minutes=59, seconds=29), None, []),
    "at midnight it is over": (timedelta(hours=14, minutes=59, seconds=30), None, ["TOO_LATE"]),
    "offline, the same day": (timedelta(hours=5), timedelta(hours=1), []),
    "offline, sent on the next day": (timedelta(days=1), timedelta(hours=1), ["TOO_LATE"]),
    "offline, claimed for the day before": (timedelta(0), timedelta(days=-1), ["TOO_EARLY"]),
    "offline, claimed for the next day": (timedelta(0), timedelta(days=1), ["TOO_LATE"]),
    "a clock that is a little fast": (timedelta(0), timedelta(minutes=4), []),
    "claimed for the afternoon": (timedelta(0), timedelta(hours=3), ["IN_THE_FUTURE"]),
}


@pytest.mark.parametrize(("sent", "claims", "expected"), WHEN.values(), ids=WHEN)
async def test_the_day_decides(
    county: Client, sent: timedelta, claims: timedelta | None, expected: list[str]
) -> None:
    morning, day, _ = await today(county)
    given = {} if claims is None else {"checkedInAt": (morning + claims).isoformat()}
    with stopped_at(morning + sent):
        answer = await check_in(county, "member", day, "ONLINE", **given)
    assert codes(answer) == expected
    assert (answer["attendance"] is None) == bool(expected)
    if answer["attendance"]:
        shown = datetime.fromisoformat(answer["attendance"]["checkedInAt"])
        assert shown == morning + (sent if claims is None else claims)


async def test_who_is_not_expected(county: Client) -> None:
    morning, day, _ = await today(county)
    people, foreign = await members(), await members(OTHER)
    with stopped_at(morning):
        for who in (people[9], foreign[1], str(uuid4()), "nobody", None):
            answer = await check_in(county, "secretary", day, "BY_SECRETARY", memberId=who)
            assert codes(answer) == ["NOT_EXPECTED"], who
        assert codes(await check_in(county, "office", day, "ONLINE")) == ["NOT_EXPECTED"]
        # Somebody else's id does not help where one checks in for himself.
        assert codes(await check_in(county, "member", day, "ONLINE", memberId=people[3])) == []
    present = await rows("SELECT member_id FROM attendance WHERE theme_day_id = $1", day)
    assert [str(row["member_id"]) for row in present] == [str(await own_member("member"))]


async def test_a_guest_is_expected_where_he_is_and_at_home(county: Client) -> None:
    morning, at_home, _ = await today(county)
    with stopped_at(morning):
        away = (await scheduled(county, f"{morning:%Y-%m-%d}", "office", "SYL01"))["themeDay"]["id"]
        assert codes(await check_in(county, "floating", away, "ONLINE")) == []
        assert codes(await check_in(county, "floating", at_home, "ONLINE")) == []
        assert codes(await check_in(county, "member", away, "ONLINE")) == ["THEME_DAY_NOT_FOUND"]
        data = (await county.run("ThemeDay", "floating", id=away))["themeDay"]
    assert (data["expectedCount"], data["attendanceCount"], data["attendanceRate"]) == (3, 1, 0.3333)


async def test_a_second_check_in_answers_with_the_first(county: Client) -> None:
    morning, day, _ = await today(county)
    with stopped_at(morning):
        first = await check_in(county, "member", day, "ONLINE")
    with stopped_at(morning + timedelta(hours=2)):
        second = await check_in(county, "member", day, "ONLINE")
        third = await check_in(
            county, "secretary", day, "BY_SECRETARY", memberId=str(await own_member("member"))
        )
    assert first == second == third
    assert first["themeDay"]["attendanceCount"] == 1


async def test_a_hundred_check_ins_of_one_member_are_one(county: Client) -> None:
    morning, day, code = await today(county)
    with stopped_at(morning):
        answers = await asyncio.gather(
            *(check_in(county, "member", day, "CODE", code=code) for _ in range(100))
        )
    assert {str(answer["refusals"]) for answer in answers} == {"[]"}
    assert len({answer["attendance"]["id"] for answer in answers}) == 1
    assert await rows("SELECT count(*) FROM attendance WHERE theme_day_id = $1", day) == [{"count": 1}]
    audited = "SELECT count(*) FROM audit_entry WHERE action = 'CHECK_IN' AND subject_id = $1"
    assert await rows(audited, answers[0]["attendance"]["id"]) == [{"count": 1}]


async def test_a_whole_branch_checks_in_at_the_same_moment(county: Client) -> None:
    """Thirty phones and ten connections: nobody waits for a connection while he holds one."""
    morning, day, code = await today(county)
    branch = (await ids("organization", "t.code"))["SY01001"]
    found = (await county.run("BranchRoster", "secretary", id=branch, first=100))["organization"]["members"][
        "edges"
    ]
    crowd = [edge["node"]["id"] for edge in found]
    crowd += await newcomers(branch, 30 - len(crowd))
    place = (
        await rows(
            "SELECT c.id, c.code, o.path FROM organization o JOIN county c ON c.id = o.county_id WHERE o.id = $1",
            branch,
        )
    )[0]
    account = (await rows("SELECT id FROM account WHERE username = 'member'"))[0]["id"]
    for member in crowd:
        grant = Grant(Role.MEMBER, place["id"], place["code"])
        claims = to_claims(AccountViewer(account, "党员", member, (grant,), uuid4()))
        county.tokens[f"phone of {member}"] = Tokens(SECRET, 12).issue(claims)
    with stopped_at(morning):
        answers = await asyncio.gather(
            *(check_in(county, f"phone of {member}", day, "CODE", code=code) for member in crowd)
        )
        assert {str(answer["refusals"]) for answer in answers} == {"[]"}
        assert {answer["attendance"]["member"]["id"] for answer in answers} == {str(one) for one in crowd}
        data = (await county.run("ThemeDay", "member", id=day))["themeDay"]
    assert (data["attendanceCount"], data["expectedCount"], data["attendanceRate"]) == (30, 30, 1)


async def newcomers(branch: str, count: int) -> list[str]:
    """More members of a branch, like the one that is there."""
    made = await rows(
        "INSERT INTO member SELECT (m.r).* FROM (SELECT jsonb_populate_record(m, jsonb_build_object("
        "'id', gen_random_uuid(), 'id_number_hash', sha256(gen_random_uuid()::text::bytea))) AS r FROM member m, "
        "generate_series(1, $2::int) n WHERE m.id = (SELECT member_id FROM office_term WHERE organization_id = $1)) m "
        "RETURNING id",
        branch,
        count,
    )
    return [str(row["id"]) for row in made]


# The code is shown at 09:00:30; when its phone sends it, what it claims, what is answered.
OFFLINE: dict[str, tuple[timedelta, timedelta, list[str]]] = {
    "the same evening": (timedelta(hours=9), timedelta(seconds=20), []),
    "three days later": (timedelta(days=3), timedelta(seconds=20), []),
    "four days later": (timedelta(days=4), timedelta(seconds=20), ["TOO_LATE"]),
    "with the code of another minute": (timedelta(days=1), timedelta(minutes=3), ["CODE_INVALID"]),
    "claimed for the day before": (timedelta(days=1), timedelta(days=-1), ["TOO_EARLY", "CODE_INVALID"]),
    "claimed for the day after": (timedelta(days=2), timedelta(days=1), ["TOO_LATE", "CODE_INVALID"]),
}


@pytest.mark.parametrize(("sent", "claims", "expected"), OFFLINE.values(), ids=OFFLINE)
async def test_a_code_proves_its_minute_when_there_was_no_network(
    county: Client, sent: timedelta, claims: timedelta, expected: list[str]
) -> None:
    morning, day, code = await today(county)
    with stopped_at(morning + sent):
        moment = (morning + claims).isoformat()
        answer = await check_in(county, "member", day, "CODE", code=code, checkedInAt=moment)
    assert codes(answer) == expected
    if not expected:
        assert datetime.fromisoformat(answer["attendance"]["checkedInAt"]) == morning + claims


async def test_a_county_may_keep_online_for_those_away(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = CountyRules.value
    monkeypatch.setattr(
        CountyRules,
        "value",
        lambda self, name, on: 1.0 if name == "theme_day.online_only_away" else value(self, name, on),
    )
    morning, day, code = await today(county)
    with stopped_at(morning):
        assert codes(await check_in(county, "member", day, "ONLINE")) == ["ONLINE_FOR_THOSE_AWAY"]
        assert codes(await check_in(county, "member", day, "CODE", code=code)) == []
        assert codes(await check_in(county, "floating", day, "ONLINE")) == []
        assert codes(await check_in(county, "secretary", day, "ONLINE")) == ["ONLINE_FOR_THOSE_AWAY"]
        await rows(
            "INSERT INTO exemption (id, county_id, member_id, ground, began_on, approved_by) "
            "SELECT gen_random_uuid(), m.county_id, m.id, 'OLD', '2020-01-01', '支部委员会' "
            "FROM member m JOIN account a ON a.member_id = m.id WHERE a.username = 'secretary'"
        )
        try:
            assert codes(await check_in(county, "secretary", day, "ONLINE")) == []
        finally:
            await rows("DELETE FROM exemption")


WITHDRAW = """
mutation($id: ID!, $reason: String!) { withdrawCheckIn(attendanceId: $id, reason: $reason) {
  themeDay { id attendanceCount } refusals { code message } } }
"""


async def test_a_mistaken_check_in_is_taken_back(county: Client) -> None:
    morning, day, _ = await today(county)
    people = await members()
    with stopped_at(morning):
        one = await check_in(county, "secretary", day, "BY_SECRETARY", memberId=people[4])
        other = await check_in(county, "secretary", day, "BY_SECRETARY", memberId=people[5])
        id = one["attendance"]["id"]
        for reason in ("", "因" * 201):
            assert codes(await answered(county, WITHDRAW, "town", id=id, reason=reason)) == ["REASON_MISSING"]
        answer = await answered(county, WITHDRAW, "town", id=id, reason="签错人")
        again = await answered(county, WITHDRAW, "town", id=id, reason="签错人")
    assert (answer["themeDay"], answer["refusals"]) == ({"id": day, "attendanceCount": 1}, [])
    assert codes(again) == ["ATTENDANCE_NOT_FOUND"]
    left = await rows("SELECT id FROM attendance WHERE theme_day_id = $1", day)
    assert [str(row["id"]) for row in left] == [other["attendance"]["id"]]
    audit = await last_audit("WITHDRAW_CHECK_IN")
    assert audit["subject_id"] == id
    assert all(said in audit["detail"] for said in ("签错人", day, people[4], "BY_SECRETARY"))
    # The same member may check in anew.
    with stopped_at(morning):
        once_more = await check_in(county, "secretary", day, "BY_SECRETARY", memberId=people[4])
    assert (codes(once_more), once_more["attendance"]["id"] == id) == ([], False)


async def test_who_takes_check_ins_back(county: Client) -> None:
    morning, day, _ = await today(county)
    with stopped_at(morning):
        id = (await check_in(county, "member", day, "ONLINE"))["attendance"]["id"]
        leaders = {"office", "town", "secretary"}
        await only(county, leaders, WITHDRAW, {"id": id, "reason": "x"}, "ATTENDANCE_NOT_FOUND")
        for missing in (str(uuid4()), "not-an-id"):
            await only(county, set(), WITHDRAW, {"id": missing, "reason": "x"}, "ATTENDANCE_NOT_FOUND")


async def test_a_guests_check_in_is_for_the_host_to_take_back(county: Client) -> None:
    """His home branch's secretary does not lead the theme day where he was."""
    morning, _, _ = await today(county)
    with stopped_at(morning):
        away = (await scheduled(county, f"{morning:%Y-%m-%d}", "office", "SYL01"))["themeDay"]["id"]
        id = (await check_in(county, "floating", away, "ONLINE"))["attendance"]["id"]
        refused = await answered(county, WITHDRAW, "secretary", id=id, reason="x")
        assert codes(refused) == ["ATTENDANCE_NOT_FOUND"]
        assert codes(await answered(county, WITHDRAW, "office", id=id, reason="x")) == []


async def test_a_check_in_while_the_theme_day_is_cancelled(county: Client) -> None:
    """Either the check-in stands or the theme day is gone; nothing fails."""
    cancel = 'mutation($id: ID!) { cancelThemeDay(id: $id, reason: "防汛") { refusals { code } } }'
    for _ in range(5):
        morning, day, _ = await today(county)
        with stopped_at(morning):
            came, gone = await asyncio.gather(
                check_in(county, "member", day, "ONLINE"), answered(county, cancel, "secretary", id=day)
            )
        is_there = bool(await rows("SELECT 1 FROM theme_day WHERE id = $1", day))
        if is_there:
            assert (codes(came), codes(gone)) == ([], ["SOMEBODY_CHECKED_IN"])
        else:
            assert (codes(came), codes(gone)) == (["THEME_DAY_NOT_FOUND"], [])
