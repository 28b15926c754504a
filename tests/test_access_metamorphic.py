"""What must hold between two answers: of a superior and a subordinate, before and after, in one form and another.

Questions are generated over the whole schema, so that a new field or list is looked at without being named here.
A short run, always the same, is part of the suite; DANGJIAN_CAMPAIGN=1 makes one of more than 100,000 pairs.
"""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from resolvers.access import AccountViewer, Grant
from runtime.clock import now
from tests.conftest import COUNTY, Credentials
from tests.documents import Disguise, leaves, mapped, widened
from tests.grounds import BRANCH, SISTER, Ground, open_ground
from tests.test_access import OTHER, ids, members, rows

CAMPAIGN = os.environ.get("DANGJIAN_CAMPAIGN") == "1"
PAGE = 60

# Numbers of the rows that a viewer sees, or made from them: another viewer is told another number.
COUNTED = ("Count", "totalCount", "count", "Rate", "Share", "checked", "hasNextPage", "Cursor", "cursor")
# Not about rows: judged by the rules of the viewer's own county, or about the viewer himself.
ASIDE = ("duesDue", "voteArithmetic", "viewer")


@pytest.fixture(scope="module")
async def ground(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    async with open_ground(server, small_template, tmp_path_factory) as opened:
        yield opened


def profile(short: int, long: int) -> settings:
    return settings(
        max_examples=long if CAMPAIGN else short,
        derandomize=not CAMPAIGN,
        phases=(Phase.generate,),  # as in test_equivalence.py
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )


def holding(viewer: AccountViewer, *grants: Grant) -> AccountViewer:
    """The same person with other roles: what he sees of himself stays."""
    return replace(viewer, grants=grants)


# --- (a), (b): who has less sees less ------------------------------------------------------------------------------

# Who is below whom. The office reads more than an emergency, which has the same rows.
CHAINS = [
    ("branch", "town"),
    ("town", "office"),
    ("branch", "office"),
    ("sister", "town"),
    ("emergency", "office"),
]
# A scope, and smaller ones in its place.
SHRUNK = {
    "office": ["town", "secretary of a town", "other town"],
    "town": ["town of a branch", "branch"],
    "secretary of a town": ["branch", "sister"],
    "emergency": ["emergency"],
}  # fmt: skip
PERSONS = ("secretary", "member", "floating", "office")


@profile(30, 6000)
@given(data=st.data())
async def test_who_has_less_sees_less(ground: Ground, data: st.DataObject) -> None:
    text = widened(ground.core, data.draw(ground.questions), PAGE)
    person = ground.viewers[data.draw(st.sampled_from(PERSONS))]
    held = data.draw(st.lists(st.sampled_from(sorted(ground.grants)), min_size=1, max_size=3, unique=True))
    turn = data.draw(st.integers(0, 100))
    pairs: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((less,), (more,)) for less, more in CHAINS]
    pairs += [((less,), (more,)) for more, smaller in SHRUNK.items() for less in smaller]
    for one in held:
        rest = tuple(other for other in held if other != one)
        pairs.append((rest, tuple(held)))  # dropped; read the other way round: granted
        smaller = SHRUNK.get(one, [])
        if smaller:
            pairs.append(((*rest, smaller[turn % len(smaller)]), tuple(held)))
    answers = {
        names: await _told(ground, text, holding(person, *(ground.grants[one] for one in names)))
        for names in dict.fromkeys(names for pair in pairs for names in pair)
    }
    for fewer, all_of_them in pairs:
        found = added(answers[fewer], answers[all_of_them])
        assert not found, (fewer, all_of_them, found[:3], text)


async def _told(ground: Ground, text: str, viewer: AccountViewer) -> dict[tuple[Any, ...], Any]:
    answer = await ground.ask(text, viewer)
    assert "errors" not in answer, (answer, text)
    return dict(leaves(answer["data"]))


def added(less: dict[tuple[Any, ...], Any], more: dict[tuple[Any, ...], Any]) -> list[Any]:
    """What is told with less that is not told with more: rows, and values that are masked or null with more."""
    return [
        (path, value, more.get(path, "not there"))
        for path, value in less.items()
        if not (_is_nothing(value) or more.get(path, "not there") == value or _is_aside(path))
    ]


def _is_nothing(value: Any) -> bool:
    return value in (None, False, 0) or (isinstance(value, str) and "*" in value)


def _is_aside(path: tuple[Any, ...]) -> bool:
    if any(word in str(path[0]) for word in ASIDE):
        return True
    key = str(path[-1])
    return any(word in key for word in COUNTED)


