"""Progress in a terminal: bars on stderr, or lines if stderr is not a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from ame_explore.tasks import Progress, start_thread

LINE_EVERY = 5.0  # seconds between two lines


@contextlib.contextmanager
def progress_bars(title: str = "") -> Iterator[Progress]:
    """A `Progress` that shows a bar for each activity; the bars vanish when the block ends.

    If stderr is not a terminal (a log, a pipe), it prints a line at once and then every five seconds.

    Args:
        title: shown before each activity.
    """
    shown: _Bars | _Lines = _Bars(title) if _bars_can_be_drawn() else _Lines(title)
    try:
        yield shown.tell
    finally:
        shown.close()


def _bars_can_be_drawn() -> bool:
    from rich.console import Console

    console = Console(stderr=True)
    return console.is_terminal or console.is_jupyter


class _Bars:
    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        text = TextColumn("{task.description}", markup=False)
        columns = (text, BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._title = title
        self._bars = Bars(*columns, console=Console(stderr=True), transient=True)
        self._bars.start()
        self._known: dict[str, Any] = {}
        self._first: Any = self._bars.add_task(title, total=None) if title else None

    def tell(self, what: str, done: int, of: int) -> None:
        if self._first is not None:
            self._bars.remove_task(self._first)
            self._first = None
        if what not in self._known:
            words = f"{self._title}: {what}" if self._title else what
            self._known[what] = self._bars.add_task(words, total=of if of > 1 else None)
        self._bars.update(self._known[what], completed=done, total=of if done >= of or of > 1 else None)

    def close(self) -> None:
        self._bars.stop()


class _Lines:
    def __init__(self, title: str) -> None:
        self._title, self._began = title, time.monotonic()
        self._now: tuple[str, int, int] = ("", 0, 1)
        self._writing, self._end = threading.Lock(), threading.Event()
        if title:
            self._say()
        self._thread = start_thread(self._repeat, name="ame_explore progress", stop=self._end.set)

    def tell(self, what: str, done: int, of: int) -> None:
        new = what != self._now[0]
        self._now = (what, done, of)
        if new:
            self._say()

    def close(self) -> None:
        self._end.set()
        self._thread.join()

    def _repeat(self) -> None:
        while not self._end.wait(LINE_EVERY):
            self._say()

    def _say(self) -> None:
        what, done, of = self._now
        parts = [part for part in (self._title, what) if part]
        if of > 1:
            parts.append(f"{done:,} of {of:,}")
        line = ": ".join(parts) or "preparing"
        with self._writing, contextlib.suppress(OSError, ValueError):  # a full or closed stderr must not end the work
            print(f"[{time.monotonic() - self._began:.0f} s] {line}", file=sys.stderr, flush=True)
