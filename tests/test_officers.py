"""Officers: who takes an office, who leaves it, since when, and who may not."""

from typing import Any
from uuid import uuid4

from tests.conftest import Client
from tests.organizations import codes, do, end, of_code, read
from tests.test_access import contents, members, rows

OFFICERS = (
    "officers { office duty start beganOn since member { name } } "
    "officerHistory { office endedOn endReason member { name } }"
)


async def seat(client: Client, organization: str, member: str, office: str, on: str, **more: Any) -> Any:
    given = {"organizationId": organization, "memberId": member, "office": office, "beganOn": on}
    return await do(client, "office", "seatOfficer", **given | {"start": "APPOINTED"} | more)


async def test_a_second_secretary_ends_the_term_of_the_first(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    answer = await seat(client, branch, people[3], "SECRETARY", "2020-07-01", start="ELECTED")
    assert codes(answer) == []
    assert answer["organization"]["secretary"] == {"name": "曾涛勇"}
    page = await read(client, branch, OFFICERS)
    assert [(one["member"]["name"], one["since"]) for one in page["officers"]] == [("曾涛勇", "2020-07-01")]
    assert page["officerHistory"] == [
        {
            "office": "SECRETARY",
            "endedOn": "2020-07-01",
            "endReason": "由他人接任",
            "member": {"name": "任军芳"},
        }
    ]
    # The first one comes back after a break, and then stays without one.
    assert codes(await seat(client, branch, people[0], "SECRETARY", "2021-01-01")) == []
    term = answer["term"]["id"]
    assert codes(await end(client, "office", "endOfficerTerm", term, "2021-02-01")) == ["ALREADY_ENDED"]
    (now,) = (await read(client, branch, "officers { id since }"))["officers"]
    assert now["since"] == "2021-01-01"
    ended = await end(client, "town", "endOfficerTerm", now["id"], "2021-06-30", "辞职")
    assert (ended["term"]["endedOn"], ended["term"]["endReason"]) == ("2021-06-30", "辞职")
    assert ended["organization"]["secretary"] is None
    assert codes(await seat(client, branch, people[0], "SECRETARY", "2021-07-01")) == []
    (now,) = (await read(client, branch, "officers { beganOn since }"))["officers"]
    assert now == {"beganOn": "2021-07-01", "since": "2021-01-01"}


async def test_the_offices_of_a_member(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    for office in ("VILLAGE_HEAD", "COMMITTEE_MEMBER"):
        assert codes(await seat(client, branch, people[0], office, "2020-07-01", duty="统战委员")) == []
    text = "{ viewer { member { offices { office duty organization { code isOneShoulder } } } } }"
    offices = (await client.query(text, "secretary"))["data"]["viewer"]["member"]["offices"]
    assert [one["office"] for one in offices] == ["SECRETARY", "COMMITTEE_MEMBER", "VILLAGE_HEAD"]
    assert offices[1]["duty"] == "统战委员"
    assert offices[0]["organization"] == {"code": "SY01001", "isOneShoulder": True}


async def test_one_sent_from_elsewhere_is_a_finding(client: Client) -> None:
    """选派: a cadre of another branch leads the village; nothing stands in the way, and the packs tell of it."""
    branch, people = (await of_code())["SY01001"], await members()
    answer = await seat(client, branch, people[9], "SECRETARY", "2020-07-01")
    assert codes(answer) == []
    told = [one for one in answer["findings"] if one["code"] == "OFFICER_FROM_ELSEWHERE"]
    assert [one["severity"] for one in told] == ["NOTE"]


async def test_a_committee_is_known_from_the_second_officer_on(client: Client) -> None:
    """Nine full members: a committee is due. From an imported secretary alone nothing is concluded."""
    branch, people = (await of_code())["SY01001"], await members()
    assert "BRANCH_COMMITTEE_DUE" not in codes(await read(client, branch, "findings { code }"), "findings")
    deputy = await seat(client, branch, people[1], "DEPUTY_SECRETARY", "2020-07-01")
    assert "BRANCH_COMMITTEE_DUE" in codes(deputy, "findings")
    with_committee = await seat(client, branch, people[1], "COMMITTEE_MEMBER", "2020-07-01")
    # The secretary, and a deputy who is a committee member: two people, and three are usual.
    assert "BRANCH_COMMITTEE_DUE" not in codes(with_committee, "findings")
    assert "COMMITTEE_SIZE_UNUSUAL" in codes(with_committee, "findings")
    third = await seat(client, branch, people[2], "COMMITTEE_MEMBER", "2020-07-01")
    assert "COMMITTEE_SIZE_UNUSUAL" not in codes(third, "findings")


async def test_who_may_not_take_an_office(client: Client) -> None:
    known, people = await of_code(), await members()
    village, temporary = known["SY01001"], known["SYL01"]
    await rows("UPDATE member SET standing = 'PROBATIONARY', confirmed_on = NULL WHERE id = $1", people[3])
    for who in ("office", "town"):
        await client.token(who)
    before = await contents()
    cases: list[tuple[str, str, str, dict[str, Any], list[str], str]] = [
        (village, people[3], "SECRETARY", {}, ["OFFICER_ON_PROBATION"], "第七条"),
        (village, people[3], "COMMITTEE_MEMBER", {"start": "ELECTED"}, ["OFFICER_ON_PROBATION"], "第七条"),
        (temporary, people[6], "SECRETARY", {"start": "ELECTED"}, ["TEMPORARY_BRANCH_ELECTS"], "临时党支部"),
        (temporary, people[6], "VILLAGE_HEAD", {}, ["NOT_A_VILLAGE"], ""),
        (village, people[0], "SECRETARY", {}, ["ALREADY_SEATED"], ""),
        (village, people[1], "SECRETARY", {"beganOn": "2019-01-17"}, ["BEFORE_PREDECESSOR"], ""),
        (village, people[1], "SECRETARY", {"beganOn": "2099-01-17"}, ["IN_THE_FUTURE"], ""),
        (village, people[1], "SECRETARY", {"duty": "长" * 61}, ["TEXT_TOO_LONG"], ""),
        (village, "nobody", "SECRETARY", {}, ["MEMBER_NOT_FOUND"], ""),
        (str(uuid4()), people[1], "SECRETARY", {}, ["ORGANIZATION_NOT_FOUND"], ""),
    ]
    # The temporary branch works away from villages.
    await rows("UPDATE organization SET field = '流动党员' WHERE code = 'SYL01'")
    before = await contents()
    for organization, member, office, more, expected, citation in cases:
        answer = await seat(
            client, organization, member, office, **{"on": more.pop("beganOn", "2020-07-01")}, **more
        )
        assert (codes(answer), answer["term"]) == (expected, None), (office, expected)
        assert citation in (answer["refusals"][0]["citation"] or "")
    (secretary,) = (await read(client, village, "officers { id }"))["officers"]
    for on, reason, code in (
        ("2019-01-17", "免职", "BEFORE_BEGINNING"),
        ("2099-01-01", "免职", "IN_THE_FUTURE"),
        ("2020-01-01", " ", "REASON_MISSING"),
    ):
        assert codes(await end(client, "office", "endOfficerTerm", secretary["id"], on, reason)) == [code]
    assert codes(await end(client, "office", "endOfficerTerm", str(uuid4()), "2020-01-01")) == [
        "TERM_NOT_FOUND"
    ]
    assert await contents() == before


async def test_a_member_on_probation_may_be_village_head(client: Client) -> None:
    """No office of the party, and not filled by its election."""
    branch, people = (await of_code())["SY01001"], await members()
    await rows("UPDATE member SET standing = 'PROBATIONARY', confirmed_on = NULL WHERE id = $1", people[3])
    assert codes(await seat(client, branch, people[3], "VILLAGE_HEAD", "2020-07-01")) == []
    assert (await read(client, branch, "isOneShoulder"))["isOneShoulder"] is False


async def test_an_office_begins_after_the_founding_and_the_joining(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    await rows("UPDATE organization SET founded_on = '2020-07-01' WHERE code = 'SY01001'")
    await rows(
        "UPDATE member SET joined_on = '2020-07-02', confirmed_on = '2021-07-02' WHERE id = $1", people[1]
    )
    for office, on, expected in (
        ("DEPUTY_SECRETARY", "2020-06-30", ["BEFORE_FOUNDING", "BEFORE_JOINING"]),
        ("DEPUTY_SECRETARY", "2020-07-01", ["BEFORE_JOINING"]),
        ("DEPUTY_SECRETARY", "2020-07-02", []),
        # The villagers elect their head, who may join the party later.
        ("VILLAGE_HEAD", "2020-07-01", []),
    ):
        answer = await seat(client, branch, people[1], office, on)
        assert codes(answer) == expected, (office, on)
        if "BEFORE_JOINING" in expected:
            assert "2020-07-02" in answer["refusals"][-1]["message"]
