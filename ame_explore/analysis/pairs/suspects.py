"""What to inspect among measured pairs: probable mismatches, duplicates, ambiguous samples, hubs and slices."""

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
from ame_explore.analysis.statistics import mean_interval, proportion_interval
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures

NEAR = 0.99  # two rows count as near duplicates from this cosine on (our choice)
ODDS = 10.0  # an ambiguous sample's two best candidates differ by at most this factor in probability (our choice)
_ALL_NEAR_UP_TO = 20_000  # rows
_MOST_VALUES = 30  # distinct values; with more, numbers are cut into quartiles and only the commonest words are kept
_BLOCK = 2048
# The slices of pairs whose value in a column is missing, and infinite.
MISSING, INFINITE = "(missing)", "(infinite)"


def suspects(measured: PairMeasures, most: int | None = None) -> pd.DataFrame:
    """The pairs whose image and text seem least to belong together.

    Args:
        measured: the measures of all pairs.
        most: the most pairs to list; None: all.

    Returns:
        Rows of `measured.table` by decreasing suspicion, which `pair_measures` defines.
    """
    order = np.argsort(-measured.table["suspicion"].to_numpy(), kind="stable")
    return measured.table.iloc[order[:most]].reset_index(drop=True)


def unmatched_share(images: int, texts: int) -> float:
    """The share of pairs with two negative margins if images and texts are unrelated: the base rate.

    Let all cosines be exchangeable. The pair's own cosine is the largest of the a cosines of its image (itself and the
    wrong texts) with probability 1/a, the largest of the b cosines of its text with probability 1/b, and the largest of
    all a + b - 1 with probability 1/(a + b - 1). If the base rate is near 1, two negative margins are no evidence about
    a pair; only the order of the pairs is.

    Args:
        images: number of images.
        texts: number of texts.

    Returns:
        1 - 1/a - 1/b + 1/(a + b - 1).
    """
    a, b = texts - max(1.0, texts / images) + 1, images - max(1.0, images / texts) + 1
    return 1 - 1 / a - 1 / b + 1 / (a + b - 1)


def ambiguous(features: PairedFeatures, measured: PairMeasures, most: int | None = None) -> pd.DataFrame:
    """Pairs whose own text and nearest wrong text differ by at most a factor of ten in probability.

    In logits, `logit_scale * |margin_i2t| <= log 10`. A pair with a large negative margin is not ambiguous: a wrong
    text clearly wins (see `suspects`).

    Args:
        features: the pairs.
        measured: their measures.
        most: the most pairs to list; None: all.

    Returns:
        Rows of `measured.table` by decreasing entropy over all texts.
    """
    table = measured.table
    return (
        table[ambiguous_rows(features, measured)]
        .sort_values("entropy_i2t", ascending=False, kind="stable")[:most]
        .reset_index(drop=True)
    )


def ambiguous_rows(features: PairedFeatures, measured: PairMeasures) -> NDArray[np.bool_]:
    """Which pairs are ambiguous, see `ambiguous`: (P,).

    Args:
        features: the pairs.
        measured: their measures.
    """
    margin = measured.table["margin_i2t"].to_numpy(np.float64)
    return np.asarray(features.logit_scale * np.abs(margin) <= math.log(ODDS))


def hubs(features: PairedFeatures, measured: PairMeasures, side: str, most: int = 20) -> pd.DataFrame:
    """Texts (or images) that are among the k nearest of the most images (texts).

    Args:
        features: the pairs.
        measured: their measures.
        side: "text" or "image".
        most: the most hubs to list.

    Returns:
        DataFrame with row, ids (of its pairs), times (number of queries that have it among their k nearest), share (of
        the queries), expected (times if all targets were equally frequent, k * queries / targets) and caption.
    """
    counts = measured.text_occurrence if side == "text" else measured.image_occurrence
    queries = len(features.image) if side == "text" else len(features.text)
    order = np.argsort(-counts, kind="stable")[:most]
    ids: dict[int, list[int]] = defaultdict(list)
    wanted = set(order.tolist())
    captions = list(features.texts) if side == "text" else [""] * len(counts)
    for row, id_, caption in measured.table[[side, "id", "caption"]].itertuples(index=False):
        if row in wanted:
            ids[row].append(int(id_))
            captions[row] = captions[row] or caption
    return pd.DataFrame(
        {
            "row": order,
            "ids": [tuple(ids[row]) for row in order.tolist()],
            "times": counts[order],
            "share": counts[order] / queries,
            "expected": min(measured.k, len(counts)) * queries / max(1, len(counts)),
            "caption": [captions[row] for row in order],
        }
    )


def hubness(counts: NDArray[np.int64]) -> float:
    """Skewness of the k-occurrences (Radovanovic et al. 2010).

    Args:
        counts: (n,) int64 k-occurrences.

    Returns:
        0 without hubs, above 1 with pronounced hubs; NaN if all counts are equal.
    """
    if len(counts) < 2 or counts.std() == 0:
        return math.nan
    centred = counts - counts.mean()
    return float((centred**3).mean() / counts.std() ** 3)