# --- (e): one question in many forms -------------------------------------------------------------------------------


@profile(20, 6000)
@given(data=st.data())
async def test_the_form_of_a_question_changes_nothing(ground: Ground, data: st.DataObject) -> None:
    text = data.draw(ground.questions)
    viewer = ground.viewers[data.draw(st.sampled_from(sorted(ground.viewers)))]
    seed = data.draw(st.integers(0, 2**32))
    plain = await ground.ask(text, viewer)
    if "errors" in plain:  # over a limit, or a cursor that is none: it stays one in every form
        plain = {"data": None, "errors": [{"code": plain["errors"][0]["extensions"]["code"]}]}
    for number in range(4):
        disguise = Disguise(ground.core, random.Random(seed + number))
        other = disguise.of(text)
        answer = await ground.ask(other, viewer, disguise.variables)
        if "errors" in plain:
            assert "errors" in answer
        else:
            assert mapped(answer) == plain, (text, other, disguise.variables)


# --- (c), (d): at once ---------------------------------------------------------------------------------------------

ROSTER = "query($county: ID!) { members(county: $county, first: 100) { edges { node { id } } } }"


async def test_a_member_who_moves_is_seen_elsewhere_at_once(ground: Ground) -> None:
    """The same tokens before and after."""
    person = replace(ground.viewers["office"], member_id=None)
    tokens = {
        code: ground.token(holding(person, ground.grants[name]))
        for code, name in ((BRANCH, "branch"), (SISTER, "sister"))
    }
    organizations = await ids("organization", "t.code")
    moved = [one for number, one in enumerate(await members()) if number not in (6, 7, 8)][:8]
    was = {
        str(row["id"]): str(row["organization_id"])
        for row in await rows("SELECT id, organization_id FROM member")
    }
    await rows("UPDATE attachment SET ended_on = '2020-01-01' WHERE kind = 'NETWORK'")  # guests are seen, too
    chance = random.Random(1)
    try:
        for _ in range(200 if CAMPAIGN else 20):
            one, home = chance.choice(moved), chance.choice((BRANCH, SISTER))
            await rows("UPDATE member SET organization_id = $1 WHERE id = $2", organizations[home], one)
            for code, token in tokens.items():
                answer = await ground.client.http.post(
                    "/graphql",
                    json={"query": ROSTER, "variables": {"county": COUNTY}},
                    headers={"Authorization": f"Bearer {token}"},
                )
                seen = {edge["node"]["id"] for edge in answer.json()["data"]["members"]["edges"]}
                assert (one in seen) == (code == home)
    finally:
        for one, home in was.items():
            await rows("UPDATE member SET organization_id = $1 WHERE id = $2", home, one)
        await rows("UPDATE attachment SET ended_on = NULL WHERE kind = 'NETWORK'")


REVOKE = 'mutation($id: ID!) { revokeRole(grantId: $id, reason: "调离") { refusals { code } } }'


async def test_a_role_that_was_taken_counts_no_more(ground: Ground) -> None:
    """Of the other county's accounts, so that the first one's stay."""
    client, who = ground.client, f"town@{OTHER}"
    asked: dict[str, Any] = {"query": ROSTER, "variables": {"county": OTHER}}
    assert (await client.post(asked, who)).json()["data"]["members"]["edges"]
    grant = (
        await rows(
            "SELECT g.id FROM role_grant g JOIN account a ON a.id = g.account_id WHERE a.username = $1", who
        )
    )[0]["id"]
    taken = await client.query(REVOKE, f"security-admin@{OTHER}", id=str(grant))
    assert taken["data"]["revokeRole"]["refusals"] == []
    assert (await client.post(asked, who)).status_code == 401
    del client.tokens[who]
    signed_in = await client.run("SignIn", username=who, password="demo-only")
    token = signed_in["signIn"]["token"]
    again = await client.http.post("/graphql", json=asked, headers={"Authorization": f"Bearer {token}"})
    assert again.json()["data"]["members"]["edges"] == []


REVEAL = "mutation($input: RevealMemberInput!) { revealMember(input: $input) { values { text } } }"


