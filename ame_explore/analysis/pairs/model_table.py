"""Several models of the same pairs in one table, with intervals and the change against the first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.pair_changes import PairChanges
from ame_explore.analysis.statistics import MeanInterval, corrected, mean_interval, proportion_interval

COMPARED = ("R@1_i2t", "R@1_t2i", "cosine", "margin_i2t", "modality_gap", "cka")


def models_table(first: Exploration, others: Sequence[tuple[Exploration, PairChanges]]) -> pd.DataFrame:
    """The measures of several models, one row per model and measure.

    Intervals are over images, texts or pairs: Clopper-Pearson for R@1, Student's t for means. Changes against the first
    model are paired, and corrected so that all of them hold at once (Bonferroni over models and measures).

    Args:
        first: the model that the others are compared with.
        others: the other models, each with `compare_pairs(first, other)`.

    Returns:
        A DataFrame with model, measure, value, low, high, change, change_low, change_high; NaN where undefined.
    """
    intervals = {
        f"{place} {name}": interval
        for place, (_, changes) in enumerate(others)
        for name, interval in changes.intervals.items()
        if name in COMPARED
    }
    wide = corrected(intervals)
    lines: list[dict[str, Any]] = []
    for place, model in enumerate([first, *(other for other, _ in others)]):
        for name in COMPARED:
            value, found = _measured(model, name), wide.get(f"{place - 1} {name}")
            line = {"model": model.name, "measure": name, "value": value.mean, "low": value.low, "high": value.high}
            line |= {"change": math.nan, "change_low": math.nan, "change_high": math.nan}
            if found is not None:
                line |= {"change": found.mean, "change_low": found.low, "change_high": found.high}
            elif place:
                line["change"] = value.mean - _measured(first, name).mean
            lines.append(line)
    return pd.DataFrame(lines)


def _measured(model: Exploration, name: str) -> MeanInterval:
    if name.startswith("R@1_") and model.measured.comparable:
        way = name.removeprefix("R@1_")
        queries = ~model.pairs["image" if way == "i2t" else "text"].duplicated().to_numpy()
        return proportion_interval(model.measured.hits[way][queries])
    values = model.pairs[name].to_numpy(np.float64) if name in model.pairs else np.zeros(0)
    if len(values) and np.isfinite(values).all():
        return mean_interval(values)
    value = model.measures.get(name)
    return MeanInterval(math.nan if value is None else value, math.nan, math.nan, len(model.pairs), 0.95)
