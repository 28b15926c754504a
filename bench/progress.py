"""What the bench does at the moment: one line that changes on a terminal, plain lines elsewhere."""

import sys
import time


class Progress:
    """Writes to standard error, so that --json has standard output for itself."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._last = ""

    def step(self, text: str) -> None:
        """A step of its own."""
        self._close()
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def at(self, part: str, done: int, of: int, text: str) -> None:
        """The `done`th of many alike: on a terminal in one line, elsewhere a line each tenth."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        line = f"bench: {part} {done}/{of}  {text}  [{minutes}:{seconds:02d}]"
        if self._terminal:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            self._last = line
        elif done == of or done % max(1, of // 10) == 0:
            print(line, file=sys.stderr, flush=True)

    def _close(self) -> None:
        if self._last:
            print(file=sys.stderr)
            self._last = ""
