"""Shares of omega, for arms with less AME: their default, and how a command line writes them."""

from __future__ import annotations

from collections.abc import Sequence

WEAKER = (0.1, 0.01)  # three weights over two orders of magnitude


def shares_text(shares: Sequence[float]) -> str:
    """Shares as a command line takes them: numbers with commas between them, or "none".

    Args:
        shares: the shares.
    """
    return ",".join(map(repr, shares)) or "none"


def shares_from(text: str) -> tuple[float, ...]:
    """Read shares of omega: numbers with commas between them, or "none".

    Args:
        text: what the user gave.

    Raises:
        AMEError: if a part is not a number.
    """
    from ame_explore.ame import AMEError

    parts = [] if text.strip().lower() in ("none", "") else text.split(",")
    try:
        return tuple(float(part) for part in parts)
    except ValueError as error:
        raise AMEError(
            f'weaker must be numbers with commas between them, such as {shares_text(WEAKER)}, or "none", got {text!r}.'
        ) from error
