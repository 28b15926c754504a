"""The hours of a year: over the year's end, only time spent, theme days, officers, and who is exempt."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.facts import TrainingRecord
from plugins.hours import hours_of_year
from plugins.registry import discover
from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import members, rows, two_counties
from tests.test_statements import Watched, watched  # noqa: F401

NEW_YEAR = datetime(2022, 1, 10, 12, tzinfo=CHINA)
FIELDS = """{ requiredHours completedHours themeDayHours shortfallHours met isExempt
  findings { code message } records(first: 20) { totalCount } }"""
EACH = " ".join(f"y{year}: trainingYear(year: {year}) {FIELDS}" for year in range(2019, 2023))
YEARS = f"query($all: [_Any!]!) {{ _entities(representations: $all) {{ ... on Member {{ {EACH} }} }} }}"
RECORD = """
INSERT INTO training_record (id, county_id, member_id, course_id, form, hours, started_on, completed_on, hours_spent)
SELECT $1, m.county_id, m.id, c.id, $6, $3::float8, $4::date, $5::date, $7::float8
FROM member m JOIN course c ON c.county_id = m.county_id AND c.title = '主体班读书班' WHERE m.id = $2
"""
THEME_DAY = """
INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations, open_affairs,
                       volunteer_services, practical_deeds, suggestions)
SELECT $1, m.county_id, m.organization_id, $3::date, '学习', '[]', 0, 0, 0, 0, 0, 0 FROM member m WHERE m.id = $2
ON CONFLICT (organization_id, held_on) DO NOTHING
"""
CHECK_IN = """
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method, hours)
SELECT $1, t.id, m.id, $4::timestamptz, 'ONLINE', $5::float8
FROM member m JOIN theme_day t ON t.organization_id = m.organization_id AND t.held_on = $3::date WHERE m.id = $2
ON CONFLICT (theme_day_id, member_id) DO UPDATE SET (checked_in_at, hours) = (excluded.checked_in_at, excluded.hours)
"""
TERM = """
INSERT INTO office_term (id, county_id, organization_id, member_id, office, ended_on)
SELECT $1, county_id, organization_id, id, $3, $4::date FROM member WHERE id = $2
"""
VACANT = """
DELETE FROM office_term WHERE office = $1 AND organization_id = (SELECT organization_id FROM member WHERE id = $2)
"""
EXEMPTION = """
INSERT INTO exemption (id, county_id, member_id, ground, began_on, ended_on, approved_by)
SELECT $1, county_id, id, 'OLD', $3::date, $4::date, '支部委员会' FROM member WHERE id = $2
"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


@pytest.fixture
async def somebody(county: Client) -> AsyncIterator[str]:
    """A full member without a record, an office or an exemption."""
    member = (await members())[11]
    await forget(member)
    yield member
    await forget(member)


async def forget(member: str) -> None:
    for table in ("training_record", "attendance", "office_term", "exemption"):
        await rows(f"DELETE FROM {table} WHERE member_id = $1", member)


async def record(
    member: str, hours: float, last: date, first: date | None = None, spent: float | None = None, form: str = "党课"
) -> None:  # fmt: skip
    await rows(RECORD, uuid4(), member, hours, first, last, form, spent)


async def check_in(member: str, moment: datetime, hours: float) -> None:
    day = moment.astimezone(CHINA).date()
    await rows(THEME_DAY, uuid4(), member, day)
    await rows(CHECK_IN, uuid4(), member, day, moment, hours)


async def years_of(county: Client, member: str) -> dict[int, Any]:
    with stopped_at(NEW_YEAR):
        answer = await county.query(YEARS, "office", all=[{"__typename": "Member", "id": member}])
    assert "errors" not in answer, answer
    return {int(name[1:]): year for name, year in answer["data"]["_entities"][0].items()}


Ask = Callable[[str], Awaitable[dict[int, Any]]]


@pytest.fixture
def ask(county: Client) -> Ask:
    """Of an example that fails everything is printed, so it must not hold the client with its documents."""
    return lambda member: years_of(county, member)


