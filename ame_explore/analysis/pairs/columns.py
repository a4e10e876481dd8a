"""Every column of the explored pairs with its kind, so that pairs can be coloured, filtered and sorted by it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.quantities import quantity, significant

Kind = Literal["number", "date", "category", "text"]

UNKNOWN, OTHER = "unknown", "other"
NAMED = 8  # the most categories with a colour of their own; with "other" and "unknown" ten (our choice)
MEASURES = (
    "cosine",
    "rank_i2t",
    "rank_t2i",
    "margin_i2t",
    "margin_t2i",
    "entropy_i2t",
    "entropy_t2i",
    "suspicion",
)
CAPTION, LABEL = "caption", "label"
# What changed under a second model: whether the partner has rank 1, and how far things moved.
FINDS = {"i2t": "image finds text", "t2i": "text finds image"}
MARGIN_CHANGE, MOVED = "margin change", ("image moved", "text moved")
_META = "meta_"
_ENDS = (2.0, 98.0)  # percentiles at which a scale of colours ends, so that outliers do not use it up (our choice)
_SHADES, _UNKNOWN_CODE = 255, 255
_FEW = 30  # distinct words; with more, a column in which most pairs have their own word is free text
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")


@dataclass(frozen=True, eq=False)
class Column:
    """One column of P pairs.

    Attributes:
        name: its unique name: a measure's, "caption", "label", or that of the metadata column.
        title: what a table's head says.
        kind: "number", "date", "category" (few words, many pairs each) or "text" (nearly every pair has its own).
        values: (P,) float64 numbers, or seconds since 1970 (UTC) for dates, NaN where unknown; for words (P,) int32
            places in `words`, -1 where unknown.
        words: the different words, those of a category with the most frequent first; empty for numbers and dates.
    """

    name: str
    title: str
    kind: Kind
    values: NDArray[Any]
    words: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers or dates."""
        return self.kind in ("number", "date")

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Which pairs have a value: (P,)."""
        found: NDArray[np.bool_] = np.isfinite(self.values) if self.numeric else self.values >= 0
        return found

    @cached_property
    def order(self) -> NDArray[np.float64]:
        """(P,) numbers that sort as the values do, words alphabetically; NaN where unknown."""
        if self.numeric:
            return np.asarray(self.values, dtype=np.float64)
        rank = np.empty(len(self.words) + 1)
        by_word = np.array(sorted(range(len(self.words)), key=self.folded.__getitem__), dtype=np.int64)
        rank[by_word] = np.arange(len(self.words))
        rank[-1] = np.nan  # of the place -1
        sorting: NDArray[np.float64] = rank[self.values]
        return sorting

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The words without upper case, for searching."""
        return tuple(word.casefold() for word in self.words)

    def text(self, row: int) -> str:
        """The value of a pair as a table shows it; "" if unknown."""
        if not self.known[row]:
            return ""
        value = self.values[row]
        if self.kind == "date":
            return _date_text(float(value))
        if self.kind == "number":
            return quantity(self.name).text(value) if self.name in MEASURES else _number_text(float(value))
        return self.words[int(value)]

    def end_text(self, value: float) -> str:
        """A bound of a range as text."""
        return _date_text(value) if self.kind == "date" else significant(value)


@dataclass(frozen=True, eq=False)
class Coloring:
    """A column as colours.

    Attributes:
        codes: (P,) uint8. For numbers 0 ... 254 from `low` to `high` and 255 for unknown; for words the place in
            `names`.
        names: the legend's words: up to nine categories, then "other" and "unknown" if there are such pairs; empty for
            numbers.
        counts: pairs of each name.
        low: where the scale of numbers begins.
        high: where it ends.
        below: how many values lie below `low`; they have its colour.
        above: how many values lie above `high`.
        unknown: how many pairs have no value.
    """

    codes: NDArray[np.uint8]
    names: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    low: float = 0.0
    high: float = 1.0
    below: int = 0
    above: int = 0
    unknown: int = 0


