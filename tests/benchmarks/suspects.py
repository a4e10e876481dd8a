"""Swapped captions: how many the suspicion finds, beside the label quality scores of cleanlab on the same features."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from harness import Figure, Unavailable, where

from ame_explore import PairedFeatures
from ame_explore.analysis.pairs.pair_measures import pair_measures
from ame_explore.analysis.statistics import mean_interval, paired_interval

CLIP = Path(
    os.environ.get("AME_CLIP_FEATURES") or Path(__file__).resolve().parents[3] / "shared" / "data" / "clip_coco500.npy"
)
PAIRS, SWAPPED, LISTED = 500, 10, 20
METHODS = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")


def suspects_emoji(*, smoke: bool) -> Figure:
    """500 emoji of the designer that the bundled teacher never saw, with their names."""
    from ame_explore.data.sets.emoji import emoji_set
    from ame_explore.models.emoji_weights import emoji_model

    emoji, model = emoji_set(), emoji_model("teacher")
    rows = torch.randperm(len(emoji), generator=torch.Generator().manual_seed(0))[:PAIRS]
    with torch.no_grad():
        images = emoji.images("fluent", rows, side=24)
        image = torch.cat([model.encode_image(part) for part in images.split(100)])
        text = model.encode_text([emoji.names[row] for row in rows.tolist()])
    return found("suspects_emoji", image, text, float(model.logit_scale), smoke)


def suspects_clip(*, smoke: bool) -> Figure:
    """500 pairs of COCO under CLIP ViT-B/16; the file is no part of the project."""
    if not CLIP.exists():
        raise Unavailable(f"{CLIP.name} is not here")
    image, text = torch.from_numpy(np.load(CLIP))
    return found("suspects_clip", image, text, 100.0, smoke)


def found(name: str, image: torch.Tensor, text: torch.Tensor, scale: float, smoke: bool) -> Figure:
    """Recall of swapped captions among the most suspect pairs; the peer is the best of cleanlab's, both ways too."""
    # cleanlab knows labels of images alone; the mean of its scores in both directions is a fairer peer
    ways = {f"{method}{way}": (method, way) for method in METHODS for way in ("", " both ways")}
    recall: dict[str, list[float]] = {"ours": [], **{way: [] for way in ways}}
    scores, who = label_quality()
    for seed in range(3 if smoke else 100):
        rng = np.random.default_rng(seed)
        swapped = rng.choice(len(image), SWAPPED, replace=False)
        given = text.clone()
        given[swapped] = text[np.roll(swapped, 1)]
        table = pair_measures(PairedFeatures(image=image, text=given, logit_scale=scale)).table
        found_by: dict[str, Any] = {"ours": -table["suspicion"].to_numpy()}
        x, y = (torch.nn.functional.normalize(rows.double(), dim=1) for rows in (image, given))
        chance = [(scale * cosine).softmax(1).numpy() for cosine in (x @ y.T, y @ x.T)]
        for way, (method, both) in ways.items():
            each = [scores(np.arange(len(image)), one, method) for one in (chance if both else chance[:1])]
            found_by[way] = np.mean(each, axis=0)
        for each, quality in found_by.items():
            first = np.argsort(quality, kind="stable")[:LISTED]
            recall[each].append(np.isin(swapped, first).mean())
    best = max(ways, key=lambda way: float(np.mean(recall[way])))
    ours, peer = float(np.mean(recall["ours"])), float(np.mean(recall[best]))
    told = ", ".join(f"{each} {interval_text(values)}" for each, values in recall.items())
    plain = max(METHODS, key=lambda way: float(np.mean(recall[way])))
    gains = []
    for way in dict.fromkeys((plain, best)):
        gain = paired_interval(recall["ours"], recall[way])
        gains.append(f"ours minus {way} {gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]")
    note = (
        f"recall of {SWAPPED} swapped captions of {len(image)} among the {LISTED} most suspect, "
        f"{len(recall['ours'])} random swaps, means with 95% intervals: {told}; {', '.join(gains)}; {who}; {where()}"
    )
    return Figure(name, ours, peer, ours / peer, "recall", note)


def interval_text(values: list[float]) -> str:
    """A mean with its interval."""
    interval = mean_interval(values)
    return f"{interval.mean:.4f} [{interval.low:.4f}, {interval.high:.4f}]"


def label_quality() -> tuple[Any, str]:
    """Cleanlab's function if it is installed, else the same three scores by their definitions.

    From `cleanlab.rank` (Kuan and Mueller 2022, "Model-agnostic label quality scoring to detect real-world label
    errors"), each caption being a class and the chances a softmax over all captions.
    """
    try:
        from cleanlab.rank import get_label_quality_scores
    except ImportError:
        return by_definition, "scores of cleanlab by their definitions"
    import cleanlab

    def scores(labels: np.ndarray, chance: np.ndarray, method: str) -> np.ndarray:
        made = get_label_quality_scores(labels, chance, method=method)
        own = by_definition(labels, chance, method)
        assert np.array_equal(np.argsort(made, kind="stable"), np.argsort(own, kind="stable")) or np.allclose(made, own)
        return made

    return scores, f"cleanlab {cleanlab.__version__}, equal to its definitions"


def by_definition(labels: np.ndarray, chance: np.ndarray, method: str) -> np.ndarray:
    """The chance of the label; half of one plus it minus the largest other; or entropy over it, turned around."""
    own = chance[np.arange(len(labels)), labels]
    if method == "self_confidence":
        return own
    if method == "normalized_margin":
        other = chance.copy()
        other[np.arange(len(labels)), labels] = -np.inf
        return (own - other.max(1) + 1) / 2
    tiny = np.finfo(float).tiny
    entropy = -(chance * np.log(np.clip(chance, tiny, None))).sum(1) / np.log(chance.shape[1])
    score = entropy / np.clip(own, 1e-6, None)
    return np.log1p(score) / np.where(score == 0, 1, score)
