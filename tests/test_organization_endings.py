"""Mergers and ends: what moves, what ends, what stands in the way, and what is still read afterwards."""

import asyncio
import json
from typing import Any

from tests.conftest import COUNTY, Client
from tests.organizations import approval, codes, do, end, found, founding, of_code, read
from tests.test_access import contents, members, rows

BEFORE = approval(decidedOn="2019-05-01", effectiveOn="2019-05-01")
LIST = f"""query($all: Boolean!) {{ organizations(county: "{COUNTY}", first: 50, includeDissolved: $all) {{
  totalCount edges {{ node {{ code }} }} }} }}"""


async def merge(client: Client, which: str, into: str, who: str = "office", **more: Any) -> Any:
    given = {"organizationId": which, "intoId": into, "approval": approval(**more)}
    return await do(client, who, "mergeOrganization", **given)


async def dissolve(client: Client, which: str, who: str = "office", **more: Any) -> Any:
    return await do(client, who, "dissolveOrganization", organizationId=which, approval=approval(**more))


async def listed(client: Client, everything: bool = False) -> set[str]:
    page = (await client.query(LIST, "office", all=everything))["data"]["organizations"]
    assert page["totalCount"] == len(page["edges"])
    return {edge["node"]["code"] for edge in page["edges"]}


async def test_a_merger_moves_everything_and_ends_the_offices(client: Client) -> None:
    known, people = await of_code(), await members()
    merged, other = known["SY01001"], known["SY01002"]
    group = await found(client, merged, "G1", "GROUP", levelName="排", approval=BEFORE)
    below = await found(client, group, "G2", "GROUP", levelName="班")
    # A guest of the merged village, a member of it who is a guest of the other, and a name on its list.
    for member, host in ((people[10], merged), (people[1], other), (people[2], group)):
        given = {"memberId": member, "organizationId": host, "kind": "RESETTLEMENT", "beganOn": "2019-05-01"}
        assert codes(await do(client, "office", "attachMember", **given)) == []
    await do(
        client,
        "office",
        "addReserves",
        organizationId=merged,
        listedOn="2019-06-01",
        reserves=[{"name": "王"}],
    )
    answer = await merge(client, merged, other)
    assert codes(answer) == []
    assert answer["organization"]["dissolvedOn"] == "2020-03-10"
    assert (answer["event"]["act"], answer["event"]["into"]) == ("MERGED", {"code": "SY01002"})
    assert answer["findings"] == []
    page = await read(
        client, other, "memberCount floatingCount attachedCount events(first: 3) { edges { node { act } } }"
    )
    assert page == {
        "memberCount": 12,
        "floatingCount": 3,
        "attachedCount": 0,
        "events": {"edges": [{"node": {"act": "MERGED"}}]},
    }
    ended = await read(
        client, merged, "memberCount attachedCount officers { id } officerHistory { endReason } reserveCount"
    )
    assert ended == {
        "memberCount": 0,
        "attachedCount": 0,
        "officers": [],
        "officerHistory": [{"endReason": "党组织合并"}],
        "reserveCount": 0,
    }
    paths = {row["code"]: row["path"] for row in await rows("SELECT code, path FROM organization")}
    assert paths["G1"] == "140829/SY/SY01/SY01002/G1/"
    assert paths["G2"] == "140829/SY/SY01/SY01002/G1/G2/"
    assert paths["SY01001"] == "140829/SY/SY01/SY01001/"
    assert (await read(client, below, "levelDepth parent { parent { code } }"))["parent"]["parent"] == {
        "code": "SY01002"
    }
    # Those at the resettlement group stay attached there, and the history of the others is kept.
    kept = await rows(
        "SELECT ended_on::text, end_reason FROM attachment WHERE kind = 'RESETTLEMENT' ORDER BY 1"
    )
    assert [row["ended_on"] for row in kept] == ["2020-03-10", "2020-03-10", None]
    (entry,) = await rows("SELECT detail FROM audit_entry WHERE action = 'ORGANIZATION_MERGED'")
    moved = {"members": 9, "floating": 3, "children": 1}
    assert moved.items() <= json.loads(entry["detail"])["moved"].items()


