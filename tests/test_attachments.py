"""Attachments: resettlement sites, projects and network branches; the home branch leads."""

from typing import Any
from uuid import uuid4

from tests.conftest import Client
from tests.organizations import codes, do, end, found, of_code, read
from tests.test_access import contents, members, rows

ON = "2020-03-10"


async def attach(client: Client, member: str, host: str, kind: str = "RESETTLEMENT", **more: Any) -> Any:
    who = more.pop("who", "office")
    given = {"memberId": member, "organizationId": host, "kind": kind, "beganOn": ON} | more
    return await do(client, who, "attachMember", **given)


async def test_nine_resettlement_sites(client: Client) -> None:
    """绛县: one site is a branch, eight are groups; whoever lives there stays a member of his village."""
    known, people = await of_code(), await members()
    sites = [await found(client, known["SY01"], "R0", "BRANCH", field="易地搬迁安置点")]
    for number in range(1, 9):
        village = known["SY01001" if number % 2 else "SY01002"]
        sites.append(await found(client, village, f"R{number}", "GROUP", field="易地搬迁安置点"))
    for member, site in zip(people, sites, strict=False):
        answer = await attach(client, member, site)
        assert codes(answer) == []
        # Nobody said what they do there: they study, take part and are looked after. They vote and pay at home.
        assert answer["attachment"]["rights"] == ["ACTIVITIES", "STUDY", "SUPERVISION"]
    hosts = [await read(client, site, "kind memberCount attachedCount hostedCount") for site in sites]
    assert [host["kind"] for host in hosts] == ["BRANCH"] + ["GROUP"] * 8
    assert {(host["memberCount"], host["attachedCount"], host["hostedCount"]) for host in hosts} == {
        (0, 1, 0)
    }
    home = await read(
        client,
        known["SY01001"],
        "memberCount members(first: 20) { edges { node { attachments { "
        "kind rights beganOn organization { code } } } } }",
    )
    assert home["memberCount"] == 9
    sent = [one for edge in home["members"]["edges"] for one in edge["node"]["attachments"]]
    assert sorted(one["organization"]["code"] for one in sent if one["kind"] == "RESETTLEMENT") == [
        f"R{number}" for number in range(9)
    ]
    # The secretary of the home branch still sees all of his members, and a member where he takes part.
    roster = await read(client, known["SY01001"], "members(first: 20) { totalCount }", "secretary")
    assert roster["members"]["totalCount"] == 9
    page = await read(
        client,
        sites[0],
        "attachedMembers(first: 5, kind: RESETTLEMENT) { totalCount edges { node { name } } }",
    )
    assert page["attachedMembers"] == {"totalCount": 1, "edges": [{"node": {"name": "任军芳"}}]}
    page = await read(client, sites[0], "attachedMembers(first: 5, kind: PROJECT) { totalCount }")
    assert page["attachedMembers"] == {"totalCount": 0}


async def test_what_is_done_there_depends_on_the_kind(client: Client) -> None:
    known, people = await of_code(), await members()
    network = await found(client, known["SY01"], "N1")
    assert (await attach(client, people[0], network, "NETWORK"))["attachment"]["rights"] == [
        "ACTIVITIES",
        "STUDY",
    ]
    project = await found(client, known["SY01"], "P1", "TEMPORARY_BRANCH")
    answer = await attach(client, people[0], project, "PROJECT", rights=["STUDY", "APPRAISAL"])
    assert codes(answer) == ["TEMPORARY_BRANCH_APPRAISES"]
    assert "临时党支部" in answer["refusals"][0]["citation"]
    made = await attach(client, people[0], network, "NETWORK", rights=["APPRAISAL"])
    assert codes(made) == ["ALREADY_ATTACHED"]
    made = await attach(client, people[0], project, "PROJECT", rights=["STUDY", "STUDY"])
    assert made["attachment"]["rights"] == ["STUDY"]


async def test_an_attachment_ends_and_may_begin_again(client: Client) -> None:
    known, people = await of_code(), await members()
    group = await found(client, known["SY01001"], "G1", "GROUP")
    made = (await attach(client, people[1], group, who="secretary"))["attachment"]["id"]
    for on, reason, code in (
        ("2020-03-09", "返乡", "BEFORE_BEGINNING"),
        ("2099-01-01", "返乡", "IN_THE_FUTURE"),
        ("2020-04-01", "", "REASON_MISSING"),
    ):
        assert codes(await end(client, "secretary", "endAttachment", made, on, reason)) == [code]
    ended = await end(client, "secretary", "endAttachment", made, "2020-04-01", "返乡")
    assert (ended["attachment"]["endedOn"], ended["attachment"]["endReason"]) == ("2020-04-01", "返乡")
    assert codes(await end(client, "secretary", "endAttachment", made, "2020-04-02")) == ["ALREADY_ENDED"]
    assert (await read(client, group, "attachedCount"))["attachedCount"] == 0
    assert codes(await attach(client, people[1], group, who="secretary")) == []
    audited = await rows("SELECT action FROM audit_entry WHERE subject_type = 'Attachment' ORDER BY at")
    assert [row["action"] for row in audited] == ["ATTACH_MEMBER", "END_ATTACHMENT", "ATTACH_MEMBER"]


async def test_attachments_that_are_refused(client: Client) -> None:
    known, people = await of_code(), await members()
    group = await found(client, known["SY01001"], "G1", "GROUP")
    await client.token("secretary")
    before = await contents()
    cases: list[tuple[str, str, dict[str, Any], list[str]]] = [
        (people[1], group, {"kind": "AWAY"}, ["ATTACHED_BY_HANDOVER"]),
        (people[1], known["SY01"], {}, ["NOT_A_HOST"]),
        (people[1], known["SY01001"], {}, ["HOST_IS_HOME"]),
        (people[1], group, {"rights": []}, ["RIGHTS_MISSING"]),
        (people[1], group, {"beganOn": "2099-01-01"}, ["IN_THE_FUTURE"]),
        (people[1], str(uuid4()), {}, ["ORGANIZATION_NOT_FOUND"]),
        ("x", group, {}, ["MEMBER_NOT_FOUND"]),
        ("x", "x", {}, ["ORGANIZATION_NOT_FOUND", "MEMBER_NOT_FOUND"]),
        # A secretary reaches his own: neither a member nor an organization of another village.
        (people[10], group, {"who": "secretary"}, ["MEMBER_NOT_FOUND"]),
        (people[1], known["SY01002"], {"who": "secretary"}, ["ORGANIZATION_NOT_FOUND"]),
    ]
    for member, host, more, expected in cases:
        answer = await attach(client, member, host, **more)
        assert (codes(answer), answer["attachment"]) == (expected, None)
    assert await contents() == before


async def test_an_attachment_begins_after_the_founding_and_the_joining(client: Client) -> None:
    known, people = await of_code(), await members()
    group = await found(client, known["SY01001"], "G1", "GROUP")  # on the 10th
    await rows(
        "UPDATE member SET joined_on = '2020-03-11', confirmed_on = '2021-03-11' WHERE id = $1", people[1]
    )
    for on, expected in (
        ("2020-03-09", ["BEFORE_FOUNDING", "BEFORE_JOINING"]),
        ("2020-03-10", ["BEFORE_JOINING"]),
        ("2020-03-11", []),
    ):
        assert codes(await attach(client, people[1], group, beganOn=on)) == expected, on