def coloring(column: Column) -> Coloring:
    """Colours for a column: a scale that outliers do not use up, or the largest categories and the rest as "other".

    The scale of numbers runs from the 2nd to the 98th percentile of the known values.

    Args:
        column: of any kind but "text".

    Returns:
        A code for each pair, and what the legend says.

    Raises:
        AMEError: if the column is free text.
    """
    unknown = int((~column.known).sum())
    if column.numeric:
        known = column.values[column.known]
        low, high = scale_ends(known, observed=column.kind == "date")
        span = high - low if high > low else 1.0
        share = np.clip((np.nan_to_num(column.values, nan=low) - low) / span, 0, 1)
        codes = np.where(column.known, np.round(share * (_SHADES - 1)), _UNKNOWN_CODE).astype(np.uint8)
        return Coloring(
            codes, low=low, high=high, below=int((known < low).sum()), above=int((known > high).sum()), unknown=unknown
        )
    if column.kind == "text":
        raise AMEError(f"color must be a column with few values, got {column.name!r}, which is free text.")
    rest = len(column.words) > NAMED + 1  # one more word has room in the place of "other"
    named = NAMED if rest else len(column.words)
    names = [*column.words[:named], *([OTHER] if rest else []), *([UNKNOWN] if unknown else [])]
    codes = np.minimum(column.values, named) if rest else column.values.copy()
    codes = np.where(column.known, codes, len(names) - 1).astype(np.uint8)
    counts = np.bincount(codes, minlength=len(names))
    return Coloring(codes, tuple(names), tuple(counts.tolist()), unknown=unknown)


def scale_ends(values: NDArray[np.float64], *, observed: bool = False) -> tuple[float, float]:
    """Where a scale of colours begins and ends: at the 2nd and 98th percentile, or at the extremes if these are equal.

    Args:
        values: the known values.
        observed: whether the ends must be values themselves, as for dates, between which lies some time of day.

    Returns:
        Low and high; 0 and 1 for no values.
    """
    if not len(values):
        return 0.0, 1.0
    low, high = (float(end) for end in np.percentile(values, _ENDS, method="nearest" if observed else "linear"))
    return (low, high) if low < high else (float(values.min()), float(values.max()))


class Columns(Mapping[str, Column]):
    """The columns of explored pairs by name.

    Attributes:
        left_out: name -> why a metadata column cannot be used.
    """

    def __init__(self, found: Mapping[str, Column], left_out: Mapping[str, str] | None = None) -> None:
        self._found, self.left_out = dict(found), dict(left_out or {})

    def __getitem__(self, name: str) -> Column:
        if name in self._found:
            return self._found[name]
        why = f" ({self.left_out[name]})" if name in self.left_out else ""
        check_choice(f"column{why}", name, tuple(self._found))
        raise KeyError(name)  # unreachable: check_choice has refused the name

    def __contains__(self, name: object) -> bool:
        return name in self._found

    def __iter__(self) -> Any:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def with_column(self, column: Column) -> Columns:
        """These columns and one more, which replaces an earlier one of its name."""
        return Columns({**self._found, column.name: column}, self.left_out)

    @property
    def colorable(self) -> tuple[str, ...]:
        """Names of the columns that can be shown as colours."""
        return tuple(name for name, one in self._found.items() if one.kind != "text" and one.known.any())


def columns_of(pairs: pd.DataFrame) -> Columns:
    """The measures, captions, labels and metadata of explored pairs, each as its kind.

    Args:
        pairs: `Exploration.pairs`.

    Returns:
        The columns; a metadata column that cannot be used, for instance one that holds lists, is in `left_out`.
    """
    found: dict[str, Column] = {CAPTION: _words_column(CAPTION, "caption", pairs[CAPTION].tolist(), kind="text")}
    for name in MEASURES:
        if pairs[name].notna().any():
            values = pairs[name].to_numpy(np.float64)
            found[name] = Column(name, quantity(name).short, "number", np.where(np.isfinite(values), values, np.nan))
    left_out: dict[str, str] = {}
    given = {name.removeprefix(_META): pairs[name] for name in pairs if str(name).startswith(_META)}
    given.setdefault(LABEL, pairs[LABEL])
    for name, values in given.items():
        if name == LABEL and not values.notna().any():
            continue
        own = f"{_META}{name}" if name in found else name  # a measure has this name already
        try:
            found[own] = column_of(own, values.tolist())
        except AMEError as error:
            left_out[own] = str(error)
    return Columns(found, left_out)


