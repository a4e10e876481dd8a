"""Measures of each pair: cosine, ranks, margins, entropies, and how suspect its match is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import check_number, unit_rows
from ame_explore.analysis.pairs.similarities import Crossing, cross
from ame_explore.data.pairs import PairedFeatures
from ame_explore.tasks import Progress

_ANCHORS = 2000
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class PairMeasures:
    """Measures of every pair, and how often each row is among the k nearest of the other side.

    Attributes:
        table: DataFrame with P rows in the order of the pairs. Measures that need images and texts of equal width are
            NaN otherwise. Columns:

            - row, id; image, text (row numbers); caption; label (or None)
            - cosine: of the image with its text
            - rank_i2t, rank_t2i: 1 + number of wrong partners that are nearer (1 is best); each tie counts one half,
              which gives the expected rank for ties in random order
            - margin_i2t, margin_t2i: cosine minus that of the nearest wrong text (image); negative if a wrong one is
              nearer
            - nearest_text, nearest_image: row of the nearest wrong text (image), -1 if there is none
            - entropy_i2t, entropy_t2i: entropy in nats of softmax(logit_scale * cosine) over all texts (images)
            - suspicion: the higher, the less image and text seem to belong together; see `pair_measures`
            - meta_NAME: one for each column of the metadata
        text_occurrence: (M,) int64, number of images that have a text among their k nearest; empty if widths differ.
        image_occurrence: (N,) int64, number of texts that have an image among their k nearest; empty if widths differ.
        k: how many nearest rows count for the occurrences.
        recall: R@k for both directions, "R@1_i2t" and so on; None where undefined. The share of images with any of
            their texts among the k nearest (of texts, any image), for ties in random order.
        hits: "i2t" and "t2i" -> (P,), 1 if a right target of the pair's image (text) is the nearest, else 0, or the
            chance of it among ties; empty if widths differ.
        tied: "i2t" and "t2i" -> share of queries to which a wrong target is exactly as near as the nearest right one.
        comparable: whether images and texts have equal widths.
    """

    table: pd.DataFrame
    text_occurrence: NDArray[np.int64]
    image_occurrence: NDArray[np.int64]
    k: int
    recall: dict[str, float | None]
    hits: dict[str, NDArray[np.float64]]
    tied: dict[str, float]
    comparable: bool


KS = (1, 5, 10)


def pair_measures(
    features: PairedFeatures, *, k: int = 10, device: str | None = None, progress: Progress | None = None
) -> PairMeasures:
    """Measure every pair.

    The suspicion is minus the mean of the two margins (our choice). We tested it by permuting the captions of ten out
    of 500 real CLIP pairs, 50 times: on average 9.7 of the ten were among the 20 most suspect pairs (at worst 8). The
    alternatives gave 9.4 (7) for the cosine alone, 9.6 (8) for the cosine standardized within its row and column, and
    9.6 (8) for the ranks. Beside cleanlab's label quality scores, with captions as classes (30 swaps, means of the ten
    found with 95% intervals): 9.8 [9.6, 10.0] against 9.7 [9.5, 9.9] for the best of them, and 9.8 [9.7, 10.0] if that
    is averaged over both directions (`tests/benchmarks/suspects.py`).

    If a text has several images, as a class has, the suspicion is minus the margin among texts alone: one image of
    that class with a wrong label would lower the other margin for all of them. If an image has several texts, it is
    minus the margin among images alone, for the same reason.

    If widths differ, there is no cosine. The suspicion is then minus the correlation between the image's similarities
    to other images and its text's similarities to their texts (6.7 on average, 3 at worst, in the same test).

    Args:
        features: N images and M texts.
        k: how many nearest rows count for the occurrences, by which hubs are found.
        device: device for the comparison; None: that of the features.
        progress: called as (what, done, of).

    Returns:
        The measures of all pairs.

    Raises:
        AMEError: if a row is all zeros or k < 1.
    """
    check_number("k", k, low=1, whole=True)
    pairs = features.pairs
    n = len(pairs)
    comparable = features.image.shape[1] == features.text.shape[1]
    table = _named(features)
    recall: dict[str, float | None] = {f"R@{k_}_{way}": None for way in ("i2t", "t2i") for k_ in KS}
    empty = np.zeros(0, dtype=np.int64)
    if not comparable:
        nothing = np.full(n, np.nan)
        names = ("cosine", "rank_i2t", "rank_t2i", "margin_i2t", "margin_t2i", "entropy_i2t", "entropy_t2i")
        table |= dict.fromkeys(names, nothing)
        table |= {"nearest_text": np.full(n, -1), "nearest_image": np.full(n, -1)}
        table["suspicion"] = -relational_agreement(features.image[pairs[:, 0]], features.text[pairs[:, 1]])
        return PairMeasures(_frame(table, features), empty, empty, k, recall, {}, {}, False)
    found = cross(
        image=features.image,
        text=features.text,
        pairs=pairs,
        logit_scale=features.logit_scale,
        k=k,
        device=device,
        progress=progress,
    )
    table |= _columns(found, pairs)
    tied, hits = {}, {}
    for way, side, rows in (("i2t", found.images, pairs[:, 0]), ("t2i", found.texts, pairs[:, 1])):
        recall |= {f"R@{k_}_{way}": float(side.hits(k_)[side.asked].mean()) for k_ in KS}
        hits[way] = side.hits(1)[rows].numpy()
        tied[way] = float((side.tied[side.asked] > 0).double().mean())
    near = found.images.occurrence.numpy(), found.texts.occurrence.numpy()
    return PairMeasures(_frame(table, features), *near, k, recall, hits, tied, True)


def pairs_frame(features: PairedFeatures) -> pd.DataFrame:
    """The columns of `PairMeasures.table` that are no measures.

    Args:
        features: the pairs.
    """
    return _frame(_named(features), features)


def _named(features: PairedFeatures) -> dict[str, Any]:
    pairs = features.pairs.cpu()
    return {
        "row": np.arange(len(pairs)),
        "id": features.ids.cpu().numpy(),
        "image": pairs[:, 0].numpy(),
        "text": pairs[:, 1].numpy(),
        "caption": [features.texts[row] for row in pairs[:, 1].tolist()],
        "label": label_names(features),
    }


def _frame(table: dict[str, Any], features: PairedFeatures) -> pd.DataFrame:
    """The table with the metadata as further columns."""
    return pd.DataFrame(table | {f"meta_{name}": _column(list(values)) for name, values in features.metadata.items()})


def _column(values: list[Any]) -> Any:
    """A column as pandas takes it; as objects if it holds a whole number that is too large for older versions."""
    try:
        return pd.Series(values)
    except OverflowError:
        return pd.Series(values, dtype=object)


def _columns(found: Crossing, pairs: Tensor) -> dict[str, NDArray[Any]]:
    cosine = found.cosine
    image, text = pairs[:, 0], pairs[:, 1]
    margins = [
        torch.where(wrong.isfinite(), cosine - wrong, torch.nan)
        for wrong in (found.images.wrong[image], found.texts.wrong[text])
    ]
    mean = torch.stack(margins).nanmean(0)
    several_images, several_texts = (torch.bincount(rows)[rows] > 1 for rows in (text, image))
    one_sided = torch.where(several_images, margins[0], margins[1])
    suspicion = -torch.where(several_images != several_texts, one_sided, mean)
    suspicion = torch.where(suspicion.isnan(), -cosine, suspicion)  # a single pair has no wrong partner
    columns = {
        "cosine": cosine,
        "rank_i2t": found.rank_i2t,
        "rank_t2i": found.rank_t2i,
        "margin_i2t": margins[0],
        "margin_t2i": margins[1],
        "nearest_text": found.images.wrong_at[image],
        "nearest_image": found.texts.wrong_at[text],
        "entropy_i2t": found.images.entropy[image],
        "entropy_t2i": found.texts.entropy[text],
        "suspicion": suspicion,
    }
    return {name: column.numpy() for name, column in columns.items()}


def label_names(features: PairedFeatures) -> list[Any]:
    """The label of each pair: its name in the metadata's column "label", else its number, else None."""
    if "label" in features.metadata:
        return list(features.metadata["label"])
    return [None] * len(features.pair_index) if features.labels is None else features.labels.tolist()


