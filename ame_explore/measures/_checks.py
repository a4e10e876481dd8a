"""What every measure asks of its input; the measures themselves stay a few lines each."""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.ame import AMEError


def as_matrix(name: str, value: Tensor, *, rows: int = 1) -> Tensor:
    """`value` as a detached float64 matrix with at least `rows` rows.

    Measures are numbers to read, not losses: no gradient flows through them, and float64 costs nothing here.

    Raises:
        AMEError: `value` is no tensor, not a matrix, too short, without columns, or not finite.
    """
    if not isinstance(value, Tensor) or value.is_complex():
        kind = "a complex tensor" if isinstance(value, Tensor) else type(value).__name__
        raise AMEError(f"{name} must be a real torch.Tensor of shape (rows, columns), got {kind}.")
    if value.ndim != 2 or value.shape[0] < rows or value.shape[1] < 1:
        raise AMEError(
            f"{name} must have shape (rows, columns) with at least {rows} row{'s' if rows > 1 else ''} and 1 column, "
            f"got {tuple(value.shape)}."
        )
    if value.device.type == "mps":  # has no float64
        value = value.cpu()
    matrix = value.detach().to(torch.float64)
    if not bool(torch.isfinite(matrix).all()):
        bad = int((~torch.isfinite(matrix)).any(dim=1).nonzero()[0, 0])
        raise AMEError(f"{name} must be finite, got NaN or infinity first in row {bad}: look there for what diverged.")
    return matrix


def as_index(name: str, value: Tensor, *, length: int, below: int, of: str) -> Tensor:
    """`value` as an int64 vector of `length` entries in [0, below); `of` says what it counts, for the message."""
    if (
        not isinstance(value, Tensor)
        or value.dtype.is_floating_point
        or value.is_complex()
        or value.dtype == torch.bool
    ):
        kind = value.dtype if isinstance(value, Tensor) else type(value).__name__
        raise AMEError(f"{name} must be a torch.Tensor of whole numbers, got {kind}.")
    if value.shape != (length,):
        raise AMEError(f"{name} must have shape ({length},), one entry a row, got {tuple(value.shape)}.")
    if int(value.min()) < 0 or int(value.max()) >= below:
        raise AMEError(
            f"{name} must lie in 0 ... {below - 1} ({below} {of}), got {int(value.min())} to {int(value.max())}."
        )
    return value.detach().to(torch.int64)


def same_rows(first: str, x: Tensor, second: str, y: Tensor) -> None:
    """Raise `AMEError` unless the two matrices have one row for each other's."""
    if x.shape[0] != y.shape[0]:
        raise AMEError(
            f"{first} and {second} must have as many rows, got {x.shape[0]} and {y.shape[0]}: row i belongs to row i."
        )


def same_columns(first: str, x: Tensor, second: str, y: Tensor) -> None:
    """Raise `AMEError` unless rows of the two matrices can be compared."""
    if x.shape[1] != y.shape[1]:
        raise AMEError(
            f"{first} and {second} must have as many columns, got {x.shape[1]} and {y.shape[1]}: project one first."
        )


def unit_rows(name: str, matrix: Tensor) -> Tensor:
    """Rows of a float64 matrix scaled to length 1; a row of zeros has no direction and is refused."""
    largest = matrix.abs().amax(dim=1, keepdim=True)
    if bool((largest == 0).any()):
        raise AMEError(
            f"{name} must have no row of zeros (it has no direction), got one at row {int(largest.argmin())}."
        )
    scaled = matrix / largest  # so that squaring neither over- nor underflows
    return scaled / scaled.norm(dim=1, keepdim=True)