DAY = date.fromisoformat
SPLIT: dict[str, tuple[str | None, str, float, float | None, dict[int, float]]] = {
    "one day": (None, "2020-12-31", 8, None, {2020: 8}),
    "the first day of a year": (None, "2021-01-01", 8, None, {2021: 8}),
    "New Year's Eve and New Year": ("2020-12-31", "2021-01-01", 8, None, {2020: 4, 2021: 4}),
    "up to New Year's Eve": ("2020-12-28", "2020-12-31", 8, None, {2020: 8}),
    "two days of four": ("2019-12-30", "2020-01-02", 40, None, {2019: 20, 2020: 20}),
    "thirds": ("2019-12-31", "2020-01-02", 8, None, {2019: 2.666667, 2020: 5.333333}),
    "a leap year and a day on either side": ("2019-12-31", "2021-01-01", 368, None, {2019: 1, 2020: 366, 2021: 1}),
    "a common year and a day on either side": ("2020-12-31", "2022-01-01", 367, None, {2020: 1, 2021: 365, 2022: 1}),
    "over the leap day": ("2020-02-28", "2020-03-01", 9, None, {2020: 9}),
    "less time than hours": ("2020-12-31", "2021-01-01", 8, 4, {2020: 2, 2021: 2}),
    "more time than hours": ("2020-12-31", "2021-01-01", 8, 9, {2020: 4, 2021: 4}),
    "signed in and not there": (None, "2020-06-30", 40, 0, {2020: 0}),
}  # fmt: skip


@pytest.mark.parametrize("case", SPLIT)
async def test_hours_fall_into_the_years_of_their_days(county: Client, somebody: str, case: str) -> None:
    first, last, hours, spent, expected = SPLIT[case]
    await record(somebody, hours, DAY(last), DAY(first) if first else None, spent)
    found = await years_of(county, somebody)
    assert {year: one["completedHours"] for year, one in found.items()} == {
        year: expected.get(year, 0) for year in found
    }
    assert {year for year, one in found.items() if one["records"]["totalCount"]} == set(expected)


days = st.dates(date(2018, 12, 20), date(2021, 1, 12))
tenths = st.integers(1, 600).map(lambda tenth: tenth / 10)
taken = st.builds(
    lambda last, hours, length, spent: TrainingRecord(
        last, hours, "党课", started_on=last - timedelta(days=length) if length else None, hours_spent=spent
    ),
    days,
    tenths,
    st.one_of(st.just(0), st.integers(1, 12), st.integers(1, 800)),
    st.none() | st.integers(0, 600).map(lambda tenth: tenth / 10),
)
attended = st.dictionaries(days, st.integers(0, 16).map(lambda half: half / 2), max_size=4)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(records=st.lists(taken, max_size=6, unique_by=lambda one: one.completed_on), study=attended)
async def test_the_sql_and_the_rule_packs_count_the_same(
    ask: Ask, somebody: str, records: list[TrainingRecord], study: dict[date, float]
) -> None:
    await forget(somebody)
    for one in records:
        await record(somebody, one.hours, one.completed_on, one.started_on, one.hours_spent)
    for day, hours in study.items():
        await check_in(somebody, datetime(day.year, day.month, day.day, 23, 30, tzinfo=CHINA), hours)
    counted = [*records, *(TrainingRecord(day, hours, "主题党日") for day, hours in study.items())]
    numbers = discover().rules_for(COUNTY).values().numbers
    for year, found in (await ask(somebody)).items():
        expected = hours_of_year(counted, year, NEW_YEAR.date(), numbers)
        # Both are rounded to a millionth, where the SQL's sum may stand on the other side of a half.
        assert found["completedHours"] == pytest.approx(expected, abs=1.5e-6), year
        short = [one for one in found["findings"] if one["code"] == "TRAINING_HOURS_SHORT"]
        assert bool(short) == (not found["met"])
        if short:
            assert f"已完成{expected:g}学时" in short[0]["message"]


async def test_a_theme_day_counts_in_the_year_of_its_day_in_china(county: Client, somebody: str) -> None:
    await check_in(somebody, datetime(2020, 12, 31, 23, 59, tzinfo=CHINA), 2)
    await check_in(somebody, datetime(2021, 1, 1, 0, 0, tzinfo=CHINA), 1.5)
    await check_in(somebody, datetime(2021, 2, 1, 9, 0, tzinfo=CHINA), 0)
    found = await years_of(county, somebody)
    assert [found[year]["completedHours"] for year in (2019, 2020, 2021, 2022)] == [0, 2, 1.5, 0]
    assert [found[year]["themeDayHours"] for year in (2020, 2021)] == [2, 1.5]


