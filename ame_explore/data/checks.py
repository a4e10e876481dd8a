"""Checks of tensors and texts shared by the data modules; each raises `AMEError`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ame_explore import ame
from ame_explore.ame import AMEError
from ame_explore.arguments import is_dense


def describe(value: object) -> str:
    """The type of `value` in a few words for an error message; for tensors, dtype and shape."""
    if isinstance(value, Tensor):
        return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
    return f"{type(value).__name__} {value!r}"[:80]


def is_missing(value: Any) -> bool:
    """Whether a cell is empty: None, NaN, NaT or pandas' NA. A cell may also hold a list, which is not missing."""
    import pandas as pd

    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def check_finite(name: str, value: object, *, dimensions: int, shape: str, mend: str) -> None:
    """Raise unless `value` is a non-empty floating tensor of `dimensions` dimensions without NaN or infinity.

    Args:
        name: name of the argument, for the message.
        value: the value to check.
        dimensions: expected number of dimensions.
        shape: the expected shape as text, for instance "(N, D)".
        mend: advice on how to fix a wrong dtype or shape.

    Raises:
        AMEError: if the check fails.
    """
    if not isinstance(value, Tensor):
        kind = type(value).__name__ + (f" of shape {tuple(value.shape)}" if hasattr(value, "shape") else "")
        raise AMEError(
            f"{name} must be a torch tensor of shape {shape}, got {kind}: convert it with torch.as_tensor(...)."
        )
    if value.layout != torch.strided or value.is_meta:
        raise AMEError(f"{name} must be a dense tensor with data, got layout {value.layout} on {value.device}.")
    if not value.is_floating_point() or value.dim() != dimensions:
        raise AMEError(f"{name} must be a floating tensor of shape {shape}, got {describe(value)}: {mend}")
    if value.numel() == 0:
        raise AMEError(f"{name} must hold at least one row, and no dimension of size 0, got {describe(value)}.")
    ame.check_finite(name, value, "fix the source")


def check_images(name: str, value: object) -> None:
    """Raise unless `value` is a float32 tensor (N, channels, height, width) with every pixel in [0, 1]."""
    check_finite(
        name,
        value,
        dimensions=4,
        shape="(N, channels, height, width)",
        mend="add the missing dimension, and convert with .float() / 255 if they are bytes.",
    )
    assert isinstance(value, Tensor)
    if value.dtype != torch.float32:
        raise AMEError(f"{name} must be float32, got {describe(value)}: convert them with .float().")
    low, high = (float(edge) for edge in torch.aminmax(value))
    if low < 0.0 or high > 1.0:
        raise AMEError(
            f"{name} must lie in [0, 1], got values from {low:g} to {high:g}: divide by the largest "
            "pixel value, and leave normalization by mean and deviation to the model."
        )


def check_whole(name: str, value: object, *, size: int | None = None, low: int = 0, high: int, what: str) -> None:
    """Raise unless `value` is a non-empty one-dimensional int64 tensor with values in [low, high).

    Args:
        name: name of the argument, for the message.
        value: the value to check.
        size: expected number of values; None for any number except 0.
        low: smallest allowed value.
        high: exclusive upper limit.
        what: the meaning of `high` in words, for instance "the number of images".

    Raises:
        AMEError: if the check fails.
    """
    if not isinstance(value, Tensor) or value.dtype != torch.int64 or value.dim() != 1:
        raise AMEError(
            f"{name} must be a one-dimensional int64 tensor, got {describe(value)}: "
            "make one with torch.as_tensor(...).long()."
        )
    if not is_dense(value):
        raise AMEError(f"{name} must be a dense tensor with data, got layout {value.layout} on {value.device}.")
    if size is not None and value.numel() != size:
        raise AMEError(f"{name} must have {size} values, got {value.numel()}.")
    if value.numel() == 0:
        raise AMEError(f"{name} must not be empty, got {describe(value)}.")
    least, most = (int(edge) for edge in torch.aminmax(value))
    if least < low or most >= high:
        raise AMEError(f"{name} must lie in [{low}, {high - 1}] ({what} is {high}), got values from {least} to {most}.")


def check_texts(name: str, value: Sequence[str], *, size: int | None = None) -> None:
    """Raise unless `value` is a tuple of `size` (at least one if None) non-blank strings."""
    if not isinstance(value, tuple) or not all(isinstance(text, str) and text.strip() for text in value):
        raise AMEError(f"{name} must be a tuple of non-blank strings, got {describe(value)}: write them as text.")
    if not value or (size is not None and len(value) != size):
        raise AMEError(
            f"{name} must have {'at least one text' if size is None else f'{size} texts'}, got {len(value)}."
        )