async def test_a_kept_answer_is_not_for_who_lost_the_right(ground: Ground) -> None:
    """What was revealed under an Idempotency-Key is asked for again after the role was taken."""
    client, who = ground.client, f"office@{OTHER}"
    wanted = {"memberId": (await members(OTHER))[0], "values": ["PHONE"], "purpose": "CONTACT"}
    body = {"query": REVEAL, "variables": {"input": wanted | {"reason": "联系党员开会"}}}
    told = await client.post(body, who, **{"Idempotency-Key": "kept"})
    assert "19999025206" in told.text
    await rows(
        "UPDATE role_grant SET revoked_at = now() WHERE account_id = (SELECT id FROM account WHERE username = $1)",
        who,
    )
    del client.tokens[who]
    again = await client.post(body, who, **{"Idempotency-Key": "kept"})
    assert "19999025206" not in again.text


async def test_a_session_that_was_ended_answers_nothing(ground: Ground) -> None:
    client, who = ground.client, f"secretary@{OTHER}"
    asked: dict[str, Any] = {"query": ROSTER, "variables": {"county": OTHER}}
    assert (await client.post(asked, who)).json()["data"]["members"]["edges"]
    ended = await client.query("mutation { signOut(everywhere: true) { ended } }", who)
    assert ended["data"]["signOut"]["ended"] == 1
    assert (await client.post(asked, who)).status_code == 401


async def test_a_grant_that_ends_by_its_time_is_gone_from_the_next_request(ground: Ground) -> None:
    over = replace(ground.grants["office"], valid_until=in_days(-1))
    stands = replace(ground.grants["office"], valid_until=in_days(1))
    for grant, is_seen in ((over, False), (stands, True)):
        answer = await ground.ask(ROSTER, holding(ground.viewers["auditor"], grant), {"county": COUNTY})
        assert bool(answer["data"]["members"]["edges"]) == is_seen


def in_days(days: int) -> datetime:
    return now() + timedelta(days=days)


# --- (g): a filter tells no more than reading ----------------------------------------------------------------------

YEAR = "trainingYear(year: 2020) { completedHours }"
NO_REASON = "trainingYear(year: 2020) { shortfallReason { reason } completedHours }"
# Table and argument -> arguments to try, and the selection that tells what the argument tells.
FILTERS: dict[tuple[str, str], tuple[list[str], str]] = {
    ("account", "search"): (['search: "office"'], "displayName"),
    ("delegate", "level"): (["level: [COUNTY]", "level: [CITY]"], "level"),
    ("delegate", "status"): (["status: [SERVING]", "status: [SUSPENDED, TERMINATED]"], "status"),
    ("delegate", "search"): (['search: "文浩"', 'search: "whp"'], "member { name }"),
    ("course", "search"): (['search: "主体班"'], "title"),
    ("course_session", "since"): (['from: "2020-01-15"'], "startedOn"),
    ("emergency_request", "open_only"): (["openOnly: true"], "status"),
    ("exemption", "open_only"): (["openOnly: true"], "endedOn"),
    ("floating_member", "overdue_only"): (["overdueOnly: true"], "overdue"),
    ("floating_member", "out_of_contact"): (["outOfContact: true"], "leftOn"),
    ("role_grant", "active_only"): (["activeOnly: true"], "isActive"),
    ("role_grant", "role"): (["role: OFFICE", "role: SECRETARY"], "role"),
    ("role_grant", "without_office"): (["withoutOffice: true"], "isActive"),
    ("handover", "open_only"): (["openOnly: true"], "status"),
    ("handover", "overdue_only"): (["overdueOnly: true"], "overdue"),
    ("member", "search"): (['search: "任军"', 'search: "rjf"'], "name"),
    ("member", "below_training_hours"): (["belowTrainingHours: 2020", "belowTrainingHours: 2019"], YEAR),
    ("member", "without_reason"): (["belowTrainingHours: 2020, withoutReason: true"], NO_REASON),
    ("member", "kind"): (["kind: NETWORK", "kind: AWAY"], "attachments { kind }"),
    ("member_request", "open_only"): (["openOnly: true"], "outcome withdrawnAt"),
    ("member_request", "overdue_only"): (["overdueOnly: true"], "overdue"),
    ("member_request", "kind"): (["kind: CORRECTION"], "kind"),
    ("meeting", "kind"): (["kind: [BRANCH_MEETING]"], "kind"),
    ("organization", "kind"): (["kind: [BRANCH]", "kind: [COMMITTEE, GROUP]"], "kind"),
    ("organization", "search"): (['search: "秦湾"', 'search: "hqw"'], "name"),
    ("theme_day", "organization"): (['organization: "<branch>"'], "organization { id }"),
    ("theme_day", "month"): (['month: "2020-01"'], "heldOn"),
    ("theme_day", "status"): (["status: [HELD]", "status: [SCHEDULED, OPEN]"], "status"),
    ("theme_day_problem", "open_only"): (["openOnly: true"], "resolvedOn"),
    ("theme_day_problem", "overdue_only"): (["overdueOnly: true"], "overdue"),
    ("vacancy", "open"): (["open: true"], "endedOn"),
    ("qualification_check", "outcome"): (["outcome: [TERMINATION_PROPOSED]"], "outcome"),
    ("reserve", "for_secretary"): (["forSecretary: true"], "isForSecretary"),
}
# Where a list stands that is not at the root.
WAYS = {
    "Organization": "{ organizations(county: $county, first: 60) { edges { node { id %s } } } }",
    "QualificationReview": '{ qualificationReview(county: $county, quarter: "2020Q4") { id %s } }',
}


