"""The keys of encryption as JSON, in the environment or in a file that only its owner may read.

{"values": [{"number": 1, "made_at": "2026-11-21T08:00:00+08:00", "secret": "<base64 of 32 bytes>"}], "lookup": [...]}
"""

import base64
import binascii
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from runtime.clock import now
from runtime.language import Sentence

SECRET_BYTES = 32
MOST = 65_535  # a sealed value names its key in two bytes

Kind = Literal["values", "lookup"]


class KeysRefused(Exception):
    """Keys that cannot be used; `sentence` says why and what to do, and never holds one."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(sentence.en)


@dataclass(frozen=True)
class Key:
    number: int
    made_at: datetime
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Keys:
    """By number, oldest first; `values` encrypt, `lookup` hash. Neither is empty."""

    values: tuple[Key, ...]
    lookup: tuple[Key, ...]

    def of(self, kind: Kind) -> tuple[Key, ...]:
        return self.values if kind == "values" else self.lookup

    def with_new(self, kind: Kind) -> "Keys":
        return replace(self, **{kind: (*self.of(kind), new_key(self.of(kind)[-1].number + 1))})

    def without(self, kind: Kind, number: int) -> "Keys":
        return replace(self, **{kind: tuple(key for key in self.of(kind) if key.number != number)})


def new_key(number: int) -> Key:
    return Key(number, now(), secrets.token_bytes(SECRET_BYTES))


def parse_keys(text: str) -> Keys:
    """Raises KeysRefused."""
    try:
        given = orjson.loads(text)
        keys = Keys(_keys(given["values"]), _keys(given["lookup"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise KeysRefused(
            Sentence(
                "加密密钥格式不对：须为JSON，含values和lookup两组，每个密钥有number、made_at和secret（32字节的base64）。",
                "The keys of encryption are not as they should be: JSON with values and lookup, each key with its "
                "number, made_at and secret (32 bytes in base64).",
            )
        ) from None
    return keys


def as_text(keys: Keys) -> str:
    return orjson.dumps(
        {kind: [_as_json(key) for key in keys.of(kind)] for kind in ("values", "lookup")},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    ).decode()


def read_key_file(path: Path) -> Keys:
    """Raises KeysRefused for a file that others may read, and OSError."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise KeysRefused(
                Sentence(
                    f"密钥文件{path}可被他人读取，请执行 chmod 600 {path} 后再启动。",
                    f"The key file {path} may be read by others; run chmod 600 {path} first.",
                )
            )
        text = file.read()
    try:
        return parse_keys(text.decode())
    except (KeysRefused, UnicodeDecodeError) as error:
        raise KeysRefused(
            Sentence(
                f"密钥文件{path}不是有效的密钥文件，请从备份恢复它；切勿删除，否则已加密的数据无法读取。",
                f"{path} is no valid key file; bring it back from where it was kept. Do not delete it: what was "
                "encrypted could not be read any more.",
            )
        ) from error


def create_key_file(path: Path) -> None:
    """Several processes may start at once: whoever links first wins, and nobody ever reads half a file."""
    draft = _draft(path, Keys((new_key(1),), (new_key(1),)))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace_key_file(path: Path, keys: Keys) -> None:
    """At once: whoever reads it meanwhile has the keys of before, or of after."""
    _draft(path, keys).replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _draft(path: Path, keys: Keys) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".keys-", dir=path.parent)  # mkstemp: mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(as_text(keys))
        file.flush()
        os.fsync(file.fileno())
    return Path(draft)


def _keys(given: Sequence[dict[str, Any]]) -> tuple[Key, ...]:
    keys = sorted((_key(**each) for each in given), key=lambda key: key.number)
    if not keys or len({key.number for key in keys}) < len(keys):
        raise ValueError
    return tuple(keys)


def _key(number: int, made_at: str, secret: str) -> Key:
    try:
        decoded = base64.b64decode(secret, validate=True)
    except binascii.Error as error:
        raise ValueError from error
    made = datetime.fromisoformat(made_at)
    if (
        not isinstance(number, int)
        or not 1 <= number <= MOST
        or len(decoded) != SECRET_BYTES
        or not made.tzinfo
    ):
        raise ValueError
    return Key(number, made, decoded)


def _as_json(key: Key) -> dict[str, Any]:
    return {
        "number": key.number,
        "made_at": key.made_at.isoformat(timespec="seconds"),
        "secret": base64.b64encode(key.secret).decode(),
    }
