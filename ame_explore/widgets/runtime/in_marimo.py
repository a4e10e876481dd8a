"""Views in marimo, which shows anywidgets but no boxes of ipywidgets: an object says by `_display_` what to show.

marimo is no dependency: it calls this, so it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def stacked(parts: Sequence[Any]) -> Any:
    """What marimo shows for several widgets, one below the other; a str is HTML.

    Args:
        parts: anywidgets and HTML.
    """
    import marimo

    return marimo.vstack([marimo.Html(part) if isinstance(part, str) else part for part in parts])
