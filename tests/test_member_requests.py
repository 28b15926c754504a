"""What members ask about their records, who answers it, and what an answer writes."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from models import Member
from models.choices import Role
from resolvers.member_rights.record_fields import DELETABLE, RecordField
from resolvers.member_rights.requests import MOST_OPEN
from runtime.clock import CHINA, stopped_at
from tests.conftest import COUNTY, Client, Credentials
from tests.delegates import CLOSING, cleared, decide
from tests.rights import CORRECT, OBJECT, OWN, account_of, answer, corrected, grant_in_county, objected
from tests.test_access import ACCOUNTS, ids, members, rows, two_counties
from tests.theme_days import answered, codes, last_audit, only, own_member

NOON = datetime(2020, 3, 10, 12, tzinfo=CHINA)
DELETE = """mutation($input: RequestDeletionInput!) { requestDeletion(input: $input) {
  member { id } refusals { code message citation } } }"""
LOCK = """mutation($input: RequestLockInput!) { requestLock(input: $input) {
  request { id kind } refusals { code } } }"""
UNLOCK = """mutation($input: UnlockMemberInput!) { unlockMember(input: $input) {
  member { id lockedOn } refusals { code } } }"""
WITHDRAW = """mutation($id: ID!) { withdrawRequest(requestId: $id) {
  request { id withdrawnAt } refusals { code } } }"""
LIST = """query($county: ID!, $open: Boolean!, $overdue: Boolean!, $kind: RequestKind) {
  memberRequests(county: $county, first: 50, openOnly: $open, overdueOnly: $overdue, kind: $kind) {
    edges { node { id kind field proposed reason overdue member { id } } } } }"""
DUTIES = "{ viewer { duties { kind title dueOn overdue citation } } }"
SELF = "{ viewer { member { phone address education occupation ethnicity lockedOn } } }"


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


@pytest.fixture(autouse=True)
async def nothing_asked(county: Client) -> AsyncIterator[None]:
    yield
    await rows("DELETE FROM member_request")
    await rows("UPDATE member SET locked_on = NULL")


async def listed(county: Client, who: str, **given: Any) -> list[Any]:
    asked = {"county": COUNTY, "open": False, "overdue": False, "kind": None, **given}
    return [edge["node"] for edge in (await answered(county, LIST, who, **asked))["edges"]]


async def own(county: Client, who: str = "member") -> list[Any]:
    return [edge["node"] for edge in (await answered(county, OWN, who))["member"]["requests"]["edges"]]


async def self_of(county: Client, who: str = "member") -> Any:
    return (await answered(county, SELF, who))["member"]


# ---- asking


async def test_a_correction_is_asked_for_and_due_in_fifteen_days(county: Client) -> None:
    with stopped_at(NOON):
        told = await corrected(county, "member", "PHONE", "１３９ 0013-9000")
    assert told["refusals"] == []
    asked = told["request"]
    assert {
        name: asked[name] for name in ("kind", "field", "proposed", "dueOn", "overdue", "outcome", "by")
    } == {
        "kind": "CORRECTION",
        "field": "PHONE",
        "proposed": "13900139000",
        "dueOn": "2020-03-25",
        "overdue": False,
        "outcome": None,
        "by": None,
    }
    kept = await rows("SELECT * FROM member_request")
    assert "13900139000" not in str(kept)
    entry = await last_audit("MAKE_MEMBER_REQUEST")
    detail = orjson.loads(entry["detail"])
    assert (detail["kind"], detail["field"], entry["subject_id"]) == ("CORRECTION", "PHONE", asked["id"])
    assert "13900139000" not in str(await rows("SELECT detail FROM audit_entry"))
    assert "换了新的" not in str(await rows("SELECT detail FROM audit_entry"))


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a phone that is none": ({"field": "PHONE", "proposed": "12345"}, "PROPOSED_INVALID"),
    "an identity number with a wrong digit": (
        {"field": "ID_NUMBER", "proposed": "990826197001010011"},
        "PROPOSED_INVALID",
    ),
    "an education that is too long": ({"field": "EDUCATION", "proposed": "学" * 31}, "PROPOSED_INVALID"),
    "nothing proposed": ({"field": "NAME", "proposed": " "}, "PROPOSED_MISSING"),
    "too much proposed": ({"field": "OTHER", "proposed": "字" * 201}, "PROPOSED_MISSING"),
    "no reason": ({"field": "NAME", "proposed": "张三", "reason": " "}, "REASON_MISSING"),
    "too long a reason": ({"field": "NAME", "proposed": "张三", "reason": "因" * 501}, "REASON_MISSING"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_correction_is_refused(county: Client, case: str) -> None:
    given, code = REFUSED[case]
    assert codes(await corrected(county, "member", **given)) == [code]
    assert await own(county) == []


async def test_who_is_no_member_has_nothing_to_ask(county: Client) -> None:
    given: dict[str, dict[str, Any]] = {
        CORRECT: {"field": "NAME", "proposed": "张三", "reason": "错别字"},
        LOCK: {"reason": "不再使用"},
        DELETE: {"fields": ["PHONE"], "reason": "不用"},
        OBJECT: {"subject": "TRAINING_YEAR", "year": 2019, "reason": "学时不对"},
    }
    for text, asked in given.items():
        await only(county, {"member", "floating", "secretary"}, text, {"input": asked}, "NO_OWN_RECORD")


async def test_the_same_is_asked_once_and_not_without_end(county: Client) -> None:
    assert codes(await corrected(county, "member", "NAME", "张三")) == []
    assert codes(await corrected(county, "member", "NAME", "李四")) == ["ALREADY_ASKED"]
    for year in range(2000, 2000 + MOST_OPEN - 1):
        assert codes(await objected(county, "member", "TRAINING_YEAR", year=year)) == []
    assert codes(await corrected(county, "member", "GENDER", "女")) == ["TOO_MANY_REQUESTS"]
    [first] = [one for one in await own(county) if one["kind"] == "CORRECTION"]
    assert codes(await answered(county, WITHDRAW, "member", id=first["id"])) == []
    assert codes(await corrected(county, "member", "NAME", "李四")) == []


async def test_taking_back(county: Client) -> None:
    asked = (await corrected(county, "member", "NAME", "张三"))["request"]["id"]
    await only(county, {"member"}, WITHDRAW, {"id": asked}, "REQUEST_NOT_FOUND")
    told = await answered(county, WITHDRAW, "member", id=asked)
    assert told["request"]["withdrawnAt"] is not None
    assert codes(await answered(county, WITHDRAW, "member", id=asked)) == ["REQUEST_CLOSED"]
    assert codes(await answer(county, "office", asked, "GRANTED")) == ["REQUEST_CLOSED"]
    assert await listed(county, "office", open=True) == []
    assert len(await listed(county, "office")) == 1


# ---- who sees and who answers


async def test_who_sees_requests_and_what_is_proposed(county: Client) -> None:
    asked = (await corrected(county, "member", "PHONE", "13900139000"))["request"]["id"]
    sees = {"office": "13900139000", "town": "13900139000", "secretary": None}
    for who in (one for one in ACCOUNTS if one):
        seen = [(one["id"], one["proposed"]) for one in await listed(county, who)]
        if who == "member":
            assert seen == [(asked, "13900139000")]
        else:
            assert seen == ([(asked, sees[who])] if who in sees else []), who


async def test_lists_of_open_and_overdue_requests(county: Client) -> None:
    with stopped_at(NOON):
        await corrected(county, "member", "NAME", "张三")
        await corrected(county, "floating", "NAME", "张三")
        await answered(county, LOCK, "floating", input={"reason": "不再使用"})
    with stopped_at(NOON + timedelta(days=15)):
        assert await listed(county, "office", overdue=True) == []
        assert len(await listed(county, "office", open=True)) == 3
        assert len(await listed(county, "town", kind="LOCK")) == 1
        [first, *_] = await listed(county, "office")
        assert codes(await answer(county, "office", first["id"], "REFUSED")) == []
    with stopped_at(NOON + timedelta(days=16)):
        late = await listed(county, "office", overdue=True)
        assert (len(late), {one["overdue"] for one in late}) == (2, {True})


async def test_only_office_and_town_answer(county: Client) -> None:
    asked = (await corrected(county, "member", "ADDRESS", "县城东街"))["request"]["id"]
    before = await self_of(county)
    for who in set(ACCOUNTS) - {"office", "town"}:
        assert codes(await answer(county, who, asked, "GRANTED")) == ["REQUEST_NOT_FOUND"], who
    assert codes(await answer(county, "town", str(uuid4()), "GRANTED")) == ["REQUEST_NOT_FOUND"]
    for text in (" ", "答" * 401):
        assert codes(await answer(county, "town", asked, "GRANTED", text)) == ["ANSWER_MISSING"]
    assert await self_of(county) == before
    told = await answer(county, "town", asked, "GRANTED")
    assert (told["applied"], told["request"]["by"]) == (True, {"displayName": "镇党委"})
    assert codes(await answer(county, "office", asked, "REFUSED")) == ["REQUEST_CLOSED"]


async def test_nobody_answers_his_own(county: Client) -> None:
    asked = (await corrected(county, "member", "ADDRESS", "县城东街"))["request"]["id"]
    who = await account_of(county, "clerk", await own_member("member"), await grant_in_county(Role.OFFICE))
    assert codes(await answer(county, who, asked, "GRANTED")) == ["NOT_FOR_ONESELF"]


async def test_who_recorded_it_does_not_answer(county: Client) -> None:
    person = await own_member("member")
    await rows(
        "INSERT INTO appraisal (id, county_id, member_id, organization_id, year, grade, decided_by, decided_on, "
        "recorded_by_id) SELECT gen_random_uuid(), m.county_id, m.id, m.organization_id, 2019, 'QUALIFIED', '支委会', "
        "'2020-01-05', a.id FROM member m, account a WHERE m.id = $1 AND a.username = 'town'",
        person,
    )
    (graded,) = await rows("SELECT id FROM appraisal")
    told = await objected(county, "member", "APPRAISAL", subjectId=str(graded["id"]))
    assert (told["request"]["subject"], told["request"]["subjectId"]) == ("APPRAISAL", str(graded["id"]))
    assert codes(await answer(county, "town", told["request"]["id"], "REFUSED")) == ["RECORDED_BY_ONESELF"]
    told = await answer(county, "office", told["request"]["id"], "GRANTED")
    assert (codes(told), told["applied"]) == ([], False)
    await rows("DELETE FROM appraisal")


# ---- what an answer writes


WRITTEN = {
    "PHONE": ("13900139000", "phone"),
    "ADDRESS": ("县城东街1号", "address"),
    "EDUCATION": ("研究生", "education"),
    "OCCUPATION": ("村医", "occupation"),
    "ETHNICITY": ("满族", "ethnicity"),
}


@pytest.mark.parametrize("field", WRITTEN)
async def test_a_granted_correction_is_written_at_once(county: Client, field: str) -> None:
    value, name = WRITTEN[field]
    before = (await self_of(county))[name]
    refused = (await corrected(county, "member", field, value))["request"]["id"]
    assert (await answer(county, "office", refused, "REFUSED"))["applied"] is False
    partly = (await corrected(county, "member", field, value))["request"]["id"]
    assert (await answer(county, "office", partly, "PARTLY"))["applied"] is False
    assert (await self_of(county))[name] == before
    granted = (await corrected(county, "member", field, value))["request"]["id"]
    told = await answer(county, "office", granted, "GRANTED")
    assert (told["applied"], told["request"]["answer"]) == (True, "已核实")
    assert (await self_of(county))[name] == value
    detail = orjson.loads((await last_audit("CORRECT_MEMBER"))["detail"])
    assert (detail["field"], detail["request"]) == (field, granted)
    assert value not in str(await rows("SELECT detail FROM audit_entry"))


async def test_a_corrected_phone_is_whole_and_masked_for_others(county: Client) -> None:
    asked = (await corrected(county, "floating", "PHONE", "13900139000"))["request"]["id"]
    await answer(county, "office", asked, "GRANTED")
    person = await Member.get(id=await own_member("floating"))
    assert person.phone_masked == "139****9000"
    assert b"13900139000" not in bytes(person.phone_sealed or b"")
    (same,) = await rows(
        "SELECT count(DISTINCT phone_hash) AS n FROM member WHERE phone_masked = '139****9000'"
    )
    assert same["n"] == 1


@pytest.mark.parametrize("field", ["NAME", "JOINED_ON", "STANDING", "ORGANIZATION", "OTHER"])
async def test_what_stands_on_documents_comes_with_the_file(county: Client, field: str) -> None:
    asked = (await corrected(county, "member", field, "内容"))["request"]["id"]
    told = await answer(county, "office", asked, "GRANTED")
    assert told["applied"] is False
    assert told["request"]["answer"] == "已核实（由县委组织部在名册中更正后生效。）"


async def test_what_was_given_voluntarily_is_deleted(county: Client) -> None:
    person = await own_member("floating")
    old = (await corrected(county, "floating", "PHONE", "13900139000"))["request"]["id"]
    await answer(county, "office", old, "GRANTED")
    fields = [one.value for one in DELETABLE]
    given = {"fields": fields, "reason": "不再需要"}
    told = await answered(county, DELETE, "floating", input=given)
    assert (told["member"]["id"], told["refusals"]) == (person, [])
    open_ones = [one for one in await own(county, "floating") if one["kind"] == "DELETION"]
    assert {one["field"] for one in open_ones} == set(fields)
    for one in open_ones:
        assert (await answer(county, "office", one["id"], "GRANTED"))["applied"] is True
    (left,) = await rows(
        "SELECT m.phone_sealed, m.phone_hash, m.phone_masked, m.address, m.education, m.occupation, f.contact_sealed, "
        "f.contact_hash, f.contact_masked, f.mindset, f.contribution FROM member m JOIN floating_member f "
        "ON f.member_id = m.id WHERE m.id = $1",
        person,
    )
    assert set(left.values()) == {None}
    # What was proposed for it is gone, too.
    assert [one["proposed"] for one in await own(county, "floating") if one["id"] == old] == [None]
    assert orjson.loads((await last_audit("DELETE_MEMBER_VALUE"))["detail"])["field"] in fields


@pytest.mark.parametrize("field", sorted(set(RecordField) - set(DELETABLE)))
async def test_what_has_to_be_kept_can_be_locked(county: Client, field: str) -> None:
    given = {"fields": ["PHONE", field], "reason": "不再需要"}
    told = await answered(county, DELETE, "member", input=given)
    assert codes(told) == ["MUST_BE_KEPT"]
    assert "requestLock" in told["refusals"][0]["message"]
    assert told["refusals"][0]["citation"] == "《中华人民共和国个人信息保护法》第四十七条"
    assert await own(county) == []


async def test_a_lock_and_its_end(county: Client) -> None:
    person = await own_member("member")
    asked = (await answered(county, LOCK, "member", input={"reason": "不再使用"}))["request"]["id"]
    assert (await self_of(county))["lockedOn"] is None
    with stopped_at(NOON):
        assert (await answer(county, "town", asked, "GRANTED"))["applied"] is True
    assert (await self_of(county))["lockedOn"] == "2020-03-10"
    given = {"memberId": person, "reason": "本人要求恢复"}
    await only(county, {"office"}, UNLOCK, {"input": given}, "MEMBER_NOT_FOUND")
    told = await answered(county, UNLOCK, "office", input=given | {"reason": ""})
    assert codes(told) == ["REASON_MISSING"]
    told = await answered(county, UNLOCK, "office", input=given)
    assert told == {"member": {"id": person, "lockedOn": None}, "refusals": []}
    assert codes(await answered(county, UNLOCK, "office", input=given)) == ["NOT_LOCKED"]
    entry = orjson.loads((await last_audit("UNLOCK_MEMBER"))["detail"])
    assert (entry["since"], entry["reason"]) == ("2020-03-10", "本人要求恢复")


# ---- objections


async def test_what_somebody_may_object_to(county: Client) -> None:
    person, others = await own_member("floating"), (await members())[0]
    (away,) = await rows("SELECT id FROM floating_member WHERE member_id = $1", person)
    days = await ids("theme_day", "(SELECT code FROM organization o WHERE o.id = t.organization_id)")
    assert codes(await objected(county, "floating", "FLOATING_RECORD", subjectId=str(away["id"]))) == []
    assert codes(await objected(county, "floating", "THEME_DAY_ATTENDANCE", subjectId=days["SY01001"])) == []
    told = await objected(county, "floating", "TRAINING_YEAR", year=2019, findingCode="TRAINING_HOURS_SHORT")
    assert (told["request"]["year"], told["request"]["findingCode"]) == (2019, "TRAINING_HOURS_SHORT")
    assert told["request"]["field"] is None
    missing: list[tuple[str, dict[str, Any]]] = [
        ("FLOATING_RECORD", {"subjectId": others}),
        ("FLOATING_RECORD", {}),
        ("FLOATING_RECORD", {"subjectId": "not-an-id"}),
        ("THEME_DAY_ATTENDANCE", {"subjectId": days["SY01002"]}),
        ("CHECK", {"subjectId": str(uuid4())}),
        ("APPRAISAL", {"subjectId": str(uuid4())}),
        ("TRAINING_YEAR", {}),
        ("TRAINING_YEAR", {"year": 2999}),
    ]
    for subject, given in missing:
        assert codes(await objected(county, "floating", subject, **given)) == ["SUBJECT_NOT_FOUND"], subject
    told = await objected(county, "floating", "TRAINING_YEAR", year=2018, findingCode="随便")
    assert codes(told) == ["FINDING_NOT_FOUND"]


CHECKS = """{ viewer { member { qualificationChecks(first: 5) { edges { node {
  id quarter outcome openObjections judgedFrom findings { code message citation ruleVersion rulePack }
  clearances { id } decision { outcome reason decidedOn by { displayName } } } } } } } }"""


async def test_a_delegate_reads_what_was_found_and_is_heard_before_a_decision(county: Client) -> None:
    person = (await members())[10]  # who moved away
    who = await account_of(county, "delegate", person)
    with stopped_at(CLOSING):
        await cleared(county)
        [edge] = (await answered(county, CHECKS, who))["member"]["qualificationChecks"]["edges"]
        check = edge["node"]
        assert check["quarter"] == "2020Q4"
        assert "clearances" not in check["judgedFrom"]
        assert check["judgedFrom"]["quarter"] == "2020Q4"
        assert (check["clearances"], check["decision"]) == ([], None)
        assert all(one["citation"] and one["ruleVersion"] for one in check["findings"])
        told = await objected(county, who, "CHECK", subjectId=check["id"], findingCode="NO_SUCH_FINDING")
        assert codes(told) == ["FINDING_NOT_FOUND"]
        code = check["findings"][0]["code"] if check["findings"] else None
        told = await objected(county, who, "CHECK", subjectId=check["id"], findingCode=code)
        assert codes(told) == []
        # Another's check is none of his.
        other = await account_of(county, "another", (await members())[9])
        assert codes(await objected(county, other, "CHECK", subjectId=check["id"])) == ["SUBJECT_NOT_FOUND"]
        seen = (await answered(county, CHECKS, who))["member"]["qualificationChecks"]["edges"][0]["node"]
        assert seen["openObjections"] == 1
        assert codes(await decide(county, check["id"], "QUALIFIED")) == ["OBJECTION_OPEN"]
        assert codes(await answer(county, "office", told["request"]["id"], "REFUSED", "已核对调动文件")) == []
        assert codes(await decide(county, check["id"], "QUALIFIED")) == []
        seen = (await answered(county, CHECKS, who))["member"]["qualificationChecks"]["edges"][0]["node"]
    assert (seen["openObjections"], seen["decision"]["outcome"]) == (0, "QUALIFIED")


# ---- duties


async def test_an_open_request_is_a_duty_of_those_who_answer(county: Client) -> None:
    with stopped_at(NOON):
        asked = (await corrected(county, "member", "NAME", "张三"))["request"]["id"]
    (name,) = await rows("SELECT name FROM member WHERE id = $1", await own_member("member"))
    with stopped_at(NOON + timedelta(days=16)):
        for who in (one for one in ACCOUNTS if one):
            duties = [
                duty
                for duty in (await answered(county, DUTIES, who))["duties"]
                if duty["kind"] == "MEMBER_REQUEST"
            ]
            if who not in ("office", "town"):
                assert duties == [], who
                continue
            assert duties == [
                {
                    "kind": "MEMBER_REQUEST",
                    "title": f"答复党员更正申请: {name['name']}",
                    "dueOn": "2020-03-25",
                    "overdue": True,
                    "citation": "《中华人民共和国个人信息保护法》第五十条",
                }
            ]
        await answer(county, "office", asked, "REFUSED")
        assert (await answered(county, DUTIES, "office"))["duties"] == []
