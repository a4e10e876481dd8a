"""Conditions on pairs that can be combined, named in a few words, and saved as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, shown
from ame_explore.analysis.pairs.columns import CAPTION, UNKNOWN, Columns

_SPELLED = 3  # the most words that a condition's name lists


@dataclass(frozen=True)
class Between:
    """Pairs whose number or date lies in [low, high]; pairs without a value do not.

    Attributes:
        column: the column's name.
        low: the least value; None: no limit. Dates are seconds since 1970 (UTC).
        high: the greatest value; None: no limit.
    """

    column: str
    low: float | None = None
    high: float | None = None

    def mask(self, columns: Columns, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs fulfil it: (P,)."""
        column = columns[self.column]
        if not column.numeric:
            raise AMEError(f"column must hold numbers or dates for a range, got {self.column!r}: choose words of it.")
        found: NDArray[np.bool_] = column.known.copy()
        if self.low is not None:
            found &= column.values >= self.low
        if self.high is not None:
            found &= column.values <= self.high
        return found

    def words(self, columns: Columns) -> str:
        """What a chip says."""
        text = columns[self.column].end_text
        if self.low is None:
            return f"{self.column} is known" if self.high is None else f"{self.column} ≤ {text(self.high)}"
        if self.high is None:
            return f"{self.column} ≥ {text(self.low)}"
        return f"{self.column} {text(self.low)} to {text(self.high)}"


@dataclass(frozen=True)
class OneOf:
    """Pairs whose word in a column is one of some words; None stands for pairs without a value.

    Attributes:
        column: the column's name.
        values: the words.
    """

    column: str
    values: tuple[str | None, ...]

    def mask(self, columns: Columns, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs fulfil it: (P,)."""
        column = columns[self.column]
        found = ~column.known if None in self.values else np.zeros(len(column.values), dtype=bool)
        if column.numeric:
            if any(value is not None for value in self.values):
                raise AMEError(f"column must hold words to choose from, got {self.column!r}: give a range.")
            return found
        wanted = {word for word in self.values if word is not None}
        chosen = np.array([word in wanted for word in column.words] + [False])
        either: NDArray[np.bool_] = found | chosen[column.values]
        return either

    def words(self, columns: Columns) -> str:
        """What a chip says."""
        said = [UNKNOWN if value is None else value for value in self.values]
        more = f" and {len(said) - _SPELLED} more" if len(said) > _SPELLED else ""
        return f"{self.column}: {', '.join(said[:_SPELLED])}{more}"


@dataclass(frozen=True)
class Says:
    """Pairs whose text has all these words, or parts of words, in any order and case.

    Attributes:
        text: the words, separated by spaces.
        column: the column that is searched.
    """

    text: str
    column: str = CAPTION

    def mask(self, columns: Columns, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs fulfil it: (P,)."""
        column = columns[self.column]
        if column.numeric:
            raise AMEError(f"column must hold words to search in, got {self.column!r}: give a range.")
        parts = self.text.casefold().split()
        found = np.array([all(part in word for part in parts) for word in column.folded] + [False])
        chosen: NDArray[np.bool_] = found[column.values]
        return chosen

    def words(self, columns: Columns) -> str:
        """What a chip says."""
        return f"{self.column} says “{self.text}”"


@dataclass(frozen=True)
class Among:
    """Pairs from a list of ids, for instance a selection.

    Attributes:
        name: what a chip says.
        ids: ids of pairs.
    """

    name: str
    ids: tuple[int, ...]

    def mask(self, columns: Columns, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs fulfil it: (P,)."""
        found: NDArray[np.bool_] = np.isin(ids, np.asarray(self.ids, dtype=np.int64))
        return found

    def words(self, columns: Columns) -> str:
        """What a chip says."""
        return self.name


Condition = Between | OneOf | Says | Among
_KINDS: dict[str, type[Any]] = {"between": Between, "one of": OneOf, "says": Says, "among": Among}


def condition_to_json(condition: Condition) -> dict[str, Any]:
    """A condition as plain values for JSON.

    Args:
        condition: the condition.

    Returns:
        Its kind and its values.
    """
    (kind,) = (name for name, one in _KINDS.items() if isinstance(condition, one))
    return {"kind": kind} | {
        key: list(value) if isinstance(value, tuple) else value for key, value in vars(condition).items()
    }


def condition_from_json(said: Any) -> Condition:
    """The condition that `condition_to_json` wrote; what a page sends is read by it too.

    Args:
        said: a mapping with the kind and the values.

    Returns:
        The condition.

    Raises:
        AMEError: if the kind is unknown, or a value is missing or of the wrong type.
    """
    kind = said.get("kind") if isinstance(said, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise AMEError(f"condition must have a kind out of {', '.join(_KINDS)}, got {shown(said)}.")
    given = {key: value for key, value in said.items() if key != "kind"}
    wrong = AMEError(f"condition of the kind {kind!r} must have its own values, got {shown(given)}.")
    if kind == "between" and set(given) <= {"column", "low", "high"} and isinstance(given.get("column"), str):
        low, high = given.get("low"), given.get("high")
        if all(end is None or _is_number(end) for end in (low, high)):
            return Between(given["column"], *(None if end is None else float(end) for end in (low, high)))
    if kind == "one of" and set(given) == {"column", "values"} and isinstance(given["column"], str):
        values = given["values"]
        if _is_list(values) and values and all(value is None or isinstance(value, str) for value in values):
            return OneOf(given["column"], tuple(values))
    if kind == "says" and {"text"} <= set(given) <= {"text", "column"}:
        text, column = given["text"], given.get("column", CAPTION)
        if isinstance(text, str) and text.strip() and isinstance(column, str):
            return Says(text.strip(), column)
    if kind == "among" and set(given) == {"name", "ids"} and isinstance(given["name"], str) and _is_list(given["ids"]):
        ids = given["ids"]
        if all(_is_number(one) and float(one).is_integer() for one in ids):
            return Among(given["name"], tuple(int(one) for one in ids))
    raise wrong


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
