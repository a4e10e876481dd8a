"""What is printed in a terminal: no text from a file or a page reaches it as a command."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.segment import Segment

# C0 (but tab and newline), DEL and C1 control characters; marks that turn the direction of text; lone surrogates
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with what a terminal would obey or cannot show written as escapes: names and captions are anyone's."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


class SafeConsole(Console):
    """A console that writes text from files as `printable` text."""

    def render(self, renderable: Any, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yields the segments of `renderable`; rich's own control codes stay."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


@contextlib.contextmanager
def stdout_may_fail() -> Iterator[None]:
    """An `AMEError` for a stdout that takes nothing more (a full disk); a pipe whose reader has gone ends quietly.

    Afterwards nothing more is written to it, not even what Python flushes at its end.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # of a file, not of stdout
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise SystemExit(1) from None
        from ame_explore.ame import AMEError

        raise AMEError(f"stdout cannot be written to: {error.strerror or error}.") from error
