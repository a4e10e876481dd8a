"""Checks that the projections make on rows, and image-text pairs as one set of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_finite
from ame_explore.arguments import checked, is_dense, unmasked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.measures._checks import as_unit_rows

METRICS = ("cosine", "euclidean")


def as_rows(name: str, value: Tensor | NDArray[Any], *, least: int = 1) -> Tensor:
    """Convert a value to a detached floating-point matrix.

    Args:
        name: what error messages call it.
        value: (n, D).
        least: the fewest rows allowed.

    Returns:
        (n, D); float64 and whole numbers as float64, other types as float32.

    Raises:
        AMEError: if it is not a real matrix, has fewer rows than `least` or no column, or holds NaN or infinity.
    """
    if isinstance(value, Tensor) and not is_dense(value):
        raise AMEError(f"{name} must be a dense, real matrix with data, got layout {value.layout} on {value.device}.")
    if not isinstance(value, Tensor):
        array = _array(value)
        if array.dtype.kind not in "fiu":
            raise AMEError(f"{name} must be a real matrix (rows, columns), got {array.dtype} of shape {array.shape}.")
        value = torch.from_numpy(np.ascontiguousarray(array, dtype=None if array.dtype == np.float32 else np.float64))
    if value.ndim != 2 or value.is_complex() or value.dtype == torch.bool or value.shape[1] < 1:
        raise AMEError(
            f"{name} must be a real matrix of shape (rows, columns), got {value.dtype} of shape {tuple(value.shape)}."
        )
    if len(value) < least:
        raise AMEError(f"{name} must have at least {least} row{'s' if least > 1 else ''}, got {len(value)}.")
    half = value.dtype in (torch.float16, torch.bfloat16) or value.dtype == torch.float32
    rows = value.detach().to(torch.float32 if half else torch.float64)
    check_finite(name, rows, "leave the row out, or find out what diverged")
    return rows


def _array(value: Any) -> NDArray[Any]:
    try:
        return unmasked(value)
    except (TypeError, ValueError, RuntimeError, OverflowError):  # rows of different lengths, or no rows at all
        return np.asarray(None)


def unit_rows(name: str, rows: Tensor) -> Tensor:
    """`as_unit_rows`, with an error message that points to the Euclidean metric for rows of zeros."""
    return as_unit_rows(name, rows, "leave it out, or use metric='euclidean'")


def metric_rows(name: str, value: Tensor | NDArray[Any], metric: str, *, least: int = 1) -> Tensor:
    """Rows whose Euclidean geometry is that of `metric`.

    Args:
        name: what error messages call them.
        value: (n, D).
        metric: "cosine" (gives unit rows) or "euclidean" (gives the rows themselves).
        least: the fewest rows allowed.

    Returns:
        (n, D).

    Raises:
        AMEError: if `as_rows` rejects the value, the metric is unknown, or a row is all zeros with "cosine".
    """
    check_choice("metric", metric, METRICS)
    rows = as_rows(name, value, least=least)
    return unit_rows(name, rows) if metric == "cosine" else rows


@checked
def pair_rows(features: PairedFeatures) -> Tensor:
    """Stack images and then texts as unit rows, for a map of both.

    Args:
        features: N images and M texts of one width.

    Returns:
        (N + M, D) float32 (float64 for float64 features).

    Raises:
        AMEError: if images and texts differ in width, and so share no space, or a row is all zeros.
    """
    image, text = features.image, features.text
    if image.shape[1] != text.shape[1]:
        raise AMEError(
            f"features must hold images and texts of one width to share a map, got {image.shape[1]} and "
            f"{text.shape[1]}: use the outputs of the model's two projections, or map one side by itself."
        )
    sides = [unit_rows(name, as_rows(name, side)) for name, side in (("image", image), ("text", text))]
    return torch.cat([side.cpu() for side in sides])


@checked
def centred_pairs(features: PairedFeatures) -> PairedFeatures:
    """Close the modality gap: subtract the mean from each modality's unit rows and normalize again.

    Liang et al. 2022 shift both sides along the gap. Subtracting both means is our choice, because it needs no shift
    length.

    Args:
        features: images and texts of one width.

    Returns:
        The features with the gap closed.

    Raises:
        AMEError: if `pair_rows` rejects the features, or a row equals the mean of its modality (a single row, or equal
            rows), so that nothing is left of it.
    """
    from dataclasses import replace

    rows = pair_rows(features).double()
    count = len(features.image)
    closed = []
    for name, side in (("image", rows[:count]), ("text", rows[count:])):
        centred = side - side.mean(0)
        if bool((centred.norm(dim=1) < 1e-7).any()):
            raise AMEError(
                f"{name} rows must differ from their mean to close the gap, got {len(side)} rows of which at least one "
                "equals the mean and would vanish."
            )
        closed.append(unit_rows(name, centred).to(features.image.dtype))
    return replace(features, image=closed[0], text=closed[1])
