"""Refused writes (被拒绝的操作) in the audit trail: who asked for what from where, and why it was not carried out."""

import re
from collections.abc import Mapping
from typing import Any

from resolvers.access import who_asks
from resolvers.accounts.home_county import home_county
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from runtime.database import unit_of_work

ALL = None
# Write -> the refusals of which it leaves an entry of its own, where that says more.
TELLS_ITSELF: Mapping[str, frozenset[str] | None] = {
    "signIn": ALL,
    "signInWithCode": frozenset(
        {"IDENTITY_SERVICE_DOWN", "IDENTITY_REFUSED", "IDENTITY_UNKNOWN", "DEMO_ACCOUNT"}
    ),
    "revealMember": ALL,
    "changePassword": frozenset({"WRONG_PASSWORD"}),
    "removeOneTimeCode": frozenset({"WRONG_ONE_TIME_CODE"}),
}


async def tell_refused_write(request: Request, field_name: str, payload: Payload) -> None:
    """One entry for a write that answers refusals. Not for who is not signed in: he could fill the trail."""
    viewer = who_asks(request)
    why = [refusal["code"] for refusal in payload["refusals"]]
    if not why or viewer.account_id is None or _is_told(field_name, why):
        return
    async with unit_of_work():
        await append_audit(
            viewer,
            action=refused_action(field_name),
            subject_type="Mutation",
            subject_id=field_name,
            county_id=await home_county(viewer),
            detail={"why": why},
        )


def refused_action(field_name: str) -> str:
    """grantRole -> GRANT_ROLE_REFUSED"""
    return re.sub("([A-Z])", r"_\1", field_name).upper() + "_REFUSED"


def _is_told(field_name: str, why: list[Any]) -> bool:
    if field_name not in TELLS_ITSELF:
        return False
    told = TELLS_ITSELF[field_name]
    return told is ALL or told.issuperset(why)
