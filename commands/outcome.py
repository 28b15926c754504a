"""How commands end: a result on standard output, or a sentence on standard error and exit status 1."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import asyncpg
import orjson
from tortoise.exceptions import BaseORMException

from plugins.errors import BrokenPack, PackFailed, PackTimeout
from resolvers.imports.refusals import WorkbookRefused
from runtime.language import reader_language
from runtime.postgres import DatabaseUnavailable
from settings import SettingsError

Result = TypeVar("Result")


class CommandRefused(Exception):
    """The command cannot be carried out; the message is the sentence for the operator."""


KNOWN = (
    CommandRefused,
    SettingsError,
    DatabaseUnavailable,
    WorkbookRefused,
    BrokenPack,
    PackFailed,
    PackTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    BaseORMException,
    OSError,
)


def carry_out(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command to its end; what it is refused for becomes one line, without a traceback."""
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    reader_language.set("zh" if language.lower().startswith("zh") else "en")
    try:
        return asyncio.run(work)
    except KNOWN as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("interrupted")


def fail(reason: str) -> NoReturn:
    print(f"dangjian: {reason}", file=sys.stderr)
    raise SystemExit(1)


def tell(text: str) -> None:
    print(text, flush=True)


def tell_json(value: Any) -> None:
    tell(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())
