"""How commands end: a result on standard output, or a sentence on standard error and exit status 1."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from runtime.language import Sentence, reader_language

Result = TypeVar("Result")


class CommandRefused(Exception):
    """The command cannot be carried out; the message is the sentence for the operator."""


def carry_out(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command to its end."""
    with ending_in_a_sentence():
        return asyncio.run(work)


def at_once(work: Callable[[], None]) -> None:
    """Run a command that waits for nothing."""
    with ending_in_a_sentence():
        work()


@contextmanager
def ending_in_a_sentence() -> Iterator[None]:
    """What a command is refused for becomes one line, without a traceback."""
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    reader_language.set("zh" if language.lower().startswith("zh") else "en")
    try:
        yield
    except KeyboardInterrupt:
        fail("interrupted")
    except Exception as error:
        if not isinstance(error, _known()):
            raise
        sentence = getattr(error, "sentence", None)
        fail(sentence.for_reader() if sentence else str(error) or type(error).__name__)


def fail(reason: str) -> NoReturn:
    print(f"dangjian: {'; '.join(filter(None, reason.splitlines()))}", file=sys.stderr)
    raise SystemExit(1)


def tell(text: str) -> None:
    print(text, flush=True)


def tell_json(value: Any) -> None:
    import orjson

    tell(orjson.dumps(value, default=_as_json, option=orjson.OPT_INDENT_2).decode())


def _as_json(value: object) -> str:
    return value.for_reader() if isinstance(value, Sentence) else str(value)


def _known() -> tuple[type[Exception], ...]:
    """Imported only when something went wrong: together these take longer than most commands."""
    import asyncpg
    from tortoise.exceptions import BaseORMException

    from plugins.errors import BrokenPack, PackFailed, PackTimeout
    from resolvers.imports.refusals import WorkbookRefused
    from runtime.encryption import NotReadable
    from runtime.keys import KeysRefused
    from runtime.postgres import DatabaseUnavailable
    from settings import SettingsError

    return (
        CommandRefused,
        SettingsError,
        DatabaseUnavailable,
        WorkbookRefused,
        KeysRefused,
        NotReadable,
        BrokenPack,
        PackFailed,
        PackTimeout,
        asyncpg.PostgresConnectionError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InsufficientPrivilegeError,
        asyncpg.InsufficientResourcesError,
        BaseORMException,
        OSError,
    )
