"""Find slices whose retrieval is worse than elsewhere, among columns, regions and words, with corrected intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.pairs.columns import CAPTION, FINDS, MARGIN_CHANGE, MEASURES, MOVED, UNKNOWN, Columns
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.regions import WORD
from ame_explore.analysis.statistics import mean_interval, proportion_interval

MEASURED = ("R@1_i2t", "R@1_t2i", "margin_i2t", "margin_t2i", "cosine")
_MOST = 400  # candidates: more would widen every interval
_QUARTERS = 4
# they would find themselves
_DERIVED = frozenset({*MEASURES, CAPTION, "ambiguous", "text hub", *FINDS.values(), MARGIN_CHANGE, *MOVED})


def worst_slices(
    explored: Exploration, columns: Columns, measure: str = "R@1_i2t", *, least: int = 10, confidence: float = 0.95
) -> pd.DataFrame:
    """Slices of pairs with the lowest recall or margin, with intervals that hold for all candidates at once.

    Candidates are the values of each column of words, the quarters of each column of numbers and dates, and the words
    of captions, each with at least `least` pairs inside and outside; of more than 400, the largest are taken. With m
    candidates, each interval has the confidence 1 - (1 - confidence) / m (Bonferroni), so that with `confidence` all
    hold: a slice that is "worse" is not merely the lowest of many. Its difference from all other pairs, whose mean is
    uncertain too, has the interval of Newcombe 1998 (method 10) from the intervals of both. Pairs count as independent.

    Args:
        explored: the pairs.
        columns: their columns, with those that were added, such as regions.
        measure: "R@1_i2t", "R@1_t2i", "margin_i2t", "margin_t2i" or "cosine".
        least: the fewest pairs of a slice.
        confidence: that all intervals hold, in (0, 1).

    Returns:
        A DataFrame, worst first by the upper end of the difference: column, value, pairs, mean, low, high, elsewhere
        (the mean of all other pairs), worse (whether the difference is negative up to its upper end), and rows (a
        tuple). `attrs["candidates"]` is m.

    Raises:
        AMEError: if the measure or a number is out of range, or image and text widths differ.
    """
    check_choice("measure", measure, MEASURED)
    check_number("least", least, low=2, whole=True)
    check_number("confidence", confidence, above=0.0, high=1.0)
    if not explored.measured.comparable:
        raise AMEError("images and texts of different widths have no recall or margins to compare.")
    share = measure.startswith("R@1")
    values = explored.measured.hits[measure[4:]] if share else explored.pairs[measure].to_numpy(np.float64)
    known = np.isfinite(values)
    found = [
        (column, value, rows)
        for column, value, rows in _candidates(explored, columns)
        if least <= (size := int(known[rows].sum())) <= int(known.sum()) - least and size
    ]
    found.sort(key=lambda one: (-len(one[2]), one[0], one[1]))
    found = found[:_MOST]
    level = 1 - (1 - confidence) / max(1, len(found))
    interval_of = proportion_interval if share else mean_interval
    lines: list[dict[str, Any]] = []
    for column, value, rows in found:
        others = known.copy()
        others[rows] = False
        one, other = interval_of(values[rows][known[rows]], level), interval_of(values[others], level)
        line = {"column": column, "value": value, "pairs": int(known[rows].sum()), "mean": one.mean}
        line |= {"low": one.low, "high": one.high, "elsewhere": other.mean}
        distance = one.mean - other.mean + math.hypot(one.high - one.mean, other.mean - other.low)
        lines.append(line | {"worse": distance < 0, "rows": tuple(rows.tolist()), "distance": distance})
    names = ["column", "value", "pairs", "mean", "low", "high", "elsewhere", "worse", "rows", "distance"]
    table = pd.DataFrame(lines, columns=names)
    table = table.sort_values(["distance", "value"], kind="stable").drop(columns="distance").reset_index(drop=True)
    table.attrs["candidates"] = len(found)
    return table


def _candidates(explored: Exploration, columns: Columns) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    for name, column in columns.items():
        if name in _DERIVED or name.startswith(("near “", "like ")):
            continue
        if not column.known.all() and column.known.any():
            yield name, UNKNOWN, np.flatnonzero(~column.known)
        if column.kind == "category":
            order = np.argsort(column.values, kind="stable")
            ends = np.searchsorted(column.values[order], np.arange(len(column.words) + 1))
            for place, word in enumerate(column.words):
                yield name, word, order[ends[place] : ends[place + 1]]
        elif column.numeric:
            known = column.values[column.known]
            how: Any = "nearest" if column.kind == "date" else "linear"  # between two dates lies some time of day
            ends = np.unique(np.quantile(known, np.linspace(0, 1, _QUARTERS + 1), method=how))
            for place, (low, high) in enumerate(pairwise(ends)):
                inside = (column.values > low if place else column.values >= low) & (column.values <= high)
                yield name, f"{column.end_text(low)} to {column.end_text(high)}", np.flatnonzero(inside)
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, caption in enumerate(explored.pairs[CAPTION]):
        for word in sorted(set(WORD.findall(caption.casefold()))):
            rows_of[word].append(row)
    for word, rows in rows_of.items():
        yield "caption says", word, np.asarray(rows, dtype=np.int64)
