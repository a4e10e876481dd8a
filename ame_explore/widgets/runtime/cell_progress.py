"""A progress bar: in the notebook's cell, or on stderr outside of a notebook."""

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
def cell_progress(title: str) -> Iterator[Progress]:
    """A `Progress` that draws a bar: it appears at once and disappears when the block ends, with or without an error.

    Args:
        title: the title of the whole task, shown before the name of each part.
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
    """Whether this runs in a Jupyter kernel, so that a cell shows the bar."""
    from IPython.core.getipython import get_ipython

    return hasattr(get_ipython(), "kernel")


class _CellBar:
    """A bar as HTML under one display id, so that a saved notebook holds neither a widget nor the bar."""

    def __init__(self, title: str) -> None:
        import IPython.display

        untyped: Any = IPython.display
        self._title, self._html = title, untyped.HTML
        self._what, self._began, self._drawn = "", time.monotonic(), 0.0
        self._handle: Any = untyped.display(self._html(self._page("", None)), display_id=True)

    def tell(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._began, self._drawn = what, now, 0.0
        if now - self._drawn < _OFTEN and done < of:
            return
        self._drawn = now
        share = done / of if of > 1 else None  # a part that only reports its start and end has no share
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
