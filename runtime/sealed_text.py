"""Encrypted values inside an answer's JSON text, opened for the one whom they are about after the statement."""

import re
from uuid import UUID

import orjson

from runtime.encryption import Keyring, NotReadable

MARK = "\ue000"
"""Before and behind an encrypted value: of the private use area, so in no text that means anything."""
_SEALED = re.compile(f"{MARK}([a-z_.]+):([0-9a-f]+){MARK}")


def opened(text: str, owner: UUID | None, keys: Keyring) -> str:
    """The text with `<mark>label:hex<mark>` in clear. Whatever the owner's own values do not explain stays as it is:
    a mark that somebody wrote into his record opens nothing."""
    if MARK not in text or owner is None:
        return text

    def open_one(found: re.Match[str]) -> str:
        label, sealed = found.groups()
        try:
            value = keys.decrypt(bytes.fromhex(sealed), label, owner)
        except (NotReadable, ValueError):
            return found[0]
        return orjson.dumps(value).decode()[1:-1]

    return _SEALED.sub(open_one, text)
