"""Exemptions: who is left out of which denominator on which day, who records them, and who may know why."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.accounts.accounts import to_claims
from runtime.clock import stopped_at
from runtime.tokens import Tokens
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import OTHER, ids, members, rows, two_counties
from tests.theme_days import FIRST, answered, check_in, codes, last_audit, only, own_member, scheduled

SECRET = "tests-only-" + "x" * 32
LEADERS = {"office", "town", "secretary"}
EXEMPT = """
mutation($input: ExemptMemberInput!) { exemptMember(input: $input) {
  exemption { id ground beganOn endedOn reason approvedBy member { id } } refusals { code citation } } }
"""
END = """
mutation($id: ID!, $on: Date!) { endExemption(id: $id, endedOn: $on) {
  exemption { endedOn } refusals { code } } }
"""
RATES = """
query($day: ID!, $branch: ID!, $county: ID!, $month: YearMonth!) {
  themeDay(id: $day) { expectedCount attendanceCount attendanceRate }
  organization(id: $branch) { attendanceRate(month: $month) }
  county(code: $county) { attendanceRate(month: $month) }
}
"""
_months = (date(2021 + number // 12, number % 12 + 1, 15) for number in range(100))


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


@dataclass(frozen=True)
class Case:
    """Days are counted from the theme day. The branch is home to nine, numbers 0 to 8; 9 to 11 live next door."""

    came: tuple[int, ...]
    day: tuple[int, int, float | None]  # expected, came, rate of those expected
    county: float | None  # the rate of those at home
    exempt: tuple[tuple[int, int, int | None], ...] = ()  # who, from, until
    guests: tuple[tuple[int, str, int | None, int | None], ...] = field(default=())  # who, right, from, until


CASES = {
    "nobody is exempt": Case((0, 1, 2), (9, 3, 0.3333), 0.3333),
    "nobody came": Case((), (9, 0, 0), 0),
    "an exempt member stays at home": Case((0, 1), (8, 2, 0.25), 0.25, exempt=((8, -9, None),)),
    "an exempt member came": Case((0, 8), (8, 2, 0.125), 0.125, exempt=((8, -9, None),)),
    "exempt from that day on": Case((0,), (8, 1, 0.125), 0.125, exempt=((8, 0, None),)),
    "exempt from the day after": Case((0,), (9, 1, 0.1111), 0.1111, exempt=((8, 1, None),)),
    "exempt until that day": Case((0,), (8, 1, 0.125), 0.125, exempt=((8, -9, 0),)),
    "exempt until the day before": Case((0,), (9, 1, 0.1111), 0.1111, exempt=((8, -9, -1),)),
    "exempt before and now": Case((0,), (8, 1, 0.125), 0.125, exempt=((8, -9, -5), (8, -1, None))),
    "everybody is exempt and one came": Case(
        (0,), (0, 1, None), None, exempt=tuple((number, -1, None) for number in range(9))
    ),
    "all came but the exempt": Case(
        tuple(range(7)), (7, 7, 1), 1, exempt=((7, -1, None), (8, -1, None))
    ),
    "all came and the exempt": Case(tuple(range(9)), (7, 9, 1), 1, exempt=((7, -1, 5), (8, -1, None))),
    "a guest": Case((0, 9), (10, 2, 0.2), 0.1111, guests=((9, "ACTIVITIES", None, None),)),
    "a guest who only studies": Case((0,), (9, 1, 0.1111), 0.1111, guests=((9, "STUDY", -9, None),)),
    "a guest from that day on": Case((9,), (10, 1, 0.1), 0, guests=((9, "ACTIVITIES", 0, None),)),
    "a guest from the day after": Case((0,), (9, 1, 0.1111), 0.1111, guests=((9, "ACTIVITIES", 1, None),)),
    "a guest who left that day": Case((0,), (9, 1, 0.1111), 0.1111, guests=((9, "ACTIVITIES", -9, 0),)),
    "a guest who left the day after": Case((9,), (10, 1, 0.1), 0, guests=((9, "ACTIVITIES", -9, 1),)),
    "a guest who is exempt": Case(
        (0, 9), (9, 2, 0.1111), 0.1111, exempt=((9, -1, None),), guests=((9, "ACTIVITIES", -9, None),)
    ),
    "one came who belongs elsewhere now": Case((9,), (9, 1, 0), 0),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_who_counts_in_the_denominators(county: Client, case: Case) -> None:
    people, held_on = await members(), next(_months)
    with stopped_at(FIRST):
        day = (await scheduled(county, held_on.isoformat()))["themeDay"]["id"]
    branch = (await ids("organization", "t.code"))["SY01001"]

    def on(days: int | None) -> date | None:
        return None if days is None else held_on + timedelta(days=days)

    for who, first, last in case.exempt:
        await exempted(people[who], on(first), on(last))
    for number, right, began, ended in case.guests:
        await rows(
            "INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on, ended_on) "
            "SELECT gen_random_uuid(), m.county_id, m.id, $2, 'PROJECT', ARRAY[$3], $4, $5 "
            "FROM member m WHERE m.id = $1",
            people[number], branch, right, on(began), on(ended),
        )  # fmt: skip
    for number in case.came:
        await rows(
            "INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method) "
            "VALUES (gen_random_uuid(), $1, $2, $3::date + time '10:00', 'IMPORTED')",
            day, people[number], held_on,
        )  # fmt: skip
    try:
        given = {"day": day, "branch": branch, "county": COUNTY, "month": f"{held_on:%Y-%m}"}
        data = (await county.query(RATES, "office", **given))["data"]
    finally:
        await rows("DELETE FROM exemption")
        await rows("DELETE FROM attachment WHERE kind = 'PROJECT'")
    expected, came, rate = case.day
    assert data["themeDay"] == {"expectedCount": expected, "attendanceCount": came, "attendanceRate": rate}
    assert data["organization"]["attendanceRate"] == rate
    assert data["county"]["attendanceRate"] == case.county


async def exempted(member: str, began_on: date | None, ended_on: date | None = None) -> None:
    await rows(
        "INSERT INTO exemption (id, county_id, member_id, ground, began_on, ended_on, approved_by) "
        "SELECT gen_random_uuid(), m.county_id, m.id, 'OLD', $2, $3, '支部委员会' FROM member m WHERE m.id = $1",
        member,
        began_on,
        ended_on,
    )


def given(member: str, **more: Any) -> dict[str, Any]:
    return {"memberId": member, "ground": "ILL", "beganOn": "2020-03-01", "approvedBy": "镇党委", **more}


async def test_an_exemption_from_beginning_to_end(county: Client) -> None:
    person = (await members())[4]
    with stopped_at(FIRST):
        made = await answered(county, EXEMPT, "secretary", input=given(person, reason=" 住院 "))
        exemption = made["exemption"]
        assert made["refusals"] == []
        assert (exemption["ground"], exemption["reason"], exemption["endedOn"]) == ("ILL", "住院", None)
        ended = await answered(county, END, "town", id=exemption["id"], on="2020-05-31")
        assert ended == {"exemption": {"endedOn": "2020-05-31"}, "refusals": []}
        for on, code in (("2020-05-31", "ALREADY_ENDED"), ("2020-02-29", "DATES_REVERSED")):
            assert codes(await answered(county, END, "town", id=exemption["id"], on=on)) == [code]
        earlier = await answered(county, END, "office", id=exemption["id"], on="2020-04-30")
        assert earlier["exemption"]["endedOn"] == "2020-04-30"
        # What is over leaves room for another.
        another = given(person, ground="OLD", beganOn="2020-05-01")
        assert codes(await answered(county, EXEMPT, "office", input=another)) == []
    audit = await last_audit("EXEMPT_MEMBER")
    assert audit["subject_type"] == "Exemption"
    audited = await rows("SELECT detail::text FROM audit_entry WHERE subject_type = 'Exemption'")
    # Nobody's health: neither the ground nor the reason.
    assert not [row for row in audited if "ILL" in row["detail"] or "住院" in row["detail"]]
    await rows("DELETE FROM exemption")


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "agreed by nobody": ({"approvedBy": "  "}, ["APPROVED_BY_MISSING"]),
    "agreed by too long a name": ({"approvedBy": "党" * 201}, ["APPROVED_BY_MISSING"]),
    "another ground without a reason": ({"ground": "OTHER", "reason": " "}, ["REASON_MISSING"]),
    "a reason too long": ({"reason": "病" * 201}, ["TEXT_TOO_LONG"]),
    "ends before it begins": ({"endedOn": "2020-02-29"}, ["DATES_REVERSED"]),
    "before he joined": ({"beganOn": "1960-01-01", "endedOn": "1960-02-01"}, ["BEFORE_JOINING"]),
    "more than a year ahead": ({"beganOn": "2099-01-01"}, ["BEGINS_TOO_LATE"]),
    "while another lasts": ({"beganOn": "2020-06-15"}, ["ALREADY_EXEMPT"]),
    "its first day on another's last": ({"beganOn": "2020-07-31"}, ["ALREADY_EXEMPT"]),
    "its last day on another's first": ({"beganOn": "2020-01-01", "endedOn": "2020-06-01"}, ["ALREADY_EXEMPT"]),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), REFUSED.values(), ids=REFUSED)
async def test_exemptions_that_are_not_recorded(
    county: Client, changed: dict[str, Any], expected: list[str]
) -> None:
    person = (await members())[5]
    await exempted(person, date(2020, 6, 1), date(2020, 7, 31))
    try:
        answer = await answered(county, EXEMPT, "secretary", input=given(person, endedOn=None) | changed)
        if expected != ["ALREADY_EXEMPT"]:
            # An open one would also meet the one that stands.
            assert set(codes(answer)) - {"ALREADY_EXEMPT"} == set(expected)
        else:
            assert codes(answer) == expected
        assert await rows("SELECT count(*) FROM exemption WHERE member_id = $1", person) == [{"count": 1}]
        free = given(person, beganOn="2020-08-01")
        assert codes(await answered(county, EXEMPT, "secretary", input=free)) == []
    finally:
        await rows("DELETE FROM exemption")


async def test_who_exempts(county: Client) -> None:
    person = (await members())[4]
    await exempted(person, date(2020, 1, 1), date(2020, 1, 31))
    id = str((await rows("SELECT id FROM exemption"))[0]["id"])
    await only(county, LEADERS, EXEMPT, {"input": given(person)}, "MEMBER_NOT_FOUND")
    await only(county, LEADERS, END, {"id": id, "on": "2020-01-15"}, "EXEMPTION_NOT_FOUND")
    for missing in (str(uuid4()), "not-an-id"):
        await only(county, set(), EXEMPT, {"input": given(missing)}, "MEMBER_NOT_FOUND")
        await only(county, set(), END, {"id": missing, "on": "2020-01-15"}, "EXEMPTION_NOT_FOUND")
    await rows("DELETE FROM exemption")


async def test_nobody_exempts_himself(county: Client) -> None:
    own, other = (await members())[4:6]
    account = (await rows("SELECT id FROM account WHERE username = 'secretary'"))[0]["id"]
    branch = (await rows("SELECT o.county_id, o.code, o.path FROM organization o JOIN member m "
        "ON m.organization_id = o.id WHERE m.id = $1", own))[0]  # fmt: skip
    grant = Grant(Role.SECRETARY, branch["county_id"], branch["code"], branch["path"])
    claims = to_claims(AccountViewer(account, "支部书记", UUID(own), (grant,), uuid4()))
    county.tokens["own"] = Tokens(SECRET, 12).issue(claims)
    assert codes(await answered(county, EXEMPT, "own", input=given(own))) == ["NOT_FOR_ONESELF"]
    assert await rows("SELECT id FROM exemption WHERE member_id = $1", own) == []
    assert codes(await answered(county, EXEMPT, "own", input=given(other))) == []
    assert codes(await answered(county, EXEMPT, "town", input=given(own))) == []
    await rows("DELETE FROM exemption")


async def test_the_host_of_a_guest_does_not_exempt_him(county: Client) -> None:
    """The host's secretary sees the guest; his home branch leads him."""
    host = (await rows("SELECT o.id, o.path, o.county_id, c.code FROM organization o JOIN county c ON c.id = county_id "
        "WHERE o.code = 'SYL01' AND c.code = $1", COUNTY))[0]  # fmt: skip
    account = (await rows("SELECT id FROM account WHERE username = 'town'"))[0]["id"]
    grant = Grant(Role.SECRETARY, host["county_id"], host["code"], host["path"])
    claims = to_claims(AccountViewer(account, "流动支部书记", None, (grant,), uuid4()))
    county.tokens["host"] = Tokens(SECRET, 12).issue(claims)
    guest = await own_member("floating")
    asked = [{"__typename": "Member", "id": guest}]
    text = "query($all: [_Any!]!) { _entities(representations: $all) { ... on Member { id } } }"
    assert await answered(county, text, "host", all=asked) == [{"id": guest}]
    assert codes(await answered(county, EXEMPT, "host", input=given(guest))) == ["MEMBER_NOT_FOUND"]
    assert codes(await answered(county, EXEMPT, "secretary", input=given(guest))) == []
    await rows("DELETE FROM exemption")


