"""What tests of members' rights share: a token for whoever is needed, and a member's requests."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from models import Account
from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.accounts.accounts import to_claims
from runtime.tokens import Tokens
from tests.conftest import COUNTY, Client
from tests.test_access import rows
from tests.theme_days import answered

SECRET = "tests-only-" + "x" * 32
REASON = "走访前核对联系方式"
CORRECT = """mutation($input: RequestCorrectionInput!) { requestCorrection(input: $input) {
  request { id kind field proposed reason dueOn overdue outcome by { displayName } } refusals { code citation } } }"""
OBJECT = """mutation($input: ObjectToFindingInput!) { objectToFinding(input: $input) {
  request { id kind subject subjectId year findingCode field } refusals { code } } }"""
ANSWER = """mutation($input: AnswerMemberRequestInput!) { answerMemberRequest(input: $input) {
  request { id outcome answer answeredAt proposed by { displayName } } applied refusals { code } } }"""
OWN = """{ viewer { member { requests(first: 50) { totalCount edges { node {
  id kind field proposed outcome answer withdrawnAt } } } } } }"""


async def account_of(client: Client, name: str, member: str | None, *grants: Grant) -> str:
    """An account for a test: its key in `client.tokens`."""
    given = {"display_name": name, "password_hash": "", "member_id": member}
    account, _ = await Account.get_or_create(given, username=name)
    viewer = AccountViewer(account.id, name, UUID(member) if member else None, grants)
    client.tokens[name] = Tokens(SECRET, 12).issue(to_claims(replace(viewer, session_id=uuid4())))
    return name


async def grant_in_county(role: Role) -> Grant:
    (county,) = await rows("SELECT id FROM county WHERE code = $1", COUNTY)
    return Grant(role, county["id"], COUNTY)


async def corrected(client: Client, who: str, field: str, proposed: str, reason: str = "换了新的") -> Any:
    given = {"field": field, "proposed": proposed, "reason": reason}
    return await answered(client, CORRECT, who, input=given)


async def objected(client: Client, who: str, subject: str, **given: Any) -> Any:
    return await answered(client, OBJECT, who, input={"subject": subject, "reason": "与事实不符", **given})


async def answer(client: Client, who: str | None, request: str, outcome: str, text: str = "已核实") -> Any:
    given = {"requestId": request, "outcome": outcome, "answer": text}
    return await answered(client, ANSWER, who, input=given)
