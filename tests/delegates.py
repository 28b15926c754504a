"""What tests about delegates have in common: reviews that are opened and answered, and decisions about them."""

from datetime import datetime
from typing import Any

from runtime.clock import CHINA
from tests.conftest import COUNTY, Client
from tests.test_access import rows
from tests.workbooks import PEOPLE

BODY = "中共试验县委员会"
QUARTER = "2020Q4"
CLOSING = datetime(2020, 12, 28, 10, tzinfo=CHINA)
IN_COUNTY = "county_id = (SELECT id FROM county WHERE code = $1)"

OPEN = """mutation($county: ID!, $quarter: Quarter!) { openQualificationReview(county: $county, quarter: $quarter) {
  review { id status checkCount staleCount overdueClearances progress { judging judged toJudge failure } }
  refusals { code message } } }"""
REVIEW = """query($county: ID!, $quarter: Quarter!) { qualificationReview(county: $county, quarter: $quarter) {
  id status checkCount staleCount overdueClearances progress { judging judged toJudge failure }
  checks(first: 100) { edges { node { id outcome findings { code }
    delegate { id status member { id name } } } } } } }"""
DECIDE = """mutation($input: DecideQualificationInput!) { decideQualification(input: $input) {
  check { id decision { outcome reason decidedOn by { displayName } proposedBy filedWith votesFor votesAgainst
    dissent { by opinion } withdrawnOn } delegate { id status statusHistory { status since decidedBy reason } } }
  findings { code severity message citation } refusals { code message citation } } }"""


async def ask(client: Client, text: str, who: str | None, **variables: Any) -> Any:
    """The value of the one root field of a document that must answer without errors."""
    answer = await client.query(text, who, **variables)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


def codes(answer: Any) -> list[str]:
    return [refusal["code"] for refusal in answer["refusals"]]


async def review(client: Client, quarter: str = QUARTER) -> Any:
    return await ask(client, REVIEW, "office", county=COUNTY, quarter=quarter)


async def checks(client: Client, quarter: str = QUARTER) -> list[Any]:
    """The checks of the quarter in the order of their delegates' numbers in PEOPLE."""
    found = {
        edge["node"]["delegate"]["member"]["name"]: edge["node"]
        for edge in (await review(client, quarter))["checks"]["edges"]
    }
    return [found[who.name] for who in PEOPLE if who.name in found]


async def cleared(client: Client, quarter: str = QUARTER) -> list[Any]:
    """The quarter's review opened, both agencies without an objection to anybody."""
    opened = await ask(client, OPEN, "office", county=COUNTY, quarter=quarter)
    assert codes(opened) == []
    await rows(
        "UPDATE clearance SET opinion = 'NO_OBJECTION', reason = NULL, submitted_at = requested_at "
        f"WHERE quarter = $2 AND {IN_COUNTY}",
        COUNTY,
        quarter,
    )
    assert codes(await ask(client, OPEN, "office", county=COUNTY, quarter=quarter)) == []
    return await checks(client, quarter)


async def decide(client: Client, check: str, outcome: str, who: str | None = "office", **given: Any) -> Any:
    full = {"checkId": check, "outcome": outcome, "reason": "情况属实", "decidedBy": BODY, **given}
    return await ask(client, DECIDE, who, input=full)
