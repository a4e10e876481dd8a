"""Input checks that the measures share."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_finite, has_values, unit_rows

_LOOK = "look there for what diverged"


def as_batch(name: str, value: Tensor, *, rows: int = 1) -> Tensor:
    """`value` as float64 matrices (..., rows, columns) on its own device (float32 on MPS, which has no float64).

    The graph is kept, so that gradients flow.

    Raises:
        AMEError: if it is not a dense real tensor with values, has fewer than two axes, an empty axis or too few rows,
            or is not finite.
    """
    _check_real(name, value, "(..., rows, columns)")
    if value.ndim < 2 or value.shape[-2] < rows or 0 in value.shape:
        hint = f": write {name}[:, None] for a single column." if value.ndim == 1 else "."
        raise AMEError(
            f"{name} must have shape (..., rows, columns) with at least {rows} row{'s' if rows > 1 else ''} and "
            f"1 column, got {tuple(value.shape)}{hint}"
        )
    batch = value.to(torch.float32 if value.device.type == "mps" else torch.float64)
    check_finite(name, batch, _LOOK)
    return batch


def as_matrix(name: str, value: Tensor, *, rows: int = 1) -> Tensor:
    """`value` as a detached float64 matrix with at least `rows` rows.

    Measures that return floats are numbers to read, not losses: no gradient flows through them, and float64 costs
    nothing here.

    Raises:
        AMEError: as `as_batch`; if it has more than two axes.
    """
    _check_real(name, value, "(rows, columns)")
    if value.ndim != 2:
        raise AMEError(f"{name} must have shape (rows, columns), got {tuple(value.shape)}.")
    return as_batch(name, value.detach().cpu() if value.device.type == "mps" else value.detach(), rows=rows)


def as_square(name: str, value: Tensor) -> Tensor:
    """`as_batch` of symmetric matrices (..., n, n), made exactly symmetric; `AMEError` if they are not."""
    batch = as_batch(name, value)
    if batch.shape[-1] != batch.shape[-2]:
        raise AMEError(f"{name} must be square matrices (..., n, n), got {tuple(batch.shape)}.")
    if bool(((batch - batch.mT).abs() > rounding(value) * batch.shape[-1] * batch.abs().amax()).any()):
        raise AMEError(f"{name} must be symmetric, got entries that differ from their mirror image.")
    return batch / 2 + batch.mT / 2  # halves first: a sum of two could overflow


def as_index(name: str, value: Tensor, *, length: int, below: int, of: str) -> Tensor:
    """`value` as an int64 vector of `length` entries in [0, below); `of` says what it counts, for the message."""
    _check_real(name, value, f"({length},)")
    if value.dtype.is_floating_point or value.dtype == torch.bool:
        raise AMEError(f"{name} must be a torch.Tensor of whole numbers, got {value.dtype}.")
    if value.shape != (length,):
        raise AMEError(f"{name} must have shape ({length},), one entry a row, got {tuple(value.shape)}.")
    index = value.detach().to(torch.int64)
    if int(index.min()) < 0 or int(index.max()) >= below:
        raise AMEError(
            f"{name} must lie in 0 ... {below - 1} ({below} {of}), got {int(index.min())} to {int(index.max())}."
        )
    return index


def as_unit_rows(name: str, rows: Tensor, hint: str = "leave it out") -> Tensor:
    """Rows (..., n, d) scaled to length 1.

    Raises:
        AMEError: if there is a row of zeros, which has no direction.
    """
    zero = (rows.detach() == 0).all(-1)
    if bool(zero.any()):
        first = ", ".join(map(str, zero.nonzero()[0].tolist()))
        raise AMEError(
            f"{name} must have no row of zeros (it has no direction), got {int(zero.sum())} of {zero.numel()}, first "
            f"row {first}: {hint}."
        )
    return unit_rows(rows)


def near_one(batch: Tensor) -> tuple[Tensor, Tensor]:
    """Matrices (..., n, d) divided by a power of two, which rounds nothing, and its exponents (..., 1, 1).

    The largest entry is then in [1, 2), so that squares and differences neither overflow nor underflow.
    """
    largest = batch.detach().abs().amax((-2, -1), keepdim=True)
    limit = math.log2(torch.finfo(batch.dtype).max) - 2
    exponent = torch.where(largest > 0, largest.log2().floor(), 0.0).clamp(-limit, limit)
    return batch * torch.exp2(-exponent), exponent


def same_rows(first: str, x: Tensor, second: str, y: Tensor) -> None:
    """Check that two matrices have equally many rows and are on the same device.

    Raises:
        AMEError: if not.
    """
    if x.shape[:-1] != y.shape[:-1]:
        raise AMEError(
            f"{first} and {second} must have as many rows, got {tuple(x.shape)} and {tuple(y.shape)}: row i belongs to "
            "row i."
        )
    _same_device(first, x, second, y)


def same_columns(first: str, x: Tensor, second: str, y: Tensor) -> None:
    """Check that two matrices have equally many columns and are on the same device.

    Raises:
        AMEError: if not.
    """
    if x.shape[-1] != y.shape[-1]:
        raise AMEError(
            f"{first} and {second} must have as many columns, got {x.shape[-1]} and {y.shape[-1]}: project one first."
        )
    _same_device(first, x, second, y)


def rounding(value: Tensor) -> float:
    """Relative rounding error of the given dtype; that of float64 for integers."""
    return float(torch.finfo(value.dtype if value.is_floating_point() else torch.float64).eps)


def _check_real(name: str, value: Tensor, shape: str) -> None:
    wanted = f"{name} must be a dense real torch.Tensor of shape {shape}"
    if not isinstance(value, Tensor):
        raise AMEError(f"{wanted}, got {type(value).__name__}.")
    if value.layout != torch.strided or value.is_nested or value.is_quantized:
        kind = "nested" if value.is_nested else "quantized" if value.is_quantized else str(value.layout)
        raise AMEError(f"{wanted}, got a {kind.removeprefix('torch.')} one: convert it with .to_dense().")
    if value.is_complex():
        raise AMEError(f"{wanted}, got a complex tensor.")
    if not has_values(value):
        raise AMEError(f"{wanted} with values, got one on {value.device} (inside vmap or compile?): measure real data.")


def _same_device(first: str, x: Tensor, second: str, y: Tensor) -> None:
    if x.device != y.device:
        raise AMEError(f"{first} and {second} must be on one device, got {x.device} and {y.device}: move one.")
