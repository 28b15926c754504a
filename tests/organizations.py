"""What tests of organizations say over HTTP: the mutations, short forms of their inputs, ids by code."""

from typing import Any

from tests.conftest import COUNTY, Client
from tests.test_access import ids

EVENT = (
    "organization { id code kind electedOn termExtendedTo dissolvedOn levelName levelDepth parent { code } } "
    "event { id act decidedOn effectiveOn approvedBy document reason until into { code } organization { code } } "
    "findings { code severity citation } refusals { code message citation }"
)
TERM = (
    "term { id office duty start beganOn endedOn endReason since member { name } } "
    "organization { code secretary { name } findings { code } } "
    "findings { code severity } refusals { code message citation }"
)
ATTACHMENT = (
    "attachment { id kind rights beganOn endedOn endReason member { id } organization { code } } "
    "refusals { code message citation }"
)
INPUTS = {
    "foundOrganization": ("FoundOrganizationInput", EVENT),
    "renewTerm": ("RenewTermInput", EVENT),
    "extendTerm": ("ExtendTermInput", EVENT),
    "mergeOrganization": ("MergeOrganizationInput", EVENT),
    "dissolveOrganization": ("DissolveOrganizationInput", EVENT),
    "seatOfficer": ("SeatOfficerInput", TERM),
    "attachMember": ("AttachMemberInput", ATTACHMENT),
    "addReserves": (
        "AddReservesInput",
        "added organization { code reserveCount secretaryReserveCount } refusals { code message }",
    ),
}
ENDINGS = {
    "endOfficerTerm": ("endedOn", TERM),
    "endAttachment": ("endedOn", ATTACHMENT),
    "removeReserve": ("removedOn", "reserve { id name removedOn removalReason } refusals { code message }"),
}
APPROVAL = {
    "approvedBy": "中共试验县古绛镇委员会",
    "decidedOn": "2020-03-01",
    "effectiveOn": "2020-03-10",
    "document": "古发〔2020〕3号",
    "reason": "工作需要",
}


async def do(client: Client, who: str | None, mutation: str, **given: Any) -> Any:
    """The payload of one of the mutations with an input."""
    name, selected = INPUTS[mutation]
    text = f"mutation($input: {name}!) {{ {mutation}(input: $input) {{ {selected} }} }}"
    return await _payload(client, who, mutation, text, input=given)


async def end(client: Client, who: str | None, mutation: str, id: str, on: str, reason: str = "调整") -> Any:
    """The payload of one of the mutations that end something."""
    day, selected = ENDINGS[mutation]
    text = (
        f"mutation($id: ID!, $on: Date!, $reason: String!) "
        f"{{ {mutation}(id: $id, {day}: $on, reason: $reason) {{ {selected} }} }}"
    )
    return await _payload(client, who, mutation, text, id=id, on=on, reason=reason)


async def _payload(client: Client, who: str | None, mutation: str, text: str, **variables: Any) -> Any:
    answer = await client.query(text, who, **variables)
    assert "errors" not in answer, answer
    return answer["data"][mutation]


def approval(**changes: Any) -> dict[str, Any]:
    return APPROVAL | changes


def founding(parent_id: str, code: str, kind: str = "BRANCH", **changes: Any) -> dict[str, Any]:
    new = {"parentId": parent_id, "code": code, "name": f"试验{code}", "kind": kind, "field": "行政村"}
    return new | {"approval": approval()} | changes


async def found(client: Client, parent_id: str, code: str, kind: str = "BRANCH", **changes: Any) -> str:
    """The id of an organization that the county's office founds."""
    answer = await do(client, "office", "foundOrganization", **founding(parent_id, code, kind, **changes))
    assert answer["refusals"] == []
    return str(answer["organization"]["id"])


async def of_code(county: str = COUNTY) -> dict[str, str]:
    return await ids("organization", "t.code", county)


async def read(client: Client, id: str, selected: str, who: str = "office") -> Any:
    """What an organization's page holds."""
    text = f"query($id: ID!) {{ organization(id: $id) {{ {selected} }} }}"
    answer = await client.query(text, who, id=id)
    assert "errors" not in answer, answer
    return answer["data"]["organization"]


def codes(answer: Any, field: str = "refusals") -> list[str]:
    return [one["code"] for one in answer[field]]
