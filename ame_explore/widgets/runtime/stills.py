"""Stills of live views: a second output of a cell, which shows where no kernel or script does.

A widget is blank in a saved notebook, in nbconvert's HTML and on a repository's page. So a cell that shows one gets a
second output, an SVG with a sentence. A page on which the widget lives hides it (css: `img[src*="ame-still"]`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_INSTEAD = "A live view; run this cell to open it. A still of it:"
MARK = "ame-still"  # a class of the SVG, by which the style sheets find it


def in_notebook() -> bool:
    """Whether IPython's kernel runs this process, so that outputs go to a notebook."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


def show(bundle: Any, draw: Callable[[], tuple[str, str]]) -> Any:
    """Show a widget, and in a notebook a still below it.

    Args:
        bundle: the widget's mime bundle.
        draw: draws the still: SVG, as `figures.base.still.still` makes it, and a sentence.

    Returns:
        A handle whose `update(still_bundle(...), raw=True)` replaces the still, which is empty if it could not be drawn
        yet; None without a notebook.
    """
    from IPython import display as ipython

    display: Callable[..., Any] = ipython.display
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    display({**data, "text/plain": _INSTEAD}, metadata=metadata, raw=True)
    if not in_notebook():
        return None
    with suppress(Exception):  # a picture for later must not cost the views themselves
        return display(still_bundle(*draw()), raw=True, display_id=True)
    return display({"text/plain": ""}, raw=True, display_id=True)


def still_bundle(picture: str, sentence: str) -> dict[str, str]:
    """The mime bundle of a still.

    Args:
        picture: SVG.
        sentence: what it shows.
    """
    return {"image/svg+xml": picture.replace("<svg ", f'<svg class="{MARK}" ', 1), "text/plain": sentence}
