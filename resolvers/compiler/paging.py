"""Keyset pages: opaque cursors that hold the sort keys of a row, and the SQL that continues behind one."""

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson

from resolvers.compiler.errors import refuse

_PARSERS: dict[str, Any] = {
    "uuid": uuid.UUID,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "int": int,
    "bigint": int,
    "text": str,
}


def cursor_sql(row: str, order: Mapping[str, str]) -> str:
    """The cursor of a row: base64 of the JSON array of its sort keys, without line breaks."""
    keys = ", ".join(f"{row}.{column}" for column in order)
    return f"translate(encode(convert_to(json_build_array({keys})::text, 'UTF8'), 'base64'), chr(10), '')"


def read_cursor(cursor: str, order: Mapping[str, str]) -> list[Any]:
    """The sort keys in a cursor. Raises BAD_CURSOR for text that is no cursor of a list with this order."""
    try:
        keys = orjson.loads(base64.b64decode(cursor, validate=True))
        if not isinstance(keys, list) or len(keys) != len(order):
            raise ValueError
        return [_PARSERS[kind](key) for key, kind in zip(keys, order.values(), strict=True)]
    except (ValueError, TypeError, binascii.Error, json.JSONDecodeError):
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
