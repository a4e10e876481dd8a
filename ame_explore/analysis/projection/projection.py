"""A picture of rows: their positions in two dimensions, how it was made, and positions for other rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.analysis.projection.rows import as_rows, metric_rows

Array = NDArray[np.float64]
_BLOCK = 1024  # rows: in float64 they stay in the processor's cache
_SHORT = 1e-100  # a row's length is exact in float64 from here to 1 over this


@dataclass(frozen=True, eq=False)
class Projection:
    """A picture of n rows.

    Attributes:
        method: "pca" or "umap".
        points: (n, 2) float64, the position of each row.
        words: a sentence on how it was made, for captions.
    """

    method: str
    points: Array
    words: str
    _placer: Callable[[Any], Array] = field(repr=False)

    def place(self, rows: Tensor | NDArray[Any]) -> Array:
        """Find positions for other rows without moving the points.

        In a PCA picture these are their coordinates along its axes; for UMAP, see
        `ame_explore.analysis.projection.placement.place`.

        Args:
            rows: (m, D).

        Returns:
            (m, 2) float64.

        Raises:
            AMEError: if the rows have another width, hold NaN or infinity, or one is all zeros with "cosine".
        """
        return self._placer(rows)


def fit_pca(rows: Tensor | NDArray[Any], *, metric: str = "cosine") -> Projection:
    """The PCA picture of rows. If n or D allows only one component, the second axis is zero.

    Args:
        rows: (n, D).
        metric: "cosine" (rows are scaled to unit length) or "euclidean".

    Returns:
        The picture.

    Raises:
        AMEError: if `PCAProjection.fit` rejects the rows or one is all zeros with "cosine".
    """
    matrix = metric_rows("rows", rows, metric)
    basis = PCAProjection.fit(matrix, dims=min(2, *matrix.shape))
    share = float(basis.explained_variance_ratio.sum())

    axes = torch.from_numpy(basis.components.copy())
    shift = basis.mean @ basis.components.T

    def quickly(other: Tensor | NDArray[Any]) -> Array | None:
        """The coordinates of unit rows without the unit rows; None if a row needs the care of `unit_rows`."""
        rows = as_rows("rows", other)
        if metric != "cosine" or rows.shape[1] != axes.shape[1]:
            return None
        parts = []
        buffer = torch.empty(min(_BLOCK, len(rows)), rows.shape[1], dtype=torch.float64)
        for block in rows.detach().cpu().split(_BLOCK):
            wide = buffer[: len(block)].copy_(block)
            length = wide.norm(dim=1, keepdim=True)
            if not bool(((length > _SHORT) & (length < 1 / _SHORT)).all()):
                return None
            parts.append((wide @ axes.T / length).numpy() - shift)
        return np.concatenate(parts)

    def placer(other: Tensor | NDArray[Any]) -> Array:
        places = quickly(other)
        if places is None:
            places = basis.transform(metric_rows("rows", other, metric))
        return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))

    kind = "unit rows" if metric == "cosine" else "the rows"
    words = f"PCA of {kind}: the two axes explain {share:.0%} of the variance."
    return Projection("pca", placer(matrix), words, placer)
