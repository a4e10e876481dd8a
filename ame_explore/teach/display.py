"""A small box for a notebook, and the same as text elsewhere."""

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod

_BOX = (
    "border: 1px solid currentColor; border-left-width: 6px; border-radius: 4px; padding: 0.5em 0.9em; "
    "margin: 0.4em 0; max-width: 60em; line-height: 1.45; color: inherit; background: transparent"
)
_CODE = re.compile(r"`([^`]+)`")


class Box(ABC):
    """Something to show as a box: a heading in words, a mark, and a sentence.

    The box takes its colours from the page, so that it can be read on light and dark ones, and says everything in
    words. `role="status"` has screen readers read it out when it appears.
    """

    exercise: str
    words: str

    @property
    @abstractmethod
    def heading(self) -> str:
        """The first words."""

    @property
    @abstractmethod
    def mark(self) -> str:
        """A sign that goes with the heading."""

    def _repr_html_(self) -> str:
        words = _CODE.sub(r"<code>\1</code>", html.escape(self.words))
        head = f"<span aria-hidden='true'>{html.escape(self.mark)}</span> {html.escape(self.heading)}"
        return (
            f"<div role='status' style='{_BOX}'><strong>{head}</strong> "
            f"<span style='opacity: 0.8'>({html.escape(self.exercise)})</span><br>{words}</div>"
        )

    def __repr__(self) -> str:
        return f"{self.mark} {self.heading} ({self.exercise}): {self.words}"
