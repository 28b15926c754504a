"""The statements that our server sends for a request: python -m bench.recorder < requests.json > statements.json

The server runs in this process and is asked as over HTTP; asyncpg tells of every statement, reads and writes alike.
Each request is sent twice, and the second one counts: plans and types are known by then.
"""

import asyncio
import json
import sys
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from app import make_asgi
from settings import load_settings


async def record(requests: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    heard: list[tuple[str, tuple[Any, ...]]] = []
    _listen(heard)
    asgi = make_asgi(load_settings())
    found = {}
    async with asgi.router.lifespan_context(asgi):
        await asyncio.sleep(1)  # what the server asks for itself at its start is over
        transport = httpx.ASGITransport(asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            for operation, request in requests.items():
                for body, more in zip(request["bodies"] * 2, request["headers"] * 2, strict=True):
                    headers = {"Content-Type": "application/json", **more}
                    heard.clear()
                    answer = await http.post("/graphql", content=body, headers=headers)
                    answer.raise_for_status()
                    if len(request["bodies"]) > 1 and body == request["bodies"][1]:
                        break  # a write: the second one of its kind, not the first one again
                found[operation] = [{"sql": sql, "values": list(map(_text, values))} for sql, values in heard]
    return found


def _listen(heard: list[tuple[str, tuple[Any, ...]]]) -> None:
    """Every connection that is made from now on tells what it executes."""
    original = asyncpg.Connection.__init__

    def begin(self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        self.add_query_logger(lambda query: heard.append((query.query, tuple(query.args or ()))))

    asyncpg.Connection.__init__ = begin


def _text(value: Any) -> str | None:
    """A value as PostgreSQL reads it from text."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str() | UUID() | int() | float():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return f"\\x{value.hex()}"
        case list() | tuple():
            escaped = (
                '"' + str(_text(each)).replace("\\", "\\\\").replace('"', '\\"') + '"' for each in value
            )
            return "{" + ",".join(escaped) + "}"
        case dict():
            return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"how does PostgreSQL write a {type(value).__name__}?")


if __name__ == "__main__":
    json.dump(asyncio.run(record(json.load(sys.stdin))), sys.stdout, ensure_ascii=False)
