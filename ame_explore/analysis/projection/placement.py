"""Positions for new points in a fitted map, from those of their neighbours.

umap-learn has no `transform` for a map fitted from a given neighbour graph, and its optimization is not needed when the
old points must not move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection.memberships import memberships
from ame_explore.analysis.projection.neighbours import knn
from ame_explore.analysis.projection.rows import as_rows
from ame_explore.arguments import checked

_STEPS = 20


@checked
def place(
    rows: Tensor | NDArray[Any],
    *,
    fitted_rows: Tensor | NDArray[Any],
    fitted_points: NDArray[np.float64],
    neighbours: int = 15,
    metric: str = "cosine",
    device: str | torch.device | None = None,
) -> NDArray[np.float64]:
    """Put each new row at the weighted geometric median of its nearest fitted rows' positions (our choice).

    The weights are UMAP's memberships. umap-learn starts from the weighted mean, which lies in empty space if the
    neighbours are on two islands; the median (20 steps of Weiszfeld 1937) stays on the heavier one. A row that
    coincides with a fitted row gets its position.

    Args:
        rows: (m, D) new rows.
        fitted_rows: (n, D) rows to which the map was fitted.
        fitted_points: (n, 2) their positions.
        neighbours: how many fitted rows to use; capped at n.
        metric: as in `knn`.
        device: as in `knn`.

    Returns:
        (m, 2) float64.

    Raises:
        AMEError: if `knn` rejects the rows, or there is not one position per fitted row.
    """
    check_number("neighbours", neighbours, low=1, whole=True)
    points = as_rows("fitted_points", fitted_points).double()
    if points.ndim != 2 or len(points) != len(fitted_rows):
        raise AMEError(
            f"fitted_points must hold one point per fitted row, got {tuple(points.shape)} for {len(fitted_rows)} rows."
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
