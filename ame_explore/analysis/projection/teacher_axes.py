"""The axes of the lab's map, fitted to what the teacher sees, and so the same for every student and every seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.arguments import checked
from ame_explore.data.splits import spread_over_classes
from ame_explore.training import Stage

MOST_IMAGES = 1000  # that the axes are fitted to, and that a lab draws by default
_DIGITS = 7  # of the numbers in a fact: float32


@checked
def teacher_axes(stage: Stage, images: Tensor | None = None) -> PCAProjection:
    """The two principal components of the teacher's unit features of test images and class texts.

    Args:
        stage: data and teacher.
        images: (n,) int64 indices of the images; None: at most 1,000 of the test split, evenly over the classes.

    Raises:
        AMEError: if all features are equal.
    """
    chosen = spread_over_classes(stage.test, stage.data.labels[stage.test], MOST_IMAGES) if images is None else images
    return PCAProjection.fit(torch.cat([stage.teacher_features(stage.data.images[chosen]), stage.text_features]))


@checked
def axes_fact(axes: PCAProjection) -> dict[str, Any]:
    """The axes as plain values, to be noted in a Run as its fact "map_axes"; `axes_of` makes them again.

    Args:
        axes: two components.
    """

    def plain(values: Any) -> Any:
        return [float(f"{value:.{_DIGITS}g}") for value in np.asarray(values).tolist()]

    return {
        "mean": plain(axes.mean),
        "components": [plain(row) for row in axes.components],
        "explained_variance_ratio": plain(axes.explained_variance_ratio),
    }


@checked
def axes_of(fact: Mapping[str, Any] | None) -> PCAProjection | None:
    """The axes in a fact "map_axes"; None if there is none.

    Args:
        fact: what `axes_fact` returned, or None.

    Raises:
        AMEError: if the fact is of another form.
    """
    if fact is None:
        return None
    try:
        mean, components, ratio = (
            np.asarray(fact[name], dtype=np.float64) for name in ("mean", "components", "explained_variance_ratio")
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise AMEError("map_axes must hold a mean, components and their shares of the variance.") from error
    if mean.ndim != 1 or components.shape != (2, len(mean)) or ratio.shape != (2,):
        raise AMEError(f"map_axes must be two axes of one width, got shapes {mean.shape} and {components.shape}.")
    if not all(np.isfinite(part).all() for part in (mean, components, ratio)):
        raise AMEError("map_axes must hold finite numbers.")
    return PCAProjection(mean, components, ratio)
