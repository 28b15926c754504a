"""Idempotency-Key: one effect and one answer, however often and however fast a phone sends it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from runtime.clock import now, stopped_at
from tests.conftest import Client, Credentials
from tests.test_access import ids, rows, two_counties

_days = (date(2099, 1, 1) + timedelta(days=number) for number in range(365))


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def body(county: Client, **changes: Any) -> dict[str, Any]:
    """A theme day to schedule: a second time it would be refused as ALREADY_SCHEDULED."""
    branch = (await ids("organization", "t.code"))["SY01001"]
    given = {"organizationId": branch, "heldOn": f"{next(_days)}", "theme": "植树", **changes}
    query, name = county.documents["ScheduleThemeDay"], "ScheduleThemeDay"
    return {"query": query, "operationName": name, "variables": {"input": given}}


async def post(county: Client, sent: Any, key: str, who: str | None = "secretary") -> httpx.Response:
    return await county.post(sent, who, **{"Idempotency-Key": key})


def error(answer: httpx.Response) -> str | None:
    """The code of the request's error, if it has one."""
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else None


def refusals(answer: httpx.Response) -> list[str]:
    return [refusal["code"] for refusal in answer.json()["data"]["scheduleThemeDay"]["refusals"]]


async def effects() -> int:
    count: int = (await rows("SELECT count(*) FROM theme_day"))[0]["count"]
    return count


async def test_the_same_again_answers_with_the_same_bytes(county: Client) -> None:
    sent, before = await body(county), await effects()
    first = await post(county, sent, "again")
    assert refusals(first) == []
    for _ in range(3):
        assert (await post(county, sent, "again")).content == first.content
    assert await effects() == before + 1
    # Without the key it is a request like any other.
    assert refusals(await county.post(sent, "secretary")) == ["ALREADY_SCHEDULED"]


async def test_a_refusal_is_an_answer_like_any_other(county: Client) -> None:
    sent = await body(county, theme="")
    first = await post(county, sent, "refused")
    assert refusals(first) == ["THEME_MISSING"]
    assert (await post(county, sent, "refused")).content == first.content


async def test_another_body_with_the_key_is_refused(county: Client) -> None:
    sent = await body(county)
    await post(county, sent, "another")
    before = await effects()
    others = [await body(county), {**sent, "query": sent["query"] + "\n"}]
    for other in others:
        assert error(await post(county, other, "another")) == "IDEMPOTENCY_KEY_REUSED"
    assert await effects() == before


async def test_the_order_of_the_variables_makes_no_other_body(county: Client) -> None:
    sent = await body(county)
    first = await post(county, sent, "order")
    turned = dict(reversed(sent["variables"]["input"].items()))
    assert (await post(county, {**sent, "variables": {"input": turned}}, "order")).content == first.content


async def test_the_same_key_of_another_account_is_another_key(county: Client) -> None:
    before = await effects()
    for who in ("secretary", "office", "town"):
        assert refusals(await post(county, await body(county), "shared", who)) == []
    assert await effects() == before + 3


async def test_twenty_at_once_have_one_effect(county: Client) -> None:
    for number in range(3):
        sent, before = await body(county), await effects()
        answers = await asyncio.gather(*(post(county, sent, f"at once {number}") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        done = {answer.content for answer in answers if error(answer) is None}
        assert len(done) == 1
        assert {error(answer) for answer in answers} <= {None, "IN_PROGRESS"}
        assert await effects() == before + 1
        assert (await post(county, sent, f"at once {number}")).content in done


async def test_a_key_whose_answer_never_came_may_be_tried_again(county: Client) -> None:
    """The server died between the two: after a minute the request is carried out."""
    sent, before = await body(county), await effects()
    await post(county, sent, "died")
    await rows("UPDATE idempotent_request SET answer_sealed = NULL WHERE key = 'died'")
    assert error(await post(county, sent, "died")) == "IN_PROGRESS"
    with stopped_at(now() + timedelta(seconds=61)):
        assert refusals(await post(county, sent, "died")) == ["ALREADY_SCHEDULED"]
    assert await effects() == before + 1


async def test_by_its_hash_alone(county: Client) -> None:
    """The fingerprint is of the operation, not of the way in which it was named."""
    sent = await body(county)
    first = await post(county, sent, "hash")
    digest = hashlib.sha256(sent["query"].encode()).hexdigest()
    by_hash = {
        "extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}},
        "operationName": "ScheduleThemeDay",
        "variables": sent["variables"],
    }
    assert (await post(county, by_hash, "hash")).content == first.content


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_keys_that_are_none(county: Client, key: str) -> None:
    before = await effects()
    assert error(await post(county, await body(county), key)) == "BAD_IDEMPOTENCY_KEY"
    assert await effects() == before


async def test_reads_do_not_care(county: Client) -> None:
    read = {"query": "{ viewer { username } }"}
    for who in ("office", "town"):
        answer = (await post(county, read, "read", who)).json()
        assert answer["data"]["viewer"]["username"] == who
    assert await rows("SELECT 1 FROM idempotent_request WHERE key = 'read'") == []


async def test_two_operations_of_one_document(county: Client) -> None:
    """Which of them is meant belongs to the body."""
    sent = await body(county)
    twice = sent["query"] + "\nmutation Other { signOut { ended } }"
    await post(county, {**sent, "query": twice}, "two")
    other = {"query": twice, "operationName": "Other", "variables": sent["variables"]}
    assert error(await post(county, other, "two")) == "IDEMPOTENCY_KEY_REUSED"