async def test_guests_of_a_merged_branch_are_guests_of_the_other(client: Client) -> None:
    known, people = await of_code(), await members()
    west = await found(client, known["SY"], "SYL02", "TEMPORARY_BRANCH")
    given = {"memberId": people[6], "organizationId": west, "kind": "PROJECT", "beganOn": "2020-03-10"}
    assert codes(await do(client, "office", "attachMember", **given)) == []
    assert codes(await merge(client, known["SYL01"], west, effectiveOn="2020-04-01")) == []
    page = await read(
        client,
        west,
        "attachedCount hostedCount attachedMembers(first: 9) { totalCount edges { node { id } } }",
    )
    # He who was a guest of both is one guest.
    assert (page["attachedCount"], page["hostedCount"], page["attachedMembers"]["totalCount"]) == (3, 2, 3)
    assert {edge["node"]["id"] for edge in page["attachedMembers"]["edges"]} == set(people[6:9])
    open_rows = await rows("SELECT began_on::text FROM attachment WHERE ended_on IS NULL AND kind = 'AWAY'")
    assert [row["began_on"] for row in open_rows] == ["2020-04-01"] * 2


async def test_mergers_that_are_refused(client: Client) -> None:
    known, people = await of_code(), await members()
    group = await found(client, known["SYL01"], "G1", "TEMPORARY_BRANCH")
    for who in ("office", "town"):
        await client.token(who)
    before = await contents()
    village = known["SY01001"]
    assert codes(await merge(client, village, village)) == ["INTO_ITSELF"]
    assert codes(await merge(client, village, known["SY01"])) == ["KINDS_DIFFER"]
    assert codes(await merge(client, known["SYL01"], group)) == ["INTO_BELOW"]
    early = {"decidedOn": "1980-01-01", "effectiveOn": "1980-01-01"}
    assert codes(await merge(client, village, known["SY01002"], **early)) == ["BEFORE_FOUNDING"] * 2
    # A town reaches what is below it, and nothing beside.
    assert codes(await merge(client, known["SY01002"], known["SYL01"], "town")) == ["ORGANIZATION_NOT_FOUND"]
    assert await contents() == before
    await rows(
        "INSERT INTO handover (id, county_id, member_id, kind, home_id, host_id, proposed_at, due_on) "
        "SELECT gen_random_uuid(), county_id, id, 'TRANSFER', organization_id, $2, now(), '2020-04-01' "
        "FROM member WHERE id = $1",
        people[3],
        known["SYL01"],
    )
    answer = await merge(client, village, known["SY01002"])
    assert codes(answer) == ["HANDOVERS_OPEN"]
    assert "第二十五条" in answer["refusals"][0]["citation"]


async def test_what_still_belongs_to_it_keeps_an_organization(client: Client) -> None:
    known, people = await of_code(), await members()
    group = await found(client, known["SY01001"], "G1", "GROUP", approval=BEFORE)
    given = {"memberId": people[10], "organizationId": group, "kind": "RESETTLEMENT", "beganOn": "2020-01-01"}
    attached = (await do(client, "office", "attachMember", **given))["attachment"]["id"]
    answer = await dissolve(client, known["SY01001"])
    assert codes(answer) == ["MEMBERS_LEFT", "ORGANIZATIONS_LEFT"]
    assert "第二章" in answer["refusals"][0]["citation"]
    assert codes(await dissolve(client, group)) == ["ATTACHED_LEFT"]
    assert codes(await end(client, "office", "endAttachment", attached, "2020-02-01")) == []
    assert codes(await dissolve(client, group)) == []
    assert codes(await dissolve(client, group)) == ["ORGANIZATION_DISSOLVED"]


