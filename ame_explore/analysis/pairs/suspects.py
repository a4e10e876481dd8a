"""From measured pairs to what is worth a look: probable mismatches, duplicates, ambiguous samples, hubs, slices."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import unit_rows
from ame_explore.analysis.pairs.pair_measures import PairMeasures, label_names
from ame_explore.analysis.statistics import mean_interval
from ame_explore.data.pairs import PairedFeatures

NEAR = 0.99  # cosine from which two rows count as near duplicates: our choice
ODDS = 10.0  # an ambiguous sample's two best candidates lie within this factor in probability: our choice
_ALL_NEAR_UP_TO = 20_000  # rows
_MOST_VALUES = 30  # different values up to which words are slices, and numbers are not cut into quarters
_BLOCK = 2048
MISSING = "(missing)"  # the slice of the pairs for which a column says nothing


def suspects(measured: PairMeasures, most: int | None = None) -> pd.DataFrame:
    """The pairs by falling suspicion that image and text do not belong together; see `pair_measures` for the score."""
    order = np.argsort(-measured.table["suspicion"].to_numpy(), kind="stable")
    return measured.table.iloc[order[:most]].reset_index(drop=True)


def ambiguous(features: PairedFeatures, measured: PairMeasures, most: int | None = None) -> pd.DataFrame:
    """Pairs whose own text and nearest wrong one lie within a factor of ten in probability, most unsure first.

    In logits, logit_scale * |margin_i2t| <= log 10; by falling entropy over all texts. A pair with a large negative
    margin is not ambiguous: there a wrong text wins clearly (see `suspects`).
    """
    table = measured.table
    close = features.logit_scale * table["margin_i2t"].abs() <= math.log(ODDS)
    return table[close].sort_values("entropy_i2t", ascending=False, kind="stable")[:most].reset_index(drop=True)


def hubs(features: PairedFeatures, measured: PairMeasures, side: str, most: int = 20) -> pd.DataFrame:
    """Texts (or images) that are among the k nearest of the most images (texts): row, times, caption, share.

    `times` counts queries, `expected` is what it would be were all alike: k * queries / targets.
    """
    counts = measured.text_occurrence if side == "text" else measured.image_occurrence
    queries = len(features.image) if side == "text" else len(features.text)
    order = np.argsort(-counts, kind="stable")[:most]
    captions = features.texts if side == "text" else measured.table["caption"].tolist()
    return pd.DataFrame(
        {
            "row": order,
            "times": counts[order],
            "share": counts[order] / queries,
            "expected": min(measured.k, len(counts)) * queries / max(1, len(counts)),
            "caption": [captions[row] for row in order],
        }
    )


def hubness(counts: NDArray[np.int64]) -> float:
    """Skewness of the k-occurrences (Radovanovic et al. 2010): 0 without hubs, above 1 with marked ones; NaN where all
    are equal."""
    if len(counts) < 2 or counts.std() == 0:
        return math.nan
    centred = counts - counts.mean()
    return float((centred**3).mean() / counts.std() ** 3)


def duplicates(features: PairedFeatures) -> tuple[pd.DataFrame, str]:
    """Groups of texts that say the same, and of rows that nearly coincide; and in words how they were looked for.

    Returns:
        DataFrame with kind ("same caption", "same text features" or "same image features"), size, rows (a tuple of
        images' rows), caption (of the first) and cosine (the least within the group to its first row); largest first.
        Texts that several images share by `pair_index` are no duplicates. Up to 20,000 rows, features count from a
        cosine of 0.99 on; above only rows that are equal to the last bit.
    """
    pairs = features.pair_index.tolist()
    images_of: dict[int, list[int]] = defaultdict(list)
    for image, text in enumerate(pairs):
        images_of[text].append(image)
    found: list[dict[str, Any]] = []

    def add(kind: str, groups: Sequence[Sequence[int]], rows: Tensor, texts: bool) -> None:
        for group in groups:
            units = unit_rows(rows[torch.tensor(group)].double())
            mine = tuple(image for row in group for image in (images_of[row] if texts else [row]))
            caption = features.texts[group[0]] if texts else features.texts[pairs[group[0]]]
            cosine = float((units @ units[0]).min())
            found.append({"kind": kind, "size": len(group), "rows": mine, "caption": caption, "cosine": cosine})

    words: dict[str, list[int]] = defaultdict(list)
    for row, caption in enumerate(features.texts):
        words[" ".join(caption.casefold().split())].append(row)
    said = [group for words_, group in words.items() if len(group) > 1 and words_ != "(blank)"]
    add("same caption", said, features.text, True)
    known = {frozenset(group) for group in said}
    for kind, rows, texts in (
        ("same text features", features.text, True),
        ("same image features", features.image, False),
    ):
        groups = [group for group in near_groups(rows) if not (texts and frozenset(group) in known)]
        add(kind, groups, rows, texts)
    exact = max(len(features.image), len(features.text)) > _ALL_NEAR_UP_TO
    how = (
        f"With more than {_ALL_NEAR_UP_TO:,} rows, features count as duplicates only where they are equal."
        if exact
        else f"Features count as duplicates from a cosine of {NEAR:g} on."
    )
    columns = ["kind", "size", "rows", "caption", "cosine"]
    frame = pd.DataFrame(found, columns=columns).sort_values("size", ascending=False, kind="stable")
    return frame.reset_index(drop=True), how


@torch.no_grad()
def near_groups(rows: Tensor) -> list[list[int]]:
    """Rows that hang together by cosines of 0.99 or more, in groups of two or more; beyond 20,000 equal rows only."""
    n = len(rows)
    if n > _ALL_NEAR_UP_TO:
        places: dict[bytes, list[int]] = defaultdict(list)
        for place, row in enumerate(rows.contiguous().cpu().numpy()):
            places[row.tobytes()].append(place)
        return [group for group in places.values() if len(group) > 1]
    units = unit_rows(rows.float())
    parent = list(range(n))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    for start in range(0, n, _BLOCK):
        close = units[start : start + _BLOCK] @ units[start:].T >= NEAR
        for i, j in close.triu(diagonal=1).nonzero().tolist():
            parent[root(start + j)] = root(start + i)
    groups: dict[int, list[int]] = defaultdict(list)
    for at in range(n):
        groups[root(at)].append(at)
    return [group for group in groups.values() if len(group) > 1]


def slices(features: PairedFeatures, measured: PairMeasures) -> pd.DataFrame:
    """Means of the pairs' measures by each value of each column of metadata, and by label.

    Columns of numbers with more than 30 different values are cut into quarters; of words with more than 30, the 30
    most frequent are kept. Missing values are a slice of their own, "(missing)".

    Returns:
        DataFrame with column, value, pairs, cosine, `R@1_i2t` and `R@1_t2i` (shares) with the half width of their 95%
        intervals (`..._half`, NaN for fewer than two pairs), entropy_i2t; in each column the lowest R@1 first.
    """
    table, made = measured.table, []
    for name, keys in slice_keys(features).items():
        lines: list[dict[str, Any]] = []
        for value, rows in table.groupby(keys, sort=False).indices.items():
            part = table.iloc[rows]
            line = {"column": name, "value": str(value), "pairs": len(part), "cosine": float(part["cosine"].mean())}
            for way in ("i2t", "t2i"):
                hits = (part[f"rank_{way}"] <= 1).to_numpy(np.float64)
                line[f"R@1_{way}"] = float(hits.mean()) if measured.comparable else math.nan
                spread = mean_interval(hits) if len(hits) > 1 else None
                line[f"R@1_{way}_half"] = (spread.high - spread.low) / 2 if spread else math.nan
            line["entropy_i2t"] = float(part["entropy_i2t"].mean())
            lines.append(line)
        made += sorted(lines, key=lambda line: (line["R@1_i2t"] + line["R@1_t2i"], line["value"]))
    columns_ = ["column", "value", "pairs", "cosine", "R@1_i2t", "R@1_i2t_half", "R@1_t2i", "R@1_t2i_half"]
    return pd.DataFrame(made, columns=[*columns_, "entropy_i2t"])


def slice_keys(features: PairedFeatures) -> dict[str, pd.Series]:
    """For each column that makes slices (see `slices`) the name of every pair's slice; missing for pairs of none."""
    columns: dict[str, Sequence[Any]] = {name: values for name, values in features.metadata.items() if name != "id"}
    if features.labels is not None:
        columns["label"] = label_names(features)
    found = {name: _keys(pd.Series(list(values), dtype=object)) for name, values in columns.items()}
    return {name: keys for name, keys in found.items() if keys is not None}


def _keys(values: pd.Series) -> pd.Series | None:
    """A slice's name for each row, None for the rows of none; None where the column makes no slices."""
    if any(isinstance(value, list | tuple | dict | np.ndarray) for value in values):
        return None  # lists, such as tags, are no single value to slice by
    numbers = pd.to_numeric(values, errors="coerce")
    different, missing = values.nunique(), values.isna()
    if not different:
        return None
    if different > _MOST_VALUES and numbers[~missing].notna().mean() > 0.99:
        cut = pd.qcut(numbers, 4, duplicates="drop")
        named = cut.map(lambda part: f"{max(part.left, numbers.min()):.4g} to {part.right:.4g}", na_action="ignore")
        return named.astype(object).mask(missing, MISSING)
    if different > (~missing).sum() / 2 and different > _MOST_VALUES:
        return None  # a name of its own for nearly every row
    kept = values.value_counts().index[:_MOST_VALUES]
    named = values.where(values.isin(kept)).map(lambda value: value if pd.isna(value) else str(value))
    return named.mask(missing, MISSING)
