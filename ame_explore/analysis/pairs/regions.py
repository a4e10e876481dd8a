"""Named regions: clusters of pairs in the full space, labelled by the words that set their captions apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number, unit_rows
from ame_explore.analysis.pairs.columns import Column
from ame_explore.analysis.projection.neighbours import knn
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures

NO_REGION = "no region"
_FITTED = 4000  # pairs that are clustered; the others join the region of their nearest clustered pair
_KEPT = 30  # principal axes that are clustered
_BLOCK = 8192  # pairs held at full width at a time
_WORDS = 3  # the most words in a name
_CLEAR = 1.96  # z from which a word is said to set a region apart
_LEAST_SAID = 3  # pairs of a region that must use a word
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of P pairs.

    Attributes:
        of: (P,) int64 region of each pair, -1 for none; the largest region is 0.
        names: one per region.
        words: how they were found, in words.
    """

    of: NDArray[np.int64]
    names: tuple[str, ...]
    words: str

    @property
    def rows(self) -> dict[str, NDArray[np.int64]]:
        """Name -> rows of its pairs, largest first."""
        return {name: np.flatnonzero(self.of == place) for place, name in enumerate(self.names)}

    @property
    def column(self) -> Column:
        """The regions as a column "region"; pairs in none are unknown."""
        return Column("region", "region", "category", self.of.astype(np.int32), self.names)


@checked
def find_regions(features: PairedFeatures, least: int | None = None, *, seed: int = 0) -> Regions:
    """Cluster pairs in the full space, and name the clusters.

    Each pair is its image and its text side by side, both centred and at unit length, so that the modality gap plays no
    part; widths may differ. Their first 30 principal axes are clustered with HDBSCAN (Campello et al. 2013,
    scikit-learn), whose density estimate needs few dimensions; clusters are taken from the leaves of its tree, which
    gives regions of even size. All of this is our choice. Above 4,000 pairs, a random sample is clustered, and every
    other pair joins the region of the nearest pair of the sample, if it is as near as pairs of that region are to each
    other.

    Args:
        features: the pairs.
        least: the fewest pairs in a region; None: 2% of the clustered pairs, at least 5.
        seed: seed of the sample.

    Returns:
        The regions; there may be none.

    Raises:
        AMEError: if there are fewer than 10 pairs, or `least` is below 2.
    """
    from sklearn.cluster import HDBSCAN

    count = len(features.pair_index)
    if count < 10:
        raise AMEError(f"features must hold at least 10 pairs to have regions, got {count}.")
    rng = np.random.default_rng(seed)
    sample = np.arange(count) if count <= _FITTED else np.sort(rng.choice(count, _FITTED, replace=False))
    least = max(5, round(0.02 * len(sample))) if least is None else least
    check_number("least", least, low=2, high=len(sample), whole=True)
    rows = _axes(features, sample)
    fitted = rows[sample].numpy()
    made = HDBSCAN(min_cluster_size=least, min_samples=min(3, least), cluster_selection_method="leaf", copy=True).fit(
        fitted
    )
    of = np.full(count, -1)
    of[sample] = made.labels_
    if len(sample) < count and (made.labels_ >= 0).any():
        _join(of, rows, sample)
    order: Sequence[int] = (
        np.argsort(-np.bincount(of[of >= 0], minlength=of.max() + 1), kind="stable").tolist() if of.max() >= 0 else []
    )
    rank = {old: new for new, old in enumerate(order)} | {-1: -1}
    of = np.array([rank[one] for one in of.tolist()], dtype=np.int64)
    captions = [features.texts[row] for row in features.pair_index.tolist()]
    names = name_groups(captions, of)
    none = int((of < 0).sum())
    words = (
        f"{len(names)} regions by HDBSCAN over {len(sample):,} pairs, each with at least {least} of them; {none:,} "
        "pairs lie in none. Names are the words that set a region's captions apart."
        if names
        else f"No regions: nowhere do {least} pairs lie closer together than the pairs around them."
    )
    return Regions(of, names, words)