async def test_who_knows_of_somebodys_health(county: Client) -> None:
    own = await own_member("member")
    await exempted(own, date(2020, 1, 1))
    text = (
        "query($all: [_Any!]!) { _entities(representations: $all) "
        "{ ... on Member { id exemption { ground reason approvedBy } } } }"
    )
    listing = "query($county: ID!) { exemptions(county: $county, first: 9) { totalCount } }"
    asked = [{"__typename": "Member", "id": own}]
    knows = LEADERS | {"member"}
    with stopped_at(FIRST):
        for who in ("office", "town", "secretary", "member", "floating", "app", "auditor", "discipline"):
            [seen] = await answered(county, text, who, all=asked)
            assert ((seen or {}).get("exemption") is not None) == (who in knows), who
            listed = await answered(county, listing, who, county=COUNTY)
            assert listed["totalCount"] == (who in knows), who
        assert (await answered(county, listing, f"office@{OTHER}", county=COUNTY))["totalCount"] == 0
    await rows("UPDATE exemption SET ended_on = '2020-05-31'")
    with stopped_at(FIRST):
        [seen] = await answered(county, text, "office", all=asked)
        assert seen["exemption"] is None
    await rows("DELETE FROM exemption")


async def test_who_is_exempt_may_come(county: Client) -> None:
    own, people = await own_member("member"), await members()
    held_on = next(_months)
    await exempted(own, date(2020, 1, 1))
    await exempted(people[4], date(2020, 1, 1))
    morning = FIRST.replace(year=held_on.year, month=held_on.month, day=held_on.day)
    with stopped_at(morning):
        day = (await scheduled(county, held_on.isoformat()))["themeDay"]["id"]
        assert codes(await check_in(county, "member", day, "ONLINE")) == []
        answer = await check_in(county, "secretary", day, "BY_SECRETARY", memberId=people[4])
    assert answer["themeDay"] == {"id": day, "attendanceCount": 2, "attendanceRate": 0}
    await rows("DELETE FROM exemption")
