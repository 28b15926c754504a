"""Organizations as they are read: what the rule packs are told of each, and one answer by either way."""

from datetime import date, datetime
from typing import Any

from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client
from tests.organizations import codes, do, found, of_code, read
from tests.test_access import members, rows

JUNE = datetime(2020, 6, 30, 12, tzinfo=CHINA)
MEETING = """
INSERT INTO meeting (id, county_id, organization_id, kind, held_on, subject, entitled, present, left_out, votes)
SELECT gen_random_uuid(), county_id, id, $2, $3, '议事', 9, 9, 0, '[]' FROM organization WHERE id = $1
"""
APPRAISED = """
INSERT INTO appraisal (id, county_id, member_id, organization_id, year, grade, decided_by, decided_on)
SELECT gen_random_uuid(), county_id, id, organization_id, 2020, $2, '支部委员会', '2020-06-01' FROM member WHERE id = $1
"""


async def findings(client: Client, id: str, at: datetime = JUNE) -> set[str]:
    await client.token("office")
    with stopped_at(at):
        return set(codes(await read(client, id, "findings { code }"), "findings"))


async def hold(branch: str, kind: str, on: str) -> None:
    await rows(MEETING, branch, kind, date.fromisoformat(on))


# Kind of meeting -> the last day of it, and what is found on 30 June 2020: a whole period must have gone by.
MEETINGS: list[tuple[str, str, set[str]]] = [
    ("BRANCH_MEETING", "2020-01-31", set()),
    ("BRANCH_MEETING", "2019-12-31", {"ASSEMBLY_MISSED"}),
    ("COMMITTEE_MEETING", "2020-05-01", set()),
    ("COMMITTEE_MEETING", "2020-04-30", {"COMMITTEE_MEETING_MISSED"}),
    ("GROUP_MEETING", "2020-04-30", {"GROUP_MEETING_MISSED"}),
    ("LIFE_MEETING", "2018-12-31", {"LIFE_MEETING_MISSED"}),
    ("LEADING_GROUP", "2018-12-31", set()),
]


async def test_the_last_meeting_of_each_kind(client: Client) -> None:
    town = (await of_code())["SY01"]
    for number, (kind, last, expected) in enumerate(MEETINGS):
        branch = await found(client, town, f"M{number}")
        for day in ("2018-01-01", last, "2020-07-01"):  # the last of these is only planned
            await hold(branch, kind, day)
        assert await findings(client, branch) - {"BRANCH_TOO_FEW_FULL_MEMBERS"} == expected, (kind, last)


async def test_the_last_theme_day_and_those_to_come(client: Client) -> None:
    branch = (await of_code())["SY01001"]
    assert "THEME_DAY_MISSED" not in await findings(client, branch, datetime(2020, 3, 31, tzinfo=CHINA))
    # One is on the calendar of July; since February a whole month has gone by without one.
    await rows(
        "UPDATE theme_day SET held_on = '2020-07-01' WHERE organization_id = $1 AND held_on < '2020-02-01'",
        branch,
    )
    assert "THEME_DAY_MISSED" in await findings(client, branch, datetime(2020, 4, 1, tzinfo=CHINA))


