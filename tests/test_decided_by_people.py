"""No finding decides by itself (PIPL 24): with both columns nailed down, all but a recorded decision works."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.clock import stopped_at
from runtime.database import connection
from tests.conftest import COUNTY, Client, Credentials
from tests.delegates import CLOSING, OPEN, QUARTER, ask, checks, cleared, codes, decide
from tests.rights import answer, corrected
from tests.test_access import rows, two_counties

SOURCES = Path(__file__).resolve().parent.parent / "resolvers"
NAILS = """
CREATE FUNCTION nailed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'nobody decided this'; END $$;
CREATE TRIGGER nailed BEFORE UPDATE ON member FOR EACH ROW
  WHEN (OLD.standing <> NEW.standing) EXECUTE FUNCTION nailed();
CREATE TRIGGER nailed BEFORE UPDATE ON delegate FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION nailed();
"""


@pytest.fixture
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        await connection().execute_script(NAILS)
        yield client


async def test_findings_and_answers_change_no_standing_and_no_status(county: Client) -> None:
    with stopped_at(CLOSING):
        await cleared(county)
        # The worst that an agency can say, and judged again with it.
        await rows(
            "UPDATE clearance SET opinion = 'OBJECTION', reason = '开除党籍' WHERE quarter = $1", QUARTER
        )
        assert codes(await ask(county, OPEN, "office", county=COUNTY, quarter=QUARTER)) == []
        found = await checks(county)
        assert {one["outcome"] for one in found} == {"TERMINATION_PROPOSED"}
        assert {one["delegate"]["status"] for one in found} == {"SERVING"}
        # A granted correction of a standing is no decision about it either.
        asked = (await corrected(county, "member", "STANDING", "预备党员"))["request"]["id"]
        assert (await answer(county, "office", asked, "GRANTED"))["applied"] is False
        # What a named body decided is what the nails hold back.
        with pytest.raises(AssertionError, match="FAULT"):
            await decide(county, found[0]["id"], "TERMINATION_PROPOSED")


def test_one_function_sets_a_delegates_status() -> None:
    """Whoever adds a second place comes by here."""
    callers = {
        str(file.relative_to(SOURCES))
        for file in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "change_status"
    }
    assert callers == {"delegates/decisions.py"}
