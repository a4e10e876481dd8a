"""PCA with a basis that is fitted once and kept, so that any motion in the picture is real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import is_dense, unmasked

Array = NDArray[np.float64]
_BLOCK = 1024  # rows held in float64 at once: few enough for the processor's cache


@dataclass(frozen=True, eq=False)
class PCAProjection:
    """A frozen PCA basis (Pearson 1901): `transform` puts other rows into the same picture.

    The sign of a singular vector is arbitrary, so a picture could come out mirrored on another machine. Each component
    is therefore oriented so that its entry of largest magnitude (the first in a tie) is positive.

    Attributes:
        mean: (D,) centre of the fitted rows.
        components: (dims, D) orthonormal rows, by falling variance.
        explained_variance_ratio: (dims,) share of the fitted rows' variance along each component.
    """

    mean: Array
    components: Array
    explained_variance_ratio: Array

    @classmethod
    def fit(cls, rows: Tensor | NDArray[Any], dims: int = 2) -> PCAProjection:
        """Fit a basis. To compare snapshots, fit once (on one of them, or on all together) and transform each.

        Args:
            rows: (N, D), not normalized; for cosine geometry, pass unit rows.
            dims: number of components, in 1 ... min(N, D).

        Returns:
            The basis.

        Raises:
            AMEError: if the rows are not a matrix, hold NaN or infinity, are fewer than two or all equal, or `dims` is
                out of range.
        """
        matrix = _matrix("rows", rows)
        n, d = matrix.shape
        check_number("dims", dims, low=1, whole=True)
        if n < 2 or dims > min(n, d):
            raise AMEError(
                f"rows must be at least 2 and hold {dims} dimensions, got shape {(n, d)}: ask for fewer dims."
            )
        first = matrix[0].astype(np.float64)
        mean = first + sum((block - first).sum(axis=0) for block in _blocks(matrix)) / n  # exact where rows are equal
        size = max(np.abs(block - mean).max() for block in _blocks(matrix))
        if size == 0:
            raise AMEError(f"rows must differ, got {n} equal rows: there is no variance to draw.")
        if n > d:  # the eigenvectors of a (D, D) matrix cost far less than a singular value decomposition of (N, D)
            scaled = ((block - mean) / size for block in _blocks(matrix))
            variance, vectors = np.linalg.eigh(sum(block.T @ block for block in scaled))
            variance, vectors = variance[::-1].clip(min=0), vectors.T[::-1]
        else:
            _, singular, vectors = np.linalg.svd((matrix - mean) / size, full_matrices=False)
            variance = singular**2
        components = vectors[:dims]
        largest = np.abs(components).argmax(axis=1)
        signs = np.where(components[np.arange(dims), largest] < 0, -1.0, 1.0)
        return cls(mean, components * signs[:, None], variance[:dims] / variance.sum())

    def transform(self, x: Tensor | NDArray[Any]) -> Array:
        """Project rows onto the components.

        Args:
            x: (N, D); N may be 0.

        Returns:
            (N, dims) float64 coordinates, in the unit of the rows.

        Raises:
            AMEError: if `x` is not a matrix, has another D than the fitted rows, or holds NaN or infinity.
        """
        matrix = _matrix("x", x)
        if matrix.shape[1] != self.mean.shape[0]:
            raise AMEError(f"x must have {self.mean.shape[0]} columns like the fitted rows, got {matrix.shape[1]}.")
        parts = [(block - self.mean) @ self.components.T for block in _blocks(matrix)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.components)))


def _blocks(matrix: NDArray[Any]) -> Iterator[Array]:
    """The rows in float64, block by block, to avoid a copy of a large float32 matrix."""
    for start in range(0, len(matrix), _BLOCK):
        yield matrix[start : start + _BLOCK].astype(np.float64)


def _matrix(name: str, value: Tensor | NDArray[Any]) -> NDArray[Any]:
    """A finite real matrix; float32 and float64 are kept, anything else becomes float64."""
    if isinstance(value, Tensor) and not is_dense(value):
        raise AMEError(f"{name} must be a dense, real matrix with data, got layout {value.layout} on {value.device}.")
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        value = (value if value.dtype in (torch.float32, torch.float64) else value.double()).numpy()
    matrix = unmasked(value)
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu":
        raise AMEError(
            f"{name} must be a real matrix of shape (rows, columns), got {matrix.dtype} of shape {matrix.shape}."
        )
    if matrix.dtype not in (np.float32, np.float64):
        matrix = matrix.astype(np.float64)
    finite = np.isfinite(matrix).all(axis=1)
    if not finite.all():
        raise AMEError(f"{name} must be finite, got NaN or infinity first in row {finite.argmin()}.")
    return matrix
