"""Changes between two sets of features of the same pairs, pair by pair and on average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ame_explore.analysis.pairs.exploration import Exploration, plain_number
from ame_explore.analysis.statistics import PairedInterval, paired_interval, paired_proportion_interval
from ame_explore.arguments import checked
from ame_explore.data.files.match import PairMatch, match_pairs

Array = NDArray[np.int64]
_CHANGING = ("cosine", "rank_i2t", "rank_t2i", "margin_i2t", "entropy_i2t")


@dataclass(frozen=True, eq=False)
class PairChanges:
    """The changes from one set of features to another, for the pairs that both contain.

    Attributes:
        table: DataFrame of the common pairs in the first set's order: row, other_row, id, caption, and for each of
            cosine, rank_i2t, rank_t2i, margin_i2t and entropy_i2t both values (`..._a`, `..._b`) and `..._change`
            (b - a).
        intervals: name -> mean change with its interval: Student's t over pairs for cosine, margin_i2t and
            entropy_i2t, Bonett-Price over images or texts for "R@1_i2t" and "R@1_t2i". Only what both sets define.
        left_out: number of pairs that only one of the two contains.
        matched_by: "id", "caption" or "row".
        warning: what a reader must know about a match by row, else "".
    """

    table: pd.DataFrame
    intervals: Mapping[str, PairedInterval]
    left_out: int
    matched_by: str = "id"
    warning: str = ""

    def to_json(self) -> dict[str, Any]:
        """What measures.json holds under "change" for two models, second minus first.

        Returns:
            "pairs" (number of common pairs), "left_out", "matched_by", and "intervals": mean, low, high, n,
            confidence and method of each of `intervals`.
        """
        keys = ("mean", "low", "high", "n", "confidence", "method")
        intervals = {
            name: {key: plain_number(getattr(change, key)) for key in keys} for name, change in self.intervals.items()
        }
        return {
            "pairs": len(self.table),
            "left_out": self.left_out,
            "matched_by": self.matched_by,
            "intervals": intervals,
        }


def ids_in_first(first: Exploration, second: Exploration, changes: PairChanges) -> tuple[Array, NDArray[np.bool_]]:
    """Ids for the second set's pairs that agree with those of the first, for showing both together.

    Args:
        first: the set whose ids are kept.
        second: the set that gets ids.
        changes: `compare_pairs(first, second)`.

    Returns:
        (P2,) int64, for each of the second set's pairs its id in the first, or an unused id if the first lacks it; and
        (P2,) bool, whether the first contains the pair.
    """
    own, taken = second.features.ids.numpy(), first.features.ids.numpy()
    ids, matched = own.copy(), np.zeros(len(own), dtype=bool)
    rows = changes.table["other_row"].to_numpy()
    ids[rows], matched[rows] = changes.table["id"].to_numpy(), True
    if np.isin(ids[~matched], taken).any():  # happens when the ids of both are row numbers
        ids[~matched] = 1 + taken.max() + np.arange((~matched).sum())
    return ids, matched


def named_as_first(first: Exploration, second: Exploration, changes: PairChanges) -> Exploration:
    """The second set of features, with ids that agree with those of the first.

    Args:
        first: the set whose ids are kept.
        second: the set that gets ids.
        changes: `compare_pairs(first, second)`.

    Returns:
        `second` with the ids of `ids_in_first`.
    """
    ids, _ = ids_in_first(first, second, changes)
    measured = replace(second.measured, table=second.pairs.assign(id=ids))
    return replace(second, features=replace(second.features, ids=torch.from_numpy(ids)), measured=measured)


@checked
def compare_pairs(a: Exploration, b: Exploration, match: PairMatch | None = None) -> PairChanges:
    """Compare two sets of features pair by pair.

    Args:
        a: the first set, measured.
        b: the second set, measured.
        match: which pairs are the same; None: found by `match_pairs`.

    Returns:
        The changes from `a` to `b`.

    Raises:
        AMEError: if `match_pairs` cannot match the pairs.
    """
    match = match_pairs(a.features, b.features, (a.name, b.name)) if match is None else match
    rows, other_rows = np.array(match.first, dtype=np.int64), np.array(match.second, dtype=np.int64)
    table = a.pairs[["row", "id", "caption"]].iloc[rows].reset_index(drop=True)
    table["other_row"] = other_rows
    for name in _CHANGING:
        x, y = a.pairs[name].to_numpy()[rows], b.pairs[name].to_numpy()[other_rows]
        table[f"{name}_a"], table[f"{name}_b"], table[f"{name}_change"] = x, y, y - x
    intervals: dict[str, PairedInterval] = {}
    if a.measured.comparable and b.measured.comparable and len(table) >= 2:
        for name in ("cosine", "margin_i2t", "entropy_i2t"):
            x, y = (table[f"{name}_{side}"].to_numpy(np.float64) for side in ("a", "b"))
            if np.isfinite(x).all() and np.isfinite(y).all():
                intervals[name] = paired_interval(y, x)
        for way, side in (("i2t", "image"), ("t2i", "text")):
            first = ~a.pairs[side].iloc[rows].duplicated().to_numpy()  # an image with several texts is one query
            if first.sum() >= 2:
                before, after = a.measured.hits[way][rows[first]], b.measured.hits[way][other_rows[first]]
                intervals[f"R@1_{way}"] = paired_proportion_interval(after, before)
    left_out = len(a.pairs) + len(b.pairs) - 2 * len(table)
    return PairChanges(table, intervals, left_out, match.by, match.warning)
