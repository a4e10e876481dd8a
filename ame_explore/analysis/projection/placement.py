"""New points in a fitted map: where their fitted neighbours stand. umap-learn has no `transform` for a map that was
fitted from a given neighbour graph, and a picture in which old points must not move needs none of its optimization.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.projection.memberships import memberships
from ame_explore.analysis.projection.neighbours import knn

_STEPS = 20


def place(
    rows: Tensor | NDArray[Any],
    fitted_rows: Tensor | NDArray[Any],
    fitted_points: NDArray[np.float64],
    *,
    neighbours: int = 15,
    metric: str = "cosine",
    device: str | torch.device | None = None,
) -> NDArray[np.float64]:
    """The weighted geometric median of the places of each row's nearest fitted rows (our choice).

    Weights are UMAP's memberships. umap-learn starts from their weighted mean, which lies in empty space where the
    neighbours stand on two islands; the median (20 steps of Weiszfeld 1937) stays with the weightier one. A row that
    coincides with a fitted one gets its place.

    Args:
        rows: (m, D) new rows.
        fitted_rows: (n, D) that the map was fitted on.
        fitted_points: (n, 2) their places.
        neighbours: how many fitted rows to look at, at most n are.
        metric: as in `knn`.
        device: as in `knn`.

    Returns:
        (m, 2) float64.

    Raises:
        AMEError: as `knn`; places that are not one a fitted row.
    """
    points = torch.as_tensor(np.asarray(fitted_points, dtype=np.float64))
    if points.ndim != 2 or len(points) != len(fitted_rows):
        raise AMEError(
            f"fitted_points must be one place a fitted row, got {tuple(points.shape)} for {len(fitted_rows)} rows."
        )
    if len(rows) == 0:
        return np.empty((0, points.shape[1]))
    near, distance = knn(fitted_rows, min(neighbours, len(points)), metric=metric, queries=rows, device=device)
    distance = distance.double()
    weight = memberships(distance)
    stand = points[near]  # (m, k, 2)
    at = (weight[..., None] * stand).sum(1) / weight.sum(1, keepdim=True)
    smallest = 1e-6 * float(points.std(0).max() if len(points) > 1 else 1.0) + 1e-300
    for _ in range(_STEPS):
        pull = weight / (stand - at[:, None]).norm(dim=2).clamp_min(smallest)
        at = (pull[..., None] * stand).sum(1) / pull.sum(1, keepdim=True)
    same = distance[:, 0] <= 0
    at[same] = stand[same, 0]
    return at.numpy()
