"""Python's collector of cycles, kept from standing in the way of the event loop."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_pausing = 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """For the seconds of an import. So many new objects would have the collector go through all that the
    process holds again and again, a tenth of a second each time, during which nothing else runs; that was
    half of an import's time. What is not part of a cycle is freed as always."""
    global _pausing
    _pausing += 1
    gc.disable()
    try:
        yield
    finally:
        _pausing -= 1
        if not _pausing:
            gc.enable()
