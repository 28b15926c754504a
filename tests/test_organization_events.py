"""Recorded acts in the life of an organization: founding, terms, mergers, ends; each with its refusals."""

from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Client
from tests.organizations import approval, codes, do, found, founding, of_code, read
from tests.test_access import contents, members, rows

EVENTS = "events(first: 9) { totalCount edges { node { act effectiveOn until into { code } } } }"


def acts(page: Any) -> list[str]:
    return [edge["node"]["act"] for edge in page["events"]["edges"]]


async def test_founding_puts_an_organization_into_the_tree(client: Client) -> None:
    town = (await of_code())["SY01"]
    answer = await do(client, "town", "foundOrganization", **founding(town, "SY01003", units=2))
    assert answer["refusals"] == []
    made = answer["organization"]
    assert (made["code"], made["kind"], made["levelDepth"]) == ("SY01003", "BRANCH", 3)
    assert made["parent"] == {"code": "SY01"}
    assert answer["event"] | {"id": ""} == {
        "id": "",
        "act": "FOUNDED",
        "decidedOn": "2020-03-01",
        "effectiveOn": "2020-03-10",
        "approvedBy": "中共试验县古绛镇委员会",
        "document": "古发〔2020〕3号",
        "reason": "工作需要",
        "until": None,
        "into": None,
        "organization": {"code": "SY01003"},
    }
    # Its members come after it stands, so that it has none yet is told and does not stand in the way.
    assert codes(answer, "findings") == ["BRANCH_TOO_FEW_FULL_MEMBERS"]
    (row,) = await rows("SELECT path, founded_on::text, units FROM organization WHERE code = 'SY01003'")
    assert row == {"path": "140829/SY/SY01/SY01003/", "founded_on": "2020-03-10", "units": 2}
    audited = await rows(
        "SELECT subject_type, subject_id FROM audit_entry WHERE action = 'ORGANIZATION_FOUNDED'"
    )
    assert audited == [{"subject_type": "Organization", "subject_id": made["id"]}]
    children = (await read(client, town, "children(first: 9) { edges { node { code } } }", "town"))[
        "children"
    ]
    assert [edge["node"]["code"] for edge in children["edges"]] == ["SY01001", "SY01002", "SY01003"]


async def test_levels_have_any_depth_and_name(client: Client) -> None:
    """舟山: 连, 排, 班, 室 below a temporary branch."""
    above = (await of_code())["SYL01"]
    for depth, level in enumerate("连排班室", 3):
        kind = "TEMPORARY_BRANCH" if level == "连" else "GROUP"
        above = await found(client, above, f"L{depth}", kind, levelName=level)
        page = await read(client, above, "levelName levelDepth parent { levelName } findings { code }")
        assert (page["levelName"], page["levelDepth"], page["findings"]) == (level, depth, [])
    assert page["parent"] == {"levelName": "班"}
    (row,) = await rows("SELECT path FROM organization WHERE code = 'L6'")
    assert row["path"] == "140829/SY/SYL01/L3/L4/L5/L6/"


# What is asked instead of a branch below the town; the refusals.
FOUNDINGS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nobody approved it": ({"approval": approval(approvedBy=" ")}, ["APPROVAL_MISSING"]),
    "it holds before it was decided": (
        {"approval": approval(decidedOn="2020-03-11")},
        ["EFFECTIVE_BEFORE_DECIDED"],
    ),
    "it is to come": ({"approval": approval(effectiveOn="2099-01-01")}, ["IN_THE_FUTURE"]),
    "texts too long": ({"approval": approval(reason="因" * 401)}, ["TEXT_TOO_LONG"]),
    "a code with a slash": ({"code": "SY/1"}, ["CODE_MALFORMED"]),
    "a code too long": ({"code": "9" * 41}, ["CODE_MALFORMED"]),
    "no code": ({"code": " "}, ["CODE_MALFORMED"]),
    "a code that is taken": ({"code": "SY01002"}, ["CODE_TAKEN"]),
    "no name": ({"name": " "}, ["ORGANIZATION_UNNAMED"]),
    "units of a group": ({"kind": "GROUP", "units": 2}, ["UNITS_MISPLACED"]),
    "no units": ({"units": 0}, ["UNITS_MISPLACED"]),
    "a branch that ends with a body": ({"bodyEndsOn": "2021-01-01"}, ["BODY_MISPLACED"]),
    "an unknown superior": ({"parentId": str(uuid4())}, ["ORGANIZATION_NOT_FOUND"]),
    "a branch below a branch": ({"parentId": "SY01001"}, ["SUPERIOR_CANNOT_APPROVE"]),
    "a committee below a branch": (
        {"parentId": "SY01001", "kind": "COMMITTEE"},
        ["SUPERIOR_CANNOT_APPROVE"],
    ),
    "a branch below a temporary branch": ({"parentId": "SYL01"}, ["SUPERIOR_CANNOT_APPROVE"]),
}