def _axes(features: PairedFeatures, sample: NDArray[np.int64]) -> Tensor:
    """The first principal axes of the pairs, from images and texts side by side: (P, at most 30)."""
    both = (features.image, features.image_index), (features.text, features.pair_index)
    sides = [(side.detach().cpu(), of.cpu()) for side, of in both]
    blocks = torch.arange(len(sides[0][1])).split(_BLOCK)
    means = []
    for side, of in sides:
        sums = [unit_rows(side[of[block]].float()).double().sum(0) for block in blocks]
        means.append((torch.stack(sums).sum(0) / len(of)).float())

    def rows(of_pairs: Tensor) -> Tensor:
        return torch.cat(
            [
                unit_rows(unit_rows(side[of[of_pairs]].float()) - mean)
                for (side, of), mean in zip(sides, means, strict=True)
            ],
            dim=1,
        )

    drawn = rows(torch.from_numpy(sample))
    middle = drawn.mean(0)
    kept = min(_KEPT, *drawn.shape)
    _, axes = torch.linalg.eigh((drawn - middle).T.double() @ (drawn - middle).double())
    main = axes[:, -kept:].float()
    return torch.cat([(rows(block) - middle) @ main for block in blocks])


def _join(of: NDArray[np.int64], rows: Tensor, sample: NDArray[np.int64]) -> None:
    """Give the pairs outside the sample the region of their nearest clustered pair, if that is near enough."""
    inside = sample[of[sample] >= 0]
    rest = np.setdiff1d(np.arange(len(of)), sample)
    among = rows[torch.from_numpy(inside)]
    _, apart = knn(among, 1, metric="euclidean")
    reach = np.zeros(of.max() + 1)
    np.maximum.at(reach, of[inside], apart[:, 0].numpy())  # the widest step within each region
    near, far = knn(among, 1, metric="euclidean", queries=rows[torch.from_numpy(rest)])
    region = of[inside][near[:, 0].numpy()]
    of[rest] = np.where(far[:, 0].numpy() <= reach[region], region, -1)


def name_groups(captions: Sequence[str], of: NDArray[np.int64]) -> tuple[str, ...]:
    """Names of groups of captions: up to three words that set each apart.

    Words are ranked by the log-odds of captions that say them, against all other captions, with an informative prior as
    strong as the group (after Monroe et al. 2008). A word must be clear of chance (z of at least 1.96) and be
    said in at least three captions of the group. Very common English words are left out.

    Args:
        captions: one per pair.
        of: (P,) group of each pair, -1 for none.

    Returns:
        One name per group, each different: "region 3" if no word sets it apart, with a number if two share their words.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    said = [frozenset(WORD.findall(caption.casefold())) - ENGLISH_STOP_WORDS for caption in captions]
    everywhere: Counter[str] = Counter(word for words in said for word in words)
    total = len(said)
    names: list[str] = []
    for group in range(int(of.max()) + 1 if len(of) else 0):
        rows = np.flatnonzero(of == group).tolist()
        inside: Counter[str] = Counter(word for row in rows for word in said[row])
        here = len(rows)
        scores = {}
        for word, count in inside.items():
            if count < _LEAST_SAID or word.isdigit() or here == total:
                continue
            prior = everywhere[word] * here / total  # as strong as the group itself
            cells = np.array([count, here - count, everywhere[word] - count, total - here - everywhere[word] + count])
            a, b, c, d = cells + np.array([prior, here - prior, prior, here - prior]) + 0.5
            scores[word] = float((np.log(a / b) - np.log(c / d)) / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
        best = sorted(
            ((score, word) for word, score in scores.items() if score >= _CLEAR), key=lambda one: (-one[0], one[1])
        )
        name = ", ".join(word for _, word in best[:_WORDS]) or f"region {group + 1}"
        names.append(name if name not in names else f"{name} ({names.count(name) + 1})")
    return tuple(names)