async def test_with_a_temporary_branch_its_attachments_end(client: Client) -> None:
    known = await of_code()
    answer = await dissolve(client, known["SYL01"])
    assert codes(answer) == []
    ended = await rows("SELECT DISTINCT ended_on::text, end_reason FROM attachment")
    assert ended == [{"ended_on": "2020-03-10", "end_reason": "临时党支部撤销"}]
    assert "SYL01" not in await listed(client)
    assert "SYL01" in await listed(client, everything=True)
    figures = await client.query(f'{{ county(code: "{COUNTY}") {{ organizationCount }} }}', "office")
    assert figures["data"]["county"]["organizationCount"] == 4
    # It is still read by its id, and acts no more.
    page = await read(client, known["SYL01"], "dissolvedOn findings { code } events(first: 1) { totalCount }")
    assert page == {"dissolvedOn": "2020-03-10", "findings": [], "events": {"totalCount": 1}}
    below = founding(known["SYL01"], "NEW", "GROUP")
    assert codes(await do(client, "office", "foundOrganization", **below)) == ["ORGANIZATION_DISSOLVED"]
    assert codes(await merge(client, known["SYL01"], known["SYL01"])) == [
        "ORGANIZATION_DISSOLVED",
        "ORGANIZATION_DISSOLVED",
        "INTO_ITSELF",
    ]


PLANNED = """INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations,
  open_affairs, volunteer_services, practical_deeds, suggestions)
SELECT gen_random_uuid(), county_id, id, day::date, day, '[]', 0, 0, 0, 0, 0, 0
FROM organization, unnest(ARRAY['2020-04-01', '2099-01-01', '2099-01-02', '2099-01-03']) day WHERE id = $1"""
EVALUATED = """INSERT INTO theme_day_evaluation (id, county_id, theme_day_id, side, score, given_at)
SELECT gen_random_uuid(), county_id, id, '党员', 90, now() FROM theme_day WHERE theme = '2099-01-02'"""
PROBLEM = """INSERT INTO theme_day_problem (id, county_id, theme_day_id, aspect, description, found_on)
SELECT gen_random_uuid(), county_id, id, '学习', '人数少', '2020-04-01' FROM theme_day WHERE theme = '2099-01-03'"""


async def test_only_theme_days_that_are_to_come_and_have_no_record_go(client: Client) -> None:
    """An end is recorded late: what was held between the effective day and today is history, checked in or not."""
    branch = (await of_code())["SYL01"]
    await rows(PLANNED, branch)
    await rows(EVALUATED)
    await rows(PROBLEM)
    assert codes(await dissolve(client, branch)) == []
    kept = await rows("SELECT theme FROM theme_day WHERE theme ~ '^20[29]' ORDER BY 1")
    assert [row["theme"] for row in kept] == ["2020-04-01", "2099-01-02", "2099-01-03"]
    assert await rows("SELECT count(*) FROM theme_day_evaluation") == [{"count": 1}]
    assert await rows("SELECT count(*) FROM theme_day_problem") == [{"count": 1}]


async def test_nothing_is_merged_into_what_was_founded_later(client: Client) -> None:
    known = await of_code()
    await rows("UPDATE organization SET founded_on = '2020-03-11' WHERE code = 'SY01002'")
    answer = await merge(client, known["SY01001"], known["SY01002"])
    assert codes(answer) == ["BEFORE_FOUNDING"]
    assert "2020-03-11" in answer["refusals"][0]["message"]
    assert codes(await merge(client, known["SY01001"], known["SY01002"], effectiveOn="2020-03-11")) == []


async def test_two_mergers_into_each_other_at_once(client: Client) -> None:
    known = await of_code()
    pair = known["SY01001"], known["SY01002"]
    answers = await asyncio.gather(merge(client, *pair), merge(client, *pair[::-1]))
    assert sorted(map(codes, answers)) == [[], ["ORGANIZATION_DISSOLVED"]]
    assert await rows("SELECT count(*) FROM organization WHERE dissolved_on IS NOT NULL") == [{"count": 1}]


async def test_what_is_founded_while_its_superior_moves_has_the_new_path(client: Client) -> None:
    known = await of_code()
    group = await found(client, known["SY01001"], "G1", "GROUP")
    await client.token("town")
    answers = await asyncio.gather(
        merge(client, known["SY01001"], known["SY01002"]),
        *(do(client, "town", "foundOrganization", **founding(group, f"H{n}", "GROUP")) for n in range(5)),
    )
    assert [codes(answer) for answer in answers] == [[]] * 6
    paths = await rows("SELECT path FROM organization WHERE code ~ '^H'")
    assert {row["path"].rpartition("/H")[0] for row in paths} == {"140829/SY/SY01/SY01002/G1"}
