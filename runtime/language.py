"""The reader's language: Chinese unless the reader asks for English."""

from contextvars import ContextVar
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]

reader_language: ContextVar[Language] = ContextVar("reader_language", default="zh")


class Sentence(NamedTuple):
    """One sentence in both tongues."""

    zh: str
    en: str

    def for_reader(self) -> str:
        return self.en if reader_language.get() == "en" else self.zh


def preferred(accept_language: str | None) -> Language:
    """The language of an Accept-Language header (RFC 9110): the first of the two that is named."""
    for item in (accept_language or "").lower().split(","):
        tag = item.split(";")[0].strip()[:2]
        if tag in ("zh", "en"):
            return "en" if tag == "en" else "zh"
    return "zh"