def test_every_filter_is_looked_at(ground: Ground) -> None:
    named = {(one.table, argument) for one in ground.lists.values() for argument in one.filters}
    assert named == set(FILTERS)


async def test_a_filter_finds_no_more_than_reading_tells(ground: Ground) -> None:
    branch = (await ids("organization", "t.code"))[BRANCH]
    everybody = {
        **{
            name: holding(replace(viewer, member_id=None), *viewer.grants)
            for name, viewer in ground.viewers.items()
        },
        **{f"grant {name}": holding(ground.viewers["member"], one) for name, one in ground.grants.items()},
        "app and branch": holding(ground.viewers["member"], ground.grants["app"], ground.grants["branch"]),
        "app and own": holding(ground.viewers["floating"], ground.grants["app"]),
        "auditor and member": holding(ground.viewers["floating"], ground.grants["auditor"]),
    }
    tried: Counter[str] = Counter()
    told_more: set[str] = set()
    for (type_name, field), one in ground.lists.items():
        for argument in one.filters:
            given, told = FILTERS[one.table, argument]
            for text in given:
                narrow = text.replace("<branch>", branch)
                found = {
                    who: await _listed(ground, viewer, (type_name, field), narrow, told)
                    for who, viewer in everybody.items()
                }
                whole = {
                    who: await _listed(ground, viewer, (type_name, field), "", told)
                    for who, viewer in everybody.items()
                }
                tried[f"{one.table} {argument}"] += max(map(len, found.values()))
                best = _best(whole)
                for who, rows_found in found.items():
                    assert rows_found.keys() <= whole[who].keys(), (who, field, narrow)
                    told_more |= {
                        f"{who} finds by {type_name}.{field}({narrow}) what he does not read: {value}, not {best[row]}"
                        for row, value in rows_found.items()
                        if value != best[row]
                    }
    assert not told_more
    # Most filters find something for somebody, or this test says nothing.
    assert sum(1 for count in tried.values() if count) > len(FILTERS) * 2 // 3, tried


async def _listed(
    ground: Ground, viewer: AccountViewer, place: tuple[str, str], given: str, told: str
) -> dict[str, Any]:
    """Row (by its key and its parent's) -> the value that the filter tells of."""
    type_name, field = place
    declared_ones = ground.core.type_map[type_name].fields[field].args  # type: ignore[attr-defined]
    county = "county: $county, " if "county" in declared_ones else ""
    inner = (
        f"{field}({county}first: 60, {given}) {{ edges {{ node {{ key: id told: __typename {told} }} }} }}"
    )
    text = WAYS[type_name] % inner if type_name in WAYS else f"{{ {inner} }}"
    uses = "$county" in text
    answer = await ground.ask(
        ("query($county: ID!) " if uses else "") + text, viewer, {"county": COUNTY} if uses else {}
    )
    assert "errors" not in answer, (answer, text)
    return dict(_keyed(answer["data"]))


def _keyed(value: Any, parent: str = "") -> Any:
    if isinstance(value, list):
        for one in value:
            yield from _keyed(one, parent)
    elif isinstance(value, dict):
        if "key" in value:
            yield f"{parent} {value['key']}", {name: one for name, one in value.items() if name != "key"}
        for one in value.values():
            yield from _keyed(one, value.get("id", parent))


def _best(whole: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the one who reads most reads of each row: of two values that which is not null."""
    best: dict[str, Any] = {}
    for found in whole.values():
        for row, value in found.items():
            if row not in best or len(repr(value)) > len(repr(best[row])) or _fuller(value, best[row]):
                best[row] = value
    return best


def _fuller(value: dict[str, Any], other: dict[str, Any]) -> bool:
    return sum(one is None for one in value.values()) < sum(one is None for one in other.values())
