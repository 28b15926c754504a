"""Values encrypted at rest: AES-256-GCM or SM4-GCM (GB/T 32907) under keys that are not in the database.

A sealed value is: algorithm (1 byte), number of its key (2), nonce (12), ciphertext with tag. Label and owner are
bound to it, so that a value that somebody copies into another column or another person's row cannot be read.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Final, Literal, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runtime.keys import Keys, KeysRefused, parse_keys, read_key_file

Algorithm = Literal["AES-GCM", "SM4-GCM"]
NUMBERS: Final[dict[Algorithm, int]] = {"AES-GCM": 1, "SM4-GCM": 2}
NAMES: Final[dict[int, Algorithm]] = {number: name for name, number in NUMBERS.items()}
_KEY_BYTES: Final[dict[Algorithm, int]] = {"AES-GCM": 32, "SM4-GCM": 16}
HEAD, NONCE, TAG = 3, 12, 16


migrating_keys: ContextVar["Keyring"] = ContextVar("migrating_keys")
"""For migrations, which are given nothing but a connection."""


class NotReadable(Exception):
    """A sealed value that these keys do not open; `key` is the number of the key that it names."""

    def __init__(self, key: int, reason: str) -> None:
        self.key = key
        super().__init__(f"a value under key {key} cannot be read: {reason}")


class Sealed(NamedTuple):
    """A value as its three columns hold it: encrypted, the hash by which it is found, and what may be shown."""

    value: bytes
    hash: bytes
    masked: str


class Keyring:
    """The keys of a process. The newest encrypts, all decrypt; a key file is read again when it has changed."""

    def __init__(self, keys: Keys, algorithm: Algorithm = "AES-GCM", path: Path | None = None) -> None:
        self.algorithm: Algorithm = algorithm
        self.path = path
        self._stamp = _stamp(path)
        self.lookup_number = keys.lookup[-1].number
        """The lookup key under which the database's hashes are; runtime/key_check.py keeps it up to date."""
        self._take(keys)

    @classmethod
    def from_text(cls, text: str, algorithm: Algorithm = "AES-GCM") -> "Keyring":
        """From JSON as a key file holds it. Raises KeysRefused."""
        return cls(parse_keys(text), algorithm)

    @classmethod
    def from_file(cls, path: Path, algorithm: Algorithm = "AES-GCM") -> "Keyring":
        return cls(read_key_file(path), algorithm, path)

    @property
    def newest(self) -> int:
        return self.keys.values[-1].number

    @property
    def head(self) -> bytes:
        """What a value that is sealed now begins with."""
        self.reload()
        return bytes([NUMBERS[self.algorithm]]) + self.newest.to_bytes(2, "big")

    def encrypt(self, value: str, label: str, owner: UUID) -> bytes:
        return self.encrypt_bytes(value.encode(), label, owner)

    def decrypt(self, sealed: bytes, label: str, owner: UUID) -> str:
        """Raises NotReadable: an unknown key, altered bytes, another label or another owner."""
        return self.decrypt_bytes(sealed, label, owner).decode()

    def encrypt_bytes(self, value: bytes, label: str, owner: UUID) -> bytes:
        head, nonce = self.head, os.urandom(NONCE)
        return head + nonce + self._cipher(head).encrypt(nonce, value, _bound(label, owner))

    def decrypt_bytes(self, sealed: bytes, label: str, owner: UUID) -> bytes:
        head, nonce, body = sealed[:HEAD], sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :]
        number = int.from_bytes(head[1:], "big")
        if len(body) < TAG or head[0] not in NAMES:
            raise NotReadable(number, "it is no sealed value")
        if not self.knows(number):
            raise NotReadable(number, "there is no such key")
        try:
            return self._cipher(head).decrypt(nonce, body, _bound(label, owner))
        except InvalidTag:
            raise NotReadable(number, "it was altered, or is somebody else's") from None

    def lookup(self, value: str) -> bytes:
        """HMAC-SHA256, 32 bytes: equal for equal values, and nothing to guess from without the key."""
        return self.lookup_under(self.lookup_number, value)

    def lookup_under(self, number: int, value: str) -> bytes:
        return hmac.digest(self._lookups[number], value.encode(), hashlib.sha256)

    def lookups(self, value: str) -> list[bytes]:
        """Under every lookup key there is: for what was hashed once and is not hashed again."""
        return [self.lookup_under(number, value) for number in self._lookups]

    def seal(self, value: str, label: str, owner: UUID, mask: Callable[[str], str]) -> Sealed:
        return Sealed(self.encrypt(value, label, owner), self.lookup(value), mask(value))

    def knows(self, number: int) -> bool:
        """Whether there is that key, in the file as it is now."""
        if number not in self._secrets:
            self.reload()
        return number in self._secrets

    def use_lookup(self, number: int) -> bool:
        """Hash with that lookup key from now on; False when there is none."""
        if number not in self._lookups:
            self.reload()
        if number in self._lookups:
            self.lookup_number = number
        return number in self._lookups

    def reload(self) -> None:
        """A look at the file's time costs a microsecond; a file that is gone or half written changes nothing."""
        stamp = _stamp(self.path)
        if self.path is None or stamp is None or stamp == self._stamp:
            return
        try:
            keys = read_key_file(self.path)
        except (KeysRefused, OSError):
            return
        self._stamp = stamp
        self._take(keys)

    def _take(self, keys: Keys) -> None:
        self.keys = keys
        self._secrets = {key.number: key.secret for key in keys.values}
        self._lookups = {key.number: key.secret for key in keys.lookup}
        if self.lookup_number not in self._lookups:  # dropped, so no hash is under it any more
            self.lookup_number = keys.lookup[-1].number
        self._ciphers: dict[bytes, AESGCM | _Sm4Gcm] = {}

    def _cipher(self, head: bytes) -> "AESGCM | _Sm4Gcm":
        cipher = self._ciphers.get(head)
        if cipher is None:
            name = NAMES[head[0]]
            key = _derived(self._secrets[int.from_bytes(head[1:], "big")], name)
            cipher = self._ciphers[head] = AESGCM(key) if name == "AES-GCM" else _Sm4Gcm(key)
        return cipher


class _Sm4Gcm:
    """SM4 in GCM (RFC 8998) with the methods of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        encryptor = Cipher(self._key, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        decryptor = Cipher(self._key, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(data[:-TAG]) + decryptor.finalize()


def named_by(sealed: bytes) -> tuple[int, str]:
    """The number of the key and the algorithm that a sealed value, or the beginning of one, names."""
    return int.from_bytes(sealed[1:HEAD], "big"), NAMES.get(sealed[0], "?")


def _bound(label: str, owner: UUID) -> bytes:
    return f"{label}:{owner}".encode()


def _derived(secret: bytes, algorithm: Algorithm) -> bytes:
    """A key of its own for each algorithm, so that one secret never serves two."""
    return HKDF(SHA256(), _KEY_BYTES[algorithm], salt=None, info=f"dangjian {algorithm}".encode()).derive(
        secret
    )


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    try:
        status = path.stat() if path else None
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_size) if status else None
