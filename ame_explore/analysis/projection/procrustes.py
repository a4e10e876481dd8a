"""Orthogonal Procrustes: the rotation that brings one set of points nearest to another, and what it leaves over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.projection.rows import as_rows


@dataclass(frozen=True, eq=False)
class Procrustes:
    """y ~ scale * x @ rotation + shift.

    Attributes:
        rotation: (Ds, Dt) with orthonormal rows or columns; may hold a reflection.
        shift: (Dt,).
        scale: 1.0 unless asked for.
        residual: ||Y - fitted||_F / ||Y - mean(Y)||_F over the rows it was fitted on, >= 0; 0 is a perfect fit.
        residual_held_out: the same where a rotation fitted on the even rows meets the odd ones. With few rows for its
            width any rotation fits, and only this number shows it; NaN for fewer than four rows.
    """

    rotation: Tensor
    shift: Tensor
    scale: float
    residual: float
    residual_held_out: float

    def transform(self, x: Tensor | NDArray[Any]) -> Tensor:
        """Rows (m, Ds) in the target's space, (m, Dt) float64."""
        return self.scale * as_rows("x", x).double().cpu() @ self.rotation + self.shift


def procrustes(source: Tensor | NDArray[Any], target: Tensor | NDArray[Any], *, scale: bool = False) -> Procrustes:
    """The rotation (with reflection) and shift that bring `source` nearest to `target` row by row (Schoenemann 1966).

    Of centred rows X and Y, R = U V^T for X^T Y = U S V^T minimizes ||X R - Y||_F over matrices with orthonormal rows
    or columns (the widths may differ).

    Args:
        source: (n, Ds); target: (n, Dt), row i belonging to row i.
        scale: whether lengths may be multiplied by one number too, tr(S) / ||X||_F^2; then the residual is at most 1.

    Raises:
        AMEError: different numbers of rows, fewer than two, NaN or infinity, equal rows in the target.
    """
    x, y = (as_rows(name, side, least=2).double().cpu() for name, side in (("source", source), ("target", target)))
    if len(x) != len(y):
        raise AMEError(f"source and target must have as many rows, got {len(x)} and {len(y)}: row i belongs to row i.")
    whole = _fit(x, y, scale)
    held_out = float("nan")
    if len(x) >= 4 and float((y[1::2] - y[1::2].mean(0)).norm()) > 0:
        held_out = _residual(_fit(x[::2], y[::2], scale), x[1::2], y[1::2])
    rotation, shift, factor = whole
    if not float((y - y.mean(0)).norm()) > 0:
        raise AMEError(f"target must have rows that differ, got {len(y)} equal rows: there is nothing to turn towards.")
    return Procrustes(rotation, shift, factor, _residual(whole, x, y), held_out)


_Fit = tuple[Tensor, Tensor, float]


def _fit(x: Tensor, y: Tensor, scale: bool) -> _Fit:
    middle_x, middle_y = x.mean(0), y.mean(0)
    u, s, vt = torch.linalg.svd((x - middle_x).T @ (y - middle_y), full_matrices=False)
    rotation = u @ vt
    size = float((x - middle_x).square().sum())
    factor = float(s.sum()) / size if scale and size > 0 else 1.0
    return rotation, middle_y - factor * middle_x @ rotation, factor


def _residual(fit: _Fit, x: Tensor, y: Tensor) -> float:
    rotation, shift, factor = fit
    return float((factor * x @ rotation + shift - y).norm() / (y - y.mean(0)).norm())
