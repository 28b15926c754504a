"""What a granted request writes: a corrected value, a deleted one, a lock."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models import FloatingMember, Member, MemberRequest
from models.choices import RequestKind
from models.sealed_columns import PHONE, PROPOSED
from resolvers.access import AccountViewer
from resolvers.audit import append_audit
from resolvers.member_rights.record_fields import DELETABLE, WRITTEN_AT_ONCE, RecordField
from runtime.clock import today
from runtime.database import connection
from runtime.encryption import Keyring
from runtime.key_check import hold_hashes
from runtime.masks import masked_phone

NO_PHONE = {"phone_sealed": None, "phone_hash": None, "phone_masked": None}
NO_CONTACT = {"contact_sealed": None, "contact_hash": None, "contact_masked": None}
OF_FLOATING: Mapping[RecordField, Mapping[str, Any]] = {
    RecordField.CONTACT: NO_CONTACT,
    RecordField.MINDSET: {"mindset": None},
    RecordField.CONTRIBUTION: {"contribution": None},
}


async def apply(viewer: AccountViewer, keys: Keyring, asked: MemberRequest) -> bool:
    """Write what was granted; False for what is not written here, but in the office's files or by a body."""
    if asked.kind == RequestKind.LOCK:
        await Member.filter(id=asked.member_id, locked_on=None).update(locked_on=today())
        await _audit(viewer, "LOCK_MEMBER", asked)
        return True
    field = RecordField(asked.field) if asked.kind != RequestKind.OBJECTION and asked.field else None
    if field is None:
        return False
    if asked.kind == RequestKind.CORRECTION and field in WRITTEN_AT_ONCE and asked.proposed:
        value = keys.decrypt(bytes(asked.proposed), PROPOSED.label, asked.member_id)
        await hold_hashes(connection().execute_query_dict, keys)
        await Member.filter(id=asked.member_id).update(**_columns(keys, asked.member_id, field, value))
        await _audit(viewer, "CORRECT_MEMBER", asked)
        return True
    if asked.kind == RequestKind.DELETION and field in DELETABLE:
        await _delete(asked.member_id, field)
        await _audit(viewer, "DELETE_MEMBER_VALUE", asked)
        return True
    return False


def _columns(keys: Keyring, member_id: UUID, field: RecordField, value: str) -> dict[str, Any]:
    if field != RecordField.PHONE:
        return {field.value.lower(): value}
    sealed = keys.seal(value, PHONE.label, member_id, masked_phone)
    return {"phone_sealed": sealed.value, "phone_hash": sealed.hash, "phone_masked": sealed.masked}


async def _delete(member_id: UUID, field: RecordField) -> None:
    """The value itself, in records of the past, too, and what was proposed for it in requests."""
    if field in OF_FLOATING:
        for record in await FloatingMember.filter(member_id=member_id).only("id", "version"):
            written = {**OF_FLOATING[field], "version": record.version + 1}
            await FloatingMember.filter(id=record.id).update(**written)
    else:
        gone = NO_PHONE if field == RecordField.PHONE else {field.value.lower(): None}
        await Member.filter(id=member_id).update(**gone)
    await connection().execute_query(
        "UPDATE member_request SET proposed = NULL WHERE member_id = $1 AND field = $2 AND kind = 'CORRECTION' "
        "AND outcome IS NOT NULL",
        [member_id, field.value],
    )


async def _audit(viewer: AccountViewer, action: str, asked: MemberRequest) -> None:
    """The trail of corrections: which value, by which request; never the value."""
    await append_audit(
        viewer,
        action=action,
        subject_type="Member",
        subject_id=asked.member_id,
        county_id=asked.county_id,
        detail={"field": asked.field, "request": str(asked.id)},
    )
