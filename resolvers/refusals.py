"""Business refusals: answers that say why a write was not carried out, in the reader's language."""

from dataclasses import dataclass, field
from typing import Any

from runtime.language import Sentence


@dataclass
class Refusals:
    """Collected while a write gathers its facts; true when there is any."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, code: str, zh: str, en: str, citation: str | None = None) -> None:
        self.rows.append({"code": code, "message": Sentence(zh, en).for_reader(), "citation": citation})

    def __bool__(self) -> bool:
        return bool(self.rows)


def refused(code: str, zh: str, en: str, citation: str | None = None) -> list[dict[str, Any]]:
    """A list with one refusal."""
    refusals = Refusals()
    refusals.add(code, zh, en, citation)
    return refusals.rows


def not_allowed() -> list[dict[str, Any]]:
    return refused(
        "NOT_ALLOWED",
        "您的账号没有这项权限, 请联系本县安全管理员。",
        "Your account may not do this; ask the county's security administrator.",
    )


def not_signed_in() -> list[dict[str, Any]]:
    return refused("NOT_SIGNED_IN", "您没有登录, 请先登录。", "You are not signed in; sign in first.")
