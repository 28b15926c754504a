"""Revealing (查看完整信息): a masked value of one member, for a purpose and a reason that the member can read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from models.sealed_columns import CONTACT, ID_NUMBER, PHONE, SealedColumn
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.accounts.home_county import home_county
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.statement import as_uuid
from resolvers.member_rights.access_log import keep_access
from resolvers.member_rights.roles import as_only
from resolvers.reach import reach_values
from resolvers.refusals import Refusals
from resolvers.rights.purposes import REVEALS, Purpose
from runtime.clock import CHINA, today
from runtime.database import connection, unit_of_work
from runtime.encryption import Keyring

SHORTEST_REASON, LONGEST_REASON = 5, 180
MEMBERS_A_DAY = 100
"""Of how many members an account may reveal values in a day. No text names a number: it is far above a day's work
with single members, and far below what copying a county's roster needs. The trail tells the auditor who met it."""


class RevealedValue(StrEnum):
    ID_NUMBER = "ID_NUMBER"  # 身份证号
    PHONE = "PHONE"  # 手机号码
    ADDRESS = "ADDRESS"  # 家庭住址
    CONTACT = "CONTACT"  # 流动党员的联系方式


TERMS: Mapping[Purpose, str] = {
    Purpose.CONTACT: "联系党员",
    Purpose.VERIFY_IDENTITY: "核实身份",
    Purpose.TRANSFER: "转接组织关系",
    Purpose.QUALIFICATION_REVIEW: "资格审查",
    Purpose.CARE: "走访慰问",
    Purpose.INSPECTION: "上级检查",
    Purpose.EMERGENCY: "应急处置",
}
# Value -> the name by which purposes.py says to whom a purpose opens it.
NAMES: Mapping[RevealedValue, str] = {
    RevealedValue.ID_NUMBER: "Member.idNumber",
    RevealedValue.PHONE: "Member.phone",
    RevealedValue.ADDRESS: "Member.address",
    RevealedValue.CONTACT: "FloatingMember.contact",
}
VALUES = (
    "target.id, target.county_id, target.locked_on, target.id_number_sealed, target.phone_sealed, target.address, "
    "(SELECT f.contact_sealed FROM floating_member f WHERE f.member_id = target.id AND f.returned_on IS NULL) "
    "AS contact_sealed"
)
SEALED: Mapping[RevealedValue, SealedColumn] = {
    RevealedValue.ID_NUMBER: ID_NUMBER,
    RevealedValue.PHONE: PHONE,
    RevealedValue.CONTACT: CONTACT,
}


async def reveal_member(
    request: Request, member_id: str, values: Sequence[RevealedValue], purpose: Purpose, reason: str
) -> Payload:
    """The values as they are, after it was written down that they were read: for the member, and for the auditor.

    A refusal is written down, too. Whom the viewer may not see looks like whom there is not.
    """
    viewer, reason = who_asks(request), reason.strip()
    wanted = list(dict.fromkeys(values))
    refusals = _check(wanted, reason)
    async with unit_of_work():
        if viewer.account_id is None:
            _add_not_found(refusals)
            return {"values": [], "refusals": refusals.rows}
        await _one_at_a_time(viewer)
        member = await reach_values(viewer, Act.REVEAL, "member", member_id, VALUES)
        if member is None:
            _add_not_found(refusals)
        else:
            await _check_member(refusals, viewer, member, wanted, purpose)
        detail = {"purpose": purpose.value, "values": [one.value for one in wanted]}
        if refusals or member is None:
            await append_audit(
                viewer,
                action="REVEAL_REFUSED",
                subject_type="Member",
                subject_id=as_uuid(member_id),
                county_id=await home_county(viewer),
                detail=detail | {"why": [one["code"] for one in refusals.rows]},
            )
            return {"values": [], "refusals": refusals.rows}
        columns = [one.value.lower() for one in wanted]
        await keep_access(viewer, [member["id"]], columns, f"{TERMS[purpose]}: {reason}")
        await append_audit(
            viewer,
            action="REVEAL",
            subject_type="Member",
            subject_id=member["id"],
            county_id=member["county_id"],
            detail=detail | {"reason": reason},
        )
        keys = request.app.database.keys
        told = [{"value": one.value, "text": _text(keys, member, one)} for one in wanted]
    return {"values": told, "refusals": []}


