"""The only source of the current time, so that tests and replays can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

# One for the whole process: tasks and threads that were there before see it too.
_stopped: datetime | None = None


def now() -> datetime:
    """This moment in UTC, aware."""
    return _stopped or datetime.now(UTC)


def today() -> date:
    """The date in China, which is the date that meetings, quarters and time limits go by."""
    return now().astimezone(CHINA).date()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Inside the context the clock of the process stands. Raises ValueError for a naive moment."""
    global _stopped
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    before, mine = _stopped, moment.astimezone(UTC)
    _stopped = mine
    try:
        yield
    finally:
        by_turns, _stopped = _stopped is not mine, before
        if by_turns:
            raise RuntimeError("two tasks have set the clock by turns; set it once around both")
