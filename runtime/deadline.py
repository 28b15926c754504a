"""A time limit around awaited work: what asyncio.timeout does at a third of its price, since every request pays it."""

import asyncio
from types import TracebackType


class Deadline:
    """`with Deadline(5): await …` raises TimeoutError when the work takes longer."""

    __slots__ = ("_before", "_handle", "_is_over", "_seconds", "_task")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._before = task, task.cancelling()
        self._handle = task.get_loop().call_later(self._seconds, self._end)

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._handle.cancel()
        # Whoever else cancels the task meanwhile must not be told that it was the time.
        if (
            self._is_over
            and self._task.uncancel() <= self._before
            and kind is not None
            and issubclass(kind, asyncio.CancelledError)
        ):
            raise TimeoutError

    def _end(self) -> None:
        self._is_over = True
        self._task.cancel()
