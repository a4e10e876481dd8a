"""The modality gap broken down: distance, spread, and its cost in retrieval."""

from __future__ import annotations

import math

from ame_explore.analysis.pairs.pair_measures import pair_measures
from ame_explore.analysis.pairs.set_measures import joint_measures
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures

GAP_MEASURES = (
    "modality_gap",
    "alignment",
    "uniformity_image",
    "uniformity_text",
    "effective_rank_singular",
    "cka",
    "R@1_i2t",
    "R@1_t2i",
)


@checked
def gap_measures(features: PairedFeatures, *, seed: int = 0) -> dict[str, float]:
    """The measures that `ame_explore.figures.gap_decomposition` draws, plus pair_cosine, R@5 and R@10.

    Args:
        features: N images with their texts.
        seed: seed of the pairs from which uniformity is estimated above 4,000 rows.

    Returns:
        Names as in measures.json -> numbers; NaN if the measure needs equal widths and they differ.

    Raises:
        AMEError: if a row is all zeros.
    """
    joint = joint_measures(image=features.image, text=features.text, pairs=features.pairs, seed=seed)
    pairs = pair_measures(features)
    cosine = float(pairs.table["cosine"].mean())
    found: dict[str, float | None] = {"pair_cosine": cosine, "alignment": 2 - 2 * cosine}
    found |= {name: estimate.value for name, estimate in joint.items()}
    found |= pairs.recall
    return {name: math.nan if value is None else float(value) for name, value in found.items()}
