"""What the projections ask of rows, and pairs of images and texts as one set of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_finite
from ame_explore.measures._checks import as_unit_rows

if TYPE_CHECKING:
    from ame_explore.data.pairs import PairedFeatures

METRICS = ("cosine", "euclidean")


def as_rows(name: str, value: Tensor | NDArray[Any], *, least: int = 1) -> Tensor:
    """`value` as a detached floating matrix: float64 stays, whole numbers become float64, all else float32.

    Raises:
        AMEError: not a real matrix, fewer rows than `least`, no column, NaN or infinity.
    """
    if not isinstance(value, Tensor):
        array = np.asarray(value)
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
    check_finite(name, rows, "leave the row out, or look there for what diverged")
    return rows


def unit_rows(name: str, rows: Tensor) -> Tensor:
    """`as_unit_rows`, whose message names the metric that takes rows of zeros."""
    return as_unit_rows(name, rows, "leave it out, or use metric='euclidean'")


def metric_rows(name: str, value: Tensor | NDArray[Any], metric: str, *, least: int = 1) -> Tensor:
    """Rows whose Euclidean geometry is that of `metric`: unit rows for "cosine", the rows themselves for "euclidean".

    Raises:
        AMEError: as `as_rows`; an unknown metric; a row of zeros under "cosine".
    """
    check_choice("metric", metric, METRICS)
    rows = as_rows(name, value, least=least)
    return unit_rows(name, rows) if metric == "cosine" else rows


def pair_rows(features: PairedFeatures) -> Tensor:
    """Images, then texts, as unit rows of one matrix (N + M, D): what a map of both is made of.

    Returns:
        float32 (float64 for float64 features).

    Raises:
        AMEError: images and texts of unequal widths, which share no space; a row of zeros.
    """
    image, text = features.image, features.text
    if image.shape[1] != text.shape[1]:
        raise AMEError(
            f"features must hold images and texts of one width to share a map, got {image.shape[1]} and "
            f"{text.shape[1]}: give what comes after the model's two projections, or map one side by itself."
        )
    sides = [unit_rows(name, as_rows(name, side)) for name, side in (("image", image), ("text", text))]
    return torch.cat([side.cpu() for side in sides])


def centred_pairs(features: PairedFeatures) -> PairedFeatures:
    """The features with the gap closed: each modality's unit rows less their own mean, brought to unit length again.

    What Liang et al. 2022 do by shifting both sides along the gap; taking both means off is our choice, since it needs
    no amount.

    Raises:
        AMEError: as `pair_rows`; one row, or equal rows, of a modality, of which nothing is left.
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
                "is the mean itself: there is nothing left of it."
            )
        closed.append(unit_rows(name, centred).to(features.image.dtype))
    return replace(features, image=closed[0], text=closed[1])
