"""A picture of rows: where each of them stands in two dimensions, how that came about, and where others would stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.analysis.projection.rows import metric_rows

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Projection:
    """A picture of n rows.

    Attributes:
        method: "pca" or "umap".
        points: (n, 2) float64, one place a row.
        words: a sentence on how it was made, for captions.
    """

    method: str
    points: Array
    words: str
    _placer: Callable[[Any], Array] = field(repr=False)

    def place(self, rows: Tensor | NDArray[Any]) -> Array:
        """Places (m, 2) of other rows (m, D) in this picture, in which nothing moves.

        PCA: their coordinates along its axes. UMAP: see `ame_explore.analysis.projection.placement.place`.

        Raises:
            AMEError: rows of another width, NaN or infinity, a row of zeros under "cosine".
        """
        return self._placer(rows)


def fit_pca(rows: Tensor | NDArray[Any], *, metric: str = "cosine") -> Projection:
    """The PCA picture of rows (n, D), of unit rows under "cosine"; a second axis of zeros where D or n allows but one.

    Raises:
        AMEError: as `PCAProjection.fit`; a row of zeros under "cosine".
    """
    matrix = metric_rows("rows", rows, metric)
    basis = PCAProjection.fit(matrix, dims=min(2, *matrix.shape))
    share = float(basis.explained_variance_ratio.sum())

    def placer(other: Tensor | NDArray[Any]) -> Array:
        places = basis.transform(metric_rows("rows", other, metric))
        return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))

    kind = "rows of unit length" if metric == "cosine" else "the rows as they are"
    words = f"PCA of {kind}: the two axes hold {share:.0%} of the variance."
    return Projection("pca", placer(matrix), words, placer)