@pytest.mark.parametrize(
    ("office", "ended", "required"),
    [
        ("SECRETARY", None, 56),
        ("DEPUTY_SECRETARY", None, 56),
        ("COMMITTEE_MEMBER", None, 56),
        ("GROUP_LEADER", None, 32),
        ("VILLAGE_HEAD", None, 32),
        ("COMMITTEE_MEMBER", "2020-06-30", 32),
    ],
)
@pytest.mark.parametrize("hours", [31.9, 32, 55.9, 56])
async def test_what_is_asked_for_follows_from_the_office(
    county: Client, somebody: str, office: str, ended: str | None, required: int, hours: float
) -> None:
    await rows(VACANT, office, somebody)
    await rows(TERM, uuid4(), somebody, office, DAY(ended) if ended else None)
    await record(somebody, hours, date(2020, 6, 30), form="集中培训")
    found = (await years_of(county, somebody))[2020]
    assert (found["requiredHours"], found["met"]) == (required, hours >= required)
    assert found["shortfallHours"] == pytest.approx(max(required - hours, 0))
    codes = {one["code"] for one in found["findings"]}
    assert ("TRAINING_HOURS_SHORT" in codes) == (hours < 32)
    assert ("OFFICER_TRAINING_HOURS_SHORT" in codes) == (required == 56 and hours < 56)
    assert "INTENSIVE_COURSE_MISSING" not in codes


async def test_an_officer_without_an_intensive_course(county: Client, somebody: str) -> None:
    await rows(TERM, uuid4(), somebody, "DEPUTY_SECRETARY", None)
    await record(somebody, 60, date(2020, 6, 30), form="网络学习")
    found = (await years_of(county, somebody))[2020]
    assert [one["code"] for one in found["findings"]] == ["INTENSIVE_COURSE_MISSING"]


@pytest.mark.parametrize(
    ("began", "ended", "exempt_in"),
    [
        ("2019-07-01", None, {2019, 2020, 2021, 2022}),
        ("2019-12-31", "2020-01-01", {2019}),  # the day by which a year is judged is its last
        ("2020-01-01", "2020-12-31", {2020}),
        ("2020-03-01", "2020-03-10", set()),
    ],
)
async def test_nothing_is_firmly_demanded_of_who_is_exempt(
    county: Client, somebody: str, began: str, ended: str | None, exempt_in: set[int]
) -> None:
    await rows(EXEMPTION, uuid4(), somebody, DAY(began), DAY(ended) if ended else None)
    found = await years_of(county, somebody)
    for year, one in found.items():
        is_exempt = year in exempt_in
        assert (one["isExempt"], one["met"], one["requiredHours"]) == (is_exempt, is_exempt, 32)
        assert one["shortfallHours"] == (0 if is_exempt else 32)
        assert bool(one["findings"]) == (not is_exempt)
    for year in (2018, 2019, 2020):
        assert (somebody in await below(county, year)) == (year not in exempt_in)


async def below(county: Client, year: int) -> set[str]:
    data = await county.run("MembersBelowTrainingHours", "office", county=COUNTY, year=year, first=100)
    found = {edge["node"]["id"] for edge in data["members"]["edges"]}
    assert data["members"]["totalCount"] == len(found)
    return found


READS = [
    "{ viewer { member { y: trainingYear(year: 2020) { completedHours themeDayHours isExempt certificateCount findings "
    "{ code } shortfallReason { reason } records(first: 9) { totalCount edges { node { hoursSpent startedOn "
    "session { hours } certificate { number } certificateRefusal { code } } } } } } } }",
    f'{{ members(county: "{COUNTY}", belowTrainingHours: 2020, withoutReason: true, first: 5) {{ totalCount edges '
    "{ node { name trainingYear(year: 2020) { shortfallHours findings { code } } } } } }",
    f'{{ courses(county: "{COUNTY}", first: 5, search: "班") {{ edges {{ node {{ title sessions(first: 5) {{ '
    f'totalCount }} }} }} }} courseSessions(county: "{COUNTY}", first: 5, from: "2020-01-01") {{ totalCount edges '
    "{ node { hours recordedCount course { title } organizer { name } } } } }",
    '{ verifyCertificate(recordId: "x", number: "x") { isValid } }',
]


@pytest.mark.parametrize("who", ["office", "secretary"])
@pytest.mark.parametrize("read", range(len(READS)))
async def test_a_read_is_one_statement(watched: Watched, read: int, who: str) -> None:  # noqa: F811
    await watched.reset()
    answer = await watched.client.query(READS[read], who)
    assert "errors" not in answer, answer
    assert [calls for _, calls in await watched.executed()] == [1]
