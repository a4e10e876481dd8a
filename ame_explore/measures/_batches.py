"""What the batched estimators ask of their input: a stack of matrices whose graph is kept, so that gradients flow."""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.ame import AMEError


def as_batch(name: str, value: Tensor, *, rows: int = 1) -> Tensor:
    """`value` as float64 matrices (..., rows, columns) on its own device (float32 on MPS, which has no float64).

    Raises:
        AMEError: no tensor, complex, fewer than two axes, an empty batch, too few rows, no columns, or not finite.
    """
    if not isinstance(value, Tensor) or value.is_complex():
        kind = "a complex tensor" if isinstance(value, Tensor) else type(value).__name__
        raise AMEError(f"{name} must be a real torch.Tensor of shape (..., rows, columns), got {kind}.")
    if value.ndim < 2 or value.shape[-2] < rows or 0 in value.shape:
        hint = f": write {name}[:, None] for a single column." if value.ndim == 1 else "."
        raise AMEError(
            f"{name} must have shape (..., rows, columns) with at least {rows} row{'s' if rows > 1 else ''} and "
            f"1 column, got {tuple(value.shape)}{hint}"
        )
    batch = value.to(torch.float32 if value.device.type == "mps" else torch.float64)
    if not bool(torch.isfinite(batch).all()):
        at = tuple((~torch.isfinite(batch)).nonzero()[0, :-1].tolist())
        where = f"row {at[0]}" if len(at) == 1 else f"row {at[-1]} of batch element {at[:-1]}"
        raise AMEError(f"{name} must be finite, got NaN or infinity first in {where}: look there for what diverged.")
    return batch


def as_square(name: str, value: Tensor) -> Tensor:
    """`as_batch` of symmetric matrices (..., n, n), made exactly symmetric; `AMEError` if they are not."""
    batch = as_batch(name, value)
    if batch.shape[-1] != batch.shape[-2]:
        raise AMEError(f"{name} must be square matrices (..., n, n), got {tuple(batch.shape)}.")
    if bool(((batch - batch.mT).abs() > rounding(value) * batch.shape[-1] * batch.abs().amax()).any()):
        raise AMEError(f"{name} must be symmetric, got entries that differ from their mirror image.")
    return (batch + batch.mT) / 2


def rounding(value: Tensor) -> float:
    """Relative rounding error of the numbers as they were given: float64's for whole numbers."""
    return float(torch.finfo(value.dtype if value.is_floating_point() else torch.float64).eps)


def check_same_shape(first: str, x: Tensor, second: str, y: Tensor) -> None:
    """Raise `AMEError` unless batch and rows agree; columns may differ."""
    if x.shape[:-1] != y.shape[:-1]:
        raise AMEError(
            f"{first} and {second} must agree in all but their columns, got {tuple(x.shape)} and {tuple(y.shape)}: "
            "row i belongs to row i."
        )