@torch.no_grad()
def relational_agreement(x: Tensor, y: Tensor, *, seed: int = 0) -> NDArray[np.float64]:
    """For each pair, the correlation of its similarities to other pairs within x with those within y.

    This needs no common space; Moschella et al. 2023, "Relative representations", also use similarities to anchors. The
    similarities are cosines of centred rows to all pairs, or to 2,000 random ones, minus each anchor's mean.

    Args:
        x: (N, D).
        y: (N, Dt), row i belongs to row i of x.
        seed: seed of the anchors.

    Returns:
        (N,) in [-1, 1]; 0 where it is not defined.
    """
    n = len(x)
    generator = torch.Generator().manual_seed(seed)
    anchors = torch.arange(n) if n <= _ANCHORS else torch.randperm(n, generator=generator)[:_ANCHORS]
    sides = [unit_rows(rows.double() - rows.double().mean(0)) for rows in (x, y)]
    marks = [side[anchors] for side in sides]
    means = [mark.sum(0) / max(1, len(anchors)) for mark in marks]
    found = torch.zeros(n, dtype=torch.float64)
    for part in torch.arange(n).split(_BLOCK):
        a, b = (side[part] @ mark.T - (mean @ mark.T) for side, mark, mean in zip(sides, marks, means, strict=True))
        other = part[:, None] != anchors
        count = other.sum(1, keepdim=True).clamp_min(1)
        a, b = ((s - (s * other).sum(1, keepdim=True) / count) * other for s in (a, b))
        norm = a.norm(dim=1) * b.norm(dim=1)
        found[part] = torch.where(norm > 0, (a * b).sum(1) / norm, 0.0).cpu()
    return found.numpy()
