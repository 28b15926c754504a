"""Keyset pages: opaque cursors that hold the sort keys of a row, and the SQL that continues behind one."""

import base64
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

from resolvers.compiler.errors import refuse


def _moment(key: str) -> datetime:
    moment = datetime.fromisoformat(key)
    return moment.astimezone(UTC) if moment.tzinfo else _no_key()


def _number(bits: int) -> Callable[[int], int]:
    return lambda key: key if type(key) is int and abs(key) < 1 << bits - 1 else _no_key()


def _text(key: str) -> str:
    return key if isinstance(key, str) and "\0" not in key else _no_key()


def _no_key() -> Any:
    raise ValueError


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "uuid": uuid.UUID,
    "date": date.fromisoformat,
    "timestamptz": _moment,
    "int": _number(32),
    "bigint": _number(64),
    "text": _text,
}


def cursor_sql(row: str, table: str, order: Mapping[str, str]) -> str:
    """The cursor of a row: base64 of the JSON array of its table and sort keys, without line breaks."""
    keys = ", ".join((f"'{table}'", *(f"{row}.{column}" for column in order)))
    return f"translate(encode(convert_to(json_build_array({keys})::text, 'UTF8'), 'base64'), chr(10), '')"


def read_cursor(cursor: str, table: str, order: Mapping[str, str]) -> list[Any]:
    """The sort keys in a cursor. Raises BAD_CURSOR for text that is no cursor of a list of this table."""
    try:
        of_table, *keys = orjson.loads(base64.b64decode(cursor, validate=True))
        if of_table != table or len(keys) != len(order):
            raise ValueError
        return [_PARSERS[kind](key) for key, kind in zip(keys, order.values(), strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise refuse(
            "BAD_CURSOR",
            "游标不属于这个列表, 请从第一页重新读取。",
            "The cursor does not belong to this list; read it again from the first page.",
        ) from None


def check_page_size(first: Any, largest: int) -> int:
    if not isinstance(first, int) or not 0 <= first <= largest:
        raise refuse(
            "BAD_PAGE_SIZE",
            f"每页条数 first 须在 0 到 {largest} 之间, 现为 {first}。",
            f"The page size `first` must be between 0 and {largest}; it is {first}.",
        )
    return first
