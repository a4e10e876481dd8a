"""Two sets of features of the same pairs: what changed, pair by pair and on average."""

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
from ame_explore.data.files.match import PairMatch, match_pairs

Array = NDArray[np.int64]
_CHANGING = ("cosine", "rank_i2t", "rank_t2i", "margin_i2t", "entropy_i2t")


@dataclass(frozen=True, eq=False)
class PairChanges:
    """Two sets of features of the same pairs, pair by pair.

    Attributes:
        table: DataFrame of the pairs that both have, in the first's order: row, other_row, id, caption, and for
            cosine, rank_i2t, rank_t2i, margin_i2t, entropy_i2t the values of both (`..._a`, `..._b`) and `..._change`
            (b - a).
        intervals: name -> mean of the paired change with its interval over pairs: Student's t for cosine, margin_i2t
            and entropy_i2t, Bonett-Price for "R@1_i2t" and "R@1_t2i" (over images or texts), as far as they are defined
            for both.
        left_out: pairs that only one of the two has.
        matched_by: "id", "caption" or "row".
        warning: what a reader must know of a match by row, else "".
    """

    table: pd.DataFrame
    intervals: Mapping[str, PairedInterval]
    left_out: int
    matched_by: str = "id"
    warning: str = ""

    def to_json(self) -> dict[str, Any]:
        """What measures.json of two models holds under "change", second less first.

        "pairs" that both have, "left_out" (those of one alone), "matched_by", and under "intervals" each name of
        `intervals` with mean, low, high, n, confidence and method.
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
    """What the second's pairs are called where both are shown: as the first calls them, whatever their order.

    Returns:
        (P2,) int64 the first's id of each of the second's pairs, and of those that the first lacks one that it has not;
        and (P2,) whether the first has the pair.
    """
    own, taken = second.features.ids.numpy(), first.features.ids.numpy()
    ids, matched = own.copy(), np.zeros(len(own), dtype=bool)
    rows = changes.table["other_row"].to_numpy()
    ids[rows], matched[rows] = changes.table["id"].to_numpy(), True
    if np.isin(ids[~matched], taken).any():  # both are called by their rows
        ids[~matched] = 1 + taken.max() + np.arange((~matched).sum())
    return ids, matched


def named_as_first(first: Exploration, second: Exploration, changes: PairChanges) -> Exploration:
    """The second, its pairs called as `ids_in_first` says."""
    ids, _ = ids_in_first(first, second, changes)
    measured = replace(second.measured, table=second.pairs.assign(id=ids))
    return replace(second, features=replace(second.features, ids=torch.from_numpy(ids)), measured=measured)


def compare_pairs(a: Exploration, b: Exploration, match: PairMatch | None = None) -> PairChanges:
    """Say of each pair that both have what changed.

    Args:
        a: the first.
        b: the second.
        match: which pairs are the same; None: found by `match_pairs`.

    Raises:
        AMEError: what `match_pairs` refuses.
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
