"""Hints, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass

from ame_explore.ame import as_whole
from ame_explore.teach.declare import find
from ame_explore.teach.display import Box

_GIVEN: dict[str, int] = {}


@dataclass(frozen=True, repr=False)
class Hint(Box):
    """A hint.

    Attributes:
        exercise: the exercise's name.
        number: which hint it is, from 1; one more than `of` if there are no more.
        of: how many there are.
        words: the hint.
    """

    exercise: str
    number: int
    of: int
    words: str

    @property
    def heading(self) -> str:
        """Which hint it is."""
        return f"Hint {self.number} of {self.of}" if self.number <= self.of else "No more hints"

    @property
    def mark(self) -> str:
        """A sign that goes with the heading."""
        return "→"


def hint(name: str, number: int | None = None) -> Hint:
    """The next hint for an exercise.

    Args:
        name: the exercise's name.
        number: which hint, from 1; None for the next one of this session.

    Raises:
        AMEError: if there is no such exercise or no such hint.
    """
    asked = find(name)
    of = len(asked.hints)
    if number is None:
        at = _GIVEN[asked.name] = min(_GIVEN.get(asked.name, 0) + 1, of + 1)
    else:
        at = as_whole("number", number, low=1, high=max(of, 1))
    if at > of:
        return Hint(asked.name, of + 1, of, "The solution is folded below the exercise.")
    return Hint(asked.name, at, of, asked.hints[at - 1])