def duplicates(features: PairedFeatures) -> tuple[pd.DataFrame, str]:
    """Groups of texts with the same caption, and of rows that nearly coincide.

    A text shared by several images, or an image with several texts, is not a duplicate. Up to 20,000 rows, features
    count as duplicates from a cosine of 0.99 on; above that, only if they are equal bit by bit.

    Args:
        features: the pairs.

    Returns:
        A DataFrame with kind ("same caption", "same text features" or "same image features"), size, rows and ids
        (tuples of the pairs concerned), caption (of the first) and cosine (smallest cosine of a row in the group with
        its first row), largest group first; and a sentence on how duplicates were found.
    """
    pairs_of: dict[str, dict[int, list[int]]] = {"image": defaultdict(list), "text": defaultdict(list)}
    for pair, (image, text) in enumerate(features.pairs.tolist()):
        pairs_of["image"][image].append(pair)
        pairs_of["text"][text].append(pair)
    ids, text_of = features.ids.tolist(), features.pair_index.tolist()
    found: list[dict[str, Any]] = []

    def add(kind: str, groups: Sequence[Sequence[int]], side: str) -> None:
        rows = features.text if side == "text" else features.image
        for group in groups:
            units = unit_rows(rows[torch.tensor(group)].double())
            mine = tuple(pair for row in group for pair in pairs_of[side][row])
            if not mine:
                continue  # none of these texts or images is in a pair
            caption = features.texts[group[0] if side == "text" else text_of[mine[0]]]
            line = {"kind": kind, "size": len(group), "rows": mine, "ids": tuple(ids[pair] for pair in mine)}
            found.append({**line, "caption": caption, "cosine": float((units @ units[0]).min())})

    words: dict[str, list[int]] = defaultdict(list)
    for row, caption in enumerate(features.texts):
        words[" ".join(caption.casefold().split())].append(row)
    said = [group for words_, group in words.items() if len(group) > 1 and words_ != "(blank)"]
    add("same caption", said, "text")
    known = {frozenset(group) for group in said}
    for side in ("text", "image"):
        groups = near_groups(features.text if side == "text" else features.image)
        add(f"same {side} features", [g for g in groups if not (side == "text" and frozenset(g) in known)], side)
    exact = max(len(features.image), len(features.text)) > _ALL_NEAR_UP_TO
    how = (
        f"With more than {_ALL_NEAR_UP_TO:,} rows, features count as duplicates only if they are equal."
        if exact
        else f"Features count as duplicates from a cosine of {NEAR:g} on."
    )
    columns = ["kind", "size", "rows", "ids", "caption", "cosine"]
    frame = pd.DataFrame(found, columns=columns).sort_values("size", ascending=False, kind="stable")
    return frame.reset_index(drop=True), how


@torch.no_grad()
def near_groups(rows: Tensor) -> list[list[int]]:
    """Group near-duplicate rows.

    Rows are linked if their cosine is at least 0.99, and a group holds all rows connected by links. Above 20,000 rows,
    only equal rows are grouped.

    Args:
        rows: (n, D).

    Returns:
        Groups of two or more row numbers.
    """
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


@checked
def confused_labels(measured: PairMeasures) -> pd.DataFrame:
    """Labels whose images find a text of another label first.

    An image counts as taken for the label of its nearest text, which is its own text if `margin_i2t` is positive. (A
    text that several labels share has that of its first pair.)

    Args:
        measured: the measures of all pairs.

    Returns:
        DataFrame with label, taken_for, times (images), images (of the label), share with its 95% interval low ... high
        (Clopper-Pearson), back (images taken the other way) and rows (of the pairs), most often first; empty without
        two labels, with lists for labels, or without a nearest text.
    """
    table = measured.table[measured.table["label"].notna()].drop_duplicates("image")
    names = ["label", "taken_for", "times", "images", "share", "low", "high", "back", "rows"]
    try:
        several = table["label"].nunique() > 1
    except TypeError:  # of lists
        several = False
    if not measured.comparable or not several:
        return pd.DataFrame(columns=names)
    label_of = measured.table.dropna(subset="label").drop_duplicates("text").set_index("text")["label"]
    nearest = table["nearest_text"].where(table["margin_i2t"] < 0, table["text"])
    taken = nearest.map(label_of)
    images = table["label"].value_counts()
    wrong = table[taken.notna() & (taken != table["label"])]
    lines = []
    for (label, other), part in wrong.groupby([wrong["label"], taken.loc[wrong.index]], sort=False):
        hits = np.zeros(int(images[label]))
        hits[: len(part)] = 1
        found = proportion_interval(hits)
        rows = tuple(part["row"].tolist())
        lines.append([label, other, len(part), len(hits), found.mean, found.low, found.high, 0, rows])
    times = {(line[0], line[1]): line[2] for line in lines}
    for line in lines:
        line[7] = times.get((line[1], line[0]), 0)
    made = pd.DataFrame(lines, columns=names)
    return made.sort_values(["times", "share"], ascending=False, kind="stable").reset_index(drop=True)


