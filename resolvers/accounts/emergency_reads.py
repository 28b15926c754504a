"""Every operation under an emergency's right is in the audit trail before its answer goes out (应急查阅留痕)."""

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from models.choices import Role
from resolvers.access import AccountViewer, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Request, Viewer
from runtime.database import unit_of_work
from runtime.masks import masked_in

LONGEST_TEXT, LONGEST_DOCUMENT = 200, 4000
# Identity numbers of 18 and 15 digits, and mobile numbers, also side by side; masked_in finds what is spaced.
ID_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)")
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}(?!\d)")
# What was read is told by ids: their digits are nobody's number.
ROW_ID = re.compile(r"((?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z]))")


def reads_in_emergency(viewer: Viewer) -> bool:
    return isinstance(viewer, AccountViewer) and any(grant.role == Role.EMERGENCY for grant in viewer.grants)


async def log_emergency_read(
    request: Request,
    operation_name: str | None,
    document_hash: str,
    variables: Mapping[str, Any],
    unregistered: str | None = None,
) -> None:
    """One entry for each county of which the viewer reads in an emergency. What it raises ends the operation.

    `unregistered` is the text of a document that stands in no file of the release: its hash alone tells nobody what
    was read."""
    viewer = who_asks(request)
    detail: dict[str, Any] = {
        "operation": masked(operation_name),
        "document": document_hash,
        "variables": masked(dict(variables)),
    }
    if unregistered is not None:
        text = without_numbers(unregistered)
        detail["text"] = text[:LONGEST_DOCUMENT]
        if len(text) > LONGEST_DOCUMENT:
            detail["text_cut_from"] = len(text)
    async with unit_of_work():
        for grant in viewer.grants:
            if grant.role == Role.EMERGENCY:
                await append_audit(
                    viewer,
                    action="EMERGENCY_READ",
                    subject_type="County",
                    subject_id=grant.county_id,
                    county_id=grant.county_id,
                    detail=detail,
                )


def masked(value: Any) -> Any:
    """The value with whatever looks like an identity or telephone number masked; long texts are cut."""
    if isinstance(value, Mapping):
        return {masked(str(key)): masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    text = without_numbers(str(value))
    if isinstance(value, int | float) and text == str(value):
        return value
    return text[:LONGEST_TEXT]


def without_numbers(text: str) -> str:
    """The text with identity and telephone numbers masked, and ids of rows as they are."""
    # Full-width digits are digits, too.
    parts = ROW_ID.split(normalize("NFKC", text))
    return "".join(
        part if at % 2 else masked_in(PHONE.sub(_middle, ID_NUMBER.sub(_middle, part)))
        for at, part in enumerate(parts)
    )


def _middle(found: re.Match[str]) -> str:
    text = found.group()
    return text[:3] + "*" * (len(text) - 5) + text[-2:]
