"""From where the present request came: its address and its program, for sessions and the audit trail."""

from contextvars import ContextVar
from typing import NamedTuple


class Sender(NamedTuple):
    """`program` is what the client calls itself (User-Agent), cut to 200 characters."""

    address: str | None = None
    program: str | None = None


NOBODY_ASKED = Sender()
sender: ContextVar[Sender] = ContextVar("sender", default=NOBODY_ASKED)
