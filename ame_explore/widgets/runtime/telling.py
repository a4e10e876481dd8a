"""A bar that says what is being measured: in the notebook's cell, or on stderr outside of one."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ame_explore.progress_bars import progress_bars
from ame_explore.tasks import Progress

_OFTEN = 0.2  # seconds between two states of a bar


@contextmanager
def telling(title: str) -> Iterator[Progress]:
    """A `Progress` that draws a bar: it appears at once and disappears when the block ends, well or not.

    Args:
        title: what the whole is, shown before each part's own words.
    """
    if not _in_a_notebook():
        with progress_bars(title) as tell:
            yield tell
        return
    bar = _CellBar(title)
    try:
        yield bar.tell
    finally:
        bar.close()


def _in_a_notebook() -> bool:
    """Whether a kernel runs this, so that what is displayed lands in a cell."""
    from IPython.core.getipython import get_ipython

    return hasattr(get_ipython(), "kernel")


class _CellBar:
    """HTML under one display id: no widget that a saved notebook would miss, and nothing of it stays."""

    def __init__(self, title: str) -> None:
        from IPython.display import HTML, display

        self._title, self._html = title, HTML
        self._what, self._began, self._drawn = "", time.monotonic(), 0.0
        self._handle: Any = display(HTML(self._page("", None)), display_id=True)

    def tell(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._began, self._drawn = what, now, 0.0
        if now - self._drawn < _OFTEN and done < of:
            return
        self._drawn = now
        share = done / of if of > 1 else None  # a part that is told at its begin and end alone has no share
        left = ""
        if share is not None and 0 < share < 1 and now - self._began > 1:
            left = f", about {_duration((now - self._began) * (1 - share) / share)} left"
        self._handle.update(self._html(self._page(f": {what}{left}", share)))

    def close(self) -> None:
        self._handle.update(self._html(""))

    def _page(self, words: str, share: float | None) -> str:
        value = "" if share is None else f' value="{share:.4f}"'
        percent = "" if share is None else f" {share:.0%}"
        return (
            '<div style="font-family: var(--jp-ui-font-family, sans-serif)" role="status">'
            f'<progress max="1"{value} style="width: 240px; vertical-align: middle"></progress>{percent} '
            f"{html.escape(self._title + words)}</div>"
        )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
