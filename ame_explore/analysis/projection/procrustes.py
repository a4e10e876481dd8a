"""Orthogonal Procrustes: the rotation that brings one set of points closest to another, and the residual.

If the source is not wider than the target, a singular value decomposition gives the solution (Schoenemann 1966). A
wider source has no closed form: the rotation keeps only as many directions as the target has, and which ones it keeps
changes the length of the fitted rows (the unbalanced problem; Eldén and Park 1999). We then take the best of several
descents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.projection.rows import as_rows
from ame_explore.arguments import checked


@dataclass(frozen=True, eq=False)
class Procrustes:
    """y ~ scale * x @ rotation + shift.

    Attributes:
        rotation: (Ds, Dt) with orthonormal rows (Ds <= Dt) or columns (Ds >= Dt); may include a reflection.
        shift: (Dt,) added after the rotation.
        scale: factor on the rotated rows; 1.0 unless it was fitted.
        residual: ||Y - fitted||_F / ||Y - mean(Y)||_F over the fitted rows, >= 0; 0 is a perfect fit.
        residual_held_out: the same for a rotation fitted on the even rows and evaluated on the odd ones. With few rows
            for the width, some rotation always fits, and only this number shows it. NaN for fewer than four rows.
    """

    rotation: Tensor
    shift: Tensor
    scale: float
    residual: float
    residual_held_out: float

    def transform(self, x: Tensor | NDArray[Any]) -> Tensor:
        """Map rows `x` (m, Ds) into the target's space: (m, Dt) float64."""
        return self.scale * as_rows("x", x).double().cpu() @ self.rotation + self.shift


@checked
def procrustes(*, source: Tensor | NDArray[Any], target: Tensor | NDArray[Any], scale: bool = False) -> Procrustes:
    """Fit the rotation (or reflection) and shift that bring `source` closest to `target`, row by row.

    For centred rows X (n, Ds) and Y (n, Dt), it minimizes ||X R - Y||_F over R with orthonormal rows or columns.

    - Ds <= Dt: R R^T = I, so ||X R|| is fixed and R = U V^T for X^T Y = U S V^T is the minimum (Schoenemann 1966).
    - Ds > Dt: R^T R = I, and ||X R|| depends on R. We descend from several starts (U V^T, the least-squares solution
      made orthonormal, and two random ones for small widths) and take the best. It is a local minimum, never worse than
      U V^T, but not proven to be the global one.

    Args:
        source: (n, Ds).
        target: (n, Dt), row i belongs to row i of the source.
        scale: whether to fit a common factor too, tr(R^T X^T Y) / ||X R||_F^2 or 0; the residual is then at most 1.

    Returns:
        The fit.

    Raises:
        AMEError: if the numbers of rows differ, there are fewer than two, a value is NaN or infinite, or all rows of
            the target are equal.
    """
    x, y = (as_rows(name, side, least=2).double().cpu() for name, side in (("source", source), ("target", target)))
    for name, side in (("source", x), ("target", y)):
        most = float(side.abs().max())
        if most and not 1 / _LARGEST <= most <= _LARGEST:
            raise AMEError(f"{name} must be zeros or of a size from 1e-60 to 1e60, got {most:g}: rescale it.")
    if len(x) != len(y):
        raise AMEError(
            f"source and target must have as many rows, got {len(x)} and {len(y)}: they are matched row by row."
        )
    whole = _fit(x, y, scale)
    held_out = float("nan")
    if len(x) >= 4 and float((y[1::2] - y[1::2].mean(0)).norm()) > 0:
        held_out = _residual(_fit(x[::2], y[::2], scale), x[1::2], y[1::2])
    rotation, shift, factor = whole
    if not float((y - y.mean(0)).norm()) > 0:
        raise AMEError(f"target must have rows that differ, got {len(y)} equal rows: there is nothing to fit.")
    return Procrustes(rotation, shift, factor, _residual(whole, x, y), held_out)


_LARGEST = 1e60  # the fourth power of a value, summed, must be finite and not zero
_Fit = tuple[Tensor, Tensor, float]
_RANDOM_STARTS, _ITERATIONS = 2, 200
_SMALL = 2000  # entries of a rotation up to which random starts are tried too
_FLAT = 1e-8  # a descent ends at this length of the gradient, for rows of total length 1 ...
_STILL = 1e-12  # ... or if it gains less than this in ten steps


