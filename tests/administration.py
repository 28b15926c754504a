"""What tests of accounts, grants and emergencies say over HTTP, and accounts of their own that can sign in at once."""

import json
from typing import Any

from tests.conftest import COUNTY, Client
from tests.test_access import rows

NAME = "{ username displayName }"
GRANT = (
    f"grant {{ id role isActive validFrom validUntil purpose revokedAt holder {NAME} grantedBy {NAME} "
    f"revokedBy {NAME} organization {{ code name }} account {{ username }} }} refusals {{ code message citation }}"
)
ACCOUNT = (
    "account { id username displayName isDisabled mustChangePassword hasOneTimeCode isOfAMember "
    "roles { role isActive } identities { issuer subject } } initialPassword refusals { code message }"
)
REQUEST = (
    f"request {{ id reason minutes askedAt status isApproved answeredAt endsAt askedBy {NAME} answeredBy {NAME} }} "
    "refusals { code message }"
)
INPUTS = {
    "createAccount": ("CreateAccountInput", ACCOUNT),
    "grantRole": ("GrantRoleInput", GRANT),
    "askForEmergency": ("AskForEmergencyInput", REQUEST),
    "answerEmergency": ("AnswerEmergencyInput", REQUEST),
}
ARGUMENTS = {
    "disableAccount": ("accountId: ID!, reason: String!", ACCOUNT),
    "enableAccount": ("accountId: ID!", ACCOUNT),
    "resetPassword": ("accountId: ID!, alsoOneTimeCode: Boolean!", ACCOUNT),
    "linkIdentity": ("accountId: ID!, issuer: String!, subject: String!", ACCOUNT),
    "unlinkIdentity": ("accountId: ID!, issuer: String!, subject: String!", ACCOUNT),
    "revokeRole": ("grantId: ID!, reason: String!", GRANT),
    "endEmergency": ("requestId: ID!", REQUEST),
}
ROLES = "{ viewer { username roles { role } } }"


async def do(client: Client, who: str | None, mutation: str, **given: Any) -> Any:
    """The payload of one of the mutations."""
    if mutation in INPUTS:
        name, selected = INPUTS[mutation]
        text = f"mutation($input: {name}!) {{ {mutation}(input: $input) {{ {selected} }} }}"
        answer = await client.query(text, who, input=given)
    else:
        declared, selected = ARGUMENTS[mutation]
        names = [one.partition(":")[0] for one in declared.split(", ")]
        variables = ", ".join(f"${one}" for one in declared.split(", "))
        passed = ", ".join(f"{name}: ${name}" for name in names)
        text = f"mutation({variables}) {{ {mutation}({passed}) {{ {selected} }} }}"
        answer = await client.query(text, who, **given)
    assert "errors" not in answer, answer
    return answer["data"][mutation]


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer["refusals"]]


async def new_account(client: Client, name: str, **given: Any) -> str:
    """The id of an account without roles that signs in with the password of the demo accounts."""
    made = await do(
        client, "security-admin", "createAccount", county=COUNTY, username=name, displayName=name, **given
    )
    assert made["refusals"] == []
    # Past what every first sign-in has to do.
    await rows(
        "UPDATE account SET must_change_password = false, is_demo = true, password_hash = "
        "(SELECT password_hash FROM account WHERE username = 'office') WHERE username = $1",
        name,
    )
    return str(made["account"]["id"])


async def grant(client: Client, account: str, role: str, **given: Any) -> Any:
    given = {"county": COUNTY, "purpose": "工作需要"} | given
    return await do(client, "security-admin", "grantRole", accountId=account, role=role, **given)


async def granted(client: Client, account: str, role: str, **given: Any) -> str:
    """The id of a grant that is not refused."""
    answer = await grant(client, account, role, **given)
    assert answer["refusals"] == []
    return str(answer["grant"]["id"])


async def id_of(username: str) -> str:
    return str((await rows("SELECT id FROM account WHERE username = $1", username))[0]["id"])


async def status(client: Client, who: str) -> int:
    return (await client.post({"query": ROLES}, who)).status_code


async def roles(client: Client, who: str) -> list[str]:
    """After signing in anew."""
    client.tokens.pop(who, None)
    answer = await client.query(ROLES, who)
    return [one["role"] for one in answer["data"]["viewer"]["roles"]]


async def audit(*actions: str) -> list[dict[str, Any]]:
    """The entries of those actions, oldest first."""
    found = await rows(
        "SELECT actor_name, action, county_id IS NOT NULL AS has_county, detail::text AS detail FROM audit_entry "
        "WHERE action = ANY($1) ORDER BY sequence",
        list(actions),
    )
    return [one | {"detail": json.loads(one["detail"])} for one in found]