SLICED = ("cosine", "R@1_i2t", "R@1_t2i", "entropy_i2t")
"""What `slices` measures of each slice."""


def slices(features: PairedFeatures, measured: PairMeasures) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Mean measures of the pairs for each value of each metadata column, and for each label.

    A column of numbers with more than 30 distinct values is cut into quartiles; of a column of words with more than 30,
    the 30 most frequent are kept. Missing values form the slice "(missing)", infinite ones "(infinite)".

    Args:
        features: the pairs and their metadata.
        measured: their measures.

    Returns:
        A DataFrame with column, value, pairs, cosine (mean over pairs), `R@1_i2t` and `R@1_t2i` (shares of the slice's
        images and texts) and entropy_i2t (nats, mean over images), with the lowest R@1 of each column first; and a
        sentence for each column that holds values but could not be sliced. Beside each value stand the ends of its
        95% interval, `..._low` and `..._high`: Clopper-Pearson for shares, Student's t for means; NaN where there is
        none (widths that differ, fewer than two values, or equal ones).
    """
    table, made = measured.table, []
    keys, passed_over = slice_keys(features)
    for name, key in keys.items():
        lines: list[dict[str, Any]] = []
        for value, rows in table.groupby(key, sort=False).indices.items():
            part = table.iloc[rows]
            line = {"column": name, "value": str(value), "pairs": len(part)}
            once = {side: ~part[side].duplicated().to_numpy() for side in ("image", "text")}
            hits = {
                f"R@1_{way}": measured.hits[way][rows][once[side]] if measured.comparable else np.empty(0)
                for way, side in (("i2t", "image"), ("t2i", "text"))
            }
            for each, values in {
                "cosine": part["cosine"].to_numpy(),
                **hits,
                "entropy_i2t": part["entropy_i2t"].to_numpy()[once["image"]],
            }.items():
                found = None
                if measured.comparable:
                    found = proportion_interval(values) if each in hits else mean_interval(values)
                line[each] = found.mean if found else math.nan
                line[f"{each}_low"] = found.low if found else math.nan
                line[f"{each}_high"] = found.high if found else math.nan
            lines.append(line)
        made += sorted(lines, key=lambda line: (line["R@1_i2t"] + line["R@1_t2i"], line["value"]))
    shown = [f"{each}{end}" for each in SLICED for end in ("", "_low", "_high")]
    return pd.DataFrame(made, columns=["column", "value", "pairs", *shown]), passed_over


def slice_keys(features: PairedFeatures) -> tuple[dict[str, pd.Series], tuple[str, ...]]:
    """The slice of every pair, for each column that can be sliced (see `slices`).

    Args:
        features: the pairs and their metadata.

    Returns:
        Column -> name of each pair's slice, missing for pairs in none; and a sentence for each column that could not
        be sliced.
    """
    columns: dict[str, Sequence[Any]] = {name: values for name, values in features.metadata.items() if name != "id"}
    if features.labels is not None:
        columns["label"] = label_names(features)
    found, passed_over = {}, []
    for name, values in columns.items():
        try:
            keys = _keys(pd.Series(list(values), dtype=object))
        except Exception as error:  # users' columns may hold anything; a bad one must not stop the others
            passed_over.append(f"The column {name!r} makes no slices: {str(error)[:200] or type(error).__name__}.")
            continue
        if keys is not None:
            found[name] = keys
    return found, tuple(passed_over)


def _keys(values: pd.Series) -> pd.Series | None:
    """The name of each row's slice, missing for rows in none; None if the column cannot be sliced."""
    if any(isinstance(value, list | tuple | dict | set | np.ndarray) for value in values):
        return None  # lists, such as tags, are not a single value
    numbers = pd.to_numeric(values, errors="coerce").astype(np.float64)
    different, missing = values.nunique(), values.isna()
    if not different:
        return None
    if different > _MOST_VALUES and numbers[~missing].notna().mean() > 0.99:
        infinite = np.isinf(numbers)
        cut = pd.qcut(numbers.mask(infinite), 4, duplicates="drop")
        lowest = numbers[~infinite].min()
        named = cut.map(lambda part: f"{max(part.left, lowest):.4g} to {part.right:.4g}", na_action="ignore")
        return named.astype(object).mask(infinite, INFINITE).mask(missing, MISSING)
    if different > (~missing).sum() / 2 and different > _MOST_VALUES:
        return None  # nearly every row has its own value
    kept = values.value_counts().index[:_MOST_VALUES]
    named = values.where(values.isin(kept)).map(lambda value: value if pd.isna(value) else str(value))
    return named.mask(missing, MISSING)
