"""What the tests about members away share: their documents, their rows, and accounts of other places."""

from typing import Any
from uuid import UUID, uuid4

from models.choices import Role
from resolvers.access import AccountViewer, Grant
from resolvers.accounts.accounts import to_claims
from runtime.tokens import Tokens
from tests.conftest import Client
from tests.test_access import OTHER, rows

SECRET = "tests-only-" + "x" * 32
REFUSALS = "refusals { code message citation }"
HOMECOMING = "homecoming { id cameOn leftAgainOn doneCount total items { key label doneOn note } }"
HANDOVER = """handover { id kind status overdue dueOn note refusal memberName homeName hostName
  member { id } home { id } host { id } responsible { id } }"""
WRITES = {
    "updateFloatingMember": (
        "UpdateFloatingMemberInput!",
        "floatingMember { id items { key value } lastGreetedOn }",
    ),
    "registerFloatingMember": (
        "RegisterFloatingMemberInput!",
        "floatingMember { id leftOn registeredOn lastUpdatedOn isPlaceFixed homeBranch { id } contactPerson { id } "
        "clarity { clear total } systems { key count lastOn } }",
    ),
    "recordHomecoming": ("RecordHomecomingInput!", HOMECOMING),
    "recordHomecomingItem": ("RecordHomecomingItemInput!", HOMECOMING),
    "recordFloatingActivity": (
        "RecordFloatingActivityInput!",
        "activity { key label doneOn note inList } floatingMember { systems { key label count lastOn } }",
    ),
    "decideFloatingMember": (
        "DecideFloatingMemberInput!",
        "decision { measure reason decidedBy decidedOn findings { code citation } }",
    ),
    "proposeHandover": ("ProposeHandoverInput!", HANDOVER),
}
DOCUMENTS = {
    **{
        name: f"mutation($input: {kind}) {{ {name}(input: $input) {{ {fields} {REFUSALS} }} }}"
        for name, (kind, fields) in WRITES.items()
    },
    "recordReturn": "mutation($id: ID!, $on: Date!) { recordReturn(floatingMemberId: $id, returnedOn: $on) "
    f"{{ floatingMember {{ id returnedOn hostBranch {{ id }} }} {REFUSALS} }} }}",
    "confirmHandover": "mutation($id: ID!, $side: HandoverSide!) { confirmHandover(handoverId: $id, side: $side) "
    f"{{ {HANDOVER} {REFUSALS} }} }}",
    "refuseHandover": "mutation($id: ID!, $reason: String!) { refuseHandover(handoverId: $id, reason: $reason) "
    f"{{ {HANDOVER} {REFUSALS} }} }}",
}


async def write(client: Client, name: str, who: str | None, /, **variables: Any) -> Any:
    """The answer of one of the writes, which must come without errors."""
    answer = await client.query(DOCUMENTS[name], who, **variables)
    assert "errors" not in answer, answer
    return answer["data"][name]


async def give(client: Client, name: str, who: str | None, /, **given: Any) -> Any:
    """The same for a write that takes one input."""
    return await write(client, name, who, input=given)


def codes(answer: Any) -> list[str]:
    return [refusal["code"] for refusal in answer["refusals"]]


async def read(client: Client, who: str | None, record: str, fields: str) -> Any:
    """Fields of a floating member's record as that account sees it; None where it sees none."""
    text = "query($id: [_Any!]!) { _entities(representations: $id) { ... on FloatingMember { FIELDS } } }"
    asked = [{"__typename": "FloatingMember", "id": record}]
    answer = await client.query(text.replace("FIELDS", fields), who, id=asked)
    assert "errors" not in answer, answer
    return answer["data"]["_entities"][0]


async def record_of(username: str) -> str:
    """The open record of the member whose account this is."""
    sql = (
        "SELECT f.id FROM floating_member f JOIN account a ON a.member_id = f.member_id "
        "WHERE a.username = $1 AND f.returned_on IS NULL"
    )
    return str((await rows(sql, username))[0]["id"])


async def member_of(username: str) -> str:
    return str((await rows("SELECT member_id FROM account WHERE username = $1", username))[0]["member_id"])


async def phone(client: Client, role: Role, code: str, member: str | None = None, county: str = OTHER) -> str:
    """Signs in an account of that role at the organization with that code; its name for `who`."""
    place = (
        await rows(
            "SELECT c.id, o.path FROM organization o JOIN county c ON c.id = o.county_id "
            "WHERE c.code = $1 AND o.code = $2",
            *(county, code),
        )
    )[0]
    account = (await rows("SELECT id FROM account WHERE username = $1", f"member@{county}"))[0]["id"]
    grant = Grant(role, place["id"], county, None if role == Role.MEMBER else place["path"])
    name = f"{role} at {code} {member}"
    himself = UUID(member) if member else None
    client.tokens[name] = Tokens(SECRET, 12).issue(
        to_claims(AccountViewer(account, name, himself, (grant,), uuid4()))
    )
    return name


async def newcomer(branch: str = "SY01001", county: str = OTHER) -> str:
    """One more member of a branch, like one who is there."""
    made = await rows(
        "INSERT INTO member SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), "
        "'organization_id', o.id, 'id_number_hash', sha256(gen_random_uuid()::text::bytea)))).* "
        "FROM organization o JOIN county c ON c.id = o.county_id AND c.code = $2 "
        "CROSS JOIN LATERAL (SELECT m FROM member m WHERE m.county_id = c.id "
        "ORDER BY m.birth_date, m.id LIMIT 1) one(m) "
        "WHERE o.code = $1 RETURNING id",
        *(branch, county),
    )
    return str(made[0]["id"])


async def away(client: Client, left_on: str, branch: str = "SY01001", **given: Any) -> str:
    """The record of a newcomer who is registered as away now."""
    member = await newcomer(branch)
    answer = await give(
        client, "registerFloatingMember", f"office@{OTHER}", memberId=member, leftOn=left_on, **given
    )
    assert codes(answer) == []
    return str(answer["floatingMember"]["id"])