async def test_a_third_at_most_is_excellent(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    for number in range(9):
        await rows(APPRAISED, people[number], "EXCELLENT" if number < 3 else "QUALIFIED")
    assert not {"TOO_MANY_EXCELLENT", "APPRAISAL_MISSED"} & await findings(client, branch)
    await rows("UPDATE appraisal SET grade = 'EXCELLENT' WHERE member_id = $1", people[3])
    assert "TOO_MANY_EXCELLENT" in await findings(client, branch)
    # The year after, nobody was graded yet.
    assert "TOO_MANY_EXCELLENT" not in await findings(client, branch, datetime(2021, 3, 1, tzinfo=CHINA))


async def test_a_temporary_branch_is_as_large_as_those_attached(client: Client) -> None:
    known = await of_code()
    await rows(
        "INSERT INTO member SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), "
        "'id_number_masked', '990*' || n || 'X', 'id_number_hash', sha256(n::text::bytea)))).* "
        "FROM member m, generate_series(1, 48) n "
        "WHERE m.id = $1",
        (await members())[0],
    )
    attach = (
        "INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights) "
        "SELECT gen_random_uuid(), county_id, id, $1, 'AWAY', '{STUDY}' FROM member "
        "WHERE id_number_masked LIKE '990*_%X' AND length(id_number_masked) < 18 "
        "AND id NOT IN (SELECT member_id FROM attachment) ORDER BY id LIMIT $2"
    )
    await rows(attach, known["SYL01"], 47)
    assert await findings(client, known["SYL01"]) == set()  # 50 with the three who were there
    await rows(attach, known["SYL01"], 1)
    assert await findings(client, known["SYL01"]) == {"BRANCH_TOO_LARGE"}


async def test_a_temporary_branch_ends_with_its_body(client: Client) -> None:
    above = (await of_code())["SY"]
    branch = await found(client, above, "P1", "TEMPORARY_BRANCH", bodyEndsOn="2020-06-30")
    page = await read(client, branch, "bodyEndsOn termEndsOn")
    assert page == {"bodyEndsOn": "2020-06-30", "termEndsOn": None}
    assert await findings(client, branch, datetime(2020, 6, 29, tzinfo=CHINA)) == set()
    assert await findings(client, branch) == {"TEMPORARY_BRANCH_OUTLIVED"}


async def test_a_joint_branch_of_too_many_units(client: Client) -> None:
    """一般不超过5个单位: it is founded, and told."""
    town = (await of_code())["SY01"]
    for units, told in ((5, False), (6, True)):
        branch = await found(client, town, f"J{units}", units=units)
        assert ("JOINT_BRANCH_TOO_MANY_UNITS" in await findings(client, branch)) == told


WIDE = """{ organizations(county: "COUNTY", first: 9, includeDissolved: true, search: "SEARCH") {
  totalCount edges { node {
  code kind levelName levelDepth units bodyEndsOn dissolvedOn isOneShoulder attachedCount hostedCount reserveCount
  secretaryReserveCount findings { code severity }
  officers { office start duty beganOn since member { name attachments { kind rights } offices { office } } }
  officerHistory { endedOn endReason } children(first: 5, includeDissolved: true) { edges { node { code } } }
  events(first: 5) { edges { node { act approvedBy into { code } organization { code } } } }
  reserves(first: 5) { totalCount edges { node { name member { name } } } }
  attachedMembers(first: 5) { edges { node { name } } } } } } FORCED }"""


# Who asks -> how many of the two villages and the group he sees.
SEES = {
    "office": 3,
    "town": 3,
    "auditor": 3,
    "app": 3,
    "secretary": 2,
    "member": 1,
    "floating": 1,
    "admin": 0,
}


async def test_either_way_answers_alike(client: Client) -> None:
    """Through the compiler alone, and through graphql-core, which introspection in the same document asks for."""
    known, people = await of_code(), await members()
    group = await found(client, known["SY01001"], "秦湾G1", "GROUP", name="秦湾党小组")
    given = {"memberId": people[3], "organizationId": group, "kind": "RESETTLEMENT", "beganOn": "2020-03-10"}
    assert codes(await do(client, "office", "attachMember", **given)) == []

    async def asked(who: str, forced: str) -> Any:
        text = WIDE.replace("COUNTY", COUNTY).replace("SEARCH", "秦湾").replace("FORCED", forced)
        answer = await client.query(text, who)
        assert "errors" not in answer, answer
        return answer["data"]["organizations"]

    for who, count in SEES.items():
        plain = await asked(who, "")
        assert plain == await asked(who, "__schema { queryType { name } }"), who
        assert plain["totalCount"] == count, who
