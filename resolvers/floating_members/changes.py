"""What may be written into a floating member's record (流动党员台账): the checks that all writes of it share."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from models import FloatingMember, sealed_columns
from resolvers.access import AccountViewer, Act
from resolvers.compiler.request import Request
from resolvers.floating_members.checklist import COLUMNS, RECORDED
from resolvers.reach import reach_values
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from runtime.clock import today
from runtime.database import connection
from runtime.encryption import Keyring
from runtime.key_check import hold_hashes
from runtime.masks import masked_phone

LONGEST = {"contact": 40}
LONGEST_TEXT = 200
# How the audit names the columns of a contact: it is compared by its hash.
SHOWN = {"contact_sealed": None, "contact_hash": "contact", "contact_masked": None}


def no_record() -> list[dict[str, Any]]:
    """The one refusal for a record that is not there, is over, or is not the viewer's to write."""
    return refused(
        "FLOATING_MEMBER_NOT_FOUND",
        "没有找到您可以更新的流动党员记录。",
        "There is no record of a floating member that you may update.",
    )


def refuse_future(refusals: Refusals, day: date | None, code: str, zh: str, en: str) -> None:
    """`zh` and `en` name the day: 流动时间, the day of leaving."""
    if day is not None and day > today():
        refusals.add(code, f"{zh} {day} 晚于今天。", f"{en}, {day}, is in the future.")


def check_values(request: Request, changes: Mapping[str, Any], refusals: Refusals) -> None:
    """Dates that are to come, texts that the columns do not hold, items that the county does not have."""
    refuse_future(refusals, changes.get("left_on"), "LEFT_IN_THE_FUTURE", "流动时间", "The day of leaving")
    refuse_future(
        refusals, changes.get("went_abroad_on"), "IN_THE_FUTURE", "出国（境）日期", "The day of going abroad"
    )
    refuse_future(
        refusals, changes.get("last_greeted_on"), "IN_THE_FUTURE", "祝福日期", "The day of the greeting"
    )
    items = changes.get("items") or {}
    for name, value in [*changes.items(), *items.items()]:
        longest = LONGEST.get(name, LONGEST_TEXT)
        if isinstance(value, str) and len(value) > longest:
            refusals.add(
                "TEXT_TOO_LONG",
                f"“{value[:10]}…”超过 {longest} 个字。",
                f'"{value[:10]}…" is longer than {longest} characters.',
            )
    known = _known_items(request)
    for key in items:
        if key in COLUMNS:
            refusals.add(
                "ITEM_HAS_A_FIELD",
                f"“{key}”有自己的字段, 请填在那里。",
                f'"{key}" has a field of its own; give it there.',
            )
        elif key not in known:
            listed = ", ".join(f"{key}（{label}）" for key, label in known.items())
            refusals.add(
                "UNKNOWN_ITEM",
                f"您县的台账没有“{key[:60]}”这一项; 可以填写: {listed or '无'}。",
                f'Your county\'s record has no item "{key[:60]}"; it has: {listed or "none"}.',
            )


def refuse_before_joining(refusals: Refusals, changes: Mapping[str, Any], joined_on: date) -> None:
    """Nobody is a member away before he is a member."""
    for name, zh, en in (
        ("left_on", "流动时间", "The day of leaving"),
        ("went_abroad_on", "出国（境）日期", "The day of going abroad"),
    ):
        day = changes.get(name)
        if day is not None and day < joined_on:
            refusals.add(
                "BEFORE_JOINING",
                f"{zh} {day} 早于入党日期 {joined_on}, 请核对。",
                f"{en}, {day}, is before the member joined on {joined_on}; check the date.",
            )


async def with_sealed_contact(keys: Keyring, values: dict[str, Any], member_id: UUID) -> dict[str, Any]:
    """The values as columns: the contact, if one is given, as the three that it is kept in."""
    if "contact" not in values:
        return values
    columns = {name: value for name, value in values.items() if name != "contact"}
    contact = values["contact"]
    if contact is None:
        return columns | dict.fromkeys(("contact_sealed", "contact_hash", "contact_masked"))
    await hold_hashes(connection().execute_query_dict, keys)
    sealed = keys.seal(contact, sealed_columns.CONTACT.label, member_id, masked_phone)
    return columns | {
        "contact_sealed": sealed.value,
        "contact_hash": sealed.hash,
        "contact_masked": sealed.masked,
    }


def changed(record: FloatingMember, columns: Mapping[str, Any]) -> list[str]:
    """The names of what differs in the record, as people know them; a contact is compared by its hash."""
    kept = {name: column for column in columns if (name := SHOWN.get(column, column))}
    return sorted(
        name for name, column in kept.items() if str(getattr(record, column)) != str(columns[column])
    )


def _known_items(request: Request) -> dict[str, str]:
    """Key -> label of what the county's packs ask for beside the columns."""
    listed = [item for name in RECORDED for item in county_rules(request).items(name, request.today)]
    return {item["key"]: item["label"] for item in listed if item["key"] not in COLUMNS}


def merged(items: Mapping[str, str], given: Mapping[str, str | None]) -> dict[str, str]:
    """The items with those given; an empty text takes one out."""
    return {key: value for key, value in {**items, **given}.items() if value}


async def check_contact_person(
    viewer: AccountViewer, member_id: UUID, contact_person_id: Any, refusals: Refusals
) -> None:
    """Who names a contact person (专人联系) names another member whom he may see."""
    if contact_person_id is None:
        return
    found = await reach_values(viewer, Act.REGISTER_FLOATING_MEMBER, "member", contact_person_id, "target.id")
    if found is None:
        refusals.add(
            "CONTACT_PERSON_NOT_FOUND",
            "没有找到这名联系人, 请在您管理的党员中指定。",
            "There is no such contact person; name one of the members that you look after.",
        )
    elif found["id"] == member_id:
        refusals.add(
            "CONTACT_PERSON_IS_HIMSELF",
            "流动党员本人不能作自己的联系人, 请指定其他党员。",
            "A member who is away cannot be his own contact person; name another member.",
        )