def column_of(name: str, values: Sequence[Any]) -> Column:
    """A column of any values, with the kind that they suggest.

    Numbers (also as text), dates (date objects or ISO 8601 text) and everything else as words, truth values included.
    Missing and infinite values are unknown.

    Args:
        name: the column's name.
        values: one per pair.

    Returns:
        The column.

    Raises:
        AMEError: if no value is known, or values are lists, arrays or other collections.
    """
    values = list(values)
    if any(isinstance(value, list | tuple | set | np.ndarray) for value in values):
        raise AMEError(f"the column {name!r} holds lists, and a list is not a single value.")
    if any(isinstance(value, dict) for value in values):
        raise AMEError(f"the column {name!r} holds mappings, and a mapping is not a single value.")
    missing = [_is_missing(value) for value in values]
    known = [value for value, none in zip(values, missing, strict=True) if not none]
    if not known:
        raise AMEError(f"the column {name!r} holds no value.")
    if name == LABEL:  # classes, even if they are numbers
        return _words_column(name, name, values, missing)
    if all(isinstance(value, datetime.date | np.datetime64) for value in known) or all(
        isinstance(value, str) and _ISO_DATE.fullmatch(value.strip()) for value in known
    ):
        stamps = pd.to_datetime(pd.Series(known, dtype=object), format="ISO8601", errors="coerce", utc=True)
        if stamps.notna().all():
            return Column(name, name, "date", _spread(_seconds(stamps), missing))
    if not any(isinstance(value, bool | np.bool_) for value in known):
        numbers = _numbers(known)
        if numbers is not None:
            spread = _spread(numbers, missing)
            return Column(name, name, "number", np.where(np.isfinite(spread), spread, np.nan))
    return _words_column(name, name, values, missing)


def _words_column(
    name: str, title: str, values: Sequence[Any], missing: Sequence[bool] | None = None, kind: Kind | None = None
) -> Column:
    said = [None if missing and missing[row] else str(value) for row, value in enumerate(values)]
    codes, found = pd.factorize(np.array(said, dtype=object))
    words, known = found.tolist(), codes >= 0
    if kind is None:
        kind = "text" if len(words) > max(_FEW, int(known.sum()) / 2) else "category"
    if kind == "category":
        counts = np.bincount(codes[known], minlength=len(words)).tolist()
        order = sorted(range(len(words)), key=lambda at: (-counts[at], words[at].casefold()))
        codes = np.where(known, np.argsort(order)[codes], -1)
        words = [words[at] for at in order]
    return Column(name, title, kind, codes.astype(np.int32), tuple(words))


def _numbers(known: Sequence[Any]) -> NDArray[np.float64] | None:
    """The values as numbers; None if one is none, or a whole number beyond float64."""
    try:
        numbers = pd.to_numeric(pd.Series(known, dtype=object), errors="coerce")
    except OverflowError:
        return None
    return numbers.to_numpy(np.float64) if numbers.notna().all() else None


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(pd.isna(value))
    except (TypeError, ValueError):
        return False


def _spread(known: NDArray[np.float64], missing: Sequence[bool]) -> NDArray[np.float64]:
    spread = np.full(len(missing), np.nan)
    spread[~np.asarray(missing, dtype=bool)] = known
    return spread


def _seconds(stamps: pd.Series) -> NDArray[np.float64]:
    past = stamps - pd.Timestamp("1970-01-01", tz="UTC")
    seconds: NDArray[np.float64] = past.dt.total_seconds().to_numpy(np.float64)
    return seconds


def _number_text(value: float) -> str:
    return f"{int(value):d}" if value.is_integer() and abs(value) < 1e15 else significant(value, 4)


def _date_text(seconds: float) -> str:
    when = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%d" if when.time() == datetime.time() else "%Y-%m-%d %H:%M")