def _check(wanted: Sequence[RevealedValue], reason: str) -> Refusals:
    refusals = Refusals()
    if not wanted:
        refusals.add("NOTHING_ASKED", "请选择要查看的信息。", "Say which values to reveal.")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            f"请写明查看的具体事由 ({SHORTEST_REASON} 到 {LONGEST_REASON} 个字), 党员本人可以看到。",
            f"Say what for in {SHORTEST_REASON} to {LONGEST_REASON} characters; the member can read it.",
        )
    return refusals


async def _check_member(
    refusals: Refusals,
    viewer: AccountViewer,
    member: Mapping[str, Any],
    wanted: Sequence[RevealedValue],
    purpose: Purpose,
) -> None:
    for value in wanted:
        opened_to = as_only(viewer, REVEALS[NAMES[value]].get(purpose, frozenset()))
        if not await reach_values(opened_to, Act.REVEAL, "member", member["id"], "target.id"):
            refusals.add(
                "PURPOSE_NOT_ENOUGH",
                f"您不能以“{TERMS[purpose]}”为目的查看这项信息 ({value}), 请选择相符的目的, 或者由县委组织部办理。",
                f"This purpose does not open {value} to you; choose the one that fits, or ask the county's office.",
            )
    if member["locked_on"] is not None and purpose != Purpose.EMERGENCY:
        refusals.add(
            "MEMBER_LOCKED",
            f"该党员的个人信息自 {member['locked_on']} 起限制处理, 只能用于应急处置; 请与县委组织部联系。",
            f"The member's values are locked since {member['locked_on']} and open only in an emergency; ask the "
            "county's office.",
            "《中华人民共和国个人信息保护法》第四十七条",
        )
    if await _is_over_the_limit(viewer, member):
        refusals.add(
            "REVEAL_LIMIT",
            f"您今天已查看 {MEMBERS_A_DAY} 名党员的信息, 达到每日上限; 请明天再办, 确有需要的请与县委组织部联系。",
            f"You have revealed values of {MEMBERS_A_DAY} members today, which is the limit; go on tomorrow, or ask "
            "the county's office if it cannot wait.",
        )


async def _one_at_a_time(viewer: AccountViewer) -> None:
    """An account reveals one member after the other, so that two at once cannot both be the last of the day."""
    await connection().execute_query(
        "SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE", [viewer.account_id]
    )


async def _is_over_the_limit(viewer: AccountViewer, member: Mapping[str, Any]) -> bool:
    """Whether one more member is too many; who was revealed to him today is not counted again."""
    (found,) = await connection().execute_query_dict(
        "SELECT count(DISTINCT a.member_id) FILTER (WHERE a.member_id <> $2) AS others, "
        "COALESCE(bool_or(a.member_id = $2), FALSE) AS again FROM record_access a "
        "WHERE a.account_id = $1 AND a.at >= $3",
        [viewer.account_id, member["id"], datetime.combine(today(), time(), CHINA)],
    )
    return not found["again"] and found["others"] >= MEMBERS_A_DAY


def _text(keys: Keyring, member: Mapping[str, Any], value: RevealedValue) -> str | None:
    if value == RevealedValue.ADDRESS:
        address: str | None = member["address"]
        return address
    column = SEALED[value]
    sealed = member[column.column]
    return keys.decrypt(bytes(sealed), column.label, member["id"]) if sealed is not None else None


def _add_not_found(refusals: Refusals) -> None:
    refusals.add(
        "MEMBER_NOT_FOUND",
        "没有找到您可以查看的党员。",
        "There is no member whose values you may see.",
    )
