"""What publications report of delegates, beside what the records give."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from tests.conftest import Client, Credentials
from tests.test_access import OTHER, rows, two_counties

CLAIMS = f"""{{ county(code: "{OTHER}") {{ reportedFigures(year: 2020) {{ key reported computed }} }} }}"""


@pytest.fixture(scope="module")
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def computed(county: Client, key: str) -> Any:
    answer = await county.query(CLAIMS, f"office@{OTHER}")
    return next(one["computed"] for one in answer["data"]["county"]["reportedFigures"] if one["key"] == key)


async def decided(
    delegate: str, quarter: str, outcome: str, finding: str, *, withdrawn: bool = False
) -> None:
    await rows(
        "INSERT INTO qualification_review (id, county_id, quarter, opened_at) SELECT gen_random_uuid(), d.county_id, "
        "$2, now() FROM delegate d WHERE d.id = $1 ON CONFLICT DO NOTHING",
        *(delegate, quarter),
    )
    (check,) = await rows(
        "INSERT INTO qualification_check (id, review_id, delegate_id, outcome, findings, facts, evaluated_at) "
        "SELECT gen_random_uuid(), r.id, d.id, $3, $4::jsonb, '{}', now() FROM qualification_review r "
        "JOIN delegate d ON d.county_id = r.county_id WHERE d.id = $1 AND r.quarter = $2 RETURNING id",
        *(delegate, quarter, outcome, orjson.dumps([{"code": finding}]).decode()),
    )
    await rows(
        "INSERT INTO qualification_decision (id, qualification_check_id, outcome, reason, decided_by, decided_on, "
        "status_before) VALUES (gen_random_uuid(), $1, $2, '情况属实', '县委', '2020-12-20', 'SERVING')",
        *(check["id"], outcome),
    )
    if withdrawn:
        await rows(
            "UPDATE qualification_decision SET withdrawn_on = '2020-12-21', withdrawn_by = '县委', "
            "withdrawal_reason = '有误' WHERE qualification_check_id = $1",
            check["id"],
        )


async def test_delegates_who_were_moved_out_of_the_county(county: Client) -> None:
    found = await rows(
        "SELECT d.id FROM delegate d JOIN county c ON c.id = d.county_id WHERE c.code = $1 ORDER BY d.id",
        OTHER,
    )
    first, second, third = (str(one["id"]) for one in found)
    await rows("UPDATE delegate SET level = 'COUNTY' WHERE id = ANY($1)", [first, second])
    await rows("UPDATE delegate SET level = 'CITY' WHERE id = $1", third)
    suspend, terminate, left = "SUSPENSION_PROPOSED", "TERMINATION_PROPOSED", "DELEGATE_LEFT_AREA"
    for delegate, quarter, outcome, finding, withdrawn, ended in (
        (first, "2020Q1", "QUALIFIED", left, False, 0),
        (first, "2020Q2", terminate, "DELEGATE_RESIGNED", False, 0),
        (third, "2020Q2", suspend, left, False, 0),
        (second, "2020Q2", suspend, left, True, 0),
        (second, "2019Q4", suspend, left, False, 0),
        (first, "2020Q3", suspend, left, False, 1),
        (first, "2020Q4", terminate, left, False, 1),  # the same person
        (second, "2020Q4", terminate, "DELEGATE_PLACE_UNCLEAR", False, 2),
    ):
        await decided(delegate, quarter, outcome, finding, withdrawn=withdrawn)
        assert await computed(county, "delegates_ended") == ended, (quarter, outcome, finding)


async def test_who_was_terminated_is_no_delegate(county: Client) -> None:
    for level in ("COUNTY", "CITY", "PROVINCE"):
        await rows("UPDATE delegate SET level = $1, status = 'SERVING'", level)
        key = f"{level.lower()}_delegates"
        assert await computed(county, key) == 3
        await rows(
            "UPDATE delegate SET status = 'TERMINATED' WHERE id = (SELECT d.id FROM delegate d "
            "JOIN county c ON c.id = d.county_id WHERE c.code = $1 ORDER BY d.id LIMIT 1)",
            OTHER,
        )
        assert await computed(county, key) == 2