def _fit(x: Tensor, y: Tensor, scale: bool) -> _Fit:
    middle_x, middle_y = x.mean(0), y.mean(0)
    x, y = x - middle_x, y - middle_y
    rotation = _orthonormal(x.T @ y)
    if x.shape[1] > y.shape[1] and bool(x.any()):  # of equal rows, every rotation fits alike
        rotation = _best_columns(x, y, rotation, scale)
    factor = float(_factor(rotation, x.T @ x, x.T @ y)) if scale and bool(x.any()) else 1.0
    return rotation, middle_y - factor * middle_x @ rotation, factor


def _orthonormal(matrix: Tensor) -> Tensor:
    """The nearest matrix with orthonormal rows or columns."""
    u, _, vt = torch.linalg.svd(matrix, full_matrices=False)
    rotation: Tensor = u @ vt
    return rotation


def _factor(rotation: Tensor, gram: Tensor, cross: Tensor) -> Tensor:
    """The best factor >= 0 for x @ rotation, where gram = X^T X and cross = X^T Y."""
    length = ((gram @ rotation) * rotation).sum()
    return ((cross * rotation).sum() / length.clamp_min(torch.finfo(length.dtype).tiny)).clamp_min(0)


def _best_columns(x: Tensor, y: Tensor, first: Tensor, scale: bool) -> Tensor:
    """(Ds, Dt) with orthonormal columns, Ds > Dt: the R with the smallest ||x R - y|| among several descents."""
    size = max(float(x.norm()), torch.finfo(x.dtype).tiny)
    gram, cross = x.T @ x / size**2, x.T @ y / size**2

    def loss(rotation: Tensor) -> tuple[float, Tensor]:
        """(||x R - y||^2 - ||y||^2) / ||x||^2 at the best factor, and its gradient in R."""
        factor = float(_factor(rotation, gram, cross)) if scale else 1.0
        turned = gram @ rotation
        value = float((rotation * (factor**2 * turned - 2 * factor * cross)).sum())
        return value, 2 * (factor**2 * turned - factor * cross)

    generator = torch.Generator().manual_seed(0)
    noise = [
        torch.randn(first.shape, generator=generator, dtype=x.dtype)
        for _ in range(_RANDOM_STARTS if first.numel() <= _SMALL else 0)
    ]
    solved = torch.linalg.lstsq(x, y, driver="gelsd").solution
    found = [_descend(start, loss) for start in (first, *map(_orthonormal, (solved, *noise)))]
    return min([first, *found], key=lambda rotation: loss(rotation)[0])


def _descend(rotation: Tensor, loss: Callable[[Tensor], tuple[float, Tensor]]) -> Tensor:
    """A local minimum over matrices with orthonormal columns, by gradient descent with Barzilai-Borwein step lengths.

    After Wen and Yin, "A feasible method for optimization with orthogonality constraints", Mathematical Programming
    142, 2013, except that each step returns to the nearest orthonormal matrix. A step may raise the loss above its last
    value, but not above its last ten.
    """

    def along(rotation: Tensor, gradient: Tensor) -> Tensor:
        inner = rotation.T @ gradient
        return gradient - rotation @ (inner + inner.T) / 2

    value, gradient = loss(rotation)
    slope, step, last = along(rotation, gradient), 1.0, [value]
    for _ in range(_ITERATIONS):
        steep = float(slope.square().sum())
        if steep <= _FLAT**2:
            break
        while True:
            moved = rotation - step * slope
            values, vectors = torch.linalg.eigh(moved.T @ moved)  # all >= 1: the slope is orthogonal to what it leaves
            moved = moved @ (vectors / values.sqrt()) @ vectors.T  # the nearest orthonormal matrix
            value, gradient = loss(moved)
            if value <= max(last) - 1e-4 * step * steep or step < 1e-6:
                break
            step /= 4
        change, rise = moved - rotation, along(moved, gradient) - slope
        rotation, slope = moved, slope + rise
        curvature = abs(float((change * rise).sum()))
        step = min(max(float(change.square().sum()) / curvature, 1e-6), 1e6) if curvature > 0 else 1.0
        if len(last) == 10 and max(last) - value < _STILL:
            break
        last = [*last[-9:], value]
    return _orthonormal(rotation)


def _residual(fit: _Fit, x: Tensor, y: Tensor) -> float:
    rotation, shift, factor = fit
    return float((factor * x @ rotation + shift - y).norm() / (y - y.mean(0)).norm())