async def test_foundings_that_are_refused(client: Client) -> None:
    known = await of_code()
    await client.token("office")
    before = await contents()
    for name, (given, expected) in FOUNDINGS.items():
        changed = given | ({"parentId": known[given["parentId"]]} if given.get("parentId") in known else {})
        answer = await do(client, "office", "foundOrganization", **founding(known["SY01"], "NEW") | changed)
        assert (answer["organization"], answer["event"], codes(answer)) == (None, None, expected), name
        if expected == ["SUPERIOR_CANNOT_APPROVE"]:
            assert "第二章" in answer["refusals"][0]["citation"]
    assert await contents() == before


async def test_an_election_begins_a_term_and_ends_the_extension(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    # 换届 of 2019 in a village: the term ends five years later; put off by a year and a day it is told.
    put_off = await do(
        client, "town", "extendTerm", organizationId=branch, until="2025-01-19", approval=approval()
    )
    assert codes(put_off) == []
    assert put_off["organization"]["termExtendedTo"] == "2025-01-19"
    assert put_off["event"]["until"] == "2025-01-19"
    assert "TERM_EXTENDED_TOO_LONG" in codes(put_off, "findings")
    elected = [
        {"memberId": people[0], "office": "SECRETARY"},
        {"memberId": people[1], "office": "DEPUTY_SECRETARY"},
        {"memberId": people[2], "office": "COMMITTEE_MEMBER", "duty": "组织委员"},
    ]
    on = "2024-02-29"
    renewed = await do(
        client,
        "town",
        "renewTerm",
        organizationId=branch,
        elected=elected,
        approval=approval(effectiveOn=on),
    )
    assert codes(renewed) == []
    assert (renewed["organization"]["electedOn"], renewed["organization"]["termExtendedTo"]) == (on, None)
    assert {"TERM_ENDED", "TERM_EXTENDED_TOO_LONG", "COMMITTEE_SIZE_UNUSUAL"}.isdisjoint(
        codes(renewed, "findings")
    )
    page = await read(
        client,
        branch,
        f"termEndsOn {EVENTS} officers {{ office duty start beganOn since member {{ name }} }} "
        "officerHistory { office endedOn endReason member { name } }",
    )
    assert page["termEndsOn"] == "2029-02-28"
    assert acts(page) == ["RENEWED", "EXTENDED"]
    assert [(one["office"], one["duty"], one["start"], one["beganOn"]) for one in page["officers"]] == [
        ("SECRETARY", None, "ELECTED", on),
        ("DEPUTY_SECRETARY", None, "ELECTED", on),
        ("COMMITTEE_MEMBER", "组织委员", "ELECTED", on),
    ]
    # Re-elected: a new term, held since the first.
    assert page["officers"][0]["since"] == "2019-01-18"
    assert page["officerHistory"] == [
        {"office": "SECRETARY", "endedOn": on, "endReason": "换届", "member": {"name": "任军芳"}}
    ]


# Elected on; 5 years in a village, 3 elsewhere, and no 31st or 29th where the month has none.
TERMS = [
    ("SY01001", "2020-01-31", "2025-01-31"),
    ("SY01001", "2020-02-29", "2025-02-28"),
    ("SY01002", "2019-03-31", "2024-03-31"),
]


@pytest.mark.parametrize(("code", "elected_on", "ends_on"), TERMS)
async def test_when_a_term_ends(client: Client, code: str, elected_on: str, ends_on: str) -> None:
    branch = (await of_code())[code]
    given = {"organizationId": branch, "approval": approval(decidedOn="2019-02-01", effectiveOn=elected_on)}
    assert codes(await do(client, "office", "renewTerm", **given)) == []
    assert (await read(client, branch, "termEndsOn"))["termEndsOn"] == ends_on
    for until, expected in ((ends_on, ["NOT_AN_EXTENSION"]), ("2026-01-31", [])):
        asked = {"organizationId": branch, "until": until, "approval": approval(effectiveOn="2024-01-01")}
        assert codes(await do(client, "office", "extendTerm", **asked)) == expected


async def test_elections_that_are_refused(client: Client) -> None:
    known, people = await of_code(), await members()
    await rows("UPDATE member SET standing = 'PROBATIONARY', confirmed_on = NULL WHERE id = $1", people[3])
    await rows("UPDATE organization SET elected_on = NULL WHERE code = 'SY01002'")
    for who in ("office", "town"):
        await client.token(who)
    before = await contents()

    def one(number: int, office: str = "SECRETARY") -> dict[str, Any]:
        return {"memberId": people[number], "office": office}

    village = {"organizationId": known["SY01001"], "approval": approval()}
    temporary = {"organizationId": known["SYL01"], "approval": approval()}
    early = {"approval": approval(decidedOn="2019-01-01", effectiveOn="2019-01-18")}
    cases: list[tuple[str, dict[str, Any], list[str], str]] = [
        ("renewTerm", temporary, ["TEMPORARY_BRANCH_ELECTS"], "第二章（临时党支部）"),
        ("extendTerm", temporary | {"until": "2025-01-01"}, ["TEMPORARY_BRANCH_ELECTS"], "第二章"),
        ("renewTerm", village | early, ["TERM_NOT_LATER"], ""),
        ("renewTerm", village | {"elected": [one(3)]}, ["OFFICER_ON_PROBATION"], "第七条"),
        ("renewTerm", village | {"elected": [one(0), one(1)]}, ["OFFICER_TWICE"], ""),
        ("renewTerm", village | {"elected": [one(1, "COMMITTEE_MEMBER")] * 2}, ["OFFICER_TWICE"], ""),
        ("renewTerm", village | {"elected": [one(1, "VILLAGE_HEAD")]}, ["NOT_A_PARTY_OFFICE"], ""),
        (
            "renewTerm",
            village | {"elected": [{"memberId": str(uuid4()), "office": "SECRETARY"}]},
            ["MEMBER_NOT_FOUND"],
            "",
        ),
        ("renewTerm", village | {"elected": [one(0)] * 61}, ["TOO_MANY_OFFICERS"], ""),
        (
            "extendTerm",
            {"organizationId": known["SY01002"], "until": "2024-01-01", "approval": approval()},
            ["TERM_UNKNOWN"],
            "",
        ),
        ("extendTerm", village | {"until": "2024-01-18"}, ["NOT_AN_EXTENSION"], ""),
    ]
    for mutation, given, expected, citation in cases:
        answer = await do(client, "office", mutation, **given)
        assert (codes(answer), answer["event"]) == (expected, None), expected
        assert citation in (answer["refusals"][0]["citation"] or "")
    assert await contents() == before


async def test_an_election_does_not_end_a_term_that_began_later(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    seated = {"organizationId": branch, "memberId": people[1], "office": "DEPUTY_SECRETARY"}
    later = {"start": "APPOINTED", "beganOn": "2020-06-01"}
    assert codes(await do(client, "office", "seatOfficer", **seated, **later)) == []
    elected = [{"memberId": people[0], "office": "SECRETARY"}]
    given = {"organizationId": branch, "elected": elected, "approval": approval()}
    assert codes(await do(client, "office", "renewTerm", **given)) == ["BEFORE_PREDECESSOR"]


async def test_a_term_begins_after_the_founding_and_the_joining(client: Client) -> None:
    branch, people = (await of_code())["SY01001"], await members()
    await rows("UPDATE organization SET founded_on = '2020-03-11' WHERE code = 'SY01001'")
    await rows(
        "UPDATE member SET joined_on = '2020-03-12', confirmed_on = '2021-03-12' WHERE id = $1", people[0]
    )
    given = {"organizationId": branch, "elected": [{"memberId": people[0], "office": "SECRETARY"}]}
    for on, expected in (
        ("2020-03-10", ["BEFORE_FOUNDING", "BEFORE_JOINING"]),
        ("2020-03-11", ["BEFORE_JOINING"]),
        ("2020-03-12", []),
    ):
        answer = await do(client, "office", "renewTerm", **given, approval=approval(effectiveOn=on))
        assert codes(answer) == expected, on


async def test_an_extension_is_bounded(client: Client) -> None:
    branch = (await of_code())["SY01001"]
    for until, on, expected in (
        ("2099-12-31", "2020-03-10", ["EXTENDED_TOO_FAR"]),
        ("2025-03-11", "2020-03-10", ["EXTENDED_TOO_FAR"]),
        ("2099-12-31", "2099-12-30", ["IN_THE_FUTURE"]),
        ("2025-03-10", "2020-03-10", []),
    ):
        given = {"organizationId": branch, "until": until, "approval": approval(effectiveOn=on)}
        assert codes(await do(client, "office", "extendTerm", **given)) == expected, (until, on)
