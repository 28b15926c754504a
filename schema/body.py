"""What was sent, read strictly: one JSON object of the form of a GraphQL request, not too deep."""

from typing import Any

import orjson

from runtime.language import Sentence

LARGEST_BODY = 64 * 1024
MOST_LEVELS = 32
CONTAINERS = (dict, list)


class BadBody(Exception):
    """The bytes are no request; `code` and `sentence` say why."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = Sentence(zh, en)


def read_json(body: bytes | str) -> Any:
    """Raises BadBody for what is no JSON or nested deeper than 32 levels."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadBody("BAD_JSON", "请求不是有效的 JSON。", "The request is not valid JSON.") from None
    _check_depth(value)
    return value


def read_body(body: bytes) -> dict[str, Any]:
    """A request. Raises BadBody."""
    return check_request(read_json(body))


def check_request(sent: Any) -> dict[str, Any]:
    """Raises BadBody for what has not the form `{query, operationName, variables, extensions}`."""
    if not _is_request(sent):
        raise BadBody(
            "BAD_REQUEST",
            "请求须为含 query 的 JSON 对象。",
            "The request must be one JSON object with a query.",
        )
    assert isinstance(sent, dict)
    return sent


def _is_request(sent: Any) -> bool:
    return (
        isinstance(sent, dict)
        and isinstance(sent.get("query"), str | None)
        and isinstance(sent.get("operationName"), str | None)
        and isinstance(sent.get("variables"), dict | None)
        and isinstance(sent.get("extensions"), dict | None)
        and isinstance(persisted := (sent.get("extensions") or {}).get("persistedQuery"), dict | None)
        and isinstance((persisted or {}).get("sha256Hash"), str | None)
    )


def _check_depth(value: Any) -> None:
    """Level by level. Counting brackets instead would cost as much: most of them stand in the document."""
    level, open_ones = 0, [value] if isinstance(value, CONTAINERS) else []
    while open_ones:
        level += 1
        if level > MOST_LEVELS:
            raise BadBody(
                "JSON_TOO_DEEP",
                f"JSON 嵌套超过 {MOST_LEVELS} 层。",
                f"The JSON is nested more than {MOST_LEVELS} levels deep.",
            )
        open_ones = [
            below
            for one in open_ones
            for below in (one.values() if isinstance(one, dict) else one)
            if isinstance(below, CONTAINERS)
        ]
