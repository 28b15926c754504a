"""Every column of encrypted values: what it is bound to, and the column of its hash, where it has one."""

from typing import NamedTuple


class SealedColumn(NamedTuple):
    """`label` and the id in column `owner` are bound to each value (runtime/encryption.py)."""

    table: str
    column: str
    label: str
    owner: str = "id"
    hash: str | None = None


ID_NUMBER = SealedColumn("member", "id_number_sealed", "member.id_number", hash="id_number_hash")
PHONE = SealedColumn("member", "phone_sealed", "member.phone", hash="phone_hash")
CONTACT = SealedColumn(
    "floating_member", "contact_sealed", "floating_member.contact", "member_id", "contact_hash"
)
ANSWER = SealedColumn("idempotent_request", "answer_sealed", "idempotent_request.answer")
ONE_TIME_SECRET = SealedColumn("account", "one_time_secret", "account.one_time_secret")
PROPOSED = SealedColumn("member_request", "proposed", "member_request.proposed", "member_id")

SEALED_COLUMNS = (ID_NUMBER, PHONE, CONTACT, ANSWER, ONE_TIME_SECRET, PROPOSED)
