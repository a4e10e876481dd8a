"""Safe printing to a terminal: text from files cannot act as terminal commands."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.segment import Segment

# C0 (except tab and newline), DEL and C1 control characters; marks that change the text direction; lone surrogates
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with characters that a terminal would interpret or cannot show written as escapes."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


class SafeConsole(Console):
    """A console that writes text from files as `printable` text."""

    def render(self, renderable: Any, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of `renderable`; rich's own control codes are kept."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


@contextlib.contextmanager
def stdout_may_fail() -> Iterator[None]:
    """Handle a failing stdout: exit quietly if the reader of a pipe has gone.

    After a failure nothing more is written to stdout, not even by Python's flush at exit.

    Raises:
        AMEError: if stdout cannot be written to, for example because the disk is full.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # the error is about a file, not stdout
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise SystemExit(1) from None
        from ame_explore.ame import AMEError

        raise AMEError(f"stdout cannot be written to: {error.strerror or error}.") from error
