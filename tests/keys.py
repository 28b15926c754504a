"""The keys that the tests encrypt with, the same in every process and run."""

import base64
import json

from runtime.encryption import Keyring


def key(number: int, byte: int) -> dict[str, object]:
    secret = base64.b64encode(bytes([byte]) * 32).decode()
    return {"number": number, "made_at": "2020-01-01T00:00:00+08:00", "secret": secret}


KEYS = json.dumps({"values": [key(1, 11)], "lookup": [key(1, 21)]})
KEYRING = Keyring.from_text(KEYS)


def hash_of(number: str) -> bytes:
    """As the column of an identity number's or a phone's hash holds it."""
    return KEYRING.lookup(number)


def id_number_of(row: str) -> str:
    """SQL that says of a member's row whose number it is: the hash as hexadecimal digits."""
    return f"encode({row}.id_number_hash, 'hex')"
