"""From where the present request came: its address and its program, for sessions and the audit trail."""

from contextvars import ContextVar
from ipaddress import ip_address
from typing import NamedTuple


class Sender(NamedTuple):
    """`program` is what the client calls itself (User-Agent), cut to 200 characters."""

    address: str | None = None
    program: str | None = None

    @property
    def is_on_this_machine(self) -> bool:
        """Also behind a proxy here, which tells from where it comes (X-Forwarded-For)."""
        try:
            return self.address is None or ip_address(self.address.partition("%")[0]).is_loopback
        except ValueError:
            return False


NOBODY_ASKED = Sender()
sender: ContextVar[Sender] = ContextVar("sender", default=NOBODY_ASKED)
